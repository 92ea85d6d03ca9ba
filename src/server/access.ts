import type { Scope } from '../catalog/scope.ts'
import { type Authorisation, authorise, judgedAs, type OperationCall } from '../identity/authorise.ts'
import type { RequestKeys } from '../identity/pattern.ts'
import type { Policy } from '../identity/policy.ts'
import type { Principal } from '../identity/principal.ts'
import { requestKeys } from '../identity/request-keys.ts'
import type { ServiceName } from '../model/services.ts'
import type { Storage } from '../storage/storage.ts'
import { resourceKeysOf } from './resource-keys.ts'
import { resourcesOf } from './resources.ts'

/** A call as its request came in: what is judged by the policies of whoever made it. */
export interface IncomingCall {
  readonly service: ServiceName
  readonly operation: string
  /** Not validated yet. */
  readonly input: Readonly<Record<string, unknown>>
  readonly region: string
  readonly now: Date
  readonly sourceIp?: string
  readonly userAgent?: string
}

export interface Judgement {
  readonly scope: Scope
  readonly call: OperationCall
  readonly authorisation: Authorisation
}

/** What a call is about, the condition keys that hold for it, and whether the principal's policies allow it. */
export async function judge(principal: Principal, incoming: IncomingCall, storage: Storage): Promise<Judgement> {
  const { input, region } = incoming
  const { service, operation } = judgedAs(incoming.service, incoming.operation)
  const scope = { accountId: principal.accountId, region }
  const keys: RequestKeys = requestKeys(principal, incoming)
  const resources = await resourcesOf(service, operation, input, scope, principal, storage)
  const resourceKeys = looksAtResource(principal) ? await resourceKeysOf(service, resources, scope, storage) : undefined
  const call = { service, operation, resources, keys, ...(resourceKeys && { resourceKeys }) }
  return { scope, call, authorisation: authorise(principal, call) }
}

function looksAtResource({ permissions: { identity, boundary, session } }: Principal): boolean {
  const looks = (policy: Policy) => policy.looksAtResource
  return identity.some(looks) || (boundary?.looksAtResource ?? false) || (session?.some(looks) ?? false)
}
