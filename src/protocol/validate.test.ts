import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceModel } from '../model/service-model.ts'
import { type ServiceName, services } from '../model/services.ts'
import { decodeInput } from './codec.ts'
import { ValidationException } from './errors.ts'
import { inputShape } from './shapes.ts'
import { validateInput } from './validate.ts'

function violationsOf(operation: string, input: unknown, model: ServiceModel = services.servicecatalog): string[] {
  try {
    validateInput(model, operation, decodeInput(model, operation, input))
    return []
  } catch (error) {
    assert.ok(error instanceof ValidationException, String(error))
    const [, count, rest] = /^(\d+) validation errors? detected: (.*)$/s.exec(error.message)!
    const violations = rest!.split('; ')
    assert.equal(violations.length, Number(count))
    return violations
  }
}

const failed = 'failed to satisfy constraint:'
const execute = (input: object) =>
  violationsOf('ExecuteProvisionedProductServiceAction', {
    ProvisionedProductId: 'pp-1',
    ServiceActionId: 'act-1',
    ExecuteToken: 't',
    ...input,
  })

describe('texts', () => {
  test('what is required', () => {
    assert.deepEqual(violationsOf('ExecuteProvisionedProductServiceAction', {}), [
      `Value null at 'provisionedProductId' ${failed} Member must not be null`,
      `Value null at 'serviceActionId' ${failed} Member must not be null`,
      `Value null at 'executeToken' ${failed} Member must not be null`,
    ])
    assert.throws(() => validateInput(services.servicecatalog, 'DescribeRecord', {}), {
      message: `1 validation error detected: Value null at 'id' ${failed} Member must not be null`,
    })
  })

  test('lengths and patterns of a string, one violation each', () => {
    assert.deepEqual(execute({ ServiceActionId: '' }), [
      `Value '' at 'serviceActionId' ${failed} Member must have length greater than or equal to 1`,
    ])
    assert.deepEqual(execute({ ServiceActionId: 'act 1' }), [
      `Value 'act 1' at 'serviceActionId' ${failed} Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-]*`,
    ])
    const long = `${'a'.repeat(100)}!`
    assert.deepEqual(execute({ ServiceActionId: long }), [
      `Value '${long}' at 'serviceActionId' ${failed} Member must have length less than or equal to 100`,
      `Value '${long}' at 'serviceActionId' ${failed} Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-]*`,
    ])
  })

  test('ranges and enums', () => {
    assert.deepEqual(violationsOf('ListRecordHistory', { PageSize: 21 }), [
      `Value '21' at 'pageSize' ${failed} Member must have value less than or equal to 20`,
    ])
    assert.deepEqual(violationsOf('ListRecordHistory', { PageSize: -1 }), [
      `Value '-1' at 'pageSize' ${failed} Member must have value greater than or equal to 0`,
    ])
    assert.deepEqual(violationsOf('SearchProducts', { SortOrder: 'UP' }), [
      `Value 'UP' at 'sortOrder' ${failed} Member must satisfy enum value set: [ASCENDING, DESCENDING]`,
    ])
  })

  test('structures in a list have a path of their own', () => {
    const portfolio = { DisplayName: 'd', ProviderName: 'p', IdempotencyToken: 't' }
    const tags = [{ Key: 'ok', Value: 'ok' }, { Value: 'a#b' }]
    assert.deepEqual(violationsOf('CreatePortfolio', { ...portfolio, Tags: tags }), [
      `Value null at 'tags.2.member.key' ${failed} Member must not be null`,
      `Value 'a#b' at 'tags.2.member.value' ${failed} Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$`,
    ])
    assert.deepEqual(violationsOf('CreatePortfolio', { ...portfolio, Tags: [null] }), [
      `Value '[null]' at 'tags' ${failed} Member must satisfy constraint: [Member must not be null]`,
    ])
  })

  test('scalars in a list are one violation of the list, with all their constraints', () => {
    const provision = {
      ProvisioningArtifactName: 'v1',
      ProductName: 'p',
      ProvisionedProductName: 'n',
      ProvisionToken: 't',
    }
    const constraints =
      '[Member must have length less than or equal to 1224, Member must have length greater than or equal to 1, ' +
      'Member must satisfy regular expression pattern: ' +
      `${(services.servicecatalog.shapes.NotificationArn as { pattern: string }).pattern}]`
    assert.deepEqual(violationsOf('ProvisionProduct', { ...provision, NotificationArns: ['x', 'y'] }), [
      `Value '[x, y]' at 'notificationArns' ${failed} Member must satisfy constraint: ${constraints}`,
    ])
  })

  test('keys and values of a map', () => {
    assert.deepEqual(execute({ Parameters: {} }), [
      `Value at 'parameters' ${failed} Member must have length greater than or equal to 1`,
    ])
    assert.deepEqual(execute({ Parameters: { ['k'.repeat(51)]: [], b: Array(26).fill('') } }), [
      `Value at 'parameters' ${failed} Map keys must satisfy constraint: ` +
        '[Member must have length less than or equal to 50, Member must have length greater than or equal to 1]',
      `Value at 'parameters' ${failed} Map value must satisfy constraint: ` +
        '[Member must have length less than or equal to 25, Member must have length greater than or equal to 0]',
    ])
    assert.deepEqual(execute({ Parameters: { a: ['x'.repeat(513)] } }), [
      `Value at 'parameters' ${failed} Map value must satisfy constraint: ` +
        '[Member must have length less than or equal to 25, Member must have length greater than or equal to 0, ' +
        'Member must satisfy constraint: ' +
        '[Member must have length less than or equal to 512, Member must have length greater than or equal to 0]]',
    ])
    const nulls = execute({ Parameters: { a: null } })
    assert.equal(nulls.length, 1)
    assert.match(nulls[0]!, /Map value must satisfy constraint: \[.*, Member must not be null\]$/)
    const properties = {
      ProvisionedProductId: 'pp-1',
      IdempotencyToken: 't',
      ProvisionedProductProperties: { NAME: 'x' },
    }
    assert.deepEqual(violationsOf('UpdateProvisionedProductProperties', properties), [
      `Value '{NAME=x}' at 'provisionedProductProperties' ${failed} Map keys must satisfy constraint: ` +
        '[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, ' +
        'Member must satisfy enum value set: [OWNER, LAUNCH_ROLE]]',
    ])
  })

  test('a map of the longest legal size passes, one entry more does not', () => {
    const parameters = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, Array(25).fill('v'.repeat(512))]))
    assert.deepEqual(execute({ Parameters: parameters(200) }), [])
    assert.equal(execute({ Parameters: parameters(201) }).length, 1)
  })
})

describe('bounds', () => {
  test('no more than ten violations are listed', () => {
    const tags = Array.from({ length: 20 }, () => ({ Key: '', Value: '' }))
    assert.equal(violationsOf('CreatePortfolio', { Tags: tags }).length, 10)
  })

  test('a long value is cut', () => {
    const [violation] = execute({ ServiceActionId: 'ü'.repeat(100_000) })
    assert.ok(violation!.startsWith(`Value '${'ü'.repeat(200)}...' at`))
    const emoji = execute({ ServiceActionId: '😀'.repeat(300) })[0]!
    assert.ok(emoji.startsWith(`Value '${'😀'.repeat(200)}...' at`))
  })

  test('confidential values are not shown, wherever they are', () => {
    const secret = 'hunter2-'.repeat(1000)
    const provisioning = { ProvisioningParameters: [{ Key: 'Password', Value: secret }] }
    const [violation] = violationsOf('ProvisionProduct', {
      ProvisioningArtifactName: 'v1',
      ProductName: 'p',
      ProvisionedProductName: 'n',
      ProvisionToken: 't',
      ...provisioning,
    })
    assert.equal(
      violation,
      `Value at 'provisioningParameters.1.member.value' ${failed} Member must have length less than or equal to 4096`,
    )
    for (const input of [{ Parameters: { Password: [secret] } }, { Parameters: { ['hunter2'.repeat(10)]: ['x'] } }]) {
      assert.doesNotMatch(execute(input).join(), /hunter2/)
    }
    const token = { WorkflowToken: 'hunter2!', RecordId: 'r', Status: 'SUCCEEDED', IdempotencyToken: 't' }
    assert.doesNotMatch(violationsOf('NotifyTerminateProvisionedProductEngineWorkflowResult', token).join(), /hunter2/)
  })
})

describe('patterns', () => {
  const match = (input: object) =>
    violationsOf('ProvisionProduct', {
      ProvisioningArtifactName: 'v1',
      ProductName: 'p',
      ProvisionedProductName: 'n',
      ProvisionToken: 't',
      ...input,
    }).length === 0

  test('match the whole value, with or without anchors', () => {
    assert.ok(match({ ProvisionedProductName: 'my-product_1.2' }))
    for (const name of ['-a', 'a b', 'a\n', '\na', 'a/b']) assert.ok(!match({ ProvisionedProductName: name }), name)
    assert.ok(!match({ ProductId: 'prod-1 x' }))
  })

  test('know letters of every script', () => {
    assert.ok(match({ Tags: [{ Key: 'ключ', Value: '値 é' }] }))
    assert.ok(match({ Tags: [{ Key: '𠮷', Value: 'x' }] }))
    assert.ok(!match({ Tags: [{ Key: '😀', Value: 'x' }] }))
  })

  test('escapes and alternatives', () => {
    const reason = (text: string) =>
      violationsOf('NotifyTerminateProvisionedProductEngineWorkflowResult', {
        WorkflowToken: 'a+/=',
        RecordId: 'r',
        Status: 'FAILED',
        IdempotencyToken: 't',
        FailureReason: text,
      }).length === 0
    assert.ok(reason('a\tb\r\nc ü\ufffd'))
    assert.ok(!reason('a\u0001'))
    assert.ok(!reason('😀'))
    const update = (name: string) => violationsOf('DescribeProvisionedProduct', { Name: name }).length
    assert.equal(update('web-1'), 0)
  })
})

test('a length is counted in code points', () => {
  const name = (text: string) =>
    violationsOf('CreatePortfolio', { DisplayName: text, ProviderName: 'p', IdempotencyToken: 't' }).length
  assert.equal(name('😀'.repeat(100)), 0)
  assert.equal(name('😀'.repeat(101)), 1)
})

const operations = Object.entries(services).flatMap(([service, model]) =>
  Object.keys(model.operations).map(operation => [service as ServiceName, operation] as const),
)

test(`every required member of ${operations.length} operations is asked for`, () => {
  let asked = 0
  for (const [service, operation] of operations) {
    const required = inputShape(services[service], operation)?.required ?? []
    const violations = violationsOf(operation, {}, services[service])
    assert.equal(violations.length, Math.min(required.length, 10), `${service} ${operation}`)
    for (const name of required) {
      const path = name[0]!.toLowerCase() + name.slice(1)
      assert.ok(
        violations.includes(`Value null at '${path}' ${failed} Member must not be null`),
        `${operation} ${name}`,
      )
      asked += 1
    }
  }
  assert.ok(asked > 150, String(asked))
})

test('every pattern of the models compiles, and every maximum is kept', () => {
  let strings = 0
  for (const model of Object.values(services)) {
    for (const [name, shape] of Object.entries(model.shapes)) {
      if (shape.type !== 'string' || (shape.max === undefined && shape.pattern === undefined)) continue
      const one: ServiceModel = {
        metadata: model.metadata,
        operations: { Do: { name: 'Do', http: { method: 'POST', requestUri: '/' }, input: { shape: 'In' } } },
        shapes: { In: { type: 'structure', members: { Value: { shape: name } } }, [name]: shape },
      }
      const tooLong = violationsOf('Do', { Value: 'a'.repeat((shape.max ?? 0) + 1) }, one)
      assert.equal(
        tooLong.some(text => /length less than/.test(text)),
        shape.max !== undefined,
        name,
      )
      strings += 1
    }
  }
  assert.ok(strings > 100, String(strings))
})
