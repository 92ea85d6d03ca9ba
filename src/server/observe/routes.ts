import type { Storage } from '../../storage/storage.ts'
import { plainText, type SideRoute } from '../routes.ts'
import type { Metrics } from './metrics.ts'

interface Surroundings {
  readonly storage: Storage
  readonly isReady: () => boolean
  /** Absent: /metrics is not answered. */
  readonly metrics: Metrics | undefined
}

/** Milliseconds that the database has to answer. */
const patience = 2_000

/** /readyz: whether requests can be answered now, which needs the database. /metrics: what Prometheus reads. */
export function observationRoutes({ storage, isReady, metrics }: Surroundings): readonly SideRoute[] {
  const readyz: SideRoute = {
    method: 'GET',
    path: '/readyz',
    async answer() {
      if (!isReady()) return plainText(503, 'starting or stopping\n')
      // Any look-up by a key will do: what counts is that the database answers.
      const reached = storage.executions.get('readyz').then(
        () => true,
        () => false,
      )
      const late = new Promise<false>(resolve => setTimeout(() => resolve(false), patience).unref())
      return (await Promise.race([reached, late])) ? plainText(200, 'ok\n') : plainText(503, 'no database\n')
    },
  }
  if (!metrics) return [readyz]
  const answer = async () => plainText(200, await metrics.text(), metrics.contentType)
  return [readyz, { method: 'GET', path: '/metrics', answer }]
}
