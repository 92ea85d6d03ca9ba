import type { AwsApi, AwsCredentials } from '../aws/api.ts'
import type { EngineResult, EngineTask } from '../catalog/engine-work.ts'
import type { Signal, StepFailure } from '../catalog/execution.ts'
import type { RateControl } from '../catalog/rate-control.ts'
import type { Scope } from '../catalog/scope.ts'
import type { Tag } from '../model/generated/ssm.ts'

/**
 * An action of the runbook (aws:sleep, aws:approve, ...): one file, one row in actions/index.ts. It does the step's work
 * and nothing else: when a step runs, is tried again, times out or is written down is the worker's business.
 */
export interface Action {
  readonly name: string
  /**
   * Input names; a document whose step lacks a required one, or has one that is not listed, is refused when created. `others`:
   * any other name is an input, too.
   */
  readonly inputs: {
    readonly required: readonly string[]
    readonly optional: readonly string[]
    readonly others?: boolean
  }
  /** True for actions that users' documents may not name. */
  readonly internal?: boolean
  /** Seconds; used when the document gives no timeoutSeconds. */
  readonly defaultTimeoutSeconds?: number
  /** Seconds; a document that gives its step more is refused. */
  readonly longestTimeoutSeconds?: number
  /**
   * Members of the response that are outputs without being declared, such as ApprovalStatus; `response`: all of them.
   * Absent: none.
   */
  readonly outputs?: readonly string[] | 'response'
  /**
   * Steps that this one may choose to go to; `others` tells whether it may also leave the choice to the document's order.
   * Absent: it never chooses.
   */
  chooses?(inputs: Readonly<Record<string, unknown>>): { readonly steps: readonly string[]; readonly others: boolean }
  /** While it waits nothing is being done: it waits for a time, a person or another execution. */
  readonly idle?: true
  /** It holds steps of its own, in its input Steps, which the interpreter runs: `start` is never called. */
  readonly innerSteps?: boolean
  /**
   * Starting it does nothing outside the journal, neither in this process nor in another: whether it was started once or
   * twice, nobody can tell. The worker does such steps without writing each of them down first.
   */
  readonly inert?: boolean
  /** Inputs that are taken as they stand: nothing in them is a reference. */
  readonly opaqueInputs?: readonly string[]
  /** Further rules at creation; returns what is wrong, in words that fit after the step's name. */
  check?(inputs: Readonly<Record<string, unknown>>): string | undefined
  /**
   * Starts the work, or starts it again after a crash: `call.token` is the same then, so work already begun must be found,
   * not begun twice, wherever the other side allows it.
   */
  start(call: ActionCall): Promise<Progress>
  /** Looks at work that is under way, with the handle that `start` or the last `poll` gave. */
  poll?(call: ActionCall, handle: unknown): Promise<Progress>
  /** Stops the work; called on cancel and when the step's time is up. */
  cancel?(call: ActionCall, handle: unknown): Promise<void>
}

export interface ActionCall {
  /** After interpolation. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly execution: {
    readonly id: string
    readonly scope: Scope
    readonly document: { readonly name: string }
    readonly executedBy: string
    readonly roleArn?: string
  }
  readonly step: { readonly name: string; readonly attempt: number }
  /** Derived from execution, step and attempt: the same whenever this attempt is started. At most 64 characters of [A-Za-z0-9-]. */
  readonly token: string
  /** All signals of the execution, oldest first. */
  readonly signals: readonly Signal[]
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds since 1970, when the step's time is up; undefined when it has no limit. */
  readonly deadline?: number
  /** Aborted when the step is cancelled or out of time; a `start` that takes long must end then. */
  readonly abort: AbortSignal
  readonly tools: Tools
}

export type Progress =
  /** `response` is what output selectors look into; `chosenStep` overrides the document's order (aws:branch). */
  | {
      readonly state: 'succeeded'
      readonly response: Readonly<Record<string, unknown>>
      readonly chosenStep?: string
      /** Not for selectors: what the record and the product take over. */
      readonly engineResult?: EngineResult
    }
  | {
      readonly state: 'failed'
      readonly failure: StepFailure
      /** Default Failed. */
      readonly status?: 'Failed' | 'TimedOut' | 'Cancelled'
      readonly response?: Readonly<Record<string, unknown>>
      readonly engineResult?: EngineResult
    }
  /**
   * Not done yet: look again at `wakeAt` (milliseconds since 1970), or when a signal arrives. Without `wakeAt` the step
   * waits for somebody (approve, pause), and its status is Waiting; otherwise it is InProgress.
   */
  | {
      readonly state: 'waiting'
      readonly handle: unknown
      readonly wakeAt?: number
      /** What it did last, in words, oldest first: shown while it is under way. */
      readonly progress?: readonly string[]
      /** The work has failed and is being put back. */
      readonly inError?: boolean
    }

/** What an action may use of the world; handed in, so that simulations and tests can replace it. */
export interface Tools {
  /** `mayBegin` is waited for when all is ready; the script does not begin, and the run fails, when it throws. */
  runScript(request: ScriptRequest, abort: AbortSignal, mayBegin?: () => Promise<void>): Promise<ScriptResult>
  /** Whether scripts of an execution without a role call AWS with the server's own credentials. */
  readonly serverCredentialsForScripts?: boolean
  /** A file attached to the execution's document; undefined when it has none of this name. */
  attachment?(name: string): Promise<Uint8Array | undefined>
  readonly nodes?: NodeTools
  /** The content of a document of the account, by name and version (default: its default). */
  commandDocument?(name: string, version: string | undefined): Promise<string | undefined>
  readonly engine: EngineTools
  /** AWS, as the role that the execution's steps act as. */
  readonly aws: AwsApi
  /** Posts to an integration that the server knows by name. */
  webhook(request: WebhookRequest): Promise<WebhookResult>
  readonly automations: AutomationTools
  readonly approvals: {
    /** Where the document does not say. */
    readonly requesterMayApprove: boolean
    /** Tells whoever listens to a topic that they are asked. The same id is told once. */
    notify(notification: ApprovalNotification): Promise<void>
  }
}

/** What approvers are told. */
export interface ApprovalNotification {
  readonly id: string
  readonly topicArn: string
  readonly subject: string
  /** Becomes JSON. */
  readonly message: Readonly<Record<string, unknown>>
}

/** Executions that an execution's steps start. */
export interface AutomationTools {
  /** The execution that this token stands for, started if it was not; or what is in the way. */
  start(
    request: AutomationRequest,
    token: string,
  ): Promise<{ readonly executionId: string } | { readonly problem: string }>
  /** Undefined: it is not there. */
  look(executionId: string): Promise<AutomationRun | undefined>
  cancel(executionId: string): Promise<void>
}

export interface AutomationRequest {
  /** Name or ARN. */
  readonly documentName: string
  readonly documentVersion: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly tags: readonly Tag[]
  readonly targetParameterName?: string | undefined
  readonly targets?: RateControl['targets'] | undefined
  readonly targetMaps?: RateControl['targetMaps'] | undefined
  readonly targetLocations?: RateControl['targetLocations'] | undefined
  readonly maxConcurrency?: string | undefined
  readonly maxErrors?: string | undefined
}

export interface AutomationRun {
  readonly status: 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'
  readonly failureMessage?: string
  /** In the order of the document's outputs. */
  readonly outputs: Readonly<Record<string, readonly string[]>>
}

/** Managed nodes of Bellhop's own that the execution's account may use. What cannot reach a node throws an error that says so. */
export interface NodeTools {
  has(id: string): boolean
  /** Ids of the nodes that have the tag with one of these values; without values: that have the tag. */
  tagged(key: string, values: readonly string[] | undefined): string[]
  /** Starts a program of shell text, unless this command was started there before. */
  start(id: string, commandId: string, program: string): Promise<CommandProgress>
  poll(id: string, commandId: string): Promise<CommandProgress>
  cancel(id: string, commandId: string): Promise<void>
}

export type CommandProgress =
  | { readonly state: 'running' | 'lost' }
  | {
      readonly state: 'ended'
      /** 128 + n for signal n. */
      readonly exitCode: number
      readonly timedOut: boolean
      readonly stdout: string
      readonly stderr: string
    }

/** The engine that provisioned the product of this execution. */
export interface EngineTools {
  start(
    work: EngineTask,
    token: string,
    action?: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> },
  ): Promise<Progress>
  poll(handle: unknown): Promise<Progress>
  cancel(handle: unknown): Promise<void>
}

export interface WebhookRequest {
  readonly integration: string
  readonly body?: string
  /** The same whenever the same attempt posts. */
  readonly token: string
  readonly abort: AbortSignal
}

export type WebhookResult =
  | { readonly status: number; readonly text: string }
  /** There was no answer; why, in words. */
  | { readonly problem: string }

export interface ScriptRequest {
  /** As the document names it, e.g. python3.11. */
  readonly runtime: string
  readonly script: string
  /** The handler's name. */
  readonly handler: string
  /** The handler's first argument. */
  readonly events: Readonly<Record<string, unknown>>
  /** The handler's second argument. */
  readonly context: Readonly<Record<string, unknown>>
  readonly region: string
  /** What it calls AWS with; absent: it has no identity there. */
  readonly credentials?: AwsCredentials
  /** A file that lies in its work directory: modules (.py, .zip) or anything else. */
  readonly attachment?: Attachment
}

export interface Attachment {
  /** A file name, without a path. */
  readonly name: string
  readonly content: Uint8Array
}

/** `isolation`: in words, what held the script in. */
export type ScriptResult =
  | { readonly state: 'returned'; readonly payload: unknown; readonly log: string; readonly isolation?: string }
  /** The script raised, exited or broke a limit; `message` ends up in the step's failure. */
  | { readonly state: 'failed'; readonly message: string; readonly log: string; readonly isolation?: string }
  | { readonly state: 'aborted' }
