import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type TestKit, testDocument, testKit, testProduct } from '../testing.ts'

/** AWS's default quotas: how many there may be, and the call that is one too many then. */
interface Quota {
  readonly name: string
  readonly limit: number
  /** Made already, by what came before. */
  readonly there?: number
  readonly make: (number: number) => Promise<unknown>
}

type Ids = Awaited<ReturnType<typeof testProduct>>

const Info = { LoadTemplateFromURL: 'https://example.com/v' }

/** One row a quota. */
const quotas: readonly ((kit: TestKit, ids: Ids) => Quota)[] = [
  ({ catalog }) => ({
    name: 'portfolios in an account and region',
    limit: 100,
    there: 1,
    make: number => catalog('CreatePortfolio', { DisplayName: `p${number}`, ProviderName: 'IT' }),
  }),
  ({ catalog }) => ({
    name: 'products in an account and region',
    limit: 350,
    there: 1,
    make: number =>
      catalog('CreateProduct', {
        Name: `p${number}`,
        Owner: 'IT',
        ProductType: 'EXTERNAL',
        ProvisioningArtifactParameters: { Info },
      }),
  }),
  ({ catalog }, { productId: ProductId }) => ({
    name: 'provisioning artifacts of a product',
    limit: 100,
    there: 1,
    make: number => catalog('CreateProvisioningArtifact', { ProductId, Parameters: { Name: `v${number}`, Info } }),
  }),
  ({ catalog }, { portfolioId }) => ({
    name: 'products in a portfolio',
    limit: 150,
    there: 1,
    make: async number => {
      const { ProductViewDetail } = await catalog('CreateProduct', {
        Name: `p${number}`,
        Owner: 'IT',
        ProductType: 'EXTERNAL',
        ProvisioningArtifactParameters: { Info },
      })
      const ProductId = ProductViewDetail!.ProductViewSummary!.ProductId!
      return catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId })
    },
  }),
  ({ catalog }, { portfolioId }) => ({
    name: 'principals of a portfolio',
    limit: 100,
    there: 1,
    make: number =>
      catalog('AssociatePrincipalWithPortfolio', {
        PortfolioId: portfolioId,
        PrincipalARN: `arn:aws:iam::111122223333:user/u${number}`,
        PrincipalType: 'IAM',
      }),
  }),
  ({ catalog }, { portfolioId, productId }) => ({
    name: 'constraints of a product in a portfolio',
    limit: 100,
    make: number =>
      catalog('CreateConstraint', {
        PortfolioId: portfolioId,
        ProductId: productId,
        Type: 'NOTIFICATION',
        Parameters: JSON.stringify({ NotificationArns: [`arn:aws:sns:us-east-1:111122223333:t${number}`] }),
      }),
  }),
  ({ catalog, documents }) => ({
    name: 'service actions in an account and region',
    limit: 200,
    make: async number => {
      if (number === 0)
        await documents('CreateDocument', { Name: 'Doc', Content: testDocument, DocumentFormat: 'YAML' })
      return catalog('CreateServiceAction', {
        Name: `a${number}`,
        DefinitionType: 'SSM_AUTOMATION',
        Definition: { Name: 'Doc', Version: '1' },
      })
    },
  }),
]

describe('quotas', () => {
  for (const row of quotas) {
    test(row({} as TestKit, {} as Ids).name, async t => {
      const kit = testKit(t)
      const { name, limit, there = 0, make } = row(kit, await testProduct(kit))
      for (let number = there; number < limit; number += 1) await make(number)
      await assert.rejects(make(limit), {
        code: 'LimitExceededException',
        message: `The limit of ${limit} ${name} has been reached.`,
      })
    })
  }

  test('shares of a portfolio', async t => {
    const kit = testKit(t)
    const { portfolioId } = await testProduct(kit)
    const { storage } = kit.services
    const share = (number: number) => ({
      scope: kit.admin.scope,
      portfolioId,
      node: { type: 'ACCOUNT' as const, value: String(100_000_000_000 + number) },
      shareTagOptions: false,
      sharePrincipals: false,
      createdAt: new Date(0),
    })
    await Promise.all(
      Array.from({ length: 5000 }, (_, number) =>
        storage.portfolioShares.create(share(number), [share(number).node.value], undefined, undefined),
      ),
    )
    await assert.rejects(kit.catalog('CreatePortfolioShare', { PortfolioId: portfolioId, AccountId: '999999999999' }), {
      code: 'LimitExceededException',
      message: 'The limit of 5000 shares of a portfolio has been reached.',
    })
  })
})
