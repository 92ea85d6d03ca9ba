import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { account, type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

describe('conditions on what a call is about', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data') })
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  const iam = (operation: string, input: object) => outputOf(server, 'iam', operation, input)
  async function verdict(who: any, service: 'iam' | 'servicecatalog', operation: string, input: object) {
    const outcome = await outcomeOf(who, service, operation, input)
    return 'output' in outcome ? 'allowed' : outcome.code
  }

  test('tags of portfolios and products: by value, by the caller’s own tag, and changed by an update', async () => {
    const of = (team: string) => [{ Key: 'team', Value: team }]
    const portfolio = async (team: string) => {
      const input = { DisplayName: team, ProviderName: 'IT', Tags: of(team) }
      return (await outputOf(server, 'servicecatalog', 'CreatePortfolio', input)).PortfolioDetail.Id
    }
    const [blue, red] = [await portfolio('blue'), await portfolio('red')]
    const ann = await makeUser(server, 'ann', {
      Effect: 'Allow',
      Action: 'servicecatalog:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/Team': '${aws:PrincipalTag/team}' } },
    })
    const describePortfolio = (Id: string) => verdict(ann, 'servicecatalog', 'DescribePortfolio', { Id })
    assert.equal(await describePortfolio(blue), 'AccessDeniedException', 'the caller has no tag yet')
    await iam('TagUser', { UserName: 'ann', Tags: of('blue') })
    assert.deepEqual(
      [await describePortfolio(blue), await describePortfolio(red)],
      ['allowed', 'AccessDeniedException'],
    )
    await outputOf(server, 'servicecatalog', 'UpdatePortfolio', { Id: red, RemoveTags: ['team'], AddTags: of('blue') })
    assert.equal(await describePortfolio(red), 'allowed')
    assert.equal(await describePortfolio('port-nowhere'), 'AccessDeniedException', 'what is not there has no tag')

    const created = await outputOf(server, 'servicecatalog', 'CreateProduct', {
      Name: 'tagged',
      Owner: 'IT',
      ProductType: 'EXTERNAL',
      Tags: of('red'),
      ProvisioningArtifactParameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
    })
    const ProductId = created.ProductViewDetail.ProductViewSummary.ProductId
    const both = { ProductId, PortfolioId: blue }
    // Each of a call's resources must be allowed.
    assert.equal(await verdict(ann, 'servicecatalog', 'AssociateProductWithPortfolio', both), 'AccessDeniedException')
    await outputOf(server, 'servicecatalog', 'UpdateProduct', {
      Id: ProductId,
      RemoveTags: ['team'],
      AddTags: of('blue'),
    })
    assert.equal(await verdict(ann, 'servicecatalog', 'AssociateProductWithPortfolio', both), 'allowed')
  })

  test('a deny of what is tagged holds, and one that names a tag does not hit what has none', async () => {
    const ben = await makeUser(server, 'ben', { Effect: 'Allow', Action: 'iam:*', Resource: '*' })
    await iam('PutUserPolicy', {
      UserName: 'ben',
      PolicyName: 'protect',
      PolicyDocument: document({
        Effect: 'Deny',
        Action: 'iam:DeleteUser',
        Resource: '*',
        Condition: { StringLike: { 'iam:ResourceTag/protected': '*' } },
      }),
    })
    await iam('CreateUser', { UserName: 'plain' })
    await iam('CreateUser', { UserName: 'kept', Tags: [{ Key: 'Protected', Value: 'yes' }] })
    assert.equal(await verdict(ben, 'iam', 'DeleteUser', { UserName: 'kept' }), 'AccessDenied')
    assert.equal(await verdict(ben, 'iam', 'DeleteUser', { UserName: 'plain' }), 'allowed')
    await iam('UntagUser', { UserName: 'kept', TagKeys: ['protected'] })
    assert.equal(await verdict(ben, 'iam', 'DeleteUser', { UserName: 'kept' }), 'allowed')
  })

  test('a delegated administrator makes and changes only users under the boundary they were given', async () => {
    const boundary = `arn:aws:iam::${account}:policy/ceiling`
    const ceiling = document({ Effect: 'Allow', Action: 'servicecatalog:*', Resource: '*' })
    await iam('CreatePolicy', { PolicyName: 'ceiling', PolicyDocument: ceiling })
    const cleo = await makeUser(server, 'cleo', {
      Effect: 'Allow',
      Action: ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:AttachUserPolicy', 'iam:PutUserPermissionsBoundary'],
      Resource: '*',
      Condition: { ArnEquals: { 'iam:PermissionsBoundary': boundary } },
    })
    await iam('CreateUser', { UserName: 'free' })
    const own = (operation: string, input: object) => verdict(cleo, 'iam', operation, input)
    assert.equal(await own('CreateUser', { UserName: 'new' }), 'AccessDenied')
    assert.equal(await own('CreateUser', { UserName: 'new', PermissionsBoundary: boundary }), 'allowed')
    const PolicyDocument = document({ Effect: 'Allow', Action: '*', Resource: '*' })
    assert.equal(await own('PutUserPolicy', { UserName: 'new', PolicyName: 'p', PolicyDocument }), 'allowed')
    assert.equal(await own('PutUserPolicy', { UserName: 'free', PolicyName: 'p', PolicyDocument }), 'AccessDenied')
    // What is to be set counts, not what is there.
    const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
    assert.equal(
      await own('PutUserPermissionsBoundary', { UserName: 'new', PermissionsBoundary: administrator }),
      'AccessDenied',
    )
    assert.equal(
      await own('PutUserPermissionsBoundary', { UserName: 'free', PermissionsBoundary: boundary }),
      'allowed',
    )
  })
})
