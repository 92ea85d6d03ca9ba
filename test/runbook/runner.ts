import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type Answer, call, send, until } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct } from '../kit/catalog.ts'

type Target = Parameters<typeof call>[0]

/** A case as test/cases/runbook/README.md describes it. */
export interface Case {
  readonly id: string
  readonly documentName: string
  /** The document's file, below the cases' folder. */
  readonly document: string
  /** Documents that this one runs. */
  readonly extraDocuments?: readonly { readonly name: string; readonly document: string }[]
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly signals: readonly SentSignal[]
  /** Calls of AWS before it begins. */
  readonly setup: readonly {
    readonly service: string
    readonly operation: string
    readonly args: Record<string, unknown>
  }[]
  readonly expect: {
    readonly status: string
    readonly trace: readonly (readonly [name: string, status: string])[]
    readonly steps: Readonly<Record<string, string>>
    readonly notRun: readonly string[]
    readonly outputs: Readonly<Record<string, unknown>>
    readonly outputsUnset: readonly string[]
    readonly verify: readonly object[]
  }
}

interface SentSignal {
  readonly type: 'Approve' | 'Reject' | 'Resume' | 'Cancel'
  readonly step: string
}

/** What became of a case: refused with a text, or run. */
export type Outcome =
  | { readonly refusedAt: string; readonly message: string }
  | {
      readonly status: string
      readonly failureMessage: string | undefined
      readonly steps: readonly { readonly name: string; readonly status: string }[]
      readonly outputs: Readonly<Record<string, readonly string[]>>
      readonly record: any
    }

export function readCases(folder: URL): Case[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case)
}

/** A product that is provisioned and AVAILABLE; its engine is one that pulls, played by us. */
export interface Provisioned extends ExternalProduct {
  readonly provisionedProductId: string
}

export async function provision(target: Target): Promise<Provisioned> {
  const product = await externalProduct(target, 'pulls')
  const { RecordDetail } = await call(target, 'servicecatalog', 'ProvisionProduct', {
    ProductId: product.productId,
    ProvisioningArtifactId: product.artifactId,
    ProvisionedProductName: 'cases',
    ProvisionToken: randomUUID(),
  })
  const { QueueUrl } = await call(target, 'sqs', 'GetQueueUrl', {
    QueueName: 'ServiceCatalogExternalProvisionOperationQueue',
  })
  const { Messages } = await call(target, 'sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 })
  const { token, recordId } = JSON.parse(Messages[0].Body)
  assert.equal(recordId, RecordDetail.RecordId)
  await call(target, 'servicecatalog', 'NotifyProvisionProductEngineWorkflowResult', {
    WorkflowToken: token,
    RecordId: recordId,
    Status: 'SUCCEEDED',
    Outputs: [],
    IdempotencyToken: randomUUID(),
  })
  await call(target, 'sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle })
  const record = await ended(target, recordId)
  assert.equal(record.RecordDetail.Status, 'SUCCEEDED')
  return { ...product, provisionedProductId: RecordDetail.ProvisionedProductId }
}

export interface Actors {
  /** Administers and requests. */
  readonly server: Target
  /** Who signals approvals and rejections. */
  readonly approver: Target
}

/**
 * Runs a case as a service action, through the API only, and takes away what it made; before that, `look` may see the
 * execution with its document.
 */
export async function runCase(
  { server, approver }: Actors,
  product: Provisioned,
  { id, documentName, parameters, signals, extraDocuments = [] }: Case,
  content: string,
  {
    look = async () => {},
    contentOf = () => '',
  }: {
    readonly look?: (executionId: string) => Promise<void>
    /** The text of another document of the case. */
    readonly contentOf?: (document: string) => string
  } = {},
): Promise<Outcome> {
  const made: [service: 'ssm' | 'servicecatalog', operation: string, input: object][] = []
  try {
    for (const { name: Name, document } of extraDocuments) {
      const input = { Name, Content: contentOf(document), DocumentType: 'Automation', DocumentFormat: 'YAML' }
      await call(server, 'ssm', 'CreateDocument', input)
      made.push(['ssm', 'DeleteDocument', { Name }])
    }
    const document = await send(server, 'ssm', 'CreateDocument', {
      Name: documentName,
      Content: content,
      DocumentType: 'Automation',
      DocumentFormat: content.trimStart().startsWith('{') ? 'JSON' : 'YAML',
    })
    if (document.status !== 200) return refusal('CreateDocument', document)
    made.push(['ssm', 'DeleteDocument', { Name: documentName }])
    const listed = Object.keys(parameters).map(Name => ({ Name, Type: 'TEXT_VALUE' }))
    const action = await send(server, 'servicecatalog', 'CreateServiceAction', {
      Name: id,
      DefinitionType: 'SSM_AUTOMATION',
      Definition: {
        Name: documentName,
        Version: '1',
        ...(listed.length > 0 && { Parameters: JSON.stringify(listed) }),
      },
      IdempotencyToken: randomUUID(),
    })
    if (action.status !== 200) return refusal('CreateServiceAction', action)
    const actionId: string = action.json.ServiceActionDetail.ServiceActionSummary.Id
    made.push(['servicecatalog', 'DeleteServiceAction', { Id: actionId }])
    const association = {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ServiceActionId: actionId,
    }
    await call(server, 'servicecatalog', 'AssociateServiceActionWithProvisioningArtifact', association)
    made.push(['servicecatalog', 'DisassociateServiceActionFromProvisioningArtifact', association])
    const accepted = await send(server, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: product.provisionedProductId,
      ServiceActionId: actionId,
      ...(listed.length > 0 && { Parameters: parameters }),
      ExecuteToken: randomUUID(),
    })
    if (accepted.status !== 200) return refusal('ExecuteProvisionedProductServiceAction', accepted)
    const outcome = await follow({ server, approver }, accepted.json.RecordDetail.RecordId, signals)
    await look(outcome.record.RecordOutputs[0].OutputValue)
    return outcome
  } finally {
    for (const [service, operation, input] of made.reverse()) await call(server, service, operation, input)
  }
}

const refusal = (refusedAt: string, { status, json, text }: Answer): Outcome => {
  assert.equal(status, 400, `${refusedAt}: ${text}`)
  return { refusedAt, message: `${json.__type}: ${json.message ?? json.Message}` }
}

async function follow(
  { server, approver }: Actors,
  recordId: string,
  signals: readonly SentSignal[],
): Promise<Extract<Outcome, { status: string }>> {
  const begun = await call(server, 'servicecatalog', 'DescribeRecord', { Id: recordId })
  const execution: string = begun.RecordOutputs.find(
    (output: any) => output.OutputKey === 'AutomationExecutionId',
  ).OutputValue
  for (const signal of signals) {
    await until(async () => {
      const { StepExecutions } = await automation(server, execution)
      const { StepStatus: status } = StepExecutions.find((step: any) => step.StepName === signal.step)
      return status === 'Waiting' || (status === 'InProgress' && signal.type === 'Cancel')
    }, `step ${signal.step} waits`)
    await sendSignal({ server, approver }, execution, signal)
  }
  const record = await ended(server, recordId)
  const { AutomationExecutionStatus, FailureMessage, Outputs, StepExecutions } = await automation(server, execution)
  return {
    status: AutomationExecutionStatus,
    failureMessage: FailureMessage,
    steps: StepExecutions.map((step: any) => ({ name: step.StepName, status: step.StepStatus })),
    outputs: Outputs,
    record,
  }
}

async function sendSignal({ server, approver }: Actors, execution: string, { type, step }: SentSignal): Promise<void> {
  const AutomationExecutionId = execution
  if (type === 'Cancel') {
    await call(server, 'ssm', 'StopAutomationExecution', { AutomationExecutionId, Type: 'Cancel' })
  } else if (type === 'Resume') {
    const Payload = { StepName: [step] }
    await call(server, 'ssm', 'SendAutomationSignal', { AutomationExecutionId, SignalType: type, Payload })
  } else {
    await call(approver, 'ssm', 'SendAutomationSignal', { AutomationExecutionId, SignalType: type })
  }
}

async function automation(server: Target, execution: string): Promise<any> {
  const input = { AutomationExecutionId: execution }
  return (await call(server, 'ssm', 'GetAutomationExecution', input)).AutomationExecution
}

const ended = (target: Target, recordId: string): Promise<any> =>
  until(async () => {
    const record = await call(target, 'servicecatalog', 'DescribeRecord', { Id: recordId })
    return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
  }, `the end of record ${recordId}`)

const noOutput = 'No output available yet because the step is not successfully executed'

/** What of an outcome is not as the case has it; empty when all is. */
export function differences({ expect }: Case, outcome: Outcome): string[] {
  if ('refusedAt' in outcome) {
    return expect.status === 'StartError' ? [] : [`refused at ${outcome.refusedAt}: ${outcome.message}`]
  }
  const found: string[] = []
  const { status, failureMessage, outputs } = outcome
  if (status !== expect.status) found.push(`status ${status}, not ${expect.status} (${failureMessage})`)
  const steps = new Map(outcome.steps.map(step => [step.name, step.status]))
  for (const [name, wanted] of Object.entries(expect.steps)) {
    if (steps.get(name) !== wanted) found.push(`step ${name}: ${steps.get(name)}, not ${wanted}`)
  }
  if (expect.trace.length > 0) {
    const order = expect.trace.map(([name]) => name)
    const ran = outcome.steps.filter(step => step.status !== 'Pending' && order.includes(step.name))
    if (
      !isDeepStrictEqual(
        ran.map(step => step.name),
        order,
      )
    ) {
      found.push(`order ${ran.map(step => step.name)}, not ${order}`)
    }
  }
  for (const name of expect.notRun) {
    const ran = steps.get(name)
    if (ran !== undefined && ran !== 'Pending') found.push(`step ${name} ran: ${ran}`)
  }
  for (const [name, wanted] of Object.entries(expect.outputs)) {
    if (!Object.hasOwn(outputs, name) || !matches(wanted, outputs[name])) {
      found.push(`output ${name}: ${JSON.stringify(outputs[name])}, not ${JSON.stringify(wanted)}`)
    }
  }
  for (const name of expect.outputsUnset) {
    const value = outputs[name]
    if (value !== undefined && !isDeepStrictEqual(value, [noOutput])) {
      found.push(`output ${name} should be unset: ${JSON.stringify(value)}`)
    }
  }
  return found
}

/**
 * Whether a value that came is the one expected: plain values as they are, {"$matches": pattern}, {"$contains": members}
 * or {"$matches_any": true}. Outputs come as lists of strings, so a list of one stands for its item, and what is not text
 * may come as its JSON.
 */
export function matches(expected: unknown, got: unknown): boolean {
  if (isMap(expected) && '$matches_any' in expected) return got !== undefined && got !== null
  if (isMap(expected) && '$matches' in expected) {
    return typeof got === 'string' && new RegExp(String(expected['$matches'])).test(got)
  }
  if (isMap(expected) && '$contains' in expected) {
    const value = parsed(Array.isArray(got) && got.length === 1 ? got[0] : got)
    const wanted = Object.entries(expected['$contains'] as object)
    return isMap(value) && wanted.every(([name, member]) => isDeepStrictEqual(value[name], member))
  }
  if (isDeepStrictEqual(expected, got)) return true
  if (Array.isArray(got) && Array.isArray(expected)) return isDeepStrictEqual(got.map(text), expected.map(text))
  if (Array.isArray(got)) return got.length === 1 && text(got[0]) === text(expected)
  return text(got) === text(expected)
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : JSON.stringify(value))

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
