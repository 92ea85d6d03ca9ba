import type { Condition } from './conditions.ts'
import { type AccessRequest, actionMatches, applies, type Permissions, resourceMatches } from './evaluate.ts'
import type { RequestKeys } from './pattern.ts'
import type { Policy, PolicySource, Statement } from './policy.ts'

/** A statement of a policy, found again by whoever wrote it. */
export interface NamedStatement {
  readonly source: PolicySource
  readonly sid?: string
  /** From 1, in the policy's order. */
  readonly index: number
  readonly effect: 'Allow' | 'Deny'
}

/** A statement that is for the action and yet does not bear on the request. */
export interface NearMiss extends NamedStatement {
  /** Which of its parts do not fit, in words. */
  readonly reason: string
}

/** What one kind of policies says to a request. */
export interface SetExplanation {
  readonly outcome: 'ALLOWED' | 'DENIED' | 'EXPLICITLY_DENIED'
  /** Those that decided: all that deny, else all that allow. */
  readonly statements: readonly NamedStatement[]
  /** Told where nothing decided. */
  readonly nearMisses: readonly NearMiss[]
}

/** What each kind of policies says; boundary and session are absent where there are none. All must allow. */
export interface PermissionsExplanation {
  readonly identity: SetExplanation
  readonly boundary?: SetExplanation
  readonly session?: SetExplanation
}

/** Why permissions allow a request or not: what `evaluate` decides, with the statements that made it so. Pure. */
export function explainPermissions(
  { identity, boundary, session }: Permissions,
  request: AccessRequest,
): PermissionsExplanation {
  return {
    identity: explainPolicies(identity, request),
    ...(boundary && { boundary: explainPolicies([boundary], request) }),
    ...(session && { session: explainPolicies(session, request) }),
  }
}

function explainPolicies(policies: readonly Policy[], request: AccessRequest): SetExplanation {
  const found: NamedStatement[] = []
  const nearMisses: NearMiss[] = []
  for (const { statements, source = { name: 'unnamed' } } of policies) {
    statements.forEach((statement, i) => {
      const { sid, effect } = statement
      const named = { source, ...(sid !== undefined && { sid }), index: i + 1, effect }
      if (applies(statement, request)) found.push(named)
      else if (actionMatches(statement, request.action)) nearMisses.push({ ...named, reason: miss(statement, request) })
    })
  }
  const denying = found.filter(({ effect }) => effect === 'Deny')
  if (denying.length > 0) return { outcome: 'EXPLICITLY_DENIED', statements: denying, nearMisses: [] }
  if (found.length > 0) return { outcome: 'ALLOWED', statements: found, nearMisses: [] }
  return { outcome: 'DENIED', statements: [], nearMisses: nearMisses.filter(({ effect }) => effect === 'Allow') }
}

function miss(statement: Statement, request: AccessRequest): string {
  const reasons: string[] = []
  if (!resourceMatches(statement, request)) {
    const { not, of } = statement.resources!
    const texts = list(of.map(({ text }) => text))
    reasons.push(
      request.resource === '*'
        ? `the action knows no resources, so that only the resource * fits, not ${texts}`
        : `its ${not ? 'NotResource' : 'Resource'} ${texts} ${not ? 'leaves out' : 'does not match'} ${request.resource}`,
    )
  }
  for (const condition of statement.conditions) {
    if (!condition.holds(request.keys)) reasons.push(unmet(condition, request.keys))
  }
  return reasons.join('; ')
}

function unmet({ operator, key, values }: Condition, keys: RequestKeys): string {
  const given = keys.get(key)
  const has =
    given === undefined || given.length === 0 ? 'the request has no such key' : `the request has ${list(given)}`
  return `the condition ${operator} ${key} ${list(values)} is not met: ${has}`
}

/** At most a few, so that a policy with hundreds of resources stays readable. */
function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).join(', ')
  return texts.length > 5 ? `${shown} and ${texts.length - 5} more` : shown
}
