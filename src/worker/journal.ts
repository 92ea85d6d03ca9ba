import { type Execution, isEnded, type StepExecution } from '../catalog/execution.ts'
import type { Outcome, PlanOutcome } from '../catalog/lifecycle.ts'
import { actions } from '../runbook/actions/index.ts'
import type { ExecutionEnd, SavedState } from '../storage/verbs/executions.ts'
import type { WorkerOptions } from './worker.ts'

/** How many rows may wait for the next write. */
const mostUnwritten = 50

/**
 * An execution as the worker writes it down. Rows that have changed wait for the next write, which takes them along; and an
 * execution that nobody has claimed yet is claimed by the first write, as it was read. So what does nothing outside the
 * journal is written once, with what comes after it.
 */
export class Journal {
  readonly #options: Pick<WorkerOptions, 'storage' | 'observer' | 'clock' | 'gate'>
  readonly #execution: Execution
  /** Undefined: the first write claims it. */
  #epoch: number | undefined
  readonly #claimed: (epoch: number) => void
  readonly #unwritten = new Map<string, StepExecution>()

  /** `epoch`: of the claim that this process holds; otherwise `claimed` is told of the one that the first write makes. */
  constructor(
    options: Pick<WorkerOptions, 'storage' | 'observer' | 'clock' | 'gate'>,
    execution: Execution,
    epoch: number | undefined,
    claimed: (epoch: number) => void,
  ) {
    this.#options = options
    this.#execution = execution
    this.#epoch = epoch
    this.#claimed = claimed
  }

  /** A row has changed: the next write takes it along. */
  note(row: StepExecution): void {
    this.#unwritten.set(row.id, row)
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.size > 0
  }

  /**
   * Whether the step that was noted last may start without being written down first: it and all that waits with it do
   * nothing outside the journal, so nothing is lost that anybody could have seen.
   */
  get mayGoOn(): boolean {
    if (this.#unwritten.size >= mostUnwritten) return false
    return [...this.#unwritten.values()].every(row => actions.get(row.action)?.inert)
  }

  /** Throws StaleClaim and, at the first write, NoPlace. */
  async save(runAt: number, state: SavedState = {}): Promise<void> {
    const { storage, clock, gate } = this.#options
    const { id, epoch } = this.#execution
    const rows = this.#rows()
    if (this.#epoch === undefined) {
      this.#taken(
        await storage.executions.claimAndSave(id, epoch, clock.now(), rows, runAt, {
          ...state,
          holder: gate?.holderOf(id),
        }),
      )
    } else await storage.executions.saveSteps(id, this.#epoch, rows, runAt, state)
    this.#written(rows)
  }

  /** Ends the execution; answers those that now have something to do. Throws StaleClaim and, at the first write, NoPlace. */
  async end(end: ExecutionEnd, outcome: Outcome | PlanOutcome | undefined): Promise<readonly string[]> {
    const { storage, observer, gate } = this.#options
    const { id, epoch } = this.#execution
    const rows = this.#rows()
    let wakes: readonly string[]
    if (this.#epoch === undefined) {
      const done = await storage.executions.claimAndEnd(id, epoch, end.endedAt, rows, end, outcome, gate?.holderOf(id))
      this.#taken(done.execution)
      wakes = done.wakes
    } else wakes = await storage.executions.end(id, this.#epoch, rows, end, outcome)
    this.#written(rows)
    observer?.ended({ ...this.#execution, endedAt: end.endedAt }, end.status)
    return wakes
  }

  #rows(): readonly StepExecution[] {
    const rows = [...this.#unwritten.values()]
    this.#unwritten.clear()
    return rows
  }

  #taken(execution: Execution): void {
    this.#epoch = execution.epoch
    this.#claimed(execution.epoch)
    this.#options.observer?.taken(execution)
  }

  #written(rows: readonly StepExecution[]): void {
    for (const row of rows) if (isEnded(row.status)) this.#options.observer?.stepEnded(this.#execution, row)
  }
}
