import type { SharedState } from '../client.ts'
import { localSources } from '../completion/sources.ts'
import { quoteWord, splitLine } from '../completion/words.ts'
import { describeMember, describeOperation } from '../descriptions/index.ts'
import { CliError } from '../errors.ts'
import { ConnectionPool } from '../http.ts'
import type { Io } from '../io.ts'
import type { ListResources } from './resources.ts'
import { Suggester } from './suggest.ts'
import { askForLine, type TerminalInput, type TerminalOutput } from './terminal.ts'

/** Runs a command with given surroundings and answers its exit code, as the CLI itself does, without asking. */
export type RunCommand = (words: readonly string[], io: Io, shared: SharedState) => Promise<number>

/**
 * Ask for the rest of a command. Answers its words, or undefined when the user gave up. Throws a CliError without a
 * terminal, with a warning in the words of the AWS CLI's.
 */
export async function askForCommand(
  words: readonly string[],
  io: Io,
  run: RunCommand,
): Promise<readonly string[] | undefined> {
  const { input, output } = terminalOf(io)
  const given = words.filter(word => word !== '--cli-auto-prompt').map(quoteWord)
  const sources = { ...localSources(io.env, io.cwd), describeOperation, describeMember }
  const shared: SharedState = {
    pool: new ClosablePool(),
    credentials: new Map(),
    quotas: new Map(),
    limiters: new Map(),
  }
  const suggester = new Suggester(io.program, sources, options => resourceLister(options, io, run, shared))
  const line = await askForLine({
    input,
    output,
    program: io.program,
    text: given.length === 0 ? '' : `${given.join(' ')} `,
    suggest: (text, cursor) => suggester.at(text, cursor),
  })
  // What is still being asked for is of no use any more, and must not keep the process.
  shared.pool.close()
  return line === undefined ? undefined : splitLine(`${line} `).words
}

/** Connections of which none is made any more once it was closed. */
class ClosablePool extends ConnectionPool {
  #isClosed = false

  override agent(...options: Parameters<ConnectionPool['agent']>): ReturnType<ConnectionPool['agent']> {
    if (this.#isClosed) throw new Error('The prompt has ended.')
    return super.agent(...options)
  }

  override close(): void {
    this.#isClosed = true
    super.close()
  }
}

/** Where the prompt is: stdout unless that goes elsewhere, then stderr, so that answers can be piped. */
function terminalOf({ stdin, stdout, stderr }: Io): { input: TerminalInput; output: TerminalOutput } {
  const output = stdout.isTTY ? stdout : stderr
  if (stdin.isTTY && output.isTTY) {
    return { input: stdin as unknown as TerminalInput, output: output as unknown as TerminalOutput }
  }
  if (!stdin.isTTY) stderr.write('Warning: Input is not a terminal (fd=0).\n')
  else stderr.write('Warning: Output is not a terminal (fd=1).\n')
  throw new CliError('Auto-prompt needs a terminal. Use --no-cli-auto-prompt, or set AWS_CLI_AUTO_PROMPT to off.')
}

/** Options of the command that say whom to call and as whom. */
const CARRIED = ['endpoint-url', 'region', 'profile', 'ca-bundle'] as const
const CARRIED_FLAGS = ['no-verify-ssl', 'no-sign-request'] as const

/** Lists resources with a command of this CLI: one try, few seconds, nothing on the screen. */
function resourceLister(
  given: ReadonlyMap<string, string>,
  io: Io,
  run: RunCommand,
  shared: SharedState,
): ListResources {
  return async words => {
    const out: string[] = []
    const err: string[] = []
    const globals = [
      ...CARRIED.filter(name => given.get(name)).map(name => `--${name}=${given.get(name)}`),
      ...CARRIED_FLAGS.filter(name => given.has(name)).map(name => `--${name}`),
    ]
    const silent: Io = {
      env: { ...io.env, AWS_MAX_ATTEMPTS: '1', AWS_CLI_ERROR_FORMAT: 'legacy' },
      cwd: io.cwd,
      program: io.program,
      version: io.version,
      stdout: { write: text => void out.push(text) },
      stderr: { write: text => void err.push(text) },
      stdin: {},
      now: io.now,
      random: io.random,
      sleep: io.sleep,
      uuid: io.uuid,
      utcOffset: io.utcOffset,
      userAgent: io.userAgent,
      readSecret: () =>
        Promise.reject(new CliError('The profile asks for a code, which a completion does not ask for.')),
    }
    const timeouts = ['--cli-connect-timeout', '2', '--cli-read-timeout', '5']
    const exit = await run([...words, ...globals, '--output', 'json', '--no-cli-pager', ...timeouts], silent, shared)
    if (exit !== 0) throw new Error(err.join('').replace(/^\s*\S+: \[ERROR\]: /, ''))
    const text = out.join('')
    return text === '' ? {} : JSON.parse(text)
  }
}
