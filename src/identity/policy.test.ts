import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { effectOf, evaluate, trusts } from './evaluate.ts'
import { managedPolicies } from './managed-policies.ts'
import { PolicyError, parsePolicy } from './policy.ts'

function policy(...statements: object[]) {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity')
}

const allow = (more: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more })

function keysOf(keys: Readonly<Record<string, string | readonly string[]>> = {}) {
  return new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), [value].flat()]))
}

describe('a policy that may not be saved is refused', () => {
  const Version = '2012-10-17'
  const trust = (statement: object) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement })
  const aws = (name: string) => trust({ Principal: { AWS: name } })
  const rows: [name: string, document: unknown, text: RegExp, kind?: 'trust'][] = [
    ['no JSON', '{', /^Syntax errors in policy\.$/],
    ['no object', [], /^Syntax errors/],
    ['null', null, /^Syntax errors/],
    ['no statement', { Version: '2012-10-17' }, /^Syntax errors/],
    ['an empty list of statements', { Statement: [] }, /^Syntax errors/],
    ['a statement that is text', { Statement: 'Allow' }, /^Syntax errors/],
    ['another version', { Version: '2020-01-01', Statement: [allow({})] }, /version 2012-10-17 or greater/],
    ['an unknown element', { Statement: [allow({})], Foo: 1 }, /Foo/],
    ['an unknown element of a statement', { Statement: [allow({ Actions: 'x' })] }, /Actions/],
    ['an element in another case', { Statement: [{ ...allow({}), effect: 'Deny' }] }, /effect/],
    ['__proto__', '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","__proto__":{}}]}', /__proto__/],
    [
      'a name twice',
      '{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}',
      /^Syntax errors/,
    ],
    [
      'a name twice, spelled otherwise',
      '{"Statement":[{"Effect" : "Deny","\\u0045ffect":"Allow","Action":"*","Resource":"*"}]}',
      /^Syntax errors/,
    ],
    ['an unknown effect', { Statement: [allow({ Effect: 'allow' })] }, /^Syntax errors/],
    ['no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }, /must contain actions/],
    ['no resource', { Statement: [{ Effect: 'Allow', Action: '*' }] }, /must contain resources/],
    ['Action and NotAction', { Statement: [allow({ NotAction: 'a:b' })] }, /^Syntax errors/],
    ['Resource and NotResource', { Statement: [allow({ NotResource: '*' })] }, /^Syntax errors/],
    ['an empty list of actions', { Statement: [allow({ Action: [] })] }, /Action/],
    ['an action that is a number', { Statement: [allow({ Action: [1] })] }, /Action/],
    ['an action without a service', { Statement: [allow({ Action: 'ProvisionProduct' })] }, /prefaced by a vendor/],
    ['an action with two colons', { Statement: [allow({ Action: 'a:b:c' })] }, /not valid/],
    ['an action with a variable', { Statement: [allow({ Action: 'iam:${aws:username}' })] }, /not valid/],
    ['a wildcard for the service', { Statement: [allow({ Action: '*:Get' })] }, /Vendor \* is not valid/],
    ['a resource that is no ARN', { Statement: [allow({ Resource: 'prod-1' })] }, /must be in ARN format or "\*"/],
    ['a principal', { Statement: [allow({ Principal: '*' })] }, /should not specify a principal/],
    ['an unknown operator', { Statement: [allow({ Condition: { StringIs: { 'aws:username': 'a' } } })] }, /StringIs/],
    [
      'an operator in another case',
      { Statement: [allow({ Condition: { stringEquals: { 'a:b': 'a' } } })] },
      /stringEq/,
    ],
    ['toString as operator', { Statement: [allow({ Condition: { toString: { 'a:b': 'a' } } })] }, /toString/],
    ['NullIfExists', { Statement: [allow({ Condition: { NullIfExists: { 'a:b': 'true' } } })] }, /NullIfExists/],
    ['an unknown set operator', { Statement: [allow({ Condition: { 'ForOne:Bool': { 'a:b': 'true' } } })] }, /ForOne/],
    ['a key without a service', { Statement: [allow({ Condition: { Bool: { secure: 'true' } } })] }, /secure/],
    ['no number', { Statement: [allow({ Condition: { NumericEquals: { 'a:b': 'x' } } })] }, /x is not valid/],
    ['no date', { Statement: [allow({ Condition: { DateLessThan: { 'a:b': 'soon' } } })] }, /soon/],
    ['no truth', { Statement: [allow({ Condition: { Bool: { 'a:b': 'yes' } } })] }, /yes/],
    ['no address', { Statement: [allow({ Condition: { IpAddress: { 'a:b': '10.0.0.0/33' } } })] }, /10\.0\.0\.0/],
    ['no base64', { Statement: [allow({ Condition: { BinaryEquals: { 'a:b': 'a b' } } })] }, /a b is not valid/],
    ['no ARN', { Statement: [allow({ Condition: { ArnLike: { 'a:b': 'arn:aws:iam' } } })] }, /arn:aws:iam/],
    ['an empty list of values', { Statement: [allow({ Condition: { Bool: { 'a:b': [] } } })] }, /^Syntax/],
    ['a value that is an object', { Statement: [allow({ Condition: { Bool: { 'a:b': {} } } })] }, /^Syntax/],
    [
      'a variable that does not end',
      { Version, Statement: [allow({ Resource: 'arn:aws:iam::1:user/${aws:x' })] },
      /variable/,
    ],
    [
      'a variable with a bad default',
      { Version, Statement: [allow({ Resource: 'arn:aws:iam::1:user/${a:b, c}' })] },
      /variable/,
    ],
    ['a Sid with a blank', { Statement: [allow({ Sid: 'a b' })] }, /SID/],
    ['a Sid twice', { Statement: [allow({ Sid: 'a' }), allow({ Sid: 'a' })] }, /unique/],
    ['trust with a resource', { Statement: [{ ...aws('*'), Resource: '*' }] }, /Resource/, 'trust'],
    ['trust without a principal', { Statement: [trust({})] }, /must contain principals/, 'trust'],
    ['trust of everybody but some', { Statement: [trust({ NotPrincipal: { AWS: '*' } })] }, /NotPrincipal/, 'trust'],
    ['trust for another action', { Statement: [{ ...aws('*'), Action: 'iam:GetUser' }] }, /STS AssumeRole/, 'trust'],
    ['trust of a wildcard', { Statement: [aws('arn:aws:iam::111122223333:user/*')] }, /Invalid principal/, 'trust'],
    ['trust of a short account', { Statement: [aws('1111')] }, /Invalid principal/, 'trust'],
    ['trust of an unknown kind', { Statement: [trust({ Principal: { Robot: 'x' } })] }, /Invalid principal/, 'trust'],
  ]
  for (const [name, document, text, kind = 'identity'] of rows) {
    test(name, () => {
      const written = typeof document === 'string' ? document : JSON.stringify(document)
      assert.throws(
        () => parsePolicy(written, kind),
        (error: unknown) => error instanceof PolicyError && text.test(error.message),
      )
    })
  }
})

describe('what a statement is about', () => {
  const action = 'servicecatalog:ProvisionProduct'
  const product = 'arn:aws:catalog:us-east-1:111122223333:product/prod-1'
  const rows: [statement: object, resource: string, applies: boolean][] = [
    [{ Action: '*' }, product, true],
    [{ Action: 'servicecatalog:*' }, product, true],
    [{ Action: 'ServiceCatalog:provisionproduct' }, product, true],
    [{ Action: 'servicecatalog:Provision*' }, product, true],
    [{ Action: 'servicecatalog:ProvisionProduc?' }, product, true],
    [{ Action: 'servicecatalog:ProvisionProduct?' }, product, false],
    [{ Action: 'servicecatalog:Provision' }, product, false],
    [{ Action: ['ssm:*', 'servicecatalog:ProvisionProduct'] }, product, true],
    [{ Action: undefined, NotAction: 'iam:*' }, product, true],
    [{ Action: undefined, NotAction: ['iam:*', 'servicecatalog:*'] }, product, false],
    [{ Resource: product }, product, true],
    [{ Resource: 'arn:aws:catalog:*:*:product/*' }, product, true],
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/prod-2' }, product, false],
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/PROD-1' }, product, false],
    [{ Resource: 'arn:aws:catalog:us-west-2:*:product/*' }, product, false],
    [{ Resource: undefined, NotResource: product }, product, false],
    [{ Resource: undefined, NotResource: `${product}2` }, product, true],
    // An action without resources is about `*`, which only `*` means.
    [{ Resource: 'arn:aws:catalog:*:*:product/*' }, '*', false],
    [{ Resource: '*' }, '*', true],
    [{ Resource: 'arn:aws:catalog:us-east-1:${aws:PrincipalAccount}:product/*' }, product, true],
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/${aws:PrincipalTag/Product}' }, product, true],
    [{ Resource: "arn:aws:catalog:us-east-1:111122223333:product/${aws:PrincipalTag/No, 'prod-1'}" }, product, true],
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/${aws:PrincipalTag/No}' }, product, false],
    // A value is never a pattern: the tag Star is `*`.
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/${aws:PrincipalTag/Star}' }, product, false],
    [{ Resource: 'arn:aws:catalog:us-east-1:111122223333:product/${*}' }, product, false],
    [{ Resource: undefined, NotResource: 'arn:aws:catalog:::product/${aws:PrincipalTag/No}' }, product, false],
  ]
  const keys = keysOf({
    'aws:PrincipalAccount': '111122223333',
    'aws:PrincipalTag/Product': 'prod-1',
    'aws:PrincipalTag/Star': '*',
  })
  for (const [statement, resource, applies] of rows) {
    test(`${JSON.stringify(statement)} for ${resource}`, () => {
      assert.equal(effectOf([policy(allow(statement))], { action, resource, keys }), applies ? 'Allow' : undefined)
    })
  }

  test('a Deny of everything but what a variable without a value names, applies', () => {
    const deny = policy({ Effect: 'Deny', Action: '*', NotResource: 'arn:aws:iam::1:user/${a:b}' })
    assert.equal(effectOf([deny], { action, resource: product, keys }), 'Deny')
  })

  test('before version 2012-10-17 there are no variables', () => {
    const old = parsePolicy(
      JSON.stringify({ Version: '2008-10-17', Statement: allow({ Resource: 'arn:aws:iam::1:user/${aws:username}' }) }),
      'identity',
    )
    const user = (name: string) => ({
      action: 'iam:GetUser',
      resource: `arn:aws:iam::1:user/${name}`,
      keys: keysOf({ 'aws:username': 'alice' }),
    })
    assert.equal(effectOf([old], user('alice')), undefined)
    assert.equal(effectOf([old], user('${aws:username}')), 'Allow')
  })

  test('a pattern full of stars is judged at once', () => {
    const many = policy(allow({ Resource: `arn:aws:iam::1:user/${'a*'.repeat(500)}b` }))
    const began = performance.now()
    effectOf([many], { action: 'iam:GetUser', resource: `arn:aws:iam::1:user/${'a'.repeat(1500)}`, keys })
    assert.ok(performance.now() - began < 1000)
  })
})

describe('conditions', () => {
  type Keys = Parameters<typeof keysOf>[0]
  const rows: [operator: string, key: string, value: unknown, keys: Keys, holds: boolean][] = [
    ['StringEquals', 'a:k', 'x', { 'a:k': 'x' }, true],
    ['StringEquals', 'A:K', 'x', { 'a:k': 'x' }, true],
    ['StringEquals', 'a:k', 'x', { 'a:k': 'X' }, false],
    ['StringEquals', 'a:k', ['y', 'x'], { 'a:k': 'x' }, true],
    ['StringEquals', 'a:k', 'x*', { 'a:k': 'xy' }, false],
    ['StringEquals', 'a:k', 'x*', { 'a:k': 'x*' }, true],
    ['StringEquals', 'a:k', '*', { 'a:k': 'x' }, false],
    ['StringEquals', 'a:k', 'x', {}, false],
    ['StringEqualsIfExists', 'a:k', 'x', {}, true],
    ['StringEqualsIfExists', 'a:k', 'x', { 'a:k': 'y' }, false],
    ['StringEquals', 'a:k', '${a:other}', { 'a:k': 'x', 'a:other': 'x' }, true],
    ['StringEquals', 'a:k', '${a:other}', { 'a:k': 'x' }, false],
    ['StringNotEquals', 'a:k', 'x', { 'a:k': 'y' }, true],
    ['StringNotEquals', 'a:k', ['x', 'y'], { 'a:k': 'y' }, false],
    ['StringNotEquals', 'a:k', 'x', {}, true],
    ['StringEqualsIgnoreCase', 'a:k', 'X', { 'a:k': 'x' }, true],
    ['StringEqualsIgnoreCase', 'a:k', '${a:other}', { 'a:k': 'x', 'a:other': 'X' }, true],
    ['StringNotEqualsIgnoreCase', 'a:k', 'X', { 'a:k': 'x' }, false],
    ['StringLike', 'a:k', 'x?z*', { 'a:k': 'xyz' }, true],
    ['StringLike', 'a:k', 'x?z', { 'a:k': 'xz' }, false],
    ['StringLike', 'a:k', '*', { 'a:k': '' }, true],
    ['StringNotLike', 'a:k', 'x*', { 'a:k': 'xyz' }, false],
    ['NumericEquals', 'a:k', 5, { 'a:k': '5.0' }, true],
    ['NumericNotEquals', 'a:k', 5, { 'a:k': '6' }, true],
    ['NumericLessThan', 'a:k', '5', { 'a:k': '5' }, false],
    ['NumericLessThanEquals', 'a:k', '5', { 'a:k': '5' }, true],
    ['NumericGreaterThan', 'a:k', '10', { 'a:k': '9' }, false],
    ['NumericGreaterThanEquals', 'a:k', '-1', { 'a:k': '0' }, true],
    ['NumericEquals', 'a:k', 5, { 'a:k': 'five' }, false],
    ['DateLessThan', 'a:k', '2026-01-01T00:00:00Z', { 'a:k': '2025-12-31T23:59:59Z' }, true],
    ['DateLessThan', 'a:k', '2026-01-01', { 'a:k': '2026-01-01T00:00:00Z' }, false],
    ['DateGreaterThanEquals', 'a:k', '2026-01-01T01:00:00+01:00', { 'a:k': '2026-01-01T00:00:00Z' }, true],
    ['DateEquals', 'a:k', '1767225600', { 'a:k': '2026-01-01T00:00:00Z' }, true],
    ['DateNotEquals', 'a:k', '2026-01-01', { 'a:k': '2026-01-02' }, true],
    ['Bool', 'a:k', true, { 'a:k': 'true' }, true],
    ['Bool', 'a:k', 'TRUE', { 'a:k': 'false' }, false],
    ['Bool', 'a:k', 'true', {}, false],
    ['BoolIfExists', 'a:k', 'true', {}, true],
    ['Null', 'a:k', 'true', {}, true],
    ['Null', 'a:k', true, { 'a:k': 'x' }, false],
    ['Null', 'a:k', 'false', { 'a:k': 'x' }, true],
    ['IpAddress', 'a:k', '192.0.2.0/24', { 'a:k': '192.0.2.77' }, true],
    ['IpAddress', 'a:k', '192.0.2.0/24', { 'a:k': '::ffff:192.0.2.77' }, true],
    ['IpAddress', 'a:k', '192.0.2.0/24', { 'a:k': '192.0.3.1' }, false],
    ['IpAddress', 'a:k', '0.0.0.0/0', { 'a:k': '2001:db8::1' }, false],
    ['IpAddress', 'a:k', '2001:db8::/32', { 'a:k': '2001:db8:1::1' }, true],
    ['IpAddress', 'a:k', ['10.0.0.1', '2001:db8::1'], { 'a:k': '2001:DB8:0:0::1' }, true],
    ['NotIpAddress', 'a:k', '10.0.0.0/8', { 'a:k': '10.1.2.3' }, false],
    ['NotIpAddress', 'a:k', '10.0.0.0/8', { 'a:k': '11.1.2.3' }, true],
    ['BinaryEquals', 'a:k', 'QUJDRA==', { 'a:k': 'QUJDRA==' }, true],
    ['BinaryEquals', 'a:k', 'QUJDRA==', { 'a:k': 'QUJDRA' }, true],
    ['BinaryEquals', 'a:k', 'QUJDRA==', { 'a:k': 'QUJDRQ==' }, false],
    ['BinaryEqualsIfExists', 'a:k', 'QUJDRA==', {}, true],
    ['StringNotEqualsIfExists', 'a:k', 'x', { 'a:k': 'x' }, false],
    ['ForAllValues:StringEqualsIfExists', 'a:k', 'x', { 'a:k': ['x', 'y'] }, false],
    ['ForAllValues:ArnLike', 'a:k', 'arn:aws:iam::1:role/*', { 'a:k': ['arn:aws:iam::1:role/x'] }, true],
    ['DateLessThanEquals', 'a:k', '2026-01-01T00:00:00.5Z', { 'a:k': '2026-01-01T00:00:00Z' }, true],
    ['DateGreaterThan', 'a:k', '2026', { 'a:k': '2026-01-01T00:00:01Z' }, true],
    ['ArnLike', 'a:k', 'arn:aws:iam::*:role/app/*', { 'a:k': 'arn:aws:iam::1:role/app/x' }, true],
    ['ArnEquals', 'a:k', 'arn:aws:iam::*:role/*', { 'a:k': 'arn:aws:iam::1:role/x:y' }, true],
    // A wildcard does not reach over a colon before the last part.
    ['ArnLike', 'a:k', 'arn:*:iam::1:role/x', { 'a:k': 'arn:aws:a:iam::1:role/x' }, false],
    ['ArnLike', 'a:k', 'arn:aws:iam::*:role/x', { 'a:k': 'x' }, false],
    ['ArnNotLike', 'a:k', 'arn:aws:iam::1:role/*', { 'a:k': 'arn:aws:iam::1:user/x' }, true],
    ['ArnNotEquals', 'a:k', 'arn:aws:iam::1:role/*', { 'a:k': 'arn:aws:iam::1:role/x' }, false],
    ['ForAnyValue:StringEquals', 'a:k', ['x', 'y'], { 'a:k': ['z', 'y'] }, true],
    ['ForAnyValue:StringEquals', 'a:k', ['x', 'y'], { 'a:k': ['z'] }, false],
    ['ForAnyValue:StringEquals', 'a:k', ['x'], {}, false],
    ['ForAnyValue:StringNotEquals', 'a:k', ['x'], { 'a:k': ['x', 'y'] }, true],
    ['ForAnyValue:StringNotEquals', 'a:k', ['x'], {}, false],
    ['ForAllValues:StringEquals', 'a:k', ['x', 'y'], { 'a:k': ['x', 'y', 'x'] }, true],
    ['ForAllValues:StringEquals', 'a:k', ['x', 'y'], { 'a:k': ['x', 'z'] }, false],
    ['ForAllValues:StringEquals', 'a:k', ['x'], {}, true],
    ['ForAllValues:StringNotLike', 'a:k', ['x*'], { 'a:k': ['y', 'xx'] }, false],
    ['ForAnyValue:StringLikeIfExists', 'a:k', ['x*'], {}, true],
  ]
  for (const [operator, key, value, keys, holds] of rows) {
    test(`${operator} ${JSON.stringify(value)} with ${JSON.stringify(keys)}`, () => {
      const conditioned = policy(allow({ Condition: { [operator]: { [key]: value } } }))
      const request = { action: 'sts:X', resource: '*', keys: keysOf(keys) }
      assert.equal(effectOf([conditioned], request), holds ? 'Allow' : undefined)
    })
  }

  test('all operators and all keys must hold', () => {
    const both = policy(allow({ Condition: { StringEquals: { 'a:k': 'x', 'a:l': 'y' }, Bool: { 'a:m': 'true' } } }))
    const effect = (keys: Keys) => effectOf([both], { action: 'sts:X', resource: '*', keys: keysOf(keys) })
    assert.equal(effect({ 'a:k': 'x', 'a:l': 'y', 'a:m': 'true' }), 'Allow')
    assert.equal(effect({ 'a:k': 'x', 'a:l': 'z', 'a:m': 'true' }), undefined)
    assert.equal(effect({ 'a:k': 'x', 'a:l': 'y', 'a:m': 'false' }), undefined)
  })
})

describe('several policies together', () => {
  const request = { action: 'ssm:GetDocument', resource: '*', keys: keysOf() }
  const all = policy(allow({}))
  const none = policy(allow({ Action: 'iam:*' }))
  const deny = policy({ Effect: 'Deny', Action: 'ssm:*', Resource: '*' })
  const rows: [name: string, permissions: Parameters<typeof evaluate>[0], verdict: string][] = [
    ['nothing', { identity: [] }, 'not in identity'],
    ['one that allows', { identity: [none, all] }, 'allowed'],
    ['one that denies, whatever the order', { identity: [all, deny, all] }, 'denied by identity'],
    ['a boundary that allows', { identity: [all], boundary: all }, 'allowed'],
    ['a boundary that does not', { identity: [all], boundary: none }, 'not in boundary'],
    ['a boundary that denies', { identity: [all], boundary: deny }, 'denied by boundary'],
    ['a boundary gives nothing', { identity: [none], boundary: all }, 'not in identity'],
    ['a session that allows', { identity: [all], session: [none, all] }, 'allowed'],
    ['a session that does not', { identity: [all], session: [none] }, 'not in session'],
    ['a session that denies', { identity: [all], session: [all, deny] }, 'denied by session'],
    ['a session gives nothing', { identity: [none], session: [all] }, 'not in identity'],
  ]
  for (const [name, permissions, verdict] of rows) {
    test(name, () => assert.equal(evaluate(permissions, request), verdict))
  }
})

describe('trust', () => {
  const account = '111122223333'
  const alice = { accountId: account, arn: `arn:aws:iam::${account}:user/alice` }
  const session = {
    accountId: account,
    arn: `arn:aws:sts::${account}:assumed-role/Operator/bob`,
    roleArn: `arn:aws:iam::${account}:role/ops/Operator`,
  }
  const rows: [name: string, statements: object[], caller: typeof alice | typeof session, trust: string | undefined][] =
    [
      ['the user by name', [{ Principal: { AWS: alice.arn } }], alice, 'named'],
      ['the account', [{ Principal: { AWS: account } }], alice, 'account'],
      ['the account by its root', [{ Principal: { AWS: [`arn:aws:iam::${account}:root`] } }], alice, 'account'],
      ['everybody', [{ Principal: '*' }], alice, 'account'],
      ['another account', [{ Principal: { AWS: '444455556666' } }], alice, undefined],
      ['a service', [{ Principal: { Service: 'servicecatalog.amazonaws.com' } }], alice, undefined],
      ['the role of a session', [{ Principal: { AWS: session.roleArn } }], session, 'named'],
      ['a session by name', [{ Principal: { AWS: session.arn } }], session, 'named'],
      ['another user', [{ Principal: { AWS: `${alice.arn}2` } }], alice, undefined],
      ['account and name', [{ Principal: { AWS: account } }, { Principal: { AWS: alice.arn } }], alice, 'named'],
      ['a deny', [{ Principal: '*' }, { Effect: 'Deny', Principal: { AWS: alice.arn } }], alice, 'Deny'],
      [
        'a deny of all others',
        [{ Principal: '*' }, { Effect: 'Deny', NotPrincipal: { AWS: alice.arn } }],
        alice,
        'account',
      ],
      [
        'a deny of all but another',
        [{ Principal: '*' }, { Effect: 'Deny', NotPrincipal: { AWS: session.arn } }],
        alice,
        'Deny',
      ],
      ['another action', [{ Principal: '*', Action: 'sts:TagSession' }], alice, undefined],
      [
        'an external id',
        [{ Principal: { AWS: account }, Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }],
        alice,
        'account',
      ],
      [
        'another external id',
        [{ Principal: { AWS: account }, Condition: { StringEquals: { 'sts:ExternalId': 'other' } } }],
        alice,
        undefined,
      ],
    ]
  for (const [name, statements, caller, trust] of rows) {
    test(name, () => {
      const Statement = statements.map(statement => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }))
      const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'trust')
      const keys = keysOf({ 'sts:ExternalId': 'secret' })
      assert.equal(trusts(parsed, caller, { action: 'sts:AssumeRole', keys }), trust)
    })
  }
})

describe('trust in an identity provider', () => {
  const provider = 'arn:aws:iam::111122223333:oidc-provider/login.example.com/realms/staff'
  const caller = { accountId: '', arn: '', provider }
  const key = 'login.example.com/realms/staff:aud'
  const rows: [name: string, statements: object[], trust: string | undefined][] = [
    ['by its ARN', [{ Principal: { Federated: provider } }], 'named'],
    ['another', [{ Principal: { Federated: `${provider}2` } }], undefined],
    ['everybody', [{ Principal: '*' }], 'account'],
    ['an account', [{ Principal: { AWS: '111122223333' } }], undefined],
    ['another action', [{ Principal: { Federated: provider }, Action: 'sts:AssumeRole' }], undefined],
    ['its audience', [{ Principal: { Federated: provider }, Condition: { StringEquals: { [key]: 'me' } } }], 'named'],
    [
      'another audience',
      [{ Principal: { Federated: provider }, Condition: { StringLike: { [key]: 'y*' } } }],
      undefined,
    ],
    [
      'a variable out of it',
      [{ Principal: { Federated: provider }, Condition: { StringEquals: { 'a:b': `x-\${${key}}` } } }],
      'named',
    ],
    ['a deny', [{ Principal: { Federated: provider } }, { Effect: 'Deny', Principal: '*' }], 'Deny'],
  ]
  for (const [name, statements, trust] of rows) {
    test(name, () => {
      const action = 'sts:AssumeRoleWithWebIdentity'
      const Statement = statements.map(statement => ({ Effect: 'Allow', Action: action, ...statement }))
      const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'trust')
      const keys = keysOf({ [key]: 'me', 'a:b': 'x-me' })
      assert.equal(trusts(parsed, caller, { action, keys }), trust)
    })
  }
})

test('managed policies have ids and ARNs of their own, in IAM’s form', () => {
  for (const { arn, id } of managedPolicies) {
    assert.match(arn, /^arn:aws:iam::aws:policy\/\w+$/)
    assert.match(id, /^ANPA[A-Z2-7]{17}$/)
  }
  assert.equal(new Set(managedPolicies.map(each => each.id)).size, managedPolicies.length)
})
