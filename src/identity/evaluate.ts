import type { Pattern, RequestKeys } from './pattern.ts'
import { matches } from './pattern.ts'
import type { Choice, Policy, PrincipalPattern, Statement } from './policy.ts'

/** What is asked: may this be done to that, under these circumstances? */
export interface AccessRequest {
  /** E.g. servicecatalog:ProvisionProduct. */
  readonly action: string
  /** An ARN, or `*` for an action that knows no resources: then only the resource `*` of a policy matches. */
  readonly resource: string
  readonly keys: RequestKeys
}

/** All that bears on what a principal may do. */
export interface Permissions {
  /** Attached, inline and the groups'. */
  readonly identity: readonly Policy[]
  /** The most the identity's policies can give. */
  readonly boundary?: Policy
  /** What a session was narrowed to when its role was assumed. */
  readonly session?: readonly Policy[]
}

export type Verdict =
  | 'allowed'
  /** By a statement with effect Deny. */
  | 'denied by identity'
  | 'denied by boundary'
  | 'denied by session'
  | 'not in identity'
  | 'not in boundary'
  | 'not in session'

/** Whether permissions allow a request: explicit deny first, then boundary and session, then allow, else deny. Pure. */
export function evaluate(permissions: Permissions, request: AccessRequest): Verdict {
  // Inputs are not validated yet: what is no ARN's length is not kept.
  const known = request.resource.length <= RESOURCE_MAX ? verdictsOf(permissions) : undefined
  if (!known) return verdict(permissions, policies => effectOf(policies, request))
  const asked = `${request.action} ${request.resource}`
  let found = known.get(asked)
  if (found === undefined) {
    found = verdict(permissions, policies => effectOf(policies, request))
    if (known.size >= VERDICTS_MAX) known.clear()
    known.set(asked, found)
  }
  return found
}

/**
 * What permissions say that look at nothing of a request but its action and resource, once it was found out; undefined:
 * they look at more. Permissions never change: a policy that is written makes others.
 */
const verdicts = new WeakMap<Permissions, Map<string, Verdict> | 'looks at keys'>()
const VERDICTS_MAX = 100
const RESOURCE_MAX = 300

function verdictsOf(permissions: Permissions): Map<string, Verdict> | undefined {
  let known = verdicts.get(permissions)
  if (known === undefined) {
    const { identity, boundary, session = [] } = permissions
    const policies = [...identity, ...(boundary ? [boundary] : []), ...session]
    known = policies.some(({ statements }) => statements.some(looksAtKeys)) ? 'looks at keys' : new Map()
    verdicts.set(permissions, known)
  }
  return known === 'looks at keys' ? undefined : known
}

function looksAtKeys({ conditions, actions, resources }: Statement): boolean {
  return conditions.length > 0 || [...actions.of, ...(resources?.of ?? [])].some(({ hasVariables }) => hasVariables)
}

/**
 * Whether permissions allow an action whatever it is done to, for calls of which we know neither the resource nor its
 * condition keys. What may deny does: an explicit deny counts whatever resources it is about, and one with a condition on
 * an unknown key too. What may allow does not: an allow must be about every resource, and its conditions on known keys.
 */
export function evaluateAnywhere(permissions: Permissions, { action, keys }: Omit<AccessRequest, 'resource'>): Verdict {
  return verdict(permissions, policies => {
    let effect: 'Allow' | undefined
    for (const statement of policies.flatMap(({ statements }) => statements)) {
      if (!actionMatches(statement, action)) continue
      const known = statement.conditions.filter(({ key }) => keys.has(key))
      if (!known.every(condition => condition.holds(keys))) continue
      if (statement.effect === 'Deny') return 'Deny'
      const { resources } = statement
      const everywhere = resources && !resources.not && resources.of.some(pattern => pattern.text === '*')
      if (everywhere && known.length === statement.conditions.length) effect = 'Allow'
    }
    return effect
  })
}

function verdict(
  { identity, boundary, session }: Permissions,
  effect: (policies: readonly Policy[]) => 'Allow' | 'Deny' | undefined,
): Verdict {
  const byIdentity = effect(identity)
  const byBoundary = boundary && effect([boundary])
  const bySession = session && effect(session)
  if (byIdentity === 'Deny') return 'denied by identity'
  if (byBoundary === 'Deny') return 'denied by boundary'
  if (bySession === 'Deny') return 'denied by session'
  if (byIdentity === undefined) return 'not in identity'
  if (boundary && byBoundary === undefined) return 'not in boundary'
  if (session && bySession === undefined) return 'not in session'
  return 'allowed'
}

/** Deny if a statement denies, else Allow if one allows. */
export function effectOf(policies: readonly Policy[], request: AccessRequest): 'Allow' | 'Deny' | undefined {
  let effect: 'Allow' | undefined
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (!applies(statement, request)) continue
      if (statement.effect === 'Deny') return 'Deny'
      effect = 'Allow'
    }
  }
  return effect
}

/** Who asks to assume a role. */
export interface TrustedCaller {
  readonly accountId: string
  readonly arn: string
  /** The role whose session the caller is. */
  readonly roleArn?: string
  /** The service of AWS's that assumes the role on somebody's behalf, e.g. ssm.amazonaws.com. */
  readonly service?: string
  /** The ARN of the identity provider that vouches for the caller, who is nobody here yet. */
  readonly provider?: string
}

/**
 * What a trust policy says to a caller: `named` when it allows the caller by name, `account` when it allows the caller's
 * account or everybody, which leaves it to the caller's own policies; undefined when it allows neither.
 */
export function trusts(
  policy: Policy,
  caller: TrustedCaller,
  request: Omit<AccessRequest, 'resource'>,
): 'named' | 'account' | 'Deny' | undefined {
  let trust: 'named' | 'account' | undefined
  for (const statement of policy.statements) {
    const how = statement.principals && namedBy(statement.principals, caller)
    if (!how || !actionMatches(statement, request.action) || !statement.conditions.every(c => c.holds(request.keys))) {
      continue
    }
    if (statement.effect === 'Deny') return 'Deny'
    if (trust !== 'named') trust = how
  }
  return trust
}

function namedBy(principals: Choice<PrincipalPattern>, caller: TrustedCaller): 'named' | 'account' | undefined {
  const found = principals.of.map(pattern => {
    if (pattern.kind === 'arn')
      return pattern.arn === caller.arn || pattern.arn === caller.roleArn ? 'named' : undefined
    if (pattern.kind === 'provider') return pattern.provider === caller.provider ? 'named' : undefined
    if (pattern.kind === 'service') return pattern.service === caller.service ? 'named' : undefined
    if (pattern.kind === 'account') return pattern.accountId === caller.accountId ? 'account' : undefined
    return pattern.kind === 'everybody' ? 'account' : undefined
  })
  const best = found.includes('named') ? 'named' : found.includes('account') ? 'account' : undefined
  if (!principals.not) return best
  return best === undefined ? 'account' : undefined
}

/** Whether a statement bears on a request: its action, its resource and all its conditions fit. */
export function applies(statement: Statement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request) &&
    statement.conditions.every(condition => condition.holds(request.keys))
  )
}

const noKeys: RequestKeys = new Map()

/** Whether a statement is for an action, listed or left over by NotAction. */
export function actionMatches({ actions }: Statement, action: string): boolean {
  const name = action.toLowerCase()
  return actions.of.some(pattern => matches(pattern, name, noKeys)) !== actions.not
}

/**
 * A variable without a value makes its pattern match nothing. Under NotResource that would widen an Allow, so there such
 * an Allow does not apply.
 */
export function resourceMatches({ resources, effect }: Statement, { resource, keys }: AccessRequest): boolean {
  if (!resources) return true
  const found = resources.of.map((pattern: Pattern) => matches(pattern, resource, keys))
  if (found.includes(true)) return !resources.not
  if (resources.not && effect === 'Allow' && found.includes(undefined)) return false
  return resources.not
}
