import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ServiceName, services } from '../model/services.ts'
import { type AccessLevel, reaches } from './access-level.ts'
import { authorise } from './authorise.ts'
import { managedPolicies, managedPolicy } from './managed-policies.ts'
import { expectedLevel, type Person, people as policiesOf } from './permissions.testdata.ts'
import { type Policy, parsePolicy } from './policy.ts'
import type { Principal } from './principal.ts'

function principal(...identity: Policy[]): Principal {
  return {
    accountId: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/alice',
    userId: 'AIDAALICE',
    userName: 'alice',
    groupArns: [],
    tags: [],
    permissions: { identity },
  }
}

function of(...names: string[]): Principal {
  return principal(...names.map(name => managedPolicy(`arn:aws:iam::aws:policy/${name}`)!.policy))
}

const inline = (...statements: object[]) =>
  principal(parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity'))

function call(who: Principal, service: ServiceName, operation: string, resources: readonly string[] = ['*']) {
  return authorise(who, { service, operation, resources, keys: new Map() })
}

const people = Object.fromEntries(Object.entries(policiesOf).map(([who, names]) => [who, of(...names)])) as Readonly<
  Record<Person, Principal>
>

describe('operations of Service Catalog, by who calls', () => {
  const operations = Object.keys(services.servicecatalog.operations)
  for (const who of Object.keys(people) as Person[]) {
    const caller = people[who]
    test(`${operations.length} by ${who}`, () => {
      assert.equal(operations.length, 90)
      for (const operation of operations) {
        const answer = call(caller, 'servicecatalog', operation)
        assert.equal(answer.allowed ? answer.accessLevel : undefined, expectedLevel(who, operation), operation)
      }
    })
  }
})

test('who sees every product', () => {
  const seeing = Object.entries(people).filter(([, caller]) => {
    const answer = call(caller, 'servicecatalog', 'DescribeProduct')
    return answer.allowed && answer.administrator
  })
  assert.deepEqual(
    seeing.map(([who]) => who),
    ['administrator', 'catalog administrator', 'auditor'],
  )
})

test('every action that a managed policy names is one of an operation', () => {
  const operations = (Object.keys(services) as ServiceName[]).flatMap(service =>
    Object.keys(services[service].operations).map(operation => `${service}:${operation}`),
  )
  // The one action that is no operation: to hand over a role.
  const actions = [...operations, 'iam:PassRole']
  for (const { name, document } of managedPolicies) {
    for (const { Action } of JSON.parse(document).Statement) {
      for (const action of Action as string[]) {
        const prefix = action.replace(/\*$/, '')
        const found = actions.some(each => (prefix === action ? each === action : each.startsWith(prefix)))
        assert.ok(found, `${name} names ${action}`)
      }
    }
  }
})

test('a verdict that was found out once holds for the same action and resource only, and never where a policy looks at more', () => {
  const arn = (id: string) => `arn:aws:catalog:us-east-1:111122223333:product/${id}`
  const ask = (who: Principal, operation: string, resource: string, source = '10.0.0.1') => {
    const keys = new Map([
      ['aws:sourceip', [source]],
      ['aws:username', [source]],
    ])
    return authorise(who, { service: 'servicecatalog', operation, resources: [resource], keys }).allowed
  }
  const plain = inline({ Effect: 'Allow', Action: 'servicecatalog:DescribeProduct', Resource: arn('prod-a*') })
  const byAddress = inline({
    Effect: 'Allow',
    Action: 'servicecatalog:DescribeProduct',
    Resource: arn('prod-a*'),
    Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.1' } },
  })
  const byVariable = inline({ Effect: 'Allow', Action: 'servicecatalog:*', Resource: arn('${aws:username}') })
  for (let time = 0; time < 2; time += 1) {
    assert.equal(ask(plain, 'DescribeProduct', arn('prod-a1')), true)
    assert.equal(ask(plain, 'DescribeProduct', arn('prod-b1')), false)
    assert.equal(ask(plain, 'DeleteProduct', arn('prod-a1')), false)
    assert.equal(ask(byAddress, 'DescribeProduct', arn('prod-a1')), true)
    assert.equal(ask(byAddress, 'DescribeProduct', arn('prod-a1'), '10.0.0.2'), false)
    assert.equal(ask(byVariable, 'DescribeProduct', arn('10.0.0.2'), '10.0.0.2'), true)
    assert.equal(ask(byVariable, 'DescribeProduct', arn('10.0.0.2')), false)
  }
})

test('nobody but an administrator gets at identities, queues and documents', () => {
  const rows: [service: ServiceName, operation: string, who: string[]][] = [
    ['iam', 'CreateUser', ['administrator']],
    ['iam', 'AttachUserPolicy', ['administrator']],
    ['iam', 'ListRoles', ['administrator', 'catalog administrator', 'auditor']],
    ['sqs', 'ReceiveMessage', ['administrator']],
    ['ssm', 'CreateDocument', ['administrator', 'catalog administrator']],
    ['ssm', 'GetDocument', ['administrator', 'catalog administrator', 'auditor']],
    ['ssm', 'DescribeDocument', ['administrator', 'catalog administrator', 'auditor', 'requester', 'onlooker']],
    ['sts', 'GetCallerIdentity', Object.keys(people)],
  ]
  for (const [service, operation, who] of rows) {
    const allowed = Object.entries(people).filter(([, caller]) => call(caller, service, operation).allowed)
    assert.deepEqual(
      allowed.map(([name]) => name),
      who,
      `${service}:${operation}`,
    )
  }
})

test('whose executions somebody sees', () => {
  const level = (who: Principal, operation: string) => {
    const answer = call(who, 'ssm', operation)
    return answer.allowed ? answer.accessLevel : undefined
  }
  assert.equal(level(people.requester, 'GetAutomationExecution'), 'user')
  assert.equal(level(people.auditor, 'GetAutomationExecution'), 'account')
  const approver = inline({ Effect: 'Allow', Action: 'ssm:SendAutomationSignal', Resource: '*' })
  assert.equal(level(approver, 'SendAutomationSignal'), 'account')
  assert.equal(level(approver, 'GetAutomationExecution'), undefined)
})

describe('access levels', () => {
  const action = 'servicecatalog:TerminateProvisionedProduct'
  const at = (key: string) => ({ StringEquals: { [`servicecatalog:${key}Level`]: 'self' } })
  const allow = (key?: string) => ({
    Effect: 'Allow',
    Action: action,
    Resource: '*',
    ...(key && { Condition: at(key) }),
  })
  const deny = (key: string) => ({ ...allow(key), Effect: 'Deny' })
  const rows: [name: string, statements: object[], level: AccessLevel | undefined][] = [
    ['no condition', [allow()], 'account'],
    ['account', [allow('account')], 'account'],
    ['role', [allow('role')], 'role'],
    ['user', [allow('user')], 'user'],
    ['the widest of several', [allow('user'), allow('role')], 'role'],
    ['a deny for the account denies all', [allow(), deny('account')], undefined],
    ['a deny for what is one’s own leaves nothing', [allow(), deny('user')], undefined],
    [
      'another value than self',
      [{ ...allow(), Condition: { StringEquals: { 'servicecatalog:userLevel': 'x' } } }],
      undefined,
    ],
  ]
  for (const [name, statements, level] of rows) {
    test(name, () => {
      const answer = call(inline(...statements), 'servicecatalog', 'TerminateProvisionedProduct')
      assert.equal(answer.allowed ? answer.accessLevel : undefined, level)
    })
  }

  test('an operation that knows no levels is not allowed by one', () => {
    const who = inline({ Effect: 'Allow', Action: 'servicecatalog:*', Resource: '*', Condition: at('user') })
    assert.equal(call(who, 'servicecatalog', 'CreatePortfolio').allowed, false)
    assert.equal(call(who, 'servicecatalog', 'DescribeRecord').allowed, true)
  })

  test('what a level reaches', () => {
    const user = 'arn:aws:iam::111122223333:user/alice'
    const session = 'arn:aws:sts::111122223333:assumed-role/Operator/alice'
    const roleArn = 'arn:aws:iam::111122223333:role/ops/Operator'
    const rows: [arn: string, roleArn: string | undefined, level: AccessLevel, owner: string, does: boolean][] = [
      [user, undefined, 'user', user, true],
      [user, undefined, 'user', `${user}2`, false],
      [user, undefined, 'role', `${user}2`, false],
      [user, undefined, 'account', `${user}2`, true],
      [session, roleArn, 'user', session, true],
      [session, roleArn, 'user', session.replace('/alice', '/bob'), false],
      [session, roleArn, 'role', session.replace('/alice', '/bob'), true],
      [session, roleArn, 'role', roleArn, true],
      [session, roleArn, 'role', 'arn:aws:sts::111122223333:assumed-role/Operator2/bob', false],
      [session, roleArn, 'role', user, false],
    ]
    for (const [arn, role, accessLevel, owner, does] of rows) {
      assert.equal(reaches({ arn, roleArn: role, accessLevel }, owner), does, `${arn} ${accessLevel} ${owner}`)
    }
  })
})

test('all resources must be allowed, and the refusal names the one that is not', () => {
  const portfolio = 'arn:aws:catalog:us-east-1:111122223333:portfolio/port-1'
  const product = 'arn:aws:catalog:us-east-1:111122223333:product/prod-1'
  const who = inline({ Effect: 'Allow', Action: 'servicecatalog:*', Resource: portfolio })
  const answer = call(who, 'servicecatalog', 'AssociateProductWithPortfolio', [portfolio, product])
  assert.deepEqual(
    answer.allowed === false && answer.reason,
    [
      `User: arn:aws:iam::111122223333:user/alice is not authorized to perform:`,
      `servicecatalog:AssociateProductWithPortfolio on resource: ${product}`,
      'because no identity-based policy allows the servicecatalog:AssociateProductWithPortfolio action',
    ].join(' '),
  )
})

test('an operation that there is not is nobody’s', () => {
  assert.equal(call(people.administrator, 'servicecatalog', 'DropEverything').allowed, false)
  assert.equal(call(people.administrator, 'iam', 'toString').allowed, false)
})
