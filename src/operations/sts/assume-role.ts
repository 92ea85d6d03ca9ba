import { type TrustedCaller, trusts } from '../../identity/evaluate.ts'
import { managedPolicy } from '../../identity/managed-policies.ts'
import type { RequestKeys } from '../../identity/pattern.ts'
import { PolicyError, parsePolicy } from '../../identity/policy.ts'
import type { AssumeRoleRequest, StsOperations } from '../../model/generated/sts.ts'
import {
  AccessDeniedException,
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  ValidationException,
} from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { StoredIdentity } from '../../storage/verbs/identities.ts'
import type { Caller, Operation } from '../operation.ts'
import { isSession, type Session, sealSession, sessionArn } from './session.ts'

/** Characters that a session's policies may have together (API reference, AssumeRole). */
const mostPolicyCharacters = 2048
const mostPolicyArns = 10
const defaultSeconds = 3600
/** The longest session of a role that was assumed by a session. */
const mostChainedSeconds = 3600

export const assumeRole: Operation<StsOperations['AssumeRole'], 'storage' | 'clock' | 'ids' | 'secrets'> = async (
  input,
  caller,
  { storage, clock, ids, secrets },
) => {
  refuseUnsupported(input)
  const role = await trustedRole(storage, caller, input)
  const seconds = duration(input, role, caller)
  const { policy, policyArns } = await sessionPolicies(storage, role.accountId, input)
  // Whole seconds, as STS shows them.
  const now = Math.floor(clock.now().getTime() / 1000) * 1000
  const session: Session = {
    accountId: role.accountId,
    roleName: role.name,
    roleId: role.id,
    name: input.RoleSessionName,
    secretAccessKey: ids.secretAccessKey(),
    issuedAt: now,
    expiresAt: now + seconds * 1000,
    ...(policy !== undefined && { policy }),
    ...(policyArns.length > 0 && { policyArns }),
    tags: (input.Tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
  }
  const accessKeyId = ids.iam('sessionKey')
  const used = policyCharacters(policy, policyArns)
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: sealSession(secrets, accessKeyId, session),
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${session.name}`, Arn: sessionArn(session) },
    PackedPolicySize: used > 0 ? Math.ceil((100 * used) / mostPolicyCharacters) : undefined,
  }
}

/** What would change who the session is or how it was come by is refused, never ignored. */
function refuseUnsupported(input: AssumeRoleRequest): void {
  const members = ['TransitiveTagKeys', 'SerialNumber', 'TokenCode', 'SourceIdentity', 'ProvidedContexts'] as const
  const given = members.find(name => input[name] !== undefined && (input[name] as { length: number }).length > 0)
  if (given) throw new ValidationException(`${given} is not supported yet.`)
}

/**
 * The role, if the caller may assume it: its trust policy must say so, and where that leaves it to the caller's account, so
 * must the caller's own policies. A role that is not there is answered like one that does not trust the caller.
 */
async function trustedRole(storage: Storage, caller: Caller, input: AssumeRoleRequest): Promise<StoredIdentity> {
  const { RoleArn: arn, ExternalId: externalId } = input
  const [, accountId, name] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (!accountId || !name) throw new ValidationException(`${arn} is invalid`)
  const keys: RequestKeys = new Map([
    ...caller.keys,
    ['sts:rolesessionname', [input.RoleSessionName]],
    ...(externalId === undefined ? [] : [['sts:externalid', [externalId]] as const]),
  ])
  const found = await storage.identities.get(accountId, 'role', name)
  const role = found?.arn === arn ? found : undefined
  const actions = ['sts:AssumeRole', ...(input.Tags?.length ? ['sts:TagSession'] : [])]
  for (const action of actions) {
    if (!role || !mayAssume(caller, role, action, keys)) {
      throw new AccessDeniedException(`User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arn}`)
    }
  }
  return role!
}

/** What a role's trust policy says to a caller; see `trusts`. */
export function trustIn(role: StoredIdentity, caller: TrustedCaller, action: string, keys: RequestKeys) {
  const { accountId, arn, roleArn } = caller
  return trusts(parsePolicy(role.trustPolicy ?? '', 'trust'), { accountId, arn, roleArn }, { action, keys })
}

function mayAssume(caller: Caller, role: StoredIdentity, action: string, keys: RequestKeys): boolean {
  const { accountId } = caller.scope
  const trust = trustIn(role, { ...caller, accountId }, action, keys)
  if (trust !== 'named' && trust !== 'account') return false
  const own = caller.decide(action, role.arn, keys)
  if (own.allowed) return true
  // A trust policy that names the caller is enough within an account, unless the caller's own policies deny it.
  return trust === 'named' && accountId === role.accountId && own.verdict === 'not in identity'
}

/** Seconds. Throws ValidationException for more than the role, or the chain, allows. */
function duration({ DurationSeconds: asked }: AssumeRoleRequest, role: StoredIdentity, caller: Caller): number {
  if (isSession(caller) && (asked ?? 0) > mostChainedSeconds) {
    throw new ValidationException(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (asked !== undefined && asked > (role.maxSessionDuration ?? defaultSeconds)) {
    throw new ValidationException('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }
  return asked ?? defaultSeconds
}

async function sessionPolicies(storage: Storage, accountId: string, input: AssumeRoleRequest) {
  const policy = input.Policy
  const policyArns = (input.PolicyArns ?? []).map(({ arn }) => arn ?? '')
  if (policy !== undefined) checkSessionPolicy(policy)
  if (policyArns.length > mostPolicyArns) {
    throw new ValidationException(`A session takes at most ${mostPolicyArns} policy ARNs.`)
  }
  for (const arn of policyArns) {
    if (managedPolicy(arn) || (await storage.managedPolicies.get(accountId, arn))) continue
    throw new MalformedPolicyDocumentException(`Policy ${arn} does not exist.`)
  }
  const used = policyCharacters(policy, policyArns)
  if (used > mostPolicyCharacters) {
    throw new PackedPolicyTooLargeException(
      `Packed size of the session's policies is ${Math.ceil((100 * used) / mostPolicyCharacters)}% of what is allowed.`,
    )
  }
  return { policy, policyArns }
}

function checkSessionPolicy(document: string): void {
  try {
    parsePolicy(document, 'identity')
  } catch (error) {
    if (error instanceof PolicyError) throw new MalformedPolicyDocumentException(error.message, { cause: error })
    throw error
  }
}

function policyCharacters(policy: string | undefined, arns: readonly string[]): number {
  return (policy?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0)
}
