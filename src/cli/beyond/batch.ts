import { type ArgumentValue, parseKnownArguments } from '../arguments.ts'
import type { SharedState } from '../client.ts'
import { isService, SERVICES } from '../commands.ts'
import { CliError, ExitCode, explainFailure, ParamError, ServiceFailure, UnknownOptionsError } from '../errors.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import type { Io } from '../io.ts'
import { JsonError, parseJson, printJson } from '../json.ts'
import { kebabCase } from '../names.ts'
import { strip, type Value, type ValueMap } from '../values.ts'
import { splitWords } from '../words.ts'
import { BATCH_OPTIONS } from './options.ts'
import { openSharedState } from './shared.ts'

/** Run one command; what it prints goes to `io`, its failure is answered. */
export type RunCommand = (
  words: readonly string[],
  io: Io,
  shared: SharedState,
) => Promise<{ readonly failure: unknown; readonly format: string }>

const USAGE = `NAME
    batch

    Reads commands from standard input, one in a line, runs them in this process over kept connections, and prints
    one JSON object for each, in their order.

INPUT
    servicecatalog describe-record --id rec-...            words, quoted as in a shell
    ["servicecatalog", "describe-record", "--id", "..."]   words as JSON
    {"operation": "DescribeRecord", "input": {"Id": "rec-..."}, "id": 7, "options": {"region": "eu-west-1"}}
    Empty lines and lines that start with # are passed over.

OUTPUT
    {"line": 1, "exitCode": 0, "output": ...}
    {"line": 2, "id": 7, "exitCode": 254, "error": {"code": "...", "message": "..."}}

OPTIONS
    --jobs N          run so many at once (1)
    --stop-on-error   start no more after one has failed
    Global options hold for every line that does not have its own.

EXIT CODE
    0, or that of the first command that failed
`

const MOST_JOBS = 64
const MOST_LINE_LENGTH = 16 * 1024 * 1024

interface Result {
  readonly exitCode: number
  readonly text: string
}

/**
 * `bellhop batch`: many commands in one process. `globalValues` are the options before the lines' own. Answers the exit
 * code of the first command that failed, or 0.
 */
export async function runBatch(
  words: readonly string[],
  globalValues: ReadonlyMap<string, ArgumentValue>,
  io: Io,
  runCommand: RunCommand,
): Promise<number> {
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return ExitCode.ok
  }
  const { values, rest } = parseKnownArguments(words, BATCH_OPTIONS, [])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const jobs = Number(values.get('jobs') ?? 1)
  if (!(jobs >= 1 && jobs <= MOST_JOBS)) throw new ParamError(`Bad value for --jobs ${jobs}: 1 to ${MOST_JOBS}.`)
  const stopsOnError = values.has('stop-on-error')
  const globalWords = wordsOf(globalValues)
  const shared = openSharedState()
  const pending: Promise<Result>[] = []
  let first: number = ExitCode.ok
  const finishOldest = async () => {
    const { exitCode, text } = await pending.shift()!
    io.stdout.write(text)
    if (first === ExitCode.ok) first = exitCode
  }
  try {
    let number = 0
    for await (const line of linesOf(io)) {
      number += 1
      if (/^\s*(?:#|$)/.test(line)) continue
      pending.push(runLine(number, line, globalWords, io, shared, runCommand))
      while (pending.length >= jobs) await finishOldest()
      if (stopsOnError && first !== ExitCode.ok) break
    }
    while (pending.length > 0) await finishOldest()
  } finally {
    shared.pool.close()
  }
  return first
}

async function runLine(
  line: number,
  text: string,
  globalWords: readonly string[],
  io: Io,
  shared: SharedState,
  runCommand: RunCommand,
): Promise<Result> {
  const result: ValueMap = new Map([['line', line]])
  const out: string[] = []
  const err: string[] = []
  let failure: unknown
  let format = 'json'
  try {
    const { words, id } = readLine(text)
    if (id !== undefined) result.set('id', id)
    const own: Io = {
      ...io,
      stdout: { write: part => void out.push(part) },
      stderr: { write: part => void err.push(part) },
      stdin: {},
      readSecret: undefined,
    }
    const ran = await runCommand([...globalWords, ...words], own, shared)
    failure = ran.failure
    format = ran.format
  } catch (error) {
    failure = error
  }
  let exitCode: number = ExitCode.ok
  if (failure !== undefined) {
    const explained = await explainFailure(failure, io.program, 'enhanced', async () => '')
    exitCode = explained.exitCode
    result.set('exitCode', exitCode)
    if (out.length > 0) result.set('output', outputOf(out.join(''), format))
    result.set('error', errorOf(failure, explained.text))
  } else {
    result.set('exitCode', exitCode)
    result.set('output', outputOf(out.join(''), format))
  }
  if (err.length > 0) result.set('stderr', err.join(''))
  return { exitCode, text: `${printJson(result)}\n` }
}

/** What a command printed: as a value where it is JSON, else as text; nothing is null. */
function outputOf(text: string, format: string): Value {
  if (text === '') return null
  if (format !== 'json') return text
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) return text
    throw error
  }
}

function errorOf(failure: unknown, explained: string): ValueMap {
  if (failure instanceof ServiceFailure) {
    return new Map([
      ['code', failure.serviceCode],
      ['message', failure.serviceMessage],
    ])
  }
  const message = failure instanceof CliError ? strip(failure.message) : strip(explained)
  const code = failure instanceof CliError ? failure.code : undefined
  return new Map([...(code ? [['code', code] as const] : []), ['message', message] as const])
}

interface Line {
  readonly words: readonly string[]
  /** What the caller tells its results apart by. */
  readonly id?: Value | undefined
}

function readLine(text: string): Line {
  const line = strip(text)
  if (!line.startsWith('{') && !line.startsWith('[')) {
    const words = splitWords(line)
    return { words: words[0] === 'bellhop' || words[0] === 'aws' ? words.slice(1) : words }
  }
  let value: Value
  try {
    value = parseJson(line)
  } catch (error) {
    throw new ParamError(`The line is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (Array.isArray(value)) {
    if (!value.every(word => typeof word === 'string')) throw new ParamError('A list must hold words alone.')
    return { words: value }
  }
  return readCall(value as ValueMap)
}

const MEMBERS = ['service', 'operation', 'input', 'options', 'id']

function readCall(call: ValueMap): Line {
  const unknown = [...call.keys()].find(name => !MEMBERS.includes(name))
  if (unknown !== undefined) throw new ParamError(`Unknown member "${unknown}", must be one of: ${MEMBERS.join(', ')}`)
  const service = call.get('service') ?? 'servicecatalog'
  const operation = call.get('operation')
  const input = call.get('input') ?? new Map()
  const options = call.get('options') ?? new Map()
  if (typeof service !== 'string' || !isService(service)) {
    throw new ParamError(`"service" must be one of: ${SERVICES.join(', ')}`)
  }
  if (typeof operation !== 'string') throw new ParamError('"operation" is missing.')
  if (!(input instanceof Map)) throw new ParamError('"input" must be an object.')
  if (!(options instanceof Map)) throw new ParamError('"options" must be an object.')
  const given = [...options].flatMap(([name, value]) => {
    if (value === true) return [`--${name}`]
    if (typeof value === 'string' || typeof value === 'number') return [`--${name}=${value}`]
    if (value === false || value === null) return []
    throw new ParamError(`The option "${name}" must be a text, a number or a boolean.`)
  })
  const words = [service, kebabCase(operation), '--cli-input-json', printJson(input), ...given]
  return { words, id: call.get('id') }
}

function wordsOf(values: ReadonlyMap<string, ArgumentValue>): string[] {
  return GLOBAL_OPTIONS.filter(({ dest }) => values.has(dest)).flatMap(({ flag, dest, takes }) =>
    takes === 'flag' ? [flag] : [`${flag}=${values.get(dest)}`],
  )
}

/** The lines of standard input, as they come. */
async function* linesOf({ stdin }: Io): AsyncGenerator<string> {
  if (stdin[Symbol.asyncIterator] === undefined) return
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stdin as AsyncIterable<Uint8Array | string>) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop()!
    yield* lines
    if (rest.length > MOST_LINE_LENGTH) throw new ParamError(`A line is longer than ${MOST_LINE_LENGTH} characters.`)
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
