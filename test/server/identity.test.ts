import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { document, makeUser, type Outcome, outcomeOf, outputOf } from '../kit/identity.ts'

const account = '123456789012'
const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' })
const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } })

describe('identity through HTTP', () => {
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

  const iam = (operation: string, input: object = {}) => outputOf(server, 'iam', operation, input)

  async function refused(operation: string, input: object, code: string, status: number, text: RegExp): Promise<void> {
    assertRefused(await outcomeOf(server, 'iam', operation, input), code, status, text)
  }

  function assertRefused(outcome: Outcome, code: string, status: number, text: RegExp): void {
    assert.ok('code' in outcome, `it was answered: ${JSON.stringify(outcome)}`)
    assert.deepEqual([outcome.code, outcome.status], [code, status], outcome.message)
    assert.match(outcome.message, text)
  }

  describe('validations', () => {
    const rows: [operation: string, input: object, text: RegExp][] = [
      ['CreateUser', {}, /userName/i],
      ['CreateUser', { UserName: 'a b' }, /userName/i],
      ['CreateUser', { UserName: 'a', Path: 'team' }, /path/i],
      ['CreateUser', { UserName: 'a'.repeat(65) }, /userName/i],
      ['CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust, MaxSessionDuration: 60 }, /maxSessionDuration/i],
      ['ListUsers', { MaxItems: 0 }, /maxItems/i],
      ['ListUsers', { Marker: 'bm90IG91cnM' }, /Invalid Marker/],
      ['ListPolicies', { Marker: '%%%' }, /Invalid Marker/],
    ]
    for (const [operation, input, text] of rows) {
      test(`${operation} ${JSON.stringify(input).slice(0, 60)}`, () =>
        refused(operation, input, 'ValidationError', 400, text))
    }

    test('a policy that is not understood is not saved', async () => {
      await iam('CreateUser', { UserName: 'writer' })
      const bad = document({
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { Maybe: { 'aws:username': 'x' } },
      })
      const text = /Invalid Condition type : Maybe/
      const put = { UserName: 'writer', PolicyName: 'bad', PolicyDocument: bad }
      await refused('PutUserPolicy', put, 'MalformedPolicyDocument', 400, text)
      const create = { PolicyName: 'bad', PolicyDocument: bad }
      await refused('CreatePolicy', create, 'MalformedPolicyDocument', 400, text)
      const role = { RoleName: 'bad', AssumeRolePolicyDocument: everything }
      await refused('CreateRole', role, 'MalformedPolicyDocument', 400, /Resource/)
      await refused('GetRole', { RoleName: 'bad' }, 'NoSuchEntity', 404, /role with name bad/)
    })

    test('a tag’s key twice', () =>
      refused(
        'CreateUser',
        {
          UserName: 'tagged',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        },
        'InvalidInput',
        400,
        /Duplicate tag keys/,
      ))
  })

  describe('functionality', () => {
    test('the administrator is a user with AdministratorAccess', async () => {
      const { User } = await iam('GetUser')
      assert.equal(User.UserName, 'admin')
      assert.equal(User.Arn, `arn:aws:iam::${account}:user/admin`)
      const { AttachedPolicies } = await iam('ListAttachedUserPolicies', { UserName: 'admin' })
      assert.deepEqual(AttachedPolicies, [
        { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      ])
      const { Arn, UserId } = await outputOf(server, 'sts', 'GetCallerIdentity')
      assert.deepEqual([Arn, UserId], [User.Arn, User.UserId])
    })

    test('a user: made, shown, listed, deleted', async () => {
      const tags = [{ Key: 'team', Value: 'blue' }]
      const { User } = await iam('CreateUser', { UserName: 'Carol', Path: '/staff/it/', Tags: tags })
      assert.equal(User.Arn, `arn:aws:iam::${account}:user/staff/it/Carol`)
      assert.match(User.UserId, /^AIDA[A-Z2-7]{17}$/)
      assert.deepEqual((await iam('GetUser', { UserName: 'Carol' })).User, { ...User, Tags: tags })
      const { Users } = await iam('ListUsers', { PathPrefix: '/staff/' })
      assert.deepEqual(
        Users,
        [{ ...User, Tags: undefined }].map(({ Tags: _, ...user }) => user),
      )
      await refused(
        'CreateUser',
        { UserName: 'carol' },
        'EntityAlreadyExists',
        409,
        /User with name carol already exists/,
      )
      await iam('DeleteUser', { UserName: 'Carol' })
      await refused('GetUser', { UserName: 'Carol' }, 'NoSuchEntity', 404, /The user with name Carol cannot be found/)
      await refused('DeleteUser', { UserName: 'Carol' }, 'NoSuchEntity', 404, /Carol/)
    })

    test('names that objects have by themselves are nobody', () =>
      refused('GetUser', { UserName: '__proto__' }, 'NoSuchEntity', 404, /__proto__/))

    test('a user is not deleted while something hangs on them', async () => {
      await iam('CreateUser', { UserName: 'dave' })
      const { AccessKey } = await iam('CreateAccessKey', { UserName: 'dave' })
      const arn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
      await iam('AttachUserPolicy', { UserName: 'dave', PolicyArn: arn })
      await iam('PutUserPolicy', { UserName: 'dave', PolicyName: 'p', PolicyDocument: everything })
      const conflict = (text: RegExp) => refused('DeleteUser', { UserName: 'dave' }, 'DeleteConflict', 409, text)
      await conflict(/access keys first/)
      await iam('DeleteAccessKey', { UserName: 'dave', AccessKeyId: AccessKey.AccessKeyId })
      await conflict(/detach all policies first/)
      await iam('DetachUserPolicy', { UserName: 'dave', PolicyArn: arn })
      await conflict(/delete policies first/)
      await iam('DeleteUserPolicy', { UserName: 'dave', PolicyName: 'p' })
      await iam('DeleteUser', { UserName: 'dave' })
      const gone = { UserName: 'dave', PolicyArn: arn }
      await refused('DetachUserPolicy', gone, 'NoSuchEntity', 404, /dave/)
    })

    test('access keys: two at most, the secret shown once, switched off and on', async () => {
      await iam('CreateUser', { UserName: 'erin' })
      const { AccessKey: first } = await iam('CreateAccessKey', { UserName: 'erin' })
      assert.match(first.AccessKeyId, /^AKIA[A-Z2-7]{16}$/)
      assert.match(first.SecretAccessKey, /^[A-Za-z0-9+/]{40}$/)
      await iam('CreateAccessKey', { UserName: 'erin' })
      await refused('CreateAccessKey', { UserName: 'erin' }, 'LimitExceeded', 409, /AccessKeysPerUser: 2/)
      const { AccessKeyMetadata } = await iam('ListAccessKeys', { UserName: 'erin' })
      assert.equal(AccessKeyMetadata.length, 2)
      assert.ok(!JSON.stringify(AccessKeyMetadata).includes(first.SecretAccessKey))
      const erin = {
        url: server.url,
        credentials: { accessKeyId: first.AccessKeyId, secretAccessKey: first.SecretAccessKey },
      }
      const who = async () => outcomeOf(erin, 'sts', 'GetCallerIdentity')
      assert.ok('output' in (await who()))
      const key = { UserName: 'erin', AccessKeyId: first.AccessKeyId }
      await refused('UpdateAccessKey', { ...key, Status: 'Expired' }, 'InvalidInput', 400, /Active or Inactive/)
      await iam('UpdateAccessKey', { ...key, Status: 'Inactive' })
      assertRefused(await who(), 'InvalidClientTokenId', 403, /security token .* is invalid/)
      await iam('UpdateAccessKey', { ...key, Status: 'Active' })
      assert.ok('output' in (await who()))
      await refused('DeleteAccessKey', { ...key, UserName: 'admin' }, 'NoSuchEntity', 404, /Access Key with id/)
      await iam('DeleteAccessKey', key)
      assertRefused(await who(), 'InvalidClientTokenId', 403, /security token .* is invalid/)
    })

    test('a role: its trust policy comes back URL-encoded', async () => {
      const { Role } = await iam('CreateRole', {
        RoleName: 'Launch',
        Path: '/service/',
        AssumeRolePolicyDocument: trust,
        Description: 'Launches.',
        MaxSessionDuration: 7200,
        PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
        Tags: [{ Key: 'a', Value: 'b' }],
      })
      assert.match(Role.RoleId, /^AROA[A-Z2-7]{17}$/)
      assert.equal(Role.Arn, `arn:aws:iam::${account}:role/service/Launch`)
      assert.equal(Role.MaxSessionDuration, 7200)
      assert.deepEqual(Role.PermissionsBoundary, {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      })
      assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument), trust)
      assert.ok(!/[!'()*{"]/.test(Role.AssumeRolePolicyDocument))
      assert.deepEqual((await iam('GetRole', { RoleName: 'Launch' })).Role, Role)
      await iam('PutRolePolicy', { RoleName: 'Launch', PolicyName: 'p', PolicyDocument: everything })
      await refused('DeleteRole', { RoleName: 'Launch' }, 'DeleteConflict', 409, /delete policies first/)
      await iam('DeleteRolePolicy', { RoleName: 'Launch', PolicyName: 'p' })
      await refused(
        'DeleteRolePolicy',
        { RoleName: 'Launch', PolicyName: 'p' },
        'NoSuchEntity',
        404,
        /role policy .* p /,
      )
      await iam('DeleteRole', { RoleName: 'Launch' })
      const { Roles } = await iam('ListRoles')
      assert.ok(!Roles.some((role: any) => role.RoleName === 'Launch'))
    })

    test('managed policies: made, attached, counted', async () => {
      const { Policy } = await iam('CreatePolicy', {
        PolicyName: 'Readers',
        Path: '/teams/',
        PolicyDocument: everything,
        Description: 'For readers.',
      })
      assert.equal(Policy.Arn, `arn:aws:iam::${account}:policy/teams/Readers`)
      assert.match(Policy.PolicyId, /^ANPA[A-Z2-7]{17}$/)
      const again = { PolicyName: 'readers', PolicyDocument: everything }
      await refused('CreatePolicy', again, 'EntityAlreadyExists', 409, /A policy called readers already exists/)
      await iam('CreateUser', { UserName: 'frank' })
      await iam('CreateRole', { RoleName: 'Reader', AssumeRolePolicyDocument: trust })
      await iam('CreateGroup', { GroupName: 'readers' })
      const attach = { PolicyArn: Policy.Arn }
      for (const each of [{ UserName: 'frank' }, { RoleName: 'Reader' }, { GroupName: 'readers' }]) {
        const kind = Object.keys(each)[0]!.replace('Name', '')
        await iam(`Attach${kind}Policy`, { ...each, ...attach })
        // Once more changes nothing.
        await iam(`Attach${kind}Policy`, { ...each, ...attach })
      }
      assert.equal((await iam('GetPolicy', attach)).Policy.AttachmentCount, 3)
      const attached = { PolicyName: 'Readers', PolicyArn: Policy.Arn }
      const of = { RoleName: 'Reader' }
      assert.deepEqual((await iam('ListAttachedRolePolicies', of)).AttachedPolicies, [attached])
      const elsewhere = await iam('ListAttachedRolePolicies', { ...of, PathPrefix: '/other/' })
      assert.deepEqual(elsewhere.AttachedPolicies, [])
      const local = await iam('ListPolicies', { Scope: 'Local', OnlyAttached: true })
      assert.deepEqual(
        local.Policies.map((policy: any) => policy.PolicyName),
        ['Readers'],
      )
      const { Policies } = await iam('ListPolicies', { Scope: 'AWS' })
      assert.ok(Policies.some((policy: any) => policy.PolicyName === 'AWSServiceCatalogEndUserFullAccess'))
      const noSuch = { UserName: 'frank', PolicyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' }
      await refused('AttachUserPolicy', noSuch, 'NoSuchEntity', 404, /does not exist or is not attachable/)
      await refused('AttachUserPolicy', { ...noSuch, PolicyArn: 'x'.repeat(20) }, 'InvalidInput', 400, /ARN/)
      await refused('DetachUserPolicy', noSuch, 'NoSuchEntity', 404, /was not found/)
    })

    test('quotas of size', async () => {
      const large = (length: number) =>
        document({ Effect: 'Allow', Action: '*', Resource: `arn:aws:iam::1:user/${'x'.repeat(length)}` })
      await iam('CreateUser', { UserName: 'grace' })
      const put = (name: string, length: number) => ({
        UserName: 'grace',
        PolicyName: name,
        PolicyDocument: large(length),
      })
      await iam('PutUserPolicy', put('a', 1000))
      // What is replaced does not count.
      await iam('PutUserPolicy', put('a', 1200))
      await refused('PutUserPolicy', put('b', 1000), 'LimitExceeded', 409, /2048 bytes exceeded for user grace/)
      const policy = { PolicyName: 'Large', PolicyDocument: large(6200) }
      await refused('CreatePolicy', policy, 'LimitExceeded', 409, /PolicySize: 6144/)
      // White space is free.
      const spaced = { PolicyName: 'Spaced', PolicyDocument: everything + ' '.repeat(7000) }
      await iam('CreatePolicy', spaced)
    })

    test('lists come page by page, whatever is made in between', async () => {
      for (let i = 0; i < 5; i++) await iam('CreateUser', { UserName: `page-${i}`, Path: '/paged/' })
      const names: string[] = []
      let Marker: string | undefined
      do {
        const page = await iam('ListUsers', { PathPrefix: '/paged/', MaxItems: 2, Marker })
        names.push(...page.Users.map((user: any) => user.UserName))
        assert.equal(page.IsTruncated, page.Marker !== undefined)
        Marker = page.Marker
        if (names.length === 2) await iam('CreateUser', { UserName: 'page-0a', Path: '/paged/' })
      } while (Marker !== undefined)
      assert.deepEqual(names, ['page-0', 'page-1', 'page-2', 'page-3', 'page-4'])
      // A marker must not be longer than a marker may be, whatever the paths.
      const Path = `/${'long/'.repeat(100)}`
      for (const PolicyName of ['Long1', 'Long2'])
        await iam('CreatePolicy', { PolicyName, Path, PolicyDocument: everything })
      const long = await iam('ListPolicies', { PathPrefix: '/long/', MaxItems: 1 })
      const next = await iam('ListPolicies', { PathPrefix: '/long/', MaxItems: 1, Marker: long.Marker })
      assert.deepEqual([long.Policies[0].PolicyName, next.Policies[0].PolicyName], ['Long1', 'Long2'])
      const policies = await iam('ListPolicies', { Scope: 'AWS', MaxItems: 3 })
      const rest = await iam('ListPolicies', { Scope: 'AWS', MaxItems: 3, Marker: policies.Marker })
      const arns = [...policies.Policies, ...rest.Policies].map((policy: any) => policy.Arn)
      assert.equal(new Set(arns).size, 5)
    })
  })

  describe('callers that are no administrators', () => {
    test('may do nothing without a policy, and what the policies of user and group allow', async () => {
      const heidi = await makeUser(server, 'heidi')
      const list = () => outcomeOf(heidi, 'servicecatalog', 'ListPortfolios')
      assertRefused(
        await list(),
        'AccessDeniedException',
        400,
        new RegExp(
          `^User: arn:aws:iam::${account}:user/heidi is not authorized to perform: servicecatalog:ListPortfolios because no identity-based policy allows the servicecatalog:ListPortfolios action$`,
        ),
      )
      await iam('CreateGroup', { GroupName: 'lookers' })
      const arn = 'arn:aws:iam::aws:policy/AWSServiceCatalogAdminReadOnlyAccess'
      await iam('AttachGroupPolicy', { GroupName: 'lookers', PolicyArn: arn })
      await iam('AddUserToGroup', { GroupName: 'lookers', UserName: 'heidi' })
      assert.ok('output' in (await list()))
      const deny = document({ Effect: 'Deny', Action: 'servicecatalog:List*', Resource: '*' })
      await iam('PutUserPolicy', { UserName: 'heidi', PolicyName: 'no', PolicyDocument: deny })
      assertRefused(await list(), 'AccessDeniedException', 400, /with an explicit deny/)
      await iam('DeleteUserPolicy', { UserName: 'heidi', PolicyName: 'no' })
      const create = { DisplayName: 'p', ProviderName: 'p' }
      const outcome = await outcomeOf(heidi, 'servicecatalog', 'CreatePortfolio', create)
      assertRefused(outcome, 'AccessDeniedException', 400, /servicecatalog:CreatePortfolio on resource: .*portfolio/)
      assertRefused(
        await outcomeOf(heidi, 'iam', 'CreateUser', { UserName: 'x' }),
        'AccessDenied',
        403,
        /iam:CreateUser/,
      )
    })

    test('whoever may not call is told so before anything about the input', async () => {
      const ivan = await makeUser(server, 'ivan')
      const outcome = await outcomeOf(ivan, 'servicecatalog', 'CreatePortfolio', { DisplayName: '' })
      assertRefused(outcome, 'AccessDeniedException', 400, /not authorized/)
    })

    test('a boundary caps what policies give', async () => {
      const boundary = await iam('CreatePolicy', {
        PolicyName: 'Boundary',
        PolicyDocument: document({ Effect: 'Allow', Action: 'servicecatalog:List*', Resource: '*' }),
      })
      await iam('CreateUser', { UserName: 'judy', PermissionsBoundary: boundary.Policy.Arn })
      await iam('PutUserPolicy', { UserName: 'judy', PolicyName: 'all', PolicyDocument: everything })
      const { AccessKey: key } = await iam('CreateAccessKey', { UserName: 'judy' })
      const credentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }
      const judy = { url: server.url, credentials }
      assert.ok('output' in (await outcomeOf(judy, 'servicecatalog', 'ListPortfolios')))
      const outcome = await outcomeOf(judy, 'servicecatalog', 'DescribePortfolio', { Id: 'port-x' })
      assertRefused(outcome, 'AccessDeniedException', 400, /because no permissions boundary allows/)
    })

    test('users manage their own keys where a policy says ${aws:username}', async () => {
      const kim = await makeUser(server, 'kim', {
        Effect: 'Allow',
        Action: ['iam:*AccessKey*', 'iam:GetUser'],
        Resource: `arn:aws:iam::${account}:user/\${aws:username}`,
      })
      await outputOf(kim, 'iam', 'GetUser')
      await outputOf(kim, 'iam', 'CreateAccessKey')
      const { AccessKeyMetadata } = await outputOf(kim, 'iam', 'ListAccessKeys', { UserName: 'kim' })
      assert.equal(AccessKeyMetadata.length, 2)
      const outcome = await outcomeOf(kim, 'iam', 'CreateAccessKey', { UserName: 'admin' })
      assertRefused(outcome, 'AccessDenied', 403, /iam:CreateAccessKey on resource: .*user\/admin/)
      // A path is part of the ARN: the policy does not cover somebody of that name elsewhere.
      await iam('CreateUser', { UserName: 'kim2', Path: '/kim/' })
      assertRefused(
        await outcomeOf(kim, 'iam', 'ListAccessKeys', { UserName: 'kim2' }),
        'AccessDenied',
        403,
        /kim\/kim2/,
      )
    })

    test('a policy can name resources, tags, the region and where the call comes from', async () => {
      const { PortfolioDetail: one } = await outputOf(server, 'servicecatalog', 'CreatePortfolio', {
        DisplayName: 'one',
        ProviderName: 'IT',
      })
      const { PortfolioDetail: two } = await outputOf(server, 'servicecatalog', 'CreatePortfolio', {
        DisplayName: 'two',
        ProviderName: 'IT',
      })
      const leo = await makeUser(server, 'leo', {
        Effect: 'Allow',
        Action: 'servicecatalog:DescribePortfolio',
        Resource: one.ARN,
        Condition: {
          IpAddress: { 'aws:SourceIp': '127.0.0.0/8' },
          StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] },
          DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
          Bool: { 'aws:SecureTransport': 'false' },
        },
      })
      const describePortfolio = (Id: string, region = 'us-east-1') =>
        outcomeOf({ ...leo, region }, 'servicecatalog', 'DescribePortfolio', { Id })
      assert.ok('output' in (await describePortfolio(one.Id)))
      assertRefused(await describePortfolio(two.Id), 'AccessDeniedException', 400, new RegExp(two.Id))
      assertRefused(await describePortfolio(one.Id, 'eu-west-1'), 'AccessDeniedException', 400, /eu-west-1/)

      const mia = await makeUser(server, 'mia', {
        Effect: 'Allow',
        Action: 'servicecatalog:CreatePortfolio',
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:RequestTag/team': 'blue' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
        },
      })
      const create = (...tags: [string, string][]) =>
        outcomeOf(mia, 'servicecatalog', 'CreatePortfolio', {
          DisplayName: 'mia',
          ProviderName: 'IT',
          Tags: tags.map(([Key, Value]) => ({ Key, Value })),
        })
      assert.ok('output' in (await create(['team', 'blue'])))
      assert.ok('code' in (await create(['team', 'red'])))
      assert.ok('code' in (await create(['team', 'blue'], ['cost', '1'])))
      assert.ok('code' in (await create()))
    })

    test('identities are the same in every region', async () => {
      await iam('CreateUser', { UserName: 'nina' })
      const { User } = await outputOf({ ...server, region: 'eu-west-1' }, 'iam', 'GetUser', { UserName: 'nina' })
      assert.equal(User.UserName, 'nina')
    })

    test('a requester provisions, and sees their own only', async () => {
      const admin = (operation: string, input: object) => outputOf(server, 'servicecatalog', operation, input)
      const requester = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
      const [olga, paul] = [await makeUser(server, 'olga'), await makeUser(server, 'paul')]
      for (const UserName of ['olga', 'paul']) await iam('AttachUserPolicy', { UserName, PolicyArn: requester })
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
      const provision = (who: typeof olga, name: string) =>
        outcomeOf(who, 'servicecatalog', 'ProvisionProduct', {
          ProductId,
          ProvisioningArtifactId: ProvisioningArtifactDetail.Id,
          ProvisionedProductName: name,
        })
      assertRefused(await provision(olga, 'early'), 'ResourceNotFoundException', 400, /No launch paths found/)
      // One comes in by name, the other by a group.
      await iam('CreateGroup', { GroupName: 'shoppers', Path: '/shop/' })
      await iam('AddUserToGroup', { GroupName: 'shoppers', UserName: 'paul' })
      for (const resource of ['user/olga', 'group/shop/shoppers']) {
        const PrincipalARN = `arn:aws:iam::${account}:${resource}`
        await admin('AssociatePrincipalWithPortfolio', { PortfolioId, PrincipalARN, PrincipalType: 'IAM' })
      }
      const made = await provision(olga, 'olga-1')
      assert.ok('output' in made, JSON.stringify(made))
      const { RecordId, ProvisionedProductId } = made.output.RecordDetail
      assert.ok('output' in (await provision(paul, 'paul-1')))

      const filter = { AccessLevelFilter: { Key: 'Account', Value: 'self' } }
      const names = async (who: typeof olga) =>
        (await outputOf(who, 'servicecatalog', 'SearchProvisionedProducts', filter)).ProvisionedProducts.map(
          (product: any) => product.Name,
        )
      assert.deepEqual(await names(olga), ['olga-1'])
      assert.deepEqual(await names(paul), ['paul-1'])
      assert.deepEqual((await names(server)).sort(), ['olga-1', 'paul-1'])
      await outputOf(olga, 'servicecatalog', 'DescribeRecord', { Id: RecordId })
      const theirs = await outcomeOf(paul, 'servicecatalog', 'DescribeRecord', { Id: RecordId })
      const none = await outcomeOf(paul, 'servicecatalog', 'DescribeRecord', { Id: RecordId.replace(/.$/, 'x') })
      assertRefused(theirs, 'ResourceNotFoundException', 400, /Record .* not found/)
      assertRefused(none, 'ResourceNotFoundException', 400, /Record .* not found/)
      const terminate = { ProvisionedProductId, TerminateToken: 'one' }
      const stolen = await outcomeOf(paul, 'servicecatalog', 'TerminateProvisionedProduct', terminate)
      assertRefused(stolen, 'ResourceNotFoundException', 400, /not found/)
      assertRefused(
        await outcomeOf(olga, 'servicecatalog', 'DescribeProductAsAdmin', { Id: ProductId }),
        'AccessDeniedException',
        400,
        /DescribeProductAsAdmin/,
      )
    })
  })
})
