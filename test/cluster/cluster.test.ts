import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { type Bellhop, call, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type ExternalProduct, effectStep, externalProduct, readEffects, serviceAction } from '../kit/catalog.ts'
import { cutLine } from '../kit/cut-line.ts'
import { completedStepsRunAgain, untilQuiet } from '../kit/effects.ts'
import { type Postgres, startPostgres } from '../kit/postgres.ts'
import { requireTool } from '../kit/tools.ts'

/** Real nodes over a real PostgreSQL: started at once, killed, frozen, and with the database taken from under them. */
describe('many nodes on one PostgreSQL', { timeout: 300_000 }, () => {
  const cleanups: (() => unknown)[] = []
  let pg: Postgres | undefined
  let url: string
  let folder: string
  let a: Bellhop
  let b: Bellhop
  let product: ExternalProduct
  /** Provisioned products to act on. */
  const products: string[] = []
  const secretKey = randomBytes(32).toString('base64')
  const effects = () => readEffects(join(folder, 'effects/steps'))

  function node(name: string, ...args: string[]): Promise<Bellhop> {
    return startBellhop({
      dataDirectory: join(folder, name),
      args: args.includes('--database-url') ? args : ['--database-url', url, ...args],
      env: {
        BELLHOP_SECRET_KEY: secretKey,
        BELLHOP_ADMIN_ACCESS_KEY_ID: 'AKIACLUSTER',
        BELLHOP_ADMIN_SECRET_ACCESS_KEY: 'the-secret-of-the-cluster',
        BELLHOP_SCRIPT_WRITABLE: join(folder, 'effects'),
      },
    })
  }

  before(async t => {
    const program = await requireTool(t as TestContext, 'postgres')
    if (program === undefined) return
    pg = await startPostgres(dirname(program))
    url = await pg.database()
    folder = temporaryFolder({ after: clean => cleanups.push(clean) })
    mkdirSync(join(folder, 'effects'), { mode: 0o755 })
    ;[a, b] = await Promise.all([node('a'), node('b')])
    product = await externalProduct(a, 'pulled')
    for (let i = 0; i < 10; i += 1) await call(a, 'servicecatalog', 'ProvisionProduct', provisionInput())
    while (products.length < 10) products.push(...(await playEngine(b)))
  })
  after(async () => {
    for (const live of [a, b]) await live?.kill()
    await pg?.remove()
    for (const clean of cleanups) clean()
  })

  const provisionInput = () => ({
    ProductId: product.productId,
    ProvisioningArtifactId: product.artifactId,
    ProvisionedProductName: `name-${randomUUID()}`,
    ProvisionToken: randomUUID(),
  })

  /** Plays the engine that pulls, on one node, for work that was accepted by the other. */
  async function playEngine(live: Bellhop): Promise<string[]> {
    const { QueueUrl } = await call(live, 'sqs', 'GetQueueUrl', {
      QueueName: 'ServiceCatalogExternalProvisionOperationQueue',
    })
    const { Messages = [] } = await call(live, 'sqs', 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 10,
    })
    const ids: string[] = []
    for (const { Body } of Messages) {
      const { token, recordId, provisionedProductId } = JSON.parse(Body)
      await call(live, 'servicecatalog', 'NotifyProvisionProductEngineWorkflowResult', {
        WorkflowToken: token,
        RecordId: recordId,
        Status: 'SUCCEEDED',
        IdempotencyToken: randomUUID(),
      })
      await ended(live, recordId)
      ids.push(provisionedProductId)
    }
    return ids
  }

  function ended(live: Bellhop, recordId: string): Promise<any> {
    return until(
      async () => {
        const answer = await send(live, 'servicecatalog', 'DescribeRecord', { Id: recordId })
        return ['SUCCEEDED', 'FAILED'].includes(answer.json?.RecordDetail?.Status) && answer.json
      },
      `the end of record ${recordId}`,
      60,
    )
  }

  const execute = async (live: Bellhop, id: string, action: string) => {
    const { RecordDetail } = await call(live, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: id,
      ServiceActionId: action,
      ExecuteToken: randomUUID(),
    })
    return RecordDetail.RecordId as string
  }

  const step = (name: string, milliseconds: number) =>
    effectStep({ name, file: join(folder, 'effects/steps'), milliseconds })

  const action = (name: string, steps: readonly object[]) =>
    serviceAction(a, product, { name, document: { mainSteps: steps } })

  const executionOf = ({ RecordOutputs }: any): string =>
    RecordOutputs.find((one: any) => one.OutputKey === 'AutomationExecutionId').OutputValue

  const allEnded = (live: Bellhop, records: readonly string[]) =>
    Promise.all(records.map(record => ended(live, record)))

  /**
   * Every step was done; and once a later step of an execution had begun, no earlier one began again. What was in hand when
   * a node was lost may have begun twice.
   */
  function assertDone(records: readonly any[], steps: readonly string[]): void {
    for (const { RecordDetail } of records) assert.equal(RecordDetail.Status, 'SUCCEEDED', JSON.stringify(RecordDetail))
    const executions = new Set(records.map(executionOf))
    const lines = effects().filter(({ execution }) => executions.has(execution))
    const ends = new Set(lines.filter(({ phase }) => phase === 'end').map(line => `${line.execution}/${line.step}`))
    assert.equal(ends.size, steps.length * records.length)
    assert.deepEqual(completedStepsRunAgain(lines), [])
  }

  test('a node that is killed in the middle of sixty actions costs none of them', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const quick = await action('Quick', [step('one', 50), step('two', 50)])
    const rest = { name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }
    const lazy = await action('Lazy', [step('one', 50), rest, step('two', 50)])
    const from = effects().length
    const records: any[] = []
    for (let round = 0; round < 6; round += 1) {
      const live = round < 2 ? b : a
      const accepted = await Promise.all(products.map(id => execute(live, id, round === 1 ? lazy : quick)))
      if (round === 1) {
        await until(async () => effects().length > from + 40, 'work on its way')
        await b.kill()
      }
      records.push(...(await allEnded(a, accepted)))
    }
    assert.equal(new Set(records.map(executionOf)).size, 60)
    assertDone(records, ['one', 'two'])
    b = await node('b')
  })

  test('a node that is told to stop hands its work over at once', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const waits = await action('HandOver', [
      step('first', 20),
      { name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT2S' } },
      step('last', 20),
    ])
    const records = await Promise.all(products.slice(0, 4).map(id => execute(b, id, waits)))
    const stopping = Date.now()
    assert.equal(await b.stop(), 0)
    assert.ok(Date.now() - stopping < 5_000, 'it stops within its grace time')
    for (const record of records) assert.equal((await ended(a, record)).RecordDetail.Status, 'SUCCEEDED')
    // Nobody waited for a heartbeat that stays away.
    assert.ok(Date.now() - stopping < 9_000, `handed over in ${Date.now() - stopping} ms`)
    b = await node('b')
  })

  test('a cancel reaches the node that runs the step', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const long = await action('Long', [step('long', 20_000)])
    const [id] = products
    const from = effects().length
    const record = await execute(a, id!, long)
    await until(async () => effects().length > from, 'the step begun')
    const AutomationExecutionId = executionOf(await call(a, 'servicecatalog', 'DescribeRecord', { Id: record }))
    // One of the two runs it; whichever is asked, the step ends long before its time.
    for (const live of [a, b])
      await send(live, 'ssm', 'StopAutomationExecution', { AutomationExecutionId, Type: 'Cancel' })
    const begun = Date.now()
    assert.equal((await ended(b, record)).RecordDetail.Status, 'FAILED')
    assert.ok(Date.now() - begun < 8_000)
  })

  test('a database that is killed and comes back loses nothing that was accepted', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const steps = await action('Restarted', [step('one', 100), step('two', 100)])
    const records = await Promise.all(products.map(id => execute(b, id, steps)))
    await pg.kill()
    const refused = await send(a, 'servicecatalog', 'ListPortfolios', {}).then(
      ({ status }) => status >= 500 || status === 200,
      () => true,
    )
    assert.ok(refused)
    await pg.start()
    assertDone(await allEnded(a, records), ['one', 'two'])
  })

  test('nodes that were frozen or cut off from the database do nothing any more to what others took over', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    // At the same time, since both take as long as a lease.
    const line = await cutLine(pg.socket)
    t.after(() => line.close())
    const { pathname } = new URL(url)
    const far = await node('far', '--database-url', `postgresql://bellhop@127.0.0.1:${line.port}${pathname}`)
    t.after(() => far.kill())
    const names = ['one', 'two', 'three']
    const slow = await action(
      'TakenOver',
      names.map(name => step(name, 300)),
    )
    const from = effects().length
    const records = await Promise.all(products.map((id, i) => execute(i % 2 === 0 ? a : far, id, slow)))
    await until(async () => effects().length >= from + 6, 'work on its way')
    process.kill(b.pid, 'SIGSTOP')
    line.cut()
    try {
      for (const record of records) assert.equal((await ended(a, record)).RecordDetail.Status, 'SUCCEEDED')
    } finally {
      process.kill(b.pid, 'SIGCONT')
      line.mend()
    }
    // They answer again, and start no step of what has ended.
    for (const live of [b, far]) {
      await until(
        async () => (await send(live, 'sts', 'GetCallerIdentity', {})).status === 200,
        'an answer of the node that is back',
      )
    }
    await untilQuiet(join(folder, 'effects/steps'))
    assertDone(await allEnded(b, records), names)
  })

  test('a newer version may migrate while older nodes go on; an older one that starts anew is refused', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const client = new Client({ connectionString: url })
    await client.connect()
    t.after(() => client.end())
    // As every migration does: it adds.
    await client.query("alter table executions add column later text default 'x'")
    await client.query("insert into migrations values ('9999-later', 1)")
    try {
      const steps = await action('Rolling', [step('one', 20), step('two', 20)])
      const records: any[] = []
      for (const live of [a, b]) {
        records.push(await ended(live, await execute(live, products[0]!, steps)))
      }
      assertDone(records, ['one', 'two'])
      await assert.rejects(node('older'), /newer version/)
    } finally {
      await client.query("delete from migrations where name = '9999-later'")
    }
  })

  test('a worker answers no requests and an api node runs nothing', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    url = await pg.database()
    const api = await node('api', '--role', 'api')
    const worker = await node('worker', '--role', 'worker')
    t.after(() => Promise.all([api.kill(), worker.kill()]))
    const refused = await send(worker, 'servicecatalog', 'ListPortfolios', {})
    assert.equal(refused.status, 503)
    assert.match(refused.json.message, /only runs executions/)
    assert.equal((await fetch(`${worker.url}/healthz`)).status, 200)
    const own = await externalProduct(api, 'pulled')
    await call(api, 'servicecatalog', 'ProvisionProduct', {
      ...provisionInput(),
      ProductId: own.productId,
      ProvisioningArtifactId: own.artifactId,
    })
    assert.equal((await playEngine(api)).length, 1)
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query("select count(*)::int as left from executions where status <> 'Success'")
    await client.end()
    assert.equal(rows[0].left, 0)
  })
})
