import type { Clock } from '../../worker/clock.ts'
import type { Entrance, Pipeline, PipelineOptions } from '../pipeline.ts'
import type { SideRoute } from '../routes.ts'
import type { ConsoleConfig } from './config.ts'
import { checkDocuments } from './document-check.ts'
import { apiPath, consoleEntrance } from './entrance.ts'
import { createEvents } from './events.ts'
import { keepAwake } from './keep-awake.ts'
import { outboundFetch } from './oidc/fetch.ts'
import { type OidcSurroundings, oidcPath } from './oidc/handlers.ts'
import { createProvider } from './oidc/provider.ts'
import { createPages } from './pages.ts'
import { sessionHandlers } from './sign-in.ts'

interface Options
  extends Pick<PipelineOptions, 'services' | 'principals' | 'ids' | 'report'>,
    Pick<OidcSurroundings, 'log'>,
    Pick<Parameters<typeof createProvider>[2], 'env' | 'configDirectory'> {
  readonly pipeline: Pipeline
  readonly config: ConsoleConfig
  readonly clock: Clock
  /** The address that the server listens on. */
  readonly url: () => string
  readonly allowedHosts: ReadonlySet<string>
  /** Takes artifacts from whoever a request is claimed to come from. */
  readonly uploadBy: (claim: Entrance['claim']) => SideRoute['answer']
}

/** The console: its pages, its sessions, and its way to the API. */
export function consoleRoutes(given: Options): SideRoute[] {
  const { config, clock, url, allowedHosts } = given
  if (!config.enabled) return []
  const surroundings = { ...given, fetch: outboundFetch(allowedHosts), now: () => clock.now().getTime() }
  const providers = new Map(
    Object.entries(config.oidc).map(([id, settings]) => [id, createProvider(id, settings, surroundings)]),
  )
  const options = { ...given, providers, publicUrl: () => config.url ?? url() }
  const report = (message: string, error: unknown) => options.report(message, error, '')
  const session = sessionHandlers({ ...options, report })
  const pages = createPages()
  const events = createEvents({ ...options, report })
  const entrance = consoleEntrance(options)
  return [
    { method: 'POST', path: `${apiPath}*`, answer: keepAwake(options.pipeline.through(entrance), options) },
    { method: 'PUT', path: '/console/artifacts', answer: options.uploadBy(entrance.claim) },
    { method: 'POST', path: '/console/document-check', answer: checkDocuments({ ...options, claim: entrance.claim }) },
    { method: 'GET', path: '/console/events', answer: events },
    { method: 'POST', path: '/console/session', answer: session.signIn },
    { method: 'GET', path: '/console/session', answer: session.whoIs },
    { method: 'DELETE', path: '/console/session', answer: session.signOut },
    { method: 'POST', path: `${oidcPath}*`, answer: session.beginLogin },
    { method: 'GET', path: `${oidcPath}*`, answer: session.completeLogin },
    { method: 'POST', path: '/console/role', answer: session.chooseRole },
    { method: 'DELETE', path: '/console/role', answer: session.forgetChoice },
    { method: 'GET', path: '/', answer: pages },
    { method: 'GET', path: '/assets/*', answer: pages },
    { method: 'GET', path: '/favicon.svg', answer: pages },
  ]
}
