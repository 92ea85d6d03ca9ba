import { session } from '../session/session.ts'
import type { Input, OperationName, Output } from './services.ts'

/** An error as the API answers it. */
export class ApiError extends Error {
  readonly code: string
  readonly requestId: string | undefined

  constructor(code: string, message: string, requestId?: string) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.requestId = requestId
  }
}

interface CallOptions {
  readonly signal?: AbortSignal
  /** The page asks by itself: that does not count as somebody's doing something. */
  readonly background?: boolean
}

/** Codes that say that the session is over, whatever was asked. */
const sessionOver: ReadonlySet<string> = new Set(['ExpiredTokenException', 'ExpiredToken'])

/** Calls an operation as whoever is signed in. Throws ApiError. */
export async function call<Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  { signal, background }: CallOptions = {},
): Promise<Output<Name>> {
  const { token, region } = session.current()
  const response = await fetch(`/console/api/${name.replace('.', '/')}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      'x-bellhop-token': token,
      'x-bellhop-region': region,
      ...(background && { 'x-bellhop-background': '1' }),
    },
    body: JSON.stringify(withToken(name, input as object)),
    signal,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new ApiError('NoConnection', 'The server does not answer.')
  })
  const requestId = response.headers.get('x-amzn-requestid') ?? undefined
  const answered: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answered as Output<Name>
  const { __type, message, Message } = Object(answered) as Record<string, string | undefined>
  const code = __type ?? `HTTP ${response.status}`
  if (sessionOver.has(code)) session.ended()
  throw new ApiError(code, message ?? Message ?? 'The server gave no reason.', requestId)
}

/** Members that hold the token of a call, by the operation's name. */
const tokens: readonly (readonly [pattern: RegExp, member: string])[] = [
  [/\.ProvisionProduct$/, 'ProvisionToken'],
  [/\.UpdateProvisionedProduct$/, 'UpdateToken'],
  [/\.TerminateProvisionedProduct$/, 'TerminateToken'],
  [/\.(ExecuteProvisionedProductServiceAction|ResumeServiceAction)$/, 'ExecuteToken'],
  [
    /^servicecatalog\.(Create(?!TagOption|PortfolioShare)|CopyProduct|Import|ExecuteProvisionedProductPlan|UpdateProvisionedProductProperties|(Disa|A)ssociateServiceAction|DeleteServiceAction)/,
    'IdempotencyToken',
  ],
]

/** A call made twice, because an answer was lost, is one call: its token is made here unless it is given. */
function withToken(name: string, input: object): object {
  const member = tokens.find(([pattern]) => pattern.test(name))?.[1]
  return member ? { [member]: crypto.randomUUID(), ...input } : input
}
