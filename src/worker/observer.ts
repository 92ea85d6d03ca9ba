import type { Execution, StepExecution } from '../catalog/execution.ts'

/** Is told what the worker has written down; nothing that it does may fail. */
export interface WorkerObserver {
  /** Claimed by this process. */
  taken(execution: Execution): void
  stepEnded(execution: Execution, step: StepExecution): void
  ended(execution: Execution, status: Execution['status']): void
}
