import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { loadCatalog } from '../../scripts/example-catalog.ts'
import { type Bellhop, call, startBellhop, temporaryFolder } from '../../test/kit/bellhop.ts'
import { serviceAction, terminateAll } from '../../test/kit/catalog.ts'
import { makeUser, outputOf } from '../../test/kit/identity.ts'
import { axeFindings, axeRunsSoFar, checkWithAxe, openPage, picture, requireBrowser, signIn } from './browser.ts'

const root = join(import.meta.dirname, '../..')

/** The console in a real browser, over a real server, with a product that really runs. */
test('the console in a browser', async t => {
  const browser = await requireBrowser(t)
  if (!browser) return
  const later: (() => void)[] = []
  let server!: Bellhop
  type Key = Bellhop['credentials']
  let alice!: { credentials: Key }
  let bob!: { credentials: Key }
  const admin = () => ({ url: server.url, credentials: server.credentials })

  before(async () => {
    const folder = temporaryFolder({ after: fn => void later.push(fn) })
    const config = join(root, 'examples/web-service/bellhop.config.json')
    server = await startBellhop({ dataDirectory: `${folder}/data`, args: ['--config', config] })
    // An action that names no role runs with the rights of whoever runs it.
    alice = await makeUser(admin(), 'alice', {
      Effect: 'Allow',
      Action: [
        'ssm:StartAutomationExecution',
        'ssm:SendAutomationSignal',
        'ssm:GetDocument',
        'servicecatalog:DescribeServiceAction',
      ],
      Resource: '*',
    })
    await outputOf(admin(), 'iam', 'AttachUserPolicy', {
      UserName: 'alice',
      PolicyArn: 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess',
    })
    bob = await makeUser(admin(), 'bob', { Effect: 'Allow', Action: 'ssm:*', Resource: '*' })
    const catalog = await loadCatalog(
      (service, operation, input) => call(admin(), service, operation, input),
      'arn:aws:iam::123456789012:user/alice',
    )
    // An action that Bob has to approve, with what hostile authors write.
    await serviceAction(admin(), catalog, {
      name: 'Approved',
      document: {
        description: hostile,
        parameters: {
          Note: { type: 'String', description: hostile, default: 'none', allowedValues: ['none', hostile] },
        },
        mainSteps: [
          {
            name: 'Ask',
            action: 'aws:approve',
            inputs: { Approvers: ['bob'], Message: hostile },
          },
          { name: 'Rest', action: 'aws:sleep', inputs: { Duration: 'PT1S' } },
        ],
      },
      parameters: [{ Name: 'Note', Type: 'TEXT_VALUE' }],
    })
  })
  after(async () => {
    await browser.close()
    await terminateAll(server)
    await server.stop()
    for (const fn of later) fn()
  })

  let product = ''
  let requester!: { page: Page; complaints: string[] }

  await t.test('sign in, and see what may be launched', async () => {
    requester = await openPage(browser)
    const { page } = requester
    await page.goto(server.url)
    await page.getByLabel('Access key ID').fill(alice.credentials.accessKeyId)
    await page.getByLabel('Secret access key').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('the secret is wrong').waitFor()
    await checkWithAxe(page, 'sign in')
    await picture(page, 'sign-in')
    await page.getByLabel('Secret access key').fill(alice.credentials.secretAccessKey)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Web service', exact: true }).waitFor()
    assert.deepEqual(await page.evaluate(() => [document.cookie, sessionStorage.length]), ['', 0])
    await checkWithAxe(page, 'products')
    await picture(page, 'products')
  })

  await t.test('launch the product with the keyboard and watch it', async () => {
    const { page } = requester
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('web')
    await page.waitForURL(/q=web/)
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Versions' }).waitFor()
    await checkWithAxe(page, 'product')
    await picture(page, 'product')
    await page.keyboard.press('r')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Launch product' }).click()
    await page.getByText('A name of letters').waitFor()
    await page.getByLabel('Name of the provisioned product').fill('my-service')
    await page.getByLabel('greeting').fill('Hi')
    await checkWithAxe(page, 'launch')
    await picture(page, 'launch')
    await page.getByRole('button', { name: 'Launch product' }).click()
    await page.getByText('Succeeded').first().waitFor()
    await picture(page, 'launch-run')
    await page.getByRole('link', { name: 'my-service' }).click()
    await page.getByRole('link', { name: 'Restart' }).waitFor()
    product = page.url()
    await page.getByText('Hi', { exact: true }).waitFor()
    assert.equal(await page.getByText('ApiKey').count(), 1)
    assert.equal(await page.getByRole('button', { name: 'Show ApiKey' }).count(), 1)
    await page.getByRole('heading', { name: 'Records' }).waitFor()
    await checkWithAxe(page, 'provisioned product')
    await picture(page, 'provisioned-product')
  })

  await t.test('run Restart and watch its steps live, without a reload', async () => {
    const { page } = requester
    await page.getByRole('link', { name: 'Restart' }).click()
    await page.getByText('The same from a terminal').click()
    await page.getByText('aws servicecatalog execute-provisioned-product-service-action').waitFor()
    await picture(page, 'action')
    await checkWithAxe(page, 'action')
    await page.getByRole('button', { name: 'Run Restart' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('my-service').first().waitFor()
    await dialog.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/#\/records\/rec-/)
    await page.getByText('RestartService').first().waitFor()
    await page.getByText('Succeeded').first().waitFor()
    await page.getByRole('button', { name: /^RestartService/ }).click()
    await page.getByText('NewPid', { exact: true }).waitFor()
    await checkWithAxe(page, 'run')
    await picture(page, 'run')
    // The state has an address.
    await page.reload()
    await page.getByText('NewPid', { exact: true }).waitFor()
  })

  await t.test('a failing action shows its failing step and reason first', async () => {
    const { page } = requester
    await page.goto(product)
    await page.getByRole('link', { name: 'Migrate' }).click()
    await page.getByRole('button', { name: 'Run Migrate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('Step Migrate failed', { exact: true }).waitFor()
    await page.getByText('is not a date').first().waitFor()
    await checkWithAxe(page, 'failed run')
    await picture(page, 'failed-run')
  })

  await t.test('an approval by a second user, who is shown hostile text as text', async () => {
    const { page } = requester
    await page.goto(product)
    await page.getByRole('link', { name: 'Approved' }).click()
    await page.getByRole('button', { name: 'Run Approved' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('Waits for approval').waitFor()
    // Whoever asked is not among the approvers.
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('is not among the approvers').waitFor()

    const approver = await openPage(browser, { dark: true })
    await signIn(approver.page, `${server.url}/#/approvals`, bob.credentials)
    await approver.page.getByRole('link', { name: 'Approved' }).waitFor()
    await checkWithAxe(approver.page, 'approvals')
    await picture(approver.page, 'approvals-dark')
    await approver.page.getByRole('link', { name: 'Approved' }).click()
    await approver.page.getByText('<img src=x', { exact: false }).first().waitFor()
    await approver.page.getByLabel('Comment').fill('Go on')
    await checkWithAxe(approver.page, 'approval')
    await picture(approver.page, 'approval-dark')
    await approver.page.getByRole('button', { name: 'Approve', exact: true }).click()
    // The requester sees it happen.
    await page.getByText('Succeeded').first().waitFor()
    assert.equal(await page.evaluate(() => (globalThis as { hacked?: true }).hacked), undefined)
    assert.deepEqual(approver.complaints, [])
  })

  await t.test('what is forbidden is refused with the reason and the way to ask for it', async () => {
    const { page, complaints } = await openPage(browser)
    await signIn(page, `${server.url}/#/provisioned-products?of=account`, bob.credentials)
    await page.getByText('is not authorized to perform: servicecatalog:SearchProvisionedProducts').waitFor()
    await page.goto(product)
    await page.getByText('cannot be shown').first().waitFor()
    await picture(page, 'forbidden')
    assert.deepEqual(complaints, [])
  })

  await t.test('lists, dark, and 400 pixels wide', async () => {
    const narrow = await openPage(browser, { width: 400, dark: true })
    await signIn(narrow.page, `${server.url}/#/provisioned-products`, alice.credentials)
    await narrow.page.getByRole('link', { name: 'my-service' }).waitFor()
    await checkWithAxe(narrow.page, 'provisioned products, narrow and dark')
    await picture(narrow.page, 'provisioned-products-narrow')
    for (const [name, hash, text] of [
      ['run-narrow', '#/records', 'Launch'],
      ['product-narrow', product.slice(product.indexOf('#')), 'Restart'],
    ] as const) {
      await narrow.page.goto(`${server.url}/${hash}`)
      await narrow.page.getByText(text).first().waitFor()
      await picture(narrow.page, name)
    }
    const wide = await openPage(browser, { dark: true })
    await signIn(wide.page, `${server.url}/#/records`, alice.credentials)
    await wide.page.getByText('Failed').first().waitFor()
    await checkWithAxe(wide.page, 'records, dark')
    await picture(wide.page, 'records-dark')
    await wide.page.goto(product)
    await wide.page.getByRole('link', { name: 'Restart' }).waitFor()
    await checkWithAxe(wide.page, 'provisioned product, dark')
    await picture(wide.page, 'provisioned-product-dark')
    await wide.page.goto(`${server.url}/#/provisioned-products`)
    await wide.page.getByRole('link', { name: 'my-service' }).waitFor()
    await picture(wide.page, 'provisioned-products-dark')
    await wide.page.getByRole('button', { name: /^Local time/ }).click()
    await wide.page
      .getByText(/\d UTC$/)
      .first()
      .waitFor()
    assert.deepEqual([...wide.complaints, ...narrow.complaints], [])
  })

  await t.test('axe finds nothing in any of these', t => {
    t.diagnostic(`axe looked at ${axeRunsSoFar()} pages`)
    assert.ok(axeRunsSoFar() >= 12)
    assert.deepEqual(axeFindings, [])
  })

  await t.test('signing out leaves nothing to go back to', async () => {
    const { page, complaints } = requester
    await page.getByRole('button', { name: 'alice' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    assert.deepEqual(complaints, [])
  })
})

const hostile =
  '<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>\u202e txt \u0007 ' +
  `javascript:alert(1) \u05e9\u05dc\u05d5\u05dd {{7*7}} ${'W'.repeat(300)}`

/** What a browser fetches before there is a first table: every file that the page and the products need. */
test('the first load is small', async t => {
  const browser: Browser | undefined = await requireBrowser(t)
  if (!browser) return
  const { pagesDirectory } = await import('../../src/server/console/pages.ts')
  await browser.close()
  const manifest = JSON.parse(readFileSync(join(pagesDirectory, 'manifest.json'), 'utf8')) as Record<
    string,
    { readonly file: string; readonly imports?: string[]; readonly css?: string[] }
  >
  const files = new Set<string>()
  const add = (name: string) => {
    const chunk = manifest[name]!
    if (files.has(chunk.file)) return
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    chunk.imports?.forEach(add)
  }
  add('index.html')
  add('src/views/products.tsx')
  const sizes = [...files].map(file => readFileSync(join(pagesDirectory, `${file}.br`)).length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.diagnostic(`first load: ${total} bytes in ${files.size} files`)
  assert.ok(total <= 340_000, `the first load is ${total} bytes`)
})
