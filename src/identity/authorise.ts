import { type ServiceName, services } from '../model/services.ts'
import { type AccessLevel, accessLevels, levelKeys, levelledOperations } from './access-level.ts'
import { evaluate, evaluateAnywhere, type Verdict } from './evaluate.ts'
import { keysWhenAsked, type RequestKeys } from './pattern.ts'
import type { Principal } from './principal.ts'

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly verdict: Exclude<Verdict, 'allowed'>; readonly reason: string }

/** What an operation may reach, where it is allowed. */
export type Authorisation =
  | {
      readonly allowed: true
      /** For operations on provisioned products, records and executions: whose they may be. */
      readonly accessLevel: AccessLevel
      /** May see every product, whether a portfolio brings it to them or not. */
      readonly administrator: boolean
    }
  | { readonly allowed: false; readonly reason: string }

/** An operation as it was called. */
export interface OperationCall {
  readonly service: ServiceName
  readonly operation: string
  /** ARNs of all it is about, each of which must be allowed; `*` where the action knows no resources. */
  readonly resources: readonly string[]
  readonly keys: RequestKeys
  /** Condition keys that hold for one resource only, by its ARN: its tags and the like. */
  readonly resourceKeys?: ReadonlyMap<string, RequestKeys>
}

/** The IAM action of an operation, e.g. servicecatalog:ProvisionProduct. */
export function iamAction(service: ServiceName, operation: string): string {
  return `${service}:${operation}`
}

/** Every operation there is, by its IAM action: what is not in here is nobody's to call. */
const actions: ReadonlySet<string> = new Set(
  (Object.keys(services) as ServiceName[]).flatMap(service =>
    Object.keys(services[service].operations).map(operation => iamAction(service, operation)),
  ),
)

/** Everybody may ask who they are; AWS does not let a policy deny it either. */
const everybody = iamAction('sts', 'GetCallerIdentity')

/**
 * What the operation decides: who may assume a role depends on the role's trust policy too (operations/sts/assume-role.ts),
 * and everybody may have explained what concerns themselves (operations/bellhop/explain-access.ts).
 */
const decidedByOperation: ReadonlySet<string> = new Set([
  iamAction('sts', 'AssumeRole'),
  iamAction('bellhop', 'ExplainAccess'),
])

/**
 * Operations of Bellhop's own that do or tell what another one does in more words: whoever may call that one, on what it is
 * called on, may call them, and they reach as far. No policy has to name them.
 */
const allowedAs: Readonly<Record<string, readonly [service: ServiceName, operation: string]>> = {
  'bellhop:DescribeRecordPosition': ['servicecatalog', 'DescribeRecord'],
  'bellhop:DescribeResumePoint': ['servicecatalog', 'ExecuteProvisionedProductServiceAction'],
  'bellhop:GetAutomationExecutionPosition': ['ssm', 'GetAutomationExecution'],
  'bellhop:ListActivity': ['servicecatalog', 'ListRecordHistory'],
  'bellhop:ResumeServiceAction': ['servicecatalog', 'ExecuteProvisionedProductServiceAction'],
}

/** The operation whose action decides about this one: mostly itself. */
export function judgedAs(
  service: ServiceName,
  operation: string,
): { readonly service: ServiceName; readonly operation: string } {
  const as = allowedAs[iamAction(service, operation)]
  return as ? { service: as[0], operation: as[1] } : { service, operation }
}

/** Whether one action on one resource is allowed. Pure. */
export function decide(principal: Principal, action: string, resource: string, keys: RequestKeys): Decision {
  const verdict = evaluate(principal.permissions, { action, resource, keys })
  if (verdict === 'allowed') return { allowed: true }
  return { allowed: false, verdict, reason: denial(principal, action, resource, verdict) }
}

/** Whether one action is allowed whatever it is done to. Pure. */
export function decideAnywhere(principal: Principal, action: string, keys: RequestKeys): Decision {
  const verdict = evaluateAnywhere(principal.permissions, { action, keys })
  if (verdict === 'allowed') return { allowed: true }
  return { allowed: false, verdict, reason: denial(principal, action, '*', verdict) }
}

/** AWS's sentence (IAM user guide, access denied messages); the resource is named where there is one. */
export function denial(
  principal: Pick<Principal, 'arn'>,
  action: string,
  resource: string,
  verdict: Exclude<Verdict, 'allowed'>,
): string {
  const what = `User: ${principal.arn} is not authorized to perform: ${action}`
  const on = resource === '*' ? '' : ` on resource: ${resource}`
  const why = {
    'denied by identity': 'with an explicit deny in an identity-based policy',
    'denied by boundary': 'with an explicit deny in a permissions boundary',
    'denied by session': 'with an explicit deny in a session policy',
    'not in identity': `because no identity-based policy allows the ${action} action`,
    'not in boundary': `because no permissions boundary allows the ${action} action`,
    'not in session': `because no session policy allows the ${action} action`,
  }
  return `${what}${on} ${why[verdict]}`
}

/** Whether a principal may call an operation, and how far it reaches. What no policy allows is denied. Pure. */
export function authorise(principal: Principal, call: OperationCall): Authorisation {
  const { service, operation } = call
  const action = iamAction(service, operation)
  if (!actions.has(action)) return { allowed: false, reason: denial(principal, action, '*', 'not in identity') }
  if (action === everybody || decidedByOperation.has(action)) {
    return { allowed: true, accessLevel: 'user', administrator: false }
  }
  const levels = service === 'servicecatalog' && levelledOperations.has(operation)
  const decideAt = (resource: string, level: AccessLevel) => {
    const keys = keysFor(call, resource)
    return decide(principal, action, resource, levels ? withLevel(keys, level) : keys)
  }
  for (const resource of call.resources) {
    const decision = decideAt(resource, 'user')
    if (!decision.allowed) return decision
  }
  const administers = (name: string) => decide(principal, name, '*', call.keys).allowed
  if (service === 'ssm') {
    // SSM knows no owners. Who may list all executions may see each; others see those that they started.
    const all = actsOnOthers.has(operation) || administers('ssm:DescribeAutomationExecutions')
    return { allowed: true, accessLevel: all ? 'account' : 'user', administrator: all }
  }
  const reached = accessLevels.findLast((_, i) =>
    accessLevels.slice(0, i + 1).every(level => call.resources.every(resource => decideAt(resource, level).allowed)),
  )
  return {
    allowed: true,
    accessLevel: reached ?? 'user',
    administrator: service === 'servicecatalog' && administers('servicecatalog:DescribeProductAsAdmin'),
  }
}

/** Operations that exist to act on what somebody else started: an approver did not start what they approve. */
const actsOnOthers: ReadonlySet<string> = new Set(['SendAutomationSignal', 'StopAutomationExecution'])

/** The condition keys of a call for one of its resources. */
export function keysFor({ keys, resourceKeys }: OperationCall, resource: string): RequestKeys {
  const more = resourceKeys?.get(resource)
  // What the request itself says comes last, and counts: the boundary that is to be set, not the one that is there.
  return more ? keysWhenAsked(() => new Map([...more, ...keys])) : keys
}

/** The keys with those that a product of the caller's at this level has. */
export function withLevel(keys: RequestKeys, level: AccessLevel): RequestKeys {
  return keysWhenAsked(() => new Map([...keys, ...levelKeys(level).map(key => [key, ['self']] as const)]))
}
