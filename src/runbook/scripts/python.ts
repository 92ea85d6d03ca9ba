import { chmod, chown, mkdtemp, readdir, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { runProcess } from '../../processes/run.ts'
import { closedPath, type ProcessUser } from '../../processes/user.ts'
import type { ScriptRequest, ScriptResult } from '../action.ts'
import { isMap, isTooDeep, maxDepth } from '../plain.ts'
import { bootstrap } from './bootstrap.ts'

export interface ScriptRunnerOptions {
  /** Where each run gets a work directory of its own; it exists and belongs to the server. */
  readonly directory: string
  /** Whom scripts run as; undefined: the server's own user. */
  readonly user?: ProcessUser
  /** The server's environment: BELLHOP_PYTHON, BELLHOP_SCRIPT_WRITABLE and PATH are read, nothing is handed on but PATH. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told, in a sentence, of what the operator should know; may be told the same thing again. */
  readonly warn: (text: string) => void
}

export interface ScriptRunner {
  run(request: ScriptRequest, abort: AbortSignal): Promise<ScriptResult>
  /** One line for the operator: which Python runs scripts, as whom, and what holds it in. Never rejects. */
  describeIsolation(): Promise<string>
}

/** Bytes of JSON that a handler may return (SSM: 100 KB). */
const maxPayload = 100 * 1024
/** Bytes of a run's log that are kept. */
const maxLog = 100 * 1024

const MiB = 1024 * 1024

/**
 * RLIMIT_CPU is in seconds: somewhat more than the 600 seconds of time that SSM gives a script at most. RLIMIT_AS is what
 * stands for a limit of memory where there is no cgroup to put a script into.
 */
const limits = {
  RLIMIT_CPU: 660,
  RLIMIT_AS: 1024 * MiB,
  RLIMIT_FSIZE: 64 * MiB,
  RLIMIT_NOFILE: 256,
  RLIMIT_CORE: 0,
}
/** Counts all processes of a user, so it is set only for a user that runs nothing but children of ours. */
const maxProcesses = 512

/**
 * Runs Python scripts, each in a process of its own: with an empty environment, a work directory of its own, resource
 * limits, no way to more privileges, and where the kernel has Landlock with nothing to read but the system and Python and
 * nothing to write but the work directory and the directories of BELLHOP_SCRIPT_WRITABLE. TCP stays open, because scripts
 * call the endpoints of the services they work on. Events and result pass as JSON through pipes, never through a shell.
 *
 * Limits of this: without Landlock a script that runs as the server's own user can read what the server can read; a
 * process that a script puts into another session outlives it.
 */
export function createScriptRunner(options: ScriptRunnerOptions): ScriptRunner {
  const writable = lazily(() => writableDirectories(options))
  const settled = lazily(async () => ({ ...options, user: (await writable()).user }))
  const python = lazily(async () => findPython(await settled()))
  const base = lazily(async () => workDirectoryBase(await settled()))
  return {
    async run(request, abort) {
      const interpreter = await python()
      if (typeof interpreter === 'string') return { state: 'failed', message: interpreter, log: '' }
      const { directories } = await writable()
      return inWorkDirectory(await base(), interpreter.user, options.warn, directory =>
        runIn(directory, interpreter, request, directories, options.env, abort),
      )
    },
    async describeIsolation() {
      const interpreter = await python()
      if (typeof interpreter === 'string') return interpreter
      const { command, version, user, isolation } = interpreter
      const whom = user ? `uid ${user.uid}` : "the server's own user"
      return `Scripts run with ${command} (Python ${version}) as ${whom}, with ${isolation.join(', ')}; TCP is open.`
    },
  }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

interface Python {
  /** The interpreter itself: what a shim of pyenv and the like leads to. */
  readonly command: string
  readonly version: string
  readonly isolation: readonly string[]
  /** Whom it runs as; undefined: the server's own user. */
  readonly user?: ProcessUser
}

/** The first Python that the user can really run, or in words why there is none. */
async function findPython(options: ScriptRunnerOptions): Promise<Python | string> {
  const { env, user, warn } = options
  const wanted = env['BELLHOP_PYTHON']
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const candidates = new Set([...onPath.map(directory => join(directory, 'python3')), '/usr/bin/python3'])
  for (const command of wanted ? [wanted, ...candidates] : candidates) {
    const python = await probe(command, user, env)
    if (!python) continue
    if (wanted && command !== wanted) {
      warn(`BELLHOP_PYTHON (${wanted}) cannot be run ${as(user)}; scripts run with ${command}.`)
    }
    return python
  }
  if (user) {
    for (const command of wanted ? [wanted, ...candidates] : candidates) {
      const python = await probe(command, undefined, env)
      if (!python) continue
      const closed = closedPath(python.command, user, 'execute')
      const why = closed === undefined ? '' : `: ${closed} is closed to it`
      warn(`No python3 can be run ${as(user)}${why}; scripts run with ${python.command} as the server's own user.`)
      return python
    }
  }
  return 'No python3 of version 3.7 or later was found on this server (BELLHOP_PYTHON, PATH, /usr/bin/python3).'
}

function as(user: ProcessUser | undefined): string {
  return user ? `as uid ${user.uid}` : "as the server's own user"
}

/** Milliseconds for a Python to start and confine itself. */
const probeTime = 30_000

async function probe(
  command: string,
  user: ProcessUser | undefined,
  env: ScriptRunnerOptions['env'],
): Promise<Python | undefined> {
  const abort = AbortSignal.timeout(probeTime)
  try {
    const { channel } = await start(command, '/', user, baseEnvironment('/', env), { probe: true, writable: [] }, abort)
    const found = JSON.parse(channel)
    if (!Array.isArray(found.isolation)) return undefined
    return { command: found.executable || command, version: found.python, isolation: found.isolation, user }
  } catch {
    // Not there, not for this user, or not a Python that can do it: the next one may.
    return undefined
  }
}

function start(
  command: string,
  cwd: string,
  user: ProcessUser | undefined,
  env: Readonly<Record<string, string>>,
  request: object,
  abort: AbortSignal,
) {
  // As root there is no limit of processes, and the server's own user may have any number of them already.
  const processes = user ? { RLIMIT_NPROC: maxProcesses } : {}
  return runProcess({
    command,
    // Isolated (no PYTHON* variables, no user site, no current directory on the path), and no bytecode written.
    args: ['-I', '-B', '-c', bootstrap],
    cwd,
    env,
    stdin: JSON.stringify({ limits: { ...limits, ...processes }, parent: process.pid, maxPayload, ...request }),
    user,
    abort,
    channel: true,
    maxOutputBytes: maxOutput,
  })
}

/** Bytes read of log and of result; a payload is at most three times as long once it is escaped. */
const maxOutput = 4 * maxPayload

function baseEnvironment(home: string, env: ScriptRunnerOptions['env']): Record<string, string> {
  return {
    PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    // Arenas of 64 MiB a thread would use up RLIMIT_AS.
    MALLOC_ARENA_MAX: '2',
    // The machine's own role is not for scripts.
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

async function runIn(
  directory: string,
  python: Python,
  request: ScriptRequest,
  writable: readonly string[],
  env: ScriptRunnerOptions['env'],
  abort: AbortSignal,
): Promise<ScriptResult> {
  const { script, handler, events, context, region } = request
  const environment = { ...baseEnvironment(directory, env), AWS_REGION: region, AWS_DEFAULT_REGION: region }
  const input = { probe: false, script, handler, events, context, writable }
  const result = await start(python.command, directory, python.user, environment, input, abort)
  if (result.aborted) return { state: 'aborted' }
  const log = cutLog(result.stdout)
  const answer = readAnswer(result.channel)
  if (answer && 'failure' in answer) return { state: 'failed', message: String(answer['failure']), log }
  if (answer && 'payload' in answer) {
    const { payload } = answer
    if (!isTooDeep(payload)) return { state: 'returned', payload, log }
    return { state: 'failed', message: `What the handler returned is nested more than ${maxDepth} levels deep.`, log }
  }
  return { state: 'failed', message: endedEarly(result.exitCode, result.signal), log }
}

/** What the bootstrap wrote; undefined when the process ended before, or a script wrote something of its own there. */
function readAnswer(channel: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(channel)
    return isMap(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function endedEarly(exitCode: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGXCPU') return `The script used more than ${limits.RLIMIT_CPU} seconds of processor time.`
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`
  return `The script ${how} before its handler returned.`
}

function cutLog(log: string): string {
  const bytes = Buffer.from(log)
  if (bytes.length <= maxLog) return log
  return `${bytes.subarray(0, maxLog).toString('utf8')}\n[The log is longer than ${maxLog / 1024} KB; the rest is not kept.]`
}

/**
 * The folder for work directories: the server's own, or the system's where the scripts' user cannot get into that. What a
 * server that was killed left behind in its own is removed.
 */
async function workDirectoryBase({ directory, user, warn }: ScriptRunnerOptions): Promise<string> {
  const closed = user && closedPath(directory, user, 'execute')
  if (closed !== undefined) {
    warn(`${closed} is closed to uid ${user!.uid}; scripts get their work directories in ${tmpdir()} instead.`)
    return tmpdir()
  }
  for (const name of await readdir(directory)) {
    if (name.startsWith(workDirectoryPrefix)) await removeWorkDirectory(join(directory, name), user, warn)
  }
  return directory
}

const workDirectoryPrefix = 'run-'

async function inWorkDirectory(
  base: string,
  user: ProcessUser | undefined,
  warn: (text: string) => void,
  work: (directory: string) => Promise<ScriptResult>,
): Promise<ScriptResult> {
  let directory: string
  try {
    directory = await mkdtemp(join(base, workDirectoryPrefix))
    if (user) await chown(directory, user.uid, user.gid)
  } catch (error) {
    return { state: 'failed', message: `The script has no work directory: ${(error as Error).message}.`, log: '' }
  }
  try {
    return await work(directory)
  } catch (error) {
    return { state: 'failed', message: `The script could not be started: ${(error as Error).message}.`, log: '' }
  } finally {
    await removeWorkDirectory(directory, user, warn)
  }
}

/**
 * Removes a work directory with the rights of the script's user: a script that outlived its run could swap a directory for
 * a link to one of root's while root removes it.
 */
async function removeWorkDirectory(
  directory: string,
  user: ProcessUser | undefined,
  warn: (text: string) => void,
): Promise<void> {
  try {
    // A directory that still is the server's own was never open to a script.
    const owner = (await stat(directory)).uid === user?.uid ? user : undefined
    // A script may have closed it to itself.
    await chmod(directory, 0o700)
    await runProcess({
      command: '/bin/sh',
      args: ['-c', 'chmod -R u+rwX . ; exec find . -mindepth 1 -delete', 'sh'],
      cwd: directory,
      env: { PATH: '/usr/bin:/bin' },
      user: owner,
      maxOutputBytes: 0,
    })
    await rmdir(directory)
  } catch (error) {
    warn(`The work directory of a script could not be removed: ${(error as Error).message}`)
  }
}

/**
 * The directories of BELLHOP_SCRIPT_WRITABLE, and whom scripts run as so that they can write there. When they are to run as
 * another user and a directory is not writable for it, the directory itself (nothing in it) is given that user's group and
 * opened to it. Where it lies in a directory that is closed to that user, the operator's word that scripts may write there
 * can only be kept with the server's own user.
 */
async function writableDirectories({
  env,
  user: wanted,
  warn,
}: ScriptRunnerOptions): Promise<{ readonly directories: readonly string[]; readonly user?: ProcessUser }> {
  const directories: string[] = []
  let user = wanted
  for (const directory of (env['BELLHOP_SCRIPT_WRITABLE'] ?? '').split(':').filter(name => name !== '')) {
    if (!isAbsolute(directory)) {
      warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} is not an absolute path and is left out.`)
      continue
    }
    const found = await stat(directory).catch(() => undefined)
    if (!found?.isDirectory()) {
      warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} is not a directory and is left out.`)
      continue
    }
    directories.push(directory)
    if (!wanted) continue
    const needs = ['read', 'write', 'execute'] as const
    const closed = needs.map(need => closedPath(directory, wanted, need)).find(path => path !== undefined)
    if (closed === undefined) continue
    if (closed !== directory) {
      warn(
        `BELLHOP_SCRIPT_WRITABLE: ${closed} is closed to uid ${wanted.uid}, so scripts run as the server's own user to write to ${directory}.`,
      )
      user = undefined
      continue
    }
    await chown(directory, found.uid, wanted.gid)
    await chmod(directory, (found.mode & 0o7777) | 0o070)
    warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} was given to group ${wanted.gid}, as which scripts run, with rwx.`)
  }
  return { directories, user }
}
