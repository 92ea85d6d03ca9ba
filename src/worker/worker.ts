import { stepToken } from '../catalog/engine-work.ts'
import { type Execution, isEnded, type Signal, type StepExecution } from '../catalog/execution.ts'
import type { Ids } from '../catalog/ids.ts'
import type { ActionCall, Progress, Tools } from '../runbook/action.ts'
import { actions } from '../runbook/actions/index.ts'
import { type AutomationDocument, findStep, ParameterError, type StepDefinition } from '../runbook/document.ts'
import { type Decision, next, resolveStep } from '../runbook/interpreter.ts'
import { actionOutputs, completeOutputs } from '../runbook/outputs.ts'
import { parseDocument } from '../runbook/parse.ts'
import { stepFailure } from '../runbook/texts.ts'
import { isOpenLoop } from '../runbook/values.ts'
import type { Storage } from '../storage/storage.ts'
import { NoPlace, never, StaleClaim } from '../storage/verbs/executions.ts'
import type { Clock } from './clock.ts'
import type { Gate } from './gate.ts'
import { Journal } from './journal.ts'
import type { WorkerObserver } from './observer.ts'
import { outcomeOf } from './outcome.ts'
import { advanceRuns } from './rate-control.ts'
import { withStoredDefaults } from './stored-parameters.ts'

export interface WorkerOptions {
  readonly storage: Storage
  readonly clock: Clock
  readonly ids: Ids
  /** What the actions of this execution may use of the world. */
  readonly tools: (execution: Execution, signals: readonly Signal[]) => Tools
  /** Whether an execution may begin to act as this role, which was not known when it was accepted (iam:PassRole). */
  readonly mayPassRole: (execution: Execution, roleArn: string) => Promise<boolean>
  /** Told of what should never happen: an error that is none of the execution's own. */
  readonly report: (message: string, error: unknown) => void
  readonly observer?: WorkerObserver
  /** Where executions wait for their turn; absent: nothing limits how many are under way. */
  readonly gate?: Gate | undefined
}

/**
 * How far an execution got: it ended, it waits (for a time, for a signal), or this process is going down. The executions
 * to `wake` have something to do now.
 */
export type Advance =
  | { readonly state: 'ended' | 'left'; readonly wake?: readonly string[] }
  | {
      readonly state: 'waiting'
      readonly wakeAt: number | undefined
      readonly wake?: readonly string[]
      /** Nothing is being done for it meanwhile: it sleeps, or waits for a person or for another execution. */
      readonly idle?: boolean
    }

/** Whether an action may start: yes at once, or when that has been found out. */
export type MayStart = () => true | Promise<boolean>

/** Whether the execution is still this process's could not be found out: no action was started. */
class NotConfirmed extends Error {
  constructor(cause: unknown) {
    super('It could not be confirmed that the execution is still in hand.', { cause })
    this.name = 'NotConfirmed'
  }
}

/** Milliseconds: how often an execution that waits for its turn is looked at, should nobody wake it. */
const queueTime = 60_000

/**
 * Runs executions: asks the interpreter what comes next, lets the action do it, writes down what came of it. A step is
 * written before its action starts and after it ended, so a completed step never runs again; the one in hand when the
 * process dies is started again with the same token, or ends as failed when its document says it must not be repeated.
 */
export class Worker {
  readonly #options: WorkerOptions
  /** Executions this process has claimed, with the epoch of the claim. */
  readonly #epochs = new Map<string, number>()
  /** What ends an action that is being awaited. */
  readonly #inHand = new Map<string, AbortController>()
  /** Whether an action of the execution may start now; see `advance`. */
  readonly #mayStart = new Map<string, MayStart>()
  readonly #documents = new Map<string, AutomationDocument>()
  #stopping = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** How many executions this process advances at this moment. */
  get inHand(): number {
    return this.#mayStart.size
  }

  /**
   * Advances an execution until it ends or waits. Never rejects; at most one call per execution at a time. `mayStart` is asked
   * before an action starts, where others may have taken the execution over while this process was frozen.
   */
  async advance(executionId: string, mayStart: MayStart = () => true): Promise<Advance> {
    const { gate } = this.#options
    this.#mayStart.set(executionId, mayStart)
    try {
      if (gate && !(await gate.enter(executionId, this.#epochs.get(executionId)))) {
        // Whoever gives it a place wakes it.
        return { state: 'waiting', wakeAt: undefined }
      }
      const advance = await this.#advance(executionId)
      if (advance.state === 'ended') {
        this.#epochs.delete(executionId)
        await gate?.leave(executionId, 'ended')
      } else if (advance.state === 'waiting' && advance.idle) await gate?.leave(executionId, 'waiting')
      return advance
    } catch (error) {
      this.#epochs.delete(executionId)
      if (error instanceof StaleClaim) {
        gate?.lost(executionId)
        return { state: 'left' }
      }
      if (error instanceof NoPlace) {
        await gate?.leave(executionId, 'waiting')
        return { state: 'waiting', wakeAt: this.#options.clock.now().getTime() + queueTime }
      }
      this.#options.report(`Execution ${executionId} could not be advanced.`, error)
      // Storage failed, or we did: the journal is as it was, so look again later rather than lose the execution.
      return { state: 'waiting', wakeAt: this.#options.clock.now().getTime() + 5_000 }
    } finally {
      this.#mayStart.delete(executionId)
    }
  }

  /** Another process has the execution: what is in hand of it here is ended, and stays in the journal as it is. */
  letGo(executionId: string): void {
    this.#inHand.get(executionId)?.abort('shutdown')
  }

  /** Whoever has the execution next claims it anew, which may be this process. Only when it is not being advanced. */
  forget(executionId: string): void {
    this.#epochs.delete(executionId)
  }

  /** Something about an execution that is being advanced has changed: ends the action in hand if it was told to cancel. */
  async notice(executionId: string): Promise<void> {
    const controller = this.#inHand.get(executionId)
    if (!controller) return
    const { storage } = this.#options
    const execution = await storage.executions.get(executionId)
    if (!execution) return
    const steps = await storage.executions.steps(executionId)
    const inHand = steps.findLast(step => !isEnded(step.status))
    const isStopped = inHand && stopsStep(await storage.executions.signals(executionId), inHand)
    if (isStopped || withoutAnsweredCancel(execution, steps).stop === 'Cancel') controller.abort('cancel')
  }

  /** Lets go of everything: actions in hand are ended and stay in the journal as they are, to be taken up again. */
  stop(): void {
    this.#stopping = true
    for (const controller of this.#inHand.values()) controller.abort('shutdown')
  }

  /**
   * The execution to advance, with the epoch of the claim that this process has on it. One that has run before is claimed at
   * once; a new one is only read, and claimed with what is written of it first.
   */
  async #take(executionId: string): Promise<{ execution: Execution; epoch: number | undefined } | undefined> {
    const { storage } = this.#options
    const found = await storage.executions.get(executionId)
    if (!found || isEnded(found.status)) return undefined
    const epoch = this.#epochs.get(executionId)
    if (epoch === found.epoch) return { execution: found, epoch }
    if (found.epoch === 0) return { execution: found, epoch: undefined }
    // Another process had it in between, or one that is no more: what it wrote stands, and it is claimed anew.
    return this.#claim(executionId)
  }

  async #claim(executionId: string): Promise<{ execution: Execution; epoch: number } | undefined> {
    const { storage, clock, observer, gate } = this.#options
    // A claim ends what another has in hand: it is not for a process that has lost the execution.
    await this.#confirm(executionId)
    const execution = await storage.executions.claim(executionId, clock.now(), gate?.holderOf(executionId))
    if (!execution) return undefined
    if (execution.status === 'Pending') throw new NoPlace(executionId)
    this.#epochs.set(executionId, execution.epoch)
    observer?.taken(execution)
    return { execution, epoch: execution.epoch }
  }

  async #advance(executionId: string): Promise<Advance> {
    const { storage, clock, ids } = this.#options
    let taken = await this.#take(executionId)
    if (taken?.execution.rateControl && taken.epoch === undefined) taken = await this.#claim(executionId)
    if (!taken) return { state: 'ended' }
    let { execution } = taken
    if (execution.rateControl) {
      const { aws } = this.#options.tools(execution, [])
      const { wakeAt, wake } = await advanceRuns(execution, execution.epoch, { storage, clock, ids, aws })
      return wakeAt === undefined ? ended(wake) : { state: 'waiting', wakeAt, wake }
    }
    const journalOf = ({ execution, epoch }: NonNullable<typeof taken>) =>
      new Journal(this.#options, execution, epoch, claimed => this.#epochs.set(executionId, claimed))
    let journal = journalOf(taken)
    const fail = async (failureMessage: string): Promise<Advance> => {
      const end = { status: 'Failed' as const, failureMessage, outputs: {}, endedAt: clock.now() }
      return ended(await journal.end(end, outcomeOf(execution, [], end)))
    }
    const document = this.#document(execution)
    if (document instanceof Error) {
      // Checked when it was made; only a document from another version of Bellhop can fail here. The record still ends.
      return fail(`Failed to describe SSM Automation document: ${document.message}`)
    }
    const isFresh = execution.epoch === 0 && !execution.resumes
    const history = isFresh ? [] : [...(await storage.executions.steps(executionId))]
    if (history.length === 0) {
      try {
        const beginning = await withStoredDefaults(document, execution, this.#options)
        if (beginning) {
          taken = taken.epoch === undefined ? await this.#claim(executionId) : taken
          if (!taken) return { state: 'ended' }
          journal = journalOf(taken)
          execution = await storage.automations.begin(executionId, taken.execution.epoch, beginning, clock.now())
        }
      } catch (error) {
        if (!(error instanceof ParameterError)) throw error
        return fail(error.message)
      }
    }

    /** The row this call has begun itself; any other unended row was left by somebody before. */
    let begun: StepExecution | undefined

    for (;;) {
      if (this.#stopping) {
        // A step that ended just now is not to run again at the next start.
        if (journal.hasUnwritten) await journal.save(clock.now().getTime())
        return { state: 'left' }
      }
      const inHand = history.findLastIndex(row => !isEnded(row.status) && !isOpenLoop(row))
      const last = history[inHand]
      if (last) {
        const step = findStep(document, last.name)!
        let asked = withoutAnsweredCancel(execution, history)
        if (last !== begun && stopsStep(await storage.executions.signals(executionId), last)) {
          asked = { ...asked, stop: 'Cancel' }
        }
        const progress = await (last === begun ? this.#start(asked, last) : this.#resume(asked, step, last))
        if (progress === undefined) return { state: 'left' }
        const row = this.#after(step, last, progress)
        history[inHand] = row
        if (row !== last) journal.note(row)
        if (progress.state === 'waiting') {
          const wakeAt = Math.min(progress.wakeAt ?? never, row.deadline ?? never)
          if (journal.hasUnwritten) await journal.save(wakeAt, { inError: progress.inError })
          return {
            state: 'waiting',
            wakeAt: wakeAt === never ? undefined : wakeAt,
            ...(actions.get(row.action)?.idle && { idle: true }),
          }
        }
        // What was asked of the execution while the step ran decides what comes next; no time passes in one without effect.
        if (!journal.mayGoOn) execution = (await storage.executions.get(executionId)) ?? execution
        continue
      }

      const now = clock.now()
      const decision = next(document, execution, history, now.getTime())
      if (decision.do === 'end') {
        const { status, failureMessage, outputs } = decision
        const end = { status, failureMessage, outputs, endedAt: now }
        return ended(await journal.end(end, outcomeOf(execution, history, end)))
      }
      if (decision.do === 'wait') {
        await journal.save(decision.until)
        return { state: 'waiting', wakeAt: decision.until, idle: true }
      }
      if (decision.do === 'finish') {
        history[history.findIndex(row => row.id === decision.row.id)] = decision.row
        journal.note(decision.row)
        continue
      }
      const startedBy = await this.#startedBy(execution, decision, history)
      if (startedBy === 'nobody') {
        await journal.save(never, { waitsFor: decision.step.name })
        return { state: 'waiting', wakeAt: undefined, idle: true }
      }
      begun = { ...this.#begin(document, decision, execution, history, now, ids), startedBy }
      history.push(begun)
      journal.note(begun)
      if (journal.mayGoOn) continue
      await journal.save(now.getTime())
    }
  }

  /**
   * In Interactive mode the signal that starts this step. Another attempt, and the steps after a cancel, need none; neither
   * does any step in mode Auto.
   */
  async #startedBy(
    { id, mode }: Execution,
    { step, attempt }: Extract<Decision, { do: 'start' }>,
    history: readonly StepExecution[],
  ): Promise<number | undefined | 'nobody'> {
    if (mode !== 'Interactive' || attempt > 1 || history.some(row => row.status === 'Cancelled')) return undefined
    const used = Math.max(0, ...history.map(row => row.startedBy ?? 0))
    const signals = await this.#options.storage.executions.signals(id)
    const found = signals.find(
      ({ type, sequence, payload }) => type === 'StartStep' && sequence > used && payload['stepName'] === step.name,
    )
    return found?.sequence ?? 'nobody'
  }

  /** The row of a step that is about to start; already failed when its inputs cannot be made. */
  #begin(
    document: AutomationDocument,
    { step, attempt, parent }: Extract<Decision, { do: 'start' }>,
    execution: Execution,
    history: readonly StepExecution[],
    now: Date,
    ids: Ids,
  ): StepExecution {
    const row = {
      id: ids.uuidAt(now),
      executionId: execution.id,
      ordinal: (history.at(-1)?.ordinal ?? 0) + 1,
      name: step.name,
      action: step.action,
      attempt,
      outputs: {},
      startedAt: now,
      ...(parent && { parent }),
    }
    const resolved = resolveStep(document, step, execution, history, now.getTime(), parent)
    if ('failure' in resolved) return { ...row, status: 'Failed', inputs: {}, endedAt: now, failure: resolved.failure }
    const seconds = resolved.timeoutSeconds ?? actions.get(step.action)?.defaultTimeoutSeconds
    const deadline = seconds === undefined ? undefined : now.getTime() + seconds * 1000
    return { ...row, status: 'InProgress', inputs: resolved.inputs, deadline }
  }

  /** Goes on with a step that was written down earlier: by this process, or by one that is no more. */
  async #resume(execution: Execution, step: StepDefinition, row: StepExecution): Promise<Progress | undefined> {
    const action = actions.get(row.action)
    const now = this.#options.clock.now().getTime()
    if (row.handle === undefined) {
      if (!step.repeatable && !action?.inert) {
        const cause =
          'The server stopped while this step ran, and the step is declared not repeatable, so it was not started again'
        return { state: 'failed', failure: stepFailure('Invocation', 'Interrupted', cause) }
      }
      return this.#start(execution, row)
    }
    const call = await this.#call(execution, row, new AbortController().signal)
    if (execution.stop === 'Cancel') {
      await this.#cancel(call, row)
      return cancelled(row)
    }
    const progress = await this.#guard(row, () => action!.poll!(call, row.handle))
    if (progress.state === 'waiting' && row.deadline !== undefined && now >= row.deadline) {
      await this.#cancel(call, row)
      return timedOut(row)
    }
    return progress
  }

  /** Starts the action and waits for it to be done or to hand out something to wait by. Undefined: we are going down. */
  async #start(execution: Execution, row: StepExecution): Promise<Progress | undefined> {
    const { clock } = this.#options
    const controller = new AbortController()
    this.#inHand.set(execution.id, controller)
    // A step that is started again after a crash gets its whole time again.
    const deadline =
      row.deadline === undefined ? undefined : clock.now().getTime() + (row.deadline - row.startedAt.getTime())
    const calledOff = deadline === undefined ? () => {} : clock.at(deadline, () => controller.abort('deadline'))
    try {
      if (execution.stop === 'Cancel') controller.abort('cancel')
      const call = await this.#call(execution, { ...row, deadline }, controller.signal)
      if (!controller.signal.aborted) await this.#confirm(execution.id)
      const progress = controller.signal.aborted
        ? undefined
        : await this.#guard(row, () => actions.get(row.action)!.start(call))
      if (!controller.signal.aborted || progress?.state === 'succeeded') return progress
      // Work that was handed out goes on without us; its handle is worth keeping. Anything else was cut short.
      if (controller.signal.reason === 'shutdown') return progress?.state === 'waiting' ? progress : undefined
      if (progress?.state === 'waiting') await this.#cancel(call, { ...row, handle: progress.handle })
      return controller.signal.reason === 'deadline' ? timedOut(row) : cancelled(row)
    } finally {
      calledOff()
      this.#inHand.delete(execution.id)
    }
  }

  /** Throws StaleClaim when an action may no longer start, and NotConfirmed when nobody can say. */
  async #confirm(executionId: string): Promise<void> {
    for (;;) {
      const answer = this.#mayStart.get(executionId)?.() ?? true
      if (answer === true) return
      const held = await answer.catch(error => {
        throw new NotConfirmed(error)
      })
      // Asked again: it may have been frozen while it waited for the answer.
      if (!held) throw new StaleClaim(executionId)
    }
  }

  async #call(execution: Execution, row: StepExecution, abort: AbortSignal): Promise<ActionCall> {
    const { storage, clock, tools } = this.#options
    const signals = await storage.executions.signals(execution.id)
    const { id, scope, executedBy, roleArn, document } = execution
    const given = tools(execution, signals)
    return {
      inputs: row.inputs,
      execution: { id, scope, document, executedBy, roleArn },
      step: { name: row.name, attempt: row.attempt },
      token: stepToken(id, row.ordinal),
      signals,
      now: clock.now().getTime(),
      deadline: row.deadline,
      abort,
      tools: {
        ...given,
        // It takes a while until a script begins: it is asked once more when everything is ready.
        runScript: (request, signal) => given.runScript(request, signal, () => this.#confirm(id)),
      },
    }
  }

  async #cancel(call: ActionCall, row: StepExecution): Promise<void> {
    try {
      await actions.get(row.action)?.cancel?.(call, row.handle)
    } catch (error) {
      this.#options.report(`Step ${row.name} of execution ${row.executionId} could not be cancelled.`, error)
    }
  }

  /** An action that throws has a fault of its own: the step fails, the server goes on. */
  async #guard(row: StepExecution, work: () => Promise<Progress>): Promise<Progress> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StaleClaim || error instanceof NotConfirmed) throw error
      this.#options.report(`Action ${row.action} of step ${row.name} threw.`, error)
      return { state: 'failed', failure: stepFailure('Invocation', 'Failed', 'Internal failure') }
    }
  }

  /** The row after the action said how far it is; the same row when there is nothing new to write. */
  #after(step: StepDefinition, row: StepExecution, progress: Progress): StepExecution {
    if (progress.state === 'waiting') {
      // Without a time to look again, it waits for somebody.
      const status = progress.wakeAt === undefined ? 'Waiting' : 'InProgress'
      const next: StepExecution = {
        ...row,
        status,
        handle: progress.handle ?? null,
        progress: progress.progress ?? row.progress,
      }
      const written = (step: StepExecution) => JSON.stringify([step.status, step.handle, step.progress])
      return written(row) === written(next) ? row : next
    }
    const { handle: _, ...done } = row
    const endedAt = this.#options.clock.now()
    if (progress.state === 'failed') {
      const outputs = actionOutputs(step, progress.response ?? {})
      const { status = 'Failed', failure, engineResult } = progress
      return { ...done, status, failure, outputs, engineResult, endedAt }
    }
    const selected = completeOutputs(step, progress.response)
    const { engineResult, chosenStep } = progress
    return 'failure' in selected
      ? { ...done, status: 'Failed', failure: selected.failure, engineResult, endedAt }
      : { ...done, status: 'Success', outputs: selected.outputs, engineResult, chosenStep, endedAt }
  }

  #document({ kind, document: { content } }: Execution): AutomationDocument | Error {
    const known = this.#documents.get(content)
    if (known) return known
    try {
      const document = parseDocument(content, undefined, { internal: kind === 'engine' })
      if (this.#documents.size >= 100) this.#documents.clear()
      this.#documents.set(content, document)
      return document
    } catch (error) {
      return error as Error
    }
  }
}

/** Whether somebody has sent StopStep for this row. */
function stopsStep(signals: readonly Signal[], { id }: StepExecution): boolean {
  return signals.some(({ type, payload }) => type === 'StopStep' && payload['stepId'] === id)
}

function ended(wake: readonly string[]): Advance {
  return wake.length > 0 ? { state: 'ended', wake } : { state: 'ended' }
}

/**
 * The execution as the step in hand must see it: a cancel that has already ended a step has done its work, and the steps of
 * its onCancel run to their end.
 */
function withoutAnsweredCancel(execution: Execution, history: readonly StepExecution[]): Execution {
  const answered = execution.stop === 'Cancel' && history.some(step => step.status === 'Cancelled')
  return answered ? { ...execution, stop: undefined } : execution
}

function cancelled(row: StepExecution): Progress {
  const failure = stepFailure('Invocation', 'Cancelled', `Step ${row.name} was cancelled`)
  return { state: 'failed', status: 'Cancelled', failure }
}

function timedOut(row: StepExecution): Progress {
  const seconds = Math.round(((row.deadline ?? 0) - row.startedAt.getTime()) / 1000)
  const failure = stepFailure('Invocation', 'TimedOut', `Step ${row.name} did not end within ${seconds} seconds`)
  return { state: 'failed', status: 'TimedOut', failure }
}
