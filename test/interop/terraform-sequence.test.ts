import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-service-catalog'
import { account, call, region, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'

/**
 * The calls of Terraform's AWS provider for its Service Catalog resources, in its order and with its members (its sources,
 * internal/service/servicecatalog): create, wait, read, update and destroy of each resource. What a waiter waits for is
 * there at once, twice in a row.
 */
test('the sequences of Terraform’s AWS provider', { timeout: 60_000 }, async t => {
  const folder = temporaryFolder(t)
  copyFileSync(join(import.meta.dirname, '../server/fixtures/engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { mock: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const { url: endpoint, credentials } = server
  const conn = new sdk.ServiceCatalog({ endpoint, region, credentials, maxAttempts: 1 })
  t.after(() => conn.destroy())
  const caller = /<Arn>([^<]+)</.exec(await call(server, 'sts', 'GetCallerIdentity', {}))![1]!
  const AcceptLanguage = 'en'
  const unique = () => `terraform-${randomUUID()}`
  /** What a waiter does: asks until it has seen its target twice in a row. */
  const twice = async <T>(read: () => Promise<T>, ready: (answer: T) => boolean): Promise<T> => {
    await read().then(answer => assert.ok(ready(answer), JSON.stringify(answer)))
    const answer = await read()
    assert.ok(ready(answer), JSON.stringify(answer))
    return answer
  }
  const gone = (read: () => Promise<unknown>) => assert.rejects(read(), sdk.ResourceNotFoundException)

  // aws_servicecatalog_portfolio: on an update all old tags are removed and all new ones added.
  const { PortfolioDetail } = await conn.createPortfolio({
    AcceptLanguage,
    DisplayName: 'tf',
    ProviderName: 'Tests',
    Description: 'made by Terraform',
    IdempotencyToken: unique(),
    Tags: [
      { Key: 'Name', Value: 'tf' },
      { Key: 'Old', Value: 'x' },
    ],
  })
  const PortfolioId = PortfolioDetail!.Id!
  assert.match(PortfolioDetail!.ARN!, new RegExp(`^arn:aws:catalog:${region}:${account}:portfolio/${PortfolioId}$`))
  const readPortfolio = () => conn.describePortfolio({ AcceptLanguage, Id: PortfolioId })
  assert.equal((await readPortfolio()).PortfolioDetail!.Description, 'made by Terraform')
  await conn.updatePortfolio({
    AcceptLanguage,
    Id: PortfolioId,
    DisplayName: 'tf-2',
    AddTags: [
      { Key: 'Name', Value: 'tf-2' },
      { Key: 'New', Value: 'y' },
    ],
    RemoveTags: ['Name', 'Old'],
  })
  const updatedPortfolio = await readPortfolio()
  assert.equal(updatedPortfolio.PortfolioDetail!.DisplayName, 'tf-2')
  assert.deepEqual(updatedPortfolio.Tags, [
    { Key: 'Name', Value: 'tf-2' },
    { Key: 'New', Value: 'y' },
  ])

  // aws_servicecatalog_product
  const engine = { Key: 'bellhop:engine', Value: 'mock' }
  const created = await conn.createProduct({
    AcceptLanguage,
    Name: 'tf-product',
    Owner: 'Tests',
    ProductType: 'EXTERNAL',
    Tags: [engine],
    IdempotencyToken: unique(),
    ProvisioningArtifactParameters: {
      Name: 'v1',
      Type: 'EXTERNAL',
      Info: { LoadTemplateFromURL: 's3://tests/good' },
      DisableTemplateValidation: true,
    },
  })
  const ProductId = created.ProductViewDetail!.ProductViewSummary!.ProductId!
  const readProduct = () => conn.describeProductAsAdmin({ AcceptLanguage, Id: ProductId })
  const productReady = ({ ProductViewDetail }: sdk.DescribeProductAsAdminOutput) =>
    ['AVAILABLE', 'CREATED'].includes(ProductViewDetail!.Status as string)
  await twice(readProduct, productReady)
  await conn.updateProduct({
    AcceptLanguage,
    Id: ProductId,
    Name: 'tf-product',
    Owner: 'Others',
    Description: 'described',
    Distributor: 'D',
    SupportDescription: 'S',
    SupportEmail: 's@example.com',
    SupportUrl: 'https://example.com',
    AddTags: [{ Key: 'Name', Value: 'tf' }],
  })
  const product = await twice(readProduct, productReady)
  assert.equal(product.ProductViewDetail!.ProductViewSummary!.Owner, 'Others')
  assert.equal(product.ProductViewDetail!.ProductViewSummary!.ShortDescription, 'described')
  assert.deepEqual(product.Tags, [engine, { Key: 'Name', Value: 'tf' }])
  const v1 = product.ProvisioningArtifactSummaries![0]!.Id!

  // aws_servicecatalog_product_portfolio_association, principal_portfolio_association
  await conn.associateProductWithPortfolio({ AcceptLanguage, PortfolioId, ProductId })
  const inPortfolio = async () => {
    const pages = sdk.paginateListPortfoliosForProduct({ client: conn }, { AcceptLanguage, ProductId })
    for await (const page of pages) if (page.PortfolioDetails!.some(({ Id }) => Id === PortfolioId)) return true
    return false
  }
  assert.ok(await inPortfolio())
  const principal = { AcceptLanguage, PortfolioId, PrincipalARN: caller, PrincipalType: 'IAM' } as const
  await conn.associatePrincipalWithPortfolio(principal)
  const hasPrincipal = async () => {
    const pages = sdk.paginateListPrincipalsForPortfolio({ client: conn }, { AcceptLanguage, PortfolioId })
    for await (const page of pages)
      if (page.Principals!.some(({ PrincipalARN }) => PrincipalARN === caller)) return true
    return false
  }
  assert.ok(await hasPrincipal())

  // aws_servicecatalog_tag_option and its association
  const { TagOptionDetail } = await conn.createTagOption({ Key: 'CostCenter', Value: '01' })
  const TagOptionId = TagOptionDetail!.Id!
  assert.deepEqual((await conn.describeTagOption({ Id: TagOptionId })).TagOptionDetail, TagOptionDetail)
  await conn.updateTagOption({ Id: TagOptionId, Value: '02' })
  assert.equal((await conn.describeTagOption({ Id: TagOptionId })).TagOptionDetail!.Value, '02')
  await conn.associateTagOptionWithResource({ ResourceId: PortfolioId, TagOptionId })
  const optionedResources = async () => {
    const found: (string | undefined)[] = []
    const pages = sdk.paginateListResourcesForTagOption({ client: conn }, { TagOptionId })
    for await (const page of pages) found.push(...page.ResourceDetails!.map(({ Id }) => Id))
    return found
  }
  assert.deepEqual(await optionedResources(), [PortfolioId])

  // aws_servicecatalog_budget_resource_association
  const budget = { BudgetName: 'tf-budget', ResourceId: ProductId }
  await conn.associateBudgetWithResource(budget)
  const budgets = async () => (await conn.listBudgetsForResource({ ResourceId: ProductId })).Budgets
  assert.deepEqual(await budgets(), [{ BudgetName: 'tf-budget' }])

  // aws_servicecatalog_constraint
  const launchRole = (name: string) => JSON.stringify({ RoleArn: `arn:aws:iam::${account}:role/${name}` })
  const { ConstraintDetail } = await conn.createConstraint({
    AcceptLanguage,
    IdempotencyToken: unique(),
    PortfolioId,
    ProductId,
    Type: 'LAUNCH',
    Parameters: launchRole('One'),
  })
  const constraint = { AcceptLanguage, Id: ConstraintDetail!.ConstraintId! }
  const available = ({ Status }: { Status?: string }) => Status === 'AVAILABLE'
  await twice(() => conn.describeConstraint(constraint), available)
  await conn.updateConstraint({ ...constraint, Description: 'd', Parameters: launchRole('Two') })
  const changed = await twice(() => conn.describeConstraint(constraint), available)
  assert.equal(changed.ConstraintParameters, launchRole('Two'))
  assert.equal(changed.ConstraintDetail!.Description, 'd')

  // aws_servicecatalog_provisioning_artifact: active and guidance are set by an update that follows the creation.
  const { ProvisioningArtifactDetail } = await conn.createProvisioningArtifact({
    AcceptLanguage,
    IdempotencyToken: unique(),
    ProductId,
    Parameters: { Name: 'v2', Type: 'EXTERNAL', Info: { LoadTemplateFromURL: 's3://tests/v2/good' } },
  })
  const v2 = { AcceptLanguage, ProductId, ProvisioningArtifactId: ProvisioningArtifactDetail!.Id! }
  await conn.updateProvisioningArtifact({ ...v2, Active: true, Guidance: 'DEFAULT' })
  const readArtifact = () =>
    conn.describeProvisioningArtifact({ ProductId, ProvisioningArtifactId: v2.ProvisioningArtifactId })
  const artifact = await twice(readArtifact, available)
  assert.deepEqual(artifact.Info, { TemplateUrl: 's3://tests/v2/good' })
  assert.equal(artifact.ProvisioningArtifactDetail!.Guidance, 'DEFAULT')

  // aws_servicecatalog_service_action
  await call(server, 'ssm', 'CreateDocument', {
    Name: 'Pause',
    Content: '{"schemaVersion":"0.3","mainSteps":[{"name":"wait","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}',
    DocumentType: 'Automation',
    DocumentFormat: 'JSON',
  })
  const { ServiceActionDetail } = await conn.createServiceAction({
    AcceptLanguage,
    IdempotencyToken: unique(),
    Name: 'tf-action',
    DefinitionType: 'SSM_AUTOMATION',
    Definition: { Name: 'Pause', Version: '1' },
  })
  const action = { AcceptLanguage, Id: ServiceActionDetail!.ServiceActionSummary!.Id! }
  assert.equal((await conn.describeServiceAction(action)).ServiceActionDetail!.Definition!.Name, 'Pause')
  await conn.updateServiceAction({ ...action, Description: 'd' })

  // Data sources.
  const paths = await twice(
    () => conn.listLaunchPaths({ AcceptLanguage, ProductId }),
    ({ LaunchPathSummaries }) => LaunchPathSummaries!.length === 1,
  )
  const { ConstraintDetails } = await conn.listConstraintsForPortfolio({ AcceptLanguage, PortfolioId, ProductId })
  assert.deepEqual(ConstraintDetails, [changed.ConstraintDetail])
  const { ProvisioningArtifactDetails } = await conn.listProvisioningArtifacts({ AcceptLanguage, ProductId })
  assert.equal(ProvisioningArtifactDetails!.length, 2)

  // aws_servicecatalog_provisioned_product
  const settled = (Id: string) =>
    until(async () => {
      const { ProvisionedProductDetail } = await conn.describeProvisionedProduct({ AcceptLanguage, Id })
      return (
        !['UNDER_CHANGE', 'PLAN_IN_PROGRESS'].includes(ProvisionedProductDetail!.Status!) && ProvisionedProductDetail!
      )
    }, `provisioned product ${Id} to be ready`)
  const readRecord = async (detail: sdk.ProvisionedProductDetail) => {
    const record = await conn.describeRecord({ AcceptLanguage, Id: detail.LastProvisioningRecordId })
    const tags = record.RecordDetail!.RecordTags!.map(({ Key, Value }) => `${Key}=${Value}`)
    return { ...record, tags: tags.sort(), path: record.RecordDetail!.PathId }
  }
  const behave = (Value: string) => [{ Key: 'Behaviour', Value }]
  const Tags = [{ Key: 'Team', Value: 'a' }]
  const provision = (ProvisionedProductName: string, behaviour: string) =>
    conn.provisionProduct({
      AcceptLanguage,
      ProvisionToken: unique(),
      ProvisionedProductName,
      ProductId,
      ProvisioningArtifactName: 'v1',
      ProvisioningParameters: behave(behaviour),
      Tags,
    })
  const { RecordDetail } = await provision('tf-provisioned', 'good')
  const Id = RecordDetail!.ProvisionedProductId!
  const detail = await settled(Id)
  assert.equal(detail.Status, 'AVAILABLE')
  assert.equal(detail.Arn, `arn:aws:servicecatalog:${region}:${account}:stack/tf-provisioned/${Id}`)
  assert.equal(detail.LaunchRoleArn, `arn:aws:iam::${account}:role/Two`)
  for (const id of [detail.LastRecordId, detail.LastProvisioningRecordId, detail.LastSuccessfulProvisioningRecordId]) {
    assert.equal(id, RecordDetail!.RecordId)
  }
  const record = await readRecord(detail)
  assert.equal(record.path, paths.LaunchPathSummaries![0]!.Id)
  assert.deepEqual(record.tags, ['CostCenter=02', 'Team=a'])
  assert.equal(record.RecordOutputs!.length, 1)

  // An update sends path, product, artifact and the same tags each time, whether or not tags may be updated.
  const update = (behaviour: string, more: Partial<sdk.UpdateProvisionedProductInput> = {}) =>
    conn.updateProvisionedProduct({
      AcceptLanguage,
      UpdateToken: unique(),
      ProvisionedProductId: Id,
      PathId: record.path,
      ProductId,
      ProvisioningArtifactId: v2.ProvisioningArtifactId,
      ProvisioningParameters: behave(behaviour),
      Tags,
      ...more,
    })
  await update('good')
  const updated = await settled(Id)
  assert.equal(updated.Status, 'AVAILABLE')
  assert.equal(updated.ProvisioningArtifactId, v2.ProvisioningArtifactId)
  assert.deepEqual((await readRecord(updated)).tags, record.tags)
  await assert.rejects(update('good', { Tags: [] }), sdk.InvalidParametersException)
  await update('says-why')
  const tainted = await settled(Id)
  assert.equal(tainted.Status, 'TAINTED')
  assert.match(tainted.StatusMessage!, /quota is used up/)
  assert.notEqual(tainted.LastProvisioningRecordId, tainted.LastSuccessfulProvisioningRecordId)
  assert.equal((await readRecord(tainted)).RecordDetail!.RecordErrors!.length, 1)

  const failed = await provision('tf-failed', 'says-why')
  const error = await settled(failed.RecordDetail!.ProvisionedProductId!)
  assert.equal(error.Status, 'ERROR')
  assert.match(error.StatusMessage!, /quota is used up/)
  assert.deepEqual((await readRecord(error)).tags, record.tags)

  // Sweepers page through everything with the account's access level.
  const names: (string | undefined)[] = []
  const AccessLevelFilter = { Key: 'Account', Value: 'self' } as const
  let PageToken: string | undefined
  do {
    const page = await conn.scanProvisionedProducts({ AccessLevelFilter, PageSize: 1, PageToken })
    names.push(...page.ProvisionedProducts!.map(({ Name }) => Name))
    PageToken = page.NextPageToken
  } while (PageToken)
  assert.deepEqual(names, ['tf-provisioned', 'tf-failed'])

  // Destroy, in the order of dependencies. What is still used is refused, and what is gone is not found.
  await assert.rejects(conn.deleteProduct({ AcceptLanguage, Id: ProductId }), sdk.ResourceInUseException)
  await assert.rejects(conn.deletePortfolio({ Id: PortfolioId }), sdk.ResourceInUseException)
  await assert.rejects(conn.deleteTagOption({ Id: TagOptionId }), sdk.ResourceInUseException)
  await assert.rejects(conn.deleteProvisioningArtifact(v2), sdk.ResourceInUseException)
  for (const ProvisionedProductId of [Id, error.Id!]) {
    await conn.terminateProvisionedProduct({ AcceptLanguage, TerminateToken: unique(), ProvisionedProductId })
    await until(async () => {
      try {
        const answer = await conn.describeProvisionedProduct({ AcceptLanguage, Id: ProvisionedProductId })
        const { Status } = answer.ProvisionedProductDetail!
        assert.ok(Status === 'UNDER_CHANGE' || Status === 'AVAILABLE', Status)
        return false
      } catch (thrown) {
        if (thrown instanceof sdk.ResourceNotFoundException) return true
        throw thrown
      }
    }, `provisioned product ${ProvisionedProductId} to be terminated`)
  }
  await conn.deleteServiceAction({ Id: action.Id })
  await gone(() => conn.describeServiceAction(action))
  await conn.deleteProvisioningArtifact(v2)
  await gone(readArtifact)
  await conn.deleteConstraint(constraint)
  await gone(() => conn.describeConstraint(constraint))
  await conn.disassociateBudgetFromResource(budget)
  assert.deepEqual(await budgets(), [])
  await conn.disassociateTagOptionFromResource({ ResourceId: PortfolioId, TagOptionId })
  assert.deepEqual(await optionedResources(), [])
  await conn.deleteTagOption({ Id: TagOptionId })
  await gone(() => conn.describeTagOption({ Id: TagOptionId }))
  await conn.disassociatePrincipalFromPortfolio(principal)
  assert.equal(await hasPrincipal(), false)
  await conn.disassociateProductFromPortfolio({ AcceptLanguage, PortfolioId, ProductId })
  assert.equal(await inPortfolio(), false)
  await conn.deleteProduct({ AcceptLanguage, Id: ProductId })
  await gone(readProduct)
  await conn.deletePortfolio({ Id: PortfolioId })
  await gone(readPortfolio)
  for (const again of [
    () => conn.deleteProduct({ Id: ProductId }),
    () => conn.deletePortfolio({ Id: PortfolioId }),
    () => conn.deleteConstraint({ Id: constraint.Id }),
    () => conn.deleteProvisioningArtifact({ ProductId, ProvisioningArtifactId: v1 }),
    () => conn.disassociatePrincipalFromPortfolio(principal),
    () => conn.disassociateProductFromPortfolio({ PortfolioId, ProductId }),
    () => conn.disassociateBudgetFromResource(budget),
    () => conn.disassociateTagOptionFromResource({ ResourceId: PortfolioId, TagOptionId }),
  ]) {
    await gone(again)
  }
})
