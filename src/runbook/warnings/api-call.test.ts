import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutputDefinition } from '../document.ts'
import { warningsOfStep } from './testing.ts'

const warn = (inputs: Record<string, unknown>, outputs: OutputDefinition[] = []) =>
  warningsOfStep('api-call', { action: 'aws:executeAwsApi', inputs, outputs })

const describe = { Service: 'ec2', Api: 'describe_instances' }
const selected = (selector: string, type?: string) => warn(describe, [{ name: 'Out', selector, ...(type && { type }) }])

test('takes services, operations and parameters as boto3 documents write them', async () => {
  for (const inputs of [
    describe,
    { Service: 'EC2', Api: 'DescribeInstances', instanceIds: ['i-1'], Filters: [] },
    { Service: 'stepfunctions', Api: 'StartExecution', stateMachineArn: 'x' },
    { Service: '{{ Service }}', Api: 'Nope' },
  ]) {
    assert.deepEqual(await warn(inputs), [])
  }
})

test('warns of what AWS does not have', async () => {
  assert.deepEqual(await warn({ Service: 'nope', Api: 'x' }), ['There is no service nope.'])
  assert.deepEqual(await warn({ Service: 'lamda', Api: 'x' }), ['There is no service lamda; did you mean lambda?'])
  assert.deepEqual(await warn({ Service: 'ec2', Api: 'DescribeInstance' }), [
    'Service ec2 has no operation DescribeInstance; did you mean DescribeInstances?',
  ])
  assert.deepEqual(await warn({ Service: 'ec2', Api: 'StopInstances', InstanceId: ['i-1'] }), [
    'StopInstances has no parameter InstanceId; did you mean InstanceIds?',
    'StopInstances needs InstanceIds.',
  ])
})

test('warns of selectors that the answer cannot satisfy', async () => {
  const good = [
    '$.Reservations[0].Instances[0].State.Name',
    '$.Reservations..Instances..InstanceId',
    '$..InstanceId',
    'Reservations[0].Instances.length',
    '$.Reservations[*].Instances[?(@.InstanceType == "x")].InstanceId',
    '$.ResponseMetadata.HTTPHeaders.date',
    '$',
  ]
  for (const selector of good) assert.deepEqual(await selected(selector), [], selector)
  assert.deepEqual(await selected('$.Reservation[0]'), [
    'Output Out: $.Reservation[0] finds nothing in the answer of DescribeInstances: there is no Reservation; there are NextToken, Reservations; did you mean Reservations?',
  ])
  assert.match((await selected('$.Reservations[0].Instances[0].Stat'))[0]!, /there is no Stat; there are .* more/)
  assert.match((await selected('$.Reservations.Instances'))[0]!, /there is no Instances\./)
  assert.match((await selected('$..InstanceIdd'))[0]!, /there is no InstanceIdd; .* did you mean InstanceId/)
  const property = { ...describe, PropertySelector: '$.Reservations[0].Instances[0].State.Nam' }
  assert.match((await warn(property))[0]!, /^\$\.Reservations.* there is no Nam; there are Code, Name/)
})

test('takes the whole answer of an operation that answers nothing', async () => {
  const call = { Service: 'sqs', Api: 'SetQueueAttributes', QueueUrl: 'u', Attributes: {} }
  assert.deepEqual(await warn(call, [{ name: 'Out', selector: '$', type: 'StringMap' }]), [])
  assert.deepEqual(await warn(call, [{ name: 'Out', selector: '$.ResponseMetadata.RequestId', type: 'String' }]), [])
  assert.match((await warn(call, [{ name: 'Out', selector: '$.QueueUrl' }]))[0]!, /there is no QueueUrl\.$/)
})

test('warns of types that the answer does not have', async () => {
  const first = '$.Reservations[0].Instances[0]'
  for (const [selector, type] of [
    [`${first}.InstanceId`, 'String'],
    [`${first}.State.Code`, 'Integer'],
    [first, 'StringMap'],
    ['$.Reservations', 'MapList'],
    ['$..InstanceId', 'StringList'],
    ['$..InstanceId', 'String'],
  ] as const) {
    assert.deepEqual(await selected(selector, type), [], `${selector} ${type}`)
  }
  for (const [selector, type] of [
    [first, 'String'],
    [`${first}.InstanceId`, 'StringList'],
    [`${first}.InstanceId`, 'StringMap'],
  ] as const) {
    assert.match((await selected(selector, type))[0]!, /which is no \w+: the step fails\.$/, `${selector} ${type}`)
  }
})
