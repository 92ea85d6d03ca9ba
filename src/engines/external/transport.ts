import type { Signal } from '../../catalog/execution.ts'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import type { EngineArtifact, EngineProgress, EngineRequest } from '../engine.ts'

/** An engine as a product names it and the configuration describes it. */
export interface NamedEngine<Config> {
  readonly name: string
  readonly config: Config
}

/** One way to reach an EXTERNAL engine: one file, and one row in index.ts. */
export interface Transport<Config, Handle> {
  /** Undefined: these engines cannot tell. Throws ArtifactError. */
  parameters(
    engine: NamedEngine<Config>,
    artifact: EngineArtifact,
    launchRoleArn: string | undefined,
  ): Promise<readonly ProvisioningArtifactParameter[] | undefined>
  start(engine: NamedEngine<Config>, request: EngineRequest): Promise<EngineProgress>
  /** `engine` is undefined when the configuration no longer has it. */
  poll(handle: Handle, signals: readonly Signal[], engine: NamedEngine<Config> | undefined): Promise<EngineProgress>
  /** Absent: what has been sent cannot be called back. */
  cancel?(handle: Handle, engine: NamedEngine<Config> | undefined): Promise<void>
  forget?(handle: Handle): Promise<void>
}

/** What every handle tells: which transport has the work, for which engine. Plain JSON. */
export interface TransportHandle {
  readonly transport: string
  readonly engine?: string
}
