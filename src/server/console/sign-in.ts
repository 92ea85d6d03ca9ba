import { createHash, timingSafeEqual } from 'node:crypto'
import { openSession as openStsSession } from '../../operations/sts/session.ts'
import { ExpiredTokenException, ServiceError } from '../../protocol/errors.ts'
import type { EncodedAnswer } from '../../protocol/server.ts'
import { accessKeyContext } from '../../storage/verbs/access-keys.ts'
import { principalOf, type Request } from '../pipeline.ts'
import { type ConsoleSurroundings, identified, openSession } from './entrance.ts'
import { type ConsoleSession, hasToken, isFromOwnPage, isSecure, noCookie, sessionCookie } from './session.ts'

const mostBodyBytes = 16 * 1024

interface Options extends ConsoleSurroundings {
  readonly report: (message: string, error: unknown) => void
}

type Answer = (request: Request) => Promise<EncodedAnswer>

/** POST signs in with an access key, GET says who is signed in, DELETE signs out. Never reject. */
export function sessionHandlers(options: Options): Readonly<Record<'POST' | 'GET' | 'DELETE', Answer>> {
  const guarded =
    (answer: Answer): Answer =>
    async request => {
      try {
        return await answer(request)
      } catch (error) {
        if (error instanceof ServiceError) return json(error.status, { code: error.code, message: error.message })
        options.report('A request of the console failed through a fault of ours.', error)
        return json(500, { code: 'InternalFailure', message: 'The request could not be processed.' })
      }
    }
  return {
    POST: guarded(request => signIn(request, options)),
    GET: guarded(request => whoIs(request, options)),
    DELETE: guarded(request => signOut(request, options)),
  }
}

async function signIn(request: Request, options: Options): Promise<EncodedAnswer> {
  if (!isFromOwnPage(request)) return json(403, { code: 'AccessDenied', message: 'This is not the console.' })
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsIn(await request.body(mostBodyBytes))
  const found = await holderOf(accessKeyId, secretAccessKey, sessionToken, options)
  const principal = found && (await principalOf(found.holder, options.principals))
  if (!found || !principal) {
    return json(400, {
      code: 'SignInFailed',
      message: 'The access key is not known, not active, or the secret is wrong.',
    })
  }
  return begin(request, found, options)
}

/** Begins a session for whoever has been found to be who they say. */
export function begin(
  request: Request,
  { holder, until }: { readonly holder: ConsoleSession['holder']; readonly until?: number },
  { services: { clock, ids, secrets }, config }: ConsoleSurroundings,
): EncodedAnswer {
  const now = clock.now().getTime()
  const expiresAt = Math.min(until ?? Number.POSITIVE_INFINITY, now + config.hours * 3_600_000)
  const session: ConsoleSession = { id: ids.uuid(), holder, token: ids.uuid(), expiresAt, seenAt: now }
  const cookie = sessionCookie(secrets, session, isSecure(request))
  if (!cookie) return json(400, { code: 'SignInFailed', message: "The session's policies and tags are too long." })
  return json(200, { token: session.token }, [['Set-Cookie', cookie]])
}

/** Nobody, where nobody is signed in: that is no error, but what a page asks first. */
async function whoIs(request: Request, options: Options): Promise<EncodedAnswer> {
  const found = await signedIn(request, options)
  if (!found) return json(200, {})
  const { session, principal } = found
  const { arn, accountId, userName, roleArn, groupArns } = principal
  const { token, expiresAt } = session
  const { region, idleMinutes } = options.config
  return json(200, { arn, accountId, userName, roleArn, groupArns, token, expiresAt, region, idleMinutes })
}

async function signedIn(request: Request, options: Options) {
  try {
    const session = await openSession(request, options)
    return { session, principal: await identified(request, session, options).principal(new Uint8Array()) }
  } catch (error) {
    if (error instanceof ExpiredTokenException) return undefined
    throw error
  }
}

async function signOut(request: Request, options: Options): Promise<EncodedAnswer> {
  const session = await openSession(request, options)
  if (!isFromOwnPage(request) || !hasToken(request, session)) {
    return json(403, { code: 'AccessDenied', message: "The request lacks the session's token." })
  }
  const { storage, clock } = options.services
  await storage.consoleSessions.end(session.id, session.expiresAt, clock.now().getTime())
  return json(200, {}, [['Set-Cookie', noCookie(isSecure(request))]])
}

/** Whose an access key is, if the secret is right; and how long that can last. */
async function holderOf(
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string,
  { services: { storage, secrets, clock } }: Options,
): Promise<{ holder: ConsoleSession['holder']; until?: number } | undefined> {
  if (sessionToken !== '') {
    const session = openStsSession(secrets, accessKeyId, sessionToken)
    const counts =
      session && session.expiresAt > clock.now().getTime() && isSame(session.secretAccessKey, secretAccessKey)
    return counts ? { holder: { ...session, secretAccessKey: '' }, until: session.expiresAt } : undefined
  }
  const key = await storage.accessKeys.get(accessKeyId)
  if (key?.status !== 'Active') return undefined
  if (!isSame(secrets.open(key.secret, accessKeyContext(accessKeyId)), secretAccessKey)) return undefined
  return { holder: { accountId: key.accountId, userName: key.userName, accessKeyId } }
}

/** In a time that does not tell how much of it is right. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function credentialsIn(body: Uint8Array) {
  let given: Readonly<Record<string, unknown>> = {}
  try {
    given = Object(JSON.parse(Buffer.from(body).toString()))
  } catch {
    // No JSON: nothing is given.
  }
  const text = (name: string) => (typeof given[name] === 'string' ? (given[name] as string).trim() : '')
  return {
    accessKeyId: text('accessKeyId'),
    secretAccessKey: text('secretAccessKey'),
    sessionToken: text('sessionToken'),
  }
}

export function json(
  status: number,
  value: unknown,
  more: readonly (readonly [name: string, value: string])[] = [],
): EncodedAnswer {
  const headers = [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...more] as const
  return { status, headers, body: JSON.stringify(value) }
}
