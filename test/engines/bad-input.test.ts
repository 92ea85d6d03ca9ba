import assert from 'node:assert/strict'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Bellhop, send, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { catalogProduct } from '../kit/catalog.ts'
import { assertFailed, assertSucceeded, Changes } from '../kit/changes.ts'
import { CloudFormation } from '../kit/cloudformation.ts'

type Answer = (response: ServerResponse) => void

const page: Answer = response =>
  response.writeHead(500, { 'content-type': 'text/html' }).end('<html><h1>Internal error</h1></html>')
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  response =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const good = json(200, { outputs: [] })

/** Back ends that answer what they should not: the record says which and why, and the product goes on. */
describe('back ends that misbehave', { concurrency: false }, () => {
  const cleanups: (() => void)[] = []
  /** What the host answers, by the first name in the path. */
  const answers = new Map<string, Answer>()
  let host: Server
  let at: (name: string) => string
  let cloud: CloudFormation
  let server: Bellhop
  const changes = new Changes(() => server)

  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    cloud = await CloudFormation.start({ stepsPerLook: 10 })
    host = createServer((request, response) => {
      const answer = answers.get((request.url ?? '').split('/')[1] ?? '')
      request.resume().on('end', () => (answer ?? json(404, {}))(response))
    }).listen(0, '127.0.0.1')
    await new Promise(done => host.once('listening', done))
    at = name => `http://127.0.0.1:${(host.address() as AddressInfo).port}/${name}`
    const engine = { transport: 'http', url: at('engine'), secretEnv: 'ENGINE_KEY', timeoutSeconds: 2, pollSeconds: 1 }
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      config: {
        engines: {
          behind: { ...engine, parser: false, afterFailedProvision: 'keep' },
          parsing: engine,
          queue: { transport: 'sqs', parser: false },
          'queue-parsing': { transport: 'sqs' },
        },
        cloudFormation: { timeoutSeconds: 3 },
      },
      env: {
        BELLHOP_ALLOW_HOSTS: '127.0.0.1',
        ENGINE_KEY: 'key',
        AWS_ENDPOINT_URL: cloud.url,
        AWS_ENDPOINT_URL_SQS: at('sqs'),
        AWS_ENDPOINT_URL_LAMBDA: at('lambda'),
        AWS_ACCESS_KEY_ID: 'AKIASERVER',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    })
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    await cloud.stop()
    host.closeAllConnections()
    host.close()
    for (const clean of cleanups) clean()
  })

  const external = (engine: string) => catalogProduct(server, { type: 'EXTERNAL', engine, path: 's3://tests/v1' })

  const bad: readonly (readonly [what: string, answer: Answer, reason: RegExp])[] = [
    ['pages with status 500', page, /Engine behind did not end within 2 seconds: it answered with HTTP status 500/],
    ['pages with status 200', response => response.end('<html>'), /Engine behind ended well, but its answer/],
    ['rubbish', json(200, { outputs: 'none' }), /Engine behind ended well, but its answer/],
    ['nothing, ever', json(202, {}), /Engine behind did not end within 2 seconds/],
    ['a way to somebody else', json(202, {}, { location: 'http://127.0.0.2/' }), /a Location that is not its own/],
    ['by hanging up', response => response.destroy(), /Engine behind did not end within 2 seconds: it could not be/],
  ]
  for (const [what, answer, reason] of bad) {
    test(`an engine behind HTTP that answers ${what}`, async () => {
      const product = await external('behind')
      answers.set('engine', answer)
      const record = await changes.provision(product, {})
      assertFailed(record, reason)
      const id = record.RecordDetail.ProvisionedProductId
      assert.equal(await changes.statusOf(id), 'ERROR')
      answers.set('engine', good)
      assertSucceeded(await changes.update(id, {}))
      answers.set('engine', answer)
      assertFailed(await changes.update(id, {}), reason)
      assert.equal(await changes.statusOf(id), 'TAINTED')
      answers.set('engine', good)
      assertSucceeded(await changes.terminate(id))
    })
  }

  test('queues that answer pages', async () => {
    const product = await external('queue')
    answers.set('sqs', page)
    const record = await changes.provision(product, {})
    assertFailed(
      record,
      /The message to engine queue could not be sent to queue ServiceCatalogExternalProvision\S+: .*500/,
    )
    const id = record.RecordDetail.ProvisionedProductId
    assert.equal(await changes.statusOf(id), 'ERROR')
    assertFailed(await changes.terminate(id, { IgnoreErrors: true }), /could not be sent to queue/)
    assert.ok(await changes.isGone(id))
  })

  test('parsers that answer pages, or that are not there', async () => {
    for (const [engine, name, answer, reason] of [
      ['parsing', 'engine', page, /Engine parsing answered with HTTP status 500/],
      ['parsing', 'engine', json(200, { parameters: [{}] }), /Engine parsing answered, but its answer/],
      ['queue-parsing', 'lambda', page, /parser ServiceCatalogExternalParameterParser of engine queue-parsing/],
      [
        'queue-parsing',
        'lambda',
        json(404, {}),
        /parser ServiceCatalogExternalParameterParser of engine queue-parsing/,
      ],
    ] as const) {
      const { productId, artifactId } = await external(engine)
      answers.set(name, answer)
      const input = { ProductId: productId, ProvisioningArtifactId: artifactId }
      const refused = await send(server, 'servicecatalog', 'DescribeProvisioningParameters', input)
      assert.equal(refused.json?.__type, 'InvalidParametersException', refused.text)
      assert.match(refused.json.message, reason)
    }
  })

  test('CloudFormation that answers pages, for longer than is waited', async () => {
    const template = { Resources: { One: { Type: 'Test::Thing' } } }
    answers.set('template', json(200, template))
    const product = await catalogProduct(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: at('template') })
    cloud.fault('DescribeStacks', { status: 500, body: '<html>Internal error</html>', type: 'text/html' }, 1000)
    const record = await changes.provision(product, {})
    assertFailed(record, /did not end within 3 seconds.*CloudFormation DescribeStacks failed: .*HTTP status 500/)
    const id = record.RecordDetail.ProvisionedProductId
    assert.equal(await changes.statusOf(id), 'ERROR')
    cloud.heal()
    assertSucceeded(await changes.update(id, {}))
    assertSucceeded(await changes.terminate(id))
  })

  const templates: readonly (readonly [what: string, body: string, reason: RegExp])[] = [
    ['of 10 MB', `Resources: {A: {Type: T, Metadata: ${'x'.repeat(10_000_000)}}}`, /is larger than 1048576 bytes/],
    ['that are pages', '<html>moved</html>', /is not a CloudFormation template: it is HTML or XML/],
    ['that do not parse', 'Resources: {A: [', /is not a CloudFormation template: /],
    ['with aliases', 'A: &a [x]\nResources: {B: *a}', /YAML aliases are not allowed/],
    ['with brackets in brackets', `Resources: ${'['.repeat(1_000_000)}`, /nests more than 500 levels deep/],
  ]
  for (const [what, body, reason] of templates) {
    test(`templates ${what}: refused, also when they were good before`, async () => {
      answers.set('template', response => response.end(body))
      const product = await catalogProduct(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: at('template') })
      const refused = await send(server, 'servicecatalog', 'DescribeProvisioningParameters', {
        ProductId: product.productId,
        ProvisioningArtifactId: product.artifactId,
      })
      assert.equal(refused.json?.__type, 'InvalidParametersException', refused.text)
      assert.match(refused.json.message, reason)
      // Read once for the parameters and once for the work: what is good may have gone bad in between.
      const fine = json(200, { Resources: { One: { Type: 'Test::Thing' } } })
      const turns: Answer[] = [fine, response => response.end(body)]
      answers.set('template', response => (turns.shift() ?? fine)(response))
      const record = await changes.provision(product, {})
      assertFailed(record, reason)
      const id = record.RecordDetail.ProvisionedProductId
      assertSucceeded(await changes.update(id, {}))
      assertSucceeded(await changes.terminate(id))
    })
  }
})
