import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { loadCatalog } from '../../scripts/example-catalog.ts'
import { moduleArchive } from '../../test/kit/archives.ts'
import { type Bellhop, call, startBellhop, temporaryFolder, until } from '../../test/kit/bellhop.ts'
import { type CatalogProduct, catalogProduct, serviceAction, terminateAll } from '../../test/kit/catalog.ts'
import { outcomeOf, outputOf } from '../../test/kit/identity.ts'
import { requireTool } from '../../test/kit/tools.ts'
import { axeFindings, checkWithAxe, openPage, picture, requireBrowser, signIn } from './browser.ts'

const root = join(import.meta.dirname, '../..')

/** What is looked at before something is done, and after it was: plans, who did what, and runs that are gone on with. */
test('plans, the audit and resumed runs in a browser', async t => {
  const browser = await requireBrowser(t)
  if (!browser) return
  const later: (() => void)[] = []
  let host!: Server
  let server!: Bellhop
  let page!: Page
  let complaints!: string[]
  let webService!: string
  let product!: CatalogProduct
  const admin = () => ({ url: server.url, credentials: server.credentials })
  const open = (path: string) => page.goto(`${server.url}/#${path}`)
  const dialog = () => page.getByRole('dialog')
  const choose = async (label: string, option: string) => {
    await page.getByRole('button', { name: new RegExp(`^${label}`) }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }

  before(async () => {
    const archive = await moduleArchive({ 'main.tf': main })
    host = createServer((_, response) => response.end(archive)).listen(0, '127.0.0.1')
    await new Promise(done => host.once('listening', done))
    const folder = temporaryFolder({ after: fn => void later.push(fn) })
    const config = join(root, 'examples/web-service/bellhop.config.json')
    server = await startBellhop({
      dataDirectory: `${folder}/data`,
      args: ['--config', config],
      env: { BELLHOP_ALLOW_HOSTS: '127.0.0.1' },
    })
    const catalog = await loadCatalog(
      (service, operation, input) => call(admin(), service, operation, input),
      'arn:aws:iam::123456789012:user/admin',
    )
    product = catalog
    webService = catalog.productId
    const opened = await openPage(browser)
    page = opened.page
    complaints = opened.complaints
    await signIn(page, server.url, server.credentials)
  })
  after(async () => {
    await browser.close()
    await terminateAll(server)
    await server.stop()
    host.close()
    for (const fn of later) fn()
  })

  await t.test('a launch is looked at, changed, looked at again, and launched as planned', async () => {
    await open(`/products/${webService}/launch`)
    await page.getByLabel('Name of the provisioned product').fill('planned')
    await page.getByLabel('greeting').fill('Hello')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    await page.getByRole('heading', { name: 'Plan for planned' }).waitFor()
    // This product's engine cannot plan, and that is said.
    await page.getByText('What it is made of cannot be told beforehand').waitFor()
    await page.getByRole('button', { name: 'Launch with this plan' }).waitFor()
    await page.getByText(/^\d+ to add$/).waitFor()
    await checkWithAxe(page, 'plan')
    await picture(page, 'plan')
    await page.getByRole('link', { name: 'planned' }).click()
    await page.getByText('It is only planned').waitFor()
    await page.getByRole('link', { name: 'Show the plan' }).click()
    await page.getByRole('button', { name: 'Go back and change' }).click()
    // What had been typed is still there, and the name is free again.
    await page.getByLabel('Name of the provisioned product').waitFor()
    assert.equal(await page.getByLabel('Name of the provisioned product').inputValue(), 'planned')
    assert.equal(await page.getByLabel('greeting').inputValue(), 'Hello')
    await page.getByLabel('greeting').fill('Good day')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    await page.getByRole('button', { name: 'Launch with this plan' }).click()
    await dialog().getByRole('button', { name: 'Launch with this plan' }).click()
    await page.waitForURL(/#\/records\/rec-/)
    await page.getByText('Succeeded').first().waitFor()
    await page.getByRole('link', { name: 'planned' }).click()
    await page.getByText('Good day', { exact: true }).waitFor()
  })

  await t.test('an update is looked at and thrown away; another is carried out from the list', async () => {
    const there = page.url()
    await page.getByRole('link', { name: 'Update', exact: true }).click()
    await page.getByLabel('greeting').fill('Welcome')
    await checkWithAxe(page, 'update')
    await picture(page, 'update')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    // Only what was given is another.
    await page.getByText('1 to change in place', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Throw away' }).click()
    await dialog().getByRole('button', { name: 'Throw away' }).click()
    await page.getByText('The plan is gone.').waitFor()
    await page.goto(there)
    await page.getByRole('link', { name: 'Update', exact: true }).click()
    await page.getByLabel('greeting').fill('Welcome')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    await page.getByRole('button', { name: 'Update with this plan' }).waitFor()
    await open('/plans')
    await page
      .getByRole('button', { name: /^Delete planned/ })
      .first()
      .waitFor()
    await checkWithAxe(page, 'plans')
    await picture(page, 'plans')
    await page.getByRole('button', { name: /^Execute planned/ }).click()
    await dialog().getByRole('button', { name: 'Execute' }).click()
    await page.waitForURL(/#\/records\/rec-/)
    await page.getByText('Succeeded').first().waitFor()
    await page.goto(there)
    await page.getByText('Welcome', { exact: true }).waitFor()
  })

  await t.test('an engine that plans says what it would make, change and replace', async t => {
    if (!(await requireTool(t, 'terraform'))) return
    const { port } = host.address() as AddressInfo
    const path = `http://127.0.0.1:${port}/module.tar.gz`
    const { productId } = await catalogProduct(admin(), { type: 'TERRAFORM_OPEN_SOURCE', path })
    await open(`/products/${productId}/launch`)
    await page.getByLabel('Name of the provisioned product').fill('formed')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    await page.getByText('2 to add', { exact: true }).waitFor()
    await page.getByText('terraform_data', { exact: true }).first().waitFor()
    assert.equal(await page.getByText('cannot be told beforehand').count(), 0)
    await page.getByRole('button', { name: 'Launch with this plan' }).click()
    await dialog().getByRole('button', { name: 'Launch with this plan' }).click()
    await page.getByText('Succeeded').first().waitFor()
    await page.getByRole('link', { name: 'formed' }).click()
    await page.getByRole('link', { name: 'Update', exact: true }).click()
    await page.getByLabel('size').fill('2')
    await page.getByLabel('kind').fill('tall')
    await page.getByRole('button', { name: 'Preview changes' }).click()
    await page.getByText('1 to change in place, 1 to replace', { exact: true }).waitFor()
    await checkWithAxe(page, 'plan of Terraform')
    await picture(page, 'plan-terraform')
    await page.setViewportSize({ width: 400, height: 900 })
    await picture(page, 'plan-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await t.test('the audit tells who did what, and is kept as a file that carries nothing out', async () => {
    const name = 'Asks'
    const content = {
      schemaVersion: '0.3',
      mainSteps: [{ name: 'Ask', action: 'aws:approve', inputs: { Approvers: ['admin'] } }],
    }
    await outputOf(admin(), 'ssm', 'CreateDocument', {
      Name: name,
      Content: JSON.stringify(content),
      DocumentType: 'Automation',
      DocumentFormat: 'JSON',
    })
    const { AutomationExecutionId } = await outputOf(admin(), 'ssm', 'StartAutomationExecution', { DocumentName: name })
    const answer = { AutomationExecutionId, SignalType: 'Approve', Payload: { Comment: ['=cmd|evil'] } }
    await until(
      async () => 'output' in (await outcomeOf(admin(), 'ssm', 'SendAutomationSignal', answer)),
      'the step asks',
    )
    await open('/records?of=all')
    await page.getByRole('columnheader', { name: 'Who' }).waitFor()
    await page.getByText('Launch').first().waitFor()
    await picture(page, 'records-all')
    await open('/audit')
    await page.getByText('Approve: Asks').waitFor()
    await page.getByText('=cmd|evil').waitFor()
    await checkWithAxe(page, 'audit')
    await picture(page, 'audit')
    await choose('What was done', 'Launch')
    await page.getByText('Approve: Asks').waitFor({ state: 'hidden' })
    await page.getByRole('textbox', { name: 'Who' }).fill('somebody-else')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing was done that fits.').waitFor()
    // The state has an address.
    await page.reload()
    await page.getByText('Nothing was done that fits.').waitFor()
    await page.getByRole('textbox', { name: 'Who' }).fill('admin')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'planned' }).first().waitFor()
    await choose('What was done', 'Anything')
    await page.getByText('Approve: Asks').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ])
    const written = readFileSync(await download.path(), 'utf8')
    assert.match(written, /,APPROVE,Asks,.*,Ask,'=cmd\|evil,/)
    assert.match(written, /user\/admin,PROVISION_PRODUCT,,planned,pp-/)
    await page.setViewportSize({ width: 400, height: 900 })
    await checkWithAxe(page, 'audit, narrow')
    await picture(page, 'audit-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await t.test('a run that failed is gone on with from its failing step', async () => {
    await serviceAction(admin(), product, {
      name: 'Repair',
      document: {
        mainSteps: [
          { name: 'Prepare', action: 'aws:sleep', inputs: { Duration: 'PT1S' } },
          { name: 'Mend', action: 'aws:approve', inputs: { Approvers: ['admin'] } },
        ],
      },
    })
    await open('/provisioned-products')
    await page.getByRole('link', { name: 'planned' }).click()
    await page.getByRole('link', { name: 'Repair' }).click()
    await page.getByRole('button', { name: 'Run Repair' }).click()
    await dialog().getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    await page.getByText('Step Mend failed', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Run again' }).waitFor()
    await page.getByRole('button', { name: 'Resume from step Mend' }).waitFor()
    await checkWithAxe(page, 'failed run that can be resumed')
    await picture(page, 'failed-run-resumable')
    const failed = page.url()
    await page.getByRole('button', { name: 'Resume from step Mend' }).click()
    await dialog().getByText('Prepare').waitFor()
    await picture(page, 'resume-dialog')
    await dialog().getByRole('button', { name: 'Resume from step Mend' }).click()
    await page.waitForURL(url => url.href !== failed)
    await page.getByText('Goes on with').waitFor()
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByText('Succeeded').first().waitFor()
    await page.getByText('taken over, not run again').waitFor()
    assert.equal(await page.getByText('taken over, not run again').count(), 1)
    await checkWithAxe(page, 'resumed run')
    await picture(page, 'resumed-run')
    await page.goto(failed)
    await page.getByText('was resumed already').waitFor()
  })

  await t.test('nodes and engines with their health', async () => {
    await open('/health')
    await page.getByText('1 up', { exact: true }).waitFor()
    await page.getByText('(this one)').waitFor()
    const row = page.getByRole('row').filter({ hasText: 'exec: node' })
    await row.getByText('Succeeded').waitFor()
    await row.getByText('web-service').waitFor()
    await checkWithAxe(page, 'health')
    await picture(page, 'health')
    await page.setViewportSize({ width: 400, height: 900 })
    await picture(page, 'health-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await t.test('nothing was complained of', () => {
    assert.deepEqual(complaints, [])
    assert.deepEqual(axeFindings, [])
  })
})

const main = `
variable "size" {
  type    = number
  default = 1
}
variable "kind" {
  type    = string
  default = "wide"
}
resource "terraform_data" "one" {
  input = var.size
}
resource "terraform_data" "other" {
  triggers_replace = var.kind
}
`
