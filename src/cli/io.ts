import { randomUUID } from 'node:crypto'
import type { Output } from './formatters/formatter.ts'
import { endOnInterrupt } from './interrupt.ts'
import type { Environment } from './session.ts'

/** Where text goes; a terminal says so, and how wide it is. */
export interface Stream extends Output {
  readonly isTTY?: boolean
  readonly columns?: number
  /** The file descriptor behind it, which a pager is given. */
  readonly fd?: number
}

/** Everything the CLI touches outside of itself, so that a test can run it in its own process. */
export interface Io {
  readonly env: Environment
  readonly cwd: string
  /** The name the program is called by in messages: `bellhop`, or `aws` when it was called so. */
  readonly program: string
  readonly version: string
  readonly stdout: Stream
  readonly stderr: Stream
  /** Read by `batch`, piece by piece. */
  readonly stdin: { readonly isTTY?: boolean; [Symbol.asyncIterator]?(): AsyncIterator<Uint8Array | string> }
  readonly now: () => Date
  /** In [0, 1). */
  readonly random: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly uuid: () => string
  /** Minutes east of UTC at a moment, by the machine's zone. */
  readonly utcOffset: (at: Date) => number
  readonly userAgent: string
  /** Ask on the terminal for a text that is not shown while it is typed; absent where there is nobody to ask. */
  readonly readSecret?: (prompt: string) => Promise<string>
}

/**
 * The running process as the CLI's surroundings. A reader of the output who leaves early (`| head`) is no failure; any
 * other trouble with writing is. From now on Ctrl-C ends the process as it ends the AWS CLI.
 */
export function processIo(program: string, version: string): Io {
  endOnInterrupt()
  return {
    env: process.env,
    cwd: process.cwd(),
    program,
    version,
    // Node opens each stream when it is first touched.
    get stdout() {
      return watched(process.stdout)
    },
    get stderr() {
      return watched(process.stderr)
    },
    get stdin() {
      return process.stdin
    },
    now: () => new Date(),
    random: Math.random,
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    // Not the global `crypto`, which is the Web's and loads twice as much.
    uuid: randomUUID,
    utcOffset: at => -at.getTimezoneOffset(),
    userAgent: `bellhop/${version} md/nodejs#${process.versions.node} os/${process.platform}`,
    readSecret: async prompt => (await import('./read-secret.ts')).readSecret(prompt),
  }
}

function watched(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!stream.listeners('error').includes(endOnWriteError)) stream.on('error', endOnWriteError)
  return stream
}

function endOnWriteError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') process.exitCode = 255
}
