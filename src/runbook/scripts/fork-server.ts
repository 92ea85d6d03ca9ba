import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { collect } from '../../processes/collect.ts'
import { baseEnvironment, type Environment } from './environment.ts'
import { pythonArguments } from './interpreters.ts'
import { maxOutput, type Told } from './request.ts'

/** The process that forks could not take a run; the run never began. */
export class NotForked extends Error {}

export interface ForkServerOptions {
  readonly python: string
  /** Where its socket lies; a folder in it is made that nobody else may enter. */
  readonly directory: string
  readonly env: Environment
}

/** Asked when all is ready and before anything of the script has begun; it does not begin when this rejects. */
export type MayBegin = () => Promise<void>

interface PendingRun {
  readonly secret: string
  readonly mayBegin: MayBegin
  readonly request: string
  readonly connections: Map<string, Socket>
  readonly done: PromiseWithResolvers<void>
  channel?: ReturnType<typeof collect>
  log?: ReturnType<typeof collect>
}

/** Milliseconds for Python to start and import what scripts import. */
const startTime = 30_000
/** Milliseconds for reading what is still in the sockets once a run has ended. */
const drainTime = 250

/**
 * A Python that has everything imported and forks per run (program/fork-server.ts). It runs as the server does, so that
 * what it forks can become another user; nothing of a script ever reaches it. It is started when it is first needed, and
 * again when it has died; what it was running then has failed.
 */
export class ForkServer {
  readonly #options: ForkServerOptions
  readonly #runs = new Map<number, PendingRun>()
  #count = 0
  #running: Promise<{ readonly child: ChildProcess; readonly boto3: string | undefined }> | undefined
  #socket: { readonly server: Server; readonly folder: string } | undefined
  #closed = false

  constructor(options: ForkServerOptions) {
    this.#options = options
  }

  /** The version of boto3 that scripts find imported. Rejects when Python cannot be started. */
  async boto3(): Promise<string | undefined> {
    return (await this.#start()).boto3
  }

  /** Runs one request; undefined when it was told to stop. Rejects with NotForked, or as `mayBegin` does, when nothing was begun. */
  async run(request: string, abort: AbortSignal, mayBegin: MayBegin): Promise<Told | undefined> {
    const { child } = await this.#start().catch(error => {
      throw new NotForked((error as Error).message)
    })
    if (abort.aborted) return undefined
    const number = ++this.#count
    const secret = randomBytes(16).toString('hex')
    const run: PendingRun = { secret, mayBegin, request, connections: new Map(), done: Promise.withResolvers() }
    this.#runs.set(number, run)
    // All that is held open for it may end with the server; a run in hand is waited for.
    const waiting = setInterval(() => {}, 60_000)
    const stop = () => child.stdin!.write(`stop ${number}\n`)
    abort.addEventListener('abort', stop, { once: true })
    try {
      child.stdin!.write(`run ${number} ${secret}\n`)
      await run.done.promise.catch(error => {
        stop()
        throw error
      })
      if (abort.aborted) return undefined
      await drained(run)
      return { channel: run.channel?.text() ?? '', log: run.log?.text() ?? '' }
    } finally {
      abort.removeEventListener('abort', stop)
      clearInterval(waiting)
      this.#runs.delete(number)
      for (const connection of run.connections.values()) connection.destroy()
    }
  }

  /** Ends it and what it runs. */
  async close(): Promise<void> {
    this.#closed = true
    const running = await this.#running?.catch(() => undefined)
    if (running && running.child.exitCode === null && running.child.signalCode === null) {
      const exited = new Promise(resolve => running.child.once('exit', resolve))
      running.child.ref()
      running.child.stdin!.end()
      await exited
    }
    this.#socket?.server.close()
    if (this.#socket) rmSync(this.#socket.folder, { recursive: true, force: true })
  }

  async #start() {
    if (this.#closed) throw new NotForked('The server is stopping.')
    this.#running ??= this.#startPython().catch(error => {
      this.#running = undefined
      throw error
    })
    return this.#running
  }

  async #startPython() {
    const { python, env } = this.#options
    this.#socket ??= await this.#listen()
    const child = spawn(python, pythonArguments('serve', join(this.#socket.folder, 'socket')), {
      cwd: '/',
      env: baseEnvironment('/', env),
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child.stdin!.on('error', () => {})
    const ready = Promise.withResolvers<{ boto3: string | null }>()
    child.once('error', ready.reject)
    child.once('exit', () => {
      ready.reject(new Error('Python ended before it was ready'))
      this.#running = undefined
      for (const run of this.#runs.values()) run.done.resolve()
    })
    createInterface({ input: child.stdout! }).on('line', line => {
      const told = JSON.parse(line)
      if (told.ready) ready.resolve(told.ready)
      else if (told.exited) this.#runs.get(Number(told.exited))?.done.resolve()
      else this.#runs.get(Number(told.refused))?.done.reject(new NotForked(told.why))
    })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      ready.reject(new Error('Python did not get ready'))
    }, startTime)
    try {
      const { boto3 } = await ready.promise
      // The server may end without it: its input ends then, and so does it.
      child.unref()
      for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref()
      return { child, boto3: boto3 ?? undefined }
    } finally {
      clearTimeout(timer)
    }
  }

  async #listen() {
    const folder = join(this.#options.directory, `fork-server-${randomBytes(4).toString('hex')}`)
    mkdirSync(folder, { mode: 0o700 })
    const server = createServer({ allowHalfOpen: true }, connection => this.#greet(connection))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(join(folder, 'socket'), resolve)
    })
    server.unref()
    return { server, folder }
  }

  /** A forked process says which run it is for; nobody else knows the secret, and it counts once. */
  #greet(connection: Socket): void {
    connection.on('error', () => {})
    let greeting = ''
    const read = (chunk: Buffer) => {
      greeting += chunk.toString('latin1')
      const end = greeting.indexOf('\n')
      if (end < 0) return greeting.length > 64 ? void connection.destroy() : undefined
      connection.off('data', read)
      const [secret, kind] = greeting.slice(0, end).split(' ')
      const run = [...this.#runs.values()].find(each => each.secret === secret)
      if (!run || (kind !== 'log' && kind !== 'channel') || run.connections.has(kind)) return void connection.destroy()
      run.connections.set(kind, connection)
      run[kind] = collect(connection, maxOutput)
      if (kind === 'channel') run.mayBegin().then(() => connection.end(run.request), run.done.reject)
      else connection.end()
      const rest = greeting.slice(end + 1)
      if (rest !== '') connection.emit('data', Buffer.from(rest, 'latin1'))
    }
    connection.on('data', read)
  }
}

async function drained(run: PendingRun): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, drainTime)
  await Promise.race([Promise.all([run.channel?.ended, run.log?.ended]), promise])
  clearTimeout(timer)
}
