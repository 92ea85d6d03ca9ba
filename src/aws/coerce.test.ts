import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { coerceInput, InvalidParameter } from './coerce.ts'
import type { ServiceModel } from './model.ts'

const model = {
  metadata: { serviceId: 'Test', endpointPrefix: 'test', apiVersion: '1', protocol: 'json' },
  operations: {},
  rules: { parameters: {} },
  shapes: {
    Input: {
      type: 'structure',
      required: ['Name', 'Token'],
      members: {
        Name: { shape: 'Text' },
        Token: { shape: 'Text', idempotencyToken: true },
        InstanceIds: { shape: 'Texts' },
        Count: { shape: 'Whole' },
        Ratio: { shape: 'Fraction' },
        DryRun: { shape: 'Flag' },
        When: { shape: 'Time' },
        Body: { shape: 'Bytes' },
        Tags: { shape: 'Map' },
        Free: { shape: 'Free' },
        Inner: { shape: 'Input' },
      },
    },
    Text: { type: 'string' },
    Texts: { type: 'list', member: { shape: 'Text' } },
    Whole: { type: 'long' },
    Fraction: { type: 'double' },
    Flag: { type: 'boolean' },
    Time: { type: 'timestamp' },
    Bytes: { type: 'blob' },
    Map: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Text' } },
    Free: { type: 'structure', document: true, members: {} },
  },
} satisfies ServiceModel

const coerce = (parameters: Record<string, unknown>) =>
  coerceInput(model, { shape: 'Input' }, { Name: 'n', ...parameters })

describe('parameters are made to fit', () => {
  for (const [given, wanted] of [
    [{ instance_ids: 'i-1' }, { InstanceIds: ['i-1'] }],
    [{ instanceIds: ['i-1', 2] }, { InstanceIds: ['i-1', '2'] }],
    [{ InstanceIds: '["i-1", "i-2"]' }, { InstanceIds: ['i-1', 'i-2'] }],
    [{ Count: '3' }, { Count: 3 }],
    [{ Ratio: '0.5' }, { Ratio: 0.5 }],
    [{ DryRun: 'True' }, { DryRun: true }],
    [{ DryRun: 'false' }, { DryRun: false }],
    [{ Name: { Version: '2012-10-17' } }, { Name: '{"Version":"2012-10-17"}' }],
    [{ Name: 7 }, { Name: '7' }],
    [{ Name: true }, { Name: 'true' }],
    [{ When: 0 }, { When: new Date(0) }],
    [{ When: '1.5' }, { When: new Date(1500) }],
    [{ When: '2026-01-31T08:00:00' }, { When: new Date('2026-01-31T08:00:00Z') }],
    [{ When: '2026-01-31T08:00:00+01:00' }, { When: new Date('2026-01-31T07:00:00Z') }],
    [{ Body: 'é' }, { Body: Buffer.from('é') }],
    [{ Body: { a: 1 } }, { Body: Buffer.from('{"a":1}') }],
    [{ Tags: { size: 7, none: null } }, { Tags: { size: '7' } }],
    [{ Tags: '{"size":"7"}' }, { Tags: { size: '7' } }],
    [{ Free: { deep: [1, { x: null }] } }, { Free: { deep: [1, { x: null }] } }],
    [{ Count: null }, {}],
    [{ inner: { name: 'm' } }, { Inner: { Name: 'm' } }],
  ] as const) {
    test(JSON.stringify(given), () => assert.deepEqual(coerce(given), { Name: 'n', ...wanted }))
  }
})

describe('parameters that cannot fit are refused by name, without their value', () => {
  for (const [given, message] of [
    [{ Nam: 1 }, /^Unknown parameter in input: "Nam", must be one of: Name, Token, InstanceIds/],
    [{ Name: null }, /^Missing required parameter in input: "Name"$/],
    [{ Inner: {} }, /^Missing required parameter in input: "Inner.Name"$/],
    [{ Inner: 'secret' }, /^Invalid type for parameter Inner: a map is needed$/],
    [{ InstanceIds: ['a', null] }, /^Invalid value for parameter InstanceIds: the list has an empty item$/],
    [{ Count: 'secret' }, /^Invalid type for parameter Count: a number is needed$/],
    [{ Count: 1.5 }, /^Invalid type for parameter Count: a whole number is needed$/],
    [{ Count: '9007199254740993' }, /^Invalid value for parameter Count: numbers beyond 2\^53/],
    [{ Count: '' }, /a number is needed$/],
    [{ DryRun: 'perhaps' }, /^Invalid type for parameter DryRun: true or false is needed$/],
    [{ When: 'tomorrow' }, /^Invalid type for parameter When: a date is needed$/],
    [{ Tags: ['secret'] }, /^Invalid type for parameter Tags: a map is needed$/],
  ] as const) {
    test(JSON.stringify(given), () => {
      assert.throws(
        () => coerce(given),
        (error: unknown) => {
          assert.ok(error instanceof InvalidParameter)
          assert.match(error.message, message)
          assert.doesNotMatch(error.message, /secret|perhaps|tomorrow/)
          return true
        },
      )
    })
  }

  test('an operation without input takes nothing', () => {
    assert.deepEqual(coerceInput(model, undefined, {}), {})
    assert.throws(() => coerceInput(model, undefined, { A: 1 }), /Unknown parameter in input: "A"/)
  })
})
