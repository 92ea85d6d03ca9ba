import type { ProcessUser } from '../../processes/user.ts'
import type { ScriptRequest, ScriptResult } from '../action.ts'
import { isMap, isTooDeep, maxDepth } from '../plain.ts'

/** Bytes of JSON that a handler may return (SSM: 100 KB). */
export const maxPayload = 100 * 1024
/** Items of a list that a handler may return (SSM: 100). */
const maxItems = 100
/** Bytes of a run's log that are kept. */
const maxLog = 100 * 1024
/** Bytes read of log and of result; a payload is at most three times as long once it is escaped. */
export const maxOutput = 4 * maxPayload

const MiB = 1024 * 1024

/** What scripts may use, and where they may go. */
export interface ScriptRules {
  /** Megabytes of memory. */
  readonly memory: number
  /** Ports that TCP connections may be opened to; undefined: all. Only Landlock (ABI 4) and bubblewrap keep to it. */
  readonly ports: readonly number[] | undefined
  /** Directories that scripts may write to. */
  readonly writable: readonly string[]
}

/** Seconds of processor time: somewhat more than the 600 seconds of time that SSM gives a script at most. */
export const maxProcessorSeconds = 660
/** Counts all processes of a user, so it is set only for a user that runs nothing but children of ours. */
const maxProcesses = 512

/** Where and as whom a run happens. */
export interface Run {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Whom the process becomes by itself; null: it is started as the right user. */
  readonly become: ProcessUser | null
  /** Whether it runs as a user that runs nothing but children of ours. */
  readonly ownUser: boolean
  /** Another program than Python that the script is run with. */
  readonly command: readonly string[] | null
  /** What that program must be able to read. */
  readonly readable: readonly string[]
  /** pid that must still be the parent when the process is ready; null: it cannot be known inside. */
  readonly parent: number | null
  /** The unix socket of the proxy that is the only way out; null: the network is the machine's. */
  readonly proxy: string | null
}

/** The request as the Python program reads it (scripts/program). */
export function requestFor(run: Run, rules: ScriptRules, script: ScriptRequest | 'probe'): string {
  const { directory, environment, become: user, command, readable, parent, proxy } = run
  const probe = script === 'probe'
  return JSON.stringify({
    probe,
    directory,
    environment,
    user,
    command,
    readable,
    parent,
    proxy,
    ports: rules.ports ?? null,
    writable: rules.writable,
    limits: limitsOf(rules, run),
    maxPayload,
    script: probe ? '' : script.script,
    handler: probe ? '' : script.handler,
    events: probe ? {} : script.events,
    context: probe ? {} : script.context,
    attachment:
      probe || !script.attachment
        ? null
        : { name: script.attachment.name, content: Buffer.from(script.attachment.content).toString('base64') },
  })
}

/**
 * RLIMIT_AS is what stands for a limit of memory where there is no cgroup to put a script into. Other programs than Python
 * reserve far more addresses than they use, so theirs is a limit of data.
 */
function limitsOf({ memory }: ScriptRules, { ownUser, command }: Run): Record<string, number> {
  return {
    RLIMIT_CPU: maxProcessorSeconds,
    [command ? 'RLIMIT_DATA' : 'RLIMIT_AS']: memory * MiB,
    RLIMIT_FSIZE: 64 * MiB,
    RLIMIT_NOFILE: 256,
    RLIMIT_CORE: 0,
    ...(ownUser && { RLIMIT_NPROC: maxProcesses }),
  }
}

/** What the program told through its channel, and what it printed. */
export interface Told {
  readonly channel: string
  readonly log: string
}

/** What became of a run. Its last line is the supervisor's; what stands before is the script's, and may be anything. */
export function resultOf({ channel, log: printed }: Told): ScriptResult {
  const log = cutLog(printed)
  const lines = channel.split('\n').filter(line => line !== '')
  const end = jsonMap(lines.at(-1))
  const isolation = Array.isArray(end?.['isolation']) ? end['isolation'].join(', ') : undefined
  const failed = (message: string): ScriptResult => ({ state: 'failed', message, log, isolation })
  if (typeof end?.['failure'] === 'string' && !end['ended']) return failed(end['failure'])
  if (typeof end?.['broke'] === 'string') return failed(end['broke'])
  const answer = jsonMap(lines.at(-2))
  if (answer && 'failure' in answer) return failed(String(answer['failure']))
  if (answer && 'payload' in answer) {
    const { payload } = answer
    if (isTooDeep(payload)) return failed(`What the handler returned is nested more than ${maxDepth} levels deep.`)
    const longest = longestList(payload)
    if (longest > maxItems) {
      return failed(`What the handler returned has a list of ${longest} items; at most ${maxItems} are taken.`)
    }
    return { state: 'returned', payload, log, isolation }
  }
  return failed(endedEarly(isMap(end?.['ended']) ? end['ended'] : {}))
}

function jsonMap(line: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '')
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

function longestList(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, ...value.slice(0, maxItems).map(longestList))
  return isMap(value) ? Math.max(0, ...Object.values(value).map(longestList)) : 0
}

const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
}

function endedEarly({ code, signal }: Readonly<Record<string, unknown>>): string {
  const name = typeof signal === 'number' ? (signalNames[signal] ?? `signal ${signal}`) : undefined
  if (name === 'SIGXCPU') return `The script used more than ${maxProcessorSeconds} seconds of processor time.`
  if (name === undefined && code === undefined)
    return 'The script and what held it in ended before its handler returned.'
  return `The script ${name ? `was killed by ${name}` : `ended with exit code ${code}`} before its handler returned.`
}

function cutLog(log: string): string {
  const bytes = Buffer.from(log)
  if (bytes.length <= maxLog) return log
  return `${bytes.subarray(0, maxLog).toString('utf8')}\n[The log is longer than ${maxLog / 1024} KB; the rest is not kept.]`
}
