import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageFailure } from './failure.ts'

/** A file's text; `-` is not one. Throws UsageFailure. */
export function readText(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new UsageFailure(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
