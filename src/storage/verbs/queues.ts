import { createHash } from 'node:crypto'
import { builtInQueue, type Queue } from '../../catalog/queues.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { scopeColumns } from './scoped.ts'

/** A message as it is handed to one receiver. Times are milliseconds since 1970. */
export interface ReceivedMessage {
  readonly id: string
  readonly body: string
  readonly receipt: string
  readonly sentAt: number
  readonly receiveCount: number
  readonly firstReceivedAt: number
}

/** Never visible again: what is left of a deleted message whose deduplication id must stay known. */
const never = Number.MAX_SAFE_INTEGER

function* getQueue(scope: Scope, name: string): Steps<Queue | undefined> {
  const row = yield* first(
    db
      .selectFrom('queues')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('name', '=', name),
  )
  return row ? fromJson<Queue>(row.data) : builtInQueue(scope, name)
}

function* requireQueue(scope: Scope, name: string): Steps<Queue> {
  const queue = yield* getQueue(scope, name)
  if (!queue) throw new Refusal('NotFound', 'The specified queue does not exist.')
  return queue
}

function messagesOf(scope: Scope, queue: string) {
  return db
    .selectFrom('queue_messages')
    .where('account_id', '=', scope.accountId)
    .where('region', '=', scope.region)
    .where('queue', '=', queue)
}

function* byReceipt(scope: Scope, queue: string, receipt: string) {
  return yield* first(messagesOf(scope, queue).selectAll().where('receipt', '=', receipt))
}

export const queues = {
  get: read(getQueue),

  /** Answers the queue of this name: the one that is there, or `queue`, which it makes. */
  create: write(function* (queue: Queue) {
    const there = yield* getQueue(queue.scope, queue.name)
    if (there) return there
    yield* run(
      db.insertInto('queues').values({
        ...scopeColumns(queue.scope),
        name: queue.name,
        created_at: queue.createdAt.getTime(),
        data: toJson(queue),
      }),
    )
    return queue
  }),

  /**
   * Sends a message and answers its id. A second send with the same deduplication id changes nothing and answers the first
   * one's id, also when the message has been received and deleted since (as long as the queue keeps messages). Refuses
   * NotFound.
   */
  send: write(function* (
    scope: Scope,
    queue: string,
    body: string,
    deduplicationId: string,
    now: Date,
    delaySeconds?: number,
  ) {
    const { attributes } = yield* requireQueue(scope, queue)
    const earlier = yield* first(messagesOf(scope, queue).select('id').where('deduplication_id', '=', deduplicationId))
    if (earlier) return earlier.id
    const id = messageId(scope, queue, deduplicationId)
    yield* run(
      db.insertInto('queue_messages').values({
        ...scopeColumns(scope),
        id,
        queue,
        deduplication_id: deduplicationId,
        body,
        sent_at: now.getTime(),
        visible_at: now.getTime() + (delaySeconds ?? attributes.delay) * 1000,
        receive_count: 0,
        first_received_at: null,
        receipt: null,
      }),
    )
    return id
  }),

  /**
   * Hands out visible messages, oldest first, at most one for each of `receipts`, and hides them for the visibility
   * timeout. `nextVisibleAt` is when the next hidden one comes back, if any. Forgets what is older than the queue keeps.
   * Refuses NotFound.
   */
  receive: write(function* (
    scope: Scope,
    queue: string,
    receipts: readonly string[],
    visibilityTimeout: number | undefined,
    now: Date,
  ) {
    const { attributes } = yield* requireQueue(scope, queue)
    const at = now.getTime()
    yield* run(
      db
        .deleteFrom('queue_messages')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('queue', '=', queue)
        .where('sent_at', '<', at - attributes.messageRetentionPeriod * 1000),
    )
    const rows = yield* all(
      messagesOf(scope, queue)
        .selectAll()
        .where('visible_at', '<=', at)
        .orderBy('sent_at')
        .orderBy('id')
        .limit(receipts.length),
    )
    const messages: ReceivedMessage[] = []
    for (const [i, row] of rows.entries()) {
      const message = {
        id: row.id,
        body: row.body,
        receipt: receipts[i]!,
        sentAt: row.sent_at,
        receiveCount: row.receive_count + 1,
        firstReceivedAt: row.first_received_at ?? at,
      }
      messages.push(message)
      yield* run(
        db
          .updateTable('queue_messages')
          .set({
            visible_at: at + (visibilityTimeout ?? attributes.visibilityTimeout) * 1000,
            receive_count: message.receiveCount,
            first_received_at: message.firstReceivedAt,
            receipt: message.receipt,
          })
          .where('id', '=', row.id),
      )
    }
    const next = yield* first(
      messagesOf(scope, queue)
        .select('visible_at')
        .where('visible_at', '>', at)
        .where('visible_at', '<', never)
        .orderBy('visible_at')
        .limit(1),
    )
    return { messages, nextVisibleAt: next?.visible_at }
  }),

  /**
   * Deletes the message that was handed out with this receipt. A receipt of an earlier delivery, or of a message that is
   * gone, changes nothing. Refuses NotFound when there is no such queue.
   */
  delete: write(function* (scope: Scope, queue: string, receipt: string) {
    yield* requireQueue(scope, queue)
    const message = yield* byReceipt(scope, queue, receipt)
    if (!message) return
    yield* run(
      db.updateTable('queue_messages').set({ visible_at: never, body: '', receipt: null }).where('id', '=', message.id),
    )
  }),

  /**
   * Hides a message that is in flight for `seconds` from now; 0 gives it back at once. Answers false when it is not in
   * flight under this receipt. Refuses NotFound when there is no such queue.
   */
  changeVisibility: write(function* (scope: Scope, queue: string, receipt: string, seconds: number, now: Date) {
    yield* requireQueue(scope, queue)
    const message = yield* byReceipt(scope, queue, receipt)
    if (!message || message.visible_at <= now.getTime()) return false
    yield* run(
      db
        .updateTable('queue_messages')
        .set({ visible_at: now.getTime() + seconds * 1000 })
        .where('id', '=', message.id),
    )
    return true
  }),

  /** How many messages are visible, in flight and delayed. Refuses NotFound. */
  count: read(function* (scope: Scope, queue: string, now: Date) {
    const { attributes } = yield* requireQueue(scope, queue)
    const rows = yield* all(
      messagesOf(scope, queue)
        .select(['visible_at', 'receive_count'])
        .where('visible_at', '<', never)
        .where('sent_at', '>=', now.getTime() - attributes.messageRetentionPeriod * 1000),
    )
    const hidden = rows.filter(row => row.visible_at > now.getTime())
    const delayed = hidden.filter(row => row.receive_count === 0).length
    return { visible: rows.length - hidden.length, inFlight: hidden.length - delayed, delayed }
  }),
}

/** A UUID made from what identifies the message, so that a verb needs no randomness. */
function messageId(scope: Scope, queue: string, deduplicationId: string): string {
  const name = JSON.stringify([scope.accountId, scope.region, queue, deduplicationId])
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
