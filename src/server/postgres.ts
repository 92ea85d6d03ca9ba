import { observed } from '../storage/observed.ts'
import { PostgresDriver } from '../storage/postgres/driver.ts'
import { JobQueue } from '../storage/postgres/jobs.ts'
import { openStorage } from '../storage/storage.ts'
import type { Dispatcher } from '../worker/dispatcher.ts'
import { DistributedDispatcher } from '../worker/distributed-dispatcher.ts'
import type { Database, DatabaseOptions } from './database.ts'

/** PostgreSQL, and pg-boss beside our tables: any number of processes share them. */
export async function openPostgres(
  { role, most, clock, random, warn, report, wrote }: DatabaseOptions,
  url: string,
): Promise<Database> {
  let jobs: JobQueue | undefined
  const driver = await PostgresDriver.open({
    url,
    now: () => clock.now().getTime(),
    random,
    warn,
    send: (client, wake) => jobs!.send(client, wake),
  })
  jobs = await JobQueue.open({ url, random, warn }).catch(async error => {
    await driver.close()
    throw error
  })
  const queue = jobs
  return {
    storage: openStorage(observed(driver, wrote)),
    shared: true,
    compact: () => driver.compact(),
    atRest: () => driver.accessKeysAtRest(),
    bytes: () => driver.bytes(),
    dispatcher: worker =>
      role === 'api'
        ? handingOver(queue)
        : new DistributedDispatcher({
            worker,
            jobs: queue,
            clock,
            monotonic: () => performance.now(),
            random,
            report,
            most,
          }),
  }
}

/** On a node that runs nothing: what is accepted has its job in the queue already. */
function handingOver(jobs: JobQueue): Dispatcher {
  return { start: async () => {}, wake: () => {}, stop: () => jobs.close() }
}
