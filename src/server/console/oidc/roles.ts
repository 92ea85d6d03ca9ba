import { anybodysKeys } from '../../../identity/request-keys.ts'
import { federationOf } from '../../../identity/web-identity.ts'
import type { Services } from '../../../operations/operation.ts'
import type { Session } from '../../../operations/sts/session.ts'
import { accountOfRole, roleTrusting, type WebIdentity } from '../../../operations/sts/web-identity.ts'
import type { StoredIdentity } from '../../../storage/verbs/identities.ts'
import type { Request } from '../../pipeline.ts'
import type { ConsoleConfig } from '../config.ts'
import { mappedRoles, sessionNameFrom } from './claims.ts'
import { Problem } from './problem.ts'
import type { Provider, Vouched } from './provider.ts'

interface Surroundings {
  readonly services: Pick<Services, 'storage' | 'clock'>
  readonly config: Pick<ConsoleConfig, 'region' | 'hours' | 'oidc'>
}

/** Somebody, as the roles they may act as see them. */
export interface Candidate {
  readonly sessionName: string
  /** What condition keys are made of. */
  readonly claims: {
    readonly sub: string
    readonly aud: string | readonly string[]
    readonly azp?: string
    readonly amr?: readonly string[]
  }
}

/** Who has signed in at a provider, and the roles that they are mapped to and that trust it. Throws Problem where there are none. */
export async function candidateOf(
  request: Request,
  { config }: Provider,
  { claims }: Vouched,
  surroundings: Surroundings,
): Promise<{ readonly candidate: Candidate; readonly roles: readonly string[] }> {
  const sessionName = sessionNameFrom(claims, config.sessionName)
  if (sessionName === undefined) {
    const why = `${config.name} does not say who you are: there is no verified claim ${config.sessionName}.`
    throw new Problem(`${why} Tell your administrator.`)
  }
  const { sub, aud, azp, amr } = claims
  const candidate: Candidate = {
    sessionName,
    claims: {
      sub,
      aud,
      ...(typeof azp === 'string' && { azp }),
      ...(Array.isArray(amr) && { amr: amr.filter(each => typeof each === 'string') }),
    },
  }
  const mapped = mappedRoles(config, claims)
  if (mapped.length === 0) {
    throw new Problem(
      `${config.name} knows you as ${sessionName}, but nothing that it says of you is mapped to a role here.`,
    )
  }
  const trusting = await Promise.all(mapped.map(arn => roleFor(request, arn, config.issuer, candidate, surroundings)))
  const roles = mapped.filter((_, i) => trusting[i] !== undefined)
  if (roles.length === 0) {
    const which = mapped.length === 1 ? `the role ${mapped[0]}` : `the ${mapped.length} roles you are mapped to`
    throw new Problem(
      `${config.name} knows you as ${sessionName}, but ${which} cannot be used: not there, or not trusting ${config.name}.`,
      mapped.join(', '),
    )
  }
  return { candidate, roles }
}

/** A role, where it trusts what the provider says of somebody. */
export function roleFor(
  request: Request,
  arn: string,
  issuer: string,
  { sessionName, claims }: Candidate,
  { services, config }: Surroundings,
): Promise<StoredIdentity | undefined> {
  const federation = federationOf(accountOfRole(arn)!, issuer, claims)
  return roleTrusting(services.storage, arn, {
    federation,
    sessionName,
    keys: keysOf(request, services, config.region),
  })
}

/** The session of a role that somebody begins: as long as the role and the console allow. */
export function sessionOf(
  role: StoredIdentity,
  issuer: string,
  { sessionName: name, claims }: Candidate,
  { services: { clock }, config }: Surroundings,
): Session & { readonly secretAccessKey: '' } {
  const { accountId, name: roleName, id: roleId } = role
  // Whole seconds, as STS has them.
  const issuedAt = Math.floor(clock.now().getTime() / 1000) * 1000
  const seconds = Math.min(config.hours * 3600, role.maxSessionDuration ?? 3600)
  const federation = federationOf(accountId, issuer, claims)
  const expiresAt = issuedAt + seconds * 1000
  return { accountId, roleName, roleId, name, secretAccessKey: '', issuedAt, expiresAt, federation, tags: [] }
}

/** Whether a session that was begun through a provider could begin now: the role still mapped to, and trusting. */
export async function isStillTrusted(
  request: Request,
  provider: string,
  { federation, name }: Session,
  roleArn: string,
  { services, config }: Surroundings,
): Promise<boolean> {
  const settings = Object.hasOwn(config.oidc, provider) ? config.oidc[provider] : undefined
  if (!federation || !settings?.roles.some(({ role }) => role === roleArn)) return false
  const asked: WebIdentity = { federation, sessionName: name, keys: keysOf(request, services, config.region) }
  return (await roleTrusting(services.storage, roleArn, asked)) !== undefined
}

function keysOf(request: Request, { clock }: Pick<Services, 'clock'>, region: string) {
  const { sourceIp } = request
  return anybodysKeys({ now: clock.now(), region, sourceIp, userAgent: request.header('user-agent') })
}
