import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plannedChanges } from './plan.ts'

const short = (changes: ReturnType<typeof plannedChanges>) =>
  changes.map(({ Action, ResourceType, LogicalResourceId }) => `${Action} ${ResourceType} ${LogicalResourceId}`)

test('a new product adds its version, parameters and tags', () => {
  const after = { artifactId: 'pa-1', parameters: { b: '1', a: '2' }, tags: [{ Key: 'team', Value: 'x' }] }
  assert.deepEqual(short(plannedChanges(undefined, after)), [
    'ADD Bellhop::ProvisioningArtifact pa-1',
    'ADD Bellhop::Parameter a',
    'ADD Bellhop::Parameter b',
    'ADD Bellhop::Tag team',
  ])
})

test('an update shows what differs, and never a value', () => {
  const before = { artifactId: 'pa-1', parameters: { same: '1', old: '1', other: 'before' }, tags: [] }
  const after = {
    artifactId: 'pa-2',
    parameters: { same: '1', other: 'a secret', fresh: '' },
    tags: [{ Key: 'team', Value: 'x' }],
  }
  const changes = plannedChanges(before, after)
  assert.deepEqual(short(changes), [
    'MODIFY Bellhop::ProvisioningArtifact pa-2',
    'ADD Bellhop::Parameter fresh',
    'REMOVE Bellhop::Parameter old',
    'MODIFY Bellhop::Parameter other',
    'ADD Bellhop::Tag team',
  ])
  assert.deepEqual(changes[3], {
    Action: 'MODIFY',
    LogicalResourceId: 'other',
    ResourceType: 'Bellhop::Parameter',
    Scope: ['PROPERTIES'],
    Details: [{ Target: { Attribute: 'PROPERTIES', Name: 'other' }, Evaluation: 'STATIC', CausingEntity: 'other' }],
  })
  assert.ok(!JSON.stringify(changes).includes('secret'))
  assert.deepEqual(plannedChanges(before, before), [])
})

test('names are data, whatever they are', () => {
  const parameters = JSON.parse('{"__proto__": "x", "constructor": "y"}')
  const after = { artifactId: 'pa-1', parameters, tags: [] }
  assert.deepEqual(short(plannedChanges({ ...after, parameters: {} }, after)), [
    'ADD Bellhop::Parameter __proto__',
    'ADD Bellhop::Parameter constructor',
  ])
})
