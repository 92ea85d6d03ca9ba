import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { loadCatalog } from '../../scripts/example-catalog.ts'
import { type Bellhop, call, startBellhop, temporaryFolder } from '../../test/kit/bellhop.ts'
import { terminateAll } from '../../test/kit/catalog.ts'
import { makeUser, outputOf } from '../../test/kit/identity.ts'
import { axeFindings, checkWithAxe, openPage, picture, requireBrowser, signIn } from './browser.ts'

const root = join(import.meta.dirname, '../..')

/** The administrator's views in a real browser: what is made there is what a requester then finds. */
test("the administrator's views in a browser", async t => {
  const browser = await requireBrowser(t)
  if (!browser) return
  const later: (() => void)[] = []
  let server!: Bellhop
  let requester!: Bellhop['credentials']
  let page!: Page
  let complaints!: string[]
  const admin = () => ({ url: server.url, credentials: server.credentials })
  const open = (path: string) => page.goto(`${server.url}/#${path}`)
  const dialog = () => page.getByRole('dialog')
  const choose = async (within: { getByLabel: Page['getByLabel'] }, label: string, option: RegExp) => {
    await within.getByLabel(label, { exact: true }).click()
    await page.getByRole('option', { name: option }).click()
  }

  before(async () => {
    const folder = temporaryFolder({ after: fn => void later.push(fn) })
    const config = join(root, 'examples/web-service/bellhop.config.json')
    server = await startBellhop({ dataDirectory: `${folder}/data`, args: ['--config', config] })
    await loadCatalog(
      (service, operation, input) => call(admin(), service, operation, input),
      'arn:aws:iam::123456789012:user/robin',
    )
    const robin = await makeUser(admin(), 'robin', {
      Effect: 'Allow',
      Action: ['ssm:StartAutomationExecution', 'servicecatalog:DescribeServiceAction', 'ssm:GetDocument'],
      Resource: '*',
    })
    await outputOf(admin(), 'iam', 'AttachUserPolicy', {
      UserName: 'robin',
      PolicyArn: 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess',
    })
    requester = robin.credentials
    const opened = await openPage(browser)
    page = opened.page
    complaints = opened.complaints
    await signIn(page, server.url, server.credentials)
  })
  after(async () => {
    await browser.close()
    await terminateAll(server)
    await server.stop()
    for (const fn of later) fn()
  })

  await t.test('write a document, and see what is wrong with it and where it leads', async () => {
    await open('/documents')
    await page.getByRole('link', { name: 'WebService-Restart' }).waitFor()
    await checkWithAxe(page, 'documents')
    await picture(page, 'admin-documents')
    await page.getByRole('link', { name: 'Create document' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Tidy-Up')
    const text = page.getByLabel('Text of the document')
    await page.getByText('Valid', { exact: true }).waitFor()
    // The syntax is looked at in the page, the rest by the server.
    await text.fill('mainSteps: [')
    await page
      .getByRole('button', { name: /^Go to line/ })
      .first()
      .waitFor()
    await text.fill(tidyUp.replace('aws:sleep', 'aws:slep'))
    await page.getByText('aws:slep').first().waitFor()
    await page.getByText(/slep/).and(page.locator('.problems *')).first().waitFor()
    await picture(page, 'admin-document-wrong')
    await text.fill(tidyUp.replace('nextStep: Sweep', 'nextStep: Swep'))
    await page.locator('.problems').getByText('Swep').first().waitFor()
    await text.fill(tidyUp)
    await page.getByText('Valid', { exact: true }).waitFor()
    assert.equal(await page.locator('.graph-step').count(), 6)
    await checkWithAxe(page, 'document editor')
    await picture(page, 'admin-document-editor')
    await page.getByRole('button', { name: 'Create document' }).click()
    await page.waitForURL(/#\/documents\/Tidy-Up/)
    await page.getByRole('tab', { name: 'Parameters (1)' }).waitFor()
    await checkWithAxe(page, 'document')
    await picture(page, 'admin-document')
  })

  await t.test('make a service action of it, and associate it with a version', async () => {
    await page.getByRole('link', { name: 'Create service action' }).click()
    await page.getByRole('heading', { name: 'Parameters' }).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('TidyUp')
    await page.getByLabel('Description').fill('Sweeps what has been left behind')
    await page.getByText('Whoever runs it', { exact: true }).click()
    await checkWithAxe(page, 'create service action')
    await picture(page, 'admin-service-action-new')
    await page.getByRole('button', { name: 'Create service action' }).click()
    await page.waitForURL(/#\/service-actions\/act-/)
    await page.getByRole('button', { name: 'Associate with a version' }).click()
    await choose(dialog(), 'Product', /Web service/)
    await choose(dialog(), 'Version', /v1/)
    await dialog().getByRole('button', { name: 'Associate' }).click()
    await page.getByRole('link', { name: 'Web service' }).waitFor()
    await checkWithAxe(page, 'service action')
    await picture(page, 'admin-service-action')
  })

  await t.test('a requester sees its button', async () => {
    const other = await openPage(browser)
    await signIn(other.page, server.url, requester)
    await other.page.getByRole('link', { name: 'Web service', exact: true }).waitFor()
    assert.equal(
      await other.page.getByRole('link', { name: 'Service actions' }).count(),
      0,
      'no entry of administrators',
    )
    const found: { ProductViewSummaries: { ProductId: string }[] } = await outputOf(
      { url: server.url, credentials: requester },
      'servicecatalog',
      'SearchProducts',
      {},
    )
    await other.page.goto(`${server.url}/#/products/${found.ProductViewSummaries[0]!.ProductId}/launch`)
    await other.page.getByLabel('Name of the provisioned product').fill('tidied')
    await other.page.getByRole('button', { name: 'Launch product' }).click()
    await other.page.getByText('Succeeded').first().waitFor()
    await other.page.getByRole('link', { name: 'tidied' }).click()
    await other.page.getByRole('link', { name: 'TidyUp' }).click()
    await other.page.getByLabel('Again').waitFor()
    // What only administrators may see says so.
    await other.page.goto(`${server.url}/#/service-actions`)
    await other.page.getByText('is not authorized to perform: servicecatalog:ListServiceActions').waitFor()
    await checkWithAxe(other.page, 'administration, denied')
    await picture(other.page, 'admin-denied')
    assert.deepEqual(other.complaints, [])
    await other.page.context().close()
  })

  await t.test(
    'make a portfolio with a product out of a file, a constraint and somebody who may launch it',
    async () => {
      await open('/portfolios')
      await page.getByRole('button', { name: 'Create portfolio' }).click()
      await dialog().getByLabel('Name', { exact: true }).fill('Networks')
      await dialog().getByLabel('Provider').fill('Platform team')
      await dialog().getByRole('button', { name: 'Create', exact: true }).click()
      await page.waitForURL(/#\/portfolios\/port-/)
      const portfolio = page.url()
      await open('/admin/products/new')
      await page.getByLabel('Name', { exact: true }).fill('Topic')
      await page.getByLabel('Owner').fill('Platform team')
      await choose(page, 'Type', /CloudFormation/)
      await choose(page, 'Portfolio', /Networks/)
      await page.locator('input[type=file]').setInputFiles({
        name: 'topic.yaml',
        mimeType: 'text/yaml',
        buffer: Buffer.from('Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n'),
      })
      await checkWithAxe(page, 'create product')
      await picture(page, 'admin-product-new')
      await page.getByRole('button', { name: 'Create product' }).click()
      await page.waitForURL(/#\/admin\/products\/prod-/)
      await page.getByRole('button', { name: 'Deactivate v1' }).click()
      await dialog().getByRole('button', { name: 'Deactivate', exact: true }).click()
      await page.getByRole('button', { name: 'Activate v1', exact: true }).waitFor()
      await checkWithAxe(page, 'product of an administrator')
      await picture(page, 'admin-product')

      await page.goto(`${portfolio}?tab=principals`)
      await page.getByRole('button', { name: 'Give access' }).click()
      await dialog().getByLabel('Principal').fill('robin')
      await dialog().getByRole('button', { name: 'Give access' }).click()
      await dialog().getByText('The ARN of a user, a group or a role.').first().waitFor()
      await dialog().getByLabel('Principal').fill('arn:aws:iam::123456789012:user/robin')
      await dialog().getByRole('button', { name: 'Give access' }).click()
      await page.getByText('user/robin').first().waitFor()

      await page.getByRole('tab', { name: 'Constraints' }).click()
      await page.getByRole('button', { name: 'Create constraint' }).click()
      await page.getByRole('menuitem', { name: /^Template/ }).click()
      await choose(dialog(), 'Product', /Topic/)
      await picture(page, 'admin-constraint-new')
      await dialog().getByLabel('Rules, as JSON').fill('{"Bad": {}}')
      await dialog().getByRole('button', { name: 'Create', exact: true }).click()
      // What is wrong is told in the API's words, where it was typed.
      await dialog().getByText('InvalidParametersException').waitFor()
      await dialog().getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('button', { name: 'Create constraint' }).click()
      await page.getByRole('menuitem', { name: /^Launch/ }).click()
      await choose(dialog(), 'Product', /Topic/)
      await dialog().getByLabel('Role', { exact: true }).fill('WebServiceLaunch')
      await dialog().getByRole('button', { name: 'Create', exact: true }).click()
      await page.getByText('{"LocalRoleName":"WebServiceLaunch"}').waitFor()
      await checkWithAxe(page, 'portfolio')
      await picture(page, 'admin-portfolio')
    },
  )

  await t.test('make a user with a key, whose secret is shown once', async () => {
    await open('/users')
    await page.getByRole('button', { name: 'Create user' }).click()
    await dialog().getByLabel('Name', { exact: true }).fill('nobody')
    await dialog().getByRole('button', { name: 'Create', exact: true }).click()
    await page.waitForURL(/#\/users\/nobody/)
    await page.getByRole('button', { name: 'Create access key' }).click()
    await dialog().getByRole('button', { name: 'Create access key' }).click()
    await page.getByText('the only time that its secret is shown').waitFor()
    await checkWithAxe(page, 'access keys')
    await picture(page, 'admin-user')
    const [accessKeyId, secretAccessKey] = await page
      .locator('.mono')
      .allTextContents()
      .then(all => all.slice(-2))
    await page.reload()
    await page.getByRole('button', { name: `Delete ${accessKeyId}` }).waitFor()
    assert.ok(!(await page.content()).includes(secretAccessKey!))
    const identity = await call(
      { url: server.url, credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! } },
      'sts',
      'GetCallerIdentity',
      {},
    )
    assert.ok(JSON.stringify(identity).includes('user/nobody'))
    await page.getByRole('tab', { name: 'Policies' }).click()
    await page.getByRole('button', { name: 'Attach policy' }).click()
    await choose(dialog(), 'Policy', /EndUserReadOnly/)
    await dialog().getByRole('button', { name: 'Attach', exact: true }).click()
    await page.getByRole('button', { name: /^Detach/ }).waitFor()
  })

  await t.test('cancel what runs', async () => {
    await outputOf(admin(), 'ssm', 'StartAutomationExecution', {
      DocumentName: 'Tidy-Up',
      Parameters: { Again: ['later'] },
    })
    await open('/executions')
    await page.getByRole('button', { name: /^Cancel run of Tidy-Up/ }).click()
    await checkWithAxe(page, 'executions')
    await picture(page, 'admin-executions')
    await dialog().getByRole('button', { name: 'Cancel run' }).click()
    await page.getByText('Nothing is running.').waitFor()
  })

  await t.test('dark, and 400 pixels wide', async () => {
    const dark = await openPage(browser, { dark: true })
    await signIn(dark.page, `${server.url}/#/documents/Tidy-Up/edit`, server.credentials)
    await dark.page.getByText('Valid', { exact: true }).waitFor()
    await checkWithAxe(dark.page, 'document editor, dark')
    await picture(dark.page, 'admin-document-editor-dark')
    for (const [name, path, text] of views) {
      await dark.page.goto(`${server.url}/#${path}`)
      await dark.page.getByText(text).first().waitFor()
      await picture(dark.page, `admin-${name}-dark`)
    }
    const narrow = await openPage(browser, { width: 400 })
    await signIn(narrow.page, `${server.url}/#/documents/Tidy-Up`, server.credentials)
    await narrow.page.locator('.graph-step').first().waitFor()
    await checkWithAxe(narrow.page, 'document, narrow')
    await picture(narrow.page, 'admin-document-narrow')
    for (const [name, path, text] of views) {
      await narrow.page.goto(`${server.url}/#${path}`)
      await narrow.page.getByText(text).first().waitFor()
      await picture(narrow.page, `admin-${name}-narrow`)
    }
    assert.deepEqual([...dark.complaints, ...narrow.complaints], [])
  })

  await t.test('nothing was complained of', () => {
    assert.deepEqual(complaints, [])
    assert.deepEqual(axeFindings, [])
  })
})

const views = [
  ['service-actions', '/service-actions', 'Restart'],
  ['document', '/documents/Tidy-Up', 'Steps'],
  ['service-action-new', '/service-actions/new?document=Tidy-Up', 'Parameters'],
  ['product-new', '/admin/products/new', 'Create product'],
  ['users', '/users', 'robin'],
] as const

const tidyUp = `schemaVersion: '0.3'
description: Sweeps what has been left behind.
parameters:
  Again:
    type: String
    description: Whether it sweeps again.
    default: 'no'
    allowedValues: ['no', 'yes', 'later']
mainSteps:
  - name: Choose
    action: aws:branch
    inputs:
      Choices:
        - NextStep: Wait
          Variable: '{{ Again }}'
          StringEquals: later
        - NextStep: Sweep
          Variable: '{{ Again }}'
          StringEquals: 'yes'
      Default: Rest
  - name: Wait
    action: aws:sleep
    onFailure: step:Rest
    inputs:
      Duration: PT1H
    nextStep: Sweep
  - name: Sweep
    action: aws:loop
    inputs:
      Iterators: [kitchen, hall]
      Steps:
        - name: Broom
          action: aws:sleep
          inputs:
            Duration: PT1S
        - name: Mop
          action: aws:sleep
          inputs:
            Duration: PT1S
          isEnd: true
    isEnd: true
  - name: Rest
    action: aws:sleep
    inputs:
      Duration: PT1S
    isEnd: true
`
