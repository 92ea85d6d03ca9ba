import { type Execution, lastAttempts, type StepExecution } from '../catalog/execution.ts'
import type { ActionCall, Progress, Tools } from '../runbook/action.ts'
import { type AutomationDocument, ParameterError, type StepDefinition } from '../runbook/document.ts'
import { checkParameters, type GivenParameters } from '../runbook/parameters.ts'
import {
  NothingHappens,
  type Performed,
  type SimulatedMessage,
  type SimulatedRun,
  simulate,
} from '../runbook/simulate.ts'
import { stepFailure } from '../runbook/texts.ts'
import type { DocumentTest, StepAnswer } from './answers-file.ts'

/** What became of a test's run. */
export type TestRun =
  | {
      readonly state: 'ran'
      readonly end: SimulatedRun['end']
      readonly history: readonly StepExecution[]
      /** As GetAutomationExecution shows them: each step's last attempt. */
      readonly steps: readonly StepExecution[]
      /** Answers that no step asked for. */
      readonly unused: readonly string[]
    }
  /** It came to no end: parameters are refused, an answer is missing. */
  | { readonly state: 'stopped'; readonly message: string; readonly history: readonly StepExecution[] }

/** Actions that need nothing of the world: they run as they are. All others must be answered. */
const selfContained: ReadonlySet<string> = new Set([
  'aws:approve',
  'aws:branch',
  'aws:loop',
  'aws:pause',
  'aws:sleep',
  'aws:updateVariable',
])

class MissingAnswer extends Error {}

/**
 * Runs a document with what a test answers. The clock jumps.
 * @param runScript runs the scripts that have no answer; absent: they need one, too
 */
export async function runTest(
  document: AutomationDocument,
  test: DocumentTest,
  runScript?: Tools['runScript'],
): Promise<TestRun> {
  const runsItself = (action: string) =>
    selfContained.has(action) || (action === 'aws:executeScript' && runScript !== undefined)
  const parameters = givenParameters(test.parameters ?? {})
  const answers = new Answers(test)
  const known = new Set<string>()
  const history: StepExecution[] = []
  try {
    checkParameters(document, parameters)
    const ran = await simulate({
      document,
      execution: executionOf(test, parameters),
      start: Date.parse(String(test.execution?.time ?? '2026-01-01T00:00:00Z')),
      tools: runScript ? { ...nothing, runScript } : nothing,
      journal: history,
      perform: async (step, call) => {
        known.add(step.name)
        const answer = answers.next(step)
        if (answer === undefined && !runsItself(step.action)) throw new MissingAnswer(missing(step, call))
        return answer && performed(step, answer)
      },
      message: () => answers.message(),
    })
    const unused = test.answered.filter(name => !known.has(name))
    return { state: 'ran', ...ran, steps: lastAttempts(ran.history), unused }
  } catch (error) {
    const isOurs = error instanceof ParameterError || error instanceof MissingAnswer || error instanceof NothingHappens
    if (!isOurs) throw error
    const hint =
      error instanceof NothingHappens
        ? ` Answer step ${error.step.name} with approve, reject, resume, cancel or outputs.`
        : ''
    return { state: 'stopped', message: `${error.message}${hint}`, history }
  }
}

/** The answers of a test, taken one after the other. */
class Answers {
  readonly #byStep: ReadonlyMap<
    string,
    { readonly list: readonly StepAnswer[]; taken: number; readonly isList: boolean }
  >
  /** What is still to be sent to the step in hand. */
  #messages: SimulatedMessage[] = []

  constructor({ answers = {} }: DocumentTest) {
    this.#byStep = new Map(
      Object.entries(answers).map(([name, given]) => [
        name,
        { list: [given].flat(), taken: 0, isList: Array.isArray(given) },
      ]),
    )
  }

  /** The answer to a step that starts. One that is no list answers every run; of a list each answers one. */
  next(step: StepDefinition): StepAnswer | undefined {
    this.#messages = []
    const given = this.#byStep.get(step.name)
    if (!given) return undefined
    const answer = given.isList ? given.list[given.taken] : given.list[0]
    given.taken += 1
    if (answer === undefined) {
      throw new MissingAnswer(
        `Step ${step.name} runs for the ${ordinal(given.taken)} time and has ${given.list.length} answers.`,
      )
    }
    this.#messages = messagesOf(answer)
    return answer
  }

  /** What comes next from outside, for the step that started last. */
  message(): SimulatedMessage | undefined {
    return this.#messages.shift()
  }
}

function ordinal(number: number): string {
  const last = number % 10
  const isTeen = number % 100 > 10 && number % 100 < 14
  return `${number}${isTeen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'}`
}

function messagesOf({ approve, reject, resume, cancel }: StepAnswer): SimulatedMessage[] {
  const messages: SimulatedMessage[] = [approve ?? []]
    .flat()
    .map(sentBy => ({ type: 'Approve', payload: {}, sentBy: senderArn(sentBy) }))
  if (reject !== undefined) messages.push({ type: 'Reject', payload: {}, sentBy: senderArn(reject) })
  if (resume) messages.push({ type: 'Resume', payload: {}, sentBy: senderArn('operator') })
  if (cancel) messages.push('Cancel')
  return messages
}

/** Approvers may be named as in the document: by a user's name or by an ARN. */
function senderArn(name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:iam::123456789012:user/${name}`
}

/** Undefined: the action itself goes on, and hears what is sent to it. */
function performed(step: StepDefinition, answer: StepAnswer): Performed | undefined {
  const { response, payload, outputs, fails, timesOut, cancel } = answer
  if (outputs !== undefined) return { state: 'given', outputs }
  if (response !== undefined) return { state: 'succeeded', response }
  if (payload !== undefined) {
    return { state: 'succeeded', response: { Payload: payload, OutputPayload: JSON.stringify({ Payload: payload }) } }
  }
  if (fails !== undefined) return failed('Failed', fails)
  if (timesOut) return failed('TimedOut', `Step ${step.name} did not end in time`)
  // Waits for ever, so that the cancel finds it in hand.
  if (cancel && !selfContained.has(step.action)) return { state: 'waiting', handle: null }
  return undefined
}

function failed(status: 'Failed' | 'TimedOut', cause: string): Progress {
  return { state: 'failed', status, failure: stepFailure('Invocation', status, cause) }
}

/** What to write so that the step has an answer. */
function missing(step: StepDefinition, call: ActionCall): string {
  const inputs = JSON.stringify(call.inputs, (_, value) =>
    typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}...` : value,
  )
  const declared = step.outputs.map(({ name, type }) => `${name}: ${example(type)}`)
  const line =
    step.action === 'aws:executeScript'
      ? 'payload: {}'
      : declared.length > 0
        ? `outputs: { ${declared.join(', ')} }`
        : 'response: {}'
  return `Step ${step.name} (${step.action}) has no answer. Its inputs are ${inputs}.\nIn the answers, for example:\n  ${step.name}:\n    ${line}`
}

function example(type: string | undefined): string {
  const examples: Readonly<Record<string, string>> = {
    Integer: '1',
    Boolean: 'true',
    StringList: '[]',
    StringMap: '{}',
    MapList: '[]',
  }
  return examples[type ?? ''] ?? 'text'
}

/** As the API takes them: lists of strings. */
function givenParameters(parameters: Readonly<Record<string, unknown>>): GivenParameters {
  const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(asText) : [asText(value)],
    ]),
  )
}

function executionOf({ execution = {} }: DocumentTest, parameters: GivenParameters): Execution {
  const { id = '00000000-0000-4000-8000-000000000000', accountId = '123456789012', region = 'us-east-1' } = execution
  return {
    id,
    scope: { accountId, region },
    kind: 'automation',
    document: { name: 'test', version: '1', content: '' },
    parameters,
    executedBy: execution.executedBy ?? `arn:aws:iam::${accountId}:user/requester`,
    status: 'InProgress',
    outputs: {},
    epoch: 1,
    createdAt: new Date(0),
  }
}

const refuse = () => Promise.reject(new Error('A test of a document calls nothing.'))

/** Only actions that use none of it are run. */
const nothing: Tools = {
  runScript: refuse,
  engine: { start: refuse, poll: refuse, cancel: refuse },
  aws: { region: 'us-east-1', call: refuse, credentials: refuse },
  webhook: refuse,
  automations: { start: refuse, look: refuse, cancel: refuse },
  approvals: { requesterMayApprove: true, notify: async () => {} },
}
