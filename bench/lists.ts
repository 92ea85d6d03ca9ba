import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { call, send, type Target } from '../scripts/client.ts'
import { readCredentials, startServerProcess } from '../scripts/server-process.ts'
import { type ExternalProduct, externalProduct, serviceAction } from '../test/kit/catalog.ts'
import { fillCatalog } from './fill.ts'
import { median, shuffled } from './measure.ts'

const account = '123456789012'
const scope = { accountId: account, region: 'us-east-1' }
const few = 1000
const many = 1_000_000

interface Call {
  readonly name: string
  /** Absent: servicecatalog. */
  readonly service?: 'servicecatalog' | 'bellhop'
  readonly operation: string
  readonly input: (server: Server) => object
}

interface Server extends Target {
  readonly rows: number
  /** A service action that may be run on each of these products, which are scattered over all there are. */
  readonly action: string
  readonly products: string[]
  readonly record: string
}

const everybody = { AccessLevelFilter: { Key: 'Account', Value: 'self' } }
const query = (...SearchQuery: string[]) => ({ ...everybody, Filters: { SearchQuery } })

const calls: readonly Call[] = [
  { name: 'ListPortfolios', operation: 'ListPortfolios', input: () => ({}) },
  { name: 'SearchProvisionedProducts', operation: 'SearchProvisionedProducts', input: () => everybody },
  {
    name: 'SearchProvisionedProducts, sorted by name, descending',
    operation: 'SearchProvisionedProducts',
    input: () => ({ ...everybody, SortBy: 'name', SortOrder: 'DESCENDING' }),
  },
  {
    name: 'SearchProvisionedProducts, the caller’s own (every hundredth)',
    operation: 'SearchProvisionedProducts',
    // 10 of 1,000 and 10,000 of 1,000,000: as many on the page.
    input: () => ({ PageSize: 10 }),
  },
  {
    name: 'SearchProvisionedProducts, `name:` of one product',
    operation: 'SearchProvisionedProducts',
    input: ({ rows }) => query(`name:${rows - 1}`),
  },
  {
    name: 'SearchProvisionedProducts, `name:shop` (a fifth of all)',
    operation: 'SearchProvisionedProducts',
    input: () => ({ ...query('name:shop'), PageSize: 20 }),
  },
  {
    // What is found is gone through, a thousand at most: the bound of what a query costs.
    name: 'SearchProvisionedProducts, `status:ERROR` and a tag (finds 1, finds 1,000)',
    operation: 'SearchProvisionedProducts',
    input: () => ({ ...query('status:ERROR', 'tags:test'), PageSize: 1 }),
  },
  { name: 'ScanProvisionedProducts', operation: 'ScanProvisionedProducts', input: () => everybody },
  { name: 'ListRecordHistory', operation: 'ListRecordHistory', input: () => everybody },
  {
    name: 'ListRecordHistory, the caller’s own',
    operation: 'ListRecordHistory',
    input: () => ({ PageSize: 10 }),
  },
  {
    name: 'ListActivity (`bellhop activity`, the audit)',
    service: 'bellhop',
    operation: 'ListActivity',
    input: () => everybody,
  },
  {
    name: 'ListActivity, launches that failed (finds none)',
    service: 'bellhop',
    operation: 'ListActivity',
    input: () => ({ ...everybody, Status: 'FAILED', Type: 'PROVISION_PRODUCT' }),
  },
  { name: 'DescribeRecord', operation: 'DescribeRecord', input: ({ record }) => ({ Id: record }) },
  {
    // Each runs meanwhile, and its product is asked again some hundred calls later.
    name: 'ExecuteProvisionedProductServiceAction, accepted',
    operation: 'ExecuteProvisionedProductServiceAction',
    input: ({ action, products }) => {
      products.push(products.shift()!)
      return { ProvisionedProductId: products.at(-1), ServiceActionId: action, ExecuteToken: randomUUID() }
    },
  },
]

/** Lists with a thousand rows and with a million: two servers, asked in turns. Answers the section of the report. */
export async function benchLists(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-bench-'))
  const stops: (() => Promise<void>)[] = []
  try {
    const servers = new Map<number, Server>()
    const notes: string[] = []
    for (const rows of [few, many]) {
      const data = join(folder, String(rows))
      const started = Date.now()
      const product = await fill(data, rows)
      const size = statSync(join(data, 'bellhop.db')).size / 2 ** 20
      notes.push(
        `${rows.toLocaleString('en')} rows: ${Math.round(size)} MiB, filled in ${Math.round((Date.now() - started) / 1000)} s`,
      )
      const { target, stop } = await start(data)
      stops.push(stop)
      const action = await serviceAction(target, product, {
        name: 'Rest',
        document: { mainSteps: [{ name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }] },
      })
      servers.set(rows, { ...target, rows, action, ...someOf(join(data, 'bellhop.db'), rows) })
    }
    const lines: string[] = []
    for (const each of calls) {
      const times = await inTurns(servers, each, rounds)
      const [small, large] = [few, many].map(rows => median(times.get(rows)!)) as [number, number]
      lines.push(
        `| ${each.name} | ${small.toFixed(2)} ms | ${large.toFixed(2)} ms | **${(large / small).toFixed(2)}** |`,
      )
    }
    return `## Lists with a thousand rows and with a million

So many portfolios, provisioned products and records in one account and region, in the default storage (SQLite);
a first page of each list, one record and one accepted action, asked over HTTP with signed requests, from one client. Medians of ${rounds * repeats} calls to each server, in
turns; the first ${warmUp} do not count. The databases: ${notes.join('; ')}.

| | ${few.toLocaleString('en')} rows | ${many.toLocaleString('en')} rows | ratio |
| --- | --- | --- | --- |
${lines.join('\n')}
`
  } finally {
    for (const stop of stops) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const repeats = 10
const warmUp = 50

async function inTurns(
  servers: ReadonlyMap<number, Server>,
  { service = 'servicecatalog', operation, input }: Call,
  rounds: number,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const times = new Map([...servers.keys()].map((rows): [number, number[]] => [rows, []]))
  for (let round = -warmUp; round < rounds * repeats; round += 1) {
    for (const [rows, target] of shuffled([...servers])) {
      const begin = process.hrtime.bigint()
      const answer = await send(target, service, operation, input(target))
      const took = Number(process.hrtime.bigint() - begin) / 1e6
      if (answer.status !== 200) throw new Error(`${operation}: ${answer.text}`)
      if (round >= 0) times.get(rows)!.push(took)
    }
  }
  return times
}

/** Products to run actions on, and a record. */
function someOf(file: string, rows: number): { products: string[]; record: string } {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const products = database
      .prepare("select id from provisioned_products where status = 'AVAILABLE' and rowid % ? = 0")
      .all(rows / few)
    const record = database.prepare('select id from records where rowid = ?').get(rows / 2)
    return { products: products.map(({ id }) => String(id)), record: String(record?.['id']) }
  } finally {
    database.close()
  }
}

/** A server's data directory with so many rows of each kind. Answers what they are provisioned from. */
async function fill(data: string, rows: number): Promise<ExternalProduct> {
  const { target, stop } = await start(data)
  const product = await externalProduct(target, 'none')
  const identity: string = await call(target, 'sts', 'GetCallerIdentity', {})
  await stop()
  fillCatalog(join(data, 'bellhop.db'), scope, product, /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!, rows)
  return product
}

async function start(data: string): Promise<{ target: Target; stop: () => Promise<void> }> {
  const args = ['--port', '0', '--data', data, '--account-id', account]
  const { child, url } = await startServerProcess(args, process.env, 'pipe')
  return {
    target: { url, credentials: readCredentials(data) },
    stop: async () => {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}
