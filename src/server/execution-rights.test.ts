import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsApi } from '../aws/api.ts'
import type { Execution } from '../catalog/execution.ts'
import { parsePolicy } from '../identity/policy.ts'
import { execution } from '../runbook/testing.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage } from '../storage/storage.ts'
import { createExecutionRights } from './execution-rights.ts'
import type { Principals } from './principals.ts'

const accountId = '123456789012'
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`

/** Rights of one user who has this policy; every call that gets through is noted. */
function rightsOf(t: { after(fn: () => unknown): void }, statements: readonly object[] | undefined) {
  const storage = openStorage(new SqliteDriver(':memory:', Date.now))
  t.after(() => storage.close())
  const policy = statements && parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity')
  const principals: Principals = {
    user: async (_, userName) =>
      policy && {
        accountId,
        arn: `arn:aws:iam::${accountId}:user/${userName}`,
        userId: 'AIDA',
        userName,
        groupArns: [],
        tags: [],
        permissions: { identity: [policy] },
      },
    session: async () => undefined,
    ofArn: async () => undefined,
  }
  const rights = createExecutionRights({ storage, principals, clock: { now: () => new Date() } })
  const made: string[] = []
  const aws: AwsApi = {
    region: 'us-east-1',
    call: async (service, operation) => {
      made.push(`${service} ${operation}`)
      return {}
    },
    credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
  }
  const started: Execution = execution({ caller: { accountId, userName: 'bob' } })
  return { rights, made, started, aws: rights.callersAws(aws, started) }
}

const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const deny = (Action: string, more: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...more })

test('calls of steps without a role reach as far as the caller’s policies, however they are written', async t => {
  type Row = [statements: readonly object[], service: string, operation: string, input: object, allowed: boolean]
  const instance = 'arn:aws:ec2:us-east-1:123456789012:instance/i-1'
  const production = { Condition: { StringNotEquals: { 'ec2:ResourceTag/env': 'production' } } }
  const everything = allow('*')
  const rows: Row[] = [
    [[allow('ec2:StopInstances')], 'ec2', 'StopInstances', {}, true],
    [[allow('ec2:StopInstances')], 'EC2', 'stop_instances', {}, true],
    [[allow('ec2:StopInstances')], 'ec2', 'TerminateInstances', {}, false],
    [[allow('s3:*')], 'ec2', 'StopInstances', {}, false],
    // Which resource a call is about is not known: what is allowed for one is not allowed.
    [[allow('ec2:StopInstances', { Resource: instance })], 'ec2', 'StopInstances', {}, false],
    [[allow('ec2:StopInstances', production)], 'ec2', 'StopInstances', {}, false],
    // What is denied for one, or under a condition that cannot be known, is denied.
    [[everything, deny('ec2:StopInstances', { Resource: instance })], 'ec2', 'StopInstances', {}, false],
    [[everything, deny('ec2:StopInstances', production)], 'ec2', 'stopinstances', {}, false],
    [[everything, deny('s3:ListAllMyBuckets')], 's3', 'listbuckets', {}, false],
    [[everything, deny('elasticloadbalancing:*')], 'elbv2', 'DescribeLoadBalancers', {}, false],
    [[allow('states:StartExecution')], 'stepfunctions', 'StartExecution', {}, true],
    [[allow('lambda:InvokeFunction')], 'lambda', 'Invoke', {}, true],
    [[allow('apigateway:GET')], 'apigateway', 'GetRestApis', {}, true],
    [[allow('apigateway:GET')], 'apigateway', 'DeleteRestApi', {}, false],
    // Handing on a role, or all that the server may do, is more than the call.
    [[allow('ec2:RunInstances')], 'ec2', 'RunInstances', { IamInstanceProfile: { Name: 'Strong' } }, false],
    [[allow(['lambda:*'])], 'lambda', 'CreateFunction', { Role: role('Strong') }, false],
    [[allow(['lambda:*', 'iam:PassRole'])], 'lambda', 'CreateFunction', { Role: role('Strong') }, true],
    [[allow('cloudformation:*')], 'cloudformation', 'CreateStack', {}, false],
    [[allow('cloudformation:*')], 'cloudformation', 'DescribeStacks', {}, true],
    [[allow('sts:*')], 'sts', 'AssumeRole', { RoleArn: role('Strong') }, false],
    [[allow('sts:*')], 'sts', 'GetCallerIdentity', {}, true],
    [[allow('ssm:*')], 'ssm', 'startautomationexecution', {}, false],
    [[allow(['cloudformation:*', 'bellhop:UseServerCredentials'])], 'cloudformation', 'CreateStack', {}, true],
    [[everything], 'cloudformation', 'CreateStack', {}, true],
  ]
  for (const [statements, service, operation, input, allowed] of rows) {
    const { aws, made } = rightsOf(t, statements)
    const what = `${operation} with ${JSON.stringify(statements)}`
    if (allowed) await aws.call(service, operation, { ...input })
    else await assert.rejects(aws.call(service, operation, { ...input }), { code: 'AccessDenied' }, what)
    assert.equal(made.length, allowed ? 1 : 0, what)
  }
  await assert.rejects(rightsOf(t, [everything]).aws.call('nothing', 'Do', {}), { code: 'UnknownService' })
})

test('the server’s credentials are handed out only to who may use them, and nothing is left of who is gone', async t => {
  const { aws } = rightsOf(t, [allow('ec2:*')])
  await assert.rejects(aws.credentials(), { code: 'NoCredentials', message: /bellhop:UseServerCredentials/ })
  assert.equal((await rightsOf(t, [allow('bellhop:UseServerCredentials')]).aws.credentials()).accessKeyId, 'AKIA')
  const gone = rightsOf(t, undefined)
  await assert.rejects(gone.aws.call('ec2', 'StopInstances', {}), { code: 'AccessDenied', message: /no longer there/ })
})

test('a role is passed on by who may pass it, and never by a role that is not known here', async t => {
  const { rights, started } = rightsOf(t, [allow('iam:PassRole', { Resource: role('Weak') })])
  assert.equal(await rights.mayPassRole(started, role('Weak')), true)
  assert.equal(await rights.mayPassRole(started, role('Strong')), false)
  assert.equal(await rights.mayPassRole({ ...started, roleArn: role('Elsewhere') }, role('Weak')), false)
})
