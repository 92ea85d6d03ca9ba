import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readCredentials } from '../../scripts/server-process.ts'
import { expectedLevel, type Person, people } from '../../src/identity/permissions.testdata.ts'
import type { StructureShape } from '../../src/model/service-model.ts'
import { services } from '../../src/model/services.ts'
import { account, type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { externalProduct, unassociatedServiceAction } from '../kit/catalog.ts'
import { seeded, value } from '../kit/generate.ts'
import { makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

const receiver = '222222222222'
const model = services.servicecatalog
const operations = Object.keys(model.operations)

/** Operations that tell the owner's names to an account with which their portfolio is shared; all others do not. */
const toldToReceiver = new Set([
  'DescribePortfolio',
  'DescribeProductAsAdmin',
  'ListAcceptedPortfolioShares',
  'SearchProductsAsAdmin',
])

describe('every operation of Service Catalog, by whoever may call', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let inputs: ReadonlyMap<string, object>
  /** Names that only the owner knows. */
  const secrets = ['Portfolio of hidden', 'Product of hidden', 'hidden-action', 'hidden-provisioned', 'hidden-value']
  const admin = (operation: string, input: object = {}) => outputOf(server, 'servicecatalog', operation, input)
  let cells = 0

  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data'), config: { accounts: [receiver] } })
    const { portfolioId, productId, artifactId } = await externalProduct(server, 'hidden')
    const actionId = await unassociatedServiceAction(server, {
      name: 'hidden-action',
      document: { mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }] },
    })
    const { RecordDetail } = await admin('ProvisionProduct', {
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: 'hidden-provisioned',
    })
    const { TagOptionDetail } = await admin('CreateTagOption', { Key: 'hidden-key', Value: 'hidden-value' })
    const { ConstraintDetails } = await admin('ListConstraintsForPortfolio', { PortfolioId: portfolioId })
    const { PlanId } = await admin('CreateProvisionedProductPlan', {
      PlanName: 'hidden-plan',
      PlanType: 'CLOUDFORMATION',
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: 'planned',
    }).catch(() => ({ PlanId: 'plan-aaaaaaaaaaaaa' }))
    const of = {
      Constraint: ConstraintDetails[0].ConstraintId,
      Portfolio: portfolioId,
      Product: productId,
      ProductAsAdmin: productId,
      ProductView: productId.replace('prod-', 'prodview-'),
      ProvisionedProduct: RecordDetail.ProvisionedProductId,
      Record: RecordDetail.RecordId,
      ServiceAction: actionId,
      TagOption: TagOptionDetail.Id,
    }
    const members: Readonly<Record<string, string>> = {
      PortfolioId: portfolioId,
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductId: of.ProvisionedProduct,
      ServiceActionId: actionId,
      TagOptionId: of.TagOption,
      ResourceId: portfolioId,
      PlanId,
      SourceProductArn: `arn:aws:catalog:us-east-1:${account}:product/${productId}`,
      PrincipalARN: `arn:aws:iam::${account}:user/admin`,
      PrincipalType: 'IAM',
      AccountId: receiver,
    }
    inputs = new Map(
      operations.map(operation => [operation, inputOf(operation, { ...members, ...idOf(operation, of) })]),
    )
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    for (const clean of cleanups) clean()
  })

  /** What the member Id stands for: DescribeRecord's is a record. */
  function idOf(operation: string, of: Readonly<Record<string, string>>): object {
    const Id = of[operation.replace(/^(Describe|Update|Delete)/, '')]
    return Id === undefined ? {} : { Id }
  }

  /** An input that names the owner's things wherever it can, and has whatever else is required. */
  function inputOf(operation: string, members: Readonly<Record<string, unknown>>): object {
    const shape = model.shapes[model.operations[operation]!.input?.shape ?? ''] as StructureShape | undefined
    const random = seeded(7)
    const entries = Object.entries(shape?.members ?? {}).flatMap(([name, ref]) => {
      if (Object.hasOwn(members, name)) return [[name, members[name]] as const]
      if (!shape!.required?.includes(name) || ref.idempotencyToken) return []
      return [[name, value(model, ref, random, 0)] as const]
    })
    return Object.fromEntries(entries)
  }

  /** Everything that administrators see of the owner's account. */
  async function snapshot(): Promise<string> {
    const account = { AccessLevelFilter: { Key: 'Account', Value: 'self' } }
    const { PortfolioId, ProductId } = inputs.get('CreateConstraint') as Record<string, string>
    return JSON.stringify([
      await admin('ListPortfolios'),
      await admin('SearchProductsAsAdmin'),
      await admin('DescribeProductAsAdmin', { Id: ProductId }),
      await admin('ListConstraintsForPortfolio', { PortfolioId }),
      await admin('ListPrincipalsForPortfolio', { PortfolioId }),
      await admin('ListPortfolioAccess', { PortfolioId }),
      await admin('ListServiceActions'),
      await admin('ListTagOptions'),
      await admin('ListProvisionedProductPlans', account),
      await admin('SearchProvisionedProducts', account),
      await admin('ListRecordHistory', account),
    ])
  }

  const other = () => ({
    url: server.url,
    credentials: readCredentials(server.dataDirectory, `bellhop-${receiver}`),
  })

  test('another account’s administrator learns nothing and changes nothing', async () => {
    const before = await snapshot()
    for (const operation of operations) {
      const outcome = await outcomeOf(other(), 'servicecatalog', operation, inputs.get(operation))
      const told = 'output' in outcome ? JSON.stringify(outcome.output) : outcome.message
      assert.ok('output' in outcome || outcome.status < 500, `${operation}: ${told}`)
      assert.equal(
        secrets.find(secret => told.includes(secret)),
        undefined,
        `${operation}: ${told}`,
      )
      cells += 1
    }
    assert.equal(await snapshot(), before)
  })

  test('an account with which the portfolio is shared learns what it needs, and changes nothing', async () => {
    const { PortfolioId } = inputs.get('CreateConstraint') as Record<string, string>
    await admin('CreatePortfolioShare', { PortfolioId, AccountId: receiver })
    await outputOf(other(), 'servicecatalog', 'AcceptPortfolioShare', { PortfolioId })
    const before = await snapshot()
    const told: string[] = []
    for (const operation of operations) {
      // It would end what is looked at here.
      if (operation === 'RejectPortfolioShare') continue
      const outcome = await outcomeOf(other(), 'servicecatalog', operation, inputs.get(operation))
      assert.ok('output' in outcome || outcome.status < 500, `${operation}: ${JSON.stringify(outcome)}`)
      const text = JSON.stringify(outcome)
      if (secrets.some(secret => text.includes(secret))) told.push(operation)
      cells += 1
    }
    assert.deepEqual(told, [...toldToReceiver].sort())
    assert.equal(await snapshot(), before)
    await outputOf(other(), 'servicecatalog', 'RejectPortfolioShare', { PortfolioId })
    cells += 1
  })

  // Who may do least comes first: administrators really do what they may.
  const whoever = (Object.keys(people) as Person[]).reverse()
  for (const who of whoever) {
    test(`${who}: who may not call is denied, and the explanation says the same`, async () => {
      const name = who.replace(' ', '-')
      const caller = await makeUser(server, name)
      for (const policy of people[who]) {
        const PolicyArn = `arn:aws:iam::aws:policy/${policy}`
        await outputOf(server, 'iam', 'AttachUserPolicy', { UserName: name, PolicyArn })
      }
      for (const operation of operations) {
        const input = inputs.get(operation)!
        const level = expectedLevel(who, operation)
        const explained = await outputOf(caller, 'bellhop', 'ExplainAccess', {
          Operation: operation,
          Input: JSON.stringify(input),
        })
        const { Outcome } = explained.Gates.find((gate: any) => gate.Name === 'IDENTITY_POLICIES')
        assert.equal(Outcome, level === undefined ? 'DENIED' : 'ALLOWED', operation)
        assert.equal(explained.AccessLevel, level?.toUpperCase(), operation)
        const outcome = await outcomeOf(caller, 'servicecatalog', operation, input)
        const code = 'code' in outcome ? outcome.code : undefined
        assert.equal(code === 'AccessDeniedException', level === undefined, `${operation}: ${JSON.stringify(outcome)}`)
        assert.ok('output' in outcome || outcome.status < 500, `${operation}: ${JSON.stringify(outcome)}`)
        // Behind the policies, too: what is explained as closed is not answered.
        if (level !== undefined && !explained.Allowed) assert.notEqual(code, undefined, operation)
        cells += 1
      }
    })
  }

  test('no cell was left out', t => {
    assert.equal(cells, 90 * 8)
    t.diagnostic(`${cells} cells: 90 operations by 6 kinds of people and 2 of other accounts`)
  })
})
