import { type Aws, type AwsApi, AwsApiError } from '../../aws/api.ts'
import type { EngineWork } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { ArtifactError, type EngineArtifact, type EngineProgress, type EngineRequest } from '../engine.ts'
import type { SqsEngineConfig } from './config.ts'
import { operationMessage, parserMessage } from './message.ts'
import { type NotifiedWork, notified } from './notified.ts'
import { noActions } from './pull.ts'
import { failed, message, parametersOf } from './result.ts'
import type { NamedEngine, Transport, TransportHandle } from './transport.ts'

export interface SqsOptions {
  readonly aws: Aws
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface SqsHandle extends TransportHandle, NotifiedWork {
  readonly transport: 'sqs'
  readonly engine: string
  /** Milliseconds since 1970. */
  readonly deadline: number
}

type Engine = NamedEngine<SqsEngineConfig>

/**
 * EXTERNAL engines deployed as AWS's contract has them: work is sent to three queues of Amazon SQS (or of what stands for
 * it at AWS_ENDPOINT_URL_SQS), parameters are asked of a Lambda function, results come by the Notify operations. Calls are
 * made with the server's own credentials, as AWS's are made by its service principal.
 *
 * A standard queue may hold a message twice: a start that is repeated after a crash sends it again. Engines of AWS's
 * contract tell by the ids of provisioned product and record; a FIFO queue tells by the deduplication id.
 */
export class SqsTransport implements Transport<SqsEngineConfig, SqsHandle> {
  readonly #options: SqsOptions

  constructor(options: SqsOptions) {
    this.#options = options
  }

  async parameters(
    { name, config }: Engine,
    artifact: EngineArtifact,
    launchRoleArn: string | undefined,
  ): Promise<readonly ProvisioningArtifactParameter[] | undefined> {
    if (config.parser === false) return undefined
    const problem = (reason: string, cause?: unknown) =>
      // AWS's words for what a parser reports.
      new ArtifactError(message(`Error occurred during parameter parsing: ${reason}`), { cause })
    const answer = await this.#api(config, undefined)
      .call('lambda', 'Invoke', {
        FunctionName: config.parser,
        Payload: JSON.stringify(parserMessage(artifact, launchRoleArn)),
      })
      .catch((error: unknown) => {
        if (!(error instanceof AwsApiError)) throw error
        throw problem(`The parser ${config.parser} of engine ${name} could not be invoked: ${error.message}`, error)
      })
    const payload = parsed(answer['Payload'])
    if (answer['FunctionError'] !== undefined) {
      const { errorMessage } = (payload ?? {}) as { errorMessage?: unknown }
      throw problem(typeof errorMessage === 'string' ? errorMessage : `The parser ${config.parser} failed`)
    }
    const parameters = parametersOf(payload)
    if ('problem' in parameters) throw problem(`What the parser ${config.parser} answered ${parameters.problem}`)
    return parameters
  }

  async start({ name, config }: Engine, request: EngineRequest): Promise<EngineProgress> {
    const { work, token, recordId } = request
    if (work === 'action') return failed(`Engine ${name} ${noActions}`)
    try {
      await this.#sendMessage(config, work, request)
    } catch (error) {
      if (!(error instanceof AwsApiError)) throw error
      return failed(`The message to engine ${name} could not be sent to queue ${config.queues[work]}: ${error.message}`)
    }
    const deadline = this.#options.now() + config.timeoutSeconds * 1000
    const handle: SqsHandle = { transport: 'sqs', engine: name, token, recordId, deadline }
    return { state: 'running', handle, wakeAt: deadline }
  }

  async poll(handle: SqsHandle, signals: readonly Signal[]): Promise<EngineProgress> {
    const told = notified(handle, signals)
    if (told) return told
    if (this.#options.now() >= handle.deadline) return failed(`Engine ${handle.engine} told no result in time`)
    return { state: 'running', handle, wakeAt: handle.deadline }
  }

  async #sendMessage(
    config: SqsEngineConfig,
    work: Exclude<EngineWork, 'action'>,
    request: EngineRequest,
  ): Promise<void> {
    const api = this.#api(config, request)
    const queue = config.queues[work]
    const url = queue.includes('/') ? queue : (await api.call('sqs', 'GetQueueUrl', { QueueName: queue }))['QueueUrl']
    const isFifo = queue.endsWith('.fifo')
    await api.call('sqs', 'SendMessage', {
      QueueUrl: url,
      MessageBody: JSON.stringify(operationMessage(request)),
      ...(isFifo && { MessageGroupId: request.provisionedProductId, MessageDeduplicationId: request.token }),
    })
  }

  #api(config: SqsEngineConfig, request: EngineRequest | undefined): AwsApi {
    const region = config.region ?? request?.region ?? 'us-east-1'
    return this.#options.aws.as({ accountId: request?.accountId ?? '', region, sessionName: 'bellhop' })
  }
}

/** Lambda's payload: bytes or text of JSON; undefined where it is neither. */
function parsed(payload: unknown): unknown {
  try {
    return JSON.parse(payload instanceof Uint8Array ? Buffer.from(payload).toString('utf8') : String(payload))
  } catch {
    return undefined
  }
}
