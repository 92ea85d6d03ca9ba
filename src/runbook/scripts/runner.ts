import type { ProcessUser } from '../../processes/user.ts'
import type { ScriptRequest, ScriptResult } from '../action.ts'
import { type Bubblewrap, findBubblewrap, insideDirectory, wrapped } from './bubblewrap.ts'
import { runCold } from './cold.ts'
import { EgressProxy } from './egress-proxy.ts'
import { awsPorts, baseEnvironment, type Environment, scriptEnvironment } from './environment.ts'
import { ForkServer, type MayBegin, NotForked } from './fork-server.ts'
import { findPython, onlyRootCanChange, type Python, pythonArguments } from './interpreters.ts'
import { type Run, requestFor, resultOf, type ScriptRules, type Told } from './request.ts'
import { readableFor, runtimeNamed } from './runtimes.ts'
import { inWorkDirectory, workDirectoryBase } from './work-directory.ts'
import { writableDirectories } from './writable.ts'

/** The part `scripts` of the configuration. */
export interface ScriptSettings {
  /** `standard`: what the system offers; `bubblewrap`: namespaces of its own, or nothing runs. */
  readonly isolation: 'standard' | 'bubblewrap'
  /** Ports that TCP connections may be opened to besides those of AWS. */
  readonly tcpPorts: readonly number[] | 'any'
  /** Whether a Python is kept ready that forks per run. */
  readonly warm: boolean
  /** Megabytes a script may use. */
  readonly memory: number
}

export const defaultScriptSettings: ScriptSettings = { isolation: 'standard', tcpPorts: [], warm: true, memory: 1024 }

export interface ScriptRunnerOptions {
  readonly settings?: ScriptSettings
  /** Where each run gets a work directory of its own; it exists and belongs to the server. */
  readonly directory: string
  /** Whom scripts run as; undefined: the server's own user. */
  readonly user?: ProcessUser
  /**
   * The server's environment: BELLHOP_PYTHON, BELLHOP_SCRIPT_WRITABLE, PATH and AWS_ENDPOINT_URL* are read; only the last
   * two are handed on.
   */
  readonly env: Environment
  /** Told, in a sentence, of what the operator should know; may be told the same thing again. */
  readonly warn: (text: string) => void
}

export interface ScriptRunner {
  /** Rejects, before the script has begun, when `mayBegin` does. */
  run(request: ScriptRequest, abort: AbortSignal, mayBegin?: MayBegin): Promise<ScriptResult>
  /** One line for the operator: which Python runs scripts, as whom, and what holds it in. Never rejects. */
  describeIsolation(): Promise<string>
  /** Ends the Python that is kept ready, and what it runs. */
  close(): Promise<void>
}

/** How runs are done here; found out once. */
interface Way {
  readonly python: Python
  readonly rules: ScriptRules
  /** The folder for work directories. */
  readonly base: string
  readonly forkServer?: ForkServer
  /** Why there is no fork server, when there could be one. */
  readonly whyCold?: string
  readonly bubblewrap?: Bubblewrap & { readonly proxy: EgressProxy }
}

/**
 * Runs scripts, each in a process of its own: with an empty environment, a work directory of its own, resource limits, no
 * way to more privileges, and where the kernel has Landlock with nothing to read but the system and Python, nothing to
 * write but the work directory and the directories of BELLHOP_SCRIPT_WRITABLE, and no TCP but to AWS. Events and result
 * pass as JSON through pipes, never through a shell. docs/scripts-and-commands.md has the levels, and their limits.
 */
export function createScriptRunner(options: ScriptRunnerOptions): ScriptRunner {
  const { settings = defaultScriptSettings, env, warn } = options
  let found: Promise<Way | string> | undefined
  const way = () => {
    found ??= findWay({ ...options, settings })
    return found
  }
  return {
    async run(request, abort, mayBegin) {
      const how = await way()
      if (typeof how === 'string') return { state: 'failed', message: how, log: '' }
      const runtime = runtimeNamed(request.runtime)
      const command = runtime?.command?.(env, how.python.user, settings.memory) ?? null
      if (typeof command === 'string') return { state: 'failed', message: `${command}.`, log: '' }
      return inWorkDirectory(how.base, how.python.user, warn, async directory => {
        const told = await runIn(how, directory, command, request, abort, env, mayBegin)
        return told === undefined ? { state: 'aborted' } : resultOf(told)
      })
    },
    async describeIsolation() {
      const how = await way()
      if (typeof how === 'string') return how
      return describe(how, env, warn)
    },
    async close() {
      const how = await found
      if (how === undefined || typeof how === 'string') return
      await how.forkServer?.close()
      how.bubblewrap?.proxy.close()
    },
  }
}

async function findWay(options: ScriptRunnerOptions & { readonly settings: ScriptSettings }): Promise<Way | string> {
  const { settings, directory, env, warn } = options
  const { directories, user } = await writableDirectories(env['BELLHOP_SCRIPT_WRITABLE'] ?? '', options.user, warn)
  const { tcpPorts } = settings
  const ports = tcpPorts === 'any' ? undefined : [...new Set([...awsPorts(env), ...tcpPorts])].sort((a, b) => a - b)
  const rules = { memory: settings.memory, ports, writable: directories }
  const python = await findPython(env, user, rules, warn)
  if (typeof python === 'string') return python
  const base = await workDirectoryBase(directory, python.user, warn)
  if (settings.isolation === 'bubblewrap') {
    const bubblewrap = await findBubblewrap(env, python.user)
    if (typeof bubblewrap === 'string') {
      return `No script is run: the configuration asks for isolation with bubblewrap, and ${bubblewrap}.`
    }
    const proxy = new EgressProxy(directory, env, python.user)
    await proxy.listen()
    return { python, rules, base, bubblewrap: { ...bubblewrap, proxy } }
  }
  if (!settings.warm || process.platform !== 'linux') return { python, rules, base }
  if (python.user && !onlyRootCanChange(python)) {
    return { python, rules, base, whyCold: `others than root can change ${python.command} or what it imports` }
  }
  return { python, rules, base, forkServer: new ForkServer({ python: python.command, directory, env }) }
}

async function runIn(
  how: Way,
  directory: string,
  command: readonly string[] | null,
  request: ScriptRequest | 'probe',
  abort: AbortSignal,
  env: Environment,
  mayBegin: MayBegin = async () => {},
): Promise<Told | undefined> {
  const { python, rules, forkServer, bubblewrap } = how
  const home = bubblewrap ? insideDirectory : directory
  const run: Run = {
    directory: home,
    environment: request === 'probe' ? {} : scriptEnvironment(home, env, request),
    become: null,
    ownUser: python.user !== undefined,
    command,
    readable: readableFor(command),
    parent: bubblewrap ? null : process.pid,
    proxy: bubblewrap ? '/proxy' : null,
  }
  if (forkServer) {
    try {
      return await forkServer.run(requestFor({ ...run, become: python.user ?? null }, rules, request), abort, mayBegin)
    } catch (error) {
      if (!(error instanceof NotForked)) throw error
      // Nothing of it has begun, so it can be done the slow way.
    }
  }
  const start = {
    command: python.command,
    args: pythonArguments('once'),
    cwd: directory,
    env: baseEnvironment(home, env),
    user: python.user,
  }
  const visible = {
    readable: [...python.path, ...run.readable],
    writable: rules.writable,
    proxy: bubblewrap?.proxy.path ?? '',
  }
  await mayBegin()
  return runCold(bubblewrap ? wrapped(bubblewrap, start, visible) : start, requestFor(run, rules, request), abort)
}

async function describe(how: Way, env: Environment, warn: (text: string) => void): Promise<string> {
  const { python, forkServer, whyCold, bubblewrap } = how
  let isolation: readonly string[] = python.isolation
  await inWorkDirectory(how.base, python.user, warn, async directory => {
    const told = await runIn(how, directory, null, 'probe', AbortSignal.timeout(30_000), env)
    const line = told?.channel.trim().split('\n').at(-1) ?? ''
    isolation = line.startsWith('{') ? (JSON.parse(line).isolation ?? isolation) : isolation
    return { state: 'aborted' }
  })
  const boto3 = await forkServer?.boto3().catch(() => undefined)
  const kept = forkServer
    ? `a Python is kept ready${boto3 ? `, with boto3 ${boto3}` : ', without boto3, which is not there'}`
    : `each starts a Python of its own${whyCold ? `, for ${whyCold}` : ''}`
  const level = bubblewrap ? 'bubblewrap, ' : ''
  const whom = python.user ? '' : " (the server's own user)"
  return `Scripts run with ${python.command} (Python ${python.version})${whom}, held in by ${level}${isolation.join(', ')}; ${kept}.`
}
