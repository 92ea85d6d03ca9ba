import type { Engine } from '../engine.ts'
import type { ExternalEnginesConfig } from './config.ts'
import { type ExecHandle, type ExecOptions, ExecTransport } from './exec.ts'
import { type PullHandle, PullTransport, type SendMessage } from './pull.ts'

export interface ExternalOptions extends ExecOptions {
  readonly config: ExternalEnginesConfig
  readonly sendMessage: SendMessage
}

/**
 * Products of type EXTERNAL. The engine that a product names is run as the configuration says; where it names none, or
 * one that is not configured, the work waits in AWS's queues for an engine that pulls.
 */
export function externalEngine(options: ExternalOptions): Engine {
  const configured = new Map(Object.entries(options.config))
  const exec = new ExecTransport(options)
  const pull = new PullTransport(options.sendMessage)
  const find = (name: string | undefined) => {
    const config = name === undefined ? undefined : configured.get(name)
    return config && { name: name!, config }
  }
  return {
    async parameters(artifact, product) {
      const engine = find(product?.engineName)
      return engine && exec.parameters(engine.name, engine.config, artifact, product?.launchRoleArn)
    },
    async start(request) {
      const engine = find(request.engineName)
      return engine ? exec.start(engine.name, engine.config, request) : pull.start(request)
    },
    async poll(handle, signals) {
      const known = handle as ExecHandle | PullHandle
      return known.transport === 'exec' ? exec.poll(known) : pull.poll(known, signals)
    },
    async cancel(handle) {
      const known = handle as ExecHandle | PullHandle
      // A message cannot be called back: an engine may have it in hand.
      if (known.transport === 'exec') await exec.cancel(known)
    },
    async forget(handle) {
      const known = handle as ExecHandle | PullHandle
      if (known.transport === 'exec') await exec.forget(known)
    },
  }
}
