import type { Aws, AwsIdentity } from '../../aws/api.ts'
import { ArtifactError, type Engine, type EngineArtifact, type ParserContext } from '../engine.ts'
import { PullTransport, type SendMessage } from '../external/pull.ts'
import { failed, message } from '../external/result.ts'
import { SqsTransport } from '../external/sqs.ts'
import type { NamedEngine, Transport, TransportHandle } from '../external/transport.ts'
import { moduleParameters, readModule } from '../terraform/module.ts'
import { archiveFiles, type BuiltInHandle, type BuiltInOptions, BuiltInTransport, isExpected } from './built-in.ts'
import { type BuiltInConfig, defaultTerraform, type TerraformEnginesConfig } from './config.ts'

export interface TerraformOptions extends BuiltInOptions {
  readonly config: TerraformEnginesConfig
  readonly aws: Aws
  readonly sendMessage: SendMessage
}

type EngineConfig = TerraformEnginesConfig[string]
type QueueConfig = Exclude<EngineConfig, BuiltInConfig>

/**
 * Products of type TERRAFORM_OPEN_SOURCE. Terraform is run here, or the work waits in the queues that AWS's contract has for
 * an engine of one's own, as the configuration says of the engine that the product names.
 */
export function terraformEngine(options: TerraformOptions): Engine {
  const configured = new Map(Object.entries({ default: defaultTerraform, ...options.config }))
  const builtIn = new BuiltInTransport(options)
  const queues = {
    pull: new PullTransport(options, 'TerraformOS'),
    sqs: new SqsTransport(options),
  } as unknown as Record<string, Transport<QueueConfig, unknown>>
  const find = (name = 'default'): NamedEngine<EngineConfig> | undefined => {
    const config = configured.get(name)
    return config && { name, config }
  }
  const unknown = (name: string | undefined) =>
    `Engine ${name}, which the product names, is not configured: terraform in the configuration has no engine of that name`

  const parse = async (artifact: EngineArtifact, { launchRoleArn, scope }: ParserContext) => {
    const reader: AwsIdentity = {
      accountId: scope?.accountId ?? '',
      region: scope?.region ?? 'us-east-1',
      sessionName: 'bellhop',
      ...(launchRoleArn === undefined ? {} : { roleArn: launchRoleArn }),
    }
    try {
      const files = await archiveFiles(await options.artifacts.fetch(artifact.path, reader))
      return moduleParameters(await readModule(files, options.hcl))
    } catch (error) {
      if (!isExpected(error)) throw error
      // AWS's words for what a parser reports.
      const text = message(`Error occurred during parameter parsing: ${(error as Error).message}`)
      throw new ArtifactError(text, { cause: error })
    }
  }

  return {
    async parameters(artifact, product = {}) {
      const engine = find(product.engineName)
      if (!engine) throw new ArtifactError(unknown(product.engineName))
      const { name, config } = engine
      if (config.transport === 'sqs') {
        return queues['sqs']!.parameters({ name, config }, artifact, product.launchRoleArn)
      }
      return config.transport === 'pull' && config.parameters === 'as-given' ? undefined : parse(artifact, product)
    },
    async start(request) {
      const engine = find(request.engineName)
      if (!engine) return failed(unknown(request.engineName))
      const { name, config } = engine
      if (config.transport === 'built-in') return builtIn.start({ name, config }, request)
      return queues[config.transport]!.start({ name, config }, request)
    },
    async poll(handle, signals) {
      const { transport, engine } = handle as TransportHandle
      if (transport === 'built-in') return builtIn.poll(handle as BuiltInHandle)
      return queues[transport]!.poll(handle, signals, find(engine) as NamedEngine<QueueConfig> | undefined)
    },
    async cancel(handle) {
      // What has been sent to a queue cannot be called back: an engine may have it in hand.
      if ((handle as TransportHandle).transport === 'built-in') await builtIn.cancel(handle as BuiltInHandle)
    },
    async forget(handle) {
      if ((handle as TransportHandle).transport === 'built-in') await builtIn.forget(handle as BuiltInHandle)
    },
    async plan(request) {
      const engine = find(request.engineName)
      if (!engine) return failed(unknown(request.engineName))
      const { name, config } = engine
      if (config.transport !== 'built-in') {
        return failed(`Engine ${name} takes its work from queues, and AWS's contract with such engines has no plans`)
      }
      return builtIn.plan({ name, config }, request)
    },
  }
}
