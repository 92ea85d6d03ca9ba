import { basename } from 'node:path'
import { defaultTerraform } from '../../engines/terraform-open-source/config.ts'
import type { Config } from '../config.ts'

/** An engine of the configuration: how it is reached, and what stands behind it. Nothing of it is secret. */
export interface ConfiguredEngine {
  /** Of provisioned products. */
  readonly type: string
  readonly name: string
  readonly transport: string
  readonly backEnd: string
}

/** The engines that there are, by the configuration; of addresses no user, password or query is told. */
export function configuredEngines(
  config: Pick<Config, 'engines' | 'terraform' | 'terraformCloud' | 'aws'>,
): readonly ConfiguredEngine[] {
  const cloudFormation = config.aws.endpoint === undefined ? 'AWS CloudFormation' : address(config.aws.endpoint)
  const terraform = { default: defaultTerraform, ...config.terraform }
  return [
    ...Object.entries(config.engines).map(([name, engine]) => ({ type: 'EXTERNAL', name, ...reached(engine) })),
    ...Object.entries(terraform).map(([name, engine]) => ({
      type: 'TERRAFORM_OPEN_SOURCE',
      name,
      ...reached(engine),
    })),
    ...Object.entries(config.terraformCloud).map(([name, engine]) => ({
      type: 'TERRAFORM_CLOUD',
      name,
      ...reached(engine),
    })),
    ...['CFN_STACK', 'CFN_STACKSET'].map(type => ({
      type,
      name: 'default',
      transport: 'aws',
      backEnd: cloudFormation,
    })),
  ]
}

type Reached = Config['engines'][string] | Config['terraform'][string] | Config['terraformCloud'][string]

function reached(engine: Reached): Pick<ConfiguredEngine, 'transport' | 'backEnd'> {
  const { transport } = engine
  switch (engine.transport) {
    case 'exec':
      // Arguments may be secret.
      return { transport, backEnd: basename(engine.command[0]!) }
    case 'http':
      return { transport, backEnd: address(engine.url) }
    case 'api':
      return { transport, backEnd: `${address(engine.address)} (${engine.organization})` }
    case 'sqs':
      return { transport, backEnd: queue(engine.queues.provision) }
    case 'pull':
      return { transport, backEnd: 'an engine that takes its work from here' }
    case 'built-in':
      return { transport, backEnd: basename(engine.binary) }
  }
}

function queue(named: string): string {
  return /^https?:/.test(named) ? address(named) : named
}

function address(url: string): string {
  const { origin, pathname } = new URL(url)
  return pathname === '/' ? origin : `${origin}${pathname}`
}
