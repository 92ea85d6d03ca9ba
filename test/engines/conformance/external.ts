import { copyFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { call } from '../../../scripts/client.ts'
import { engineQueues, type QueueFamily } from '../../../src/engines/external/queues.ts'
import { type MotoAccount, requireMoto } from '../../kit/moto.ts'
import { conformanceModule, serveFiles } from './artifact-host.ts'
import { HttpEngine } from './http-engine.ts'
import { perform, programFile } from './program.ts'
import { QueueEngine } from './queue-engine.ts'
import type { Row, Subject, World } from './subject.ts'

const apply = (values: object) => ({ Action: 'apply', Parameters: { Variables: values } })

const exec: Subject = {
  name: 'EXTERNAL exec',
  backEnd: 'a program on this machine',
  productType: 'EXTERNAL',
  config: ({ directory }) => {
    copyFileSync(programFile, join(directory, 'engine.mjs'))
    const engine = { transport: 'exec', command: ['node', './engine.mjs'], afterFailedProvision: 'keep' }
    return { engines: { main: engine, hasty: { ...engine, timeoutSeconds: 2 } } }
  },
  artifact: async () => 's3://tests/v1',
  resourceType: 'Conformance::Thing',
  action: apply,
}

let behindHttp: HttpEngine
const key = 'the-engine-key'

const http: Subject = {
  name: 'EXTERNAL http',
  backEnd: 'a server of the tests that runs a program',
  productType: 'EXTERNAL',
  start: async ({ directory }) => {
    behindHttp = await HttpEngine.start(directory, key)
    return () => behindHttp.stop()
  },
  config: () => {
    const engine = {
      transport: 'http',
      url: behindHttp.url,
      secretEnv: 'ENGINE_KEY',
      pollSeconds: 1,
      afterFailedProvision: 'keep',
    }
    return { engines: { main: engine, hasty: { ...engine, timeoutSeconds: 2 } } }
  },
  env: () => ({ ENGINE_KEY: key }),
  artifact: async () => 's3://tests/v1',
  resourceType: 'Conformance::Thing',
  action: apply,
}

/** What AWS's contract for engines has no place for. */
const queuesLack = {
  cancel: 'what AWS lets one cancel are service actions, which its contract for engines has not',
} as const satisfies Partial<Record<Row, string>>

/** A queue's engine beside the server, with Bellhop's own queues. */
const pulling = (family: QueueFamily) => async (world: World) => {
  const engine = new QueueEngine({
    directory: world.directory,
    family,
    sqs: (operation, input) => call(world.server(), 'sqs', operation, input),
    bellhop: world.server,
  })
  return () => engine.stop()
}

const pullConfig = { main: { transport: 'pull' }, hasty: { transport: 'pull', timeoutSeconds: 2 } }

const pull: Subject = {
  name: 'EXTERNAL pull',
  backEnd: 'Bellhop’s queues, and a reader that runs a program',
  productType: 'EXTERNAL',
  start: pulling('External'),
  config: () => ({ engines: pullConfig }),
  artifact: async () => 's3://tests/v1',
  parametersAsGiven: true,
  deaf: true,
  lacks: queuesLack,
}

let account: MotoAccount
let lambda: Awaited<ReturnType<typeof startLambda>>

const sqs: Subject = {
  name: 'EXTERNAL sqs',
  backEnd: 'moto’s SQS, a contract server for Lambda, and a reader that runs a program',
  productType: 'EXTERNAL',
  tool: 'moto',
  start: async world => {
    const moto = await requireMoto({ skip: () => {} })
    account = await moto!.account()
    for (const queue of Object.values(engineQueues('External'))) {
      await account.api.call('sqs', 'CreateQueue', { QueueName: queue })
    }
    lambda = await startLambda(world.directory)
    const engine = new QueueEngine({
      directory: world.directory,
      family: 'External',
      sqs: (operation, input) => account.api.call('sqs', operation, { ...input }),
      bellhop: world.server,
    })
    return async () => {
      await engine.stop()
      lambda.stop()
    }
  },
  config: () => ({ engines: { main: { transport: 'sqs' }, hasty: { transport: 'sqs', timeoutSeconds: 2 } } }),
  env: () => ({ ...account.env, AWS_ENDPOINT_URL_LAMBDA: lambda.url }),
  artifact: async () => 's3://tests/v1',
  deaf: true,
  lacks: queuesLack,
}

/** Invoke of Lambda, for the parser: moto runs functions only where there is Docker. */
async function startLambda(directory: string): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/2015-03-31/functions/ServiceCatalogExternalParameterParser/invocations') {
      return response.writeHead(404).end()
    }
    const { result } = await perform(directory, 'parse', {}).ended
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

const terraformPull: Subject = {
  name: 'TERRAFORM_OPEN_SOURCE pull',
  backEnd: 'Bellhop’s queues, and a reader that runs a program',
  productType: 'TERRAFORM_OPEN_SOURCE',
  start: pulling('TerraformOS'),
  config: () => ({ terraform: pullConfig }),
  env: () => ({ BELLHOP_ALLOW_HOSTS: '127.0.0.1' }),
  artifact: async () => (await serveFiles({ 'module.tar.gz': await conformanceModule() }))('module.tar.gz'),
  deaf: true,
  lacks: queuesLack,
}

export const external: readonly Subject[] = [exec, http, sqs, pull]
export const terraformQueues: readonly Subject[] = [terraformPull]
