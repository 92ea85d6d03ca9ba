import { createHash, timingSafeEqual } from 'node:crypto'
import { openSession as openStsSession } from '../../operations/sts/session.ts'
import { ExpiredTokenException, ServiceError } from '../../protocol/errors.ts'
import type { EncodedAnswer } from '../../protocol/server.ts'
import { accessKeyContext } from '../../storage/verbs/access-keys.ts'
import { principalOf, type Request } from '../pipeline.ts'
import { isSecure } from './cookies.ts'
import { identified, openSession } from './entrance.ts'
import { fieldsIn, json, notTheConsole, signInFailed } from './json.ts'
import {
  beginLogin,
  chooseRole,
  completeLogin,
  forgetChoice,
  type OidcSurroundings as Options,
} from './oidc/handlers.ts'
import { choiceIn, forgetOutcome, forgetToken, problemIn, tokenIn } from './oidc/outcome.ts'
import { Problem } from './oidc/problem.ts'
import { type ConsoleSession, forgetSession, hasToken, isFromOwnPage, startSession } from './session.ts'

const mostBodyBytes = 16 * 1024

type Answer = (request: Request) => Promise<EncodedAnswer>

/** How one signs in, with an access key and through identity providers, and out. They never reject. */
export function sessionHandlers(options: Options) {
  const guarded =
    (answer: (request: Request, options: Options) => Promise<EncodedAnswer>): Answer =>
    async request => {
      try {
        return await answer(request, options)
      } catch (error) {
        if (error instanceof ServiceError) return json(error.status, { code: error.code, message: error.message })
        options.report('A request of the console failed through a fault of ours.', error)
        return json(500, { code: 'InternalFailure', message: 'The request could not be processed.' })
      }
    }
  return {
    signIn: guarded(signIn),
    whoIs: guarded(whoIs),
    signOut: guarded(signOut),
    beginLogin: guarded(beginLogin),
    completeLogin: guarded(completeLogin),
    chooseRole: guarded(chooseRole),
    forgetChoice: guarded(forgetChoice),
  }
}

async function signIn(request: Request, options: Options): Promise<EncodedAnswer> {
  if (!isFromOwnPage(request)) return notTheConsole
  if (!options.config.accessKeys) {
    return json(403, { code: 'AccessDenied', message: 'Access keys do not sign in here: use an identity provider.' })
  }
  const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = fieldsIn(await request.body(mostBodyBytes))
  const found = await holderOf(accessKeyId, secretAccessKey, sessionToken, options)
  const principal = found && (await principalOf(found.holder, options.principals))
  if (!found || !principal) {
    return signInFailed('The access key is not known, not active, or the secret is wrong.')
  }
  const started = startSession(found, isSecure(request), options)
  if (!started) return signInFailed("The session's policies and tags are too long.")
  return json(200, { token: started.token }, [started.cookie])
}

/** Nobody, where nobody is signed in: that is no error, but what a page asks first. */
async function whoIs(request: Request, options: Options): Promise<EncodedAnswer> {
  const found = await signedIn(request, options)
  if (!found) return json(200, await waysIn(request, options), seen(request, options))
  const { session, principal } = found
  const { arn, accountId, userName, roleArn, groupArns } = principal
  const { token, expiresAt } = session
  const { region, idleMinutes } = options.config
  return json(200, { arn, accountId, userName, roleArn, groupArns, token, expiresAt, region, idleMinutes })
}

/** How one can sign in, and what came of trying to through a provider. */
async function waysIn(request: Request, options: Options) {
  const { config, providers, services } = options
  const choice = choiceIn(request, options)
  const problem = problemIn(request, services.secrets)
  return {
    accessKeys: config.accessKeys,
    providers: [...providers.values()].map(({ id, config: { name } }) => ({ id, name })),
    ...(problem !== undefined && { problem }),
    ...(choice && {
      choice: {
        provider: providers.get(choice.provider)?.config.name ?? choice.provider,
        name: choice.candidate.sessionName,
        roles: choice.roles,
      },
    }),
  }
}

/** A problem is told once. */
function seen(request: Request, { services: { secrets } }: Options) {
  return problemIn(request, secrets) === undefined ? [] : [forgetOutcome(isSecure(request))]
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
  const secure = isSecure(request)
  const url = await signOutUrl(request, session, options)
  return json(200, url === undefined ? {} : { url }, [
    forgetSession(secure),
    forgetToken(secure),
    forgetOutcome(secure),
  ])
}

/** Where the browser is to go on to, so that the session at the provider ends as well. */
async function signOutUrl(
  request: Request,
  { oidc = '' }: ConsoleSession,
  { providers, services, publicUrl, log }: Options,
): Promise<string | undefined> {
  const provider = providers.get(oidc)
  if (!provider?.config.signOutAtProvider) return undefined
  try {
    return await provider.signOutUrl(tokenIn(request, services.secrets), `${publicUrl()}/`)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    log.warn('nobody could be signed out at the provider', { provider: oidc, detail: error.detail ?? error.message })
    return undefined
  }
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
