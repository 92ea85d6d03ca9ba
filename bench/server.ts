import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, call, send } from '../scripts/client.ts'
import { readCredentials, root } from '../scripts/server-process.ts'
import { externalProduct, serviceAction } from '../test/kit/catalog.ts'
import { accepting, availableProducts, executing, idsIn } from './accepting.ts'
import { fillCatalog } from './fill.ts'
import { type Load, type Loaded, load, type Target } from './load.ts'
import { median } from './measure.ts'
import { runsPerSecond } from './runs.ts'

export const scope = { accountId: '123456789012', region: 'us-east-1' }

/** Products to act on: no product is asked twice, since an action holds its product until it has ended. */
const products = 30_000

export interface Running {
  readonly target: Target
  readonly process: ChildProcess
  /** Milliseconds from its start to its ready line. */
  readonly startedIn: number
}

/** What the server does: accepting, answering, running, starting. Answers the section of the report. */
export async function benchServer(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-bench-'))
  const children: ChildProcess[] = []
  const times = Math.max(3, Math.min(rounds, 7))
  try {
    const data = join(folder, 'data')
    const first = await start(data, children)
    const product = await externalProduct(first.target, 'none')
    const identity: string = await call(first.target, 'sts', 'GetCallerIdentity', {})
    await stop(first)
    fillCatalog(join(data, 'bellhop.db'), scope, product, /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!, products)
    const bellhop = await start(data, children)
    const rest = (i: number) => ({ name: `step${i}`, action: 'aws:sleep', inputs: { Duration: 'PT0S' } })
    const trivial = await serviceAction(bellhop.target, product, { name: 'One', document: { mainSteps: [rest(1)] } })
    const five = await serviceAction(bellhop.target, product, {
      name: 'Five',
      document: { mainSteps: [1, 2, 3, 4, 5].map(rest) },
    })
    const ids = idsIn(join(data, 'bellhop.db'), availableProducts)
    const floor = await startFloor(folder, bellhop.target, children)

    const accepts: string[] = []
    for (const callers of [1, 32]) {
      const one: Load = { ...accepting, input: executing(ids, trivial), callers, calls: callers === 1 ? 200 : 800 }
      const ours: Loaded[] = []
      const theirs: Loaded[] = []
      for (let round = 0; round <= times; round += 1) {
        const pair = [
          await load(bellhop.target, one),
          await load(floor, { ...one, input: executing(ids, trivial) }),
        ] as const
        if (round === 0) continue
        ours.push(pair[0])
        theirs.push(pair[1])
      }
      accepts.push(row(`accept, ${callers} caller${callers > 1 ? 's' : ''}`, ours, theirs))
    }

    const runs: number[] = []
    for (let round = 0; round <= times; round += 1) {
      const done = await runsPerSecond(
        bellhop.target,
        join(data, 'bellhop.db'),
        scope.accountId,
        executing(ids, five),
        32,
        1500,
      )
      if (round > 0) runs.push(done)
    }

    const moto = await startMoto(children)
    const reads: string[] = []
    const shares: string[] = []
    if (moto) {
      for (let i = 0; i < 20; i += 1) {
        await call(moto, 'servicecatalog', 'CreatePortfolio', {
          DisplayName: `p${i}`,
          ProviderName: 'x',
          IdempotencyToken: randomUUID(),
        })
      }
      const record = idsIn(join(data, 'bellhop.db'), 'select id from records limit 1')[0]!
      const asked: readonly (readonly [name: string, operation: string, input: object])[] = [
        ['ListPortfolios, 8 callers', 'ListPortfolios', {}],
        ['DescribeRecord, 8 callers', 'DescribeRecord', { Id: record }],
      ]
      for (const [name, operation, input] of asked) {
        const ours: Loaded[] = []
        const theirs: Loaded[] = []
        const least: number[] = []
        const bare = await startBare(folder, await send(bellhop.target, 'servicecatalog', operation, input), children)
        for (let round = 0; round <= times; round += 1) {
          const of = (calls: number) => ({ service: 'servicecatalog' as const, callers: 8, calls })
          const pair = [
            await load(bellhop.target, { ...of(3000), operation, input: () => input }),
            // moto has no records: its ListPortfolios is what both are held against.
            await load(moto, { ...of(150), operation: 'ListPortfolios', input: () => ({}) }),
          ] as const
          if (round === 0) continue
          ours.push(pair[0])
          theirs.push(pair[1])
          const none = await load({ ...bellhop.target, url: bare }, { ...of(3000), operation, input: () => input })
          least.push(pair[0].perSecond / none.perSecond)
        }
        reads.push(row(name, ours, theirs))
        shares.push(`${operation} ${median(least).toFixed(2)}`)
      }
    }
    await stop(bellhop)

    const fresh = join(folder, 'fresh')
    const starts: number[] = []
    const bare: number[] = []
    let memory = 0
    for (let round = 0; round <= times; round += 1) {
      const begun = performance.now()
      spawnSync(process.execPath, ['-e', '0'])
      if (round > 0) bare.push(performance.now() - begun)
      const started = await start(fresh, children)
      if (round > 0) starts.push(started.startedIn)
      // An idle server is one that has had nothing to do for a while.
      await new Promise(resolve => setTimeout(resolve, 3_000))
      memory = residentMemory(started.process.pid!)
      await stop(started)
    }
    return `## What the server does

One process, SQLite, answers after the synced commit; ${products.toLocaleString('en')} provisioned products in the catalog. The client
runs on the same machine; it makes and signs its requests before the clock starts. Medians of ${times} rounds, both sides in
turns; one round before that does not count. The floor is \`node:http\`, a checked signature and one row in a synced,
group-committed insert (\`bench/floor.ts\`). Whatever is accepted is run by the same process. Requests go first: while their writes keep coming, one run is begun for
every four that are committed together, and one with each commit at least; when none comes, all that wait (\`src/worker/turns.ts\`).
So at the end of a round with 32 callers some of the runs still wait; they are done before the next load is.

| | Bellhop | p50 | p99 | against | | p50 | p99 | ratio of throughput |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${accepts.map(line => line.replace('AGAINST', 'floor')).join('\n')}
${reads.map(line => line.replace('AGAINST', "moto's ListPortfolios")).join('\n')}

Of what \`node:http\` does that answers the same bytes and looks at nothing (\`bench/bare.ts\`), in the same rounds: ${shares.join(', ')}.

Five trivial steps, from the call to the end of the record, 32 under way: **${Math.round(median(runs))} runs a second**.

From the start of the process to its ready line: **${Math.round(median(starts))} ms** (\`node -e 0\`: ${Math.round(median(bare))} ms). Memory three
seconds later, with nothing to do: **${(memory * 1.048576).toFixed(0)} MB**.
`
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function row(name: string, ours: readonly Loaded[], theirs: readonly Loaded[]): string {
  const of = (all: readonly Loaded[], key: keyof Loaded) => median(all.map(each => each[key]))
  const cells = (all: readonly Loaded[]) =>
    `${Math.round(of(all, 'perSecond'))}/s | ${of(all, 'p50').toFixed(1)} ms | ${of(all, 'p99').toFixed(1)} ms`
  const ratios = ours.map((each, i) => each.perSecond / theirs[i]!.perSecond)
  return `| ${name} | ${cells(ours)} | AGAINST | ${cells(theirs)} | **${median(ratios).toFixed(2)}** |`
}

/** A server of the bundle, ready. `args` and `env` go to it besides what it needs. */
export async function start(
  data: string,
  children: ChildProcess[],
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  mkdirSync(data, { recursive: true })
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    [join(root, 'dist/bellhop.cjs'), 'server', '--port', '0', '--data', data, '--account-id', scope.accountId, ...args],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, BELLHOP_LOG: 'warn', ...env } },
  )
  children.push(child)
  const url = await printed(child, /listening on (http:\/\/\S+)/)
  return { target: { url, credentials: readCredentials(data) }, process: child, startedIn: performance.now() - begun }
}

export async function stop({ process: child }: Running): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function startFloor(folder: string, { credentials }: Target, children: ChildProcess[]): Promise<Target> {
  const child = spawn(process.execPath, [join(root, 'bench/floor.ts'), folder, credentials.secretAccessKey], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return { url: await printed(child, /(http:\/\/\S+)/), credentials }
}

/** Node's own HTTP server with this answer; its address. */
async function startBare(folder: string, { text }: Answer, children: ChildProcess[]): Promise<string> {
  const file = join(folder, 'answer')
  writeFileSync(file, text)
  const child = spawn(process.execPath, [join(root, 'bench/bare.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return printed(child, /(http:\/\/\S+)/)
}

/** moto_server, where it is installed. */
async function startMoto(children: ChildProcess[]): Promise<Target | undefined> {
  if (spawnSync('moto_server', ['--help']).status !== 0) return undefined
  const port = await freePort()
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  children.push(child)
  const target = {
    url: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIAMOTO', secretAccessKey: 'moto' },
  }
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (await fetch(`${target.url}/moto-api/`).catch(() => undefined)) return target
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('moto_server did not start.')
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    child.stdout!.on('data', chunk => {
      out += chunk
      const found = pattern.exec(out)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', code => reject(new Error(`It ended with code ${code} before it was ready.`)))
  })
}

/** MiB. */
export function residentMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024
}
