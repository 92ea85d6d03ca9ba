import { randomUUID } from 'node:crypto'
import { call, type Target } from '../../scripts/client.ts'
import { until } from './bellhop.ts'
import type { ExternalProduct } from './catalog.ts'

interface Wanted {
  readonly type: string
  readonly path: string
  readonly tags?: Readonly<Record<string, string>>
  /** By type; LAUNCH, STACKSET ... */
  readonly constraints?: Readonly<Record<string, object>>
}

/** A product of any type that its administrator may launch. */
export async function product(
  target: Target,
  { type, path, tags = {}, constraints = {} }: Wanted,
): Promise<ExternalProduct> {
  const identity = await call(target, 'sts', 'GetCallerIdentity', {})
  const principal = /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!
  const { PortfolioDetail } = await call(target, 'servicecatalog', 'CreatePortfolio', {
    DisplayName: 'Portfolio',
    ProviderName: 'Tests',
    IdempotencyToken: randomUUID(),
  })
  const portfolioId: string = PortfolioDetail.Id
  const created = await call(target, 'servicecatalog', 'CreateProduct', {
    Name: `Product ${randomUUID()}`,
    Owner: 'Tests',
    ProductType: type,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ProvisioningArtifactParameters: { Name: 'v1', Type: type, Info: info(path) },
    IdempotencyToken: randomUUID(),
  })
  const productId: string = created.ProductViewDetail.ProductViewSummary.ProductId
  await call(target, 'servicecatalog', 'AssociateProductWithPortfolio', {
    ProductId: productId,
    PortfolioId: portfolioId,
  })
  await call(target, 'servicecatalog', 'AssociatePrincipalWithPortfolio', {
    PortfolioId: portfolioId,
    PrincipalARN: principal,
    PrincipalType: 'IAM',
  })
  for (const [Type, parameters] of Object.entries(constraints)) {
    await call(target, 'servicecatalog', 'CreateConstraint', {
      PortfolioId: portfolioId,
      ProductId: productId,
      Type,
      Parameters: JSON.stringify(parameters),
      IdempotencyToken: randomUUID(),
    })
  }
  return { portfolioId, productId, artifactId: created.ProvisioningArtifactDetail.Id }
}

/** A further version of a product; answers its id. */
export async function version(
  target: Target,
  { productId }: ExternalProduct,
  name: string,
  path: string,
): Promise<string> {
  const { ProvisioningArtifactDetail } = await call(target, 'servicecatalog', 'CreateProvisioningArtifact', {
    ProductId: productId,
    Parameters: { Name: name, Info: info(path) },
    IdempotencyToken: randomUUID(),
  })
  return ProvisioningArtifactDetail.Id
}

function info(path: string): object {
  return path.startsWith('arn:') ? { ImportFromPhysicalId: path } : { LoadTemplateFromURL: path }
}

/** What a requester does, each with its token; answers are those of the operations. */
export function requester(target: Target) {
  const sc = (operation: string, input: object) => call(target, 'servicecatalog', operation, input)

  /** The record once it has ended, with its outputs by key. */
  async function ended(recordId: string, seconds?: number): Promise<any> {
    const answer = await until(
      async () => {
        const record = await sc('DescribeRecord', { Id: recordId })
        return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
      },
      `the end of record ${recordId}`,
      seconds,
    )
    const outputs = answer.RecordOutputs.map((output: any) => [output.OutputKey, output.OutputValue])
    return { ...answer.RecordDetail, outputs: Object.fromEntries(outputs) }
  }

  const settings = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([Key, Value]) => ({ Key, Value }))

  const accept = {
    provision: async (
      { productId, artifactId }: ExternalProduct,
      values: Readonly<Record<string, string>> = {},
      more: object = {},
    ) =>
      (
        await sc('ProvisionProduct', {
          ProductId: productId,
          ProvisioningArtifactId: artifactId,
          ProvisionedProductName: `name-${randomUUID()}`,
          ProvisioningParameters: settings(values),
          ProvisionToken: randomUUID(),
          ...more,
        })
      ).RecordDetail,
    update: async (id: string, values: Readonly<Record<string, string>> = {}, more: object = {}) =>
      (
        await sc('UpdateProvisionedProduct', {
          ProvisionedProductId: id,
          ProvisioningParameters: settings(values),
          UpdateToken: randomUUID(),
          ...more,
        })
      ).RecordDetail,
    terminate: async (id: string, more: object = {}) =>
      (await sc('TerminateProvisionedProduct', { ProvisionedProductId: id, TerminateToken: randomUUID(), ...more }))
        .RecordDetail,
    execute: async (id: string, action: string, more: object = {}) =>
      (
        await sc('ExecuteProvisionedProductServiceAction', {
          ProvisionedProductId: id,
          ServiceActionId: action,
          ExecuteToken: randomUUID(),
          ...more,
        })
      ).RecordDetail,
  }
  return {
    sc,
    ended,
    accept,
    provision: async (...args: Parameters<typeof accept.provision>) =>
      ended((await accept.provision(...args)).RecordId),
    update: async (...args: Parameters<typeof accept.update>) => ended((await accept.update(...args)).RecordId),
    terminate: async (...args: Parameters<typeof accept.terminate>) =>
      ended((await accept.terminate(...args)).RecordId),
    execute: async (...args: Parameters<typeof accept.execute>) => ended((await accept.execute(...args)).RecordId),
    describe: async (id: string) => (await sc('DescribeProvisionedProduct', { Id: id })).ProvisionedProductDetail,
  }
}
