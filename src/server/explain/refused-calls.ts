import type { Principal } from '../../identity/principal.ts'
import type { IncomingCall } from '../access.ts'

/** A call that was refused, as it was. */
export interface RefusedCall {
  readonly requestId: string
  /** With the policies that were theirs at that moment. */
  readonly principal: Principal
  readonly incoming: IncomingCall
  readonly errorCode: string
  readonly errorMessage: string
}

/** The calls that were refused last, so that whoever asks by a request's id can be told why. */
export interface RefusedCalls {
  remember(call: RefusedCall): void
  find(requestId: string): RefusedCall | undefined
}

const most = 1000
const mostCharacters = 2048

/** Kept in this process's memory, the latest alone: a log of all calls is not this. */
export function createRefusedCalls(): RefusedCalls {
  const calls = new Map<string, RefusedCall>()
  return {
    remember(call) {
      const oldest = calls.size >= most ? calls.keys().next().value : undefined
      if (oldest !== undefined) calls.delete(oldest)
      const { incoming } = call
      calls.set(call.requestId, { ...call, incoming: { ...incoming, input: kept(incoming.input) } })
    },
    find: requestId => calls.get(requestId),
  }
}

/** Short texts and tags: what policies and gates look at. Parameters, which may be secret, are not kept. */
function kept(input: IncomingCall['input']): IncomingCall['input'] {
  const members = Object.entries(input).filter(
    ([name, value]) =>
      (typeof value === 'string' && value.length <= mostCharacters) ||
      name === 'ProvisionedProductProperties' ||
      name === 'Definition' ||
      (/^(Add)?Tags$/.test(name) && Array.isArray(value) && value.length <= 50),
  )
  return Object.fromEntries(members)
}
