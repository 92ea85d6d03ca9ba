import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture } from '../cli/io.ts'
import { account, type Bellhop, send, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct, serviceAction } from '../kit/catalog.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

const user = (name: string) => `arn:aws:iam::${account}:user/${name}`
const endUser = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
type Who = Awaited<ReturnType<typeof makeUser>>

describe('why a call is allowed or denied', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let product: ExternalProduct
  let ada: Who
  let ben: Who
  let adasProduct: string
  const admin = (operation: string, input: object) => outputOf(server, 'servicecatalog', operation, input)
  const iam = (operation: string, input: object) => outputOf(server, 'iam', operation, input)
  const explain = (who: any, input: object) => outputOf(who, 'bellhop', 'ExplainAccess', input)
  const ask = (who: any, Operation: string, input: object, more: object = {}) =>
    explain(who, { Operation, Input: JSON.stringify(input), ...more })
  const gateOf = (explained: any, name: string) => explained.Gates.find((gate: any) => gate.Name === name)

  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data') })
    product = await externalProduct(server, 'none')
    ada = await makeUser(server, 'ada')
    ben = await makeUser(server, 'ben')
    for (const UserName of ['ada', 'ben']) await iam('AttachUserPolicy', { UserName, PolicyArn: endUser })
    const { portfolioId: PortfolioId } = product
    await admin('AssociatePrincipalWithPortfolio', { PortfolioId, PrincipalARN: user('ada'), PrincipalType: 'IAM' })
    const { RecordDetail } = await outputOf(ada, 'servicecatalog', 'ProvisionProduct', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ProvisionedProductName: 'adas',
    })
    adasProduct = RecordDetail.ProvisionedProductId
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  test('allowed: the statement, the portfolio with its principal, and the owner', async () => {
    const provision = await ask(ada, 'ProvisionProduct', { ProductId: product.productId })
    assert.equal(provision.Allowed, true, provision.Reason)
    assert.deepEqual([provision.Principal.Arn, provision.Principal.Type], [user('ada'), 'USER'])
    assert.equal(provision.Operation, 'servicecatalog:ProvisionProduct')
    assert.deepEqual(gateOf(provision, 'IDENTITY_POLICIES').Statements, [
      { Policy: endUser, Holder: 'user/ada', Index: 1, Effect: 'Allow' },
    ])
    assert.match(gateOf(provision, 'PORTFOLIO_ACCESS').Reason, new RegExp(`${product.portfolioId} .*user/ada`))

    const terminate = await ask(ada, 'TerminateProvisionedProduct', { ProvisionedProductId: adasProduct })
    assert.deepEqual([terminate.Allowed, terminate.AccessLevel], [true, 'USER'])
    assert.match(gateOf(terminate, 'OWNER').Reason, /principal’s own/)
    const all = await ask(server, 'TerminateProvisionedProduct', { ProvisionedProductId: adasProduct })
    assert.deepEqual([all.Allowed, all.AccessLevel], [true, 'ACCOUNT'])
    assert.match(gateOf(all, 'OWNER').Reason, /belongs to .*user\/ada.*everybody’s/)
  })

  test('denied by nothing that allows: AWS’s sentence, and that no statement is for it', async () => {
    const explained = await ask(ada, 'CreatePortfolio', {})
    assert.equal(explained.Allowed, false)
    const { Reason, NearMisses } = gateOf(explained, 'IDENTITY_POLICIES')
    assert.match(Reason, /because no identity-based policy allows the servicecatalog:CreatePortfolio action/)
    assert.match(Reason, /No statement of any identity-based policy is for the action/)
    assert.equal(NearMisses, undefined)
    const outcome = await outcomeOf(ada, 'servicecatalog', 'CreatePortfolio', { DisplayName: 'x', ProviderName: 'y' })
    assert.ok('code' in outcome && explained.Reason.startsWith(outcome.message), explained.Reason)
  })

  test('near misses: a statement for the action whose resource or condition does not fit', async () => {
    const cleo = await makeUser(server, 'cleo', {
      Sid: 'OnlyBlue',
      Effect: 'Allow',
      Action: 'servicecatalog:CreatePortfolio',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestTag/team': 'blue' } },
    })
    const explained = await ask(cleo, 'CreatePortfolio', { Tags: [{ Key: 'team', Value: 'red' }] })
    const [miss] = gateOf(explained, 'IDENTITY_POLICIES').NearMisses
    assert.deepEqual([miss.Policy, miss.Holder, miss.Sid], ['test', 'user/cleo', 'OnlyBlue'])
    assert.match(miss.Reason, /StringEquals aws:requesttag\/team blue is not met: the request has red/)
    const right = await ask(cleo, 'CreatePortfolio', { Tags: [{ Key: 'team', Value: 'blue' }] })
    assert.equal(right.Allowed, true, right.Reason)
  })

  test('an explicit deny in a group’s policy, a boundary and a session policy are named', async () => {
    const dan = await makeUser(server, 'dan', { Effect: 'Allow', Action: '*', Resource: '*' })
    await iam('CreateGroup', { GroupName: 'frozen' })
    await iam('PutGroupPolicy', {
      GroupName: 'frozen',
      PolicyName: 'freeze',
      PolicyDocument: document({ Sid: 'Freeze', Effect: 'Deny', Action: 'servicecatalog:Delete*', Resource: '*' }),
    })
    await iam('AddUserToGroup', { GroupName: 'frozen', UserName: 'dan' })
    const frozen = await ask(dan, 'DeletePortfolio', { Id: 'port-x' })
    const gate = gateOf(frozen, 'IDENTITY_POLICIES')
    assert.equal(gate.Outcome, 'EXPLICITLY_DENIED')
    assert.deepEqual(gate.Statements, [
      { Policy: 'freeze', Holder: 'group/frozen', Sid: 'Freeze', Index: 1, Effect: 'Deny' },
    ])
    assert.match(frozen.Reason, /with an explicit deny.*Denied by statement Freeze of freeze of group\/frozen/)

    await iam('CreatePolicy', {
      PolicyName: 'little',
      PolicyDocument: document({ Effect: 'Allow', Action: 'servicecatalog:List*', Resource: '*' }),
    })
    const PermissionsBoundary = `arn:aws:iam::${account}:policy/little`
    await iam('PutUserPermissionsBoundary', { UserName: 'dan', PermissionsBoundary })
    const bounded = await ask(server, 'CreatePortfolio', {}, { Principal: user('dan') })
    assert.equal(gateOf(bounded, 'IDENTITY_POLICIES').Outcome, 'ALLOWED')
    assert.equal(gateOf(bounded, 'PERMISSIONS_BOUNDARY').Outcome, 'DENIED')
    assert.match(bounded.Reason, /because no permissions boundary allows/)

    const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } })
    await iam('CreateRole', { RoleName: 'operator', AssumeRolePolicyDocument: trust })
    await iam('AttachRolePolicy', { RoleName: 'operator', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
    const { Credentials } = await outputOf(server, 'sts', 'AssumeRole', {
      RoleArn: `arn:aws:iam::${account}:role/operator`,
      RoleSessionName: 'night',
      Policy: document({ Effect: 'Allow', Action: ['servicecatalog:List*'], Resource: '*' }),
    })
    const night = {
      url: server.url,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
    }
    const own = await ask(night, 'CreatePortfolio', {})
    assert.equal(own.Principal.Type, 'ROLE_SESSION')
    assert.equal(gateOf(own, 'SESSION_POLICIES').Outcome, 'DENIED')
    assert.match(own.Reason, /because no session policy allows/)
    // Asked about by others, what only the token holds is not known, and that is said.
    const arn = `arn:aws:sts::${account}:assumed-role/operator/night`
    const others = await ask(server, 'CreatePortfolio', {}, { Principal: arn })
    assert.deepEqual([others.Allowed, others.Principal.Arn], [true, arn])
    assert.match(others.Notes[0], /session lie in its token/)
    const role = await ask(server, 'CreatePortfolio', {}, { Principal: `arn:aws:iam::${account}:role/operator` })
    assert.equal(role.Principal.Role, `arn:aws:iam::${account}:role/operator`)
  })

  test('behind the policies: portfolio and owner, in full for administrators and discreetly for requesters', async () => {
    const forBen = { Principal: user('ben') }
    const full = await ask(server, 'ProvisionProduct', { ProductId: product.productId }, forBen)
    assert.equal(full.Allowed, false)
    assert.match(full.Reason, new RegExp(`No launch paths.*in portfolio ${product.portfolioId}.*user/admin.*user/ada`))
    const own = await ask(ben, 'ProvisionProduct', { ProductId: product.productId })
    assert.match(own.Reason, /No launch paths found for resource: .* No portfolio brings it to you\.$/)
    const none = await ask(ben, 'ProvisionProduct', { ProductId: 'prod-none' })
    assert.equal(own.Reason.replaceAll(product.productId, 'X'), none.Reason.replaceAll('prod-none', 'X'))
    // Nor by name, nor by what somebody else has of it.
    const byName = (ProductName: string) => ask(ben, 'ProvisionProduct', { ProductName })
    const [there, nowhere] = [await byName('Product of none'), await byName('Product of nobody')]
    assert.equal(there.Reason.replace('Product of none', 'X'), nowhere.Reason.replace('Product of nobody', 'X'))
    assert.equal(there.Allowed, false)
    const updates = [adasProduct, 'pp-none'].map(ProvisionedProductId =>
      ask(ben, 'UpdateProvisionedProduct', { ProvisionedProductId }),
    )
    for (const update of await Promise.all(updates)) {
      assert.match(update.Reason, /is not there, or is not yours/)
      assert.ok(!JSON.stringify(update).includes(product.productId))
    }
    const terminate = { ProvisionedProductId: adasProduct }
    const theirs = await ask(server, 'TerminateProvisionedProduct', terminate, forBen)
    assert.match(theirs.Reason, /belongs to .*user\/ada, and the call reaches the principal’s own only/)
    const stolen = await ask(ben, 'TerminateProvisionedProduct', terminate)
    const nothing = await ask(ben, 'TerminateProvisionedProduct', { ProvisionedProductId: 'pp-none' })
    assert.equal(stolen.Reason, `Provisioned product ${adasProduct} is not there, or is not yours.`)
    assert.equal(nothing.Reason, 'Provisioned product pp-none is not there, or is not yours.')
    const unnamed = await ask(ben, 'ProvisionProduct', {})
    assert.equal(gateOf(unnamed, 'PORTFOLIO_ACCESS').Outcome, 'UNKNOWN')
  })

  test('roles: to be passed, and to be assumed', async () => {
    const eve = await makeUser(server, 'eve', { Effect: 'Allow', Action: 'servicecatalog:*', Resource: '*' })
    const Parameters = JSON.stringify({ LocalRoleName: 'Launch' })
    const passed = await ask(eve, 'CreateConstraint', { Type: 'LAUNCH', Parameters })
    assert.equal(gateOf(passed, 'PASS_ROLE').Outcome, 'DENIED')
    assert.match(passed.Reason, /iam:PassRole on resource: .*role\/Launch/)
    await outputOf(server, 'ssm', 'CreateDocument', {
      Name: 'as-role',
      DocumentType: 'Automation',
      DocumentFormat: 'JSON',
      Content: JSON.stringify({
        schemaVersion: '0.3',
        assumeRole: `arn:aws:iam::${account}:role/Nightly`,
        mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }],
      }),
    })
    const fay = await makeUser(server, 'fay', { Effect: 'Allow', Action: 'ssm:*', Resource: '*' })
    const start = { DocumentName: 'as-role' }
    const automation = await ask(fay, 'ssm:StartAutomationExecution', start)
    assert.equal(gateOf(automation, 'PASS_ROLE').Outcome, 'DENIED')
    const started = await outcomeOf(fay, 'ssm', 'StartAutomationExecution', start)
    assert.ok('code' in started && automation.Reason.startsWith(started.message), JSON.stringify(started))
    const assume = { RoleArn: `arn:aws:iam::${account}:role/operator`, RoleSessionName: 'eve' }
    const trusted = await ask(eve, 'sts:AssumeRole', assume)
    assert.equal(gateOf(trusted, 'TRUST_POLICY').Outcome, 'ALLOWED')
    assert.equal(gateOf(trusted, 'IDENTITY_POLICIES').Outcome, 'DENIED')
    const strange = await ask(eve, 'AssumeRole', { ...assume, RoleArn: `arn:aws:iam::${account}:role/none` })
    assert.deepEqual([strange.Allowed, gateOf(strange, 'TRUST_POLICY').Outcome], [false, 'DENIED'])
    assert.equal((await ask(server, 'AssumeRole', assume)).Allowed, true)
  })

  test('an action that names no role asks for the caller’s own right to start its document', async () => {
    const id = await serviceAction(server, product, {
      name: 'roleless',
      document: { mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }] },
    })
    const run = { ProvisionedProductId: adasProduct, ServiceActionId: id }
    const explained = await ask(ada, 'ExecuteProvisionedProductServiceAction', run)
    assert.equal(explained.Allowed, false)
    assert.equal(gateOf(explained, 'OWNER').Outcome, 'ALLOWED')
    assert.match(gateOf(explained, 'AUTOMATION').Reason, /StartAutomationExecution.*automation-definition\/roleless:1/)
    assert.equal((await ask(server, 'ExecuteProvisionedProductServiceAction', run)).Allowed, true)
    const outcome = await outcomeOf(ada, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', run)
    assert.ok('code' in outcome && outcome.code === 'AccessDeniedException', JSON.stringify(outcome))
  })

  test('a denied request, by its id', async () => {
    const answer = await send(ben, 'servicecatalog', 'DescribePortfolio', { Id: 'port-x' })
    const RequestId = answer.headers.get('x-amzn-requestid')!
    const explained = await explain(server, { RequestId })
    assert.equal(explained.Allowed, false)
    assert.equal(explained.Operation, 'servicecatalog:DescribePortfolio')
    assert.equal(explained.Principal.Arn, user('ben'))
    assert.equal(explained.Request.ErrorCode, 'AccessDeniedException')
    assert.deepEqual((await explain(ben, { RequestId })).Request, explained.Request)
    const others = await outcomeOf(ada, 'bellhop', 'ExplainAccess', { RequestId })
    const unknown = await outcomeOf(ada, 'bellhop', 'ExplainAccess', { RequestId: 'x' })
    assert.ok('code' in others && 'code' in unknown)
    assert.deepEqual([others.code, unknown.code], ['ResourceNotFoundException', 'ResourceNotFoundException'])

    // Not theirs is answered like not there: the explanation tells it to those who may know.
    const hidden = await send(ben, 'servicecatalog', 'DescribeProvisionedProduct', { Id: adasProduct })
    const id = hidden.headers.get('x-amzn-requestid')!
    assert.match((await explain(server, { RequestId: id })).Reason, /belongs to .*user\/ada/)
    assert.match((await explain(ben, { RequestId: id })).Reason, /not there, or is not yours/)
  })

  test('about others only with leave, and bad input', async () => {
    const denied = await outcomeOf(ada, 'bellhop', 'ExplainAccess', {
      Operation: 'ListPortfolios',
      Principal: user('ben'),
    })
    assert.ok('code' in denied)
    assert.equal(denied.code, 'AccessDeniedException')
    assert.match(denied.message, /bellhop:ExplainAccess on resource: .*user\/ben/)
    const rows: [input: object, code: string, text: RegExp][] = [
      [{}, 'InvalidParametersException', /either the operation or the id/],
      [{ Operation: 'ListPortfolios', RequestId: 'x' }, 'InvalidParametersException', /either the operation or/],
      [{ RequestId: 'x', Input: '{}' }, 'InvalidParametersException', /nothing else beside/],
      [{ Operation: 'DropEverything' }, 'InvalidParametersException', /no operation DropEverything/],
      [{ Operation: 'constructor' }, 'InvalidParametersException', /no operation constructor/],
      [{ Operation: 'nobody:ListPortfolios' }, 'InvalidParametersException', /no operation/],
      [{ Operation: 'a b' }, 'ValidationException', /operation/],
      [{ Operation: 'ListPortfolios', Input: '[1]' }, 'InvalidParametersException', /JSON object/],
      [{ Operation: 'ListPortfolios', Input: '{' }, 'InvalidParametersException', /JSON object/],
      [{ Operation: 'ListPortfolios', Principal: user('nobody') }, 'ResourceNotFoundException', /no user or role/],
      [
        { Operation: 'ListPortfolios', Principal: user('ada').replace(account, '999999999999') },
        'ResourceNotFoundException',
        /no user or role/,
      ],
    ]
    for (const [input, code, text] of rows) {
      const outcome = await outcomeOf(server, 'bellhop', 'ExplainAccess', input)
      assert.ok('code' in outcome, JSON.stringify(input))
      assert.equal(outcome.code, code, outcome.message)
      assert.match(outcome.message, text)
    }
  })

  test('bellhop explain prints it for people, or in any format, and aws knows no such command', async () => {
    const cli = async (who: Who, words: readonly string[], program = 'bellhop') => {
      const env = {
        AWS_ACCESS_KEY_ID: who.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: who.credentials.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_SERVICE_CATALOG: server.url,
        HOME: '/nonexistent',
      }
      return capture(io => run(words, io), { program, env })
    }
    const input = JSON.stringify({ ProductId: product.productId })
    const about = ['--operation', 'provision-product', '--input', input, '--principal', user('ben')]
    const text = await cli(server, ['explain', ...about])
    assert.deepEqual([text.exit, text.stderr], [0, ''])
    const lines = text.stdout.split('\n')
    assert.match(lines[0]!, /^DENIED: No launch paths found/)
    assert.ok(lines.includes(`who      ${user('ben')}`))
    assert.ok(lines.includes('what     servicecatalog:ProvisionProduct'))
    assert.match(text.stdout, /^ok {6}identity policies {4}Allowed by statement 1 of .*EndUserFullAccess of user\/ben/m)
    assert.match(text.stdout, /^DENIED {2}portfolio {12}No launch paths/m)
    const query = ['--output', 'text', '--query', '[Allowed, Operation]']
    const shaped = await cli(server, ['explain', ...about, ...query])
    assert.equal(shaped.stdout, 'False\tservicecatalog:ProvisionProduct\n')
    const near = await cli(ada, ['explain', '--operation', 'iam:create-user', '--output', 'json'])
    assert.equal(JSON.parse(near.stdout).Operation, 'iam:CreateUser')
    const refused = await cli(ada, ['explain', '--operation', 'list-portfolios', '--principal', user('ben')])
    assert.equal(refused.exit, 254)
    assert.match(refused.stderr, /AccessDeniedException/)
    for (const words of [[], ['--operation', 'x', '--request-id', 'y'], ['--what'], ['--operation']]) {
      assert.equal((await cli(ada, ['explain', ...words])).exit, 252, words.join(' '))
    }
    assert.match((await cli(ada, ['explain', 'help'])).stdout, /SYNOPSIS/)
    assert.equal((await cli(ada, ['explain', '--operation', 'list-portfolios'], 'aws')).exit, 252)
  })

  test('who did what is told to whoever may list records, and no more of it than those', async () => {
    const everybody = { AccessLevelFilter: { Key: 'Account', Value: 'self' } }
    const told = async (who: any) => {
      const { Activities } = await outputOf(who, 'bellhop', 'ListActivity', everybody)
      return Activities.map((each: any) => [each.Type, each.Principal, each.ProvisionedProductName])
    }
    const adas = [['PROVISION_PRODUCT', user('ada'), 'adas']]
    assert.deepEqual([await told(ada), await told(ben), await told(server)], [adas, [], adas])
    const nobody = await makeUser(server, 'nobody', { Effect: 'Allow', Action: 'bellhop:*', Resource: '*' })
    const refused: any = await outcomeOf(nobody, 'bellhop', 'ListActivity', everybody)
    assert.equal(refused.code, 'AccessDeniedException')
    assert.match(refused.message, /servicecatalog:ListRecordHistory/)
    const explained = await ask(ada, 'bellhop:ListActivity', everybody)
    assert.deepEqual([explained.Allowed, explained.AccessLevel], [true, 'USER'])
    assert.equal((await ask(server, 'bellhop:ListActivity', everybody)).AccessLevel, 'ACCOUNT')
    for (const wrong of [{ Status: 'DONE' }, { Type: 'X' }, { PageSize: 101 }, { Principal: 'bob' }, { From: 'x' }]) {
      const outcome: any = await outcomeOf(ada, 'bellhop', 'ListActivity', wrong).catch(error => error)
      assert.ok(outcome.status === 400 || outcome instanceof Error, JSON.stringify(wrong))
    }
  })

  test('how the server is, is told to who may ask', async () => {
    const { Nodes, Engines, Database } = await outputOf(server, 'bellhop', 'DescribeHealth', {})
    assert.deepEqual([Nodes.length, Nodes[0].Status, Nodes[0].Answering], [1, 'UP', true])
    assert.equal(Nodes[0].Address, server.url)
    assert.ok(Database.Bytes > 0 && Database.CommitMilliseconds > 0)
    assert.ok(Engines.some((each: any) => each.ProductType === 'CFN_STACK'))
    const refused: any = await outcomeOf(ada, 'bellhop', 'DescribeHealth', {})
    assert.equal(refused.code, 'AccessDeniedException')
    assert.match(refused.message, /bellhop:DescribeHealth/)
  })
})
