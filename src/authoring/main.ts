import type { Surroundings } from './command-line.ts'
import { exitCodes, UsageFailure } from './failure.ts'
import { recordUsage, runRecord } from './record.ts'
import { runTests, testUsage } from './test-command.ts'
import { runValidate, validateUsage } from './validate.ts'

export type { Called, Surroundings } from './command-line.ts'

const usage = `usage:
${validateUsage}
${testUsage}
${recordUsage}

EXIT CODES
    0 all is well, 1 a document has an error or a test fails, 252 the command or a file is wrong
`

type Command = (words: readonly string[], surroundings: Surroundings) => number | Promise<number>

const commands = new Map<string, Command>([
  ['validate', runValidate],
  ['test', runTests],
  ['record', runRecord],
])

/** `bellhop document COMMAND`: tools for authors of automation documents. Answers the exit code and never throws. */
export async function documentMain(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...rest] = words
  const { stdout, stderr } = surroundings
  if (name === 'help' || name === '--help' || rest.includes('--help') || rest[0] === 'help') {
    stdout.write(usage)
    return 0
  }
  const command = commands.get(name ?? '')
  if (!command) {
    stderr.write(
      `${usage}\nbellhop document: ${name === undefined ? 'a command is missing' : `there is no command ${name}`}\n`,
    )
    return exitCodes.usage
  }
  try {
    return await command(rest, surroundings)
  } catch (error) {
    if (!(error instanceof UsageFailure)) throw error
    stderr.write(`bellhop document ${name}: ${error.message}\n`)
    return exitCodes.usage
  }
}
