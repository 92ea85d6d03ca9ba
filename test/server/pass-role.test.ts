import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { account, type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct, serviceAction, unassociatedServiceAction } from '../kit/catalog.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

const launch = `arn:aws:iam::${account}:role/ops/Launch`
const other = `arn:aws:iam::${account}:role/Other`
const catalogAndDocuments = { Effect: 'Allow', Action: ['servicecatalog:*', 'ssm:*'], Resource: '*' }
const pass = (service: string) => ({
  Effect: 'Allow',
  Action: 'iam:PassRole',
  Resource: launch,
  Condition: { StringEquals: { 'iam:PassedToService': service } },
})

describe('whoever hands a role to Service Catalog must be allowed to pass it', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let product: ExternalProduct
  let constraintId: string
  let provisionedProductId: string
  let actionId: string
  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data') })
    product = await externalProduct(server, 'none')
    const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } })
    await outputOf(server, 'iam', 'CreateRole', { RoleName: 'Launch', Path: '/ops/', AssumeRolePolicyDocument: trust })
    const { ConstraintDetails } = await outputOf(server, 'servicecatalog', 'ListConstraintsForPortfolio', {
      PortfolioId: product.portfolioId,
    })
    constraintId = ConstraintDetails[0].ConstraintId
    actionId = await unassociatedServiceAction(server, {
      name: 'wait',
      document: { mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }] },
    })
    const { RecordDetail } = await outputOf(server, 'servicecatalog', 'ProvisionProduct', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ProvisionedProductName: 'one',
    })
    provisionedProductId = RecordDetail.ProvisionedProductId
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  const definition = (AssumeRole: string) => ({ Name: 'wait', Version: '1', AssumeRole })
  const properties = (AdminRole: string) => ({
    AccountList: [account],
    RegionList: ['us-east-1'],
    AdminRole,
    ExecutionRole: 'Execution',
  })
  /** Every call by which a role is handed over, with the role in it. */
  const calls: [operation: string, input: (role: string) => object][] = [
    [
      'CreateConstraint',
      RoleArn => ({
        PortfolioId: product.portfolioId,
        ProductId: product.productId,
        Type: 'LAUNCH',
        Parameters: JSON.stringify({ RoleArn }),
      }),
    ],
    [
      'CreateConstraint',
      role => ({
        PortfolioId: product.portfolioId,
        ProductId: product.productId,
        Type: 'LAUNCH',
        Parameters: JSON.stringify({ LocalRoleName: role.split('/').at(-1) }),
      }),
    ],
    [
      'CreateConstraint',
      role => ({
        PortfolioId: product.portfolioId,
        ProductId: product.productId,
        Type: 'STACKSET',
        Parameters: JSON.stringify({ Version: '2.0', Properties: properties(role) }),
      }),
    ],
    ['UpdateConstraint', RoleArn => ({ Id: constraintId, Parameters: JSON.stringify({ RoleArn }) })],
    ['CreateServiceAction', role => ({ Name: 'act', DefinitionType: 'SSM_AUTOMATION', Definition: definition(role) })],
    ['UpdateServiceAction', role => ({ Id: actionId, Definition: definition(role) })],
    [
      'UpdateProvisionedProductProperties',
      role => ({ ProvisionedProductId: provisionedProductId, ProvisionedProductProperties: { LAUNCH_ROLE: role } }),
    ],
  ]

  async function assertDenied(who: any, role: string, verdict: RegExp): Promise<void> {
    for (const [operation, input] of calls) {
      const outcome = await outcomeOf(who, 'servicecatalog', operation, input(role))
      assert.ok('code' in outcome, `${operation} was answered`)
      assert.equal(outcome.code, 'AccessDeniedException', `${operation}: ${outcome.message}`)
      assert.ok(
        outcome.message.includes(`is not authorized to perform: iam:PassRole on resource: ${role} `),
        outcome.message,
      )
      assert.match(outcome.message, verdict)
    }
  }

  /** The last gate is passed: the call is answered, or refused for what is there or under way. */
  async function assertPassed(who: any, role: string): Promise<void> {
    for (const [operation, input] of calls) {
      const outcome = await outcomeOf(who, 'servicecatalog', operation, input(role))
      if ('output' in outcome) continue
      assert.ok(
        /^(DuplicateResource|InvalidParameters|InvalidState)Exception$/.test(outcome.code),
        `${operation}: ${outcome.message}`,
      )
    }
  }

  test('the catalog’s rights alone do not do', async () => {
    const ada = await makeUser(server, 'ada', catalogAndDocuments)
    await assertDenied(ada, launch, /because no identity-based policy allows the iam:PassRole action$/)
  })

  test('a policy that passes one role to one service passes no other, and to no other', async () => {
    const bea = await makeUser(server, 'bea', catalogAndDocuments)
    const put = (statement: object) =>
      outputOf(server, 'iam', 'PutUserPolicy', {
        UserName: 'bea',
        PolicyName: 'pass',
        PolicyDocument: document(statement),
      })
    await put(pass('ssm.amazonaws.com'))
    await assertDenied(bea, launch, /no identity-based policy/)
    await put(pass('servicecatalog.amazonaws.com'))
    await assertDenied(bea, other, /no identity-based policy/)
    await assertPassed(bea, launch)
    await put({ ...pass('servicecatalog.amazonaws.com'), Effect: 'Deny' })
    await assertDenied(bea, launch, /with an explicit deny in an identity-based policy$/)
  })

  test('AWS’s policy for catalog administrators passes roles to Service Catalog', async () => {
    const cat = await makeUser(server, 'cat')
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogAdminFullAccess'
    await outputOf(server, 'iam', 'AttachUserPolicy', { UserName: 'cat', PolicyArn })
    await assertPassed(cat, launch)
  })

  test('no role, and the launch role, are nothing that is passed', async () => {
    const dan = await makeUser(server, 'dan', catalogAndDocuments)
    for (const Definition of [{ Name: 'wait', Version: '1' }, definition('LAUNCH_ROLE')]) {
      await outputOf(dan, 'servicecatalog', 'UpdateServiceAction', { Id: actionId, Definition })
    }
    await outputOf(dan, 'servicecatalog', 'UpdateConstraint', { Id: constraintId, Description: 'd' })
  })

  test('a requester who names the role an action runs as must be allowed to pass it to SSM', async () => {
    const eli = await makeUser(server, 'eli', catalogAndDocuments)
    await serviceAction(server, product, {
      name: 'as-role',
      document: {
        parameters: { AutomationAssumeRole: { type: 'String', default: '' } },
        mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }],
      },
      parameters: [{ Name: 'AutomationAssumeRole', Type: 'TEXT_VALUE' }],
    })
    const { ServiceActionSummaries } = await outputOf(server, 'servicecatalog', 'ListServiceActions')
    const ServiceActionId = ServiceActionSummaries.find((action: any) => action.Name === 'as-role').Id
    const outcome = await outcomeOf(eli, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: provisionedProductId,
      ServiceActionId,
      Parameters: { AutomationAssumeRole: [launch] },
    })
    assert.ok('code' in outcome)
    assert.equal(outcome.code, 'AccessDeniedException', outcome.message)
    assert.match(outcome.message, /iam:PassRole on resource: .*role\/ops\/Launch/)
  })
})
