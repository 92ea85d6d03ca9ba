import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsBelow, nodeId, organizationOf } from './organization.ts'

const settings = {
  id: 'o-exampleorg1',
  managementAccount: '111111111111',
  delegatedAdministrators: [],
  nodes: [
    { id: 'ou-a', accounts: ['222222222222'] },
    { id: 'ou-b', parent: 'ou-a', accounts: ['333333333333'] },
  ],
  accounts: ['444444444444'],
}

test('a node stands for the accounts at and below it', () => {
  const organization = organizationOf(settings)
  const below = (type: string, value: string) => accountsBelow(organization, { type, value })
  const everybody = ['111111111111', '222222222222', '333333333333', '444444444444']
  assert.deepEqual(below('ORGANIZATION', 'o-exampleorg1'), everybody)
  assert.deepEqual(below('ORGANIZATION', 'o-other'), undefined)
  assert.deepEqual(below('ORGANIZATIONAL_UNIT', 'ou-a'), ['222222222222', '333333333333'])
  assert.deepEqual(below('ORGANIZATIONAL_UNIT', 'ou-b'), ['333333333333'])
  assert.deepEqual(below('ORGANIZATIONAL_UNIT', '__proto__'), undefined)
  assert.deepEqual(below('ORGANIZATION_MEMBER_ACCOUNT', '444444444444'), ['444444444444'])
  assert.deepEqual(below('ORGANIZATION_MEMBER_ACCOUNT', '999999999999'), undefined)
})

test('a node is known by its ARN, too', () => {
  assert.equal(nodeId('arn:aws:organizations::111111111111:ou/o-exampleorg1/ou-abcd-11111111'), 'ou-abcd-11111111')
  assert.equal(nodeId('arn:aws:organizations::111111111111:organization/o-exampleorg1'), 'o-exampleorg1')
  assert.equal(nodeId('o-exampleorg1'), 'o-exampleorg1')
})

const refused: [what: string, change: object, message: RegExp][] = [
  ['an account twice', { accounts: ['222222222222'] }, /222222222222 is in the organization twice/],
  [
    'a unit twice',
    {
      nodes: [
        { id: 'ou-a', accounts: [] },
        { id: 'ou-a', accounts: [] },
      ],
    },
    /ou-a is there twice/,
  ],
  ['a parent that is not there', { nodes: [{ id: 'ou-a', parent: 'ou-x', accounts: [] }] }, /parent ou-x/],
  [
    'a circle',
    {
      nodes: [
        { id: 'ou-a', parent: 'ou-b', accounts: [] },
        { id: 'ou-b', parent: 'ou-a', accounts: [] },
      ],
    },
    /lies below itself/,
  ],
  ['a stranger as administrator', { delegatedAdministrators: ['999999999999'] }, /999999999999 is not an account/],
]

for (const [what, change, message] of refused) {
  test(`an organization with ${what} is refused`, () => {
    assert.throws(() => organizationOf({ ...settings, ...change }), message)
  })
}
