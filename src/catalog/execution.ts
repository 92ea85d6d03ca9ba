import type { AutomationExecutionStatus, Tag } from '../model/generated/ssm.ts'
import type { EngineResult } from './engine-work.ts'
import type { RateControl, ResolvedTarget } from './rate-control.ts'
import type { Scope } from './scope.ts'

/**
 * The journal: executions, their steps and their signals. An execution runs one automation document. Provision, update
 * and terminate are executions too; their document is one step, the engine's work (engine-documents.ts).
 */
export interface Execution {
  /** A UUID: the SSM API's AutomationExecutionId. */
  readonly id: string
  readonly scope: Scope
  /** `automation` is shown by the SSM API; `engine` is the work behind provision, update and terminate. */
  readonly kind: 'automation' | 'engine'
  readonly recordId?: string
  /** The provisioned product plan that it makes; such an execution has no record. */
  readonly planId?: string
  readonly provisionedProductId?: string
  readonly document: {
    readonly name: string
    readonly version: string
    readonly content: string
    /** The type of resource it is for, e.g. `/AWS::EC2::Instance`. */
    readonly targetType?: string
    /** Whose it is, and whose the documents are that it names, where that is another account than the execution's. */
    readonly owner?: Scope
  }
  /** As the API gives them: every value is a list of strings. */
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly executedBy: string
  /** The identity behind `executedBy`: what its policies allow is what steps may do that act as no role. */
  readonly caller?: ExecutionCaller
  /** The role its steps act as, when there is one. */
  readonly roleArn?: string
  /** In Interactive mode every step waits for the signal StartStep. Absent: Auto. */
  readonly mode?: 'Interactive'
  /** In Interactive mode: the step that waits to be started. */
  readonly waitsFor?: string
  readonly tags?: readonly Tag[]
  /** The execution that started this one, through a step or for one of its targets. */
  readonly parent?: {
    readonly executionId: string
    /** How many executions are above this one. */
    readonly depth: number
  }
  /** The run of a service action that failed, which this one goes on with: its first rows are taken over from there. */
  readonly resumes?: {
    readonly executionId: string
    readonly recordId: string
    /** The step that it begins with. */
    readonly stepName: string
  }
  /** Present where it runs its document once for each of several targets: then its steps are those runs. */
  readonly rateControl?: RateControl
  /** What rateControl's targets came to; absent until they are resolved. */
  readonly resolvedTargets?: readonly ResolvedTarget[]
  /** The target that this execution is run for. */
  readonly target?: string
  /** In another account or region than the execution that started it. */
  readonly crossAccount?: boolean
  readonly status: AutomationExecutionStatus
  readonly failureMessage?: string
  readonly outputs: Readonly<Record<string, readonly string[]>>
  /** Counts the claims; every write of a worker carries the epoch of its claim. 0: never claimed. */
  readonly epoch: number
  readonly createdAt: Date
  readonly startedAt?: Date
  readonly endedAt?: Date
  /** The request that it came of, as W3C Trace Context writes it; absent when nobody traces. */
  readonly trace?: string
  /** Asked to stop: Cancel ends the step in hand as cancelled, Complete lets it finish. */
  readonly stop?: 'Cancel' | 'Complete'
}

/**
 * Who started an execution: a user, or a session of a role with what it was narrowed to. Their policies are read anew at
 * each call that is judged by them.
 */
export type ExecutionCaller =
  | { readonly accountId: string; readonly userName: string }
  | {
      readonly accountId: string
      readonly roleName: string
      readonly roleId: string
      readonly name: string
      /** Milliseconds since 1970. */
      readonly issuedAt: number
      readonly policy?: string
      readonly policyArns?: readonly string[]
      /** How it came about through an identity provider, if it did. */
      readonly federation?: { readonly provider: string; readonly keys: Readonly<Record<string, readonly string[]>> }
      readonly tags: readonly Tag[]
    }

export type StepStatus = 'Pending' | 'InProgress' | 'Waiting' | 'Success' | 'TimedOut' | 'Cancelled' | 'Failed'

/** Why a step failed, in the three parts that GetAutomationExecution shows as FailureDetails. */
export interface StepFailure {
  /** E.g. `Invocation`, `Verification`, `InputValidation`. */
  readonly stage: string
  /** E.g. `Failed`, `TimedOut`, `InvalidInput`. */
  readonly type: string
  readonly message: string
}

export interface StepExecution {
  readonly id: string
  readonly executionId: string
  /** 1, 2, 3 ... in the order in which steps were started. A retry of a step is a further row. */
  readonly ordinal: number
  readonly name: string
  readonly action: string
  /** 1 for the first try. */
  readonly attempt: number
  readonly status: StepStatus
  /** Inputs after interpolation. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** Selected from the action's answer, by output name. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly failure?: StepFailure
  /** What an engine's work made of the product; the record and the product take it when the execution ends. */
  readonly engineResult?: EngineResult
  /** What the work did last, in words, oldest first. */
  readonly progress?: readonly string[]
  /** The step that a branch chose, or that onFailure or nextStep names; absent: the next in the document. */
  readonly chosenStep?: string
  /** What a waiting action needs in order to go on, after a restart too. Plain JSON. */
  readonly handle?: unknown
  readonly startedAt: Date
  readonly endedAt?: Date
  /** When timeoutSeconds runs out (milliseconds since 1970). */
  readonly deadline?: number
  /** The row of an earlier run that this one is: nothing of it was run here. */
  readonly takenFrom?: { readonly executionId: string; readonly stepId: string }
  /** In Interactive mode: the sequence of the StartStep that started it. */
  readonly startedBy?: number
  /** The loop step around it, in which pass (counted from 1), and with which of its Iterators. */
  readonly parent?: {
    readonly stepId: string
    readonly stepName: string
    readonly iteration: number
    readonly iteratorValue?: unknown
  }
}

/** A message to an execution from outside: a person (Approve, Reject, Resume, ...) or an engine (its result). */
export interface Signal {
  readonly executionId: string
  /** 1, 2, 3 ... within the execution. */
  readonly sequence: number
  readonly type: 'Approve' | 'Reject' | 'Resume' | 'StartStep' | 'StopStep' | 'Revoke' | 'EngineResult'
  readonly payload: Readonly<Record<string, unknown>>
  /** The ARN of the caller. */
  readonly sentBy: string
  readonly sentAt: Date
}

const ended: ReadonlySet<string> = new Set(['Success', 'TimedOut', 'Cancelled', 'Failed'])

/** Whether a step's or an execution's status is final: it never changes again. */
export function isEnded(status: StepStatus | AutomationExecutionStatus): boolean {
  return ended.has(status)
}

/** Rows of a run as those of the run that goes on with it: completed, and under ids of their own. */
export function takenOver(
  rows: readonly StepExecution[],
  executionId: string,
  newId: () => string,
): readonly StepExecution[] {
  const ids = new Map(rows.map(({ id }) => [id, newId()]))
  return rows.map((row, i) => {
    const { handle: _, progress: __, engineResult: ___, ...kept } = row
    return {
      ...kept,
      id: ids.get(row.id)!,
      executionId,
      ordinal: i + 1,
      ...(isEnded(row.status) && { takenFrom: row.takenFrom ?? { executionId: row.executionId, stepId: row.id } }),
      ...(row.parent && { parent: { ...row.parent, stepId: ids.get(row.parent.stepId)! } }),
    }
  })
}

/** A journal as it is shown: without the attempts that were followed by another, and what ran inside of those. */
export function lastAttempts(steps: readonly StepExecution[]): StepExecution[] {
  const key = ({ name, parent }: StepExecution) => `${name} ${parent?.stepId} ${parent?.iteration}`
  const following = new Map<string, StepExecution>()
  const dropped = new Set<string>()
  for (const step of steps.toReversed()) {
    if (following.get(key(step))?.attempt === step.attempt + 1) dropped.add(step.id)
    following.set(key(step), step)
  }
  return steps.filter(step => {
    // A loop's row comes before those inside of it.
    if (step.parent && dropped.has(step.parent.stepId)) dropped.add(step.id)
    return !dropped.has(step.id)
  })
}
