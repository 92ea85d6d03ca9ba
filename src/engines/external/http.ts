import type { Signal } from '../../catalog/execution.ts'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { ArtifactError, type EngineArtifact, type EngineProgress, type EngineRequest } from '../engine.ts'
import type { HttpEngineConfig } from './config.ts'
import { type Answered, exchange } from './http-exchange.ts'
import { operationMessage, ownMembers, parserMessage } from './message.ts'
import { type NotifiedWork, notified } from './notified.ts'
import { failed, message, parametersOf, progressOf, reportedFailure } from './result.ts'
import type { NamedEngine, Transport, TransportHandle } from './transport.ts'

export interface HttpOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface HttpHandle extends TransportHandle, NotifiedWork {
  readonly transport: 'http'
  readonly engine: string
  readonly work: EngineRequest['work']
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** The request, until the engine has taken it. */
  readonly unsent?: { readonly body: string; readonly tries: number }
  /** Why the last request got no usable answer. */
  readonly trouble?: string
  /** Where to ask after the work; absent: the engine will notify. */
  readonly statusUrl?: string
}

type Engine = NamedEngine<HttpEngineConfig>

/** Milliseconds. */
const answerTime = 30_000
const firstPause = 1_000
const longestPause = 60_000

/**
 * EXTERNAL engines behind an HTTP endpoint of their own. Work is posted, signed, with its token as Idempotency-Key, and
 * posted again until it is taken. 200 carries the result; 202 says that the work is under way: the result is found at the
 * answer's Location, or told by a Notify operation.
 */
export class HttpTransport implements Transport<HttpEngineConfig, HttpHandle> {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  async parameters(
    engine: Engine,
    artifact: EngineArtifact,
    launchRoleArn: string | undefined,
  ): Promise<readonly ProvisioningArtifactParameter[] | undefined> {
    if (!engine.config.parser) return undefined
    const answer = await this.#send(engine, 'POST', engine.config.url, {
      body: JSON.stringify(parserMessage(artifact, launchRoleArn)),
      headers: { 'x-bellhop-operation': 'parse' },
    })
    const problem = (reason: string) =>
      // AWS's words for what a parser reports.
      new ArtifactError(message(`Error occurred during parameter parsing: Engine ${engine.name} ${reason}`))
    if ('unreachable' in answer) throw problem(`could not be reached: ${answer.unreachable}`)
    const failure = reportedFailure(answer.body)
    if (failure) throw problem(`failed: ${failure.message}`)
    if (answer.status !== 200) throw problem(`answered with HTTP status ${answer.status}`)
    const parameters = answer.problem === undefined ? parametersOf(answer.body) : { problem: answer.problem }
    if ('problem' in parameters) throw problem(`answered, but its answer ${parameters.problem}`)
    return parameters
  }

  async start(engine: Engine, request: EngineRequest): Promise<EngineProgress> {
    const { work, token, recordId } = request
    const body = JSON.stringify({
      ...operationMessage(request),
      'x-bellhop': { ...ownMembers(request), engine: engine.name },
    })
    return this.#post(engine, {
      transport: 'http',
      engine: engine.name,
      work,
      token,
      recordId,
      deadline: this.#options.now() + engine.config.timeoutSeconds * 1000,
      unsent: { body, tries: 0 },
    })
  }

  async poll(handle: HttpHandle, signals: readonly Signal[], engine: Engine | undefined): Promise<EngineProgress> {
    const told = notified(handle, signals)
    if (told) return told
    if (!engine) return failed(`Engine ${handle.engine} is no longer in the configuration`)
    if (this.#options.now() >= handle.deadline) {
      await this.cancel(handle, engine)
      const trouble = handle.trouble ? `: it ${handle.trouble}` : ''
      return failed(`Engine ${engine.name} did not end within ${engine.config.timeoutSeconds} seconds${trouble}`)
    }
    if (handle.unsent) return this.#post(engine, handle)
    return handle.statusUrl === undefined ? this.#later(handle) : this.#ask(engine, handle, handle.statusUrl)
  }

  async cancel(handle: HttpHandle, engine: Engine | undefined): Promise<void> {
    if (engine && handle.statusUrl !== undefined) await this.#send(engine, 'DELETE', handle.statusUrl)
  }

  async #post(engine: Engine, handle: HttpHandle): Promise<EngineProgress> {
    const { body, tries } = handle.unsent!
    const headers = { 'x-bellhop-operation': handle.work, 'idempotency-key': handle.token }
    const answer = await this.#send(engine, 'POST', engine.config.url, { body, headers })
    const trouble = passing(answer)
    if (trouble !== undefined) {
      // Nobody knows whether the engine has it: the same request again, until the time is up.
      const pause = retryAfter(answer) ?? Math.min(firstPause * 2 ** tries, longestPause)
      return this.#later({ ...handle, unsent: { body, tries: tries + 1 }, trouble }, pause)
    }
    if ('unreachable' in answer || answer.status !== 202) return outcome(engine, answer)
    const { unsent: _, trouble: __, ...taken } = handle
    if (answer.location === undefined) {
      // The API has no Notify operation for an action.
      return handle.work === 'action'
        ? failed(`Engine ${engine.name} took the action, but did not say where to ask after it (Location)`)
        : this.#later(taken)
    }
    const statusUrl = URL.parse(answer.location, engine.config.url)
    // What the engine says must not make us call somebody else with its key.
    if (statusUrl?.origin !== new URL(engine.config.url).origin) {
      return failed(`Engine ${engine.name} answered with a Location that is not its own`)
    }
    return this.#later({ ...taken, statusUrl: statusUrl.href }, this.#interval(engine, answer))
  }

  async #ask(engine: Engine, handle: HttpHandle, statusUrl: string): Promise<EngineProgress> {
    const answer = await this.#send(engine, 'GET', statusUrl)
    const { trouble: _, ...known } = handle
    const trouble = passing(answer)
    if (trouble !== undefined) return this.#later({ ...known, trouble }, this.#interval(engine, answer))
    if ('unreachable' in answer || answer.status !== 202) return outcome(engine, answer)
    return this.#later(known, this.#interval(engine, answer))
  }

  /** Milliseconds until the next look. */
  #interval(engine: Engine, answer: Answered): number {
    return retryAfter(answer) ?? engine.config.pollSeconds * 1000
  }

  #later(handle: HttpHandle, pause = Number.POSITIVE_INFINITY): EngineProgress {
    return { state: 'running', handle, wakeAt: Math.min(this.#options.now() + pause, handle.deadline) }
  }

  async #send(
    { config }: Engine,
    method: 'POST' | 'GET' | 'DELETE',
    url: string,
    more: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answered> {
    const key = this.#options.env[config.secretEnv]
    if (!key) return { unreachable: `the environment variable ${config.secretEnv} holds no key to sign with` }
    return exchange({ ...more, method, url, key, now: this.#options.now(), timeout: answerTime })
  }
}

/** Milliseconds, at least a second. */
function retryAfter(answer: Answered): number | undefined {
  if ('unreachable' in answer || answer.retryAfter === undefined) return undefined
  return Math.max(answer.retryAfter, 1) * 1000
}

/** What may be better the next time: no answer, too many requests, a fault of the engine's server. */
function passing(answer: Answered): string | undefined {
  if ('unreachable' in answer) return `could not be reached: ${answer.unreachable}`
  const { status } = answer
  return status >= 500 || status === 408 || status === 429 ? `answered with HTTP status ${status}` : undefined
}

/** What an answer that is final says. */
function outcome(engine: Engine, answer: Answered): EngineProgress {
  if ('unreachable' in answer) return failed(`Engine ${engine.name} could not be reached: ${answer.unreachable}`)
  const failure = reportedFailure(answer.body)
  if (failure) return failed(`Engine ${engine.name} failed: ${failure.message}`, failure.remediated)
  if (answer.status !== 200) return failed(`Engine ${engine.name} answered with HTTP status ${answer.status}`)
  const progress = answer.problem === undefined ? progressOf(answer.body) : { problem: answer.problem }
  return 'problem' in progress
    ? failed(`Engine ${engine.name} ended well, but its answer ${progress.problem}`)
    : progress
}
