import { operationSlice } from '../model/slices.ts'
import { parseKnownArguments } from './arguments.ts'
import { COMMANDS, isService, operationsOf } from './commands.ts'
import { CliError, ERROR_FORMATS, type ErrorFormat, ExitCode, explainFailure, UsageError } from './errors.ts'
import { type GlobalOptions, parseGlobalArguments, resolveGlobals, VersionRequested } from './globals.ts'
import type { Io } from './io.ts'
import { runOperation, timestampFormat } from './operation.ts'
import { openSession, type Session, setting } from './session.ts'

export { type Io, processIo } from './io.ts'

/**
 * Run one command of the drop-in CLI: `<service> <operation> [options]`. Answers the exit code; nothing it does ends
 * the process or throws. Source of the behaviour: AWS CLI 2.36.7.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const known: { globals?: GlobalOptions; session?: Session } = {}
  try {
    if (argv[0] === '__complete') {
      const { printCandidates } = await import('./completion/entry.ts')
      await printCandidates(argv.slice(1), io)
      return ExitCode.ok
    }
    await dispatch(argv, io, known)
    return ExitCode.ok
  } catch (failure) {
    if (failure instanceof VersionRequested) {
      io.stdout.write(`bellhop/${io.version} nodejs/${process.versions.node} ${process.platform}\n`)
      return ExitCode.ok
    }
    if (known.globals?.debug && failure instanceof Error) io.stderr.write(`DEBUG - ${failure.stack}\n`)
    const { text, exitCode } = await explainFailure(failure, io.program, errorFormat(io, known), printStructured)
    io.stderr.write(text)
    return exitCode
  }
}

async function dispatch(
  argv: readonly string[],
  io: Io,
  known: { globals?: GlobalOptions; session?: Session },
): Promise<void> {
  const { values, command, rest } = parseGlobalArguments(argv, COMMANDS)
  const globals = await resolveGlobals(values)
  known.globals = globals
  if (command === 'help') return showHelp(io, globals, (pages, width) => pages.programPage(io.program, width))
  if (command === 'completion') {
    const { printCompletionScript } = await import('./completion/entry.ts')
    return printCompletionScript(rest, io)
  }
  if (!isService(command)) throw new UsageError(`argument command: Found invalid choice '${command}'\n`)
  const session = openSession(io.env, io.cwd, globals.profile)
  known.session = session
  timestampFormat(session)
  refuseAutoPrompt(globals, io)

  const operations = operationsOf(command)
  const choices = [...operations.keys(), 'help']
  const parsed = parseKnownArguments(rest, [], [{ name: 'operation', required: true, choices }])
  const name = parsed.values.get('operation') as string
  if (name === 'help') return showHelp(io, globals, (pages, width) => pages.servicePage(command, width))
  const slice = operationSlice(command, operations.get(name)!)
  await runOperation({ service: command, name, ...slice }, parsed.rest, { globals, session, io })
}

async function showHelp(
  io: Io,
  globals: GlobalOptions,
  pageOf: (pages: typeof import('./help/pages.ts'), width: number) => string,
): Promise<void> {
  const { pageWidth, showPage } = await import('./help/show.ts')
  const page = pageOf(await import('./help/pages.ts'), pageWidth(io))
  return showPage(page, io, globals)
}

function refuseAutoPrompt(globals: GlobalOptions, io: Io): void {
  if (!globals.autoPrompt) return
  if (!io.stdin.isTTY) io.stderr.write('Warning: Input is not a terminal (fd=0).\n')
  throw new CliError('Auto-prompt is not supported yet by this version.')
}

/** How failures are shown: --cli-error-format, AWS_CLI_ERROR_FORMAT, `cli_error_format`; unknown values are ignored. */
function errorFormat(io: Io, known: { globals?: GlobalOptions; session?: Session }): ErrorFormat {
  const wanted =
    known.globals?.errorFormat ??
    io.env['AWS_CLI_ERROR_FORMAT'] ??
    (known.session ? setting(known.session, [], 'cli_error_format') : undefined)
  return ERROR_FORMATS.find(format => format === wanted) ?? 'enhanced'
}

async function printStructured(
  format: 'json' | 'yaml' | 'text' | 'table',
  members: readonly (readonly [name: string, value: string])[],
): Promise<string> {
  const { FORMATTERS } = await import('./formatters/index.ts')
  const formatter = await FORMATTERS.get(format)!()
  const parts: string[] = []
  const output = {
    write: (part: string) => {
      parts.push(part)
    },
  }
  await formatter('', new Map(members), output, { query: undefined, color: false, terminalWidth: 80 })
  return parts.join('')
}
