import { all, db, read, run, write } from '../verb.ts'

/** A process of those that share a database, as it last told of itself. */
export interface NodeRow<Report> {
  readonly id: string
  readonly startedAt: Date
  readonly seenAt: Date
  readonly report: Report
}

/** Processes that share a database, each with a row that it writes anew every few seconds. */
export const nodes = {
  /** Writes down that a node is there and how it is, and forgets those that were not heard of since `forgetBefore`. */
  beat: write(function* (id: string, startedAt: Date, now: Date, report: object, forgetBefore: Date) {
    const row = { seen_at: now.getTime(), data: JSON.stringify(report) }
    yield* run(
      db
        .insertInto('nodes')
        .values({ id, started_at: startedAt.getTime(), ...row })
        .onConflict(conflict => conflict.column('id').doUpdateSet(row)),
    )
    yield* run(db.deleteFrom('nodes').where('seen_at', '<', forgetBefore.getTime()))
  }),

  /** A node stops, as it was told to. */
  leave: write(function* (id: string) {
    yield* run(db.deleteFrom('nodes').where('id', '=', id))
  }),

  /** Oldest first. */
  list: read(function* () {
    const rows = yield* all(db.selectFrom('nodes').selectAll().orderBy('started_at').orderBy('id'))
    return rows.map(row => ({
      id: row.id,
      startedAt: new Date(row.started_at),
      seenAt: new Date(row.seen_at),
      report: JSON.parse(row.data) as unknown,
    })) as readonly NodeRow<unknown>[]
  }),
}
