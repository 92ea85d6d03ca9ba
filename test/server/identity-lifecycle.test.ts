import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { account, type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

const allow = (Action: string) => document({ Effect: 'Allow', Action, Resource: '*' })
const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } })
const policyArn = (name: string) => `arn:aws:iam::${account}:policy/${name}`
const names = (items: any[], member: string) => items.map(item => item[member])

describe('identities, from their making to their end', () => {
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
  async function refused(operation: string, input: object, code: string, text: RegExp): Promise<void> {
    const outcome = await outcomeOf(server, 'iam', operation, input)
    assert.ok('code' in outcome, `${operation} was answered: ${JSON.stringify(outcome)}`)
    assert.equal(outcome.code, code, outcome.message)
    assert.match(outcome.message, text)
  }

  test('a group: members, policies of both kinds, and its end', async () => {
    for (const UserName of ['ann', 'ben']) await iam('CreateUser', { UserName })
    const { Group } = await iam('CreateGroup', { GroupName: 'devs', Path: '/team/' })
    for (const UserName of ['ann', 'ben']) await iam('AddUserToGroup', { GroupName: 'devs', UserName })
    const shown = await iam('GetGroup', { GroupName: 'devs' })
    assert.deepEqual([shown.Group, names(shown.Users, 'UserName'), shown.IsTruncated], [Group, ['ann', 'ben'], false])
    const first = await iam('GetGroup', { GroupName: 'devs', MaxItems: 1 })
    assert.deepEqual(names(first.Users, 'UserName'), ['ann'])
    const second = await iam('GetGroup', { GroupName: 'devs', MaxItems: 1, Marker: first.Marker })
    assert.deepEqual([names(second.Users, 'UserName'), second.IsTruncated], [['ben'], false])
    assert.deepEqual(names((await iam('ListGroupsForUser', { UserName: 'ann' })).Groups, 'GroupName'), ['devs'])
    assert.deepEqual((await iam('ListGroups', { PathPrefix: '/team/' })).Groups, [Group])
    assert.deepEqual((await iam('ListGroups', { PathPrefix: '/other/' })).Groups, [])

    const GroupName = 'devs'
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserReadOnlyAccess'
    await iam('AttachGroupPolicy', { GroupName, PolicyArn })
    const { AttachedPolicies } = await iam('ListAttachedGroupPolicies', { GroupName })
    assert.deepEqual(names(AttachedPolicies, 'PolicyArn'), [PolicyArn])
    await iam('PutGroupPolicy', { GroupName, PolicyName: 'own', PolicyDocument: allow('iam:GetUser') })
    assert.deepEqual((await iam('ListGroupPolicies', { GroupName })).PolicyNames, ['own'])
    const own = await iam('GetGroupPolicy', { GroupName, PolicyName: 'own' })
    assert.equal(decodeURIComponent(own.PolicyDocument), allow('iam:GetUser'))
    await refused('DeleteUser', { UserName: 'ann' }, 'DeleteConflict', /must remove users from group first/)
    await refused('DeleteGroup', { GroupName }, 'DeleteConflict', /must detach all policies first/)
    await iam('DetachGroupPolicy', { GroupName, PolicyArn })
    await refused('DeleteGroup', { GroupName }, 'DeleteConflict', /must delete policies first/)
    await iam('DeleteGroupPolicy', { GroupName, PolicyName: 'own' })
    await refused('GetGroupPolicy', { GroupName, PolicyName: 'own' }, 'NoSuchEntity', /group policy with name own/)
    await refused('DeleteGroup', { GroupName }, 'DeleteConflict', /must remove users from group first/)
    for (const UserName of ['ann', 'ben']) await iam('RemoveUserFromGroup', { GroupName, UserName })
    await iam('DeleteGroup', { GroupName })
    await refused('GetGroup', { GroupName }, 'NoSuchEntity', /group with name devs cannot be found/)
    await iam('DeleteUser', { UserName: 'ann' })
  })

  test('what a group allows ends when the user leaves it', async () => {
    const cleo = await makeUser(server, 'cleo')
    await iam('CreateGroup', { GroupName: 'readers' })
    await iam('PutGroupPolicy', { GroupName: 'readers', PolicyName: 'p', PolicyDocument: allow('iam:ListGroups') })
    assert.ok('code' in (await outcomeOf(cleo, 'iam', 'ListGroups')))
    await iam('AddUserToGroup', { GroupName: 'readers', UserName: 'cleo' })
    assert.ok('output' in (await outcomeOf(cleo, 'iam', 'ListGroups')))
    await iam('RemoveUserFromGroup', { GroupName: 'readers', UserName: 'cleo' })
    assert.ok('code' in (await outcomeOf(cleo, 'iam', 'ListGroups')))
  })

  test('a user under another name keeps keys, policies and groups, and only those', async () => {
    const dora = await makeUser(server, 'dora', { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' })
    await iam('CreateGroup', { GroupName: 'movers' })
    await iam('AddUserToGroup', { GroupName: 'movers', UserName: 'dora' })
    await iam('UpdateUser', { UserName: 'dora', NewUserName: 'Dora', NewPath: '/moved/' })
    const { User } = await outputOf(dora, 'iam', 'GetUser')
    assert.equal(User.Arn, `arn:aws:iam::${account}:user/moved/Dora`)
    assert.deepEqual((await iam('ListUserPolicies', { UserName: 'Dora' })).PolicyNames, ['test'])
    assert.equal((await iam('ListAccessKeys', { UserName: 'Dora' })).AccessKeyMetadata.length, 1)
    await refused('GetUser', { UserName: 'dora' }, 'NoSuchEntity', /dora/)
    await iam('UpdateGroup', { GroupName: 'movers', NewGroupName: 'shakers' })
    assert.deepEqual(names((await iam('ListGroupsForUser', { UserName: 'Dora' })).Groups, 'GroupName'), ['shakers'])
    await iam('CreateUser', { UserName: 'dorb' })
    await refused('UpdateUser', { UserName: 'Dora', NewUserName: 'DORB' }, 'EntityAlreadyExists', /name DORB already/)
    await refused('UpdateGroup', { GroupName: 'movers', NewPath: '/x/' }, 'NoSuchEntity', /group with name movers/)
  })

  test('versions of a policy: the default one counts, in the very next call', async () => {
    const eve = await makeUser(server, 'eve')
    const { Policy } = await iam('CreatePolicy', { PolicyName: 'changing', PolicyDocument: allow('iam:ListUsers') })
    const PolicyArn = Policy.Arn
    await iam('AttachUserPolicy', { UserName: 'eve', PolicyArn })
    const may = async () => [
      'output' in (await outcomeOf(eve, 'iam', 'ListUsers')),
      'output' in (await outcomeOf(eve, 'iam', 'ListRoles')),
    ]
    assert.deepEqual(await may(), [true, false])
    const PolicyDocument = allow('iam:ListRoles')
    const made = await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument })
    assert.deepEqual([made.PolicyVersion.VersionId, made.PolicyVersion.IsDefaultVersion], ['v2', false])
    assert.deepEqual(await may(), [true, false])
    await iam('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' })
    assert.deepEqual(await may(), [false, true])
    assert.equal((await iam('GetPolicy', { PolicyArn })).Policy.DefaultVersionId, 'v2')
    const { PolicyVersion } = await iam('GetPolicyVersion', { PolicyArn, VersionId: 'v2' })
    assert.equal(decodeURIComponent(PolicyVersion.Document), PolicyDocument)
    await refused('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' }, 'DeleteConflict', /default version/)
    await refused('GetPolicyVersion', { PolicyArn, VersionId: 'v9' }, 'NoSuchEntity', /version v9 does not exist/)
    await refused('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v9' }, 'NoSuchEntity', /version v9/)
    const bad = { PolicyArn, PolicyDocument: allow('nonsense') }
    await refused('CreatePolicyVersion', bad, 'MalformedPolicyDocument', /prefaced by a vendor/)
    for (let i = 0; i < 3; i += 1) await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument })
    await refused('CreatePolicyVersion', { PolicyArn, PolicyDocument }, 'LimitExceeded', /up to 5 versions/)
    const { Versions } = await iam('ListPolicyVersions', { PolicyArn })
    assert.deepEqual(names(Versions, 'VersionId'), ['v5', 'v4', 'v3', 'v2', 'v1'])
    const page = await iam('ListPolicyVersions', { PolicyArn, MaxItems: 2 })
    const rest = await iam('ListPolicyVersions', { PolicyArn, Marker: page.Marker })
    assert.deepEqual(names([...page.Versions, ...rest.Versions], 'VersionId'), names(Versions, 'VersionId'))
    await iam('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' })
    const again = await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true })
    assert.equal(again.PolicyVersion.VersionId, 'v6', 'a number is not given again')

    await refused('DeletePolicy', { PolicyArn }, 'DeleteConflict', /attached to entities/)
    await iam('DetachUserPolicy', { UserName: 'eve', PolicyArn })
    await refused('DeletePolicy', { PolicyArn }, 'DeleteConflict', /more than one version/)
    for (const VersionId of ['v1', 'v2', 'v3', 'v4']) await iam('DeletePolicyVersion', { PolicyArn, VersionId })
    await iam('DeletePolicy', { PolicyArn })
    await refused('GetPolicy', { PolicyArn }, 'NoSuchEntity', /changing/)
  })

  test('AWS’s policies can be read and not changed', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const { PolicyVersion } = await iam('GetPolicyVersion', { PolicyArn, VersionId: 'v1' })
    assert.match(decodeURIComponent(PolicyVersion.Document), /"Action":\["\*"\]/)
    assert.deepEqual(names((await iam('ListPolicyVersions', { PolicyArn })).Versions, 'VersionId'), ['v1'])
    const rows: [operation: string, input: object][] = [
      ['CreatePolicyVersion', { PolicyDocument: allow('iam:*') }],
      ['SetDefaultPolicyVersion', { VersionId: 'v1' }],
      ['DeletePolicyVersion', { VersionId: 'v1' }],
      ['DeletePolicy', {}],
      ['TagPolicy', { Tags: [{ Key: 'a', Value: 'b' }] }],
      ['UntagPolicy', { TagKeys: ['a'] }],
    ]
    for (const [operation, input] of rows) {
      await refused(operation, { PolicyArn, ...input }, 'AccessDenied', new RegExp(`iam:${operation} on resource`))
    }
  })

  test('who has a policy, and who is bounded by it', async () => {
    await iam('CreatePolicy', { PolicyName: 'wide', PolicyDocument: allow('iam:*') })
    const PolicyArn = policyArn('wide')
    await iam('CreateUser', { UserName: 'fay', Path: '/f/' })
    await iam('CreateGroup', { GroupName: 'fays' })
    await iam('CreateRole', { RoleName: 'fayrole', AssumeRolePolicyDocument: trust, PermissionsBoundary: PolicyArn })
    await iam('AttachUserPolicy', { UserName: 'fay', PolicyArn })
    await iam('AttachGroupPolicy', { GroupName: 'fays', PolicyArn })
    const entities = async (input: object = {}) => {
      const found = await iam('ListEntitiesForPolicy', { PolicyArn, ...input })
      return [
        names(found.PolicyGroups, 'GroupName'),
        names(found.PolicyUsers, 'UserName'),
        names(found.PolicyRoles, 'RoleName'),
      ]
    }
    assert.deepEqual(await entities(), [['fays'], ['fay'], ['fayrole']])
    assert.deepEqual(await entities({ PolicyUsageFilter: 'PermissionsPolicy' }), [['fays'], ['fay'], []])
    assert.deepEqual(await entities({ PolicyUsageFilter: 'PermissionsBoundary' }), [[], [], ['fayrole']])
    assert.deepEqual(await entities({ EntityFilter: 'User', PathPrefix: '/f/' }), [[], ['fay'], []])
    await iam('DetachUserPolicy', { UserName: 'fay', PolicyArn })
    await iam('DetachGroupPolicy', { GroupName: 'fays', PolicyArn })
    await refused('DeletePolicy', { PolicyArn }, 'DeleteConflict', /attached to entities/)
    await iam('DeleteRolePermissionsBoundary', { RoleName: 'fayrole' })
    await refused(
      'DeleteRolePermissionsBoundary',
      { RoleName: 'fayrole' },
      'NoSuchEntity',
      /fayrole has no permissions boundary/,
    )
    await iam('DeletePolicy', { PolicyArn })
  })

  test('a boundary that is set, changed and taken counts in the next call', async () => {
    const gus = await makeUser(server, 'gus', { Effect: 'Allow', Action: 'iam:*', Resource: '*' })
    await iam('CreatePolicy', { PolicyName: 'little', PolicyDocument: allow('iam:ListRoles') })
    await iam('PutUserPermissionsBoundary', { UserName: 'gus', PermissionsBoundary: policyArn('little') })
    const outcome = await outcomeOf(gus, 'iam', 'ListUsers')
    assert.ok('code' in outcome && /no permissions boundary allows/.test(outcome.message))
    assert.ok('output' in (await outcomeOf(gus, 'iam', 'ListRoles')))
    const { User } = await iam('GetUser', { UserName: 'gus' })
    assert.equal(User.PermissionsBoundary.PermissionsBoundaryArn, policyArn('little'))
    await iam('DeleteUserPermissionsBoundary', { UserName: 'gus' })
    assert.ok('output' in (await outcomeOf(gus, 'iam', 'ListUsers')))
    await refused(
      'PutUserPermissionsBoundary',
      { UserName: 'gus', PermissionsBoundary: policyArn('nowhere') },
      'NoSuchEntity',
      /nowhere/,
    )
  })

  test('tags of users, roles and policies: added, replaced whatever the case, taken', async () => {
    const role = { RoleName: 'tagged' }
    await iam('CreateRole', { ...role, AssumeRolePolicyDocument: trust, Tags: [{ Key: 'team', Value: 'a' }] })
    await iam('TagRole', {
      ...role,
      Tags: [
        { Key: 'Team', Value: 'b' },
        { Key: 'cost', Value: '1' },
      ],
    })
    const tags = [
      { Key: 'Team', Value: 'b' },
      { Key: 'cost', Value: '1' },
    ]
    assert.deepEqual((await iam('ListRoleTags', role)).Tags, tags)
    assert.deepEqual((await iam('GetRole', role)).Role.Tags, tags)
    await iam('UntagRole', { ...role, TagKeys: ['TEAM', 'nothing'] })
    assert.deepEqual((await iam('ListRoleTags', role)).Tags, [{ Key: 'cost', Value: '1' }])
    const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }))
    await refused('TagRole', { ...role, Tags: many }, 'LimitExceeded', /TagsPerEntity/)
    await iam('CreateUser', { UserName: 'tagged' })
    await iam('TagUser', { UserName: 'tagged', Tags: tags })
    await iam('UntagUser', { UserName: 'tagged', TagKeys: ['cost'] })
    assert.deepEqual((await iam('ListUserTags', { UserName: 'tagged' })).Tags, [tags[0]])
    await iam('CreatePolicy', { PolicyName: 'tagged', PolicyDocument: allow('iam:*') })
    const PolicyArn = policyArn('tagged')
    await iam('TagPolicy', { PolicyArn, Tags: tags })
    await iam('UntagPolicy', { PolicyArn, TagKeys: ['cost'] })
    assert.deepEqual((await iam('ListPolicyTags', { PolicyArn })).Tags, [tags[0]])
    await refused('TagUser', { UserName: 'nobody', Tags: tags }, 'NoSuchEntity', /nobody/)
  })

  test('what a role says of itself is changed, and its new trust counts', async () => {
    const role = { RoleName: 'changing' }
    await iam('CreateRole', { ...role, AssumeRolePolicyDocument: trust })
    await iam('UpdateRole', { ...role, Description: 'one', MaxSessionDuration: 7200 })
    await iam('UpdateRole', role)
    assert.deepEqual((await iam('UpdateRoleDescription', { ...role, Description: 'two' })).Role.Description, 'two')
    const { Role } = await iam('GetRole', role)
    assert.deepEqual([Role.Description, Role.MaxSessionDuration], ['two', 7200])
    const hal = await makeUser(server, 'hal', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })
    const assume = { RoleArn: Role.Arn, RoleSessionName: 'hal' }
    assert.ok('output' in (await outcomeOf(hal, 'sts', 'AssumeRole', assume)))
    const nobody = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '999999999999' } })
    await iam('UpdateAssumeRolePolicy', { ...role, PolicyDocument: nobody })
    assert.ok('code' in (await outcomeOf(hal, 'sts', 'AssumeRole', assume)))
    const bad = { ...role, PolicyDocument: allow('sts:AssumeRole') }
    await refused('UpdateAssumeRolePolicy', bad, 'MalformedPolicyDocument', /Resource/)
  })

  test('the calls by which Terraform’s provider and the AWS CLI’s users end a role and a user', async () => {
    const RoleName = 'doomed'
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
    await iam('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
    await iam('AttachRolePolicy', { RoleName, PolicyArn })
    await iam('PutRolePolicy', { RoleName, PolicyName: 'inline', PolicyDocument: allow('iam:*') })
    await refused('DeleteRole', { RoleName }, 'DeleteConflict', /must detach/)
    assert.deepEqual((await iam('ListInstanceProfilesForRole', { RoleName })).InstanceProfiles, [])
    for (const { PolicyArn } of (await iam('ListAttachedRolePolicies', { RoleName })).AttachedPolicies) {
      await iam('DetachRolePolicy', { RoleName, PolicyArn })
    }
    for (const PolicyName of (await iam('ListRolePolicies', { RoleName })).PolicyNames) {
      const { PolicyDocument } = await iam('GetRolePolicy', { RoleName, PolicyName })
      assert.equal(decodeURIComponent(PolicyDocument), allow('iam:*'))
      await iam('DeleteRolePolicy', { RoleName, PolicyName })
    }
    await iam('DeleteRole', { RoleName })
    await refused('ListInstanceProfilesForRole', { RoleName }, 'NoSuchEntity', /doomed/)

    const UserName = 'doomed'
    await makeUser(server, UserName, { Effect: 'Allow', Action: 'iam:*', Resource: '*' })
    await iam('CreateGroup', { GroupName: 'doomed' })
    await iam('AddUserToGroup', { GroupName: 'doomed', UserName })
    for (const { GroupName } of (await iam('ListGroupsForUser', { UserName })).Groups) {
      await iam('RemoveUserFromGroup', { GroupName, UserName })
    }
    for (const { AccessKeyId } of (await iam('ListAccessKeys', { UserName })).AccessKeyMetadata) {
      await iam('DeleteAccessKey', { UserName, AccessKeyId })
    }
    for (const PolicyName of (await iam('ListUserPolicies', { UserName })).PolicyNames) {
      const { PolicyDocument } = await iam('GetUserPolicy', { UserName, PolicyName })
      assert.match(decodeURIComponent(PolicyDocument), /iam:\*/)
      await iam('DeleteUserPolicy', { UserName, PolicyName })
    }
    await iam('DeleteUser', { UserName })
  })
})
