import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { ServiceName } from '../../src/model/services.ts'
import { type Bellhop, send, startBellhop, until } from '../kit/bellhop.ts'
import { effectStep, externalProduct, readEffects, serviceAction } from '../kit/catalog.ts'
import { type CutLine, cutLine } from '../kit/cut-line.ts'
import { completedStepsRunAgain, overlaps, untilQuiet } from '../kit/effects.ts'
import type { Postgres } from '../kit/postgres.ts'
import type { Random } from '../simulation/random.ts'

/** What a schedule, or many of them together, came to. */
export interface Outcome {
  readonly runs: number
  /** Actions that were accepted. */
  readonly accepted: number
  /** Records that were accepted and did not end as SUCCEEDED. */
  readonly lost: readonly string[]
  readonly rerun: readonly string[]
  readonly overlaps: readonly string[]
  /** Seconds from the trouble until what was in hand had been claimed anew, in order. */
  readonly takeOver: readonly number[]
}

export interface Settings {
  /** Absent: one server on SQLite. */
  readonly postgres?: Postgres | undefined
  readonly folder: string
  readonly random: Random
  /** How many products are acted on at once. */
  readonly products: number
  /** The folder of the version that nodes start with; absent: this one. */
  readonly source?: string | undefined
}

const fixtures = join(import.meta.dirname, 'fixtures')
export const preload = (fixture: string) => `--import=${join(fixtures, fixture)}`
const steps = ['one', 'two', 'three']

/**
 * Real servers that run real actions, for a schedule to make trouble for: one on SQLite, or two nodes on PostgreSQL. Callers
 * have each of a few products acted on again as soon as it is free; scripts leave lines that are held against what the API
 * said.
 */
export class Crash {
  readonly settings: Settings
  readonly #secretKey = randomBytes(32).toString('base64')
  readonly nodes: Bellhop[] = []
  line: CutLine | undefined
  /** Of the database; undefined: SQLite. */
  url: string | undefined
  readonly #products: string[] = []
  #action = ''
  /** Products by execution. */
  readonly #productOf = new Map<string, string>()

  constructor(settings: Settings) {
    this.settings = settings
  }

  get effects() {
    return readEffects(join(this.settings.folder, 'effects/steps'))
  }

  /** Starts what is there before any trouble, and provisions the products. */
  async open(): Promise<this> {
    const { folder, postgres, products, source } = this.settings
    mkdirSync(join(folder, 'effects'), { recursive: true, mode: 0o755 })
    copyFileSync(join(fixtures, 'engine.mjs'), join(folder, 'engine.mjs'))
    if (postgres) {
      this.url = await postgres.database()
      this.line = await cutLine(postgres.socket)
    }
    this.nodes.push(...(await Promise.all((postgres ? [0, 1] : [0]).map(number => this.start(number, { source })))))
    const [node] = this.nodes
    const product = await externalProduct(node!, 'watched')
    const mainSteps = steps.map(name =>
      effectStep({ name, file: join(folder, 'effects/steps'), milliseconds: 100 + this.settings.random.below(150) }),
    )
    this.#action = await serviceAction(node!, product, { name: 'Steps', document: { mainSteps } })
    await Promise.all(
      Array.from({ length: products }, async (_, i) => {
        const { RecordDetail } = await this.ask('ProvisionProduct', {
          ProductId: product.productId,
          ProvisioningArtifactId: product.artifactId,
          ProvisionedProductName: `product-${i}`,
          ProvisionToken: randomUUID(),
        })
        assert.equal(await this.#endOf(RecordDetail.RecordId), 'SUCCEEDED')
        this.#products.push(RecordDetail.ProvisionedProductId)
      }),
    )
    return this
  }

  /** One node: the second one of a cluster reaches its database over the line that can be cut. */
  async start(
    number: number,
    more: { env?: Record<string, string>; source?: string | undefined } = {},
  ): Promise<Bellhop> {
    const { folder } = this.settings
    const { pathname } = new URL(this.url ?? 'none:')
    const url = number === 1 ? `postgresql://bellhop@127.0.0.1:${this.line!.port}${pathname}` : this.url
    return startBellhop({
      dataDirectory: join(folder, `node-${number}`),
      config: { engines: { watched: { transport: 'exec', command: ['node', join(folder, 'engine.mjs')] } } },
      args: url === undefined ? [] : ['--database-url', url],
      ...(more.source !== undefined && { source: more.source }),
      env: {
        BELLHOP_SECRET_KEY: this.#secretKey,
        BELLHOP_ADMIN_ACCESS_KEY_ID: 'AKIACRASH',
        BELLHOP_ADMIN_SECRET_ACCESS_KEY: 'the-secret-of-these-tests',
        BELLHOP_SCRIPT_WRITABLE: join(folder, 'effects'),
        ...more.env,
      },
    })
  }

  /** Asks one node after the other, with the same token, until one answers; what is busy is asked again, too. */
  async ask(operation: string, input: unknown, service: ServiceName = 'servicecatalog'): Promise<any> {
    for (const end = Date.now() + 120_000; ; ) {
      for (const node of [...this.nodes]) {
        // A node that hangs is not waited for: another may answer.
        const answer = await Promise.race([
          send(node, service, operation, input).catch(() => undefined),
          pause(3_000, undefined, { ref: false }),
        ])
        if (answer?.status === 200) return answer.json
        const again = !answer || answer.status >= 500 || /InvalidState|Signature|Expired|Throttl/.test(answer.text)
        if (!again) throw new Error(`${operation}: ${answer.status} ${answer.text}`)
        if (Date.now() > end) throw new Error(`${operation}: no answer for two minutes (${answer?.text})`)
      }
      await pause(30)
    }
  }

  /** Has every product acted on twice, makes trouble in the middle of that, and tells what came of it. */
  async run(trouble: (crash: this) => Promise<unknown>): Promise<Outcome> {
    const from = this.effects.length
    const records: string[] = []
    const executed = new Map<string, string>()
    const use = async (ProvisionedProductId: string) => {
      for (let turn = 0; turn < 2; turn += 1) {
        const { RecordDetail } = await this.ask('ExecuteProvisionedProductServiceAction', {
          ProvisionedProductId,
          ServiceActionId: this.#action,
          ExecuteToken: randomUUID(),
        })
        records.push(RecordDetail.RecordId)
        const described = await this.ask('DescribeRecord', { Id: RecordDetail.RecordId })
        const execution = described.RecordOutputs[0].OutputValue
        this.#productOf.set(execution, ProvisionedProductId)
        executed.set(execution, RecordDetail.RecordId)
        await this.#endOf(RecordDetail.RecordId)
      }
    }
    const using = Promise.all(this.#products.map(use))
    const takeOver: number[] = []
    let over = false
    const troubled = (async () => {
      await until(async () => this.effects.length > from + 1, 'work on its way', 60)
      // At no moment in particular of it.
      await pause(this.settings.random.below(400))
      await trouble(this)
    })()
    const watching = this.#watch(() => over, executed, takeOver)
    await Promise.all([using, troubled]).finally(() => {
      over = true
    })
    await watching
    // A node that was away does late what it should not do at all: everybody is heard, and then nothing for a while.
    for (const node of this.nodes) {
      await until(
        async () => (await fetch(`${node.url}/healthz`).catch(() => undefined))?.ok,
        'a node that is back',
        60,
      )
    }
    await untilQuiet(join(this.settings.folder, 'effects/steps'))
    const statuses = await Promise.all(records.map(id => this.#endOf(id)))
    const lines = this.effects.filter(({ execution }) => executed.has(execution))
    const ends = new Set(lines.filter(({ phase }) => phase === 'end').map(line => `${line.execution} ${line.step}`))
    const undone = [...executed].filter(([execution]) => steps.some(step => !ends.has(`${execution} ${step}`)))
    return {
      runs: 1,
      accepted: records.length,
      lost: [...records.filter((_, i) => statuses[i] !== 'SUCCEEDED'), ...undone.map(([, record]) => record)],
      rerun: completedStepsRunAgain(lines),
      overlaps: overlaps(lines, this.#productOf),
      takeOver: takeOver.sort((one, other) => one - other),
    }
  }

  /** The moment from which take-over counts. */
  troubleBegins(): void {
    this.#troubleAt = performance.now()
  }

  #troubleAt: number | undefined

  /** Notes when executions that were claimed as the trouble began are claimed anew. */
  async #watch(isOver: () => boolean, executed: ReadonlyMap<string, string>, takeOver: number[]): Promise<void> {
    this.#troubleAt = undefined
    let before = new Map<string, number>()
    const told = new Set<string>()
    while (!isOver()) {
      await pause(50)
      const now = await this.#epochs([...executed.keys()]).catch(() => undefined)
      if (!now) continue
      if (this.#troubleAt === undefined) before = now
      else {
        for (const [execution, epoch] of now) {
          const known = before.get(execution) ?? 0
          if (known === 0 || known === epoch || told.has(execution)) continue
          told.add(execution)
          takeOver.push((performance.now() - this.#troubleAt) / 1000)
        }
      }
    }
  }

  async #epochs(executions: readonly string[]): Promise<Map<string, number>> {
    if (executions.length === 0) return new Map()
    if (this.url === undefined) {
      const database = new DatabaseSync(join(this.settings.folder, 'node-0/bellhop.db'), { readOnly: true })
      try {
        const one = database.prepare('select epoch from executions where id = ?')
        return new Map(executions.map(id => [id, Number(one.get(id)?.['epoch'] ?? 0)]))
      } finally {
        database.close()
      }
    }
    const client = new Client({ connectionString: this.url })
    try {
      await client.connect()
      const { rows } = await client.query('select id, epoch::int from executions where id = any($1)', [executions])
      return new Map(rows.map(row => [row.id, row.epoch]))
    } finally {
      await client.end().catch(() => {})
    }
  }

  async #endOf(Id: string): Promise<string> {
    return until(
      async () => {
        const { RecordDetail } = await this.ask('DescribeRecord', { Id })
        return ['SUCCEEDED', 'FAILED'].includes(RecordDetail.Status) && RecordDetail.Status
      },
      `the end of record ${Id}`,
      150,
    )
  }

  async close(): Promise<void> {
    for (const node of this.nodes) {
      // A stopped process hears of nothing but this.
      await node.kill()
    }
    await this.line?.close()
  }

  /** Kills a node; it is started again by `again`. */
  async kill(number: number): Promise<void> {
    this.troubleBegins()
    await this.nodes[number]!.kill()
  }

  async again(number: number, more?: Parameters<Crash['start']>[1]): Promise<void> {
    this.nodes[number] = await this.start(number, more)
  }

  /** How many milliseconds the clock of the node with `jumping-clock` is off from now on. */
  setClock(number: number, milliseconds: number): void {
    writeFileSync(join(this.settings.folder, 'clock'), String(milliseconds))
    process.kill(this.nodes[number]!.pid, 'SIGUSR2')
  }
}
