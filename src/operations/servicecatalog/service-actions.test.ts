import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type TestKit, testCaller, testDocument, testKit, testProduct } from '../testing.ts'

const definition = { Name: 'Resize', Version: '1' }
const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })

async function withDocument(t: Parameters<typeof testKit>[0]): Promise<TestKit> {
  const kit = testKit(t)
  await kit.documents('CreateDocument', { Name: 'Resize', Content: testDocument, DocumentFormat: 'YAML' })
  return kit
}

async function newAction({ catalog }: TestKit, Name = 'Resize'): Promise<string> {
  const { ServiceActionDetail } = await catalog('CreateServiceAction', {
    Name,
    DefinitionType: 'SSM_AUTOMATION',
    Definition: definition,
  })
  return ServiceActionDetail!.ServiceActionSummary!.Id!
}

describe('validation', () => {
  test('a definition names a document that is there, and what the document knows', async t => {
    const { catalog } = await withDocument(t)
    const create = (Definition: object) =>
      catalog('CreateServiceAction', { Name: 'a', DefinitionType: 'SSM_AUTOMATION', Definition })
    const parameters = (value: unknown) =>
      create({ ...definition, Parameters: typeof value === 'string' ? value : JSON.stringify(value) })
    await assert.rejects(create({ Name: 'Resize' }), invalid(/Name and Version/))
    await assert.rejects(create({ Name: 'Resume', Version: '1' }), invalid(/Document with that name does not exist/))
    await assert.rejects(create({ ...definition, Version: '2' }), invalid(/no version 2/))
    await assert.rejects(create({ ...definition, AssumeRole: 'Launch' }), invalid(/assume role ARN isn't valid/))
    await assert.rejects(parameters('['), invalid(/not valid JSON/))
    await assert.rejects(parameters({}), invalid(/must be a list/))
    await assert.rejects(parameters([null]), invalid(/must be a list/))
    await assert.rejects(parameters([{ Name: 'Size', Type: 'NUMBER' }]), invalid(/must be a list/))
    await assert.rejects(parameters([{ Name: 'Color', Type: 'TEXT_VALUE' }]), invalid(/Color is not defined/))
    await assert.rejects(parameters([{ Name: '__proto__', Type: 'TEXT_VALUE' }]), invalid(/__proto__ is not defined/))
    const size = { Name: 'Size', Type: 'TEXT_VALUE' }
    await assert.rejects(parameters([size, size]), invalid(/Size is defined twice/))
    await parameters([size, { Name: 'InstanceId', Type: 'TARGET' }])
    await create({ ...definition, AssumeRole: 'LAUNCH_ROLE' })
    await create({ ...definition, AssumeRole: 'arn:aws:iam::111122223333:role/path/Run', Version: '$DEFAULT' })
    await create({ ...definition, Name: 'arn:aws:ssm:us-east-1:111122223333:document/Resize' })
    await assert.rejects(
      create({ ...definition, Name: 'arn:aws:ssm:us-east-1:999999999999:document/Resize' }),
      invalid(/does not exist/),
    )
  })

  test('what is not there is ResourceNotFoundException', async t => {
    const kit = await withDocument(t)
    const { catalog } = kit
    const { productId, artifactId } = await testProduct(kit)
    const ServiceActionId = await newAction(kit)
    const associate = (more: object) =>
      catalog('AssociateServiceActionWithProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ServiceActionId,
        ...more,
      })
    await assert.rejects(associate({ ProductId: 'prod-x' }), notFound(/prod-x/))
    await assert.rejects(associate({ ProvisioningArtifactId: 'pa-x' }), notFound(/pa-x/))
    await assert.rejects(associate({ ServiceActionId: 'act-x' }), notFound(/act-x/))
    await assert.rejects(catalog('DescribeServiceAction', { Id: 'act-x' }), notFound(/act-x/))
    await assert.rejects(catalog('UpdateServiceAction', { Id: 'act-x', Name: 'n' }), notFound(/act-x/))
    await assert.rejects(catalog('DeleteServiceAction', { Id: 'act-x' }), notFound(/act-x/))
    await assert.rejects(
      catalog('ListProvisioningArtifactsForServiceAction', { ServiceActionId: 'act-x' }),
      notFound(/act-x/),
    )
    await assert.rejects(
      catalog('ListServiceActionsForProvisioningArtifact', { ProductId: productId, ProvisioningArtifactId: 'pa-x' }),
      notFound(/pa-x/),
    )
    await assert.rejects(
      catalog('DisassociateServiceActionFromProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ServiceActionId,
      }),
      notFound(/is not associated/),
    )
  })
})

describe('functionality', () => {
  test('an action is created, described, listed, changed and deleted', async t => {
    const kit = await withDocument(t)
    const { catalog, clock } = kit
    const made = await catalog('CreateServiceAction', {
      Name: 'Resize',
      Description: 'Another size',
      DefinitionType: 'SSM_AUTOMATION',
      Definition: { ...definition, AssumeRole: 'LAUNCH_ROLE' },
    })
    const Id = made.ServiceActionDetail!.ServiceActionSummary!.Id!
    assert.match(Id, /^act-[a-z2-7]{13}$/)
    assert.deepEqual(await catalog('DescribeServiceAction', { Id }), made)
    const renamed = await catalog('UpdateServiceAction', { Id, Name: 'Grow' })
    assert.deepEqual(renamed.ServiceActionDetail?.ServiceActionSummary, {
      Id,
      Name: 'Grow',
      Description: 'Another size',
      DefinitionType: 'SSM_AUTOMATION',
    })
    assert.equal(renamed.ServiceActionDetail?.Definition?.AssumeRole, 'LAUNCH_ROLE')
    await assert.rejects(
      catalog('UpdateServiceAction', { Id, Definition: { ...definition, Version: '9' } }),
      invalid(/no version 9/),
    )
    const replaced = await catalog('UpdateServiceAction', { Id, Definition: definition })
    assert.deepEqual(replaced.ServiceActionDetail?.Definition, definition)

    clock.advance(1)
    await newAction(kit, 'Other')
    const one = await catalog('ListServiceActions', { PageSize: 1 })
    const two = await catalog('ListServiceActions', { PageSize: 1, PageToken: one.NextPageToken })
    assert.deepEqual(
      [one, two].flatMap(page => page.ServiceActionSummaries?.map(({ Name }) => Name)),
      ['Grow', 'Other'],
    )
    assert.equal(two.NextPageToken, undefined)

    await catalog('DeleteServiceAction', { Id, IdempotencyToken: 'd' })
    await catalog('DeleteServiceAction', { Id, IdempotencyToken: 'd' })
    await assert.rejects(catalog('DescribeServiceAction', { Id }), notFound(/not found/))
  })

  test('an action is associated once with a version, and cannot be deleted while it is', async t => {
    const kit = await withDocument(t)
    const { catalog } = kit
    const { productId, artifactId } = await testProduct(kit)
    const Id = await newAction(kit)
    const association = { ProductId: productId, ProvisioningArtifactId: artifactId, ServiceActionId: Id }
    const associate = 'AssociateServiceActionWithProvisioningArtifact'
    await catalog(associate, { ...association, IdempotencyToken: 'a' })
    await catalog(associate, { ...association, IdempotencyToken: 'a' })
    await assert.rejects(catalog(associate, association), { code: 'DuplicateResourceException' })
    await assert.rejects(catalog('DeleteServiceAction', { Id }), { code: 'ResourceInUseException' })

    const actions = await catalog('ListServiceActionsForProvisioningArtifact', association)
    assert.deepEqual(
      actions.ServiceActionSummaries?.map(summary => summary.Id),
      [Id],
    )
    const artifacts = await catalog('ListProvisioningArtifactsForServiceAction', { ServiceActionId: Id })
    assert.equal(artifacts.ProvisioningArtifactViews?.[0]?.ProductViewSummary?.ProductId, productId)
    assert.equal(artifacts.ProvisioningArtifactViews?.[0]?.ProvisioningArtifact?.Id, artifactId)

    await catalog('DisassociateServiceActionFromProvisioningArtifact', association)
    assert.deepEqual(
      (await catalog('ListServiceActionsForProvisioningArtifact', association)).ServiceActionSummaries,
      [],
    )
    await catalog('DeleteServiceAction', { Id })
  })

  test('a version takes 25 actions, listed by pages', async t => {
    const kit = await withDocument(t)
    const { catalog } = kit
    const { productId, artifactId } = await testProduct(kit)
    const associate = async () =>
      catalog('AssociateServiceActionWithProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ServiceActionId: await newAction(kit),
      })
    for (let i = 0; i < 25; i++) await associate()
    await assert.rejects(associate(), { code: 'LimitExceededException' })
    const ids = new Set<string>()
    let PageToken: string | undefined
    do {
      const page = await catalog('ListServiceActionsForProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        PageSize: 10,
        PageToken,
      })
      for (const { Id } of page.ServiceActionSummaries!) ids.add(Id!)
      PageToken = page.NextPageToken
    } while (PageToken)
    assert.equal(ids.size, 25)
  })

  test('the actions of a version are listed to those whom its product reaches, or who have something of it', async t => {
    const kit = await withDocument(t)
    const { catalog, alice } = kit
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    const Id = await newAction(kit)
    const version = { ProductId: productId, ProvisioningArtifactId: artifactId }
    await catalog('AssociateServiceActionWithProvisioningArtifact', { ...version, ServiceActionId: Id })
    const list = async (caller = alice) =>
      (await catalog('ListServiceActionsForProvisioningArtifact', version, caller)).ServiceActionSummaries?.map(
        summary => summary.Id,
      )
    assert.deepEqual(await list(), [Id])
    await catalog('ProvisionProduct', { ...version, ProvisionedProductName: 'mine', ProvisionToken: 'mine' }, alice)
    await catalog('DisassociatePrincipalFromPortfolio', { PortfolioId: portfolioId, PrincipalARN: alice.arn })
    assert.deepEqual(await list(), [Id])
    for (const stranger of [testCaller('user/bob'), testCaller('user/alice', false, '999999999999')]) {
      await assert.rejects(list(stranger), notFound(/No launch paths found for resource: prod-/))
    }
  })

  test('without AssumeRole an action is run by those who may start its document themselves', async t => {
    const kit = await withDocument(t)
    const { catalog, alice } = kit
    const { productId, artifactId } = await testProduct(kit)
    const version = { ProductId: productId, ProvisioningArtifactId: artifactId }
    const action = async (AssumeRole?: string) => {
      const Definition = {
        ...definition,
        Parameters: '[{"Name":"InstanceId","Type":"TEXT_VALUE"}]',
        ...(AssumeRole && { AssumeRole }),
      }
      const { ServiceActionDetail } = await catalog('CreateServiceAction', {
        Name: 'a',
        DefinitionType: 'SSM_AUTOMATION',
        Definition,
      })
      const ServiceActionId = ServiceActionDetail!.ServiceActionSummary!.Id!
      await catalog('AssociateServiceActionWithProvisioningArtifact', { ...version, ServiceActionId })
      return ServiceActionId
    }
    const own = await action()
    const role = await action('arn:aws:iam::111122223333:role/Run')
    const { RecordDetail } = await catalog(
      'ProvisionProduct',
      { ...version, ProvisionedProductName: 'mine', ProvisionToken: 'mine' },
      alice,
    )
    const ProvisionedProductId = RecordDetail!.ProvisionedProductId!
    const execute = (ServiceActionId: string, caller: typeof alice) =>
      catalog(
        'ExecuteProvisionedProductServiceAction',
        { ProvisionedProductId, ServiceActionId, ExecuteToken: 'e', Parameters: { InstanceId: ['i'] } },
        caller,
      )
    // The product is still being made; whoever may run the action comes as far as that.
    const underChange = { code: 'InvalidStateException' }
    await assert.rejects(execute(own, alice), {
      code: 'AccessDeniedException',
      message:
        'An error occurred (AccessDeniedException) when calling the StartAutomationExecution operation: User is not authorized to perform: ssm:StartAutomationExecution on the resource.',
    })
    await assert.rejects(execute(role, alice), underChange)
    const asked: string[] = []
    const decide: typeof alice.decide = (act, resource) => {
      asked.push(`${act} ${resource}`)
      return { allowed: true }
    }
    await assert.rejects(execute(own, { ...alice, decide }), underChange)
    assert.deepEqual(asked, [
      'ssm:StartAutomationExecution arn:aws:ssm:us-east-1:111122223333:automation-definition/Resize:1',
    ])
  })
})
