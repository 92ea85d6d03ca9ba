import { createHash } from 'node:crypto'
import type { ExecutionCaller } from '../catalog/execution.ts'
import type { Ids } from '../catalog/ids.ts'
import { Refusal } from '../catalog/refusal.ts'
import { decide } from '../identity/authorise.ts'
import type { Principal } from '../identity/principal.ts'
import type { ServiceModel, StructureShape } from '../model/service-model.ts'
import { services as models, type ServiceName } from '../model/services.ts'
import { operations } from '../operations/index.ts'
import type { Caller, Services } from '../operations/operation.ts'
import { toServiceError } from '../operations/refusals.ts'
import { openSession, type Session } from '../operations/sts/session.ts'
import { authenticationError } from '../protocol/authentication-errors.ts'
import type { Structure } from '../protocol/codec.ts'
import {
  AccessDeniedException,
  InternalFailure,
  ServiceError,
  ServiceUnavailableException,
  UnknownOperationException,
} from '../protocol/errors.ts'
import {
  type EncodedAnswer,
  readInput,
  requestedOperation,
  validateInput,
  writeError,
  writeOutput,
} from '../protocol/server.ts'
import type { HttpRequest } from '../sigv4/types.ts'
import { type ParsedAuthorization, parseAuthorization, SignatureError, verifySignature } from '../sigv4/verify.ts'
import { StorageFailure } from '../storage/failure.ts'
import { accessKeyContext, type StoredAccessKey } from '../storage/verbs/access-keys.ts'
import { type IncomingCall, judge } from './access.ts'
import type { RefusedCalls } from './explain/refused-calls.ts'
import type { Observer } from './observe/index.ts'
import type { Principals } from './principals.ts'

/** A request whose head has arrived and whose body has not been read. */
export interface Request {
  readonly head: Omit<HttpRequest, 'body'>
  /** Lower-case name; the last of several. */
  header(name: string): string | undefined
  /** Reads the body, of so many bytes or of the usual number; throws RequestEntityTooLargeException or RequestTimeoutException. */
  body(mostBytes?: number): Promise<Uint8Array>
  /** The other end of the connection. */
  readonly sourceIp?: string
  /** The address the caller used, e.g. http://127.0.0.1:4880. */
  readonly endpoint: string
}

export interface PipelineOptions {
  readonly services: Services
  readonly principals: Principals
  readonly ids: Ids
  readonly refusedCalls: RefusedCalls
  readonly observer: Pick<Observer, 'request'>
  /** Told of every error that is our own fault. */
  readonly report: (message: string, error: unknown, requestId: string) => void
  /** The address that calls from inside are answered with. */
  readonly endpoint: () => string
}

/** What a request is for, as its head says it. */
export interface Route {
  readonly service: ServiceName
  readonly model: ServiceModel
  /** Undefined where only the body tells (the query protocol). */
  readonly operation?: string
}

/** A call that an execution's own step makes of Bellhop: nobody signed it, the journal says who it is. */
export interface OwnCall {
  readonly service: ServiceName
  readonly operation: string
  /** As the service's protocol writes it. */
  readonly body: Uint8Array
  readonly region: string
  readonly principal: Principal
  readonly identity: ExecutionCaller
}

export interface Pipeline {
  /** Answers a request. Never rejects. */
  answer(request: Request): Promise<EncodedAnswer>
  /** The same for requests that come in another way. */
  through(entrance: Entrance): (request: Request) => Promise<EncodedAnswer>
  /** Answers a call from inside, as a request of the same identity would be answered. Never rejects. */
  answerOwn(call: OwnCall): Promise<EncodedAnswer>
}

/** A call of which it is known who makes it; nothing of its input has been looked at. */
interface Asked extends Pick<OwnCall, 'operation' | 'body' | 'region' | 'principal' | 'identity'> {
  readonly sourceIp?: string
  readonly userAgent?: string
  readonly endpoint: string
}

/**
 * From a request to its answer, one named step after the other. What a step throws becomes the error's bytes at the end,
 * in the form of the protocol that was spoken.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { services, principals, ids, refusedCalls, observer, report, endpoint } = options

  async function answer(
    traceparent: string | undefined,
    ask: (known: (route: Route) => void) => Promise<Asked>,
  ): Promise<EncodedAnswer> {
    const requestId = ids.uuid()
    const observed = observer.request(requestId, traceparent)
    let routed: Route | undefined
    let made: { readonly principal: Principal; readonly incoming: IncomingCall } | undefined
    try {
      const asked = await ask(route => {
        routed = route
      })
      const { service, model } = routed!
      const { operation, principal } = asked
      observed.known({ service, operation })
      observed.by(principal.arn)
      const input = readInput(model, operation, asked.body)
      const incoming = incomingCall(asked, service, input, services)
      made = { principal, incoming }
      const output = await perform(asked, incoming, { requestId, trace: observed.traceparent }, services)
      observed.answered('200')
      return serialise(writeOutput(model, operation, output, requestId), requestId)
    } catch (error) {
      const { code: errorCode, message: errorMessage } = toAnswerable(error, routed)
      observed.answered(errorCode)
      if (made && refusals.has(errorCode)) refusedCalls.remember({ requestId, ...made, errorCode, errorMessage })
      return answerError(error, routed, requestId, report)
    }
  }

  const through = (entrance: Entrance) => (request: Request) =>
    answer(request.header('traceparent'), async known => {
      const routed = entrance.route(request)
      known(routed)
      const claimed = await entrance.claim(request, routed)
      const body = await request.body()
      const principal = await claimed.principal(body)
      return {
        operation: operationOf(routed, body),
        body,
        region: claimed.region,
        principal,
        identity: identityOf(claimed.holder),
        sourceIp: request.sourceIp,
        userAgent: request.header('user-agent'),
        endpoint: request.endpoint,
      }
    })

  return {
    answer: through(signedRequests(services, principals)),
    through,
    answerOwn: call =>
      answer(undefined, async known => {
        known({ service: call.service, model: models[call.service], operation: call.operation })
        return { ...call, endpoint: endpoint() }
      }),
  }
}

/** A way in: how a request says what it is for, and how it is known who sent it. What follows is the same for all. */
export interface Entrance {
  route(request: Request): Route
  /** Everything that can be checked before the body is read, so that only who is known makes us read one. */
  claim(request: Request, route: Route): Promise<Identified>
}

/** Who a request says that it comes from. */
export interface Identified {
  readonly holder: Holder
  readonly region: string
  /** Who they are indeed: nothing else in a request says who the caller is. Throws when they are not. */
  principal(body: Uint8Array): Promise<Principal>
}

/** What the API's own clients send: signed with Signature Version 4. */
export function signedRequests(services: Services, principals: Principals): Entrance {
  return {
    route,
    async claim(request, routed) {
      const claimed = await claimIdentity(request, routed, services)
      return {
        holder: claimed.holder,
        region: claimed.authorization.scope.region,
        principal: body => authenticate(request, body, claimed, routed, principals),
      }
    },
  }
}

/**
 * An operation as somebody: what they may not do is refused, what was answered before under the same token is answered
 * again. Throws what is answered as an error.
 */
export async function perform(
  asked: Pick<Asked, 'principal' | 'identity' | 'endpoint'>,
  incoming: IncomingCall,
  { requestId, trace }: { readonly requestId: string; readonly trace?: string },
  services: Services,
): Promise<unknown> {
  const { service, operation, input } = incoming
  const model = models[service]
  const caller = await allow(asked, requestId, incoming, services)
  validateInput(model, operation, input)
  const claim = tokenClaim(service, operation, input, caller)
  const asking = { ...caller, claim, ...(trace && { trace }) }
  return (await replay(claim, services)) ?? (await invoke(service, operation, input, asking, services))
}

const servicesByPrefix: ReadonlyMap<string | undefined, ServiceName> = new Map(
  (Object.keys(models) as ServiceName[]).map(service => [models[service].metadata.targetPrefix, service]),
)

/** Which service and operation: by X-Amz-Target, or for the query protocol by the credential scope. */
function route(request: Request): Route {
  const target = request.header('x-amz-target')
  if (target !== undefined) {
    const [prefix, operation] = split(target)
    const service = servicesByPrefix.get(prefix)
    const model = service && models[service]
    if (model && Object.hasOwn(model.operations, operation)) return { service, model, operation }
    throw new UnknownOperationException(`The operation ${target.slice(0, 200)} is not known.`)
  }
  if (request.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    // Unsigned, it is nobody's request, and STS answers that as well as IAM.
    const signedFor = /Credential=[^/,]*\/[^/,]*\/[^/,]*\/(\w+)\//.exec(request.header('authorization') ?? '')?.[1]
    const service = signedFor === 'iam' ? 'iam' : 'sts'
    return { service, model: models[service] }
  }
  throw new UnknownOperationException('The request names no operation: there is no X-Amz-Target header.')
}

function split(target: string): [prefix: string, operation: string] {
  const dot = target.lastIndexOf('.')
  return [target.slice(0, dot), target.slice(dot + 1)]
}

/** What a request's head claims, and what the key stands for that it claims to be signed with. */
interface Claim {
  readonly authorization: ParsedAuthorization
  readonly secretAccessKey: string
  readonly holder: Holder
}

/** Whose a key or a session is. */
export type Holder = { readonly accountId: string; readonly userName: string } | Session

/** Everything of the signature that can be checked before the body is read, so that only a known key makes us read one. */
export async function claimIdentity(
  request: Request,
  { service, model }: Route,
  { storage, clock, secrets }: Services,
): Promise<Claim> {
  const authorization = parseAuthorization(request.head, clock.now(), { services: [service] })
  const { accessKeyId, sessionToken } = authorization
  if (sessionToken !== undefined) {
    // The token is sealed together with the key's id: with a long-term key, or another session's, it does not open.
    const session = openSession(secrets, accessKeyId, sessionToken)
    if (!session) throw authenticationError('InvalidToken', model.metadata)
    if (session.expiresAt <= clock.now().getTime()) throw authenticationError('ExpiredToken', model.metadata)
    return { authorization, secretAccessKey: session.secretAccessKey, holder: session }
  }
  const key = await storage.accessKeys.get(accessKeyId)
  if (key?.status !== 'Active') throw authenticationError('UnknownAccessKey', model.metadata)
  return { authorization, secretAccessKey: secretOf(key, secrets), holder: key }
}

/** By the key as storage has it in common: another, or the same once it was written, is opened anew. */
const opened = new WeakMap<StoredAccessKey, string>()

function secretOf(key: StoredAccessKey, secrets: Services['secrets']): string {
  let secret = opened.get(key)
  if (secret === undefined) {
    secret = secrets.open(key.secret, accessKeyContext(key.accessKeyId))
    if (Object.isFrozen(key)) opened.set(key, secret)
  }
  return secret
}

/** Who signed it. Nothing else in a request says who the caller is. */
export async function authenticate(
  request: Request,
  body: Uint8Array,
  { authorization, secretAccessKey, holder }: Claim,
  { model }: Route,
  principals: Principals,
): Promise<Principal> {
  verifySignature({ ...request.head, body }, authorization, secretAccessKey)
  const principal = await principalOf(holder, principals)
  if (!principal) throw authenticationError('UnknownAccessKey', model.metadata)
  return principal
}

/** Undefined when there is no such user or role any more. */
export function principalOf(holder: Holder, principals: Principals): Promise<Principal | undefined> {
  return 'userName' in holder ? principals.user(holder.accountId, holder.userName) : principals.session(holder)
}

function operationOf({ model, operation }: Route, body: Uint8Array): string {
  const name = operation ?? requestedOperation(model, body) ?? ''
  if (!Object.hasOwn(model.operations, name)) {
    throw new UnknownOperationException(`Could not find operation ${name.slice(0, 200)}.`)
  }
  return name
}

function incomingCall(
  { operation, region, sourceIp, userAgent }: Asked,
  service: ServiceName,
  input: Structure,
  { clock }: Services,
): IncomingCall {
  return { service, operation, input, region, now: clock.now(), sourceIp, userAgent }
}

/** Whether the principal may do this, and how far it reaches: from here on they are a caller. */
async function allow(
  { principal, identity, endpoint }: Pick<Asked, 'principal' | 'identity' | 'endpoint'>,
  requestId: string,
  incoming: IncomingCall,
  { storage }: Services,
): Promise<Caller> {
  const { scope, call, authorisation } = await judge(principal, incoming, storage)
  if (!authorisation.allowed) throw new AccessDeniedException(authorisation.reason)
  const { accessLevel, administrator } = authorisation
  const { arn, userId, userName, roleArn, groupArns } = principal
  const { keys } = call
  return {
    scope,
    arn,
    userId,
    userName,
    roleArn,
    groupArns,
    administrator,
    accessLevel,
    keys,
    principal,
    identity,
    decide: (action, resource, given = keys) => decide(principal, action, resource, given),
    requestId,
    endpoint,
  }
}

/** Refused for who the caller is, as far as can be told: what is not theirs is answered like what is not there. */
const refusals: ReadonlySet<string> = new Set(['AccessDeniedException', 'ResourceNotFoundException'])

/** What is kept of whoever starts an execution; the session's secret is not. */
export function identityOf(holder: Holder): ExecutionCaller {
  if ('userName' in holder) return { accountId: holder.accountId, userName: holder.userName }
  const { accountId, roleName, roleId, name, issuedAt, policy, policyArns, federation, tags } = holder
  return { accountId, roleName, roleId, name, issuedAt, policy, policyArns, federation, tags }
}

/** Tokens that the models do not mark as such. */
const tokenMembers: Readonly<Partial<Record<ServiceName, string>>> = { ssm: 'ClientToken' }

const knownTokenMembers = new Map<string, string | undefined>()

/** The member of an operation's input that is its idempotency token, where it has one. */
export function tokenMember(service: ServiceName, operation: string): string | undefined {
  const name = `${service}:${operation}`
  if (!knownTokenMembers.has(name)) knownTokenMembers.set(name, findTokenMember(service, operation))
  return knownTokenMembers.get(name)
}

function findTokenMember(service: ServiceName, operation: string): string | undefined {
  const { shapes, operations } = models[service]
  const shape = shapes[operations[operation]!.input?.shape ?? ''] as StructureShape | undefined
  const members = Object.entries(shape?.members ?? {})
  return members.find(([name, ref]) => ref.idempotencyToken || name === tokenMembers[service])?.[0]
}

/** The claim that an input's idempotency token makes, where the model gives the operation one. */
function tokenClaim(service: ServiceName, operation: string, input: Structure, caller: Caller): Caller['claim'] {
  const member = tokenMember(service, operation)
  const token = member && input[member]
  if (typeof token !== 'string') return undefined
  const asked = Object.entries(input).filter(([name]) => name !== member && name !== 'AcceptLanguage')
  // Who asks is part of what is asked: nobody is answered with what somebody else was told. Sessions of a role are one.
  const asker = caller.roleArn ?? caller.arn
  const inputHash = createHash('sha256')
    .update(JSON.stringify([asker, sorted(Object.fromEntries(asked))]))
    .digest('base64')
  return { scope: caller.scope, operation, token, inputHash }
}

/** The same value with every object's keys in order, so that equal inputs give equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const)
  return entries.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The answer given before under the same token, if there is one. */
async function replay(claim: Caller['claim'], { storage }: Services): Promise<unknown> {
  return claim && storage.tokens.find(claim)
}

function invoke(
  service: ServiceName,
  operation: string,
  input: Structure,
  caller: Caller,
  services: Services,
): Promise<unknown> {
  type Handler = (input: unknown, caller: Caller, services: Services) => Promise<unknown>
  const table = operations[service] as unknown as Readonly<Record<string, Handler>>
  return table[operation]!(input, caller, services)
}

/** Whatever was thrown, as an error that may be answered: ours by name, everything unknown as InternalFailure. */
function toAnswerable(error: unknown, routed: Route | undefined): ServiceError {
  if (error instanceof ServiceError) return error
  if (error instanceof SignatureError && routed)
    return authenticationError(error.code, routed.model.metadata, error.message)
  if (error instanceof Refusal) return toServiceError(error, routed?.service)
  if (error instanceof StorageFailure) return new ServiceUnavailableException(error.message, { cause: error })
  return new InternalFailure('The request could not be processed because of an internal failure.', { cause: error })
}

/** The answer that an error is, in the form of the protocol that was spoken; our own faults are reported. */
export function answerError(
  error: unknown,
  routed: Route | undefined,
  requestId: string,
  report: PipelineOptions['report'],
): EncodedAnswer {
  const answered = toAnswerable(error, routed)
  if (answered.status >= 500) report('A request failed through a fault of ours.', error, requestId)
  // A request that could not be routed is answered as Service Catalog answers: that is what this endpoint is.
  const model = routed?.model ?? models.servicecatalog
  return serialise(writeError(model, answered, requestId), requestId)
}

/** The answer with the headers that every answer has. */
export function serialise(answer: EncodedAnswer, requestId: string): EncodedAnswer {
  return { ...answer, headers: [...answer.headers, ['x-amzn-RequestId', requestId]] }
}
