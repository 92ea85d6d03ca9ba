import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessRequest, evaluate, type Permissions } from './evaluate.ts'
import { explainPermissions } from './explain.ts'
import { type Policy, parsePolicy } from './policy.ts'

const source = { name: 'p', holder: 'user/alice' }
const policy = (...statements: object[]): Policy => ({
  ...parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity'),
  source,
})
const request = (action: string, resource = '*', keys: Record<string, string[]> = {}): AccessRequest => ({
  action,
  resource,
  keys: new Map(Object.entries(keys)),
})

test('names the statements that decided', () => {
  const identity = [
    policy(
      { Sid: 'Reads', Effect: 'Allow', Action: 'a:Get*', Resource: '*' },
      { Effect: 'Allow', Action: 'a:*', Resource: '*' },
      { Sid: 'NoDrop', Effect: 'Deny', Action: 'a:Drop', Resource: '*' },
    ),
  ]
  assert.deepEqual(explainPermissions({ identity }, request('a:GetIt')).identity, {
    outcome: 'ALLOWED',
    statements: [
      { source, sid: 'Reads', index: 1, effect: 'Allow' },
      { source, index: 2, effect: 'Allow' },
    ],
    nearMisses: [],
  })
  assert.deepEqual(explainPermissions({ identity }, request('a:Drop')).identity, {
    outcome: 'EXPLICITLY_DENIED',
    statements: [{ source, sid: 'NoDrop', index: 3, effect: 'Deny' }],
    nearMisses: [],
  })
  assert.deepEqual(explainPermissions({ identity }, request('b:Get')).identity, {
    outcome: 'DENIED',
    statements: [],
    nearMisses: [],
  })
})

test('says what of a statement for the action did not fit', () => {
  const statement = (more: object) => [policy({ Effect: 'Allow', Action: 'a:Do', Resource: '*', ...more })]
  const reason = (more: object, asked: AccessRequest) => {
    const { identity } = explainPermissions({ identity: statement(more) }, asked)
    assert.equal(identity.outcome, 'DENIED')
    return identity.nearMisses[0]?.reason
  }
  const [one, two] = ['arn:aws:s:::one', 'arn:aws:s:::two']
  assert.equal(reason({ Resource: one }, request('a:Do', two)), `its Resource ${one} does not match ${two}`)
  assert.match(reason({ Resource: one }, request('a:Do'))!, /knows no resources.* not arn:aws:s:::one/)
  const not = { Resource: undefined, NotResource: [one, two] }
  assert.equal(reason(not, request('a:Do', two)), `its NotResource ${one}, ${two} leaves out ${two}`)
  const Condition = { StringEquals: { 'aws:RequestTag/team': ['blue', 'red'] } }
  assert.equal(
    reason({ Condition }, request('a:Do', '*', { 'aws:requesttag/team': ['green'] })),
    'the condition StringEquals aws:requesttag/team blue, red is not met: the request has green',
  )
  assert.match(reason({ Condition }, request('a:Do'))!, /the request has no such key/)
  const many = { Resource: Array.from({ length: 9 }, (_, i) => `arn:aws:s:::r${i}`) }
  assert.match(reason(many, request('a:Do', two))!, /r4 and 4 more does not match/)
})

test('a Deny that does not fit is no near miss', () => {
  const { identity } = explainPermissions(
    { identity: [policy({ Effect: 'Deny', Action: 'a:Do', Resource: 'arn:aws:s:::one' })] },
    request('a:Do', 'arn:aws:s:::two'),
  )
  assert.deepEqual([identity.outcome, identity.nearMisses], ['DENIED', []])
})

test('says what is decided, for every combination of kinds', () => {
  const says = {
    allow: policy({ Effect: 'Allow', Action: 'a:Do', Resource: '*' }),
    deny: policy({ Effect: 'Deny', Action: 'a:Do', Resource: '*' }),
    nothing: policy({ Effect: 'Allow', Action: 'b:*', Resource: '*' }),
  }
  const kinds = [undefined, ...Object.values(says)]
  let count = 0
  for (const identity of Object.values(says)) {
    for (const boundary of kinds) {
      for (const session of kinds) {
        const permissions: Permissions = {
          identity: [identity],
          ...(boundary && { boundary }),
          ...(session && { session: [session] }),
        }
        const explained = Object.values(explainPermissions(permissions, request('a:Do')))
        const allowed = explained.every(({ outcome }) => outcome === 'ALLOWED')
        const verdict = evaluate(permissions, request('a:Do'))
        assert.equal(allowed, verdict === 'allowed')
        const explicit = explained.some(({ outcome }) => outcome === 'EXPLICITLY_DENIED')
        assert.equal(explicit, verdict.startsWith('denied'))
        count += 1
      }
    }
  }
  assert.equal(count, 48)
})
