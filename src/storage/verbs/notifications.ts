import type { CatalogRecord } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, read, run, type Steps, write } from '../verb.ts'

/**
 * One message to one topic until it is delivered or given up: about one change of a record, or about something else, with
 * a subject and a message of its own.
 */
export interface Notification {
  /** The same however often it is sent, so that a receiver can tell a repetition. */
  readonly id: string
  readonly scope: Scope
  readonly topicArn: string
  /** Either this or a notice. */
  readonly record?: CatalogRecord['detail']
  readonly notice?: { readonly subject: string; readonly message: Readonly<Record<string, unknown>> }
  readonly createdAt: Date
}

/** Writes what a record's topics are to be told, in the transaction that changes the record. */
export function* enqueueNotifications({ scope, detail, notificationArns = [] }: CatalogRecord): Steps<void> {
  const { RecordId, Status, UpdatedTime: createdAt } = detail
  for (const [i, topicArn] of notificationArns.entries()) {
    const notification: Notification = {
      // A record has each status once.
      id: `${RecordId}.${Status}.${i + 1}`,
      scope,
      topicArn,
      record: detail,
      createdAt,
    }
    yield* insert(notification, RecordId)
  }
}

/** One that is there already, under the same id, is left as it is. */
function* insert(notification: Notification, recordId: string): Steps<void> {
  const { id, scope, topicArn, createdAt } = notification
  yield* run(
    db
      .insertInto('notifications')
      .values({
        account_id: scope.accountId,
        region: scope.region,
        id,
        record_id: recordId,
        topic_arn: topicArn,
        run_at: createdAt.getTime(),
        attempts: 0,
        created_at: createdAt.getTime(),
        data: toJson(notification),
      })
      .onConflict(conflict => conflict.doNothing()),
  )
}

interface DueRow {
  readonly id: string
  readonly data: string
  readonly attempts: number
}

function* dueRows(now: Date, most: number): Steps<readonly DueRow[]> {
  return yield* all(
    db
      .selectFrom('notifications')
      .select(['id', 'data', 'attempts'])
      .where('run_at', '<=', now.getTime())
      .orderBy('run_at')
      .orderBy('id')
      .limit(most),
  )
}

function shown({ data, attempts }: DueRow): { readonly notification: Notification; readonly attempts: number } {
  return { notification: fromJson<Notification>(data), attempts }
}

export const notifications = {
  /** Something to tell that is no change of a record. */
  enqueue: write(function* (
    {
      id,
      topicArn,
      scope,
      ...notice
    }: Pick<Notification, 'id' | 'topicArn' | 'scope'> & NonNullable<Notification['notice']>,
    now: Date,
  ) {
    yield* insert({ id, topicArn, scope, notice, createdAt: now }, '')
  }),

  /** Those whose time has come, the longest waiting first, with how often each has been tried. */
  due: read(function* (now: Date, most: number) {
    return (yield* dueRows(now, most)).map(shown)
  }),

  /**
   * As `due`, and until `until` nobody else is given them: should whoever took them die, they are due again then.
   */
  take: write(function* (now: Date, until: Date, most: number) {
    const rows = yield* dueRows(now, most)
    if (rows.length > 0) {
      const ids = rows.map(({ id }) => id)
      yield* run(db.updateTable('notifications').set({ run_at: until.getTime() }).where('id', 'in', ids))
    }
    return rows.map(shown)
  }),

  /** It was delivered, or given up. */
  delete: write(function* (id: string) {
    yield* run(db.deleteFrom('notifications').where('id', '=', id))
  }),

  /** It was tried `attempts` times in vain and is to be tried again at `runAt`. */
  retry: write(function* (id: string, attempts: number, runAt: Date) {
    yield* run(db.updateTable('notifications').set({ attempts, run_at: runAt.getTime() }).where('id', '=', id))
  }),
}
