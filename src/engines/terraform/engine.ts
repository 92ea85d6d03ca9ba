import type { AwsIdentity } from '../../aws/api.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { ArtifactSource } from '../artifacts.ts'
import {
  ArtifactError,
  type Engine,
  type EngineArtifact,
  type EngineProgress,
  type EngineRequest,
  type ParserContext,
  type RequestSource,
} from '../engine.ts'
import type { PullEngineConfig, SqsEngineConfig } from '../external/config.ts'
import { type PullOptions, PullTransport } from '../external/pull.ts'
import type { QueueFamily } from '../external/queues.ts'
import { failed, message } from '../external/result.ts'
import { type SqsOptions, SqsTransport } from '../external/sqs.ts'
import type { NamedEngine, Transport, TransportHandle } from '../external/transport.ts'
import type { HclParser } from './hcl.ts'
import { moduleParameters, readModule } from './module.ts'
import { archiveFiles, isModuleProblem } from './source.ts'

/** The way that Bellhop itself provisions modules of one product type, beside AWS's queues. */
export interface ModuleRunner<Config, Handle> {
  start(engine: NamedEngine<Config>, request: EngineRequest): Promise<EngineProgress>
  plan(engine: NamedEngine<Config>, request: EngineRequest): Promise<EngineProgress>
  /** `engine` is undefined when the configuration no longer has it. */
  poll(handle: Handle, engine: NamedEngine<Config> | undefined, request?: RequestSource): Promise<EngineProgress>
  cancel(handle: Handle, engine: NamedEngine<Config> | undefined): Promise<void>
  forget?(handle: Handle): Promise<void>
}

/** Engines that pull their work; a module tells its parameters by itself, where Bellhop may read it. */
export type ModulePullConfig = PullEngineConfig & { readonly parameters: 'parsed' | 'as-given' }

type QueueConfig = ModulePullConfig | SqsEngineConfig

export interface ModuleEngineOptions<Config, Handle> extends PullOptions, SqsOptions {
  readonly artifacts: ArtifactSource
  readonly hcl: HclParser
  /** By name; `default` is the engine of products that name none. */
  readonly configured: ReadonlyMap<string, Config | QueueConfig>
  /** Where the engines are configured, for messages. */
  readonly setting: string
  readonly family: QueueFamily
  readonly runner: ModuleRunner<Config, Handle>
}

/**
 * Products whose artifacts are Terraform modules. They are provisioned by Bellhop's own runner, or the work waits in the
 * queues that AWS's contract has for an engine of one's own, as the configuration says of the engine that a product names.
 */
export function moduleEngine<Config extends { readonly transport: string }, Handle>(
  options: ModuleEngineOptions<Config, Handle>,
): Engine {
  const { configured, runner, hcl, artifacts, setting, family } = options
  const queues: Readonly<Record<string, Transport<never, never>>> = {
    pull: new PullTransport(options, family),
    sqs: new SqsTransport(options),
  }
  const queueOf = ({ transport }: { readonly transport: string }) =>
    queues[transport] as Transport<QueueConfig, unknown> | undefined
  const find = (name = 'default'): NamedEngine<Config | QueueConfig> | undefined => {
    const config = configured.get(name)
    return config && { name, config }
  }
  const unknown = (name = 'default') =>
    `Engine ${name}, which the product names, is not configured: ${setting} has no engine of that name`

  async function parse(artifact: EngineArtifact, { launchRoleArn, scope }: ParserContext) {
    const reader: AwsIdentity = {
      accountId: scope?.accountId ?? '',
      region: scope?.region ?? 'us-east-1',
      sessionName: 'bellhop',
      ...(launchRoleArn === undefined ? {} : { roleArn: launchRoleArn }),
    }
    try {
      const files = await archiveFiles(await artifacts.fetch(artifact.path, reader))
      return moduleParameters(await readModule(files, hcl))
    } catch (error) {
      if (!isModuleProblem(error)) throw error
      // AWS's words for what a parser reports.
      const text = message(`Error occurred during parameter parsing: ${(error as Error).message}`)
      throw new ArtifactError(text, { cause: error })
    }
  }

  return {
    async parameters(artifact, product = {}) {
      const engine = find(product.engineName)
      if (!engine) throw new ArtifactError(unknown(product.engineName))
      const { config } = engine
      if (config.transport === 'sqs') {
        return queues['sqs']!.parameters(engine as NamedEngine<never>, artifact, product.launchRoleArn)
      }
      return 'parameters' in config && config.parameters === 'as-given' ? undefined : parse(artifact, product)
    },
    async start(request) {
      const engine = find(request.engineName)
      if (!engine) return failed(unknown(request.engineName))
      const queue = queueOf(engine.config)
      if (queue) return queue.start(engine as NamedEngine<QueueConfig>, request)
      return runner.start(engine as NamedEngine<Config>, request)
    },
    async poll(handle: unknown, signals: readonly Signal[], request?: RequestSource) {
      const known = handle as TransportHandle
      const queue = queueOf(known)
      if (queue) return queue.poll(handle, signals, find(known.engine) as NamedEngine<QueueConfig> | undefined)
      return runner.poll(handle as Handle, find(known.engine) as NamedEngine<Config> | undefined, request)
    },
    async cancel(handle) {
      const known = handle as TransportHandle
      // What has been sent to a queue cannot be called back: an engine may have it in hand.
      if (queueOf(known)) return
      await runner.cancel(handle as Handle, find(known.engine) as NamedEngine<Config> | undefined)
    },
    async forget(handle) {
      if (!queueOf(handle as TransportHandle)) await runner.forget?.(handle as Handle)
    },
    async plan(request) {
      const engine = find(request.engineName)
      if (!engine) return failed(unknown(request.engineName))
      if (queueOf(engine.config)) {
        return failed(
          `Engine ${engine.name} takes its work from queues, and AWS's contract with such engines has no plans`,
        )
      }
      return runner.plan(engine as NamedEngine<Config>, request)
    },
  }
}
