import * as z from 'zod'
import type { Storage } from '../storage/storage.ts'
import type { Clock } from '../worker/clock.ts'

const days = z.int().min(1).max(36_500)

/** How long what has ended is kept, in days. */
export const retentionSchema = z
  .strictObject({
    /** Automation executions and the work of engines, with their steps; absent: for ever. */
    executions: days.optional(),
    /** Records, and who approved or stopped what; absent: for ever. Records that a provisioned product points at are kept. */
    records: days.optional(),
    /** How long an idempotency token gives the answer that it gave before. */
    tokens: days.default(30),
  })
  .prefault({})

export type Retention = z.infer<typeof retentionSchema>

interface Surroundings {
  readonly storage: Pick<Storage, 'retention'>
  readonly clock: Clock
  readonly retention: Retention
  readonly warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** Milliseconds. */
const dayLength = 24 * 3600 * 1000
const every = 3600 * 1000
/** Deleted in one transaction. */
const batch = 200

/** Deletes what is past its time: at the start, and every hour. Answers how to stop it. */
export function startRetention({ storage, clock, retention, warn }: Surroundings): { stop(): Promise<void> } {
  let stopped = false
  let callOff = () => {}
  let running = Promise.resolve()
  const round = () => {
    running = sweep(storage, retention, clock.now(), () => stopped)
      .catch(error => warn('What is past its time could not be deleted.', { cause: String(error) }))
      .then(() => {
        if (!stopped) callOff = clock.at(clock.now().getTime() + every, round)
      })
  }
  round()
  return {
    async stop() {
      stopped = true
      callOff()
      await running
    },
  }
}

/** One round. Exported for tests. */
export async function sweep(
  { retention: verbs }: Pick<Storage, 'retention'>,
  retention: Retention,
  now: Date,
  isStopped: () => boolean = () => false,
): Promise<void> {
  const before = (kept: number) => new Date(now.getTime() - kept * dayLength)
  while (!isStopped() && (await verbs.deleteTokens(before(retention.tokens), batch)) === batch);
  const { executions, records } = retention
  if (executions !== undefined) {
    while (!isStopped() && (await verbs.deleteExecutions(before(executions), batch)) === batch);
  }
  if (records === undefined) return
  while (!isStopped() && (await verbs.deleteInterventions(before(records), batch)) === batch);
  let place: { readonly updatedAt: number; readonly id: string } | undefined
  for (;;) {
    const old = await verbs.oldRecords(before(records), place, batch)
    for (const { record } of old) {
      if (isStopped()) return
      await verbs.deleteRecord(record)
    }
    if (old.length < batch) return
    place = old.at(-1)!.place
  }
}
