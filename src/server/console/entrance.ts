import type { ServiceModel } from '../../model/service-model.ts'
import { services as models, type ServiceName } from '../../model/services.ts'
import type { Services } from '../../operations/operation.ts'
import { AccessDeniedException, ExpiredTokenException, UnknownOperationException } from '../../protocol/errors.ts'
import { type Entrance, type Identified, principalOf, type Request } from '../pipeline.ts'
import type { Principals } from '../principals.ts'
import type { ConsoleConfig } from './config.ts'
import type { Provider } from './oidc/provider.ts'
import { isStillTrusted } from './oidc/roles.ts'
import { type ConsoleSession, hasToken, isFromOwnPage, sessionIn } from './session.ts'

/** What the console's parts work with. */
export interface ConsoleSurroundings {
  readonly services: Services
  readonly principals: Principals
  readonly config: ConsoleConfig
  /** The identity providers, by their names in the configuration. */
  readonly providers: ReadonlyMap<string, Provider>
}

/** Where the pages' calls go: /console/api/SERVICE/OPERATION, in JSON for every service. */
export const apiPath = '/console/api/'

/**
 * The console's way into the pipeline: a session in a cookie instead of a signature, and JSON whatever the service's own
 * protocol is. Who comes in here is judged like everybody else.
 */
export function consoleEntrance(surroundings: ConsoleSurroundings): Entrance {
  return {
    route({ head }) {
      const [service = '', operation = '', ...more] = head.path.slice(apiPath.length).split('/')
      const model = Object.hasOwn(jsonModels, service) ? jsonModels[service as ServiceName] : undefined
      if (!model || more.length > 0 || !Object.hasOwn(model.operations, operation)) {
        throw new UnknownOperationException(`The operation ${`${service}.${operation}`.slice(0, 200)} is not known.`)
      }
      return { service: service as ServiceName, model, operation }
    },
    async claim(request) {
      if (!isFromOwnPage(request)) throw new AccessDeniedException('The request does not come from the console.')
      const session = await openSession(request, surroundings)
      if (!hasToken(request, session)) throw new AccessDeniedException("The request lacks the session's token.")
      return identified(request, session, surroundings)
    },
  }
}

/** The session of a request, where it still counts. Throws ExpiredTokenException. */
export async function openSession(
  request: Request,
  { services: { secrets, storage, clock }, config }: ConsoleSurroundings,
): Promise<ConsoleSession> {
  const session = sessionIn(request, secrets)
  const now = clock.now().getTime()
  const counts =
    session !== undefined &&
    (config.accessKeys || session.oidc !== undefined) &&
    now < session.expiresAt &&
    now < session.seenAt + config.idleMinutes * 60_000 &&
    !(await storage.consoleSessions.isEnded(session.id))
  if (!session || !counts) throw new ExpiredTokenException('You are not signed in, or your session has ended.')
  return session
}

/** Who a session is of. */
export function identified(
  request: Request,
  { holder, oidc }: ConsoleSession,
  { services, principals, config }: ConsoleSurroundings,
): Identified {
  const trusted = async (provider: string, roleArn: string | undefined) =>
    roleArn !== undefined &&
    'roleName' in holder &&
    (await isStillTrusted(request, provider, holder, roleArn, { services, config }))
  return {
    holder,
    region: regionOf(request, config),
    async principal() {
      // A key that is taken away takes its sessions with it.
      const key = 'accessKeyId' in holder ? await services.storage.accessKeys.get(holder.accessKeyId) : undefined
      const isGone = 'accessKeyId' in holder && (key?.status !== 'Active' || key.userName !== holder.userName)
      const principal = isGone ? undefined : await principalOf(holder, principals)
      if (!principal) throw new ExpiredTokenException('The user, the key or the role of this session is gone.')
      if (oidc !== undefined && !(await trusted(oidc, principal.roleArn))) {
        throw new ExpiredTokenException('The role of this session no longer trusts the provider it was begun through.')
      }
      return principal
    },
  }
}

function regionOf(request: Request, config: ConsoleConfig): string {
  const asked = request.header('x-bellhop-region') ?? new URLSearchParams(request.head.query).get('region')
  return asked && /^[a-z0-9-]{1,32}$/.test(asked) ? asked : config.region
}

/** The services, spoken to in JSON. */
const jsonModels: Readonly<Record<ServiceName, ServiceModel>> = Object.fromEntries(
  Object.entries(models).map(([name, model]) => [
    name,
    { ...model, metadata: { ...model.metadata, protocol: 'json', jsonVersion: '1.1' } },
  ]),
) as Record<ServiceName, ServiceModel>
