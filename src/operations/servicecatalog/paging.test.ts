import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceCatalogOperations } from '../../model/generated/servicecatalog.ts'
import { type TestKit, testDocument, testKit, testProduct } from '../testing.ts'

/** A list, what it is asked with, and how an item of it is made; `make` answers what the item is known by. */
interface Listing {
  readonly operation: keyof ServiceCatalogOperations
  readonly member: string
  readonly input?: object
  readonly keyOf: (item: any) => string
  readonly make: (number: number) => Promise<string>
  /** The name of the token in the answer, where it is not NextPageToken. */
  readonly token?: string
  /** For those who may see it. */
  readonly asAlice?: true
}

type Ids = Awaited<ReturnType<typeof testProduct>>

const Info = { LoadTemplateFromURL: 'https://example.com/v' }
const letter = (number: number) => String.fromCharCode(97 + ((number * 7) % 26))

async function newProduct({ catalog }: TestKit, number: number): Promise<{ productId: string; artifactId: string }> {
  const { ProductViewDetail, ProvisioningArtifactDetail } = await catalog('CreateProduct', {
    Name: `${letter(number)} product`,
    Owner: 'IT',
    ProductType: 'EXTERNAL',
    ProvisioningArtifactParameters: { Name: 'v1', Info },
  })
  return { productId: ProductViewDetail!.ProductViewSummary!.ProductId!, artifactId: ProvisioningArtifactDetail!.Id! }
}

async function newPortfolio({ catalog }: TestKit, number: number): Promise<string> {
  const { PortfolioDetail } = await catalog('CreatePortfolio', { DisplayName: letter(number), ProviderName: 'IT' })
  return PortfolioDetail!.Id!
}

async function newAction({ catalog }: TestKit, number: number): Promise<string> {
  const { ServiceActionDetail } = await catalog('CreateServiceAction', {
    Name: `action-${number}`,
    DefinitionType: 'SSM_AUTOMATION',
    Definition: { Name: 'Doc', Version: '1' },
  })
  return ServiceActionDetail!.ServiceActionSummary!.Id!
}

async function provision({ catalog, alice }: TestKit, { productId, artifactId }: Ids, number: number) {
  const { RecordDetail } = await catalog(
    'ProvisionProduct',
    {
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: `${letter(number)}-${number}`,
      ProvisionToken: `token-${number}`,
    },
    alice,
  )
  return RecordDetail!
}

const listings: readonly ((kit: TestKit, ids: Ids) => Listing)[] = [
  kit => ({
    operation: 'ListPortfolios',
    member: 'PortfolioDetails',
    keyOf: ({ Id }) => Id,
    make: number => newPortfolio(kit, number),
  }),
  (kit, { productId }) => ({
    operation: 'ListPortfoliosForProduct',
    member: 'PortfolioDetails',
    input: { ProductId: productId },
    keyOf: ({ Id }) => Id,
    make: async number => {
      const PortfolioId = await newPortfolio(kit, number)
      await kit.catalog('AssociateProductWithPortfolio', { PortfolioId, ProductId: productId })
      return PortfolioId
    },
  }),
  (kit, { productId }) => ({
    operation: 'ListLaunchPaths',
    member: 'LaunchPathSummaries',
    input: { ProductId: productId },
    asAlice: true,
    keyOf: ({ Id }) => Id,
    make: async number => {
      const PortfolioId = await newPortfolio(kit, number)
      await kit.catalog('AssociateProductWithPortfolio', { PortfolioId, ProductId: productId })
      const PrincipalARN = kit.alice.arn
      await kit.catalog('AssociatePrincipalWithPortfolio', { PortfolioId, PrincipalARN, PrincipalType: 'IAM' })
      return PortfolioId.replace('port-', 'lpv3-')
    },
  }),
  ...(['Title', 'CreationDate', 'VersionCount'] as const).map(
    SortBy =>
      (kit: TestKit): Listing => ({
        operation: 'SearchProductsAsAdmin',
        member: 'ProductViewDetails',
        input: { SortBy },
        keyOf: ({ ProductViewSummary }) => ProductViewSummary.ProductId,
        make: async number => (await newProduct(kit, number)).productId,
      }),
  ),
  (kit, { portfolioId }) => ({
    operation: 'SearchProducts',
    member: 'ProductViewSummaries',
    input: { SortBy: 'Title', SortOrder: 'DESCENDING' },
    asAlice: true,
    keyOf: ({ ProductId }) => ProductId,
    make: async number => {
      const { productId } = await newProduct(kit, number)
      await kit.catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId: productId })
      return productId
    },
  }),
  (kit, { portfolioId, productId }) => ({
    operation: 'ListConstraintsForPortfolio',
    member: 'ConstraintDetails',
    input: { PortfolioId: portfolioId },
    keyOf: ({ ConstraintId }) => ConstraintId,
    make: async number => {
      const { ConstraintDetail } = await kit.catalog('CreateConstraint', {
        PortfolioId: portfolioId,
        ProductId: productId,
        Type: 'NOTIFICATION',
        Parameters: JSON.stringify({ NotificationArns: [`arn:aws:sns:us-east-1:111122223333:t${number}`] }),
      })
      return ConstraintDetail!.ConstraintId!
    },
  }),
  (kit, { portfolioId }) => ({
    operation: 'ListPrincipalsForPortfolio',
    member: 'Principals',
    input: { PortfolioId: portfolioId },
    keyOf: ({ PrincipalARN }) => PrincipalARN,
    make: async number => {
      const PrincipalARN = `arn:aws:iam::111122223333:user/${letter(number)}`
      await kit.catalog('AssociatePrincipalWithPortfolio', {
        PortfolioId: portfolioId,
        PrincipalARN,
        PrincipalType: 'IAM',
      })
      return PrincipalARN
    },
  }),
  kit => ({
    operation: 'ListTagOptions',
    member: 'TagOptionDetails',
    token: 'PageToken',
    keyOf: ({ Id }) => Id,
    make: async number =>
      (await kit.catalog('CreateTagOption', { Key: letter(number), Value: 'v' })).TagOptionDetail!.Id!,
  }),
  kit => ({
    operation: 'ListServiceActions',
    member: 'ServiceActionSummaries',
    keyOf: ({ Id }) => Id,
    make: number => newAction(kit, number),
  }),
  (kit, { productId, artifactId }) => ({
    operation: 'ListServiceActionsForProvisioningArtifact',
    member: 'ServiceActionSummaries',
    input: { ProductId: productId, ProvisioningArtifactId: artifactId },
    keyOf: ({ Id }) => Id,
    make: async number => {
      const ServiceActionId = await newAction(kit, number)
      await kit.catalog('AssociateServiceActionWithProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ServiceActionId,
      })
      return ServiceActionId
    },
  }),
  (kit, { portfolioId }) => ({
    operation: 'ListBudgetsForResource',
    member: 'Budgets',
    input: { ResourceId: portfolioId },
    keyOf: ({ BudgetName }) => BudgetName,
    make: async number => {
      const BudgetName = `budget ${letter(number)}`
      await kit.catalog('AssociateBudgetWithResource', { BudgetName, ResourceId: portfolioId })
      return BudgetName
    },
  }),
  (kit, { portfolioId }) => ({
    operation: 'DescribePortfolioShares',
    member: 'PortfolioShareDetails',
    input: { PortfolioId: portfolioId, Type: 'ACCOUNT' },
    keyOf: ({ PrincipalId }) => PrincipalId,
    make: async number => {
      const AccountId = String(200_000_000_000 + ((number * 7) % 26))
      await kit.catalog('CreatePortfolioShare', { PortfolioId: portfolioId, AccountId })
      return AccountId
    },
  }),
  ...[
    ['ScanProvisionedProducts', {}],
    ['SearchProvisionedProducts', {}],
    ['SearchProvisionedProducts', { SortBy: 'name' }],
    [
      'SearchProvisionedProducts',
      { SortBy: 'id', SortOrder: 'DESCENDING', Filters: { SearchQuery: ['status:under'] } },
    ],
  ].map(
    ([operation, input]) =>
      (kit: TestKit, ids: Ids): Listing => ({
        operation: operation as Listing['operation'],
        input: input as object,
        member: 'ProvisionedProducts',
        asAlice: true,
        keyOf: ({ Id }) => Id,
        make: async number => (await provision(kit, ids, number)).ProvisionedProductId!,
      }),
  ),
  (kit, ids) => ({
    operation: 'ListRecordHistory',
    member: 'RecordDetails',
    asAlice: true,
    keyOf: ({ RecordId }) => RecordId,
    make: async number => (await provision(kit, ids, number)).RecordId!,
  }),
  (kit, ids) => ({
    operation: 'ListProvisionedProductPlans',
    member: 'ProvisionedProductPlans',
    asAlice: true,
    keyOf: ({ PlanId }) => PlanId,
    make: async number => {
      const { PlanId } = await kit.catalog(
        'CreateProvisionedProductPlan',
        {
          PlanName: `plan ${number}`,
          PlanType: 'CLOUDFORMATION',
          ProductId: ids.productId,
          ProvisioningArtifactId: ids.artifactId,
          ProvisionedProductName: `planned-${number}`,
          IdempotencyToken: `plan-${number}`,
        },
        kit.alice,
      )
      return PlanId!
    },
  }),
]

describe('page tokens survive what is made between two pages', () => {
  for (const listing of listings) {
    const { operation, input: asked } = listing({} as TestKit, {} as Ids)
    test(`${operation} ${JSON.stringify(asked ?? {})}`, async t => {
      const kit = testKit(t)
      await kit.documents('CreateDocument', { Name: 'Doc', Content: testDocument, DocumentFormat: 'YAML' })
      const { member, input, keyOf, make, token = 'NextPageToken', asAlice } = listing(kit, await testProduct(kit))
      const made: string[] = []
      // Several at one moment: time alone does not tell them apart.
      for (let number = 0; number < 6; number += 1) {
        if (number % 3 === 0) kit.clock.advance(1000)
        made.push(await make(number))
      }
      const seen: string[] = []
      let PageToken: string | undefined
      let pages = 0
      do {
        const page: any = await kit.catalog(
          operation,
          { ...input, PageSize: 2, PageToken } as never,
          asAlice ? kit.alice : kit.admin,
        )
        assert.ok(page[member].length <= 2)
        seen.push(...page[member].map(keyOf))
        PageToken = page[token]
        pages += 1
        if (pages <= 3) {
          kit.clock.advance(1000)
          await make(5 + pages)
        }
        assert.ok(pages < 20, 'the pages come to an end')
      } while (PageToken)
      assert.ok(pages >= 3)
      assert.equal(new Set(seen).size, seen.length, 'nothing comes twice')
      assert.deepEqual(
        made.filter(key => !seen.includes(key)),
        [],
        'nothing is left out',
      )
    })
  }
})
