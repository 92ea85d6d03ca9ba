import type { EngineWork } from '../catalog/engine-work.ts'
import type { ProductResource, StackSetRoles } from '../catalog/entities.ts'
import type { Signal } from '../catalog/execution.ts'
import type { Scope } from '../catalog/scope.ts'
import type {
  ProvisioningArtifactParameter,
  RecordError,
  RecordOutput,
  ResourceChange,
  UpdateProvisioningPreferences,
} from '../model/generated/servicecatalog.ts'

/**
 * A provisioning back end. One folder a product type, one row in engines/index.ts. Work is started, then looked at until
 * it has ended; the handle is plain JSON kept in the journal, so that a restarted server finds the work again.
 */
export interface Engine {
  /**
   * The parameters that an artifact takes, or undefined when this engine cannot tell (then they are taken as given).
   * Throws ArtifactError when the artifact cannot be read.
   */
  parameters(
    artifact: EngineArtifact,
    product?: ParserContext,
  ): Promise<readonly ProvisioningArtifactParameter[] | undefined>
  /**
   * What of an artifact must be kept when it is made, because what it is taken from may change: a running stack's template.
   * Undefined: nothing. Throws ArtifactError.
   */
  snapshot?(artifact: EngineArtifact, product: ParserContext): Promise<Uint8Array | undefined>
  /** Starts work, or finds the work that this `request.token` started before. */
  start(request: EngineRequest): Promise<EngineProgress>
  /**
   * Looks at work that is under way. `request` is what it was started with, read anew where an engine asks for it: that
   * need not lie in the handle, which is shown to whoever reads the journal.
   */
  poll(handle: unknown, signals: readonly Signal[], request?: RequestSource): Promise<EngineProgress>
  /** Stops the work as far as it can be stopped; the next poll tells how it ended. */
  cancel(handle: unknown): Promise<void>
  /** Drops what was kept for `poll`, once the work's end is written down. Without it old work is cleaned up in time. */
  forget?(handle: unknown): Promise<void>
  /**
   * Finds out what the work of `request` (provision or update) would change, and changes nothing. Looked at by `poll` and
   * stopped by `cancel`, like all work; it succeeds with `changes`, and with `planned` where the work can then be done just
   * as it was planned: `start` finds it in its request. Without this method a plan shows the version, parameters and tags
   * that differ.
   */
  plan?(request: EngineRequest): Promise<EngineProgress>
  /** Drops what a plan kept (`request.planned`). Throws EngineError when that cannot be done. */
  discardPlan?(request: EngineRequest): Promise<void>
  /**
   * Looks at something that was made without us (`request.physicalId`) and is to become a product of ours: changes nothing,
   * and answers what a provision would have put out. Throws ImportRefused.
   */
  import?(request: EngineRequest): Promise<Imported>
}

/** What is there, as a provision would have left it. */
export interface Imported {
  readonly outputs: readonly RecordOutput[]
  readonly resources: readonly ProductResource[]
  readonly parameters: Readonly<Record<string, string>>
}

/** Reads the request that a piece of work was started with; undefined when its product is no longer there. */
export type RequestSource = () => Promise<EngineRequest | undefined>

/** What a parser is told beside the artifact. */
export interface ParserContext {
  /** The engine that the product names with its tag `bellhop:engine`. */
  readonly engineName?: string
  readonly launchRoleArn?: string
  /** Whose catalog the artifact is in, and so as whom it is read. */
  readonly scope?: Scope
}

export interface EngineArtifact {
  readonly id: string
  /** Where the artifact lies, as the administrator gave it (LoadTemplateFromURL, or ImportFromPhysicalId: a stack's ARN). */
  readonly path: string
  readonly type: 'AWS_S3'
}

export interface EngineRequest {
  readonly work: EngineWork
  /** The same for every start of this attempt; at most 64 characters of [A-Za-z0-9-]. */
  readonly token: string
  readonly accountId: string
  readonly region: string
  readonly recordId: string
  readonly provisionedProductId: string
  readonly provisionedProductName: string
  readonly productId: string
  readonly provisioningArtifactId: string
  readonly artifact: EngineArtifact
  /** The engine that the product names with its tag `bellhop:engine`. */
  readonly engineName?: string
  readonly launchRoleArn?: string
  readonly principal: string
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  /** What the provisioned product put out so far. */
  readonly previousOutputs?: readonly RecordOutput[]
  /** The SNS topics that are to hear of the work. */
  readonly notificationArns?: readonly string[]
  /** CFN_STACKSET: where and how, in the API's own shape; a provision has no StackSetOperationType. */
  readonly provisioningPreferences?: UpdateProvisioningPreferences
  /** CFN_STACKSET: the roles that the STACKSET constraint names. */
  readonly stackSetRoles?: StackSetRoles
  /** Work `terminate`: leave what was made where it is, and only let go of it. */
  readonly retainPhysicalResources?: boolean
  /** Work `terminate`: the product is gone afterwards, whatever comes of it. */
  readonly ignoreErrors?: boolean
  /** What is to be imported. */
  readonly physicalId?: string
  /** What `plan` kept, when this is the execution of a plan. */
  readonly planned?: unknown
  /** Work `action`: what to do, as the document's step says it. */
  readonly action?: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> }
}

export type EngineProgress =
  /** Look again at `wakeAt` (milliseconds since 1970), or when a signal arrives. */
  | {
      readonly state: 'running'
      readonly handle: unknown
      readonly wakeAt?: number
      /** What it did last, in words, oldest first and without secrets: shown while the work is under way. */
      readonly progress?: readonly string[]
      /** True once it has failed and is being put back: the record is IN_PROGRESS_IN_ERROR. */
      readonly inError?: boolean
    }
  | {
      readonly state: 'succeeded'
      readonly outputs: readonly RecordOutput[]
      /** Undefined: as they were. */
      readonly resources?: readonly ProductResource[]
      /** Work `action`: what the engine returned, for the step's output selectors. */
      readonly response?: Readonly<Record<string, unknown>>
      /** The product's parameters from now on, by key, where they are not those of the request. */
      readonly parameters?: Readonly<Record<string, string>>
      /** Of a plan. */
      readonly changes?: readonly ResourceChange[]
      /** Of a plan: what its execution is handed. Plain JSON. */
      readonly planned?: unknown
    }
  | {
      readonly state: 'failed'
      /** Which component failed and why, for the record and for people. */
      readonly message: string
      /** True when the engine put everything back as it was (after an update) or removed it (after a provision). */
      readonly remediated?: boolean
      /** True when what is left does not run any more: the product is in ERROR, also after an update. */
      readonly broken?: boolean
      /** The record's errors, where there is more than one thing to say; absent: `message`. */
      readonly errors?: readonly RecordError[]
      /** What is there after all; undefined: as they were. */
      readonly outputs?: readonly RecordOutput[]
      readonly resources?: readonly ProductResource[]
    }

/** An artifact that cannot be read; the message says why. */
export class ArtifactError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ArtifactError'
  }
}

/** What an engine could not do outside a piece of work; the message says what and why. */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineError'
  }
}

/** What cannot be imported, in words for whoever asked. */
export class ImportRefused extends EngineError {
  readonly reason: 'NotFound' | 'InvalidState' | 'InvalidParameters'

  constructor(reason: ImportRefused['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ImportRefused'
    this.reason = reason
  }
}
