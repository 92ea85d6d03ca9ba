import { createHash } from 'node:crypto'
import { isLimited } from '../../catalog/limits.ts'
import { services as models } from '../../model/services.ts'
import type { Structure } from '../../protocol/codec.ts'
import { InvalidParametersException, ServiceError } from '../../protocol/errors.ts'
import { outputText } from '../../protocol/json-output.ts'
import type { Clock } from '../../worker/clock.ts'
import { identityOf, type PipelineOptions, perform, type Request } from '../pipeline.ts'
import type { AnswerStream, HttpAnswer } from '../routes.ts'
import { type ConsoleSurroundings, identified, openSession } from './entrance.ts'
import { json } from './json.ts'

/** Streams that one node keeps open, and that one principal may. */
const mostStreams = 200
const mostOfOne = 12
/** How often storage is looked at: often while something happens, more rarely the longer nothing does. */
const shortest = 250
const longest = 2_000
/** So that proxies do not take a silent stream for a dead one. */
const beatMilliseconds = 15_000

interface Options extends ConsoleSurroundings, Pick<PipelineOptions, 'ids'> {
  readonly clock: Clock
  readonly report: (message: string, error: unknown) => void
}

/** What is followed, as the API shows it to whoever follows. */
interface Snapshot {
  readonly parts: Readonly<Record<string, unknown>>
  readonly isEnded: boolean
  /** Whoever looks. */
  readonly arn: string
}

/**
 * GET /console/events?recordId=... or ?executionId=...: server-sent events of a record or an automation execution. Every
 * event is a part of it as it is now (`record`, `execution`, `queue`, `step:ID`), sent when it has changed; so nothing is lost when
 * a connection is, and an event's id names the state, which whoever comes back with it is not told again.
 *
 * Storage is asked, since the work may be on another node, and asked through the operations, so that a right that is
 * taken away takes the stream with it.
 */
export function createEvents(options: Options): (request: Request) => Promise<HttpAnswer> {
  const open = new Map<string, number>()
  const count = () => [...open.values()].reduce((sum, each) => sum + each, 0)

  return async request => {
    try {
      const look = () => snapshot(request, options)
      const first = await look()
      const { arn } = first
      const ofOne = open.get(arn) ?? 0
      if (ofOne >= mostOfOne || count() >= mostStreams) {
        return json(429, { code: 'TooManyStreams', message: 'Too many streams are open.' }, [['Retry-After', '5']])
      }
      open.set(arn, ofOne + 1)
      return {
        status: 200,
        headers: [
          ['Content-Type', 'text/event-stream'],
          ['Cache-Control', 'no-store'],
          ['X-Accel-Buffering', 'no'],
        ],
        stream: to => {
          const stop = follow(to, look, first, request.header('last-event-id'), options)
          return () => {
            stop()
            const left = (open.get(arn) ?? 1) - 1
            if (left > 0) open.set(arn, left)
            else open.delete(arn)
          }
        },
      }
    } catch (error) {
      if (error instanceof ServiceError) return json(error.status, { code: error.code, message: error.message })
      options.report('Events could not be sent.', error)
      return json(500, { code: 'InternalFailure', message: 'The request could not be processed.' })
    }
  }
}

/** Writes what changes until the end of it, or of the connection. Answers how to stop. */
function follow(
  to: AnswerStream,
  look: () => Promise<Snapshot>,
  first: Snapshot,
  lastEventId: string | undefined,
  { clock, report }: Options,
): () => void {
  let stopped = false
  let callOff = () => {}
  let sent = new Map<string, string>()
  let interval = shortest
  let quietSince = clock.now().getTime()

  const send = ({ parts, isEnded }: Snapshot, known?: string) => {
    const now = new Map(Object.entries(parts).map(([name, part]) => [name, JSON.stringify(part)]))
    const id = createHash('sha256')
      .update([...now.values()].join('\n'))
      .digest('base64url')
      .slice(0, 16)
    const changed = known === id ? [] : [...now].filter(([name, text]) => sent.get(name) !== text)
    sent = now
    for (const [name, text] of changed) to.write(`event: part\ndata: ${JSON.stringify(name)}\ndata: ${text}\n\n`)
    // The id stands at the end of a state, not within one: who got half of it is told all of it again.
    if (changed.length > 0 || known === id) to.write(`id: ${id}\nevent: state\ndata: ${isEnded ? 'ended' : 'open'}\n\n`)
    return changed.length > 0
  }

  const round = async () => {
    try {
      const found = await look()
      if (stopped) return
      const at = clock.now().getTime()
      if (send(found)) {
        interval = shortest
        quietSince = at
      } else {
        interval = Math.min(longest, interval * 1.2)
        if (at - quietSince >= beatMilliseconds) {
          to.write(': still here\n\n')
          quietSince = at
        }
      }
      if (found.isEnded) return to.end()
      plan()
    } catch (error) {
      if (!(error instanceof ServiceError)) report('Events could not be sent.', error)
      to.end()
    }
  }
  const plan = () => {
    callOff = clock.at(clock.now().getTime() + interval, () => void round())
  }

  to.write('retry: 1000\n\n')
  send(first, lastEventId)
  if (first.isEnded) to.end()
  else plan()
  return () => {
    stopped = true
    callOff()
  }
}

const endedStatuses: ReadonlySet<string> = new Set([
  ...['SUCCEEDED', 'FAILED'],
  ...['Success', 'Failed', 'TimedOut', 'Cancelled', 'CompletedWithSuccess', 'CompletedWithFailure', 'Rejected'],
])

/** The parts of the answers that are looked at; the rest is handed on as it is. */
interface ShownSteps {
  readonly StepExecutions: { readonly StepExecutionId?: string; readonly StepName?: string }[]
  readonly NextToken?: string
}
interface ShownExecution {
  readonly AutomationExecution: Pick<ShownSteps, 'StepExecutions'> & {
    readonly StepExecutionsTruncated?: boolean
    readonly AutomationExecutionStatus: string
  }
}
interface ShownRecord {
  readonly RecordDetail: { readonly Status: string }
  readonly RecordOutputs?: readonly { readonly OutputKey?: string; readonly OutputValue?: string }[]
}

/** What there is to see now. Throws what the operations throw: who may not see it is told nothing. */
async function snapshot(request: Request, options: Options): Promise<Snapshot> {
  const query = new URLSearchParams(request.head.query)
  const [recordId, executionId] = [query.get('recordId'), query.get('executionId')]
  const session = await openSession(request, options)
  const { holder, region, principal } = identified(request, session, options)
  const { endpoint, sourceIp } = request
  const who = { principal: await principal(new Uint8Array()), identity: identityOf(holder), endpoint }
  const userAgent = request.header('user-agent')

  async function ask<Shown>(
    service: 'servicecatalog' | 'ssm' | 'bellhop',
    operation: string,
    input: Structure,
  ): Promise<Shown> {
    const incoming = { service, operation, input, region, now: options.clock.now(), sourceIp, userAgent }
    const output = await perform(who, incoming, { requestId: options.ids.uuid() }, options.services)
    return JSON.parse(outputText(models[service], operation, output)) as Shown
  }

  /** Where it stands in its line, for as long as it waits for its turn. */
  async function position(operation: string, input: Structure): Promise<unknown> {
    const found = await ask<{ readonly Waiting: boolean; readonly Position?: number }>('bellhop', operation, input)
    return found.Waiting && found.Position !== undefined ? found : null
  }

  async function automation(id: string): Promise<Record<string, unknown>> {
    const { AutomationExecution: found } = await ask<ShownExecution>('ssm', 'GetAutomationExecution', {
      AutomationExecutionId: id,
    })
    const { StepExecutions: steps, StepExecutionsTruncated: isCut, ...execution } = found
    for (let token: string | undefined = isCut ? 'first' : undefined; token; ) {
      if (token === 'first') steps.length = 0
      const page: ShownSteps = await ask<ShownSteps>('ssm', 'DescribeAutomationStepExecutions', {
        AutomationExecutionId: id,
        MaxResults: 50,
        ...(token !== 'first' && { NextToken: token }),
      })
      steps.push(...page.StepExecutions)
      token = page.NextToken
    }
    const rows = steps.map((step, at) => [`step:${step.StepExecutionId ?? step.StepName}`, { ...step, at }])
    return { execution, ...Object.fromEntries(rows) }
  }

  const { arn } = who.principal
  if (recordId !== null) {
    const record = await ask<ShownRecord>('servicecatalog', 'DescribeRecord', { Id: recordId })
    const isEnded = endedStatuses.has(record.RecordDetail.Status)
    // Which the API's record does not tell, and whoever may see the record may know.
    const { storage } = options.services
    const stored = await storage.records.get({ accountId: who.principal.accountId, region }, recordId)
    const action = stored?.request.serviceActionId
    const mayWait = record.RecordDetail.Status === 'CREATED' || (!isEnded && isLimited(options.services.limits))
    const queue = mayWait ? await position('DescribeRecordPosition', { Id: recordId }) : null
    const known = { record, by: stored?.userArn ?? '', queue, ...(action !== undefined && { action }) }
    const id = record.RecordOutputs?.find(output => output.OutputKey === 'AutomationExecutionId')?.OutputValue
    if (id === undefined) return { parts: known, isEnded, arn }
    try {
      return { parts: { ...known, ...(await automation(id)) }, isEnded, arn }
    } catch (error) {
      // Who may see the record need not be allowed to see its execution.
      if (!(error instanceof ServiceError)) throw error
      return { parts: { ...known, refused: { code: error.code, message: error.message } }, isEnded, arn }
    }
  }
  if (executionId === null) throw new InvalidParametersException('Name a recordId or an executionId.')
  const parts = await automation(executionId)
  const { AutomationExecutionStatus: status } = parts['execution'] as { AutomationExecutionStatus: string }
  const isEnded = endedStatuses.has(status)
  const queue = isEnded
    ? null
    : await position('GetAutomationExecutionPosition', { AutomationExecutionId: executionId })
  return { parts: { ...parts, queue }, isEnded, arn }
}
