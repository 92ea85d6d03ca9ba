import { AwsApiError } from '../../aws/api.ts'
import type { Signal } from '../../catalog/execution.ts'
import { type Engine, EngineError, type EngineProgress, type EngineRequest, type RequestSource } from '../engine.ts'
import { failureText } from './failures.ts'

export interface TimeLimit {
  readonly seconds: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The engine's own handle, and when its time is up (milliseconds since 1970). Plain JSON. */
interface Limited {
  readonly inner: unknown
  readonly deadline: number
}

/**
 * An engine whose work is given up, and told to stop, when it has gone on for too long. CloudFormation has limits of its
 * own, for each resource; an endpoint that says forever that it is at work would keep a product under change forever.
 */
export function limited(engine: Engine, { seconds, now }: TimeLimit): Engine {
  async function follow(progress: EngineProgress, deadline: number): Promise<EngineProgress> {
    if (progress.state !== 'running') return progress
    if (now() >= deadline) return givenUp(progress.handle, progress.progress?.at(-1))
    const handle: Limited = { inner: progress.handle, deadline }
    return { ...progress, handle, wakeAt: Math.min(progress.wakeAt ?? deadline, deadline) }
  }

  async function givenUp(handle: unknown, last = 'nothing'): Promise<EngineProgress> {
    const reason = `CloudFormation did not end within ${seconds} seconds (the last of it: ${last})`
    try {
      await engine.cancel(handle)
      return { state: 'failed', message: `${reason}, and was told to stop.` }
    } catch (error) {
      if (!(error instanceof AwsApiError || error instanceof EngineError)) throw error
      return { state: 'failed', message: `${reason}, and could not be told to stop: ${failureText(error)}` }
    }
  }

  const begin = async (start: (request: EngineRequest) => Promise<EngineProgress>, request: EngineRequest) =>
    follow(await start(request), now() + seconds * 1000)

  return {
    parameters: (artifact, product) => engine.parameters(artifact, product),
    ...(engine.snapshot && { snapshot: (artifact, product) => engine.snapshot!(artifact, product) }),
    start: request => begin(asked => engine.start(asked), request),
    async poll(handle, signals: readonly Signal[], request?: RequestSource) {
      const { inner, deadline } = unwrapped(handle)
      return follow(await engine.poll(inner, signals, request), deadline)
    },
    cancel: handle => engine.cancel(unwrapped(handle).inner),
    ...(engine.plan && { plan: request => begin(asked => engine.plan!(asked), request) }),
    ...(engine.discardPlan && { discardPlan: request => engine.discardPlan!(request) }),
    ...(engine.import && { import: request => engine.import!(request) }),
  }
}

/** Handles of a version that knew no limit are the engine's own. */
function unwrapped(handle: unknown): Limited {
  return typeof handle === 'object' && handle !== null && 'inner' in handle
    ? (handle as Limited)
    : { inner: handle, deadline: Number.POSITIVE_INFINITY }
}
