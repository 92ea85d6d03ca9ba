import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { requestBytes, type Target } from './load.ts'
import { RawConnection } from './raw-connection.ts'

/**
 * How many runs of a service action a second come from their call to the end of their record, so many under way at a time.
 * Their ends are read from the server's own database file every few milliseconds, so that following them is no work for
 * the server. Throws when one did not succeed.
 */
export async function runsPerSecond(
  target: Target,
  file: string,
  accountId: string,
  input: (number: number) => object,
  underWay: number,
  runs: number,
): Promise<number> {
  const requests = Array.from({ length: runs }, (_, number) =>
    requestBytes(target, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', input(number)),
  )
  const database = new DatabaseSync(file, { readOnly: true })
  // One look at all of them, by an index that holds nothing else.
  const unfinished = database.prepare(
    "select id from records indexed by records_in_progress where status <> 'SUCCEEDED' and status <> 'FAILED'",
  )
  const record = database.prepare("select status from records where account_id = ? and region = 'us-east-1' and id = ?")
  const following = new Map<string, () => void>()
  let done = 0
  let started = 0
  const begun = performance.now()
  const one = async () => {
    const connection = new RawConnection(target.url)
    while (started < runs) {
      const request = requests[started]!
      started += 1
      const { status, body } = await connection.send(request)
      if (status !== 200) throw new Error(`${status} ${body}`)
      const id = /"RecordId":"([^"]+)"/.exec(body)![1]!
      await new Promise<void>(resolve => following.set(id, resolve))
    }
    connection.close()
  }
  const follow = async () => {
    while (done < runs) {
      await pause(2)
      const asked = [...following.keys()]
      const left = new Set(unfinished.all().map(row => row['id']))
      for (const id of asked.filter(id => !left.has(id))) {
        const status = record.get(accountId, id)?.['status']
        if (status === 'FAILED') throw new Error(`The run of record ${id} failed.`)
        if (status !== 'SUCCEEDED') continue
        done += 1
        following.get(id)!()
        following.delete(id)
      }
    }
  }
  try {
    await Promise.all([follow(), ...Array.from({ length: underWay }, one)])
    return runs / ((performance.now() - begun) / 1000)
  } finally {
    database.close()
  }
}
