import type { Insertable } from 'kysely'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { prepared } from '../prepared.ts'
import type { Tables } from '../tables.ts'
import { db, first, read, run, type Steps } from '../verb.ts'
import { scopeColumns } from './scoped.ts'

/** A caller's idempotency token: the same claim gets the same answer, another input under it is refused. */
export interface TokenClaim {
  readonly scope: Scope
  readonly operation: string
  readonly token: string
  /** Tells two inputs apart; equal for inputs that ask for the same. */
  readonly inputHash: string
}

const select = prepared((claim: { account_id: string; region: string; operation: string; token: string }) =>
  db
    .selectFrom('idempotency_tokens')
    .select(['input_hash', 'answer'])
    .where('account_id', '=', claim.account_id)
    .where('region', '=', claim.region)
    .where('operation', '=', claim.operation)
    .where('token', '=', claim.token),
)

const insert = prepared((row: Insertable<Tables['idempotency_tokens']>) =>
  db.insertInto('idempotency_tokens').values(row),
)

function* find(claim: TokenClaim): Steps<unknown> {
  const { scope, operation, token } = claim
  const row = yield* first(select({ ...scopeColumns(scope), operation, token }))
  if (!row) return undefined
  if (row.input_hash !== claim.inputHash) {
    throw new Refusal('TokenReused', `The idempotency token ${claim.token} was used before with other parameters.`)
  }
  return fromJson(row.answer)
}

export const tokens = {
  /** The answer given under this token, or undefined. Refuses TokenReused when the input was another. */
  find: read(find),
}

/**
 * Runs `change` once for a token and answers `answer`; when the token was used before it changes nothing and gives the
 * answer of that time. For use inside writing verbs: the token and the change are one transaction.
 */
export function* once<Answer>(
  claim: TokenClaim | undefined,
  answer: Answer,
  at: Date,
  change: () => Steps<void>,
): Steps<Answer> {
  if (!claim) {
    yield* change()
    return answer
  }
  const earlier = yield* find(claim)
  if (earlier !== undefined) return earlier as Answer
  yield* change()
  yield* run(
    insert({
      ...scopeColumns(claim.scope),
      operation: claim.operation,
      token: claim.token,
      input_hash: claim.inputHash,
      answer: toJson(answer),
      created_at: at.getTime(),
    }),
  )
  return answer
}

/** Forgets a token, where it is to count no longer than what it started. */
export function* forget(scope: Scope, operation: string, token: string): Steps<void> {
  yield* run(
    db
      .deleteFrom('idempotency_tokens')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('operation', '=', operation)
      .where('token', '=', token),
  )
}
