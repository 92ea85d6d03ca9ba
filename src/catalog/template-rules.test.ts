import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  attributeKey,
  brokenAssertions,
  checkRule,
  MissingAttributes,
  type RuleSubject,
  TemplateRuleError,
} from './template-rules.ts'

const subject: RuleSubject = {
  values: {
    Environment: 'test',
    InstanceType: 'm1.large',
    Zones: 'a, b',
    Count: '3',
    Subnet: 's-1',
    Subnets: 's-2,s-3',
    None: '',
  },
  known: [
    { ParameterKey: 'Environment', ParameterType: 'String' },
    { ParameterKey: 'InstanceType', ParameterType: 'String' },
    { ParameterKey: 'Zones', ParameterType: 'CommaDelimitedList' },
    { ParameterKey: 'Count', ParameterType: 'Number' },
    { ParameterKey: 'Subnet', ParameterType: 'AWS::EC2::Subnet::Id' },
    { ParameterKey: 'Subnets', ParameterType: 'List<AWS::EC2::Subnet::Id>' },
    { ParameterKey: 'None', ParameterType: 'CommaDelimitedList' },
  ],
  accountId: '111122223333',
  region: 'us-east-1',
}

function holds(expression: unknown, of = subject): boolean {
  const rule: unknown = { Assertions: [{ Assert: expression, AssertDescription: 'no' }] }
  checkRule('one', rule)
  return brokenAssertions(new Map([['one', rule]]), of).length === 0
}

test('rule functions', () => {
  const zones = { Ref: 'Zones' }
  const rows: [expression: unknown, holds: boolean][] = [
    [true, true],
    ['false', false],
    [{ 'Fn::Equals': [{ Ref: 'Environment' }, 'test'] }, true],
    [{ 'Fn::Equals': [{ Ref: 'Count' }, 3] }, true],
    [{ 'Fn::Equals': [zones, ['a', 'b']] }, true],
    [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }, true],
    [{ 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '999999999999'] }, false],
    [{ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Environment' }, 'prod'] }] }, true],
    [{ 'Fn::Not': true }, false],
    [{ 'Fn::And': [true, { 'Fn::Equals': ['a', 'a'] }] }, true],
    [{ 'Fn::And': [true, false] }, false],
    [{ 'Fn::Or': [false, true] }, true],
    [{ 'Fn::Or': [false, false] }, false],
    [{ 'Fn::If': [true, false, true] }, false],
    [{ 'Fn::Contains': [['m1.small', 'm1.large'], { Ref: 'InstanceType' }] }, true],
    [{ 'Fn::Contains': [['m1.small'], { Ref: 'InstanceType' }] }, false],
    [{ 'Fn::Contains': [zones, 'b'] }, true],
    [{ 'Fn::EachMemberEquals': [zones, 'a'] }, false],
    [{ 'Fn::EachMemberEquals': [['a', 'a'], 'a'] }, true],
    [{ 'Fn::EachMemberIn': [zones, ['a', 'b', 'c']] }, true],
    [{ 'Fn::EachMemberIn': [zones, ['a']] }, false],
    [{ 'Fn::EachMemberIn': [{ Ref: 'None' }, ['a']] }, true],
    [{ 'Fn::Equals': [{ 'Fn::RefAll': 'AWS::EC2::Subnet::Id' }, ['s-1', 's-2', 's-3']] }, true],
    [{ 'Fn::EachMemberEquals': [{ 'Fn::RefAll': 'AWS::EC2::VPC::Id' }, 'x'] }, true],
  ]
  for (const [expression, expected] of rows) assert.equal(holds(expression), expected, JSON.stringify(expression))
})

test('a condition decides whether a rule takes effect; every broken assertion is told in its own words', () => {
  const rule = (condition: unknown, ...descriptions: (string | undefined)[]) => ({
    RuleCondition: condition,
    Assertions: descriptions.map(AssertDescription => ({ Assert: false, AssertDescription })),
  })
  const rules = new Map([
    ['off', rule({ 'Fn::Equals': [{ Ref: 'Environment' }, 'prod'] }, 'not told')],
    ['on', rule({ 'Fn::Equals': [{ Ref: 'Environment' }, 'test'] }, 'For tests only small ones.', undefined)],
  ])
  for (const [name, each] of rules) checkRule(name, each)
  assert.deepEqual(brokenAssertions(rules, subject), [
    'For tests only small ones.',
    'The assertion of rule on does not hold.',
  ])
})

test('what cannot be known is never taken for satisfied', () => {
  const rows: [expression: unknown, message: RegExp, of?: RuleSubject][] = [
    [{ 'Fn::Contains': [['a'], { Ref: 'Nothing' }] }, /parameter Nothing, which the product does not have/],
    [{ 'Fn::Contains': [['a'], { Ref: 'toString' }] }, /parameter toString/],
    [
      { 'Fn::Equals': [{ 'Fn::ValueOf': ['Nothing', 'VpcId'] }, 'x'] },
      /parameter Nothing, which the product does not have/,
    ],
    [
      { 'Fn::Equals': [{ 'Fn::ValueOf': ['Subnet', 'VpcId'] }, 'x'] },
      /attribute VpcId of parameter Subnet, but the parameter's type is not known/,
      { ...subject, known: undefined },
    ],
    [
      { 'Fn::Contains': [{ 'Fn::RefAll': 'String' }, 'x'] },
      /types of the product's parameters are not known/,
      { ...subject, known: undefined },
    ],
  ]
  for (const [expression, message, of] of rows) {
    const matches = (error: unknown) => error instanceof TemplateRuleError && message.test(error.message)
    assert.throws(() => holds(expression, of), matches, JSON.stringify(expression))
  }
})

test('rules that could never be judged are refused when they are made', () => {
  const rows: [rule: unknown, message: RegExp][] = [
    [null, /Rule one must be a JSON object/],
    [{}, /Assertions of rule one must be a JSON array/],
    [{ Assertions: [] }, /at least one member/],
    [{ Assertions: ['x'] }, /An assertion of rule one must be a JSON object/],
    [{ Assertions: [{}] }, /has no Assert/],
    [{ Assertions: [{ Assert: true, AssertDescription: 1 }] }, /AssertDescription/],
    [{ Assertions: [{ Assert: true }], Condition: true }, /Unknown member Condition/],
    [{ Assertions: [{ Assert: { 'Fn::Sub': 'x' } }] }, /Fn::Sub in Assert of rule one is not a rule function/],
    [{ Assertions: [{ Assert: { toString: 'x' } }] }, /toString in Assert/],
    [{ Assertions: [{ Assert: {} }] }, /An empty object/],
    [{ Assertions: [{ Assert: { 'Fn::And': [true] } }] }, /Fn::And in Assert of rule one takes 2 to 10 values, not 1/],
    [{ Assertions: [{ Assert: { 'Fn::Not': [{ 'Fn::Equals': ['a'] }] } }] }, /Fn::Equals .* takes 2 values/],
    [{ Assertions: [{ Assert: { Ref: { Ref: 'a' } } }] }, /Ref in Assert of rule one takes texts/],
    [{ RuleCondition: { 'Fn::Join': [] }, Assertions: [{ Assert: true }] }, /Fn::Join in RuleCondition/],
  ]
  for (const [rule, message] of rows) {
    assert.throws(
      () => checkRule('one', rule),
      (error: unknown) => error instanceof TemplateRuleError && message.test(error.message),
      JSON.stringify(rule),
    )
  }
})

test('attributes are asked for, and then judged by', () => {
  const type = 'AWS::EC2::Subnet::Id'
  const attributes = new Map(['s-1', 's-2', 's-3'].map(id => [attributeKey({ type, id, name: 'VpcId' }), 'vpc-1']))
  const one = { 'Fn::Equals': [{ 'Fn::ValueOf': ['Subnet', 'VpcId'] }, 'vpc-1'] }
  const list = { 'Fn::EachMemberEquals': [{ 'Fn::ValueOf': ['Subnets', 'VpcId'] }, 'vpc-1'] }
  const all = { 'Fn::EachMemberIn': [{ 'Fn::ValueOfAll': [type, 'VpcId'] }, ['vpc-1']] }
  for (const [expression, ids] of [
    [one, ['s-1']],
    [list, ['s-2', 's-3']],
    [all, ['s-1', 's-2', 's-3']],
  ] as const) {
    assert.throws(
      () => holds(expression),
      (error: unknown) => {
        assert.ok(error instanceof MissingAttributes)
        assert.deepEqual(
          error.attributes,
          ids.map(id => ({ type, id, name: 'VpcId' })),
        )
        return true
      },
    )
    assert.ok(holds(expression, { ...subject, attributes }))
    const elsewhere = new Map([
      ...attributes,
      [attributeKey({ type, id: ids.at(-1)!, name: 'VpcId' }), 'vpc-2'] as const,
    ])
    assert.ok(!holds(expression, { ...subject, attributes: elsewhere }))
  }
})
