import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import type { AutomationExecution, StepExecution } from '../model/generated/ssm.ts'
import { type AutomationDocument, findStep, type StepDefinition } from '../runbook/document.ts'
import { parseDocument } from '../runbook/parse.ts'
import { causeOf } from '../runbook/texts.ts'
import { type Called, parseWords, type Surroundings } from './command-line.ts'
import { UsageFailure } from './failure.ts'

export const recordUsage = `bellhop document record --execution-id ID [--answers FILE] [--document FILE] [call options]
    Writes what a real execution did as answers for \`document test\`, to FILE or to standard output; --document
    writes the document that it ran, too. Works against Bellhop and AWS; other options (--endpoint-url, --profile,
    --region) are those of a call.`

/** Actions whose part in a test is played by the test itself. */
const notRecorded: ReadonlySet<string> = new Set(['aws:branch', 'aws:loop', 'aws:sleep', 'aws:updateVariable'])

/** Answers the exit code. */
export async function runRecord(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { own, callOptions } = split(words)
  const { values } = parseWords(own, {
    'execution-id': { type: 'string' },
    answers: { type: 'string' },
    document: { type: 'string' },
  })
  const id = values['execution-id']
  if (typeof id !== 'string') throw new UsageFailure('record needs --execution-id.')
  const ask = async (...call: string[]) =>
    answered(await surroundings.call(['ssm', ...call, ...callOptions, '--output', 'json']))
  const { AutomationExecution: execution } = (await ask(
    'get-automation-execution',
    '--automation-execution-id',
    id,
  )) as {
    AutomationExecution: AutomationExecution
  }
  const { StepExecutions: steps } = (await ask(
    'describe-automation-step-executions',
    '--automation-execution-id',
    id,
  )) as { StepExecutions: StepExecution[] }
  const content = await documentOf(execution, ask)
  const document = content === undefined ? undefined : parseDocument(content)
  const { cwd, stdout, stderr } = surroundings
  const documentFile = values['document']
  if (typeof documentFile === 'string') {
    if (content === undefined) throw new UsageFailure(`Document ${execution.DocumentName} cannot be read.`)
    writeFileSync(resolve(cwd, documentFile), content)
  }
  if (document === undefined) {
    stderr.write(`Document ${execution.DocumentName} cannot be read: outputs are recorded as lists of strings.\n`)
  }
  const text = recording(execution, steps, document, typeof documentFile === 'string' ? documentFile : undefined)
  if (typeof values['answers'] === 'string') writeFileSync(resolve(cwd, values['answers']), text)
  else stdout.write(text)
  return 0
}

/** Our own options, and those that go on to the calls. */
function split(words: readonly string[]): { own: string[]; callOptions: string[] } {
  const own: string[] = []
  const callOptions: string[] = []
  const ours = ['--execution-id', '--answers', '--document']
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    const isOurs = ours.some(name => word === name || word.startsWith(`${name}=`))
    const list = isOurs ? own : callOptions
    list.push(word)
    if (isOurs && ours.includes(word) && words[at + 1] !== undefined) list.push(words[++at]!)
  }
  return { own, callOptions }
}

function answered({ exitCode, stdout, stderr }: Called): unknown {
  if (exitCode !== 0) throw new UsageFailure(stderr.trim() || `The call failed with code ${exitCode}.`)
  return JSON.parse(stdout)
}

async function documentOf(
  { DocumentName, DocumentVersion }: AutomationExecution,
  ask: (...call: string[]) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    const version = DocumentVersion === undefined ? [] : ['--document-version', DocumentVersion]
    const found = (await ask('get-document', '--name', DocumentName!, ...version)) as { Content: string }
    parseDocument(found.Content)
    return found.Content
  } catch {
    return undefined
  }
}

/** A recording as an answers file. */
export function recording(
  execution: AutomationExecution,
  steps: readonly StepExecution[],
  document: AutomationDocument | undefined,
  documentFile: string | undefined,
): string {
  const ran = steps.filter(step => step.StepStatus !== 'Pending')
  const answers = new Map<string, object[]>()
  for (const step of ran) {
    if (notRecorded.has(step.Action ?? '')) continue
    const list = answers.get(step.StepName!) ?? []
    answers.set(step.StepName!, [...list, ...attempts(step, document && findStep(document, step.StepName!))])
  }
  const scope = /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(execution.ExecutedBy ?? '')
  const text = stringify(
    {
      ...(documentFile !== undefined && { document: documentFile }),
      tests: [
        {
          name: `execution ${execution.AutomationExecutionId}`,
          parameters: Object.fromEntries(
            Object.entries(execution.Parameters ?? {}).map(([name, values]) => [
              name,
              values.length === 1 ? values[0] : values,
            ]),
          ),
          execution: {
            id: execution.AutomationExecutionId,
            ...(scope && { accountId: scope[1] }),
            ...(execution.ExecutedBy !== undefined && { executedBy: execution.ExecutedBy }),
            time: new Date(execution.ExecutionStartTime ?? 0).toISOString(),
          },
          answers: Object.fromEntries([...answers].map(([name, list]) => [name, list.length === 1 ? list[0] : list])),
          expect: {
            status: execution.AutomationExecutionStatus,
            trace: ran.map(step => ({ [label(step)]: step.StepStatus })),
            outputs: Object.fromEntries(
              Object.entries(execution.Outputs ?? {}).map(([name, values]) => [
                name,
                values.length === 1 ? values[0] : values,
              ]),
            ),
          },
        },
      ],
    },
    { lineWidth: 0 },
  )
  return `# Recorded from an execution of document ${execution.DocumentName}, version ${execution.DocumentVersion}.\n${text}`
}

function label({ StepName, ParentStepDetails: parent }: StepExecution): string {
  return parent?.StepName === undefined ? StepName! : `${parent.StepName}[${parent.Iteration}].${StepName}`
}

/** A step's answers: of its attempts only the last is known, those before it failed. */
function attempts(step: StepExecution, definition: StepDefinition | undefined): object[] {
  const count = Number(step.FailureDetails?.Details?.['Attempt']?.[0] ?? 1)
  return Array.from({ length: count }, () => answerOf(step, definition))
}

function answerOf(step: StepExecution, definition: StepDefinition | undefined): object {
  switch (step.StepStatus) {
    case 'Success':
      return { outputs: typedOutputs(step, definition) }
    case 'TimedOut':
      return { timesOut: true }
    case 'Cancelled':
      return { cancel: true }
    default:
      return { fails: causeOf(step.FailureMessage ?? 'It failed.') }
  }
}

/** Outputs come as lists of strings; the document says what they were. */
function typedOutputs(step: StepExecution, definition: StepDefinition | undefined): Record<string, unknown> {
  const outputs = Object.entries(step.Outputs ?? {}).map(([name, values]): [string, unknown] => {
    const type = definition?.outputs.find(output => output.name === name)?.type
    return [name, typed(values, type)]
  })
  return Object.fromEntries(outputs)
}

function typed(values: readonly string[], type: string | undefined): unknown {
  const [first] = values
  switch (type) {
    case 'StringList':
      return values
    case 'MapList':
      return values.map(fromJson)
    case 'Integer':
    case 'Boolean':
    case 'StringMap':
      return first === undefined ? null : fromJson(first)
    default:
      return values.length === 1 ? first : values
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
