import { existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, killGroup, type ProcessIdentity, readExitCode } from '../../processes/detached.ts'
import { closedPath, type ProcessUser } from '../../processes/user.ts'
import type { JobFolder, Stop } from './folder.ts'

/** A job that runs or ran, as a handle tells it. */
export interface Job {
  readonly token: string
  readonly process: ProcessIdentity
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly timeoutSeconds: number
}

/** How a job is made to end before it wants to: asked by a signal, and killed when it does not listen. */
export interface Manners {
  readonly signal: 'SIGTERM' | 'SIGINT'
  /** Milliseconds. */
  readonly grace: number
}

/** How soon to look again: at first often, for work that is done at once, then less. */
const shortestLook = 200
const longestLook = 2_000
/** Bytes that a job may print to each of stdout and stderr. */
const mostPrinted = 64 * 1024 * 1024

export type JobState =
  | { readonly ended: false; readonly wakeAt: number }
  /** Without an exit code the process disappeared: it was killed, or the machine restarted. */
  | { readonly ended: true; readonly exitCode: number | undefined; readonly stop: Stop | undefined }

/** Looks at a job, and makes it end when its time is up. Throws FileRefused, and then has killed it. */
export function lookAtJob(job: Job, folder: JobFolder, manners: Manners, now: number): JobState {
  const { process, startedAt, timeoutSeconds } = job
  const stop = folder.readStop()
  try {
    if (jobHasEnded(process, folder)) {
      const exitCode = readExitCode(folder.work)
      // Only the leader may be gone: nothing is to go on working that nobody watches.
      if (exitCode === undefined || (stop && exitCode !== 0)) killGroup(process, 'SIGKILL')
      return { ended: true, exitCode, stop }
    }
  } catch (error) {
    killGroup(process, 'SIGKILL')
    throw error
  }
  const deadline = startedAt + timeoutSeconds * 1000
  const reason = stop ? undefined : now >= deadline ? 'timeout' : printedTooMuch(folder) ? 'output' : undefined
  if (reason) {
    folder.writeStop({ reason, at: now })
    killGroup(process, manners.signal)
  } else if (stop && now >= stop.at + manners.grace) {
    killGroup(process, 'SIGKILL')
  }
  const soon = Math.min(Math.max((now - startedAt) / 20, shortestLook), longestLook)
  return { ended: false, wakeAt: stop || reason ? now + shortestLook : Math.min(now + Math.round(soon), deadline) }
}

/** An exit code is looked for last: it is written before the process is gone. */
export function jobHasEnded(process: ProcessIdentity, folder: JobFolder): boolean {
  return !isAlive(process) || readExitCode(folder.work) !== undefined
}

/** Makes a job end; resolves when nothing of its group is left. */
export async function endJob(process: ProcessIdentity, folder: JobFolder, { signal, grace }: Manners): Promise<void> {
  killGroup(process, signal)
  const impatient = Date.now() + grace
  while (isAlive(process) && readExitCode(folder.work) === undefined && Date.now() < impatient) await pause(20)
  // Also when the leader ended well: others of the group may not have listened.
  killGroup(process, 'SIGKILL')
  while (isAlive(process)) await pause(20)
}

/** Why a job was made to end, in words that fit after its name. */
export function stopText({ reason }: Stop, timeoutSeconds: number): string {
  switch (reason) {
    case 'cancelled':
      return 'was cancelled'
    case 'timeout':
      return `did not end within ${timeoutSeconds} seconds`
    case 'output':
      return `printed more than ${mostPrinted / (1024 * 1024)} MiB and was stopped`
  }
}

function printedTooMuch(folder: JobFolder): boolean {
  const size = (name: string) => statSync(join(folder.work, name), { throwIfNoEntry: false })?.size ?? 0
  return size('events.jsonl') > mostPrinted || size('stderr.log') > mostPrinted
}

/**
 * What of a program and its folders is closed to the user it is to run as; undefined when that user can reach everything.
 * `program` is a path, or a name that is looked for on `path`; `files` are only to be read.
 */
export function closedToUser(
  user: ProcessUser,
  program: string,
  path: string,
  files: readonly string[],
  folders: readonly string[],
): string | undefined {
  const named = isAbsolute(program) ? program : onPath(program, path)
  // One that is not there fails when it is started, in the words of whoever looks for it.
  const found = named && existsSync(named) ? named : undefined
  return (
    (found && closedPath(realpathSync(found), user, 'execute')) ??
    files.map(file => closedPath(realpathSync(file), user, 'read')).find(closed => closed !== undefined) ??
    folders.map(folder => closedPath(folder, user, 'execute')).find(closed => closed !== undefined)
  )
}

/** The server's own search path, which jobs are started with. */
export function searchPath(): string {
  return process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'
}

/** Where a program lies, or undefined when it is not found. */
export function onPath(program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map(folder => join(folder, program))
    .find(candidate => existsSync(candidate))
}
