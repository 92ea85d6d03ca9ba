import { decide } from '../../identity/authorise.ts'
import type { Gate } from '../../model/generated/bellhop.ts'
import { trustIn } from '../../operations/sts/assume-role.ts'
import type { Storage } from '../../storage/storage.ts'
import type { JudgedCall } from './index.ts'
import { policyGates } from './policies.ts'

const action = 'sts:AssumeRole'

/** Whether the role's trust policy lets the principal in, and, where it leaves that to them, their own policies. */
export async function trustGate({ principal, incoming, call }: JudgedCall, storage: Storage): Promise<readonly Gate[]> {
  const arn = incoming.input['RoleArn']
  const gate = (Outcome: Gate['Outcome'], Reason: string): Gate => ({ Name: 'TRUST_POLICY', Outcome, Reason })
  if (typeof arn !== 'string') return [gate('UNKNOWN', 'Name the role in the input, as RoleArn, to be told.')]
  const [, accountId, name] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  const role = accountId && name ? await storage.identities.get(accountId, 'role', name) : undefined
  const keys = new Map(call.keys)
  for (const [member, key] of sessionKeys) {
    const value = incoming.input[member]
    if (typeof value === 'string') keys.set(key, [value])
  }
  const trust = role?.arn === arn ? trustIn(role, principal, action, keys) : undefined
  if (trust === 'Deny') return [gate('EXPLICITLY_DENIED', `The trust policy of ${arn} denies the principal.`)]
  if (trust === undefined) {
    return [gate('DENIED', `There is no role ${arn} whose trust policy names the principal or its account.`)]
  }
  const own = policyGates(principal.permissions, { action, resource: arn, keys }, undefined)
  const decision = decide(principal, action, arn, keys)
  // Named within the account is enough, but for an explicit deny.
  const isEnough =
    trust === 'named' &&
    accountId === principal.accountId &&
    !decision.allowed &&
    decision.verdict === 'not in identity'
  if (isEnough) return [gate('ALLOWED', 'The trust policy names the principal itself, which is enough.')]
  const trusted = trust === 'named' ? 'the principal itself' : 'the principal’s account'
  return [gate('ALLOWED', `The trust policy names ${trusted}; the principal’s own policies must allow it too.`), ...own]
}

const sessionKeys = [
  ['RoleSessionName', 'sts:rolesessionname'],
  ['ExternalId', 'sts:externalid'],
] as const
