import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServiceName, services } from '../../src/model/services.ts'
import { encodeRequest } from '../../src/protocol/client.ts'
import { signRequest } from '../../src/sigv4/sign.ts'

const root = join(import.meta.dirname, '../..')

export const account = '123456789012'
export const region = 'us-east-1'

/** A real server, in a process of its own. */
export interface Bellhop {
  readonly url: string
  readonly pid: number
  readonly dataDirectory: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
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
}

/** A folder that everybody may pass through, so that engines and scripts can run as another user; gone after the test. */
export function temporaryFolder(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-test-'))
  chmodSync(folder, 0o755)
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** Starts a server on a free port and waits for its ready line. The caller stops or kills it. */
export async function startBellhop({ dataDirectory, config, env = {}, args = [] }: Options): Promise<Bellhop> {
  const configArgs: string[] = []
  if (config) {
    const file = join(dataDirectory, '..', `${Date.now()}-bellhop.config.json`)
    writeFileSync(file, JSON.stringify(config))
    configArgs.push('--config', file)
  }
  const child = spawn(
    process.execPath,
    [
      join(root, 'src/bin.ts'),
      'server',
      '--port',
      '0',
      '--data',
      dataDirectory,
      '--account-id',
      account,
      ...configArgs,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } },
  )
  let log = ''
  child.stderr.on('data', chunk => {
    log += chunk
  })
  const url = await readyLine(child, () => log)
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

function readyLine(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    child.stdout!.on('data', chunk => {
      out += chunk
      const url = /^bellhop: listening on (http:\/\/\S+)\n/.exec(out)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', code =>
      reject(new Error(`The server ended with code ${code} before it was ready: ${out}${log()}`)),
    )
  })
}

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise(resolve => child.once('exit', code => resolve(code)))
}

export function readCredentials(dataDirectory: string): Bellhop['credentials'] {
  const text = readFileSync(join(dataDirectory, 'credentials'), 'utf8')
  const value = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(text)![1]!
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, whatever they are
  readonly json: any
}

/** Sends an operation, signed, and gives the answer back as it is. */
export async function send(
  server: Pick<Bellhop, 'url' | 'credentials'>,
  service: ServiceName,
  operation: string,
  input: unknown,
): Promise<Answer> {
  const { path, headers, body } = encodeRequest(services[service], operation, input)
  const url = new URL(path, server.url)
  const all: [string, string][] = [['Host', url.host], ...headers]
  const request = { method: 'POST', path, query: '', headers: all, body }
  const signed = [...all, ...signRequest(request, server.credentials, { region, service }, new Date())]
  return fetchAnswer(url, {
    method: 'POST',
    headers: signed.filter(([name]) => name !== 'Host'),
    body: Buffer.from(body),
  })
}

export async function fetchAnswer(url: URL | string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // XML, or nothing; the text is there.
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** Sends an operation and expects it to succeed. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, whatever they are
export async function call(
  server: Pick<Bellhop, 'url' | 'credentials'>,
  service: ServiceName,
  operation: string,
  input: unknown,
): Promise<any> {
  const answer = await send(server, service, operation, input)
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.text}`)
  return answer.json ?? answer.text
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
