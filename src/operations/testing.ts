import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { idsFrom } from '../catalog/ids.ts'
import { type OrganizationSettings, organizationOf } from '../catalog/organization.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { ServiceCatalogOperations } from '../model/generated/servicecatalog.ts'
import type { SqsOperations } from '../model/generated/sqs.ts'
import type { SsmOperations } from '../model/generated/ssm.ts'
import { documentRules } from '../server/document-rules.ts'
import { createSecretBox } from '../server/secret-box.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage } from '../storage/storage.ts'
import { AttachmentRefused, type Caller, type Operation, type Services } from './operation.ts'
import { toServiceError } from './refusals.ts'
import { servicecatalog } from './servicecatalog/index.ts'
import { sqs } from './sqs/index.ts'
import { createMessageWaiter } from './sqs/message-waiter.ts'
import { ssm } from './ssm/index.ts'

/** Handlers over real storage in memory, with a clock that stands still until it is moved. For tests only. */
export interface TestKit {
  readonly services: Services
  readonly clock: TestClock
  readonly admin: Caller
  readonly alice: Caller
  catalog: Call<ServiceCatalogOperations>
  documents: Call<SsmOperations>
  queues: Call<SqsOperations>
}

/** Calls an operation as the pipeline would: refusals become errors, and a token is claimed where one is given. */
export type Call<Table> = <Name extends keyof Table>(
  name: Name,
  input: Table[Name] extends { input: infer Input } ? Untokened<Input> : never,
  caller?: Caller,
) => Promise<Table[Name] extends { output: infer Output } ? Output : never>

/** Clients make idempotency tokens by themselves; so tests need none either. */
type Untokened<Input> = Omit<Input, 'IdempotencyToken'> & { readonly IdempotencyToken?: string }

export class TestClock {
  #now = Date.UTC(2026, 0, 1)
  #timers: { at: number; callback: () => void }[] = []

  now(): Date {
    return new Date(this.#now)
  }

  /** Moves time and rings what is due. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(timer => !due.includes(timer))
    for (const { callback } of due) callback()
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }

  /** How many wait for time to pass. */
  get waiting(): number {
    return this.#timers.length
  }
}

export function testKit(
  t: { after(fn: () => unknown): void },
  artifacts: Partial<Services['artifacts']> = {},
  organization?: OrganizationSettings,
  engines: Partial<Services['engines']> = {},
): TestKit {
  const clock = new TestClock()
  const storage = openStorage(new SqliteDriver(':memory:', () => clock.now().getTime()))
  t.after(() => storage.close())
  const services: Services = {
    storage,
    clock,
    ids: idsFrom(randomBytes),
    secrets: createSecretBox(randomBytes(32), randomBytes),
    executions: { wake() {} },
    messages: createMessageWaiter((milliseconds, callback) => clock.after(milliseconds, callback)),
    documents: documentRules,
    approvals: { requesterMayApprove: true },
    // The paths are files' contents; those that begin with "no" cannot be read.
    attachments: {
      take: async path => {
        if (path.startsWith('no')) throw new AttachmentRefused(`${path} cannot be fetched: it is not there.`)
        return { path: `kept:${path}`, size: path.length, hash: createHash('sha256').update(path).digest('hex') }
      },
    },
    artifacts: { parameters: async () => undefined, prepare: async artifact => artifact, ...artifacts },
    // What AWS answers is tested with what asks it.
    ruleAttributes: { lookUp: async () => assert.fail() },
    // Explanations are tested through the server.
    access: {
      refused: () => undefined,
      explainRefused: async () => assert.fail(),
      principal: async () => undefined,
      explain: async () => assert.fail(),
    },
    engines: { canPlan: () => false, discardPlan: async () => {}, checkImport: async () => ({}), ...engines },
    organization: organization && organizationOf(organization),
    // Tested with the server.
    health: { accountId: '111122223333', describe: async () => assert.fail() },
    limits: { accounts: { named: {} }, actions: { named: {} }, engines: { named: {} } },
  }
  const admin = testCaller('user/admin', true)

  function calls<Table>(table: object): Call<Table> {
    return (async (name: string, input: { IdempotencyToken?: string; ClientToken?: string }, caller = admin) => {
      const operation = (table as Record<string, Operation<{ input: unknown; output: unknown }, keyof Services>>)[name]!
      const token = input.IdempotencyToken ?? input.ClientToken
      const inputHash = JSON.stringify(input)
      const claim = token === undefined ? undefined : { scope: caller.scope, operation: name, token, inputHash }
      try {
        return present(await operation(input, { ...caller, claim }, services))
      } catch (error) {
        throw error instanceof Refusal ? toServiceError(error, table === ssm ? 'ssm' : undefined) : error
      }
    }) as unknown as Call<Table>
  }

  return {
    services,
    clock,
    admin,
    alice: testCaller('user/alice', false),
    catalog: calls(servicecatalog),
    documents: calls(ssm),
    queues: calls(sqs),
  }
}

/** An answer without members that are undefined: serialisation leaves them out. */
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, present(member)]))
}

/** `name` is the resource part of the ARN, e.g. `user/alice`. */
export function testCaller(name: string, administrator = false, accountId = '111122223333'): Caller {
  return {
    scope: { accountId, region: 'us-east-1' },
    arn: `arn:aws:iam::${accountId}:${name}`,
    userId: name,
    identity: { accountId, userName: name },
    administrator,
    groupArns: [],
    accessLevel: administrator ? 'account' : 'user',
    decide: () => (administrator ? { allowed: true } : { allowed: false, verdict: 'not in identity', reason: 'no' }),
    keys: new Map(),
    principal: {
      accountId,
      arn: `arn:aws:iam::${accountId}:${name}`,
      userId: name,
      groupArns: [],
      tags: [],
      permissions: { identity: [] },
    },
    requestId: 'test',
    endpoint: 'http://127.0.0.1:4880',
  }
}

/** Makes a portfolio with one product in it, associated with `principal`, and answers the ids. */
export async function testProduct(
  { catalog }: Pick<TestKit, 'catalog'>,
  { name = 'shop', principal = 'arn:aws:iam::111122223333:user/alice' }: { name?: string; principal?: string } = {},
): Promise<{ portfolioId: string; productId: string; artifactId: string }> {
  const portfolio = await catalog('CreatePortfolio', { DisplayName: `${name} portfolio`, ProviderName: 'IT' })
  const portfolioId = portfolio.PortfolioDetail!.Id!
  const product = await catalog('CreateProduct', {
    Name: name,
    Owner: 'IT',
    ProductType: 'EXTERNAL',
    ProvisioningArtifactParameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
  })
  const productId = product.ProductViewDetail!.ProductViewSummary!.ProductId!
  await catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId: productId })
  await catalog('AssociatePrincipalWithPortfolio', {
    PortfolioId: portfolioId,
    PrincipalARN: principal,
    PrincipalType: 'IAM',
  })
  return { portfolioId, productId, artifactId: product.ProvisioningArtifactDetail!.Id! }
}

/** Ends the execution behind a record, as the worker does when the engine has done its work. */
export async function succeed(
  { services: { storage, clock } }: Pick<TestKit, 'services'>,
  { RecordDetail }: { readonly RecordDetail?: { readonly RecordId?: string } },
  { scope }: Caller,
): Promise<void> {
  const record = await storage.records.get(scope, RecordDetail!.RecordId!)
  const execution = await storage.executions.claim(record!.executionId, clock.now())
  const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
  await storage.executions.end(execution!.id, execution!.epoch, [], end, { status: 'SUCCEEDED', recordOutputs: [] })
}

/** A document with parameters InstanceId and Size. */
export const testDocument = `schemaVersion: '0.3'
description: Waits a little.
parameters:
  InstanceId:
    type: String
    description: What to resize.
  Size:
    type: String
    default: small
mainSteps:
  - name: waitALittle
    action: aws:sleep
    inputs:
      Duration: PT1S
`
