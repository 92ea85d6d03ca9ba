import { operationSlice } from '../model/slices.ts'
import { parseKnownArguments } from './arguments.ts'
import { isSignalVerb } from './beyond/options.ts'
import { type SharedState, timestampFormat } from './client.ts'
import { BEYOND, commandsOf, hasExtras, isService, operationsOf } from './commands.ts'
import {
  CliError,
  ERROR_FORMATS,
  type ErrorFormat,
  ExitCode,
  explainFailure,
  ParamError,
  UsageError,
} from './errors.ts'
import { type GlobalOptions, parseGlobalArguments, resolveGlobals, VersionRequested } from './globals.ts'
import type { Io } from './io.ts'
import { runOperation } from './operation.ts'
import { bothPromptOptions, promptMode } from './prompt/mode.ts'
import { openSession, type Session, setting } from './session.ts'
import type { Trace } from './trace.ts'

export { type Io, processIo } from './io.ts'

/**
 * Run one command of the drop-in CLI: `<service> <operation> [options]`. Answers the exit code; nothing it does ends
 * the process or throws. Source of the behaviour: AWS CLI 2.36.7.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const known: Known = {}
  try {
    const encoding = io.env['AWS_CLI_OUTPUT_ENCODING']
    if (encoding && !isUtf8(encoding)) {
      const { encoded } = await import('./encoded-io.ts')
      return await run(argv, encoded(io, encoding))
    }
    if (argv[0] === '__complete') {
      const { printCandidates } = await import('./completion/entry.ts')
      await printCandidates(argv.slice(1), io)
      return ExitCode.ok
    }
    const mode = promptMode(argv, io.env, () => undefined)
    if (mode === 'on') return await runPrompted(argv, io)
    await dispatch(argv, io, known)
    return known.exitCode ?? ExitCode.ok
  } catch (failure) {
    if (await wantsPrompt(failure, argv, io, known)) return runPrompted(argv, io, failure)
    return explain(failure, io, known)
  }
}

/** Run a command as it stands, whatever settings say about asking for it. */
async function runWithoutPrompt(argv: readonly string[], io: Io, shared?: SharedState): Promise<number> {
  const known: Known = { isPrompted: true }
  try {
    await dispatch(argv, io, known, shared)
    return known.exitCode ?? ExitCode.ok
  } catch (failure) {
    return explain(failure, io, known)
  }
}

/** What is known of a run when it fails. */
interface Known {
  globals?: GlobalOptions
  session?: Session
  /** Present with --debug. */
  trace?: Trace
  /** Of a command that ends with another one than 0 without having failed itself. */
  exitCode?: number
  /** The user has been asked for the command already, or must not be. */
  readonly isPrompted?: boolean
}

async function explain(failure: unknown, io: Io, known: Known): Promise<number> {
  if (failure instanceof VersionRequested) {
    printVersion(io)
    return ExitCode.ok
  }
  if (failure instanceof Error) known.trace?.line(failure.stack ?? failure.message)
  const { text, exitCode } = await explainFailure(failure, io.program, errorFormat(io, known), printStructured)
  io.stderr.write(text)
  return exitCode
}

function printVersion(io: Io): void {
  io.stdout.write(`bellhop/${io.version} nodejs/${process.versions.node} ${process.platform}\n`)
}

/** Thrown when the profile says that every command is asked for. */
class PromptWanted extends Error {}

/** A command that is wrong is asked for again where the settings say so. */
async function wantsPrompt(failure: unknown, argv: readonly string[], io: Io, known: Known): Promise<boolean> {
  if (failure instanceof PromptWanted) return true
  if (!(failure instanceof CliError) || failure.exitCode !== ExitCode.paramValidation) return false
  const { profilePromptSetting } = await import('./prompt/profile-setting.ts')
  const fromProfile = () => profilePromptSetting(argv, io, known.session)
  return !bothPromptOptions(argv) && promptMode(argv, io.env, fromProfile) !== 'off'
}

/** Ask for the command, then run it. `failure` is what was wrong with it as it was given. */
async function runPrompted(argv: readonly string[], io: Io, failure?: unknown): Promise<number> {
  try {
    const { askForCommand } = await import('./prompt/prompt.ts')
    const words = await askForCommand(argv, io, runWithoutPrompt)
    return words === undefined ? ExitCode.interrupted : runWithoutPrompt(words, io)
  } catch (refusal) {
    if (failure instanceof CliError) await explain(failure, io, {})
    return explain(refusal, io, {})
  }
}

async function dispatch(argv: readonly string[], io: Io, known: Known, shared?: SharedState): Promise<void> {
  const { values, command, rest } = parseGlobalArguments(argv, commandsOf(io.program))
  const globals = await resolveGlobals(values)
  known.globals = globals
  if (globals.debug) known.trace = await startTrace(argv, io)
  if (command === 'help') return showHelp(io, globals, (pages, width) => pages.programPage(io.program, width))
  if (command === 'completion') {
    const { printCompletionScript } = await import('./completion/entry.ts')
    return printCompletionScript(rest, io)
  }
  if (command === 'batch') {
    const { runBatch } = await import('./beyond/batch.ts')
    known.exitCode = await runBatch(rest, values, io, runForBatch)
    return
  }
  if (command === 'artifact') {
    const { runArtifact } = await import('./beyond/artifact.ts')
    const session = await openSessionWith(io, globals)
    known.session = session
    return runArtifact(rest, { globals, session, io, trace: known.trace, shared })
  }
  if (!BEYOND.includes(command) && !isService(command))
    throw new UsageError(`argument command: Found invalid choice '${command}'\n`)
  const session = await openSessionWith(io, globals)
  known.session = session
  timestampFormat(session)
  const surroundings = { globals, session, io, trace: known.trace, shared }
  if (isSignalVerb(command)) {
    const { runSignal } = await import('./beyond/signal.ts')
    return runSignal(command, rest, surroundings)
  }
  if (command === 'activity') {
    const { runActivity } = await import('./beyond/activity.ts')
    return runActivity(rest, surroundings)
  }
  if (command === 'health') {
    const { runHealth } = await import('./beyond/health.ts')
    return runHealth(rest, surroundings)
  }
  if (command === 'resume-run') {
    const { runResumeRun } = await import('./beyond/resume-run.ts')
    return runResumeRun(rest, surroundings)
  }
  if (command === 'executions') {
    const { runExecutions } = await import('./beyond/executions.ts')
    return runExecutions(rest, surroundings)
  }
  if (!isService(command)) {
    const { runExplain } = await import('./beyond/explain.ts')
    return runExplain(rest, surroundings)
  }
  if (!known.isPrompted && promptMode(argv, io.env, () => setting(session, [], 'cli_auto_prompt')) === 'on') {
    throw new PromptWanted()
  }

  const operations = operationsOf(command)
  const waits = command === 'servicecatalog' && hasExtras(io.program)
  const choices = [...operations.keys(), ...(waits ? ['wait'] : []), 'help']
  const parsed = parseKnownArguments(rest, [], [{ name: 'operation', required: true, choices }])
  const name = parsed.values.get('operation') as string
  if (name === 'help') return showHelp(io, globals, (pages, width) => pages.servicePage(command, io.program, width))
  if (waits && name === 'wait') {
    const { runWait } = await import('./beyond/wait-command.ts')
    return runWait(parsed.rest, surroundings)
  }
  const slice = operationSlice(command, operations.get(name)!)
  await runOperation({ service: command, name, ...slice }, parsed.rest, surroundings)
}

/** Run one command of a batch; its failure is the batch's to tell. */
async function runForBatch(argv: readonly string[], io: Io, shared: SharedState) {
  const known: Known = { isPrompted: true }
  let failure: unknown
  try {
    await dispatch(argv, io, known, shared)
    if (known.exitCode !== undefined) failure = new ParamError('A batch cannot run in a batch.')
  } catch (error) {
    if (error instanceof VersionRequested) printVersion(io)
    else failure = error
  }
  const { globals, session } = known
  const format = globals?.output ?? (session && setting(session, ['AWS_DEFAULT_OUTPUT'], 'output')) ?? 'json'
  return { failure, format }
}

async function startTrace(argv: readonly string[], io: Io): Promise<Trace> {
  const { openTrace } = await import('./trace.ts')
  const trace = openTrace(io)
  trace.line(`bellhop/${io.version} nodejs/${process.versions.node} ${process.platform} ${process.arch}`)
  trace.line(`arguments: ${JSON.stringify(argv)}`)
  return trace
}

async function openSessionWith(io: Io, globals: GlobalOptions): Promise<Session> {
  const session = openSession(io.env, io.cwd, globals.profile)
  const name = io.env['AWS_CLI_FILE_ENCODING']
  if (name === undefined || isUtf8(name)) return session
  const { encodingOf } = await import('./encoding.ts')
  return { ...session, fileEncoding: () => encodingOf(name) }
}

function isUtf8(encoding: string): boolean {
  return /^utf[-_ ]?8$/i.test(encoding)
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

/** How failures are shown: --cli-error-format, AWS_CLI_ERROR_FORMAT, `cli_error_format`; unknown values are ignored. */
function errorFormat(io: Io, known: Known): ErrorFormat {
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
