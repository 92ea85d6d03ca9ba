import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** A file's blocks: `{ variable: { NAME: [{ ... }] }, terraform: [{ ... }] }`; expressions are `${...}` texts. */
export type HclFile = Readonly<Record<string, unknown>>

/** A file that cannot be parsed; the message says where and why. */
export class HclError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'HclError'
  }
}

/** Characters of all files together; the largest modules that people publish have a tenth of it. */
const mostCharacters = 2 * 1024 * 1024
const mostMilliseconds = 10_000
const idleMilliseconds = 60_000

interface Parsing {
  readonly resolve: (file: HclFile) => void
  readonly reject: (error: Error) => void
}

/**
 * Parses HCL as Terraform does. The parser lives in a thread that is started when it is needed, ended when it has had
 * nothing to do for a while, and replaced when a file was too much for it.
 */
export class HclParser {
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  readonly #parsing = new Map<number, Parsing>()
  #last = 0

  /** Throws HclError. */
  async parse(files: readonly { readonly path: string; readonly text: string }[]): Promise<readonly HclFile[]> {
    const characters = files.reduce((sum, { text }) => sum + text.length, 0)
    if (characters > mostCharacters) throw new HclError(`The .tf files have more than ${mostCharacters} characters`)
    const parsed: HclFile[] = []
    for (const { path, text } of files) parsed.push(await this.#parseFile(path, text))
    return parsed
  }

  async #parseFile(path: string, text: string): Promise<HclFile> {
    const worker = this.#started()
    this.#last += 1
    const id = this.#last
    const { promise, resolve, reject } = Promise.withResolvers<HclFile>()
    this.#parsing.set(id, { resolve, reject })
    clearTimeout(this.#idle)
    worker.ref()
    const timer = setTimeout(
      () => this.#end(worker, `${path} could not be parsed within ${mostMilliseconds / 1000} seconds`),
      mostMilliseconds,
    )
    worker.postMessage({ id, path, text })
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
    const worker = new Worker(workerFile(), { stdout: true, stderr: true })
    worker.on('message', ({ id, value, error }: { id: number; value?: HclFile; error?: string }) => {
      const parsing = this.#parsing.get(id)
      if (!parsing) return
      if (value !== undefined) return parsing.resolve(value)
      const syntax = /^parse config: \[([\s\S]*)\]$/.exec(error ?? '')?.[1]
      if (syntax !== undefined) return parsing.reject(new HclError(syntax))
      // Not the file's syntax but the parser itself: it cannot be trusted with another file.
      this.#end(worker, `A .tf file is too much for the parser: ${error}`)
    })
    worker.on('error', error => this.#end(worker, `The parser of .tf files failed: ${(error as Error).message}`))
    worker.on('exit', () => this.#end(worker, 'A .tf file is too much for the parser'))
    this.#worker = worker
    return worker
  }

  /** Gives up on a thread, and on what it had in hand. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    clearTimeout(this.#idle)
    for (const { reject } of this.#parsing.values()) reject(new HclError(reason))
    this.#parsing.clear()
    void worker.terminate()
  }
}

/** The thread's program: beside this file, or, in a build, beside the bundle (scripts/build.ts). */
function workerFile(): string {
  const source = join(import.meta.dirname, 'hcl-worker.ts')
  const built = join(import.meta.dirname, 'hcl', 'build', 'worker.cjs')
  const file = [source, built].find(existsSync)
  if (!file) throw new HclError(`.tf files cannot be parsed: ${built}, a part of Bellhop, is missing`)
  return file
}
