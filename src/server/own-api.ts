import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { type AwsApi, createAws, namesOf } from '../aws/index.ts'
import type { Execution } from '../catalog/execution.ts'
import { services as models, type ServiceName } from '../model/services.ts'
import type { ExecutionRights } from './execution-rights.ts'
import { type OwnCall, type Pipeline, tokenMember } from './pipeline.ts'

interface Needs {
  readonly answerOwn: Pipeline['answerOwn']
  readonly rights: Pick<ExecutionRights, 'identityOf'>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Services whose operations, where Bellhop has them, are Bellhop's for documents, too. */
const served: readonly ServiceName[] = ['servicecatalog', 'ssm']

/**
 * AWS as the steps of documents see it, in which Bellhop stands where it does for everybody else: calls of its own operations
 * are answered here, as the execution's identity, and all others go on to AWS.
 */
export function createOwnApi({ answerOwn, rights, now }: Needs): (aws: AwsApi, execution: Execution) => AwsApi {
  const asking = new AsyncLocalStorage<Omit<OwnCall, 'body'>>()
  // The runtime writes and reads it like any call, so that documents see no difference; what it signs is not looked at.
  const own = createAws({
    env: { AWS_ACCESS_KEY_ID: 'bellhop', AWS_SECRET_ACCESS_KEY: 'bellhop' },
    endpoint: 'http://bellhop.invalid',
    assumeRoles: false,
    now,
    transport: {
      handle: async ({ body: written }) => {
        const body = written instanceof Uint8Array ? written : Buffer.from(written)
        const { status, headers, body: answered } = await answerOwn({ ...asking.getStore()!, body })
        const lower = headers.map(([name, value]) => [name.toLowerCase(), value])
        return { response: { statusCode: status, headers: Object.fromEntries(lower), body: Buffer.from(answered) } }
      },
    },
  })

  return (aws, execution) => ({
    ...aws,
    async call(serviceName, operationName, parameters, options) {
      const { service: name, operation } = await namesOf(serviceName, operationName)
      const service = served.find(each => each === name && Object.hasOwn(models[each].operations, operation))
      const who = service && (await rights.identityOf(execution))
      if (!who) return aws.call(serviceName, operationName, parameters, options)
      const { accountId } = who.principal
      const { region = execution.scope.region } = options ?? {}
      const given = withToken(service, operation, parameters, options?.token)
      return asking.run({ service, operation, region, ...who }, () =>
        own.as({ accountId, region, sessionName: execution.id }).call(service, operation, given, options),
      )
    },
  })
}

/** With the step's token where the document gives none: a step that is started again begins nothing twice. */
function withToken(
  service: ServiceName,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
  token: string | undefined,
): Readonly<Record<string, unknown>> {
  const member = tokenMember(service, operation)
  const isGiven = Object.keys(parameters).some(name => name.replaceAll('_', '').toLowerCase() === member?.toLowerCase())
  if (member === undefined || token === undefined || isGiven) return parameters
  const hash = createHash('sha256').update(`${token} ${operation}`).digest('hex')
  const uuid = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)]
  return { ...parameters, [member]: uuid.join('-') }
}
