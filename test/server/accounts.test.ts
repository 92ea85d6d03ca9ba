import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readCredentials } from '../../scripts/server-process.ts'
import { account, type Bellhop, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct } from '../kit/catalog.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

const receiver = '222222222222'
const third = '333333333333'
const unit = 'ou-abcd-11111111'
const config = {
  engines: { mock: { transport: 'exec', command: ['node', './engine.mjs'] } },
  accounts: [receiver, third],
  organization: {
    id: 'o-exampleorg1',
    managementAccount: account,
    nodes: [{ id: unit, accounts: [receiver] }],
    accounts: [third],
  },
}

describe('several accounts in one Bellhop', () => {
  const cleanups: (() => void)[] = []
  let folder: string
  let owner: Bellhop
  type Who = Pick<Bellhop, 'url' | 'credentials'>
  let other: Who
  let stranger: Who
  let product: ExternalProduct
  before(async () => {
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
    owner = await startBellhop({ dataDirectory: join(folder, 'data'), config })
    other = { url: owner.url, credentials: readCredentials(owner.dataDirectory, `bellhop-${receiver}`) }
    stranger = { url: owner.url, credentials: readCredentials(owner.dataDirectory, `bellhop-${third}`) }
    product = await externalProduct(owner, 'mock', 's3://tests/good')
  })
  after(async () => {
    assert.equal(await owner.stop(), 0)
    for (const clean of cleanups) clean()
  })

  const by = (who: Who) => (operation: string, input: object) => outputOf(who, 'servicecatalog', operation, input)
  async function refused(who: Who, operation: string, input: object, code: string, text: RegExp): Promise<void> {
    const outcome = await outcomeOf(who, 'servicecatalog', operation, input)
    assert.ok('code' in outcome, `${operation} was answered: ${JSON.stringify(outcome)}`)
    assert.equal(outcome.code, code, `${operation}: ${outcome.message}`)
    assert.match(outcome.message, text)
  }
  const shared = async (who: Who, PortfolioShareType: string) =>
    (await by(who)('ListAcceptedPortfolioShares', { PortfolioShareType })).PortfolioDetails.map((each: any) => each.Id)

  test('each has an administrator of its own, and its key in the file of credentials', async () => {
    for (const [who, accountId] of [
      [owner, account],
      [other, receiver],
      [stranger, third],
    ] as const) {
      const identity = await outputOf(who, 'sts', 'GetCallerIdentity')
      assert.deepEqual([identity.Account, identity.Arn], [accountId, `arn:aws:iam::${accountId}:user/admin`])
    }
    const file = join(owner.dataDirectory, 'credentials')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const profiles = readFileSync(file, 'utf8').match(/^\[.*\]$/gm)
    assert.deepEqual(profiles, ['[bellhop]', `[bellhop-${receiver}]`, `[bellhop-${third}]`])
  })

  test('names and identities of one are nothing to another', async () => {
    await outputOf(owner, 'iam', 'CreateUser', { UserName: 'same' })
    const outcome = await outcomeOf(other, 'iam', 'GetUser', { UserName: 'same' })
    assert.ok('code' in outcome && outcome.code === 'NoSuchEntity')
    await outputOf(other, 'iam', 'CreateUser', { UserName: 'same' })
    const { Users } = await outputOf(other, 'iam', 'ListUsers')
    assert.deepEqual(
      Users.map((user: any) => user.Arn),
      [`arn:aws:iam::${receiver}:user/admin`, `arn:aws:iam::${receiver}:user/same`],
    )
    await refused(other, 'DescribePortfolio', { Id: product.portfolioId }, 'ResourceNotFoundException', /not found/)
    assert.deepEqual((await by(other)('ListPortfolios', {})).PortfolioDetails, [])
    const explained = await outcomeOf(other, 'bellhop', 'ExplainAccess', {
      Operation: 'ListPortfolios',
      Principal: `arn:aws:iam::${account}:user/same`,
    })
    assert.ok('code' in explained && explained.code === 'ResourceNotFoundException')
  })

  test('a role may be assumed across accounts when both sides say so', async () => {
    const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: receiver } })
    await outputOf(owner, 'iam', 'CreateRole', { RoleName: 'visitor', AssumeRolePolicyDocument: trust })
    const assume = { RoleArn: `arn:aws:iam::${account}:role/visitor`, RoleSessionName: 'visit' }
    const { AssumedRoleUser } = await outputOf(other, 'sts', 'AssumeRole', assume)
    assert.equal(AssumedRoleUser.Arn, `arn:aws:sts::${account}:assumed-role/visitor/visit`)
    assert.ok('code' in (await outcomeOf(stranger, 'sts', 'AssumeRole', assume)))
    const powerless = await makeUser(other, 'powerless')
    assert.ok('code' in (await outcomeOf(powerless, 'sts', 'AssumeRole', assume)))
  })

  test('shared with an account: accepted, given to its people, provisioned, and taken back', async () => {
    const { portfolioId: PortfolioId, productId: ProductId, artifactId } = product
    await by(owner)('CreatePortfolioShare', { PortfolioId, AccountId: receiver })
    assert.deepEqual(await shared(other, 'IMPORTED'), [])
    const ann = await makeUser(other, 'ann')
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
    await outputOf(other, 'iam', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    const launch = (name: string) => ({
      ProductId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: name,
    })
    await refused(ann, 'ProvisionProduct', launch('early'), 'ResourceNotFoundException', /No launch paths/)

    await by(other)('AcceptPortfolioShare', { PortfolioId })
    assert.deepEqual(await shared(other, 'IMPORTED'), [PortfolioId])
    assert.deepEqual(await shared(stranger, 'IMPORTED'), [])
    await by(other)('AssociatePrincipalWithPortfolio', {
      PortfolioId,
      PrincipalARN: `arn:aws:iam::${receiver}:user/ann`,
      PrincipalType: 'IAM',
    })
    const found = await by(ann)('SearchProducts', {})
    assert.deepEqual(
      found.ProductViewSummaries.map((view: any) => view.ProductId),
      [ProductId],
    )
    const { RecordDetail } = await by(ann)('ProvisionProduct', launch('anns'))
    const record = await until(async () => {
      const { RecordDetail: now, RecordOutputs } = await by(ann)('DescribeRecord', { Id: RecordDetail.RecordId })
      return /^(SUCCEEDED|FAILED)$/.test(now.Status) && { ...now, RecordOutputs }
    }, 'the record’s end')
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record.RecordErrors))
    // The constraint names a role without an account: that of who launches is meant.
    const role = record.RecordOutputs.find((output: any) => output.OutputKey === 'Role').OutputValue
    assert.equal(role, `arn:aws:iam::${receiver}:role/Launch`)

    // What was provisioned is the receiver's; the portfolio and what is in it are the owner's.
    const { ProvisionedProductId } = RecordDetail
    const Id = { Id: ProvisionedProductId }
    await refused(owner, 'DescribeProvisionedProduct', Id, 'ResourceNotFoundException', /not found/)
    await by(other)('DescribeProvisionedProduct', Id)
    const changes: [operation: string, input: object][] = [
      ['UpdatePortfolio', { Id: PortfolioId, DisplayName: 'mine now' }],
      ['DeletePortfolio', { Id: PortfolioId }],
      ['UpdateProduct', { Id: ProductId, Name: 'mine now' }],
      ['DeleteProduct', { Id: ProductId }],
      ['CreateProvisioningArtifact', { ProductId, Parameters: { Info: { LoadTemplateFromURL: 'https://e.com/x' } } }],
      ['UpdateProvisioningArtifact', { ProductId, ProvisioningArtifactId: artifactId, Active: false }],
      ['CreateConstraint', { PortfolioId, ProductId, Type: 'LAUNCH', Parameters: '{"LocalRoleName":"Mine"}' }],
      ['DisassociateProductFromPortfolio', { PortfolioId, ProductId }],
      ['CreatePortfolioShare', { PortfolioId, AccountId: '444444444444' }],
      ['DeletePortfolioShare', { PortfolioId, AccountId: '444444444444' }],
      ['ListPortfolioAccess', { PortfolioId }],
      ['DescribePortfolioShares', { PortfolioId, Type: 'ACCOUNT' }],
    ]
    for (const [operation, input] of changes) {
      await refused(other, operation, input, 'ResourceNotFoundException', /not found/)
      await refused(stranger, operation, input, 'ResourceNotFoundException', /not found/)
    }

    await by(owner)('DeletePortfolioShare', { PortfolioId, AccountId: receiver })
    assert.deepEqual(await shared(other, 'IMPORTED'), [])
    assert.deepEqual((await by(ann)('SearchProducts', {})).ProductViewSummaries, [])
    await refused(ann, 'ProvisionProduct', launch('late'), 'ResourceNotFoundException', /No launch paths/)
    // What is there stays, and can be ended.
    const end = await by(ann)('TerminateProvisionedProduct', { ProvisionedProductId, TerminateToken: 'end' })
    const ended = await until(async () => {
      const { RecordDetail: now } = await by(ann)('DescribeRecord', { Id: end.RecordDetail.RecordId })
      return /^(SUCCEEDED|FAILED)$/.test(now.Status) && now
    }, 'the end')
    assert.equal(ended.Status, 'SUCCEEDED', JSON.stringify(ended.RecordErrors))
  })

  test('shared with a unit of the organization: there at once for its accounts, and no others', async () => {
    const { portfolioId: PortfolioId, productId: ProductId } = product
    const OrganizationNode = { Type: 'ORGANIZATIONAL_UNIT', Value: unit }
    await refused(other, 'EnableAWSOrganizationsAccess', {}, 'OperationNotSupportedException', /management account/)
    await by(owner)('EnableAWSOrganizationsAccess', {})
    await by(owner)('CreatePortfolioShare', { PortfolioId, OrganizationNode })
    assert.deepEqual(await shared(other, 'AWS_ORGANIZATIONS'), [PortfolioId])
    assert.deepEqual(await shared(stranger, 'AWS_ORGANIZATIONS'), [])
    await by(other)('AssociatePrincipalWithPortfolio', {
      PortfolioId,
      PrincipalARN: `arn:aws:iam::${receiver}:user/admin`,
      PrincipalType: 'IAM',
    })
    const { LaunchPathSummaries } = await by(other)('ListLaunchPaths', { ProductId })
    assert.equal(LaunchPathSummaries.length, 1)
    // Imported into a portfolio of the receiver's own.
    const { PortfolioDetail } = await by(other)('CreatePortfolio', { DisplayName: 'local', ProviderName: 'B' })
    await by(other)('AssociateProductWithPortfolio', {
      ProductId,
      PortfolioId: PortfolioDetail.Id,
      SourcePortfolioId: PortfolioId,
    })
    await by(other)('AssociatePrincipalWithPortfolio', {
      PortfolioId: PortfolioDetail.Id,
      PrincipalARN: `arn:aws:iam::${receiver}:user/admin`,
      PrincipalType: 'IAM',
    })
    assert.equal((await by(other)('ListLaunchPaths', { ProductId })).LaunchPathSummaries.length, 2)

    await by(owner)('DeletePortfolioShare', { PortfolioId, OrganizationNode })
    await until(async () => (await shared(other, 'AWS_ORGANIZATIONS')).length === 0, 'the share’s end')
    const paths = await outcomeOf(other, 'servicecatalog', 'ListLaunchPaths', { ProductId })
    assert.ok('code' in paths || paths.output.LaunchPathSummaries.length === 0)
  })

  test('an account that is named again, or no more, keeps its key', async () => {
    const before = readFileSync(join(owner.dataDirectory, 'credentials'), 'utf8')
    assert.equal(await owner.stop(), 0)
    owner = await startBellhop({ dataDirectory: owner.dataDirectory, config: { ...config, accounts: [receiver] } })
    assert.equal(readFileSync(join(owner.dataDirectory, 'credentials'), 'utf8'), before)
    for (const who of [other, stranger]) {
      await outputOf({ ...who, url: owner.url }, 'sts', 'GetCallerIdentity')
    }
  })
})
