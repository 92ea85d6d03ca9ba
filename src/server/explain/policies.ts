import type { AccessRequest, Permissions } from '../../identity/evaluate.ts'
import { explainPermissions, type NamedStatement, type SetExplanation } from '../../identity/explain.ts'
import type { Gate, GateName, Statement } from '../../model/generated/bellhop.ts'

const names = {
  identity: ['IDENTITY_POLICIES', 'identity-based policy'],
  boundary: ['PERMISSIONS_BOUNDARY', 'permissions boundary'],
  session: ['SESSION_POLICIES', 'session policy'],
} as const

/** One gate for each kind of policies that bears on a request; `reason` is what a denied caller was told. */
export function policyGates(
  permissions: Permissions,
  request: AccessRequest,
  reason: string | undefined,
  name?: GateName,
): readonly Gate[] {
  const explained = explainPermissions(permissions, request)
  return (['identity', 'boundary', 'session'] as const).flatMap(kind => {
    const set = explained[kind]
    if (!set) return []
    const [gate, words] = names[kind]
    const { outcome, statements, nearMisses } = set
    return {
      Name: name ?? gate,
      Outcome: outcome,
      Reason:
        outcome === 'ALLOWED' || reason === undefined ? sentence(set, words) : `${reason}. ${sentence(set, words)}`,
      Action: request.action,
      Resource: request.resource,
      Statements: statements.length > 0 ? statements.map(shown) : undefined,
      NearMisses: nearMisses.length > 0 ? nearMisses.map(miss => ({ ...shown(miss), Reason: miss.reason })) : undefined,
    }
  })
}

function sentence({ outcome, statements, nearMisses }: SetExplanation, words: string): string {
  const [first] = statements
  if (first) return `${outcome === 'ALLOWED' ? 'Allowed' : 'Denied'} by ${named(first)} (${words}).`
  const [near] = nearMisses
  if (near) return `${capitalised(named(near))} is for the action, but ${near.reason}.`
  return `No statement of any ${words} is for the action.`
}

function named({ sid, index, source: { name, holder } }: NamedStatement): string {
  const which = sid === undefined ? `statement ${index}` : `statement ${sid}`
  return `${which} of ${name}${holder === undefined ? '' : ` of ${holder}`}`
}

function capitalised(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}

function shown({ source, sid, index, effect }: NamedStatement): Statement {
  return { Policy: source.name, Holder: source.holder, Sid: sid, Index: index, Effect: effect }
}
