import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as sdk from '@aws-sdk/client-service-catalog'
import { type Bellhop, call, region, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { externalProduct, serviceAction } from '../kit/catalog.ts'
import { requireTool, runTool } from '../kit/tools.ts'

/**
 * AWS's ServiceNow connector: the calls that its documentation lists (additional configurations, "API calls used"), in the
 * order in which its synchronisation and its orders need each other's answers. One file says it; two clients do it.
 */
const file = join(import.meta.dirname, 'fixtures/servicenow-sequence.json')

interface Step {
  readonly service?: 'ssm' | 'sts'
  readonly call?: string
  readonly input?: object
  /** Asked again until this is so. */
  readonly until?: Readonly<Record<string, unknown>>
  readonly expect?: Readonly<Record<string, unknown>>
  readonly save?: Readonly<Record<string, string>>
  /** What the call is refused with. */
  readonly error?: string
}

const steps: readonly Step[] = JSON.parse(readFileSync(file, 'utf8'))

/** Those of the 24 calls of Service Catalog that the connector lists. */
const listed = `createProvisionedProductPlan deleteProvisionedProductPlan describePortfolio describeProduct
  describeProductAsAdmin describeProductView describeProvisionedProduct describeProvisionedProductPlan
  describeProvisioningParameters describeRecord executeProvisionedProductPlan executeProvisionedProductServiceAction
  listBudgetsForResource listLaunchPaths listPortfolioAccess listPortfolios listProvisionedProductPlans
  listServiceActionsForProvisioningArtifact listStackInstancesForProvisionedProduct provisionProduct searchProducts
  searchProductsAsAdmin terminateProvisionedProduct updateProvisionedProduct`.split(/\s+/)

/** A server with what an administrator has made before the connector comes, and the names of it. */
async function withCatalog(t: TestContext): Promise<{ server: Bellhop; names: Record<string, string> }> {
  const folder = temporaryFolder(t)
  copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const made = await externalProduct(server, 'paint')
  const inputs = { Action: 'Paint', Parameters: { Colour: '{{ Colour }}' } }
  const document = {
    parameters: { Colour: { type: 'String' } },
    mainSteps: [{ name: 'Paint', action: 'bellhop:invokeEngine', inputs }],
  }
  const parameters = [{ Name: 'Colour', Type: 'TEXT_VALUE' }] as const
  await serviceAction(server, made, { name: 'Paint', document, parameters })
  const { portfolioId: PortfolioId } = made
  await call(server, 'servicecatalog', 'CreatePortfolioShare', { PortfolioId, AccountId: '444455556666' })
  await call(server, 'servicecatalog', 'AssociateBudgetWithResource', { BudgetName: 'yearly', ResourceId: PortfolioId })
  return { server, names: { ...made } }
}

test('the calls of AWS’s ServiceNow connector, with the AWS SDK for JavaScript', { timeout: 60_000 }, async t => {
  const { server, names } = await withCatalog(t)
  const client = new sdk.ServiceCatalog({
    endpoint: server.url,
    region,
    credentials: server.credentials,
    maxAttempts: 1,
  })
  t.after(() => client.destroy())
  const known = new Map(Object.entries(names))
  const filled = (value: unknown): unknown => {
    if (typeof value === 'string') return value.startsWith('$') ? known.get(value.slice(1)) : value
    if (Array.isArray(value)) return value.map(filled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]))
  }
  const holds = (answer: unknown, expected: object = {}) =>
    Object.entries(expected).every(([path, value]) => at(answer, path) === filled(value))
  /** The SDK for Service Catalog; what is asked of other services goes as a request of our own. */
  const ask = async ({ service, call: name, input = {} }: Step): Promise<unknown> => {
    if (service === undefined) {
      return (client as unknown as Record<string, (input: unknown) => Promise<unknown>>)[name!]!(filled(input))
    }
    const answer = await call(server, service, name![0]!.toUpperCase() + name!.slice(1), filled(input))
    return typeof answer === 'string' ? { Account: /<Account>(\d+)</.exec(answer)?.[1] } : answer
  }

  const made = new Set<string>()
  for (const step of steps.filter(each => each.call !== undefined)) {
    if (step.service === undefined) made.add(step.call!)
    if (step.error !== undefined) {
      await assert.rejects(ask(step), { name: step.error }, step.call)
      continue
    }
    const answer = await until(
      async () => {
        const given = await ask(step)
        return holds(given, step.until) && (given as object)
      },
      `${step.call} ${JSON.stringify(step.until)}`,
    )
    for (const [path, value] of Object.entries(step.expect ?? {})) {
      assert.equal(at(answer, path), filled(value), `${step.call} ${path}`)
    }
    for (const [name, path] of Object.entries(step.save ?? {})) known.set(name, at(answer, path) as string)
  }
  assert.deepEqual([...made].sort(), listed)
})

test('the calls of AWS’s ServiceNow connector, with boto3', { timeout: 60_000 }, async t => {
  const python = await requireTool(t, 'boto3')
  if (!python) return
  const { server, names } = await withCatalog(t)
  const script = join(import.meta.dirname, 'servicenow_path.py')
  const { code, stdout, stderr } = await runTool(python, ['-B', script, server.url, file, JSON.stringify(names)], {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/nowhere/configuration',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  assert.equal(code, 0, `${stderr}\n${server.log()}`)
  assert.deepEqual(
    JSON.parse(stdout),
    steps.flatMap(({ call: name }) => name ?? []),
  )
})

/** What lies at a path such as `RecordOutputs[0].OutputKey`. */
function at(answer: unknown, path: string): unknown {
  return path
    .match(/[^.[\]]+/g)!
    .reduce((value: unknown, part) => (value as Record<string, unknown> | undefined)?.[part], answer)
}
