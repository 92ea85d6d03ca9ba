import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqliteDriver } from '../../storage/sqlite/driver.ts'
import { openStorage } from '../../storage/storage.ts'
import { ManualClock, startAutomation, workshop } from '../../worker/testing.ts'
import { readConfig } from '../config.ts'
import { Commits } from './commits.ts'
import { configuredEngines } from './configured-engines.ts'
import { EngineSightings } from './engine-sightings.ts'
import { createHealth } from './index.ts'

const rest = `{"schemaVersion":"0.3","mainSteps":[{"name":"rest","action":"aws:sleep","inputs":{"Duration":"PT1H"}}]}`

/** Nodes over one database, whose clock is moved by hand. */
function cluster(t: { after(fn: () => unknown): void }) {
  const clock = new ManualClock()
  const storage = openStorage(new SqliteDriver(':memory:', () => clock.now().getTime()))
  t.after(() => storage.close())
  const node = (id: string, shared = true) => {
    const sightings = new EngineSightings(() => clock.now().getTime())
    const commits = new Commits()
    const health = createHealth({
      storage,
      database: { shared, bytes: async () => 4096 },
      clock,
      id,
      accountId: '000000000000',
      role: 'all',
      version: '1.2.3',
      address: () => `http://${id}`,
      worker: { inHand: 2 },
      commits,
      sightings,
      engines: [{ type: 'EXTERNAL', name: 'web', transport: 'exec', backEnd: 'engine.mjs' }],
      report: assert.fail,
    })
    return { health, sightings, commits }
  }
  return { clock, storage, node }
}

const seconds = (clock: ManualClock, count: number) => clock.advance(count * 1000)

test('a node that goes on is up, and one that stops is not there', async t => {
  const { clock, node } = cluster(t)
  const [one, two, three] = [node('one'), node('two'), node('three')]
  for (const { health } of [one, two, three]) await health.start()
  const statuses = async () => {
    const { Nodes } = await one.health.describe()
    return Object.fromEntries(Nodes.map(each => [each.NodeId, each.Status]))
  }
  assert.deepEqual(await statuses(), { one: 'UP', two: 'UP', three: 'UP' })
  await three.health.stop()
  assert.deepEqual(await statuses(), { one: 'UP', two: 'UP' })
  for (let i = 0; i < 5; i += 1) {
    seconds(clock, 10)
    // The beats that are due are written by now: a commit waits a few turns for others to come along.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  }
  assert.deepEqual(await statuses(), { one: 'UP', two: 'UP' })
})

test('what a node was seen to be long ago is told as gone, and forgotten after a day', async t => {
  const { clock, storage, node } = cluster(t)
  const report = { role: 'worker', version: '1', address: 'http://dead', inHand: 3, engines: [] }
  await storage.nodes.beat('dead', clock.now(), clock.now(), report, new Date(0))
  const { health } = node('here')
  seconds(clock, 29)
  const found = async () =>
    (await health.describe()).Nodes.map(each => [each.NodeId, each.Status, each.ExecutionsInHand])
  assert.deepEqual(await found(), [
    ['dead', 'UP', 3],
    ['here', 'UP', 2],
  ])
  seconds(clock, 2)
  assert.deepEqual(await found(), [
    ['dead', 'GONE', undefined],
    ['here', 'UP', 2],
  ])
  seconds(clock, 24 * 3600)
  await health.start()
  assert.deepEqual(await found(), [['here', 'UP', 2]])
})

test('one process alone writes nothing, and tells how it is', async t => {
  const { storage, node, clock } = cluster(t)
  const { health, commits } = node('alone', false)
  await health.start()
  assert.deepEqual(await storage.nodes.list(), [])
  for (const milliseconds of [1, 2, 3, 400]) commits.add(milliseconds / 1000)
  const { Nodes, Database, Backlog } = await health.describe()
  assert.deepEqual(Nodes, [
    {
      NodeId: 'alone',
      Status: 'UP',
      Role: 'ALL',
      Version: '1.2.3',
      Address: 'http://alone',
      StartedTime: clock.now(),
      LastSeenTime: clock.now(),
      Answering: true,
      ExecutionsInHand: 2,
      CommitMilliseconds: 3,
      CommitP99Milliseconds: 400,
    },
  ])
  assert.deepEqual(Database, { Kind: 'SQLITE', Bytes: 4096, CommitMilliseconds: 3, CommitP99Milliseconds: 400 })
  assert.deepEqual(Backlog, { Unfinished: 0, Due: 0, OldestDueSeconds: undefined })
  await health.stop()
})

test('engines: what is under way, and how they fared last, on all nodes together', async t => {
  const { clock, storage, node } = cluster(t)
  const shop = workshop({}, { storage })
  const [one, two] = [node('one'), node('two')]
  const web = { type: 'EXTERNAL', name: 'web' }
  const [ended, running] = ['ended', await startAutomation({ ...shop, clock }, rest)]
  one.sightings.tell(ended, web, { state: 'running' })
  one.sightings.tell(running, web, { state: 'running' })
  await one.health.start()
  seconds(clock, 5)
  const succeeded = clock.now()
  two.sightings.tell('x', web, { state: 'running' })
  two.sightings.tell('x', web, { state: 'succeeded' })
  seconds(clock, 1)
  two.sightings.tell('y', { type: 'CFN_STACK', name: 'default' }, { state: 'failed', message: 'm'.repeat(1000) })
  const { Engines, Backlog } = await two.health.describe()
  assert.deepEqual(Engines, [
    {
      ProductType: 'EXTERNAL',
      Name: 'web',
      Transport: 'exec',
      BackEnd: 'engine.mjs',
      // The one that is told of and has no execution any more is not counted.
      UnderWay: 1,
      OldestSeconds: 6,
      LastSuccessTime: succeeded,
      LastFailureTime: undefined,
      LastError: undefined,
    },
    {
      ProductType: 'CFN_STACK',
      Name: 'default',
      Transport: undefined,
      BackEnd: undefined,
      UnderWay: 0,
      OldestSeconds: undefined,
      LastSuccessTime: undefined,
      LastFailureTime: clock.now(),
      LastError: 'm'.repeat(300),
    },
  ])
  assert.deepEqual(Backlog, { Unfinished: 1, Due: 1, OldestDueSeconds: 6 })
})

test('engines are told as they are configured, without what may be secret', () => {
  const found = configuredEngines({
    ...readConfig(undefined),
    engines: {
      run: {
        transport: 'exec',
        command: ['/opt/engines/run', '--token', 'hush'],
        timeoutSeconds: 1,
        environment: { TOKEN: 'hush' },
        afterFailedProvision: 'keep',
      },
      web: {
        transport: 'http',
        url: 'https://user:hush@engine.test/work?key=hush',
        secretEnv: 'X',
        timeoutSeconds: 1,
        pollSeconds: 1,
        parser: true,
        afterFailedProvision: 'keep',
      },
      queue: { transport: 'pull' },
    },
  })
  assert.ok(!JSON.stringify(found).includes('hush'))
  assert.deepEqual(
    found.map(({ type, name, transport, backEnd }) => `${type} ${name} ${transport} ${backEnd}`),
    [
      'EXTERNAL run exec run',
      'EXTERNAL web http https://engine.test/work',
      'EXTERNAL queue pull an engine that takes its work from here',
      'TERRAFORM_OPEN_SOURCE default built-in terraform',
      'CFN_STACK default aws AWS CloudFormation',
      'CFN_STACKSET default aws AWS CloudFormation',
    ],
  )
})
