import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readUntrusted } from './files.ts'
import type { ProcessUser } from './user.ts'

/** Names one process for good: pids are used again, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number
  /** As the system writes it; only compared. */
  readonly startTime: string
}

export interface DetachedProcess {
  /** An absolute path, or a name that is looked for on `env.PATH`. */
  readonly command: string
  readonly args: readonly string[]
  /** Absolute; it exists and `user` may write in it. Also the working directory. */
  readonly directory: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  /** Undefined: the server's own user. */
  readonly user?: ProcessUser
  /** Called when the process ends, as long as this server is the one that started it. */
  readonly onExit?: () => void
}

/**
 * Runs around the command, in a session of its own. It gets the directory and the command as arguments, so nothing of
 * them is ever read as shell text.
 *
 * Exactly one wrapper a directory runs its command, whatever dies when: each writes who it is to a file of its own and
 * then hard-links it to `identity`, which fails when that exists. Link and contents appear in one instant, so a server
 * that died between starting a wrapper and writing that down finds the process by this file; and when it looked too
 * early and started another wrapper, that one, or the first, finds the link taken and ends without having run anything.
 *
 * stderr is a pipe to the server until the link is decided; its end is what startDetached waits for. INT, TERM and HUP are
 * caught while the command runs, so that the exit code is still written when the group is told to stop (a caught signal is
 * the default again in the command itself); before that they end the wrapper, and nothing runs.
 */
export const wrapper = `
umask 077
directory=$1
shift
mine=$directory/identity.$$
{
  echo $$
  if [ -r /proc/$$/stat ]; then cat /proc/$$/stat; else ps -o lstart= -p $$; fi
} > "$mine" || exit 1
ln "$mine" "$directory/identity"
won=$?
rm -f "$mine"
[ "$won" = 0 ] || exit 1
exec 2> /dev/null
trap : INT TERM HUP
(exec "$@") < /dev/null > "$directory/events.jsonl" 2> "$directory/stderr.log"
echo $? > "$directory/exit-code.new"
mv "$directory/exit-code.new" "$directory/exit-code"
`

/**
 * Starts a process that outlives the server, in a session and process group of its own. Its stdout goes to
 * `events.jsonl` in the directory, its stderr to `stderr.log`, and when it has ended its exit code (128 + n for signal n)
 * to `exit-code`, in one piece. Resolves once it runs, with its identity; where another start in this directory was
 * first, with that one's. Throws when it could not be started.
 */
export async function startDetached(options: DetachedProcess): Promise<ProcessIdentity> {
  const child = spawn('/bin/sh', ['-c', wrapper, 'wrapper', options.directory, options.command, ...options.args], {
    cwd: options.directory,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...options.user,
  })
  if (options.onExit) child.on('exit', options.onExit)
  const complaint = await claimed(child)
  const identity = readIdentity(options.directory)
  if (!identity) throw new Error(`${options.command} could not be started in ${options.directory}: ${complaint}`)
  return identity
}

async function claimed(child: ChildProcess): Promise<string> {
  await new Promise((resolve, reject) => {
    child.on('spawn', resolve)
    child.on('error', reject)
  })
  const complaint = await text(child.stderr!)
  // From here on the server may end without it.
  child.unref()
  return complaint.trim()
}

/** The process that runs or ran in this directory; undefined when none was ever started. */
export function readIdentity(directory: string): ProcessIdentity | undefined {
  const contents = readUntrusted(join(directory, 'identity'), 4096)
  if (contents === undefined) return undefined
  const [pid, ...rest] = contents.split('\n')
  const told = rest.join('\n')
  return { pid: Number(pid), startTime: told.includes(') ') ? statFields(told)[19]! : told.trim() }
}

/** The exit code of a process that has ended (128 + n when signal n killed it); undefined while there is none. */
export function readExitCode(directory: string): number | undefined {
  const contents = readUntrusted(join(directory, 'exit-code'), 16)
  return contents === undefined ? undefined : Number(contents)
}

/** Whether this very process is still there (a zombie is not). */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startTime
}

/**
 * Signals the process and everything in its group; false when nothing of it is left. When only the leader is gone the
 * rest is signalled still: the system does not give its pid to another process while the group is there.
 */
export function killGroup(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  // The file may have been written over by what ran there; -1 and 0 would name far more than one group.
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 1) return false
  const startTime = startTimeOf(identity.pid)
  if (startTime !== undefined && startTime !== identity.startTime) return false
  try {
    process.kill(-identity.pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** When the process with this pid began, or undefined when there is none but perhaps a zombie. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const fields = statFields(readIfThere(`/proc/${pid}/stat`) ?? '')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  }
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return state?.startsWith('Z') ? undefined : started
}

/** The fields of /proc/PID/stat from the third on: the second, the command's name, may hold spaces and brackets. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // ESRCH: the process ended while its /proc entry was read.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
