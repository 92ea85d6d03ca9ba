import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCredentials, startServerProcess } from '../../scripts/server-process.ts'
import type { Credentials } from '../../src/sigv4/types.ts'

export { type Answer, call, fetchAnswer, send } from '../../scripts/client.ts'

export const account = '123456789012'
export const region = 'us-east-1'

/** A real server, in a process of its own. */
export interface Bellhop {
  readonly url: string
  readonly pid: number
  readonly dataDirectory: string
  readonly credentials: Credentials
  /** What it wrote to stderr so far. */
  log(): string
  /** Kills it at once, as a crash does. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

interface Options {
  readonly dataDirectory: string
  readonly config?: object
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** The folder of another version's source. */
  readonly source?: string
}

/** A folder that everybody may pass through, so that engines and scripts can run as another user; gone after the test. */
export function temporaryFolder(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-test-'))
  chmodSync(folder, 0o755)
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** Starts a server on a free port and waits for its ready line. The caller stops or kills it. */
export async function startBellhop({ dataDirectory, config, env = {}, args = [], source }: Options): Promise<Bellhop> {
  const configArgs: string[] = []
  if (config) {
    const file = join(dataDirectory, '..', `${Date.now()}-bellhop.config.json`)
    writeFileSync(file, JSON.stringify(config))
    configArgs.push('--config', file)
  }
  const { child, url } = await startServerProcess(
    ['--port', '0', '--data', dataDirectory, '--account-id', account, ...configArgs, ...args],
    { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    'pipe',
    source,
  )
  let log = ''
  child.stderr!.on('data', chunk => {
    log += chunk
  })
  return {
    url,
    pid: child.pid!,
    dataDirectory,
    credentials: readCredentials(dataDirectory),
    log: () => log,
    kill: async () => {
      child.kill('SIGKILL')
      await exited(child)
    },
    stop: async () => {
      child.kill('SIGTERM')
      return exited(child)
    },
  }
}

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise(resolve => child.once('exit', code => resolve(code)))
}

/** Calls `look` again and again, at once, until it answers something; real processes are at work meanwhile. */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}`)
    // A turn of the event loop and a little more, so that what is waited for gets the processor.
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
