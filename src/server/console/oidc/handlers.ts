import { sessionArn } from '../../../operations/sts/session.ts'
import type { EncodedAnswer } from '../../../protocol/server.ts'
import type { Log } from '../../log.ts'
import type { Request } from '../../pipeline.ts'
import { forgetCookie, type Header, isSecure, readCookie, type SealedCookie, setCookie } from '../cookies.ts'
import type { ConsoleSurroundings } from '../entrance.ts'
import { fieldsIn, json, notTheConsole, signInFailed } from '../json.ts'
import { isFromOwnPage, startSession } from '../session.ts'
import { choiceIn, forgetOutcome, keepChoice, keepProblem, keepToken } from './outcome.ts'
import { Problem } from './problem.ts'
import type { Checks, Provider } from './provider.ts'
import { type Candidate, candidateOf, roleFor, sessionOf } from './roles.ts'

export interface OidcSurroundings extends ConsoleSurroundings {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly report: (message: string, error: unknown) => void
  /** The address that the console is opened at. */
  readonly publicUrl: () => string
}

/** Where a provider's pages send the browser back to, and where the console's page begins. */
export const oidcPath = '/console/oidc/'

/** A sign-in on its way: what the browser must bring back, and nobody else has. */
interface Login {
  readonly id: string
  readonly provider: string
  readonly checks: Checks
  readonly redirectUri: string
  /** The place in the console that it was begun at. */
  readonly returnTo: string
  readonly expiresAt: number
}

/** How long somebody may take at the provider's page. */
const loginSeconds = 600
const mostBodyBytes = 8 * 1024
const mostLogins = 8

/** One for each sign-in, so that two tabs do not disturb each other. Lax: the browser comes from the provider's page. */
function loginCookie(state: string): SealedCookie {
  return { name: `bellhop-oidc-${state.slice(0, 16)}`, path: oidcPath, context: 'oidc-login', sameSite: 'Lax' }
}

/** Sign-ins that were begun and left: a browser keeps a few, or its requests would become too large. */
function abandoned(request: Request, secure: boolean): Header[] {
  const names = [...(request.header('cookie') ?? '').matchAll(/bellhop-oidc-([\w-]{16})=/g)].map(([, state]) => state!)
  return names.length < mostLogins ? [] : names.map(state => forgetCookie(loginCookie(state), secure))
}

/** POST PROVIDER/begin: answers the provider's address for the page to go to. */
export async function beginLogin(request: Request, surroundings: OidcSurroundings): Promise<EncodedAnswer> {
  if (!isFromOwnPage(request)) return notTheConsole
  const { returnTo = '' } = fieldsIn(await request.body(mostBodyBytes))
  const { services, publicUrl } = surroundings
  const provider = providerOf(request, surroundings)
  if (!provider) return signInFailed('There is no such provider.')
  if (request.header('origin') !== publicUrl()) {
    return signInFailed(`Open the console at ${publicUrl()}: that is where ${provider.config.name} sends you back to.`)
  }
  const redirectUri = `${publicUrl()}${oidcPath}${provider.id}/callback`
  try {
    const { url, checks } = await provider.begin(redirectUri)
    const login: Login = {
      id: services.ids.uuid(),
      provider: provider.id,
      checks,
      redirectUri,
      returnTo: placeIn(returnTo),
      expiresAt: services.clock.now().getTime() + loginSeconds * 1000,
    }
    const secure = needsTls(request, surroundings)
    const attributes = { secure, seconds: loginSeconds }
    const cookie = setCookie(loginCookie(checks.state), login, services.secrets, attributes)
    return json(200, { url }, [...abandoned(request, secure), ...(cookie ? [cookie] : [])])
  } catch (error) {
    return signInFailed(told(error, provider.id, surroundings))
  }
}

/**
 * GET PROVIDER/callback: where the provider sends the browser. Whatever comes of it, the browser goes on to the console's page,
 * whose own calls then have the session's strict cookie with them; a problem and a choice wait for it in a cookie as well.
 */
export async function completeLogin(request: Request, surroundings: OidcSurroundings): Promise<EncodedAnswer> {
  const { services, log, report } = surroundings
  const secure = needsTls(request, surroundings)
  const query = new URLSearchParams(request.head.query)
  const login = loginOf(request, query.get('state') ?? '', surroundings)
  const provider = providerOf(request, surroundings)
  const cookies: Header[] = login ? [forgetCookie(loginCookie(login.checks.state), secure)] : []
  const goOn = (...more: (Header | undefined)[]): EncodedAnswer => {
    const given = [...cookies, ...more.filter(header => header !== undefined)]
    return { status: 303, headers: [...pageHeaders, ['Location', `/${login?.returnTo ?? ''}`], ...given], body: '' }
  }
  try {
    const { storage, clock } = services
    const now = clock.now().getTime()
    const counts =
      login !== undefined &&
      provider?.id === login.provider &&
      now < login.expiresAt &&
      !(await storage.consoleSessions.isEnded(login.id))
    if (!counts) throw new Problem(notBegunHere)
    const vouched = await provider.complete(new URL(`${login.redirectUri}?${query}`), login.checks)
    // Written down for whom the provider vouches for, and nobody else: whoever is refused fills no disk.
    if (!(await storage.consoleSessions.end(login.id, login.expiresAt, now))) throw new Problem(notBegunHere)
    const { candidate, roles } = await candidateOf(request, provider, vouched, surroundings)
    const token = keepToken(vouched.idToken, services.secrets, secure)
    if (roles.length > 1) return goOn(token, keepChoice(provider.id, candidate, roles, secure, surroundings))
    const session = await start(request, provider, candidate, roles[0]!, surroundings)
    log.info('somebody signed in to the console', { provider: provider.id, principal: session.arn })
    return goOn(token, session.cookie, forgetOutcome(secure))
  } catch (error) {
    if (error instanceof Problem) {
      return goOn(keepProblem(told(error, provider?.id, surroundings), secure, surroundings))
    }
    // There is a person behind this request, who is to see a page.
    report('A sign-in failed through a fault of ours.', error)
    const text = 'The sign-in could not be completed, through a fault of this server. Begin again.'
    return goOn(keepProblem(text, secure, surroundings))
  }
}

const notBegunHere =
  'This sign-in was not begun in this browser, took longer than ten minutes, or has been completed before. Begin again.'

/** POST /console/role: one of the roles that somebody may choose from. */
export async function chooseRole(request: Request, surroundings: OidcSurroundings): Promise<EncodedAnswer> {
  if (!isFromOwnPage(request)) return notTheConsole
  const { role = '' } = fieldsIn(await request.body(mostBodyBytes))
  const { services, providers, log } = surroundings
  const choice = choiceIn(request, surroundings)
  const provider = choice && providers.get(choice.provider)
  const secure = needsTls(request, surroundings)
  try {
    if (!choice || !provider) throw new Problem('The sign-in is too long ago. Begin again.')
    if (!choice.roles.includes(role)) throw new Problem('This role is not among those to choose from.')
    const session = await start(request, provider, choice.candidate, role, surroundings)
    const now = services.clock.now().getTime()
    if (!(await services.storage.consoleSessions.end(choice.id, choice.expiresAt, now))) {
      throw new Problem('A role has been chosen before. Begin again.')
    }
    log.info('somebody signed in to the console', { provider: provider.id, principal: session.arn })
    return json(200, { token: session.token }, [session.cookie, forgetOutcome(secure)])
  } catch (error) {
    return signInFailed(told(error, provider?.id, surroundings))
  }
}

/** DELETE /console/role: back to signing in. */
export async function forgetChoice(request: Request, surroundings: OidcSurroundings): Promise<EncodedAnswer> {
  if (!isFromOwnPage(request)) return notTheConsole
  return json(200, {}, [forgetOutcome(needsTls(request, surroundings))])
}

/** The session, if the role still lets somebody in. Throws Problem. */
async function start(
  request: Request,
  { id, config }: Provider,
  candidate: Candidate,
  roleArn: string,
  surroundings: OidcSurroundings,
) {
  const role = await roleFor(request, roleArn, config.issuer, candidate, surroundings)
  if (!role) throw new Problem(`The role ${roleArn} does not trust ${config.name} any more.`)
  const holder = sessionOf(role, config.issuer, candidate, surroundings)
  const secure = needsTls(request, surroundings)
  const started = startSession({ holder, until: holder.expiresAt, oidc: id }, secure, surroundings)
  if (!started) throw new Problem('What the provider says of you is too long for a session.')
  return { ...started, arn: sessionArn(holder) }
}

function providerOf(request: Request, { providers }: OidcSurroundings): Provider | undefined {
  return providers.get(request.head.path.slice(oidcPath.length).split('/')[0]!)
}

/** The sign-in that a state belongs to, where this browser began it. */
function loginOf(request: Request, state: string, { services }: OidcSurroundings): Login | undefined {
  const login = readCookie(request, loginCookie(state), services.secrets) as Login | undefined
  return login?.checks.state === state ? login : undefined
}

/** A place in the console, which lies behind the `#` of its one page: so nothing leads away from it. */
function placeIn(text: string): string {
  return /^#\/[\x21-\x7e]{0,1000}$/.test(text) ? text : ''
}

function needsTls(request: Request, { publicUrl }: OidcSurroundings): boolean {
  return isSecure(request) || publicUrl().startsWith('https:')
}

/** The text of what went wrong; the log is told more. What is no problem of the sign-in is thrown on. */
function told(error: unknown, provider: string | undefined, { log }: OidcSurroundings): string {
  if (!(error instanceof Problem)) throw error
  log.warn('a sign-in to the console failed', { provider, problem: error.message, detail: error.detail })
  return error.message
}

const pageHeaders: readonly Header[] = [
  ['Cache-Control', 'no-store'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
]
