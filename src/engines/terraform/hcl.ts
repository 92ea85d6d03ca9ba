import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ParserError, ParserThread } from '../parser-thread.ts'

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

/** Parses HCL as Terraform does, in a thread of its own. */
export class HclParser {
  readonly #thread = new ParserThread<HclFile>({ file: workerFile, what: 'A .tf file' })

  /** Throws HclError. */
  async parse(files: readonly { readonly path: string; readonly text: string }[]): Promise<readonly HclFile[]> {
    const characters = files.reduce((sum, { text }) => sum + text.length, 0)
    if (characters > mostCharacters) throw new HclError(`The .tf files have more than ${mostCharacters} characters`)
    const parsed: HclFile[] = []
    for (const { path, text } of files) parsed.push(await this.#parseFile(path, text))
    return parsed
  }

  async #parseFile(path: string, text: string): Promise<HclFile> {
    try {
      return await this.#thread.parse(path, { path, text })
    } catch (error) {
      throw error instanceof ParserError ? new HclError(error.message) : error
    }
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
