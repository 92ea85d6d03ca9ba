import { strip } from './values.ts'

/**
 * The exit codes of the AWS CLI v2 by name (source: its user guide, "Return codes"), and two of our own for commands that
 * wait.
 */
export const ExitCode = {
  ok: 0,
  timedOut: 3,
  recordFailed: 5,
  interrupted: 130,
  paramValidation: 252,
  configuration: 253,
  service: 254,
  general: 255,
} as const

/** The code in `An error occurred (Code): ...` for failures found before anything was sent. */
export type ClientErrorCode = 'ParamValidation' | 'NoRegion' | 'NoCredentials' | 'Configuration' | 'Pager'

/** A failure the CLI explains to its user. Everything else that is thrown is printed as a general error, too. */
export class CliError extends Error {
  readonly exitCode: number
  readonly code: ClientErrorCode | undefined

  constructor(message: string, options?: ErrorOptions & { code?: ClientErrorCode }) {
    super(message, options)
    this.name = 'CliError'
    this.code = options?.code
    this.exitCode = options?.code === undefined ? ExitCode.general : EXIT_OF_CODE[options.code]
  }
}

const EXIT_OF_CODE: Readonly<Record<ClientErrorCode, number>> = {
  ParamValidation: ExitCode.paramValidation,
  NoRegion: ExitCode.configuration,
  NoCredentials: ExitCode.configuration,
  Configuration: ExitCode.configuration,
  Pager: ExitCode.configuration,
}

/** Options or parameters are wrong; nothing was sent. */
export class ParamError extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, code: 'ParamValidation' })
  }
}

/** One option's value is wrong. */
export class OptionValueError extends ParamError {
  constructor(option: string, message: string, options?: ErrorOptions) {
    super(`Error parsing parameter '${option}': ${message}`, options)
  }
}

/** The command line does not parse; the usage follows the message. */
export class UsageError extends ParamError {}

/** Words that no parser took. They are listed after the usage, and without a code. */
export class UnknownOptionsError extends CliError {
  override readonly exitCode = ExitCode.paramValidation
  constructor(words: readonly string[]) {
    super(`Unknown options: ${words.join(', ')}`)
  }
}

/** The service answered with an error. */
export class ServiceFailure extends CliError {
  override readonly exitCode = ExitCode.service
  readonly serviceCode: string
  readonly serviceMessage: string
  /** The error as it was parsed, for the json, yaml, text and table error formats. */
  readonly members: readonly (readonly [name: string, value: string])[]
  /** Whether the same call may succeed later: the service was busy or out of order. */
  readonly transient: boolean

  constructor(operation: string, serviceCode: string, serviceMessage: string, retries?: number, transient = false) {
    const after = retries === undefined ? '' : ` (reached max retries: ${retries})`
    super(`An error occurred (${serviceCode}) when calling the ${operation} operation${after}: ${serviceMessage}`)
    this.serviceCode = serviceCode
    this.serviceMessage = serviceMessage
    this.transient = transient
    this.members = [
      ['Message', serviceMessage],
      ['Code', serviceCode],
    ]
  }
}

export const ERROR_FORMATS = ['enhanced', 'legacy', 'json', 'yaml', 'text', 'table'] as const
export type ErrorFormat = (typeof ERROR_FORMATS)[number]

/** Print one failure's structured form; the printers of json, yaml, text and table are the output formats' own. */
export type StructuredErrorPrinter = (
  format: 'json' | 'yaml' | 'text' | 'table',
  members: readonly (readonly [name: string, value: string])[],
) => Promise<string>

/** How the program is called, as every usage error shows it. */
export function usage(program: string): string {
  return (
    `usage: ${program} [options] <command> <subcommand> [<subcommand> ...] [parameters]\n` +
    'To see help text, you can run:\n\n' +
    `  ${program} help\n  ${program} <command> help\n  ${program} <command> <subcommand> help\n`
  )
}

/**
 * Where every failure ends: the text for stderr and the exit code. The forms are those of AWS CLI 2.36.7, where general
 * errors (255) are always plain and a message is stripped.
 */
export async function explainFailure(
  failure: unknown,
  program: string,
  format: ErrorFormat,
  printStructured: StructuredErrorPrinter,
): Promise<{ text: string; exitCode: number }> {
  const prefix = `\n${program}: [ERROR]: `
  if (!(failure instanceof CliError)) {
    const message = failure instanceof Error ? failure.message : String(failure)
    return { text: `${prefix}${strip(message)}\n`, exitCode: ExitCode.general }
  }
  if (failure instanceof UnknownOptionsError) {
    return { text: `\n${usage(program)}\n${prefix}${failure.message}\n`, exitCode: failure.exitCode }
  }
  const structured = format !== 'enhanced' && format !== 'legacy'
  // What programs read is the AWS CLI's to the byte, its name included; people are told the name they called.
  const named = structured ? 'aws' : program
  const message = failure instanceof UsageError ? `${failure.message}\n\n${usage(named)}` : failure.message
  const members: readonly (readonly [string, string])[] | undefined =
    failure instanceof ServiceFailure
      ? failure.members
      : failure.code !== undefined
        ? [
            ['Code', failure.code],
            ['Message', message],
          ]
        : undefined
  if (members !== undefined && structured) {
    return { text: await printStructured(format, members), exitCode: failure.exitCode }
  }
  const wrapped = failure.code === undefined || format === 'legacy' ? message : wrap(failure.code, message)
  return { text: `${prefix}${strip(wrapped)}\n`, exitCode: failure.exitCode }
}

function wrap(code: string, message: string): string {
  return `An error occurred (${code}): ${message}`
}
