import { operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import type { Value, ValueMap } from '../values.ts'
import { EXECUTIONS_OPTIONS } from './options.ts'
import { placeInLine } from './queue.ts'
import { ask, maps, textOf } from './shared.ts'

const USAGE = `NAME
    executions

    Lists automation executions, the newest first: id, status, document, start, who started it, and the step in hand.

SYNOPSIS
    executions [--waiting] [--document-name NAME] [--limit NUMBER]

OPTIONS
    --waiting               those that wait for a person, with what they ask, who may answer, and how
    --document-name NAME    of documents whose names begin so
    --limit NUMBER          at most so many (20)
    Global options: with --output or --query the answer of DescribeAutomationExecutions is printed.

    Those of others are shown to whoever may call ssm:DescribeAutomationExecutions for all resources.
`

const usual = 20

/** `bellhop executions`: DescribeAutomationExecutions, for people unless a format was asked for. */
export async function runExecutions(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return
  }
  const { values, rest } = parseKnownArguments(words, EXECUTIONS_OPTIONS, [])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const isWaiting = values.get('waiting') === true
  const name = values.get('document-name') as string | undefined
  const filters: ValueMap[] = []
  if (isWaiting) filters.push(filter('ExecutionStatus', 'Waiting'))
  if (name !== undefined) filters.push(filter('DocumentNamePrefix', name))
  const input: ValueMap = new Map<string, Value>([['MaxResults', (values.get('limit') as number) ?? usual]])
  if (filters.length > 0) input.set('Filters', filters)
  const answer = await ask(surroundings, 'ssm', 'DescribeAutomationExecutions', input)
  if (globals.output !== undefined || globals.query !== undefined) {
    return printAnswer({ ...surroundings, ...operationSlice('ssm', 'DescribeAutomationExecutions') }, answer)
  }
  const executions = maps(answer.get('AutomationExecutionMetadataList'))
  if (executions.length === 0) {
    io.stdout.write(isWaiting ? 'Nothing waits.\n' : 'There is none.\n')
    return
  }
  for (const execution of executions) {
    io.stdout.write(`${line(execution)}${await place(surroundings, execution)}\n`)
    if (isWaiting) io.stdout.write(await waitsFor(surroundings, execution))
  }
  if (answer.get('NextToken')) io.stdout.write('There are more: give --limit.\n')
}

function filter(key: string, value: string): ValueMap {
  return new Map<string, Value>([
    ['Key', key],
    ['Values', [value]],
  ])
}

function line(execution: ValueMap): string {
  const text = (member: string) => textOf(execution.get(member))
  const step = text('CurrentStepName')
  return [
    text('AutomationExecutionId'),
    text('AutomationExecutionStatus').padEnd(10),
    text('DocumentName'),
    text('ExecutionStartTime'),
    text('ExecutedBy'),
    ...(step === '' ? [] : [`in step ${step}`]),
  ].join('  ')
}

/** Where one that has not begun stands in its line. */
async function place(surroundings: Surroundings, execution: ValueMap): Promise<string> {
  if (execution.get('AutomationExecutionStatus') !== 'Pending') return ''
  const executionId = textOf(execution.get('AutomationExecutionId'))
  const text = await placeInLine(surroundings, { executionId })
  return text === undefined ? '' : `  ${text}`
}

/** What the step in hand asks, of whom, and the commands that answer it. */
async function waitsFor(surroundings: Surroundings, execution: ValueMap): Promise<string> {
  const id = textOf(execution.get('AutomationExecutionId'))
  const input: ValueMap = new Map<string, Value>([
    ['AutomationExecutionId', id],
    ['Filters', [filter('StepExecutionStatus', 'Waiting')]],
  ])
  const answer = await ask(surroundings, 'ssm', 'DescribeAutomationStepExecutions', input)
  const step = maps(answer.get('StepExecutions'))
    .filter(each => textOf(each.get('Action')) !== 'aws:loop')
    .at(-1)
  const lines: string[] = []
  const inputs = step?.get('Inputs')
  if (inputs instanceof Map) {
    const [message, approvers] = [plain(inputs.get('Message')), plain(inputs.get('Approvers'))]
    if (message !== undefined) lines.push(`asks: ${message}`)
    const needed = plain(inputs.get('MinRequiredApprovals')) ?? '1'
    if (approvers !== undefined) lines.push(`approvers: ${approvers} (${needed} needed)`)
  }
  switch (textOf(step?.get('Action'))) {
    case 'aws:approve':
      lines.push(`answer: bellhop approve ${id} | bellhop reject ${id} [--comment TEXT]`)
      break
    case 'aws:pause':
      lines.push(`answer: bellhop resume ${id}`)
      break
    default:
      lines.push(`to start the next step: bellhop resume ${id} --start-step`)
  }
  return lines.map(each => `    ${each}\n`).join('')
}

/** An input is shown as JSON text: a text without its quotes, a list by commas. */
function plain(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(textOf(value))
    return [parsed].flat().map(String).join(', ')
  } catch {
    return textOf(value)
  }
}
