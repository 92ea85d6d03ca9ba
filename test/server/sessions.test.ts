import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openSession, type Session, sealSession } from '../../src/operations/sts/session.ts'
import { createSecretBox } from '../../src/server/secret-box.ts'
import { type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { document, makeUser, type Outcome, outcomeOf, outputOf } from '../kit/identity.ts'

const account = '123456789012'
const assume = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }
const listing = { Effect: 'Allow', Action: ['servicecatalog:List*', 'iam:GetUser'], Resource: '*' }

describe('sessions of roles through HTTP', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let alice: Awaited<ReturnType<typeof makeUser>>
  let bob: Awaited<ReturnType<typeof makeUser>>
  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data') })
    alice = await makeUser(server, 'alice', assume)
    bob = await makeUser(server, 'bob')
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  const iam = (operation: string, input: object) => outputOf(server, 'iam', operation, input)

  /** Makes a role that may list; `principal` may assume it. */
  async function makeRole(name: string, principal: object | string, more: object = {}, policy: object = listing) {
    const { Role } = await iam('CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Principal: principal,
        ...('Condition' in more && { Condition: more.Condition }),
      }),
      ...('MaxSessionDuration' in more && { MaxSessionDuration: more.MaxSessionDuration }),
    })
    await iam('PutRolePolicy', { RoleName: name, PolicyName: 'p', PolicyDocument: document(policy) })
    return Role
  }

  function assertRefused(outcome: Outcome, code: string, status: number, text: RegExp): void {
    assert.ok('code' in outcome, `it was answered: ${JSON.stringify(outcome)}`)
    assert.deepEqual([outcome.code, outcome.status], [code, status], outcome.message)
    assert.match(outcome.message, text)
  }

  const input = (role: { Arn: string }, more: object = {}) => ({
    RoleArn: role.Arn,
    RoleSessionName: 'work',
    ...more,
  })
  const endpoint = ({ Credentials: c }: any) => ({
    url: server.url,
    credentials: { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken },
  })

  test('a session acts as its role, under its own name', async () => {
    const role = await makeRole('Lister', { AWS: account })
    const answer = await outputOf(alice, 'sts', 'AssumeRole', input(role))
    const { Credentials, AssumedRoleUser } = answer
    assert.match(Credentials.AccessKeyId, /^ASIA[A-Z2-7]{16}$/)
    assert.equal(AssumedRoleUser.Arn, `arn:aws:sts::${account}:assumed-role/Lister/work`)
    assert.equal(AssumedRoleUser.AssumedRoleId, `${role.RoleId}:work`)
    const seconds = (new Date(Credentials.Expiration).getTime() - Date.now()) / 1000
    assert.ok(seconds > 3500 && seconds <= 3600, String(seconds))
    const session = endpoint(answer)
    assert.deepEqual(await outputOf(session, 'sts', 'GetCallerIdentity'), {
      UserId: AssumedRoleUser.AssumedRoleId,
      Account: account,
      Arn: AssumedRoleUser.Arn,
    })
    assert.ok('output' in (await outcomeOf(session, 'servicecatalog', 'ListPortfolios')))
    const outcome = await outcomeOf(session, 'servicecatalog', 'DescribePortfolio', { Id: 'port-x' })
    assertRefused(outcome, 'AccessDeniedException', 400, /^User: arn:aws:sts::\d+:assumed-role\/Lister\/work is not/)
    assertRefused(await outcomeOf(session, 'iam', 'GetUser'), 'ValidationError', 400, /non-User credentials/)
    assert.ok(!JSON.stringify(answer).includes('"secretAccessKey"'))
  })

  test('who may assume a role', async () => {
    const named = await makeRole('Named', { AWS: `arn:aws:iam::${account}:user/bob` })
    const anyone = await makeRole('Anyone', { AWS: account })
    const service = await makeRole('Service', { Service: 'servicecatalog.amazonaws.com' })
    const outside = await makeRole('Outside', { AWS: '444455556666' })
    const secret = await makeRole(
      'Secret',
      { AWS: account },
      {
        Condition: { StringEquals: { 'sts:ExternalId': 'open-sesame' } },
      },
    )
    const rows: [who: typeof alice, role: { Arn: string }, more: object, may: boolean][] = [
      [alice, anyone, {}, true],
      // The trust policy leaves it to the account, and bob's own policies do not allow it.
      [bob, anyone, {}, false],
      // The trust policy names bob: that is enough.
      [bob, named, {}, true],
      [alice, named, {}, false],
      [alice, service, {}, false],
      [alice, outside, {}, false],
      [alice, secret, {}, false],
      [alice, secret, { ExternalId: 'wrong' }, false],
      [alice, secret, { ExternalId: 'open-sesame' }, true],
      [alice, { Arn: `arn:aws:iam::${account}:role/NoSuch` }, {}, false],
      [alice, { Arn: `arn:aws:iam::${account}:role/other/path/Anyone` }, {}, false],
      [alice, { Arn: 'arn:aws:iam::444455556666:role/Anyone' }, {}, false],
    ]
    for (const [who, role, more, may] of rows) {
      const outcome = await outcomeOf(who, 'sts', 'AssumeRole', input(role, more))
      if (may) assert.ok('output' in outcome, JSON.stringify(outcome))
      else assertRefused(outcome, 'AccessDenied', 403, /is not authorized to perform: sts:AssumeRole on resource: arn:/)
    }
    const deny = document({ Effect: 'Deny', Action: 'sts:*', Resource: '*' })
    await iam('PutUserPolicy', { UserName: 'bob', PolicyName: 'no', PolicyDocument: deny })
    assertRefused(await outcomeOf(bob, 'sts', 'AssumeRole', input(named)), 'AccessDenied', 403, /sts:AssumeRole/)
    await iam('DeleteUserPolicy', { UserName: 'bob', PolicyName: 'no' })
    assertRefused(
      await outcomeOf(alice, 'sts', 'AssumeRole', input({ Arn: 'x'.repeat(20) })),
      'ValidationError',
      400,
      /x/,
    )
  })

  test('how long a session lasts', async () => {
    const role = await makeRole('Long', { AWS: account }, { MaxSessionDuration: 7200 })
    const ask = (who: typeof alice, DurationSeconds: number) =>
      outcomeOf(who, 'sts', 'AssumeRole', input(role, { DurationSeconds }))
    assert.ok('output' in (await ask(alice, 7200)))
    assertRefused(await ask(alice, 7201), 'ValidationError', 400, /MaxSessionDuration/)
    assertRefused(await ask(alice, 60), 'ValidationError', 400, /durationSeconds/i)
    const chained = await makeRole('Chained', { AWS: account }, {}, assume)
    const session = endpoint(await outputOf(alice, 'sts', 'AssumeRole', input(chained)))
    assertRefused(await ask(session, 7200), 'ValidationError', 400, /role chaining/)
    assert.ok('output' in (await ask(session, 3600)))
  })

  test('session policies narrow it, and never widen it', async () => {
    const role = await makeRole(
      'Wide',
      { AWS: account },
      {},
      { Effect: 'Allow', Action: 'servicecatalog:*', Resource: '*' },
    )
    const narrow = { Policy: document({ ...listing, Action: ['servicecatalog:ListPortfolios', 'iam:*'] }) }
    const answer = await outputOf(alice, 'sts', 'AssumeRole', input(role, narrow))
    assert.ok(answer.PackedPolicySize > 0)
    const session = endpoint(answer)
    assert.ok('output' in (await outcomeOf(session, 'servicecatalog', 'ListPortfolios')))
    const outcome = await outcomeOf(session, 'servicecatalog', 'ListServiceActions')
    assertRefused(outcome, 'AccessDeniedException', 400, /because no session policy allows/)
    assertRefused(await outcomeOf(session, 'iam', 'ListUsers'), 'AccessDenied', 403, /identity-based/)

    const arn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserReadOnlyAccess'
    const readOnly = endpoint(await outputOf(alice, 'sts', 'AssumeRole', input(role, { PolicyArns: [{ arn }] })))
    assert.ok('output' in (await outcomeOf(readOnly, 'servicecatalog', 'SearchProducts')))
    assert.ok('code' in (await outcomeOf(readOnly, 'servicecatalog', 'ListPortfolios')))

    const bad = { Policy: document({ Effect: 'Maybe' }) }
    assertRefused(
      await outcomeOf(alice, 'sts', 'AssumeRole', input(role, bad)),
      'MalformedPolicyDocument',
      400,
      /Syntax/,
    )
    const unknown = { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/NoSuchPolicy' }] }
    assertRefused(
      await outcomeOf(alice, 'sts', 'AssumeRole', input(role, unknown)),
      'MalformedPolicyDocument',
      400,
      /No/,
    )
    const large = { Policy: document({ ...listing, Sid: 'x'.repeat(2100) }) }
    assertRefused(await outcomeOf(alice, 'sts', 'AssumeRole', input(role, large)), 'PackedPolicyTooLarge', 400, /%/)
  })

  test('tags of a session are condition keys', async () => {
    const role = await makeRole(
      'Tagged',
      { AWS: account },
      {},
      {
        ...listing,
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } },
      },
    )
    const tagged = (Value: string) => input(role, { Tags: [{ Key: 'team', Value }] })
    // alice may assume, not tag.
    assertRefused(await outcomeOf(alice, 'sts', 'AssumeRole', tagged('blue')), 'AccessDenied', 403, /sts:TagSession/)
    const tagger = await makeUser(server, 'tagger', { ...assume, Action: ['sts:AssumeRole', 'sts:TagSession'] })
    const list = async (value: string) => {
      const session = endpoint(await outputOf(tagger, 'sts', 'AssumeRole', tagged(value)))
      return outcomeOf(session, 'servicecatalog', 'ListPortfolios')
    }
    assert.ok('output' in (await list('blue')))
    assert.ok('code' in (await list('red')))
    const source = input(role, { SourceIdentity: 'alice' })
    assertRefused(await outcomeOf(alice, 'sts', 'AssumeRole', source), 'ValidationError', 400, /SourceIdentity/)
  })

  test('tokens that are wrong, another’s, changed, expired, or of a role that is gone', async () => {
    const role = await makeRole('Short', { AWS: account })
    const first = endpoint(await outputOf(alice, 'sts', 'AssumeRole', input(role)))
    const second = endpoint(await outputOf(alice, 'sts', 'AssumeRole', input(role)))
    const withToken = (sessionToken: string | undefined, keys = first.credentials) => ({
      url: server.url,
      credentials: { ...keys, sessionToken },
    })
    const token = first.credentials.sessionToken as string
    const middle = Math.floor(token.length / 2)
    const flipped = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1)
    const wrong = {
      none: withToken(undefined),
      'another session’s': withToken(second.credentials.sessionToken),
      changed: withToken(flipped),
      rubbish: withToken('FwoGZXIvYXdzEXAMPLE'),
      'with a key of a user': withToken(token, alice.credentials as typeof first.credentials),
    }
    for (const [name, who] of Object.entries(wrong)) {
      const json = await outcomeOf(who, 'servicecatalog', 'ListPortfolios')
      assertRefused(json, 'UnrecognizedClientException', 400, /security token .* is invalid/)
      const xml = await outcomeOf(who, 'sts', 'GetCallerIdentity')
      assertRefused(xml, 'InvalidClientTokenId', 403, /security token .* is invalid/)
      assert.ok(name)
    }

    // What the server's own key seals, opens: an expired session is told apart from a forged one.
    const key = Buffer.from(readFileSync(join(server.dataDirectory, 'secret.key'), 'utf8'), 'base64')
    const secrets = createSecretBox(key, randomBytes)
    const { accessKeyId } = first.credentials
    const session = openSession(secrets, accessKeyId, token) as Session
    assert.ok(!token.includes(session.secretAccessKey))
    const expired = withToken(sealSession(secrets, accessKeyId, { ...session, expiresAt: Date.now() - 1 }))
    const outcome = await outcomeOf(expired, 'servicecatalog', 'ListPortfolios')
    assertRefused(outcome, 'ExpiredTokenException', 400, /security token .* is expired/)
    assertRefused(await outcomeOf(expired, 'sts', 'GetCallerIdentity'), 'ExpiredToken', 403, /is expired/)
    const foreign = createSecretBox(randomBytes(32), randomBytes)
    const forged = withToken(sealSession(foreign, accessKeyId, session))
    assertRefused(await outcomeOf(forged, 'sts', 'GetCallerIdentity'), 'InvalidClientTokenId', 403, /invalid/)

    assert.ok('output' in (await outcomeOf(first, 'servicecatalog', 'ListPortfolios')))
    await iam('DeleteRolePolicy', { RoleName: 'Short', PolicyName: 'p' })
    assert.ok('code' in (await outcomeOf(first, 'servicecatalog', 'ListPortfolios')))
    await iam('DeleteRole', { RoleName: 'Short' })
    assertRefused(await outcomeOf(first, 'sts', 'GetCallerIdentity'), 'InvalidClientTokenId', 403, /invalid/)
    await makeRole('Short', { AWS: account })
    assertRefused(await outcomeOf(first, 'sts', 'GetCallerIdentity'), 'InvalidClientTokenId', 403, /invalid/)
  })

  test('roles of one account, sessions of another', async () => {
    const other = '444455556666'
    const role = await makeRole('Shared', { AWS: other })
    const stopped = server
    assert.equal(await stopped.stop(), 0)
    const second = await startBellhop({
      dataDirectory: stopped.dataDirectory,
      args: ['--account-id', other],
      env: { BELLHOP_ADMIN_ACCESS_KEY_ID: 'AKIAOTHER', BELLHOP_ADMIN_SECRET_ACCESS_KEY: 'the secret of the other' },
    })
    server = second
    assert.equal((await outputOf(second, 'sts', 'GetCallerIdentity')).Account, other)
    const session = endpoint(await outputOf(second, 'sts', 'AssumeRole', input(role)))
    assert.deepEqual(
      (await outputOf(session, 'sts', 'GetCallerIdentity')).Arn,
      `arn:aws:sts::${account}:assumed-role/Shared/work`,
    )
    assertRefused(await outcomeOf(second, 'iam', 'GetRole', { RoleName: 'Shared' }), 'NoSuchEntity', 404, /Shared/)
  })

  test('a portfolio’s role brings its products to the role’s sessions; access level role', async () => {
    const admin = (operation: string, given: object) => outputOf(server, 'servicecatalog', operation, given)
    const { Account } = await outputOf(server, 'sts', 'GetCallerIdentity')
    const role = await makeRole(
      'Requester',
      { AWS: Account },
      {},
      {
        Effect: 'Allow',
        Action: 'servicecatalog:*',
        Resource: '*',
        Condition: { StringEqualsIfExists: { 'servicecatalog:roleLevel': 'self' } },
      },
    )
    await iam('PutRolePolicy', {
      RoleName: 'Requester',
      PolicyName: 'levels',
      PolicyDocument: document({
        Effect: 'Deny',
        Action: 'servicecatalog:SearchProvisionedProducts',
        Resource: '*',
        Condition: { Null: { 'servicecatalog:roleLevel': 'true' } },
      }),
    })
    const { PortfolioDetail } = await admin('CreatePortfolio', { DisplayName: 'r', ProviderName: 'IT' })
    const { ProductViewDetail, ProvisioningArtifactDetail } = await admin('CreateProduct', {
      Name: 'shop',
      Owner: 'IT',
      ProductType: 'EXTERNAL',
      ProvisioningArtifactParameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
    })
    const ProductId = ProductViewDetail.ProductViewSummary.ProductId
    const PortfolioId = PortfolioDetail.Id
    await admin('AssociateProductWithPortfolio', { ProductId, PortfolioId })
    for (const PrincipalARN of [role.Arn, `arn:aws:iam::${Account}:user/admin`]) {
      await admin('AssociatePrincipalWithPortfolio', { PortfolioId, PrincipalARN, PrincipalType: 'IAM' })
    }
    const as = async (RoleSessionName: string) =>
      endpoint(await outputOf(server, 'sts', 'AssumeRole', input(role, { RoleSessionName })))
    const [one, two] = [await as('one'), await as('two')]
    for (const [who, name] of [
      [one, 'p-one'],
      [two, 'p-two'],
      [server, 'p-admin'],
    ] as const) {
      await outputOf(who, 'servicecatalog', 'ProvisionProduct', {
        ProductId,
        ProvisioningArtifactId: ProvisioningArtifactDetail.Id,
        ProvisionedProductName: name,
      })
    }
    const names = async (Key: string) => {
      const found = await outputOf(one, 'servicecatalog', 'SearchProvisionedProducts', {
        AccessLevelFilter: { Key, Value: 'self' },
      })
      return found.ProvisionedProducts.map((product: any) => product.Name).sort()
    }
    assert.deepEqual(await names('User'), ['p-one'])
    assert.deepEqual(await names('Role'), ['p-one', 'p-two'])
    assert.deepEqual(await names('Account'), ['p-one', 'p-two'])
  })
})
