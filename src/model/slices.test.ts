import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceModel, Shape, ShapeRef } from './service-model.ts'
import { type ServiceName, services } from './services.ts'
import { operationNames, operationSlice, sliceOf } from './slices.ts'

function references(shape: Shape): ShapeRef[] {
  if (shape.type === 'structure') return Object.values(shape.members)
  if (shape.type === 'list') return [shape.member]
  return shape.type === 'map' ? [shape.key, shape.value] : []
}

test('a slice holds the operation and every shape it reaches, as the model has them, and nothing else', () => {
  let count = 0
  for (const service of Object.keys(services) as ServiceName[]) {
    for (const name of operationNames[service]) {
      const { model, operation } = operationSlice(service, name)
      const { input, output, errors = [] } = operation
      assert.deepEqual(operation, services[service].operations[name])
      assert.deepEqual(model.operations, { [name]: operation })
      assert.equal(model.metadata, services[service].metadata)
      const needed = new Set([input, output, ...errors].flatMap(ref => ref?.shape ?? []))
      for (const shape of needed) {
        assert.deepEqual(model.shapes[shape], services[service].shapes[shape], shape)
        for (const ref of references(model.shapes[shape]!)) needed.add(ref.shape)
      }
      assert.deepEqual(Object.keys(model.shapes).sort(), [...needed].sort())
      count += 1
    }
  }
  assert.equal(
    count,
    Object.values(services).reduce((sum, { operations }) => sum + Object.keys(operations).length, 0),
  )
})

test('an operation that is paged automatically has its paginator, another has none', () => {
  assert.equal(operationSlice('servicecatalog', 'ListPortfolios').paginator?.input_token, 'PageToken')
  assert.equal(operationSlice('servicecatalog', 'SearchProducts').paginator, undefined)
})

test('a shape that contains itself is taken once', () => {
  const model = {
    metadata: services.sts.metadata,
    operations: { Walk: { name: 'Walk', http: { method: 'POST', requestUri: '/' }, input: { shape: 'Node' } } },
    shapes: {
      Node: { type: 'structure', members: { Next: { shape: 'Node' }, All: { shape: 'Nodes' } } },
      Nodes: { type: 'list', member: { shape: 'Node' } },
      Other: { type: 'string' },
    },
  } satisfies ServiceModel
  assert.deepEqual(Object.keys(sliceOf(model, 'Walk', undefined).model.shapes), ['Node', 'Nodes'])
})
