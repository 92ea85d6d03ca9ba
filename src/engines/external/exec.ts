import { chownSync, existsSync, mkdirSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { isAlive, type ProcessIdentity, readExitCode, readIdentity, startDetached } from '../../processes/detached.ts'
import { FileRefused } from '../../processes/files.ts'
import type { ProcessUser } from '../../processes/user.ts'
import { ArtifactError, type EngineArtifact, type EngineProgress, type EngineRequest } from '../engine.ts'
import { JobFolder, oldJobs } from '../jobs/folder.ts'
import { closedToUser, endJob, jobHasEnded, lookAtJob, type Manners, searchPath, stopText } from '../jobs/supervise.ts'
import type { ExecEngineConfig } from './config.ts'
import { operationMessage, ownMembers, parserMessage } from './message.ts'
import { readParameters, readProgress } from './outputs.ts'
import { failed } from './result.ts'
import type { NamedEngine, Transport, TransportHandle } from './transport.ts'

export interface ExecOptions {
  readonly configDirectory: string
  readonly jobsDirectory: string
  readonly stateDirectory: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly uuid: () => string
  /** Told a request's token when its process ends, while this server is the one that started it. */
  readonly onExit?: (token: string) => void
  readonly warn: (text: string) => void
  /** Whom engines run as; undefined: the server's own user. */
  readonly user?: ProcessUser
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMilliseconds?: number
  /** Milliseconds that a parse may take. */
  readonly parseMilliseconds?: number
}

export interface ExecHandle extends TransportHandle {
  readonly transport: 'exec'
  readonly engine: string
  readonly token: string
  readonly process: ProcessIdentity
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly timeoutSeconds: number
}

const defaultGrace = 5_000
const defaultParseTime = 30_000
const parsesAtOnce = 4

/**
 * EXTERNAL engines that are executables on this machine. A piece of work is one process in a job folder; everything that
 * is known about it is in that folder and in the handle, so that another server process can go on with it.
 *
 * Starting twice with one token runs the engine once, wherever the server died in between:
 * - before the process claimed the folder (processes/detached.ts): nothing has run; the next start runs it;
 * - after that: the claim names the process; the next start finds it, and runs nothing;
 * - in between, a wrapper may be on its way while the next start sends another: the claim goes to one of them.
 * What this cannot know is whether an engine whose machine went down had finished its work; such a job is reported as
 * lost, and not run again.
 */
export class ExecTransport implements Transport<ExecEngineConfig, ExecHandle> {
  readonly #options: ExecOptions
  readonly #manners: Manners
  readonly #parses = new Map<string, Promise<readonly ProvisioningArtifactParameter[]>>()
  readonly #parseSlots = new Slots(parsesAtOnce)
  readonly #users = new Map<string, ProcessUser | undefined>()
  readonly #oldJobs: ReturnType<typeof oldJobs>

  constructor(options: ExecOptions) {
    this.#options = options
    this.#oldJobs = oldJobs(options.jobsDirectory, options.now, options.warn)
    this.#manners = { signal: 'SIGTERM', grace: options.graceMilliseconds ?? defaultGrace }
  }

  async start(
    { name: engine, config }: NamedEngine<ExecEngineConfig>,
    request: EngineRequest,
  ): Promise<EngineProgress> {
    this.#oldJobs.removeNowAndThen()
    const { now, jobsDirectory } = this.#options
    const folder = new JobFolder(jobsDirectory, request.token)
    let started: { readonly startedAt: number }
    let identity: ProcessIdentity | undefined
    try {
      const user = this.#userOf(engine, config)
      started = folder.create(now(), user)
      identity = readIdentity(folder.work)
      if (!identity) {
        const body = { ...operationMessage(request), 'x-bellhop': this.#ownMembers(engine, request) }
        folder.writeRequest(body, user)
        const onExit = () => this.#options.onExit?.(request.token)
        identity = await this.#spawn(engine, config, folder, request.work, user, onExit)
      }
    } catch (error) {
      return failed(`Engine ${engine} could not be started: ${(error as Error).message}`)
    }
    const { token } = request
    const { timeoutSeconds } = config
    return this.poll({ transport: 'exec', engine, token, process: identity, ...started, timeoutSeconds })
  }

  async poll(handle: ExecHandle): Promise<EngineProgress> {
    const folder = new JobFolder(this.#options.jobsDirectory, handle.token)
    const progress = this.#look(handle, folder)
    if (progress.state !== 'running') folder.writeReported(this.#options.now())
    return progress
  }

  /** Resolves when the process is gone: SIGTERM to its group, and SIGKILL after the grace time. */
  async cancel(handle: ExecHandle): Promise<void> {
    const folder = new JobFolder(this.#options.jobsDirectory, handle.token)
    if (!folder.exists() || jobHasEnded(handle.process, folder)) return
    folder.writeStop({ reason: 'cancelled', at: this.#options.now() })
    await endJob(handle.process, folder, this.#manners)
    folder.writeReported(this.#options.now())
  }

  async forget(handle: ExecHandle): Promise<void> {
    await new JobFolder(this.#options.jobsDirectory, handle.token).remove()
  }

  /** Throws ArtifactError. Equal questions at the same time share one process, and only a few run at once. */
  parameters(
    { name: engine, config }: NamedEngine<ExecEngineConfig>,
    artifact: EngineArtifact,
    launchRoleArn: string | undefined,
  ): Promise<readonly ProvisioningArtifactParameter[]> {
    const request = parserMessage(artifact, launchRoleArn)
    const key = JSON.stringify([engine, request])
    const running = this.#parses.get(key)
    if (running) return running
    const parse = this.#parseSlots
      .run(() => this.#parse(engine, config, request))
      .finally(() => this.#parses.delete(key))
    this.#parses.set(key, parse)
    return parse
  }

  async #parse(engine: string, config: ExecEngineConfig, request: unknown) {
    const folder = new JobFolder(this.#options.jobsDirectory, `parse-${this.#options.uuid()}`)
    try {
      const user = this.#userOf(engine, config)
      folder.create(this.#options.now(), user)
      folder.writeRequest(request, user)
      const exit = Promise.withResolvers<void>()
      const process = await this.#spawn(engine, config, folder, 'parse', user, exit.resolve)
      const limit = this.#options.parseMilliseconds ?? defaultParseTime
      const timer = setTimeout(exit.resolve, limit)
      await exit.promise
      clearTimeout(timer)
      const exitCode = readExitCode(folder.work)
      if (exitCode === undefined) {
        const late = isAlive(process)
        await endJob(process, folder, this.#manners)
        throw new Error(`Engine ${engine} ${late ? `did not end within ${limit / 1000} seconds` : 'disappeared'}`)
      }
      const result = readParameters({ engine, directory: folder.work, exitCode })
      if ('message' in result) throw new Error(result.message)
      return result
    } catch (error) {
      // AWS's words for what a parser reports.
      const { message: reason } = error as Error
      throw new ArtifactError(`Error occurred during parameter parsing: ${reason}`, { cause: error })
    } finally {
      await folder.remove()
    }
  }

  #look(handle: ExecHandle, folder: JobFolder): EngineProgress {
    const { engine, timeoutSeconds } = handle
    if (!folder.exists()) return failed(`Engine ${engine} was lost: its job folder is gone`)
    try {
      const job = lookAtJob(handle, folder, this.#manners, this.#options.now())
      if (!job.ended) return { state: 'running', handle, wakeAt: job.wakeAt }
      const { exitCode, stop } = job
      // What the engine finished although it was told to stop is finished.
      if (exitCode !== 0 && stop) return failed(`Engine ${engine} ${stopText(stop, timeoutSeconds)}`)
      if (exitCode !== undefined) return readProgress({ engine, directory: folder.work, exitCode })
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error
      return failed(`Engine ${engine} failed: a file of its job folder ${error.message}`)
    }
    return failed(
      `Engine ${engine} was lost: its process disappeared without an exit code (it was killed, or the machine restarted)`,
    )
  }

  #spawn(
    engine: string,
    config: ExecEngineConfig,
    folder: JobFolder,
    operation: string,
    user: ProcessUser | undefined,
    onExit: () => void,
  ): Promise<ProcessIdentity> {
    const state = this.#stateFolder(engine)
    mkdirSync(state, { recursive: true, mode: 0o700 })
    if (user) chownSync(state, user.uid, user.gid)
    const [command, ...args] = this.#command(config)
    return startDetached({
      command: command!,
      args: [...args, operation],
      directory: folder.work,
      env: {
        PATH: searchPath(),
        HOME: state,
        ...config.environment,
        ENGINE_REQUEST: join(folder.work, 'request.json'),
        ENGINE_JOB_DIR: folder.work,
        ENGINE_STATE_DIR: state,
      },
      user,
      onExit,
    })
  }

  #command({ command }: ExecEngineConfig): string[] {
    const [program, ...args] = command.map(part =>
      /^\.\.?\//.test(part) ? resolve(this.#options.configDirectory, part) : part,
    )
    return [program === 'node' ? process.execPath : program!, ...args]
  }

  #ownMembers(engine: string, request: EngineRequest): Record<string, unknown> {
    return { ...ownMembers(request), engine, stateDirectory: this.#stateFolder(engine) }
  }

  #stateFolder(engine: string): string {
    return join(this.#options.stateDirectory, engine)
  }

  /** Whom this engine runs as: the other user where that one can reach everything, else the server's own, said once. */
  #userOf(engine: string, config: ExecEngineConfig): ProcessUser | undefined {
    const { user, jobsDirectory, stateDirectory, warn } = this.#options
    if (!user) return undefined
    if (this.#users.has(engine)) return this.#users.get(engine)
    const [program, ...args] = this.#command(config)
    const path = config.environment['PATH'] ?? searchPath()
    const files = args.filter(arg => isAbsolute(arg) && existsSync(arg))
    const closed = closedToUser(user, program!, path, files, [jobsDirectory, stateDirectory])
    if (closed) {
      warn(`Engine ${engine} runs as the server's own user, since user ${user.uid} cannot reach ${closed}.`)
    }
    const chosen = closed ? undefined : user
    this.#users.set(engine, chosen)
    return chosen
  }
}

/** Runs so many things at once; the others wait for their turn. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
