import { type ChildProcess, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { call } from '../scripts/client.ts'
import { root } from '../scripts/server-process.ts'
import { externalProduct, serviceAction } from '../test/kit/catalog.ts'
import { type Postgres, postgresPrograms, startPostgres } from '../test/kit/postgres.ts'
import { accepting, availableProducts, executing, idsIn } from './accepting.ts'
import { fillCatalog } from './fill.ts'
import { load, type Target } from './load.ts'
import { median } from './measure.ts'
import { type Running, residentMemory, scope, start, stop } from './server.ts'

/** Products to act on, and how many of them have an execution that sleeps. */
const products = 20_000
const sleepers = 10_000
/** Clusters of two workers that are killed from at the same time, and kills in each. */
const clusters = 4
const killsEach = 4
const heldAtAKill = 16
/** Executions that a worker advances at once where two are held against one: with 64 a single one keeps two cores busy. */
const slots = 16

const env = {
  BELLHOP_SECRET_KEY: randomBytes(32).toString('base64'),
  BELLHOP_ADMIN_ACCESS_KEY_ID: 'AKIABENCH',
  BELLHOP_ADMIN_SECRET_ACCESS_KEY: randomBytes(20).toString('base64url'),
  // What stands for the work of a step is on this machine.
  BELLHOP_ALLOW_HOSTS: '127.0.0.1',
}

interface Bench {
  readonly folder: string
  readonly children: ChildProcess[]
  readonly config: string
}

/** What sleeping costs, on SQLite and on PostgreSQL; two workers against one; take-over. Answers the section of the report. */
export async function benchCluster(rounds: number): Promise<string> {
  const programs = postgresPrograms()
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-bench-'))
  const children: ChildProcess[] = []
  const times = Math.max(3, Math.min(rounds, 7))
  const waiting = await startWaiting()
  const config = join(folder, 'config.json')
  const webhooks = Object.fromEntries([50, 1000].map(ms => [`wait${ms}`, { url: `${waiting.url}/${ms}` }]))
  writeFileSync(config, JSON.stringify({ webhooks }))
  writeFileSync(join(folder, 'slots.json'), JSON.stringify({ webhooks, limits: { node: slots } }))
  const bench = { folder, children, config }
  let postgres: Postgres | undefined
  const begunLoad = loadavg()[0]!
  try {
    const actions = await fill(bench)
    const sqlite = await sleepersOnSqlite(bench, actions, times)
    if (!programs) return report({ times, begunLoad, sqlite })
    postgres = await startPostgres(programs)
    const urls = { with: await postgres.database(), without: await postgres.database() }
    for (const side of ['with', 'without'] as const) moveTo(join(folder, side), urls[side])
    const onPostgres = await sleepersOnPostgres(bench, urls, actions, times)
    const workers = await twoAgainstOne(bench, urls.without, actions, times)
    const takeOver = await takeOvers(bench, postgres)
    return report({ times, begunLoad, sqlite, onPostgres, workers, takeOver })
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await postgres?.remove()
    waiting.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Actions {
  readonly sleeps: string
  readonly trivial: string
  readonly five: string
  readonly fifty: string
}

/** A data directory with a catalog, `with`, and a copy of it, `without`. */
async function fill({ folder, children, config }: Bench): Promise<Actions> {
  const data = join(folder, 'with')
  let live = await start(data, children, { args: ['--config', config], env })
  const product = await externalProduct(live.target, 'none')
  const identity: string = await call(live.target, 'sts', 'GetCallerIdentity', {})
  const rest = (duration: string) => (_: unknown, i: number) => ({
    name: `step${i}`,
    action: 'aws:sleep',
    inputs: { Duration: duration },
  })
  const posts = (_: unknown, i: number) => ({
    name: `step${i}`,
    action: 'aws:invokeWebhook',
    inputs: { IntegrationName: 'wait50' },
  })
  const action = (name: string, count: number, step: (_: unknown, i: number) => object) =>
    serviceAction(live.target, product, { name, document: { mainSteps: Array.from({ length: count }, step) } })
  const actions = {
    sleeps: await action('Sleeps', 1, rest('PT6H')),
    trivial: await action('Trivial', 1, rest('PT0S')),
    five: await action('Five', 5, rest('PT0S')),
    fifty: await action('Fifty', 5, posts),
  }
  await stop(live)
  fillCatalog(join(data, 'bellhop.db'), scope, product, /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!, products)
  live = await start(data, children, { args: ['--config', config], env })
  await stop(live)
  cpSync(data, join(folder, 'without'), { recursive: true })
  return actions
}

/** What one thing costs with the sleepers there and without them. */
interface Sleeping {
  readonly accept: Pair
  readonly describe: Pair
  /** MiB. */
  readonly memory: Pair
}

interface Pair {
  readonly with: number
  readonly without: number
  /** Median of the ratios of the rounds. */
  readonly ratio: number
}

type Sides<T> = Readonly<Record<'with' | 'without', T>>

/**
 * Both servers have as many executions in their database; on one side they have ended, on the other they sleep. Both are started
 * anew, so that what differs is the sleep, and not what running has left in memory.
 */
async function sleepersOnSqlite({ folder, children, config }: Bench, actions: Actions, times: number) {
  const begin = (side: string) => start(join(folder, side), children, { args: ['--config', config], env })
  const started = { with: await begin('with'), without: await begin('without') }
  const idsOf = (side: string) => idsIn(join(folder, side, 'bellhop.db'), availableProducts)
  const ids = { with: idsOf('with'), without: idsOf('without') }
  for (const side of ['with', 'without'] as const) {
    await accept(started[side].target, side === 'with' ? actions.sleeps : actions.trivial, ids[side], sleepers, 32)
    await until(() => resting(join(folder, side), side === 'with' ? sleepers : 0))
    await stop(started[side])
  }
  const live = { with: await begin('with'), without: await begin('without') }
  // A start takes up what has not ended: each is claimed once more.
  await until(() => claimedAgain(join(folder, 'with')) === sleepers)
  const found = await compare(live, ids, actions, times)
  for (const side of ['with', 'without'] as const) await stop(live[side])
  return found
}

async function sleepersOnPostgres(
  { folder, children, config }: Bench,
  urls: Sides<string>,
  actions: Actions,
  times: number,
) {
  const begin = (side: 'with' | 'without') =>
    start(join(folder, side), children, { args: ['--config', config, '--database-url', urls[side]], env })
  const live = { with: await begin('with'), without: await begin('without') }
  const ids = { with: await availableThere(urls.with), without: await availableThere(urls.without) }
  const found = await compare(live, ids, actions, times)
  for (const side of ['with', 'without'] as const) await stop(live[side])
  return found
}

async function compare(
  live: Sides<Running>,
  ids: Sides<string[]>,
  { trivial }: Actions,
  times: number,
): Promise<Sleeping> {
  const accepts = { with: [] as number[], without: [] as number[] }
  const describes = { with: [] as number[], without: [] as number[] }
  const memory = { with: [] as number[], without: [] as number[] }
  for (let round = 0; round <= times; round += 1) {
    const order = round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)
    for (const side of order) {
      const { target } = live[side]
      const accepted = await accept(target, trivial, ids[side], 200, 1)
      // What was accepted has been run before anything else is measured.
      await pause(500)
      const { RecordDetails } = await call(target, 'servicecatalog', 'ListRecordHistory', { PageSize: 1 })
      const Id: string = RecordDetails[0].RecordId
      const asking = { service: 'servicecatalog', operation: 'DescribeRecord', input: () => ({ Id }) } as const
      const described = await load(target, { ...asking, callers: 1, calls: 500 })
      if (round === 0) continue
      accepts[side].push(accepted)
      describes[side].push(described.p50)
      memory[side].push(residentMemory(live[side].process.pid!))
    }
  }
  return { accept: pair(accepts), describe: pair(describes), memory: pair(memory) }
}

function pair(values: Sides<readonly number[]>): Pair {
  const ratios = values.with.map((value, i) => value / values.without[i]!)
  return { with: median(values.with), without: median(values.without), ratio: median(ratios) }
}

/** Accepts so many actions; the median time of an answer, in milliseconds. */
async function accept(target: Target, action: string, ids: string[], calls: number, callers: number): Promise<number> {
  return (await load(target, { ...accepting, input: executing(ids, action), callers, calls })).p50
}

async function availableThere(url: string): Promise<string[]> {
  return (await asked(url, availableProducts)).map(row => String(row['id']))
}

/** Whether so many executions have not ended, all of them asleep. */
function resting(data: string, count: number): boolean {
  return onFile(data, database => {
    const of = (condition: string) =>
      Number(database.prepare(`select count(*) as n from executions where run_at is not null ${condition}`).get()!['n'])
    return of('') === count && of("and current_action = 'aws:sleep'") === count
  })
}

function claimedAgain(data: string): number {
  const sql =
    "select count(*) as n from executions where run_at is not null and current_action = 'aws:sleep' and epoch > 1"
  return onFile(data, database => Number(database.prepare(sql).get()!['n']))
}

function onFile<T>(data: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(data, 'bellhop.db'), { readOnly: true })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

async function asked(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}

function moveTo(data: string, url: string): void {
  const words = [join(root, 'dist/bellhop.cjs'), 'move', '--data', data, '--to', url]
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The move to PostgreSQL failed: ${stderr}`)
}

interface Workers {
  readonly one: number
  readonly two: number
  readonly ratio: number
}

/** Executions a second of what has been accepted before any worker is there, from the first that begins to the last that ends. */
async function twoAgainstOne({ folder, children }: Bench, url: string, actions: Actions, times: number) {
  const config = join(folder, 'slots.json')
  const node = (name: string, role: string) =>
    start(join(folder, name), children, { args: ['--config', config, '--database-url', url, '--role', role], env })
  const api = await node('api', 'api')
  const measured = async (action: string, count: number): Promise<Workers> => {
    const found = { one: [] as number[], two: [] as number[] }
    for (let round = 0; round <= times; round += 1) {
      for (const side of round % 2 === 0 ? (['one', 'two'] as const) : (['two', 'one'] as const)) {
        const before = Date.now()
        await accept(api.target, action, await availableThere(url), count, 4)
        const live = await Promise.all(
          (side === 'one' ? ['a'] : ['a', 'b']).map(name => node(`worker-${name}`, 'worker')),
        )
        await until(async () => (await unfinished(url, before)) === 0)
        for (const each of live) await stop(each)
        if (round > 0) found[side].push(await perSecond(url, before, count))
      }
    }
    const ratio = median(found.two.map((value, i) => value / found.one[i]!))
    return { one: median(found.one), two: median(found.two), ratio }
  }
  const result = { fifty: await measured(actions.fifty, 600), five: await measured(actions.five, 600) }
  await stop(api)
  return result
}

async function unfinished(url: string, since: number): Promise<number> {
  const sql = 'select count(*)::int as n from executions where run_at is not null and created_at >= $1'
  return Number((await asked(url, sql, [since]))[0]!['n'])
}

async function perSecond(url: string, since: number, count: number): Promise<number> {
  const sql = `select min((data::json -> 'startedAt' ->> '$date')::float8) as begun, max((data::json -> 'endedAt' ->> '$date')::float8) as ended,
    count(*)::int as n from executions where created_at >= $1 and status = 'Success'`
  const [row] = await asked(url, sql, [since])
  if (row!['n'] !== count) throw new Error(`${row!['n']} of ${count} executions succeeded.`)
  return count / ((Number(row!['ended']) - Number(row!['begun'])) / 1000)
}

interface TakeOver {
  readonly kills: number
  /** Seconds from the kill until another worker had claimed the execution: all of them, and each kill's last, in order. */
  readonly each: readonly number[]
  readonly last: readonly number[]
}

/** Kills the worker that has everything in hand while another has nothing to do, in several clusters at a time. */
async function takeOvers({ folder, children, config }: Bench, postgres: Postgres): Promise<TakeOver> {
  const each: number[] = []
  const last: number[] = []
  const cluster = async (number: number) => {
    const url = await postgres.database()
    const node = (name: string, role: string) =>
      start(join(folder, `${number}-${name}`), children, {
        args: ['--config', config, '--database-url', url, '--role', role],
        env,
      })
    const api = await node('api', 'api')
    const DocumentName = 'Slow'
    const step = (_: unknown, i: number) => ({
      name: `step${i}`,
      action: 'aws:invokeWebhook',
      inputs: { IntegrationName: 'wait1000' },
    })
    const Content = JSON.stringify({ schemaVersion: '0.3', mainSteps: Array.from({ length: 15 }, step) })
    await call(api.target, 'ssm', 'CreateDocument', { Name: DocumentName, Content, DocumentType: 'Automation' })
    const ids: string[] = []
    let holder = await node('worker-0', 'worker')
    for (let kill = 1; kill <= killsEach; kill += 1) {
      const from = Date.now()
      const held: string[] = []
      for (let i = 0; i < heldAtAKill; i += 1) {
        const { AutomationExecutionId } = await call(api.target, 'ssm', 'StartAutomationExecution', { DocumentName })
        held.push(AutomationExecutionId)
      }
      ids.push(...held)
      const epochs = async () =>
        new Map(
          (await asked(url, 'select id, epoch::int from executions where id = any($1)', [held])).map(row => [
            String(row['id']),
            Number(row['epoch']),
          ]),
        )
      // All in hand, each with a step that is being waited for.
      await until(async () => [...(await epochs()).values()].every(epoch => epoch >= 1))
      const next = await node(`worker-${kill}`, 'worker')
      // At no moment in particular of the time between two heartbeats.
      await pause(Math.max(0, from + 2_000 - Date.now()) + Math.random() * 3_000)
      // Those that have ended by now, on a slow machine, nobody takes over.
      const under = await asked(url, 'select id from executions where id = any($1) and run_at is not null', [held])
      const before = await epochs()
      const gone = new Promise(resolve => holder.process.once('exit', resolve))
      holder.process.kill('SIGKILL')
      const killed = performance.now()
      await gone
      const left = new Set(under.map(row => String(row['id'])))
      while (left.size > 0) {
        for (const [id, epoch] of await epochs()) {
          if (epoch <= before.get(id)! || !left.delete(id)) continue
          each.push((performance.now() - killed) / 1000)
          if (left.size === 0) last.push((performance.now() - killed) / 1000)
        }
        await pause(20)
      }
      holder = next
    }
    await until(async () => (await unfinished(url, 0)) === 0)
    const ended = await asked(url, "select count(*)::int as n from executions where status = 'Success'")
    if (Number(ended[0]!['n']) !== ids.length) throw new Error('Not every execution that was taken over succeeded.')
    for (const each of [api, holder]) await stop(each)
  }
  await Promise.all(Array.from({ length: clusters }, (_, number) => cluster(number)))
  const sorted = (values: number[]) => values.sort((one, other) => one - other)
  return { kills: clusters * killsEach, each: sorted(each), last: sorted(last) }
}

/** Stands for the work of steps: answers so many milliseconds after it was asked. */
async function startWaiting(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume()
    setTimeout(() => response.end('{}'), Number(request.url!.slice(1)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 300_000; Date.now() < end; await pause(100)) if (await holds()) return
  throw new Error('Waited five minutes in vain.')
}

interface Found {
  readonly times: number
  readonly begunLoad: number
  readonly sqlite: Sleeping
  readonly onPostgres?: Sleeping
  readonly workers?: { readonly fifty: Workers; readonly five: Workers }
  readonly takeOver?: TakeOver
}

function report({ times, begunLoad, sqlite, onPostgres, workers, takeOver }: Found): string {
  const thousands = (number: number) => number.toLocaleString('en')
  const sleeping = (name: string, { accept, describe, memory }: Sleeping) => {
    const cells = ({ with: there, without, ratio }: Pair) =>
      `${there.toFixed(2)} ms | ${without.toFixed(2)} ms | **${ratio.toFixed(2)}**`
    const mebibytes = `${memory.with.toFixed(0)} MiB | ${memory.without.toFixed(0)} MiB | **+${(memory.with - memory.without).toFixed(0)} MiB**`
    return [
      `| ${name}: accept, p50 | ${cells(accept)} |`,
      `| ${name}: DescribeRecord, p50 | ${cells(describe)} |`,
      `| ${name}: memory (RSS) | ${mebibytes} |`,
    ].join('\n')
  }
  const against = (name: string, { one, two, ratio }: Workers) =>
    `| ${name} | ${one.toFixed(0)}/s | ${two.toFixed(0)}/s | **${ratio.toFixed(2)}** |`
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  const load = `Load of the machine (one minute) when this section began: ${begunLoad.toFixed(1)}, when it ended: ${loadavg()[0]!.toFixed(1)}.`
  const nodes =
    workers && takeOver
      ? `
Executions a second, of a backlog that lies there when the workers start, from the first that begins to the last that ends; medians
of ${times} rounds, one worker and two in turns, each with ${slots} slots (\`limits.node\`). Client, database and workers share the machine's cores.

| | one worker | two workers | ratio |
| --- | --- | --- | --- |
${against('five steps that take 50 ms each (a webhook that answers then)', workers.fifty)}
${against('five trivial steps', workers.five)}

Take-over: a worker is killed (SIGKILL) with ${heldAtAKill} executions in hand, ${takeOver.kills} times, in ${clusters} clusters at a time. From the kill until
another worker has claimed an execution: p50 **${at(takeOver.each, 0.5).toFixed(1)} s**, max **${at(takeOver.each, 1).toFixed(1)} s**; the last of a kill: p50 ${at(takeOver.last, 0.5).toFixed(1)} s.
`
      : '\nPostgreSQL was not installed where this was measured: nothing about it.\n'
  return `## Many nodes, and executions that sleep

${load}

What ${thousands(sleepers)} executions cost that sleep for hours. Both servers of a pair have as many executions in their database; those of the one sleep,
those of the other have ended. Both were just started. Asked in turns, by one caller; medians of ${times} rounds. On PostgreSQL it is the same data, moved there by
\`bellhop move\`.

| | with sleepers | without | ratio |
| --- | --- | --- | --- |
${sleeping('SQLite', sqlite)}
${onPostgres ? sleeping('PostgreSQL', onPostgres) : ''}
${nodes}
DBOS and Restate were not installed here, so nothing is said of them.
`
}
