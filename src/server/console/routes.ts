import type { Clock } from '../../worker/clock.ts'
import type { Entrance, Pipeline, PipelineOptions } from '../pipeline.ts'
import type { SideRoute } from '../routes.ts'
import type { ConsoleConfig } from './config.ts'
import { checkDocuments } from './document-check.ts'
import { apiPath, consoleEntrance } from './entrance.ts'
import { createEvents } from './events.ts'
import { keepAwake } from './keep-awake.ts'
import { createPages } from './pages.ts'
import { sessionHandlers } from './sign-in.ts'

interface Options extends Pick<PipelineOptions, 'services' | 'principals' | 'ids' | 'report'> {
  readonly pipeline: Pipeline
  readonly config: ConsoleConfig
  readonly clock: Clock
  /** Takes artifacts from whoever a request is claimed to come from. */
  readonly uploadBy: (claim: Entrance['claim']) => SideRoute['answer']
}

/** The console: its pages, its sessions, and its way to the API. */
export function consoleRoutes(options: Options): SideRoute[] {
  if (!options.config.enabled) return []
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
    { method: 'POST', path: '/console/session', answer: session.POST },
    { method: 'GET', path: '/console/session', answer: session.GET },
    { method: 'DELETE', path: '/console/session', answer: session.DELETE },
    { method: 'GET', path: '/', answer: pages },
    { method: 'GET', path: '/assets/*', answer: pages },
    { method: 'GET', path: '/favicon.svg', answer: pages },
  ]
}
