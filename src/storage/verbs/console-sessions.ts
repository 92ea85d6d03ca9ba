import { db, first, read, run, write } from '../verb.ts'

/**
 * Sessions of the console lie sealed in their cookies, so that any node knows them; what is kept are those that were ended
 * before their time, until that time.
 */
export const consoleSessions = {
  /** False: it had been ended before. What may be used once is ended by using it. */
  end: write(function* (id: string, expiresAt: number, now: number) {
    const ended = yield* first(db.selectFrom('ended_console_sessions').select('id').where('id', '=', id))
    if (ended) return false
    yield* run(db.deleteFrom('ended_console_sessions').where('expires_at', '<', now))
    yield* run(
      db
        .insertInto('ended_console_sessions')
        .values({ id, expires_at: expiresAt })
        .onConflict(conflict => conflict.doNothing()),
    )
    return true
  }),

  isEnded: read(function* (id: string) {
    return (yield* first(db.selectFrom('ended_console_sessions').select('id').where('id', '=', id))) !== undefined
  }),
}
