import type { Execution, Signal, StepExecution } from '../catalog/execution.ts'
import type { ActionCall, Progress, Tools } from './action.ts'
import { actions } from './actions/index.ts'
import type { AutomationDocument, StepDefinition } from './document.ts'
import { type Decision, next, resolveStep } from './interpreter.ts'
import { actionOutputs, completeOutputs } from './outputs.ts'
import { stepFailure } from './texts.ts'
import { isOpenLoop } from './values.ts'

/**
 * Runs a document in memory, with a clock that jumps to the next moment at which something can happen: for tests of
 * documents, and for our own. The rules are those of the interpreter; what the worker adds to them (a journal that is kept,
 * crashes, cancelled work) has no part in it.
 */
export interface Simulation {
  readonly document: AutomationDocument
  readonly execution: Execution
  /** Milliseconds since 1970. */
  readonly start: number
  readonly tools: Tools
  /** Takes the rows, so that they can be seen when the run comes to no end. */
  readonly journal?: StepExecution[]
  /** Does a step's work in place of its action; undefined: its action does it. */
  readonly perform?: (step: StepDefinition, call: ActionCall) => Promise<Performed | undefined>
  /** What comes from outside while a step waits; undefined: nothing, so that time passes. `Cancel` stops the execution. */
  readonly message?: (step: StepDefinition, now: number) => SimulatedMessage | undefined
}

/** What came of a step; `outputs` are taken as they are, no selector is tried. */
export type Performed = Progress | { readonly state: 'given'; readonly outputs: Readonly<Record<string, unknown>> }

export type SimulatedMessage = Pick<Signal, 'type' | 'payload' | 'sentBy'> | 'Cancel'

export interface SimulatedRun {
  readonly end: Extract<Decision, { do: 'end' }>
  readonly history: readonly StepExecution[]
}

/** A step waits for somebody who does not come. */
export class NothingHappens extends Error {
  readonly step: StepDefinition

  constructor(step: StepDefinition) {
    super(`Step ${step.name} waits for a signal, and none comes.`)
    this.name = 'NothingHappens'
    this.step = step
  }
}

/** Runs the document to its end. Rejects with NothingHappens, and with what `perform` throws. */
export async function simulate(simulation: Simulation): Promise<SimulatedRun> {
  const { document, tools } = simulation
  const history = simulation.journal ?? []
  const signals: Signal[] = []
  let execution = simulation.execution
  let now = simulation.start
  for (;;) {
    const decision = next(document, execution, history, now)
    if (decision.do === 'end') return { end: decision, history }
    if (decision.do === 'wait') {
      now = decision.until
      continue
    }
    if (decision.do === 'finish') {
      history[history.findIndex(row => row.id === decision.row.id)] = decision.row
      continue
    }
    const { step, attempt, parent } = decision
    const resolved = resolveStep(document, step, execution, history, now, parent)
    const row: StepExecution = {
      id: `step-${history.length + 1}`,
      executionId: execution.id,
      ordinal: history.length + 1,
      name: step.name,
      action: step.action,
      attempt,
      status: 'InProgress',
      inputs: 'failure' in resolved ? {} : resolved.inputs,
      outputs: {},
      startedAt: new Date(now),
      ...(parent && { parent }),
    }
    if ('failure' in resolved) {
      history.push({ ...row, status: 'Failed', failure: resolved.failure, endedAt: new Date(now) })
      continue
    }
    const deadline = resolved.timeoutSeconds === undefined ? undefined : now + resolved.timeoutSeconds * 1000
    if (isOpenLoop(row)) {
      history.push({ ...row, deadline })
      continue
    }
    const progress = await perform(step, { ...row, deadline })
    history.push({ ...row, ...ending(step, progress), endedAt: new Date(now) })
  }

  async function perform(step: StepDefinition, row: StepExecution): Promise<Performed> {
    const { deadline } = row
    const call = (): ActionCall => ({
      inputs: row.inputs,
      execution,
      step: { name: row.name, attempt: row.attempt },
      token: row.id,
      signals,
      now,
      deadline,
      abort: new AbortController().signal,
      tools,
    })
    const action = actions.get(step.action)!
    let progress = (await simulation.perform?.(step, call())) ?? (await action.start(call()))
    while (progress.state === 'waiting') {
      const sent = simulation.message?.(step, now)
      if (sent === 'Cancel') {
        execution = { ...execution, stop: 'Cancel' }
        const failure = stepFailure('Invocation', 'Cancelled', `Step ${step.name} was cancelled`)
        return { state: 'failed', status: 'Cancelled', failure }
      }
      if (sent) {
        const sequence = signals.length + 1
        signals.push({ ...sent, executionId: execution.id, sequence, sentAt: new Date(now) })
      } else {
        const wakeAt = progress.wakeAt ?? Number.POSITIVE_INFINITY
        if (!Number.isFinite(wakeAt) && deadline === undefined) throw new NothingHappens(step)
        now = Math.max(now, Math.min(wakeAt, deadline ?? wakeAt))
        if (deadline !== undefined && now >= deadline && wakeAt > now) return timedOut(row)
      }
      progress = await action.poll!(call(), progress.handle)
    }
    return progress
  }
}

function timedOut(row: StepExecution): Progress {
  const seconds = Math.round((row.deadline! - row.startedAt.getTime()) / 1000)
  const failure = stepFailure('Invocation', 'TimedOut', `Step ${row.name} did not end within ${seconds} seconds`)
  return { state: 'failed', status: 'TimedOut', failure }
}

function ending(step: StepDefinition, progress: Performed): Pick<StepExecution, 'status'> & Partial<StepExecution> {
  if (progress.state === 'given') return { status: 'Success', outputs: progress.outputs }
  if (progress.state === 'waiting') throw new Error(`Step ${step.name} still waits.`)
  if (progress.state === 'failed') {
    const outputs = actionOutputs(step, progress.response ?? {})
    return { status: progress.status ?? 'Failed', failure: progress.failure, outputs }
  }
  const completed = completeOutputs(step, progress.response)
  if ('failure' in completed) return { status: 'Failed', failure: completed.failure }
  return { status: 'Success', outputs: completed.outputs, chosenStep: progress.chosenStep }
}
