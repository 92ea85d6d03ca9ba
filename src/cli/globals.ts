import { type ArgumentValue, type OptionSpec, parseKnownArguments } from './arguments.ts'
import { checkEndpointOption } from './endpoint.ts'
import { ERROR_FORMATS, type ErrorFormat, ParamError } from './errors.ts'
import type { Query } from './jmespath/search.ts'
import { integerOrRefuse } from './shorthand.ts'

/** The options every command takes. */
export interface GlobalOptions {
  readonly debug: boolean
  readonly endpointUrl: string | undefined
  readonly verifyTls: boolean
  /** Set to false, too, when an operation's own paging option is used. */
  paginate: boolean
  readonly output: string | undefined
  readonly query: Query | undefined
  readonly profile: string | undefined
  readonly region: string | undefined
  readonly color: 'on' | 'off' | 'auto'
  readonly signRequest: boolean
  readonly caBundle: string | undefined
  /** Seconds. */
  readonly readTimeout: number
  readonly connectTimeout: number
  readonly binaryFormat: string | undefined
  readonly pager: boolean
  readonly errorFormat: ErrorFormat | undefined
}

/** Thrown out of the parser when --version is met: what follows it is not looked at. */
export class VersionRequested extends Error {}

export const OUTPUT_FORMATS = ['json', 'text', 'table', 'yaml', 'yaml-stream', 'off'] as const

function option(name: string, extra: Partial<OptionSpec> = {}): OptionSpec {
  return { flag: `--${name}`, dest: name, takes: 'one', ...extra }
}

/** Source: AWS CLI command reference, "Global options" (2.36). */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  option('debug', { takes: 'flag', constant: true }),
  option('endpoint-url'),
  option('no-verify-ssl', { takes: 'flag', constant: true }),
  option('no-paginate', { takes: 'flag', constant: true }),
  option('output', { choices: OUTPUT_FORMATS }),
  option('query'),
  option('profile'),
  option('region'),
  option('version', {
    takes: 'flag',
    constant: true,
    onMeet: () => {
      throw new VersionRequested()
    },
  }),
  option('color', { choices: ['on', 'off', 'auto'] }),
  option('no-sign-request', { takes: 'flag', constant: true }),
  option('ca-bundle'),
  option('cli-read-timeout'),
  option('cli-connect-timeout'),
  option('cli-binary-format', { choices: ['base64', 'raw-in-base64-out'] }),
  option('no-cli-pager', { takes: 'flag', constant: true }),
  option('cli-auto-prompt', { takes: 'flag', constant: true }),
  option('no-cli-auto-prompt', { takes: 'flag', constant: true }),
  option('cli-error-format', { choices: ERROR_FORMATS }),
]

export interface GlobalArguments {
  readonly values: ReadonlyMap<string, ArgumentValue>
  readonly command: string
  /** What the command's own parser goes on with. */
  readonly rest: readonly string[]
}

/** Take the global options, wherever they stand, and the command out of the words. Throws UsageError. */
export function parseGlobalArguments(words: readonly string[], commands: readonly string[]): GlobalArguments {
  const { values, rest } = parseKnownArguments(words, GLOBAL_OPTIONS, [
    { name: 'command', required: true, choices: commands },
  ])
  return { values, command: values.get('command') as string, rest }
}

/** Check and convert the global options' values, in the AWS CLI's order. */
export async function resolveGlobals(values: ReadonlyMap<string, ArgumentValue>): Promise<GlobalOptions> {
  const text = (name: string) => values.get(name) as string | undefined
  const query = text('query') === undefined ? undefined : await compileQuery(text('query')!)
  if (text('endpoint-url') !== undefined) checkEndpointOption(text('endpoint-url')!)
  const seconds = (name: string) => (text(name) === undefined ? 60 : Number(integerOrRefuse(text(name)!)))
  return {
    debug: values.has('debug'),
    endpointUrl: text('endpoint-url'),
    verifyTls: !values.has('no-verify-ssl'),
    paginate: !values.has('no-paginate'),
    output: text('output'),
    query,
    profile: text('profile'),
    region: text('region'),
    color: (text('color') ?? 'auto') as GlobalOptions['color'],
    signRequest: !values.has('no-sign-request'),
    caBundle: text('ca-bundle'),
    readTimeout: seconds('cli-read-timeout'),
    connectTimeout: seconds('cli-connect-timeout'),
    binaryFormat: text('cli-binary-format'),
    pager: !values.has('no-cli-pager'),
    errorFormat: text('cli-error-format') as ErrorFormat | undefined,
  }
}

async function compileQuery(expression: string): Promise<Query> {
  const { compile } = await import('./jmespath/search.ts')
  try {
    return compile(expression)
  } catch (error) {
    throw new ParamError(`Bad value for --query ${expression}: ${(error as Error).message}`, { cause: error })
  }
}
