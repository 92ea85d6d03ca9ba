import { Client, type ClientBase } from 'pg'
import { PgBoss } from 'pg-boss'
import type { Job, Jobs } from '../jobs.ts'
import type { Wake } from '../verb.ts'

export interface JobQueueOptions {
  readonly url: string
  /** 0 to 1. */
  readonly random: () => number
  readonly warn: (text: string) => void
}

const queue = 'bellhop-advance'
const deadLetter = 'bellhop-advance-dead'
const channel = 'bellhop_wake'
/** Where pg-boss keeps its tables. */
const schema = 'pgboss'
/** Seconds; pg-boss takes nothing less. A job that is not touched for so long is somebody else's. */
const heartbeatSeconds = 10
const year = 365 * 24 * 3600

/**
 * Jobs by pg-boss, in the same database. Its settings are measured ones (docs/decisions.md): supervision each second, so
 * that the jobs of a process that died come back; a high retry limit, since each time that happens counts as one; few
 * connections, since many processes share the database's.
 */
export class JobQueue implements Jobs {
  readonly #options: JobQueueOptions
  readonly #boss: PgBoss
  #listener: Client | undefined
  #closed = false

  private constructor(options: JobQueueOptions, boss: PgBoss) {
    this.#options = options
    this.#boss = boss
  }

  static async open(options: JobQueueOptions): Promise<JobQueue> {
    const boss = new PgBoss({
      connectionString: options.url,
      application_name: 'bellhop-jobs',
      schema,
      max: 4,
      schedule: false,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      registerInstance: false,
    })
    boss.on('error', error => options.warn(`The job queue had an error: ${error.message}`))
    await boss.start()
    await boss.createQueue(deadLetter)
    await boss.createQueue(queue, {
      policy: 'singleton',
      heartbeatSeconds,
      expireInSeconds: 24 * 3600 - 1,
      retryLimit: 1000,
      retryDelay: 0,
      retentionSeconds: year,
      deleteAfterSeconds: 60,
      deadLetter,
    })
    return new JobQueue(options, boss)
  }

  /** Puts a job into the queue as part of a transaction, and tells all who listen once it is committed. */
  async send(client: ClientBase, { wake }: Wake): Promise<void> {
    await this.#boss.send(queue, { executionId: wake }, { singletonKey: wake, db: within(client) })
    await client.query('select pg_notify($1, $2)', [channel, wake])
  }

  /** Jobs for many executions as part of a transaction; `at`: milliseconds since 1970. Nobody is told of them. */
  async sendAll(
    client: ClientBase,
    jobs: readonly { readonly executionId: string; readonly at: number }[],
  ): Promise<void> {
    for (let from = 0; from < jobs.length; from += 1000) {
      const some = jobs.slice(from, from + 1000).map(({ executionId, at }) => ({
        data: { executionId },
        singletonKey: executionId,
        startAfter: new Date(at),
      }))
      await this.#boss.insert(queue, some, { db: within(client) })
    }
  }

  async sendAt(executionId: string, at: number): Promise<void> {
    await this.#boss.send(queue, { executionId }, { singletonKey: executionId, startAfter: new Date(at) })
  }

  async fetch(most: number): Promise<readonly Job[]> {
    const jobs = await this.#boss.fetch<{ executionId: string }>(queue, { batchSize: most, includeMetadata: true })
    return jobs.map(({ id, data, retryCount }) => ({ id, executionId: data.executionId, attempt: retryCount }))
  }

  async complete({ id, attempt }: Job): Promise<void> {
    await this.#boss.complete(queue, { id, retryCount: attempt })
  }

  async giveBack({ id, attempt, executionId }: Job): Promise<void> {
    await this.#boss.fail(queue, { id, retryCount: attempt })
    await this.#boss.getDb().executeSql('select pg_notify($1, $2)', [channel, executionId])
  }

  async touch(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    const answer = await this.#boss.touch(
      queue,
      jobs.map(({ id, attempt }) => ({ id, retryCount: attempt })),
    )
    // pg-boss's types leave out what it answers.
    return new Set((answer as { readonly settled: readonly string[] }).settled)
  }

  async sweep(before: number): Promise<void> {
    const { rows } = await this.#boss.getDb().executeSql(
      `select id from executions where run_at < $1 and not exists (
         select 1 from ${schema}.job where name = $2 and singleton_key = executions.id and state < 'completed')
       order by run_at limit 1000`,
      [before, queue],
    )
    for (const { id } of rows) await this.sendAt(id, 0)
  }

  async listen(notice: (executionId: string | undefined) => void): Promise<void> {
    const { url, warn } = this.#options
    const client = new Client({ connectionString: url, application_name: 'bellhop-notices', keepAlive: true })
    const again = (error?: Error) => {
      if (this.#closed || this.#listener !== client) return
      this.#listener = undefined
      if (error) warn(`Notices of the database are missed: ${error.message}`)
      client.end().catch(() => {})
      this.#reconnectSoon(notice)
    }
    client.on('error', again)
    client.on('end', () => again())
    client.on('notification', ({ payload }) => notice(payload))
    this.#listener = client
    await client.connect()
    await client.query(`listen ${channel}`)
    notice(undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#listener?.end().catch(() => {})
    await this.#boss.stop({ graceful: false, close: true })
  }

  /** Not at the same moment as all other nodes, which a database that comes back has enough to do with. */
  #reconnectSoon(notice: (executionId: string | undefined) => void): void {
    const reconnect = () => {
      if (this.#closed) return
      this.listen(notice).catch(() => {
        this.#listener = undefined
        this.#reconnectSoon(notice)
      })
    }
    setTimeout(reconnect, 500 + 1_000 * this.#options.random()).unref()
  }
}

/** A connection as pg-boss takes one. */
function within(client: ClientBase) {
  return { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
}
