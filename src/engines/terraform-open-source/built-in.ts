import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { ProductResource } from '../../catalog/entities.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'
import { type ProcessIdentity, readIdentity, startDetached } from '../../processes/detached.ts'
import { FileRefused, readUntrusted, readUntrustedEnd } from '../../processes/files.ts'
import type { ProcessUser } from '../../processes/user.ts'
import type { ArtifactSource } from '../artifacts.ts'
import type { EngineProgress, EngineRequest } from '../engine.ts'
import { failed } from '../external/result.ts'
import type { NamedEngine } from '../external/transport.ts'
import { JobFolder, oldJobs } from '../jobs/folder.ts'
import {
  closedToUser,
  endJob,
  type Job,
  jobHasEnded,
  lookAtJob,
  type Manners,
  onPath,
  searchPath,
  stopText,
} from '../jobs/supervise.ts'
import type { ArchiveFile } from '../terraform/archive.ts'
import { CommandError, type Task, taskFor } from '../terraform/command.ts'
import type { ModuleRunner } from '../terraform/engine.ts'
import type { HclParser } from '../terraform/hcl.ts'
import { ModuleError, readModule, sensitiveValues, type TerraformModule, variableValues } from '../terraform/module.ts'
import { awsProviders, httpBackend, overrideFile, overrides, resourceTags } from '../terraform/overrides.ts'
import { redact } from '../terraform/redact.ts'
import { isModuleProblem, requestedFiles } from '../terraform/source.ts'
import {
  isEmpty,
  parseState,
  StateError,
  sensitiveOutputs,
  stateOutputs,
  stateResources,
  type TerraformState,
} from '../terraform/state-file.ts'
import { readUiLog, resourceChanges, type UiLog } from '../terraform/ui-log.ts'
import { type Command, commandFor } from './command.ts'
import type { BuiltInConfig } from './config.ts'
import type { StateRun, TerraformStates } from './states.ts'

export interface BuiltInOptions {
  readonly artifacts: ArtifactSource
  readonly states: TerraformStates
  readonly hcl: HclParser
  readonly configDirectory: string
  readonly jobsDirectory: string
  readonly stateDirectory: string
  /** The server's environment: AWS's settings in it are the runs' too. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly onExit?: ((token: string) => void) | undefined
  readonly warn: (text: string) => void
  /** Whom Terraform runs as; undefined: the server's own user. */
  readonly user?: ProcessUser | undefined
}

export interface BuiltInHandle extends Job {
  readonly transport: 'built-in'
  readonly engine: string
  readonly stopSeconds: number
  readonly run: StateRun
  /** As commandFor words it. */
  readonly what: string
  readonly isPlan: boolean
  readonly isAction: boolean
  readonly isTerminate: boolean
}

/** What a run's end is read with, kept where the run itself cannot read it: some of it is secret. */
interface RunNote {
  readonly secrets: readonly string[]
  readonly outputDescriptions: Readonly<Record<string, string>>
  /** Of an action that changed variables: the product's parameters from then on. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** How a run's process ended. */
interface RunEnd {
  readonly exitCode: number | undefined
  /** Whether the state was found where the run left it. */
  readonly stateTaken: boolean
  /** In words, when it was made to end. */
  readonly stopped: string | undefined
}

type Engine = NamedEngine<BuiltInConfig>

/** Lines of progress that are shown. */
const mostLines = 20
const largestState = 64 * 1024 * 1024
/** Bytes of what a run has printed: as much as is looked at while it runs, and all of it. */
const lookBytes = 64 * 1024
const mostKept = 65 * 1024 * 1024
const moduleFolder = 'module'
const valuesFile = 'values.tfvars.json'
/** Where Terraform leaves a state that it could not send. */
const leftState = 'errored.tfstate'
/** What Terraform says when all it could not do was to hand over the state, which is found where it left it. */
const onlyTheState = new Set([
  'Failed to save state',
  'Failed to persist state to backend',
  'Error releasing the state lock',
])

/**
 * Runs `init`, and then what is asked, in the module's folder. What `init` says is a failure's reason or nothing; the
 * rest is Terraform's own: it takes the shell's place, so that signals and exit codes are its.
 */
const script = `
terraform=$1
shift
cd ${moduleFolder} || exit 1
"$terraform" init -input=false -no-color -reconfigure > ../init.log 2>&1
code=$?
if [ "$code" != 0 ]; then
  cat ../init.log >&2
  exit "$code"
fi
exec "$terraform" "$@"
`

/**
 * Runs Terraform or OpenTofu on this machine: one process for each piece of work, in a job folder, as exec engines have it
 * (external/exec.ts), so that a server that was killed finds it again. The state is Bellhop's own (states.ts): a run reaches
 * it over HTTP, and what a run could not send while no server was there is taken from where Terraform left it.
 */
export class BuiltInRunner implements ModuleRunner<BuiltInConfig, BuiltInHandle> {
  readonly #options: BuiltInOptions
  readonly #users = new Map<string, ProcessUser | undefined>()
  readonly #oldJobs: ReturnType<typeof oldJobs>

  constructor(options: BuiltInOptions) {
    this.#options = options
    this.#oldJobs = oldJobs(options.jobsDirectory, options.now, options.warn)
  }

  async start(engine: Engine, request: EngineRequest): Promise<EngineProgress> {
    let task: Task
    try {
      task = taskFor(request)
    } catch (error) {
      if (error instanceof CommandError) return failed(`Terraform (engine ${engine.name}): ${error.message}`)
      throw error
    }
    return task.kind === 'state' ? this.#stateAction(request) : this.#start(engine, request, commandFor(task))
  }

  plan(engine: Engine, request: EngineRequest): Promise<EngineProgress> {
    return this.#start(engine, request, commandFor({ kind: 'plan' }))
  }

  async poll(handle: BuiltInHandle): Promise<EngineProgress> {
    const folder = new JobFolder(this.#options.jobsDirectory, handle.token)
    if (!folder.exists()) return this.#lost(handle, 'its job folder is gone')
    const note = (folder.readNote('run') ?? { secrets: [], outputDescriptions: {} }) as RunNote
    try {
      const job = lookAtJob(handle, folder, manners(handle), this.#options.now())
      if (!job.ended) {
        await this.#options.states.renew(handle.run)
        const lines = readEvents(folder, lookBytes).lines.slice(-mostLines)
        const progress = lines.map(line => redact(line, note.secrets))
        return { state: 'running', handle, wakeAt: job.wakeAt, ...(progress.length > 0 ? { progress } : {}) }
      }
      const stateTaken = await this.#takeLeftState(handle, folder)
      const stopped = job.stop && stopText(job.stop, handle.timeoutSeconds)
      const ended = await this.#ended(handle, folder, note, { exitCode: job.exitCode, stateTaken, stopped })
      await this.#options.states.end(handle.run)
      this.#clear(folder, note.secrets)
      return ended
    } catch (error) {
      if (!(error instanceof FileRefused) && !(error instanceof StateError)) throw error
      await this.#options.states.end(handle.run)
      return failed(`Terraform (engine ${handle.engine}) failed: ${error.message}`)
    }
  }

  /**
   * Resolves when the run is gone. Terraform ends what it has in hand, writes the state and gives back the lock; the product
   * is then as the state says.
   */
  async cancel(handle: BuiltInHandle): Promise<void> {
    const folder = new JobFolder(this.#options.jobsDirectory, handle.token)
    if (!folder.exists()) return
    if (!jobHasEnded(handle.process, folder)) {
      folder.writeStop({ reason: 'cancelled', at: this.#options.now() })
      await endJob(handle.process, folder, manners(handle))
    }
    await this.#takeLeftState(handle, folder)
    await this.#options.states.end(handle.run)
    this.#clear(folder, (folder.readNote('run') as RunNote | undefined)?.secrets ?? [])
  }

  async forget(handle: BuiltInHandle): Promise<void> {
    await new JobFolder(this.#options.jobsDirectory, handle.token).remove()
  }

  async #start({ name, config }: Engine, request: EngineRequest, command: Command): Promise<EngineProgress> {
    this.#oldJobs.removeNowAndThen()
    const { states, now, jobsDirectory } = this.#options
    const { token, work } = request
    const run = runOf(request)
    const folder = new JobFolder(jobsDirectory, token)
    let process: ProcessIdentity | undefined
    let started: { readonly startedAt: number }
    try {
      const user = this.#userOf(name, config)
      started = folder.create(now(), user)
      process = readIdentity(folder.work)
      if (!process) {
        const isTerminate = work === 'terminate' && !command.isPlan
        if (isTerminate && (await this.#nothingLeft(run))) {
          await folder.remove()
          return { state: 'succeeded', outputs: [], resources: [] }
        }
        const binary = this.#binary(config)
        const files = await requestedFiles(this.#options.artifacts, request)
        const module = await readModule(files, this.#options.hcl)
        const parameters = { ...request.parameters, ...command.variables }
        const note: RunNote = {
          secrets: sensitiveValues(module, parameters),
          outputDescriptions: module.outputDescriptions,
          ...(Object.keys(command.variables).length > 0
            ? { parameters: this.#changed(module, parameters, command) }
            : {}),
        }
        folder.writeNote('run', note)
        const access = await states.begin(run)
        const aws = awsProviders(module, {
          region: request.region,
          launchRoleArn: request.launchRoleArn,
          sessionName: request.provisionedProductId,
          tags: resourceTags(request),
        })
        const written: ArchiveFile[] = [
          ...files,
          {
            path: overrideFile,
            contents: Buffer.from(overrides(httpBackend(access.address), aws)),
            isExecutable: false,
          },
          {
            path: valuesFile,
            contents: Buffer.from(JSON.stringify(variableValues(module, parameters))),
            isExecutable: false,
          },
        ]
        writeFiles(join(folder.work, moduleFolder), written, user)
        process = await startDetached({
          command: '/bin/sh',
          args: ['-c', script, 'terraform', binary, ...command.args, `-var-file=${valuesFile}`],
          directory: folder.work,
          env: this.#environment(name, config, request, access, user),
          user,
          onExit: () => this.#options.onExit?.(token),
        })
      }
    } catch (error) {
      if (isExpected(error)) {
        await states.end(run)
        // Nothing has run, and there may be secrets in it.
        await folder.remove()
        return failed(`Terraform (engine ${name}) could not ${command.what} the module: ${(error as Error).message}`)
      }
      throw error
    }
    return this.poll({
      transport: 'built-in',
      engine: name,
      token,
      process,
      ...started,
      timeoutSeconds: config.timeoutSeconds,
      stopSeconds: config.stopSeconds,
      run,
      what: command.what,
      isPlan: command.isPlan,
      isAction: work === 'action',
      isTerminate: work === 'terminate',
    })
  }

  /** The parameters that the product has after an action has given it other values; only the module's own. */
  #changed(module: TerraformModule, parameters: Readonly<Record<string, string>>, { variables }: Command) {
    const known = new Set(module.variables.map(variable => variable.name))
    const strange = Object.keys(variables).filter(name => !known.has(name))
    if (strange.length > 0) throw new ModuleError(`it has no variable ${strange.join(', ')}`)
    return parameters
  }

  async #nothingLeft({ scope, provisionedProductId }: StateRun): Promise<boolean> {
    const text = await this.#options.states.read(scope, provisionedProductId)
    if (text !== undefined && !isEmpty(parseState(text))) return false
    await this.#options.states.remove(scope, provisionedProductId)
    return true
  }

  async #ended(
    handle: BuiltInHandle,
    folder: JobFolder,
    note: RunNote,
    { exitCode, stateTaken, stopped }: RunEnd,
  ): Promise<EngineProgress> {
    const { run, isPlan, isAction, isTerminate, what, engine } = handle
    const log = readEvents(folder)
    const text = await this.#options.states.read(run.scope, run.provisionedProductId)
    const state = text === undefined ? undefined : parseState(text)
    const made: Made = state && !isPlan ? madeOf(state, note) : {}
    // With -detailed-exitcode a plan that has found something to do ends with 2.
    const isDone = exitCode === 0 || (isPlan && exitCode === 2) || (stateTaken && failedToSendOnly(log))
    if (isDone) {
      if (isTerminate) await this.#options.states.remove(run.scope, run.provisionedProductId)
      return {
        state: 'succeeded',
        outputs: made.outputs ?? [],
        ...(made.resources && !isTerminate ? { resources: made.resources } : {}),
        ...(isAction ? { response: responseOf(log, isPlan) } : {}),
        ...(isAction && note.parameters ? { parameters: note.parameters } : {}),
        ...(isPlan && !isAction ? { changes: resourceChanges(log.planned, state ? stateResources(state) : []) } : {}),
      }
    }
    const secrets = [...note.secrets, ...(state ? sensitiveOutputs(state) : [])]
    const reasons = stopped === undefined ? reasonsOf(folder, log, exitCode) : [stopped, ...log.errors]
    const isInit = log.errors.length === 0 && log.lines.length === 0 && stopped === undefined && exitCode !== undefined
    const failure = `Terraform (engine ${engine}) could not ${isInit ? 'initialise' : what} the module`
    const told = failed(redact(`${failure}: ${reasons.join('; ')}`, secrets))
    return {
      ...told,
      ...made,
      ...(reasons.length > 1 && told.state === 'failed'
        ? {
            errors: reasons.map(reason => ({
              Code: 'TERRAFORM_ERROR',
              Description: redact(`${failure}: ${reason}`, secrets),
            })),
          }
        : {}),
    }
  }

  /**
   * A state that a run could not send while no server was there to take it: kept when it is the newer one. Answers whether
   * what the run left is what is kept now.
   */
  async #takeLeftState({ run }: BuiltInHandle, folder: JobFolder): Promise<boolean> {
    const file = join(folder.work, moduleFolder, leftState)
    const text = existsSync(file) ? readUntrusted(file, largestState) : undefined
    if (text === undefined) return false
    const left = parseState(text)
    const known = await this.#options.states.read(run.scope, run.provisionedProductId)
    const before = known === undefined ? undefined : parseState(known)
    if (before && (before.lineage !== left.lineage || before.serial > left.serial)) return false
    if (before?.serial !== left.serial) await this.#options.states.save(run, text)
    return true
  }

  async #lost(handle: BuiltInHandle, why: string): Promise<EngineProgress> {
    await this.#options.states.end(handle.run)
    return failed(`Terraform (engine ${handle.engine}) was lost: ${why}`)
  }

  /**
   * Once its end is known: the module's folder has secrets in it, and providers, which are large; and Terraform does not hide
   * secrets in what a provisioner's command said when it failed.
   */
  #clear(folder: JobFolder, secrets: readonly string[]): void {
    rmSync(join(folder.work, moduleFolder), { recursive: true, force: true, maxRetries: 3 })
    for (const name of ['events.jsonl', 'stderr.log', 'init.log']) {
      const text = readUntrustedEnd(join(folder.work, name), mostKept) ?? ''
      const shown = redact(text, secrets)
      if (shown !== text) folder.put(name, shown, undefined)
    }
    folder.writeNote('run', { secrets: [], outputDescriptions: {} } satisfies RunNote)
    folder.writeReported(this.#options.now())
  }

  /** The actions on the states that are kept, which need no run of Terraform. */
  async #stateAction(request: EngineRequest): Promise<EngineProgress> {
    const { states } = this.#options
    const run = runOf(request)
    const versions = await states.versions(run.scope, run.provisionedProductId)
    const { name, parameters } = request.action!
    if (name === 'state-versions') {
      const shown = versions.map(({ version, recordId, createdAt }) => ({
        Version: version,
        RecordId: recordId,
        CreatedTime: new Date(createdAt).toISOString(),
      }))
      return { state: 'succeeded', outputs: [], response: { Versions: shown } }
    }
    const wanted = Number(parameters['Version'])
    const text = await states.readVersion(run.scope, run.provisionedProductId, wanted)
    if (text === undefined)
      return failed(`Terraform: there is no version ${String(parameters['Version'])} of the state`)
    const newest = await states.read(run.scope, run.provisionedProductId)
    const state = JSON.parse(text) as { serial: number }
    // Terraform refuses a state that is older than the one it knows.
    const serial = Math.max(state.serial, newest === undefined ? 0 : parseState(newest).serial) + 1
    const restored = JSON.stringify({ ...state, serial })
    await states.save(run, restored)
    const note: RunNote = { secrets: [], outputDescriptions: {} }
    const { outputs = [], resources } = madeOf(parseState(restored), note)
    return { state: 'succeeded', outputs, ...(resources ? { resources } : {}), response: { Version: wanted } }
  }

  #environment(
    name: string,
    config: BuiltInConfig,
    { region }: EngineRequest,
    access: { readonly username: string; readonly password: string },
    user: ProcessUser | undefined,
  ): Record<string, string> {
    const home = this.#home(name, user)
    const cache = config.pluginCacheDirectory && this.#configured(config.pluginCacheDirectory)
    if (cache) makeFolder(cache, user)
    return {
      ...inherited(this.#options.env),
      PATH: searchPath(),
      HOME: home,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ...config.environment,
      ...(cache ? { TF_PLUGIN_CACHE_DIR: cache } : {}),
      ...(config.cliConfigFile ? { TF_CLI_CONFIG_FILE: this.#configured(config.cliConfigFile) } : {}),
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
      TF_HTTP_USERNAME: access.username,
      TF_HTTP_PASSWORD: access.password,
    }
  }

  #home(name: string, user: ProcessUser | undefined): string {
    const { stateDirectory } = this.#options
    // No EXTERNAL engine has a name that begins with a dot.
    const above = join(stateDirectory, '.terraform')
    mkdirSync(above, { recursive: true, mode: user ? 0o711 : 0o700 })
    const home = join(above, name)
    makeFolder(home, user)
    return home
  }

  #configured(path: string): string {
    return resolve(this.#options.configDirectory, path)
  }

  /** Throws ModuleError where there is no such program. */
  #binary({ binary, environment }: BuiltInConfig): string {
    const path = binary.includes('/') ? this.#configured(binary) : onPath(binary, environment['PATH'] ?? searchPath())
    if (path && existsSync(path)) return path
    throw new ModuleError(`${binary} was not found${binary.includes('/') ? '' : ' on the PATH'}`)
  }

  /** Whom this engine's runs are: the other user where that one can reach everything, else the server's own, said once. */
  #userOf(name: string, config: BuiltInConfig): ProcessUser | undefined {
    const { user, jobsDirectory, stateDirectory, warn } = this.#options
    if (!user) return undefined
    if (this.#users.has(name)) return this.#users.get(name)
    const files = [config.cliConfigFile].flatMap(file =>
      file && existsSync(this.#configured(file)) ? [this.#configured(file)] : [],
    )
    const binary =
      isAbsolute(config.binary) || !config.binary.includes('/') ? config.binary : this.#configured(config.binary)
    const closed = closedToUser(user, binary, config.environment['PATH'] ?? searchPath(), files, [
      jobsDirectory,
      stateDirectory,
    ])
    if (closed)
      warn(`Terraform (engine ${name}) runs as the server's own user, since user ${user.uid} cannot reach ${closed}.`)
    const chosen = closed ? undefined : user
    this.#users.set(name, chosen)
    return chosen
  }
}

/** Whether an error is about what was given, and not a fault of ours. */
function isExpected(error: unknown): boolean {
  return (
    isModuleProblem(error) ||
    error instanceof StateError ||
    error instanceof FileRefused ||
    // A disk that is full, a program that cannot be started.
    typeof (error as NodeJS.ErrnoException).code === 'string'
  )
}

/** What a run has printed, or the end of it. */
function readEvents(folder: JobFolder, bytes = mostKept): UiLog {
  return readUiLog(readUntrustedEnd(join(folder.work, 'events.jsonl'), bytes) ?? '')
}

function runOf({ token, accountId, region, provisionedProductId, recordId }: EngineRequest): StateRun {
  return { token, scope: { accountId, region }, provisionedProductId, recordId }
}

function manners({ stopSeconds }: BuiltInHandle): Manners {
  return { signal: 'SIGINT', grace: stopSeconds * 1000 }
}

/** AWS's settings, proxies and certificates: what reaching a provider may need. */
function inherited(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const wanted = /^(?:AWS_[A-Z0-9_]+|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|TMPDIR|LANG|TZ)$/i
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && wanted.test(name) ? [[name, value]] : [])),
  )
}

function writeFiles(folder: string, files: readonly ArchiveFile[], user: ProcessUser | undefined): void {
  // What an earlier start of this work left when it was cut off.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  for (const { path, contents, isExecutable } of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // An archive may bring files of these names; ours count.
    writeFileSync(file, contents, { mode: isExecutable ? 0o700 : 0o600 })
  }
  if (user) own(folder, user)
}

function own(path: string, user: ProcessUser): void {
  chownSync(path, user.uid, user.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) own(join(path, name), user)
}

function makeFolder(path: string, user: ProcessUser | undefined): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (user) chownSync(path, user.uid, user.gid)
}

interface Made {
  readonly outputs?: readonly RecordOutput[]
  readonly resources?: readonly ProductResource[]
}

function madeOf(state: TerraformState, { outputDescriptions }: RunNote): Made {
  return { outputs: stateOutputs(state, outputDescriptions), resources: stateResources(state) }
}

/** Whether all that went wrong is that the state could not be sent: Terraform tells its errors of resources besides. */
function failedToSendOnly({ summaries }: UiLog): boolean {
  return summaries.length > 0 && summaries.every(summary => onlyTheState.has(summary))
}

function responseOf({ planned, drifted, counts }: UiLog, isPlan: boolean): Record<string, unknown> {
  if (!isPlan) {
    const { added = 0, changed = 0, destroyed = 0 } = counts ?? {}
    return { Added: added, Changed: changed, Destroyed: destroyed }
  }
  const shown = (changes: UiLog['planned']) =>
    changes.map(({ address, type, action }) => ({ Address: address, ResourceType: type, Action: action }))
  return {
    DriftStatus: drifted.length > 0 ? 'DRIFTED' : 'IN_SYNC',
    Drifted: shown(drifted),
    PlannedChanges: shown(planned),
  }
}

function reasonsOf(folder: JobFolder, { errors }: UiLog, exitCode: number | undefined): readonly string[] {
  if (errors.length > 0) return errors
  if (exitCode === undefined) {
    return ['its process disappeared without an exit code (it was killed, or the machine restarted)']
  }
  const said = (readUntrustedEnd(join(folder.work, 'stderr.log'), 8192) ?? '').trim()
  // What Terraform prints before its first error is of no help.
  const error = said.indexOf('Error: ')
  const text = (error < 0 ? said : said.slice(error)).replace(/\s*\n\s*/g, ' ')
  return [text === '' ? `it ended with exit code ${exitCode} and said nothing` : text]
}
