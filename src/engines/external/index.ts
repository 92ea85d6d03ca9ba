import type { Engine } from '../engine.ts'
import type { ExternalEnginesConfig, PullEngineConfig } from './config.ts'
import { type ExecOptions, ExecTransport } from './exec.ts'
import { type HttpOptions, HttpTransport } from './http.ts'
import { removingOrphans } from './orphans.ts'
import { PullTransport, type SendMessage } from './pull.ts'
import { failed } from './result.ts'
import { type SqsOptions, SqsTransport } from './sqs.ts'
import type { NamedEngine, Transport, TransportHandle } from './transport.ts'

export interface ExternalOptions extends ExecOptions, HttpOptions, SqsOptions {
  readonly config: ExternalEnginesConfig
  readonly sendMessage: SendMessage
}

type EngineConfig = ExternalEnginesConfig[string]

/** What configures the engine of a product that names none, or one that is not configured: it reads AWS's queues. */
const unconfigured: PullEngineConfig = { transport: 'pull' }

/** Products of type EXTERNAL: the engine that a product names is reached as the configuration says. */
export function externalEngine(options: ExternalOptions): Engine {
  const configured = new Map(Object.entries(options.config))
  const transports = {
    exec: new ExecTransport(options),
    http: new HttpTransport(options),
    sqs: new SqsTransport(options),
    pull: new PullTransport(options),
  } satisfies Record<EngineConfig['transport'], unknown> as unknown as Record<string, Transport<EngineConfig, unknown>>
  const find = (name: string | undefined): NamedEngine<EngineConfig> | undefined => {
    const config = name === undefined ? undefined : configured.get(name)
    return config && { name: name!, config }
  }
  const engineOf = (name: string | undefined) => find(name) ?? { name: name ?? '', config: unconfigured }
  const transportOf = (handle: unknown) => transports[(handle as TransportHandle).transport]!
  const named = (handle: unknown) => find((handle as TransportHandle).engine)
  const engine: Engine = {
    async parameters(artifact, product) {
      const engine = engineOf(product?.engineName)
      return transports[engine.config.transport]!.parameters(engine, artifact, product?.launchRoleArn)
    },
    async start(request) {
      if (request.work === 'action' && !find(request.engineName)) return failed(noEngine(request.engineName))
      const engine = engineOf(request.engineName)
      return transports[engine.config.transport]!.start(engine, request)
    },
    poll: (handle, signals) => transportOf(handle).poll(handle, signals, named(handle)),
    async cancel(handle) {
      await transportOf(handle).cancel?.(handle, named(handle))
    },
    async forget(handle) {
      await transportOf(handle).forget?.(handle)
    },
  }
  // An engine that reads AWS's queues cleans up by itself, and takes a second message for the same record for a repetition.
  const removes = (config: EngineConfig | undefined) =>
    config !== undefined && 'afterFailedProvision' in config && config.afterFailedProvision === 'terminate'
  return removingOrphans(engine, name => removes(find(name)?.config))
}

function noEngine(engineName: string | undefined): string {
  const engine = engineName
    ? `Engine ${engineName}, which the product names, is not configured`
    : 'The product names no engine (tag bellhop:engine)'
  return `${engine}, and engines that pull their work cannot run service actions: AWS's contract has none`
}
