import { Worker } from 'node:worker_threads'

/** What a thread could not parse; the message says why. */
export class ParserError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ParserError'
  }
}

interface Options {
  /** The thread's program, which answers `{ id, ...input }` with an Answer. */
  readonly file: () => string
  /** What it parses, in words: `A .tf file`. */
  readonly what: string
  readonly mostMilliseconds?: number
}

interface Answer<Value> {
  readonly id: number
  readonly value?: Value
  /** What is wrong with the input. */
  readonly error?: string
  /** The parser itself gave up: it cannot be trusted with another input. */
  readonly broken?: string
}

interface Parsing<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

const defaultMilliseconds = 10_000
const idleMilliseconds = 60_000
const mostMegabytes = 512

/**
 * A parser of what strangers wrote, in a thread: started when it is needed, ended when it has had nothing to do for a while,
 * and replaced when an input was too much for it. The server goes on answering meanwhile.
 */
export class ParserThread<Value> {
  readonly #options: Options
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  readonly #parsing = new Map<number, Parsing<Value>>()
  #last = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** `name` stands for the input in errors. Throws ParserError. */
  async parse(name: string, input: Readonly<Record<string, unknown>>): Promise<Value> {
    const { mostMilliseconds = defaultMilliseconds } = this.#options
    const worker = this.#started()
    this.#last += 1
    const id = this.#last
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    this.#parsing.set(id, { resolve, reject })
    clearTimeout(this.#idle)
    worker.ref()
    const timer = setTimeout(
      () => this.#end(worker, `${name} could not be parsed within ${mostMilliseconds / 1000} seconds`),
      mostMilliseconds,
    )
    worker.postMessage({ ...input, id })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#parsing.delete(id)
      if (this.#parsing.size === 0 && this.#worker === worker) {
        worker.unref()
        this.#idle = setTimeout(() => this.#end(worker, 'idle'), idleMilliseconds).unref()
      }
    }
  }

  #started(): Worker {
    if (this.#worker) return this.#worker
    const { what, file } = this.#options
    const worker = new Worker(file(), {
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    })
    worker.on('message', ({ id, value, error, broken }: Answer<Value>) => {
      const parsing = this.#parsing.get(id)
      if (broken !== undefined) this.#end(worker, `${what} is too much for the parser: ${broken}`)
      else if (error !== undefined) parsing?.reject(new ParserError(error))
      else parsing?.resolve(value as Value)
    })
    worker.on('error', error => this.#end(worker, `${what} is too much for the parser: ${(error as Error).message}`))
    worker.on('exit', () => this.#end(worker, `${what} is too much for the parser`))
    this.#worker = worker
    return worker
  }

  /** Gives up on a thread, and on what it had in hand. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    clearTimeout(this.#idle)
    for (const { reject } of this.#parsing.values()) reject(new ParserError(reason))
    this.#parsing.clear()
    void worker.terminate()
  }
}
