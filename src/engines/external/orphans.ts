import { orphanToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { Engine, EngineProgress, EngineRequest } from '../engine.ts'
import { failed } from './result.ts'

/** A provision that is watched: the engine's own handle, and what to send should it fail. Plain JSON. */
interface Watched {
  readonly inner: unknown
  /** The termination that would follow; it holds no parameters. Absent: nothing follows, and the handle is the engine's. */
  readonly removal?: EngineRequest
  /** Why the provision failed: the removal is under way. */
  readonly reason?: string
}

/**
 * An engine whose failed provisions are followed by a termination: what a provision that failed, timed out or was lost may
 * have left is found by nobody otherwise (the Open Service Broker API calls this orphan mitigation). The record fails with
 * the provision's reason either way, and says what came of the removal.
 */
export function removingOrphans(engine: Engine, applies: (engineName: string | undefined) => boolean): Engine {
  async function follow(progress: EngineProgress, watched: Omit<Watched, 'inner'>): Promise<EngineProgress> {
    const { removal, reason } = watched
    if (progress.state === 'running') {
      if (removal === undefined) return progress
      const handle: Watched = { ...watched, inner: progress.handle }
      return { ...progress, handle }
    }
    if (reason !== undefined) {
      return progress.state === 'succeeded'
        ? failed(`${reason}. What it may have made was removed again.`, true)
        : failed(`${reason}. What it may have made could not be removed either: ${progress.message}`, false)
    }
    if (progress.state === 'succeeded' || progress.remediated || removal === undefined) return progress
    return follow(await engine.start(removal), { removal, reason: progress.message })
  }
  return {
    parameters: (artifact, product) => engine.parameters(artifact, product),
    async start(request) {
      const removal = request.work === 'provision' && applies(request.engineName) ? removalOf(request) : undefined
      return follow(await engine.start(request), { ...(removal && { removal }) })
    },
    async poll(handle, signals: readonly Signal[]) {
      const { inner, ...watched } = unwrapped(handle)
      return follow(await engine.poll(inner, signals), watched)
    },
    cancel: handle => engine.cancel(unwrapped(handle).inner),
    forget: async handle => engine.forget?.(unwrapped(handle).inner),
  }
}

function unwrapped(handle: unknown): Watched {
  return typeof handle === 'object' && handle !== null && 'inner' in handle ? (handle as Watched) : { inner: handle }
}

function removalOf(request: EngineRequest): EngineRequest {
  const { previousOutputs: _, ...rest } = request
  return { ...rest, work: 'terminate', token: orphanToken(request.token), parameters: {}, tags: [] }
}
