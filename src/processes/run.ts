import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { collect, type Output } from './collect.ts'
import type { ProcessUser } from './user.ts'

export interface ProcessRequest {
  /** An absolute path, or a name that is looked for on `env.PATH`. */
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Undefined: the server's own user. */
  readonly user?: ProcessUser
  /** Kills the process and its group. */
  readonly abort?: AbortSignal
  /** What the process alone is sent when `abort` fires, and how long it has to end by itself before it is killed. */
  readonly abortFirst?: { readonly signal: NodeJS.Signals; readonly milliseconds: number }
  /** Of each of stdout, stderr and channel; what comes after is read and thrown away. */
  readonly maxOutputBytes: number
  /** Gives the process a pipe as file descriptor 3, apart from what it prints. */
  readonly channel?: boolean
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly channel: string
  /** Whether one of the outputs was longer than maxOutputBytes. */
  readonly truncated: boolean
  /** Whether `abort` ended it. */
  readonly aborted: boolean
}

/** Milliseconds for reading what is still in the pipes once the process and its group are gone. */
const drainTime = 250

/**
 * Runs a process to its end. It has a process group of its own, which is killed as a whole when the process ends or
 * `abort` fires, so that nothing it started in that group lives on. Rejects only when the process cannot be started. It
 * never waits for a pipe that a process outside of the group keeps open.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const { command, args, cwd, env, user, abort, maxOutputBytes } = request
  if (abort?.aborted) return abortedBeforeStart
  const pipes = request.channel ? (['pipe', 'pipe', 'pipe', 'pipe'] as const) : (['pipe', 'pipe', 'pipe'] as const)
  const child: ChildProcess = spawn(command, args, { cwd, env, detached: true, stdio: [...pipes], ...user })
  const outputs = child.stdio.slice(1).map(stream => collect(stream as Readable, maxOutputBytes))
  // A process that ends without reading its input is no error of ours.
  child.stdin!.on('error', () => {})
  child.stdin!.end(request.stdin ?? '')
  let aborted = false
  let patience: NodeJS.Timeout | undefined
  const onAbort = () => {
    aborted = true
    if (!request.abortFirst) return killGroupOf(child)
    child.kill(request.abortFirst.signal)
    patience = setTimeout(() => killGroupOf(child), request.abortFirst.milliseconds)
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('spawn', resolve)
    })
    if (abort?.aborted) onAbort()
    else abort?.addEventListener('abort', onAbort, { once: true })
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve => {
      if (child.exitCode !== null || child.signalCode !== null) resolve([child.exitCode, child.signalCode])
      else child.once('exit', (code, name) => resolve([code, name]))
    })
    killGroupOf(child)
    await drained(outputs)
    const [stdout, stderr, channel] = outputs
    return {
      exitCode,
      signal,
      stdout: stdout!.text(),
      stderr: stderr!.text(),
      channel: channel?.text() ?? '',
      truncated: outputs.some(output => output.isTruncated()),
      aborted,
    }
  } finally {
    abort?.removeEventListener('abort', onAbort)
    clearTimeout(patience)
    for (const stream of child.stdio) stream?.destroy()
  }
}

const abortedBeforeStart: ProcessResult = {
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  channel: '',
  truncated: false,
  aborted: true,
}

function killGroupOf(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: nothing is left of the group. EPERM: macOS says so of a group that only has zombies.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

async function drained(outputs: readonly Output[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, drainTime)
  await Promise.race([Promise.all(outputs.map(output => output.ended)), promise])
  clearTimeout(timer)
}
