import { randomUUID } from 'node:crypto'
import { send, type Target } from '../../../scripts/client.ts'
import { engineQueues, type QueueFamily } from '../../../src/engines/external/queues.ts'
import { type Performing, perform } from './program.ts'

type Work = keyof ReturnType<typeof engineQueues>

/** A client of the SQS API, Bellhop's or another's. Calls may fail: servers are killed here. */
export type Sqs = (operation: string, input: object) => Promise<any>

interface Options {
  readonly directory: string
  readonly family: QueueFamily
  readonly sqs: Sqs
  /** Where the results are told. */
  readonly bellhop: () => Target
}

const notifyOperations = {
  provision: 'NotifyProvisionProductEngineWorkflowResult',
  update: 'NotifyUpdateProvisionedProductEngineWorkflowResult',
  terminate: 'NotifyTerminateProvisionedProductEngineWorkflowResult',
} as const satisfies Record<Work, string>

/**
 * An engine of AWS's contract, as people deploy it: it takes messages from the three queues, works, and tells the result by
 * the Notify operations, twice, as the published engine does when its own calls are repeated.
 */
export class QueueEngine {
  readonly #options: Options
  readonly #works = new Set<Performing>()
  #stopped = false
  readonly #looking: Promise<unknown>
  /** The answers to results that were told. */
  readonly told: string[] = []

  constructor(options: Options) {
    this.#options = options
    const queues = Object.entries(engineQueues(options.family)) as [Work, string][]
    this.#looking = Promise.all(queues.map(([work, queue]) => this.#read(work, queue)))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const work of this.#works) work.stop()
    await this.#looking
  }

  async #read(work: Work, queue: string): Promise<void> {
    const { sqs } = this.#options
    while (!this.#stopped) {
      try {
        const { QueueUrl } = await sqs('GetQueueUrl', { QueueName: queue })
        const { Messages = [] } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
        for (const { Body, ReceiptHandle } of Messages) {
          await sqs('DeleteMessage', { QueueUrl, ReceiptHandle })
          void this.#work(work, JSON.parse(Body))
        }
      } catch {
        // The server is down, or not up yet.
      }
      await new Promise(done => setTimeout(done, 100))
    }
  }

  async #work(work: Work, message: any): Promise<void> {
    const performing = perform(this.#options.directory, work, message)
    this.#works.add(performing)
    const { result, failure } = await performing.ended
    this.#works.delete(performing)
    const outputs = (result.outputs ?? []).map(({ key, value, description }: any) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
    }))
    const input = {
      WorkflowToken: message.token,
      RecordId: message.recordId,
      Status: failure === undefined ? 'SUCCEEDED' : 'FAILED',
      ...(failure === undefined ? {} : { FailureReason: failure }),
      ...(failure === undefined && work !== 'terminate' ? { Outputs: outputs } : {}),
      IdempotencyToken: randomUUID(),
    }
    await this.#tell(notifyOperations[work], input)
    await this.#tell(notifyOperations[work], { ...input, IdempotencyToken: randomUUID() })
  }

  async #tell(operation: (typeof notifyOperations)[Work], input: object): Promise<void> {
    while (!this.#stopped) {
      try {
        const { status, json } = await send(this.#options.bellhop(), 'servicecatalog', operation, input)
        this.told.push(status === 200 ? 'taken' : json.__type)
        return
      } catch {
        await new Promise(done => setTimeout(done, 100))
      }
    }
  }
}
