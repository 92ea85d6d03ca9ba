import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { root } from '../../scripts/server-process.ts'
import { PostgresDriver } from '../../src/storage/postgres/driver.ts'
import { type Bellhop, call, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { effectStep, externalProduct, readEffects, serviceAction } from '../kit/catalog.ts'
import { type Postgres, startPostgres } from '../kit/postgres.ts'
import { requireTool } from '../kit/tools.ts'

/** From SQLite to PostgreSQL, with a real server before and a real node after. */
describe('bellhop move', { timeout: 120_000 }, () => {
  let pg: Postgres | undefined
  before(async t => {
    const program = await requireTool(t as TestContext, 'postgres')
    if (program !== undefined) pg = await startPostgres(dirname(program))
  })
  after(() => pg?.remove())

  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const words = (data: string, to: string) => [join(root, 'src/bin.ts'), 'move', '--data', data, '--to', to]
  const move = (data: string, to: string) => spawnSync(process.execPath, words(data, to), { encoding: 'utf8', env })

  async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  test('products, records and an execution that sleeps are there afterwards, and go on', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const folder = temporaryFolder(t)
    const data = join(folder, 'data')
    const effects = join(folder, 'effects')
    mkdirSync(effects, { mode: 0o755 })
    const options = { dataDirectory: data, env: { BELLHOP_SCRIPT_WRITABLE: effects } }
    let live: Bellhop = await startBellhop(options)
    t.after(() => live.kill())

    const product = await externalProduct(live, 'pulled')
    const provisioned = await call(live, 'servicecatalog', 'ProvisionProduct', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ProvisionedProductName: 'moved',
      ProvisionToken: 'one',
    })
    const { ProvisionedProductId: id, RecordId: provisionRecord } = provisioned.RecordDetail
    await playEngine(live)
    const file = join(effects, 'steps')
    const action = await serviceAction(live, product, {
      name: 'Sleeper',
      document: {
        mainSteps: [
          effectStep({ name: 'before', file }),
          { name: 'sleep', action: 'aws:sleep', inputs: { Duration: 'PT15S' } },
          effectStep({ name: 'after', file }),
        ],
      },
    })
    const Description = 'what an array of texts could stumble over: {"ü", \\, NULL}\n'
    const { PortfolioDetail } = await call(live, 'servicecatalog', 'CreatePortfolio', {
      DisplayName: 'NULL',
      ProviderName: 'x',
      Description,
      IdempotencyToken: 'three',
    })
    const { RecordDetail } = await call(live, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: id,
      ServiceActionId: action,
      ExecuteToken: 'two',
    })
    await until(async () => readEffects(file).some(({ phase }) => phase === 'end'), 'the step before the sleep')
    const url = await pg.database()
    const inUse = move(data, url)
    assert.equal(inUse.status, 1)
    assert.match(inUse.stderr, /in use by another bellhop server/)
    assert.equal(await live.stop(), 0)

    const moved = move(data, url)
    assert.equal(moved.status, 0, moved.stderr)
    assert.match(moved.stdout, /^records: 2 rows, [0-9a-f]{16}$/m)
    assert.match(moved.stdout, /1 executions go on there/)
    assert.match(moved.stdout, /secret\.key/)
    assert.ok(!existsSync(join(data, 'bellhop.db')) && existsSync(join(data, 'bellhop.db.moved')))
    const again = move(data, url)
    assert.equal(again.status, 1)
    assert.match(again.stderr, /has been moved already/)
    // Nobody begins anew on what was moved, thinking that it is still there.
    await assert.rejects(startBellhop(options), /moved to PostgreSQL/)
    // One that was cut short between the commit and the last step is brought to its end.
    renameSync(join(data, 'bellhop.db.moved'), join(data, 'bellhop.db'))
    const finished = move(data, url)
    assert.equal(finished.status, 0, finished.stderr)
    assert.match(finished.stdout, /was there already/)

    // The same key for secrets lies in the folder, so the caller's key is good still.
    live = await startBellhop({ ...options, args: ['--database-url', url] })
    const record = await until(async () => {
      const found = await call(live, 'servicecatalog', 'DescribeRecord', { Id: RecordDetail.RecordId })
      return ['SUCCEEDED', 'FAILED'].includes(found.RecordDetail.Status) && found
    }, 'the end of the execution that slept')
    assert.equal(record.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(record))
    assert.deepEqual(
      readEffects(file).map(({ step, phase }) => `${step} ${phase}`),
      ['before begin', 'before end', 'after begin', 'after end'],
    )
    const found = await call(live, 'servicecatalog', 'DescribeProvisionedProduct', { Id: id })
    assert.equal(found.ProvisionedProductDetail.Status, 'AVAILABLE')
    const portfolio = await call(live, 'servicecatalog', 'DescribePortfolio', { Id: PortfolioDetail.Id })
    assert.deepEqual(portfolio.PortfolioDetail, { ...PortfolioDetail, DisplayName: 'NULL', Description })
    const before = await call(live, 'servicecatalog', 'DescribeRecord', { Id: provisionRecord })
    assert.equal(before.RecordDetail.Status, 'SUCCEEDED')
  })

  test('a target that holds something is refused, and one that was cut off holds nothing', async t => {
    if (!pg) return t.skip('no PostgreSQL')
    const folder = temporaryFolder(t)
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    for (const dataDirectory of [first, second]) await (await startBellhop({ dataDirectory })).stop()
    const url = await pg.database()
    // The tables are there, and one of them is held, so that the move stands still in its middle.
    await (await PostgresDriver.open({ url, now: Date.now, random: Math.random, warn: () => {} })).close()
    await withClient(url, async client => {
      await client.query('begin; lock table policy_attachments in access exclusive mode')
      const child = spawn(process.execPath, words(first, url), { stdio: 'ignore', env })
      const gone = new Promise(resolve => child.once('exit', resolve))
      const waits =
        "select 1 from pg_stat_activity where application_name = 'bellhop-move' and wait_event_type = 'Lock'"
      await withClient(url, looking =>
        until(async () => (await looking.query(waits)).rows.length > 0, 'the move to stand still'),
      )
      child.kill('SIGKILL')
      await gone
      await client.query('rollback')
    })
    const rows = (table: string) =>
      withClient(url, async client => (await client.query(`select count(*)::int as n from ${table}`)).rows[0].n)
    assert.deepEqual([await rows('access_keys'), await rows('identities')], [0, 0])
    assert.equal(move(first, url).status, 0)
    assert.deepEqual([await rows('access_keys'), await rows('identities')], [1, 1])
    const refused = move(second, url)
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /^bellhop move: The database is not empty/)
    assert.ok(existsSync(join(second, 'bellhop.db')))
    assert.equal(spawnSync(process.execPath, words(second, 'mysql://x'), { env }).status, 2)
  })
})

/** Takes the one provision from the queue, and says that it is done. */
async function playEngine(live: Bellhop): Promise<void> {
  const { QueueUrl } = await call(live, 'sqs', 'GetQueueUrl', {
    QueueName: 'ServiceCatalogExternalProvisionOperationQueue',
  })
  const { Messages } = await call(live, 'sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 10 })
  const { token, recordId } = JSON.parse(Messages[0].Body)
  await call(live, 'servicecatalog', 'NotifyProvisionProductEngineWorkflowResult', {
    WorkflowToken: token,
    RecordId: recordId,
    Status: 'SUCCEEDED',
    IdempotencyToken: 'done',
  })
  await until(async () => {
    const { RecordDetail } = await call(live, 'servicecatalog', 'DescribeRecord', { Id: recordId })
    return RecordDetail.Status === 'SUCCEEDED'
  }, 'the end of the provision')
}
