import type { ServiceName } from '../model/services.ts'
import type { OperationSlice } from '../model/slices.ts'
import { type ArgumentValue, parseKnownArguments } from './arguments.ts'
import { extraOptions } from './beyond/options.ts'
import type { WaitOptions } from './beyond/wait.ts'
import { type CallSettings, call, fillTokens, RetryQuota } from './call.ts'
import { readCliInput } from './cli-input.ts'
import { callContext, callSettings, type Surroundings } from './client.ts'
import { CliError, ParamError, UnknownOptionsError } from './errors.ts'
import { FORMATTERS } from './formatters/index.ts'
import type { Io } from './io.ts'
import { Pages, type PagingOptions } from './pagination.ts'
import {
  asCount,
  decodeBlobs,
  INPUT_OPTIONS,
  inputFromOptions,
  operationOptions,
  type Parameter,
  parametersOf,
} from './parameters.ts'
import { setting } from './session.ts'
import { validateInput } from './validate.ts'
import type { Value, ValueMap } from './values.ts'

/** One operation of one service, ready to be run. */
export interface OperationCommand extends OperationSlice {
  readonly service: ServiceName
  /** As typed, e.g. `describe-record`. */
  readonly name: string
}

/** From the operation's own words to its printed answer: parse, read input, validate, call, print. */
export async function runOperation(
  command: OperationCommand,
  words: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  const { model, operation, paginator } = command
  const parameters = parametersOf(model, operation)
  const options = [
    ...operationOptions(parameters, paginator, !needsNoRequired(words)),
    ...extraOptions(command, surroundings.io.program),
  ]
  const { values, help } = parseOwnOptions(words, options)
  if (help) {
    const { io, globals } = surroundings
    const { pageWidth, showPage } = await import('./help/show.ts')
    const { operationPage } = await import('./help/pages.ts')
    return showPage(operationPage(io.program, command, options, pageWidth(io)), io, globals)
  }
  const invocation: Invocation = { ...surroundings, ...command, parameters, values }
  decidePaging(invocation)
  const times = values.has('wait') ? (await import('./beyond/wait-command.ts')).waitOptions(values, 'wait-') : undefined
  const input = await readInput(invocation)
  if (surroundings.trace) await traceInput(invocation, input)
  const skeleton = values.get('generate-cli-skeleton')
  if (skeleton === 'input' || skeleton === 'yaml-input') return printInputSkeleton(invocation, skeleton)
  const settings = await callSettings(surroundings, command)
  warnOfUnverified(settings, surroundings.io)
  fillTokens(input, model, operation, surroundings.io.uuid)
  if (paginator && surroundings.globals.paginate && skeleton === undefined) {
    return printPages(invocation, settings, input)
  }
  const sample = skeleton === 'output' ? await outputSkeletonOf(invocation) : undefined
  // The AWS CLI gives the sample's call its own paging options, which no model knows.
  const paging = ['starting-token', 'max-items'].some(name => values.has(name))
  if (sample !== undefined && paging && surroundings.globals.paginate) input.set('PaginationConfig', new Map())
  validateInput(input, operation.input, model.shapes)
  const answer = sample ?? (await call(settings, callContext(invocation), input, new RetryQuota()))
  if (times && sample === undefined) return printWaited(invocation, answer, times)
  await printAnswer(invocation, answer)
}

/** Wait until the record has ended, print it as it is then, and fail if it did. What was answered is printed in any case. */
async function printWaited(invocation: Invocation, answer: ValueMap, times: WaitOptions): Promise<void> {
  const { waitForRecord } = await import('./beyond/wait.ts')
  const detail = answer.get('RecordDetail')
  const id = detail instanceof Map ? detail.get('RecordId') : undefined
  let last: Value | undefined
  let failure: unknown
  try {
    if (typeof id !== 'string') throw new CliError('The answer names no record that could be waited for.')
    const waited = await waitForRecord(invocation, id, times)
    last = waited.answer.get('RecordDetail')
    failure = waited.failure
  } catch (error) {
    failure = error
  }
  await printAnswer(invocation, last === undefined ? answer : new Map([...answer, ['RecordDetail', last]]))
  if (failure !== undefined) throw failure
}

interface Invocation extends Surroundings, OperationCommand {
  readonly parameters: readonly Parameter[]
  readonly values: ReadonlyMap<string, ArgumentValue>
}

/** Input that comes from elsewhere, or is only asked for, turns required options off. */
function needsNoRequired(words: readonly string[]): boolean {
  if (INPUT_OPTIONS.some(name => words.includes(`--${name}`))) return true
  const skeleton = words.indexOf('--generate-cli-skeleton')
  return skeleton >= 0 && words[skeleton + 1] !== 'output'
}

function parseOwnOptions(
  words: readonly string[],
  options: Parameters<typeof parseKnownArguments>[1],
): { values: ReadonlyMap<string, ArgumentValue>; help: boolean } {
  if (words.length === 1 && words[0] === 'help') return { values: new Map(), help: true }
  const { values, rest } = parseKnownArguments(words, options, [{ name: 'help', required: false }])
  const positional = values.get('help')
  if (positional === 'help') return { values, help: true }
  // The hidden positional swallowed the first stray word; it is listed after the others.
  const unknown = positional ? [...rest, positional as string] : rest
  if (unknown.length > 0) throw new UnknownOptionsError(unknown)
  return { values, help: false }
}

/** An operation's own page size or page token switches automatic paging off, and then paging options are refused. */
function decidePaging({ paginator, values, parameters, globals }: Invocation): void {
  if (!paginator) return
  const own = parameters.filter(({ member }) => member === paginator.input_token || member === paginator.limit_key)
  if (own.some(({ name }) => values.has(name))) globals.paginate = false
  if (!globals.paginate) refusePagingOptions(values)
}

function refusePagingOptions(values: ReadonlyMap<string, ArgumentValue>): void {
  const used = ['starting-token', 'max-items'].filter(name => values.get(name))
  if (used.length > 0) {
    const flags = used.map(name => `--${name}`).join(', ')
    throw new ParamError(`Cannot specify --no-paginate along with pagination arguments: ${flags}`)
  }
}

async function readInput(invocation: Invocation): Promise<ValueMap> {
  const { values, model, parameters, session, globals, paginator, io, operation } = invocation
  const input = inputFromOptions(parameters, values, { ...session, shapes: model.shapes })
  const maxItems = asCount(values.get('max-items'))
  if (paginator && globals.paginate && maxItems !== undefined && maxItems <= 0) {
    io.stderr.write('warning: Non-positive values for --max-items may result in undefined behavior.\n')
  }
  const given = await readCliInput(values, session)
  for (const [name, value] of given ?? []) if (!input.has(name)) input.set(name, value)
  if (
    paginator &&
    globals.paginate &&
    [paginator.input_token, paginator.limit_key].some(name => name && input.has(name))
  ) {
    globals.paginate = false
    refusePagingOptions(values)
  }
  const binary = globals.binaryFormat ?? setting(session, [], 'cli_binary_format') ?? 'base64'
  if (operation.input) {
    decodeBlobs(input, operation.input, model.shapes, binary === 'raw-in-base64-out' ? binary : 'base64')
  }
  return input
}

async function traceInput({ trace, values, operation }: Invocation, input: ValueMap): Promise<void> {
  const { printJson } = await import('./json.ts')
  trace?.line(
    `options: ${JSON.stringify(Object.fromEntries(values), (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
  )
  trace?.line(`input of ${operation.name}: ${printJson(input)}`)
}

function warnOfUnverified({ endpoint, transport }: CallSettings, io: Io): void {
  if (transport.verifyTls || endpoint.url.protocol !== 'https:') return
  io.stderr.write(
    `InsecureRequestWarning: Unverified HTTPS request is being made to host '${endpoint.url.hostname}'. ` +
      'Adding certificate verification is strongly advised.\n',
  )
}

async function printPages(invocation: Invocation, settings: CallSettings, input: ValueMap): Promise<void> {
  const { paginator, values, model, operation } = invocation
  const quota = new RetryQuota()
  const paging: PagingOptions = {
    maxItems: asCount(values.get('max-items')),
    startingToken: values.get('starting-token') as string | undefined,
  }
  const context = callContext(invocation)
  const fetchPage = (pageInput: ValueMap) => {
    validateInput(pageInput, operation.input, model.shapes)
    return call(settings, context, pageInput, quota)
  }
  await printAnswer(invocation, new Pages(fetchPage, paginator!, input, paging))
}

/** What printing an answer needs. */
type Printing = Surroundings & Pick<OperationSlice, 'operation'>

/** Print an answer in the format asked for. An unknown format is only noticed here, after the call, as in the AWS CLI. */
export async function printAnswer(invocation: Printing, answer: ValueMap | Pages): Promise<void> {
  const { operation, globals, session, io } = invocation
  const format = outputFormat(invocation)
  const load = FORMATTERS.get(format)
  if (load === undefined) throw new CliError(`Unknown output type: ${format}`)
  const formatter = await load()
  const options = {
    query: globals.query,
    color: globals.color === 'on' || (globals.color === 'auto' && io.stdout.isTTY === true),
    terminalWidth: io.stdout.columns ?? 80,
  }
  // The AWS CLI's colour library resets a terminal once more when the program ends.
  const ending = format === 'table' && options.color && io.stdout.isTTY === true ? '\x1b[0m' : ''
  const pager = io.stdout.isTTY === true && globals.pager ? await import('./pager.ts') : undefined
  const command = pager?.pagerCommand(session)
  if (pager === undefined || command === undefined) {
    await formatter(operation.name, answer, io.stdout, options)
    io.stdout.write(ending)
    return
  }
  const output = await pager.openPager(command, session, io.stdout)
  try {
    await formatter(operation.name, answer, output, options)
  } finally {
    await output.close()
    io.stdout.write(ending)
  }
}

function outputFormat({ globals, session }: Surroundings): string {
  return globals.output ?? setting(session, ['AWS_DEFAULT_OUTPUT'], 'output') ?? 'json'
}

async function printInputSkeleton(
  { service, operation, model, io }: Invocation,
  kind: 'input' | 'yaml-input',
): Promise<void> {
  const { inputSkeleton, yamlSkeleton } = await import('./skeleton.ts')
  if (kind === 'yaml-input') {
    io.stdout.write(await yamlSkeleton(service, operation.input, model.shapes))
    return
  }
  const { printJson } = await import('./json.ts')
  io.stdout.write(`${printJson(inputSkeleton(operation.input, model.shapes), { indent: 4 })}\n`)
}

async function outputSkeletonOf(invocation: Invocation): Promise<ValueMap> {
  const { outputSkeleton } = await import('./skeleton.ts')
  const { operation, model } = invocation
  const value = outputSkeleton(operation.output, model.shapes)
  // The AWS CLI holds its own sample against the model, and fails for `create-service-action` and a few more.
  validateInput(value, operation.output, model.shapes)
  return value
}
