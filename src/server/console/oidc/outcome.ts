import type { Secrets } from '../../../operations/operation.ts'
import type { Request } from '../../pipeline.ts'
import { forgetCookie, type Header, readCookie, type SealedCookie, setCookie } from '../cookies.ts'
import type { ConsoleSurroundings } from '../entrance.ts'
import { Problem } from './problem.ts'
import type { Candidate } from './roles.ts'

/** Roles that somebody who has signed in at a provider may choose from. */
export interface Choice {
  readonly kind: 'choice'
  readonly id: string
  readonly provider: string
  readonly candidate: Candidate
  readonly roles: readonly string[]
  readonly expiresAt: number
}

/** What came of a sign-in besides a session: the page asks for it, since an address that held it could be made up. */
type Outcome = Choice | { readonly kind: 'problem'; readonly problem: string }

const seconds = 600

const outcomeCookie: SealedCookie = {
  name: 'bellhop-sign-in',
  path: '/console/',
  context: 'oidc-outcome',
  sameSite: 'Strict',
}

/** The provider's own token, for signing out there. */
const tokenCookie: SealedCookie = {
  name: 'bellhop-oidc-token',
  path: '/console/session',
  context: 'oidc-token',
  sameSite: 'Strict',
}

/** Throws Problem: a cookie holds so many roles and no more. */
export function keepChoice(
  provider: string,
  candidate: Candidate,
  roles: readonly string[],
  secure: boolean,
  { services: { clock, ids, secrets } }: ConsoleSurroundings,
): Header {
  const expiresAt = clock.now().getTime() + seconds * 1000
  const choice: Choice = { kind: 'choice', id: ids.uuid(), provider, candidate, roles, expiresAt }
  const header = setCookie(outcomeCookie, choice, secrets, { secure, seconds })
  if (!header) throw new Problem(`You are mapped to ${roles.length} roles, which are too many to choose from.`)
  return header
}

export function keepProblem(
  problem: string,
  secure: boolean,
  { services: { secrets } }: ConsoleSurroundings,
): Header | undefined {
  return setCookie(outcomeCookie, { kind: 'problem', problem }, secrets, { secure, seconds })
}

export function forgetOutcome(secure: boolean): Header {
  return forgetCookie(outcomeCookie, secure)
}

/** The roles to choose from, while they wait. */
export function choiceIn(request: Request, { services: { secrets, clock } }: ConsoleSurroundings): Choice | undefined {
  const outcome = readCookie(request, outcomeCookie, secrets) as Outcome | undefined
  return outcome?.kind === 'choice' && clock.now().getTime() < outcome.expiresAt ? outcome : undefined
}

export function problemIn(request: Request, secrets: Secrets): string | undefined {
  const outcome = readCookie(request, outcomeCookie, secrets) as Outcome | undefined
  return outcome?.kind === 'problem' ? outcome.problem : undefined
}

/** Undefined for a token that is too large for a cookie: signing out works without it, but the provider may ask. */
export function keepToken(token: string, secrets: Secrets, secure: boolean): Header | undefined {
  return setCookie(tokenCookie, token, secrets, { secure })
}

export function tokenIn(request: Request, secrets: Secrets): string | undefined {
  return readCookie(request, tokenCookie, secrets) as string | undefined
}

export function forgetToken(secure: boolean): Header {
  return forgetCookie(tokenCookie, secure)
}
