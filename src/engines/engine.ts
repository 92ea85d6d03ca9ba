import type { EngineWork } from '../catalog/engine-work.ts'
import type { ProductResource } from '../catalog/entities.ts'
import type { Signal } from '../catalog/execution.ts'
import type { ProvisioningArtifactParameter, RecordOutput } from '../model/generated/servicecatalog.ts'

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
  /** Starts work, or finds the work that this `request.token` started before. */
  start(request: EngineRequest): Promise<EngineProgress>
  poll(handle: unknown, signals: readonly Signal[]): Promise<EngineProgress>
  /** Stops the work as far as it can be stopped; the next poll tells how it ended. */
  cancel(handle: unknown): Promise<void>
  /** Drops what was kept for `poll`, once the work's end is written down. Without it old work is cleaned up in time. */
  forget?(handle: unknown): Promise<void>
}

/** What a parser is told beside the artifact. */
export interface ParserContext {
  /** The engine that the product names with its tag `bellhop:engine`. */
  readonly engineName?: string
  readonly launchRoleArn?: string
}

export interface EngineArtifact {
  readonly id: string
  /** Where the artifact lies, as the administrator gave it (LoadTemplateFromURL). */
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
    }
  | {
      readonly state: 'succeeded'
      readonly outputs: readonly RecordOutput[]
      /** Undefined: as they were. */
      readonly resources?: readonly ProductResource[]
      /** Work `action`: what the engine returned, for the step's output selectors. */
      readonly response?: Readonly<Record<string, unknown>>
    }
  | {
      readonly state: 'failed'
      /** Which component failed and why, for the record and for people. */
      readonly message: string
      /** True when the engine put everything back as it was (after an update) or removed it (after a provision). */
      readonly remediated?: boolean
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
