import type { Surroundings } from '../client.ts'
import { CliError, ExitCode, ServiceFailure } from '../errors.ts'
import { TransportError } from '../http.ts'
import type { Value, ValueMap } from '../values.ts'
import { placeInLine } from './queue.ts'
import { ask, openSharedState } from './shared.ts'
import { StepProgress } from './steps.ts'

/** What ended otherwise than it was waited for: its errors are said, and the exit code is one of its own. */
export class WaitFailure extends CliError {
  override readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface WaitOptions {
  /** Seconds. */
  readonly timeout: number
  /** Seconds between two looks; without it, half a second at first and up to five. */
  readonly interval: number | undefined
}

/** What was seen last, which is printed in any case, and why it is not what was waited for. */
export interface Waited {
  readonly answer: ValueMap
  readonly failure: CliError | undefined
}

export const DEFAULT_TIMEOUT = 3600

/** Seconds without an answer after which the wait is given up: a restart of the service takes less. */
const LONGEST_OUTAGE = 300

/**
 * Wait until a record has ended, and tell on stderr what happens meanwhile. The answer is DescribeRecord's. The failure
 * is a WaitFailure with exit code 5 for a record that FAILED and 3 when the time is up.
 */
export async function waitForRecord(surroundings: Surroundings, id: string, options: WaitOptions): Promise<Waited> {
  const shared = surroundings.shared ?? openSharedState()
  const around = { ...surroundings, shared }
  const steps = new StepProgress(around, line => tell(surroundings, id, line))
  let shown: string | undefined
  let place: string | undefined
  try {
    return await watch(around, id, options, async () => {
      const answer = await ask(around, 'servicecatalog', 'DescribeRecord', new Map([['Id', id]]))
      const detail = mapOf(answer.get('RecordDetail'))
      const status = textOf(detail.get('Status')) ?? '(no status)'
      if (status !== shown) {
        // A step that began before the record ended is told before the end.
        if (isEnd(status)) await steps.show(answer)
        tell(surroundings, id, status)
        shown = status
      } else if (status === 'CREATED') {
        // Still not begun: it may be one of many.
        const now = await placeInLine(around, { recordId: id })
        if (now !== undefined && now !== place) tell(surroundings, id, `waits: ${now}`)
        place = now
      }
      if (!isEnd(status)) await steps.show(answer)
      return {
        answer,
        state: status,
        failure: status === 'FAILED' ? recordFailure(id, detail) : undefined,
        isEnd: isEnd(status),
      }
    })
  } finally {
    if (surroundings.shared === undefined) shared.pool.close()
  }
}

/**
 * Wait until a provisioned product is AVAILABLE. The answer is DescribeProvisionedProduct's. The failure has exit code 5
 * when the product is TAINTED or in ERROR, and 3 when the time is up.
 */
export async function waitForProduct(
  surroundings: Surroundings,
  by: readonly ['Id' | 'Name', string],
  options: WaitOptions,
): Promise<Waited> {
  const shared = surroundings.shared ?? openSharedState()
  const around = { ...surroundings, shared }
  const [, name] = by
  let shown: string | undefined
  try {
    return await watch(around, name, options, async () => {
      const answer = await ask(around, 'servicecatalog', 'DescribeProvisionedProduct', new Map([by]))
      const detail = mapOf(answer.get('ProvisionedProductDetail'))
      const status = textOf(detail.get('Status')) ?? '(no status)'
      if (status !== shown) tell(surroundings, name, status)
      shown = status
      const hasFailed = status === 'TAINTED' || status === 'ERROR'
      const message = textOf(detail.get('StatusMessage'))
      const failure = hasFailed
        ? new WaitFailure(
            `Provisioned product ${name} is ${status}${message ? `: ${message}` : '.'}`,
            ExitCode.recordFailed,
          )
        : undefined
      return { answer, state: status, failure, isEnd: hasFailed || status === 'AVAILABLE' }
    })
  } finally {
    if (surroundings.shared === undefined) shared.pool.close()
  }
}

interface Look extends Waited {
  readonly state: string
  readonly isEnd: boolean
}

/** Look until there is an end, the time is up, or the service has been silent for too long. */
async function watch(
  { io }: Surroundings,
  name: string,
  { timeout, interval }: WaitOptions,
  look: () => Promise<Look>,
): Promise<Waited> {
  const start = io.now().getTime()
  let lastAnswer = start
  let last: Look | undefined
  let pause = 0.5
  for (;;) {
    try {
      last = await look()
      lastAnswer = io.now().getTime()
      if (last.isEnd) return last
    } catch (error) {
      if (!isPassing(error) || io.now().getTime() - lastAnswer > LONGEST_OUTAGE * 1000) throw error
      tell({ io }, name, `no answer (${(error as Error).message}); trying on`)
    }
    const left = timeout - (io.now().getTime() - start) / 1000
    if (left <= 0) {
      const state = last === undefined ? 'without an answer' : last.state
      const text = `${name} is still ${state} after ${timeout} s. It goes on without us; wait again to follow it.`
      return { answer: last?.answer ?? new Map(), failure: new WaitFailure(text, ExitCode.timedOut) }
    }
    await io.sleep(Math.min(interval ?? pause, left) * 1000)
    pause = Math.min(pause * 1.5, 5)
  }
}

/** Whether the service may answer again soon. */
function isPassing(error: unknown): boolean {
  if (error instanceof ServiceFailure) return error.transient
  return error instanceof CliError && error.cause instanceof TransportError
}

function isEnd(status: string): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED'
}

function recordFailure(id: string, detail: ValueMap): WaitFailure {
  const errors = detail.get('RecordErrors')
  const texts = (Array.isArray(errors) ? errors : []).map(error => {
    const code = textOf(mapOf(error).get('Code'))
    const description = textOf(mapOf(error).get('Description'))
    return [code, description].filter(text => text).join(': ')
  })
  return new WaitFailure([`Record ${id} FAILED`, ...texts].join('\n  '), ExitCode.recordFailed)
}

function tell({ io }: Pick<Surroundings, 'io'>, name: string, text: string): void {
  io.stderr.write(`${name}: ${text}\n`)
}

function mapOf(value: Value | undefined): ValueMap {
  return value instanceof Map ? value : new Map()
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
