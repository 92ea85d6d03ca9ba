import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProductResource } from './entities.ts'
import { actionParameters, ServiceActionParameterError, targets } from './service-action-parameters.ts'

const instances = ['i-1', 'i-2'].map((physicalId): ProductResource => ({ type: 'AWS::EC2::Instance', physicalId }))
const bucket: ProductResource = { type: 'AWS::S3::Bucket', physicalId: 'b' }
const id = { Name: 'InstanceId', Type: 'TARGET' } as const
const size = { Name: 'Size', Type: 'TEXT_VALUE' } as const

test('targets are the resources of the document’s type; without a type, those of the only one', () => {
  const rows: [
    resources: readonly ProductResource[],
    targetType: string | undefined,
    found: readonly string[] | string,
  ][] = [
    [[...instances, bucket], '/AWS::EC2::Instance', ['i-1', 'i-2']],
    [[...instances, bucket], '/', ['i-1', 'i-2', 'b']],
    [instances, undefined, ['i-1', 'i-2']],
    [[...instances, bucket], undefined, 'TargetType not defined for SSM Automation document'],
    [[], undefined, 'TargetType not defined for SSM Automation document'],
    [[bucket], '/AWS::EC2::Instance', 'Cannot find any resources with type /AWS::EC2::Instance in provisioned product'],
    [[], '/', 'Cannot find any resources with type / in provisioned product'],
  ]
  for (const [resources, targetType, expected] of rows) {
    if (typeof expected !== 'string') assert.deepEqual(targets(resources, targetType), expected)
    else {
      assert.throws(
        () => targets(resources, targetType),
        (error: unknown) => error instanceof ServiceActionParameterError && error.message === expected,
        expected,
      )
    }
  }
})

test('what is given goes before the defaults, and nothing that is not the product’s', () => {
  const parameters = (given: Record<string, string[]>) =>
    actionParameters([id, size], given, [...instances, bucket], '/AWS::EC2::Instance')
  assert.deepEqual(parameters({}), { InstanceId: ['i-1', 'i-2'] })
  assert.deepEqual(parameters({ InstanceId: ['i-2'], Size: ['large'] }), { InstanceId: ['i-2'], Size: ['large'] })
  assert.throws(
    () => parameters({ InstanceId: ['i-1', 'b', 'i-9'] }),
    /^ServiceActionParameterError: The following values for the parameter are not allowed because they are not in the provisioned product: b, i-9$/,
  )
  for (const name of ['Colour', '__proto__', 'constructor']) {
    const given = Object.fromEntries([[name, ['x']]]) as Record<string, string[]>
    assert.throws(() => parameters(given), /Parameter is not defined in service action definition/)
  }
})
