import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { call, send, type Target } from '../../scripts/client.ts'
import { until } from './bellhop.ts'
import type { CatalogProduct } from './catalog.ts'

type Values = Readonly<Record<string, string>>

/** Changes of provisioned products through the API, each followed to its record's end. */
export class Changes {
  readonly #target: () => Target
  readonly #seen: (answer: unknown) => void

  /** `target` is asked for at each call: servers are killed and started again. `seen` is told all answers. */
  constructor(target: () => Target, seen: (answer: unknown) => void = () => {}) {
    this.#target = target
    this.#seen = seen
  }

  async call(operation: string, input: unknown): Promise<any> {
    const answer = await call(this.#target(), 'servicecatalog', operation, input)
    this.#seen(answer)
    return answer
  }

  /** The record once it has ended. */
  ended(recordId: string, seconds = 60): Promise<any> {
    const look = async () => {
      const record = await this.call('DescribeRecord', { Id: recordId })
      return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
    }
    return until(look, `the end of record ${recordId}`, seconds)
  }

  /** Begins a provision; answers its RecordDetail. */
  async begin({ productId, artifactId }: CatalogProduct, values: Values): Promise<any> {
    const { RecordDetail } = await this.call('ProvisionProduct', {
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: `name-${randomUUID()}`,
      ProvisioningParameters: settings(values),
      ProvisionToken: randomUUID(),
    })
    return RecordDetail
  }

  async provision(product: CatalogProduct, values: Values): Promise<any> {
    return this.ended((await this.begin(product, values)).RecordId)
  }

  /** Provisions what must succeed; answers the provisioned product's id. */
  async available(product: CatalogProduct, values: Values): Promise<string> {
    const record = await this.provision(product, values)
    assertSucceeded(record)
    return record.RecordDetail.ProvisionedProductId
  }

  async update(id: string, values: Values, more: object = {}): Promise<any> {
    const { RecordDetail } = await this.call('UpdateProvisionedProduct', {
      ProvisionedProductId: id,
      ProvisioningParameters: settings(values),
      UpdateToken: randomUUID(),
      ...more,
    })
    return this.ended(RecordDetail.RecordId)
  }

  async terminate(id: string, more: object = {}): Promise<any> {
    const input = { ProvisionedProductId: id, TerminateToken: randomUUID(), ...more }
    return this.ended((await this.call('TerminateProvisionedProduct', input)).RecordDetail.RecordId)
  }

  /** Begins a service action; answers its record's id. */
  async execute(id: string, serviceActionId: string): Promise<string> {
    const { RecordDetail } = await this.call('ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: id,
      ServiceActionId: serviceActionId,
      ExecuteToken: randomUUID(),
    })
    return RecordDetail.RecordId
  }

  async statusOf(id: string): Promise<string> {
    return (await this.call('DescribeProvisionedProduct', { Id: id })).ProvisionedProductDetail.Status
  }

  async isGone(id: string): Promise<boolean> {
    const answer = await send(this.#target(), 'servicecatalog', 'DescribeProvisionedProduct', { Id: id })
    return answer.json?.__type === 'ResourceNotFoundException'
  }
}

function settings(values: Values) {
  return Object.entries(values).map(([Key, Value]) => ({ Key, Value }))
}

export function outputsOf(record: any): Record<string, string> {
  return Object.fromEntries(record.RecordOutputs.map((each: any) => [each.OutputKey, each.OutputValue]))
}

export function assertSucceeded(record: any): void {
  assert.equal(record.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(record))
  assert.deepEqual(record.RecordDetail.RecordErrors ?? [], [])
}

export function assertFailed(record: any, reason: RegExp): void {
  assert.equal(record.RecordDetail.Status, 'FAILED', JSON.stringify(record))
  assert.match(record.RecordDetail.RecordErrors.map((each: any) => each.Description).join('\n'), reason)
}
