import { engineDocument } from '../catalog/engine-work.ts'
import type { CatalogRecord, ProvisionedProduct, RecordType } from '../catalog/entities.ts'
import type { Execution } from '../catalog/execution.ts'
import { type Ids, idsFrom } from '../catalog/ids.ts'
import type { Limits } from '../catalog/limits.ts'
import type { Tools } from '../runbook/action.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { automationTools } from './automation-tools.ts'
import type { Clock } from './clock.ts'
import { InProcessDispatcher } from './dispatcher.ts'
import { Gate } from './gate.ts'
import { Worker, type WorkerOptions } from './worker.ts'

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #now: number
  readonly #timers = new Set<{ readonly at: number; readonly wake: () => void }>()

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start
  }

  now(): Date {
    return new Date(this.#now)
  }

  at(time: number, wake: () => void): () => void {
    const timer = { at: time, wake }
    this.#timers.add(timer)
    if (time <= this.#now) this.#ring()
    return () => this.#timers.delete(timer)
  }

  /** Moves on, ringing what comes due, in order. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    this.#ring()
  }

  #ring(): void {
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue
      queueMicrotask(timer.wake)
    }
  }
}

export const scope = { accountId: '000000000000', region: 'us-east-1' }

/** Ids that count, the same in every run. */
export function countingIds(): Ids {
  let count = 0
  return idsFrom(size => {
    count += 1
    // Five bits a byte, as ids use them.
    return Uint8Array.from({ length: size }, (_, i) => Math.floor(count / 32 ** (size - 1 - i)) % 32)
  })
}

/** Tools of which a test gives those it needs; the others fail it. */
export function tools(given: Partial<Tools>): Tools {
  const refuse = () => Promise.reject(new Error('not expected in this test'))
  return {
    runScript: refuse,
    engine: { start: refuse, poll: refuse, cancel: refuse },
    webhook: refuse,
    aws: { region: scope.region, call: refuse, credentials: refuse },
    approvals: { requesterMayApprove: true, notify: async () => {} },
    automations: { start: refuse, look: refuse, cancel: refuse },
    ...given,
  }
}

/** Storage (in memory), a clock to move, and one server's worth of worker and dispatcher over it. */
export function workshop(
  given: Partial<Tools> = {},
  options: {
    readonly mayPassRole?: WorkerOptions['mayPassRole']
    readonly storage?: Storage
    readonly limits?: Limits
  } = {},
) {
  const { mayPassRole = async () => false, limits } = options
  const clock = new ManualClock()
  const ids = countingIds()
  const storage = options.storage ?? openStorage(new SqliteDriver(':memory:', () => clock.now().getTime()))
  const reports: unknown[] = []
  let servers = 0
  /** A further server over the same storage, as after a crash of the first; or over another's of the same database. */
  const server = (replaced: Partial<Tools> = given, over: Storage = storage) => {
    servers += 1
    const report = (message: string, error: unknown) => void reports.push([message, error])
    const wake = (id: string) => dispatcher.wake(id)
    const automationOptions = { storage: over, clock, wake, mayPassRole }
    const name = `server${servers}`
    const gate = limits && new Gate({ limits, storage: over, clock, name, random: () => 0.5, wake, report })
    const worker: Worker = new Worker({
      storage: over,
      clock,
      ids,
      mayPassRole,
      tools: execution => tools({ automations: automationTools(automationOptions, execution), ...replaced }),
      report,
      gate,
    })
    const dispatcher = new InProcessDispatcher(worker, over, clock)
    return { worker, dispatcher, gate }
  }
  return { clock, ids, storage, reports, server }
}

/** Accepts a product's provisioning, as ProvisionProduct does. */
export async function acceptProvision(storage: Storage, clock: Clock, ids: Ids): Promise<Accepted> {
  const id = ids.next('provisionedProduct')
  const product: ProvisionedProduct = {
    scope,
    userArn: 'arn:aws:iam::000000000000:user/admin',
    userArnSession: 'arn:aws:iam::000000000000:user/admin',
    pathId: 'lpv3-aaaaaaaaaaaaa',
    tags: [],
    parameters: {},
    outputs: [],
    resources: [],
    detail: {
      Id: id,
      Name: `name-of-${id}`,
      Arn: `arn:aws:servicecatalog:us-east-1:000000000000:stack/name-of-${id}/${id}`,
      Type: 'EXTERNAL',
      Status: 'UNDER_CHANGE',
      ProductId: ids.next('product'),
      ProvisioningArtifactId: ids.next('provisioningArtifact'),
      CreatedTime: clock.now(),
    },
  }
  await someVersion(storage, product, clock)
  const accepted = recordAndExecution(product, clock, ids, 'PROVISION_PRODUCT', 'engine', engineDocument('provision'))
  await storage.provisionedProducts.create(product, accepted.record, accepted.execution, undefined, {})
  return { productId: id, recordId: accepted.record.detail.RecordId, executionId: accepted.execution.id, product }
}

/** The product and the version that it is provisioned from. */
async function someVersion(storage: Storage, { detail }: ProvisionedProduct, clock: Clock): Promise<void> {
  const now = clock.now()
  const view = { CreatedTime: now, ProductViewSummary: { ProductId: detail.ProductId, Name: 'Thing' } }
  const artifact = { Id: detail.ProvisioningArtifactId, CreatedTime: now, Active: true }
  await storage.products.create(
    { scope, id: detail.ProductId, view, tags: [] },
    { scope, productId: detail.ProductId, detail: artifact, info: {} },
    undefined,
    {},
  )
}

/** Accepts a service action that runs `content` on a product that is there. */
export async function acceptAction(
  storage: Storage,
  clock: Clock,
  ids: Ids,
  productId: string,
  content: string,
  request: CatalogRecord['request'] = {},
): Promise<Accepted> {
  const product = (await storage.provisionedProducts.get(scope, productId))!
  const document = { name: 'Test', version: '1', content }
  const accepted = recordAndExecution(
    product,
    clock,
    ids,
    'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
    'automation',
    document,
  )
  await storage.provisionedProducts.change({ ...accepted.record, request }, accepted.execution, undefined, {})
  return { productId, recordId: accepted.record.detail.RecordId, executionId: accepted.execution.id, product }
}

interface Accepted {
  readonly productId: string
  readonly recordId: string
  readonly executionId: string
  readonly product: ProvisionedProduct
}

function recordAndExecution(
  product: ProvisionedProduct,
  clock: Clock,
  ids: Ids,
  type: RecordType,
  kind: Execution['kind'],
  document: Execution['document'],
): { record: CatalogRecord; execution: Execution } {
  const executionId = ids.uuid()
  const recordId = ids.next('record')
  const createdAt = clock.now()
  return {
    record: {
      scope,
      outputs: [],
      userArn: product.userArn,
      executionId,
      request: {},
      detail: {
        RecordId: recordId,
        RecordType: type,
        Status: 'CREATED',
        ProvisionedProductId: product.detail.Id,
        CreatedTime: createdAt,
        UpdatedTime: createdAt,
      },
    },
    execution: {
      id: executionId,
      scope,
      kind,
      recordId,
      provisionedProductId: product.detail.Id,
      document,
      parameters: {},
      executedBy: product.userArn,
      status: 'Pending',
      outputs: {},
      epoch: 0,
      createdAt,
    },
  }
}

/** Stores a document of the account, as CreateDocument does. */
export async function storeDocument(storage: Storage, clock: Clock, name: string, content: string): Promise<void> {
  const createdAt = clock.now()
  const version = { name, version: '1', createdAt, format: 'YAML', content, hash: '', schemaVersion: '0.3' } as const
  const document = { scope, name, createdAt, defaultVersion: '1', latestVersion: '1', nextVersion: 2, tags: [] }
  await storage.documents.create(document, { ...version, parameters: [] })
}

/** Starts a document, as StartAutomationExecution does. */
export async function startAutomation(
  { storage, clock, ids }: { readonly storage: Storage; readonly clock: Clock; readonly ids: Ids },
  content: string,
  more: Partial<Execution> = {},
): Promise<string> {
  const id = ids.uuid()
  const execution: Execution = {
    id,
    scope,
    kind: 'automation',
    document: { name: 'Test', version: '1', content },
    parameters: {},
    executedBy: 'arn:aws:iam::000000000000:user/admin',
    status: 'Pending',
    outputs: {},
    epoch: 0,
    createdAt: clock.now(),
    ...more,
  }
  await storage.automations.start(execution, undefined, {})
  return id
}
