import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationNames, operationSlice } from '../model/slices.ts'
import { yamlSkeleton } from './skeleton.ts'

function skeletonOf(name: string): Promise<string> {
  const { model, operation } = operationSlice('servicecatalog', name)
  return yamlSkeleton('servicecatalog', operation.input, model.shapes)
}

test('a YAML skeleton says of every member what it is, on its line', async () => {
  const lines = (await skeletonOf('ExecuteProvisionedProductServiceAction')).split('\n')
  assert.match(lines[0]!, /^ProvisionedProductId: '' {2}# \[REQUIRED\] [A-Z][^#]+\.$/)
  assert.match(lines[1]!, /^ServiceActionId: '' # \[REQUIRED\] [A-Z][^#]+\.$/)
  assert.match(lines[4]!, /^Parameters: # [A-Z][^#]+\.$/)
  assert.deepEqual(lines.slice(5), ['  KeyName:', "  - ''", ''])
})

test('the values of an enum follow what the member is', async () => {
  assert.match(
    await skeletonOf('CreateProduct'),
    /\nProductType: CLOUD_FORMATION_TEMPLATE # \[REQUIRED\] .+\. Valid values are: CLOUD_/,
  )
})

test('no skeleton of Service Catalog has a member without a sentence', async () => {
  for (const name of operationNames.servicecatalog) {
    const bare = (await skeletonOf(name)).split('\n').filter(line => /#( \[REQUIRED\])?( Valid .*)?$/.test(line))
    assert.deepEqual(bare, [], name)
  }
})
