import { parseArgs } from 'node:util'
import { UsageFailure } from './failure.ts'

/** Where `bellhop document` reads and writes, so that a test can run it in its own process. */
export interface Surroundings {
  readonly cwd: string
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown }
  /** Makes a call as the CLI makes it: `ssm get-automation-execution ...`. */
  readonly call: (words: readonly string[]) => Promise<Called>
}

export interface Called {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options']

/** The words of a subcommand. Throws UsageFailure. */
export function parseWords(words: readonly string[], options: NonNullable<Options>) {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    return { values: values as Readonly<Record<string, string | boolean | string[] | undefined>>, positionals }
  } catch (error) {
    throw new UsageFailure((error as Error).message, { cause: error })
  }
}

/** `--output`, as the subcommands take it. */
export function outputFormat(value: unknown): 'text' | 'json' {
  if (value === undefined || value === 'text') return 'text'
  if (value === 'json') return 'json'
  throw new UsageFailure(`--output takes text or json, not ${String(value)}.`)
}
