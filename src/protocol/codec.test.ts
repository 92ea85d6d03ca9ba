import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceModel } from '../model/service-model.ts'
import { services } from '../model/services.ts'
import { decodeInput, encodeError } from './codec.ts'
import {
  InternalFailure,
  InvalidDocument,
  QueueDoesNotExist,
  ResourceNotFoundException,
  SerializationException,
  UnknownOperationException,
} from './errors.ts'
import { outputText } from './json-output.ts'

/** One operation with a member of every type; the real models lack some in inputs. */
const model: ServiceModel = {
  metadata: {
    apiVersion: '2026-01-01',
    endpointPrefix: 'every',
    protocol: 'json',
    jsonVersion: '1.1',
    serviceFullName: 'Every Type',
    serviceId: 'Every Type',
  },
  operations: {
    Do: { name: 'Do', http: { method: 'POST', requestUri: '/' }, input: { shape: 'All' }, output: { shape: 'All' } },
    Nothing: { name: 'Nothing', http: { method: 'POST', requestUri: '/' } },
  },
  shapes: {
    All: {
      type: 'structure',
      members: {
        S: { shape: 'S' },
        B: { shape: 'B' },
        I: { shape: 'I' },
        L: { shape: 'L' },
        F: { shape: 'F' },
        D: { shape: 'D' },
        T: { shape: 'T' },
        Blob: { shape: 'Blob' },
        List: { shape: 'List' },
        Map: { shape: 'Map' },
        Inner: { shape: 'All' },
      },
    },
    S: { type: 'string' },
    B: { type: 'boolean' },
    I: { type: 'integer' },
    L: { type: 'long' },
    F: { type: 'float' },
    D: { type: 'double' },
    T: { type: 'timestamp' },
    Blob: { type: 'blob' },
    List: { type: 'list', member: { shape: 'S' } },
    Map: { type: 'map', key: { shape: 'S' }, value: { shape: 'I' } },
  },
}

const decode = (value: unknown) => decodeInput(model, 'Do', value)

describe('input', () => {
  test('has the types of the model', () => {
    const decoded = decode({
      S: 'ü',
      B: false,
      I: -(2 ** 31),
      L: 2 ** 53 - 1,
      F: 1.5,
      D: 0,
      T: 1564000000.123,
      Blob: 'AP8=',
      List: [],
      Map: {},
      Inner: { Inner: { S: '' } },
    })
    assert.deepEqual(decoded.T, new Date('2019-07-24T20:26:40.123Z'))
    assert.deepEqual(Buffer.from(decoded.Blob as Uint8Array), Buffer.from([0, 255]))
    const { T: _, Blob: __, Map: map, ...plain } = decoded
    assert.deepEqual(plain, {
      S: 'ü',
      B: false,
      I: -(2 ** 31),
      L: 2 ** 53 - 1,
      F: 1.5,
      D: 0,
      List: [],
      Inner: { Inner: { S: '' } },
    })
    assert.equal(Object.getPrototypeOf(map), null)
  })

  test('timestamps may be ISO 8601 text', () => {
    for (const text of ['2019-07-24T20:26:40Z', '2019-07-24T22:26:40+02:00', '2019-07-24T20:26:40.000Z']) {
      assert.deepEqual(decode({ T: text }), { T: new Date('2019-07-24T20:26:40Z') })
    }
  })

  const list = 'Start of list found where not expected'
  const structure = 'Start of structure or map found where not expected.'
  for (const [value, message] of [
    [[], list],
    ['x', 'Expected null'],
    [1, 'Expected null'],
    [{ S: 1 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ S: true }, 'TRUE_VALUE can not be converted to a String'],
    [{ S: false }, 'FALSE_VALUE can not be converted to a String'],
    [{ S: [] }, list],
    [{ S: {} }, structure],
    [{ B: 'true' }, 'STRING_VALUE can not be converted to a Boolean'],
    [{ B: 0 }, 'NUMBER_VALUE can not be converted to a Boolean'],
    [{ I: '1' }, 'STRING_VALUE can not be converted to an Integer'],
    [{ I: true }, 'TRUE_VALUE can not be converted to an Integer'],
    [{ I: 1.5 }, 'NUMBER_VALUE can not be converted to an Integer'],
    [{ I: 2 ** 31 }, 'NUMBER_VALUE can not be converted to an Integer'],
    [{ I: JSON.parse('1e999') }, 'NUMBER_VALUE can not be converted to an Integer'],
    [{ I: {} }, structure],
    [{ L: 2 ** 53 }, 'NUMBER_VALUE can not be converted to a Long'],
    [{ F: 'NaN' }, 'STRING_VALUE can not be converted to a Float'],
    [{ D: JSON.parse('1e999') }, 'NUMBER_VALUE can not be converted to a Double'],
    [{ T: 'yesterday' }, 'STRING_VALUE can not be converted to a Timestamp'],
    [{ T: '2019-02-31T99:00:00Z' }, 'STRING_VALUE can not be converted to a Timestamp'],
    [{ T: 1e300 }, 'NUMBER_VALUE can not be converted to a Timestamp'],
    [{ T: true }, 'TRUE_VALUE can not be converted to a Timestamp'],
    [{ Blob: 1 }, 'NUMBER_VALUE can not be converted to a Blob'],
    [
      { Blob: 'AP8' },
      'STRING_VALUE can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3',
    ],
    [{ Blob: '=+/=' }, 'STRING_VALUE can not be converted to a Blob: Invalid Base64 character'],
    [{ Blob: 'AP9=' }, 'STRING_VALUE can not be converted to a Blob: Invalid last non-pad Base64 character'],
    [{ List: {} }, structure],
    [{ List: 'x' }, 'Expected list or null'],
    [{ List: [1] }, 'NUMBER_VALUE can not be converted to a String'],
    [{ List: [['x']] }, list],
    [{ Map: [] }, list],
    [{ Map: 'x' }, 'Expected map or null'],
    [{ Map: { a: 'x' } }, 'STRING_VALUE can not be converted to an Integer'],
    [{ Inner: [] }, list],
    [{ Inner: 'x' }, 'Expected null'],
    [{ Inner: { Inner: { S: 1 } } }, 'NUMBER_VALUE can not be converted to a String'],
    [{ S: 'a\u0000b' }, 'Strings must not contain the character U+0000.'],
    [{ S: '\ud800' }, 'Strings must not contain unpaired surrogates.'],
    [{ Map: { '\udc00': 1 } }, 'Strings must not contain unpaired surrogates.'],
  ] as const) {
    test(`${JSON.stringify(value)}: ${message}`, () => {
      assert.throws(
        () => decode(value),
        (error: unknown) => error instanceof SerializationException && error.message === message,
      )
    })
  }

  test('leaves out what the model does not know, and null members', () => {
    const value = JSON.parse('{"X":1,"s":"x","S":null,"B":null,"__proto__":{"S":"x"},"constructor":"x","I":1}')
    assert.deepEqual(decode(value), { I: 1 })
    assert.deepEqual(decode(null), {})
    assert.deepEqual(decodeInput(model, 'Nothing', { S: 1 }), {})
  })

  test('keeps nulls in lists and maps, for the validation to refuse', () => {
    assert.deepEqual(decode({ List: ['a', null] }), { List: ['a', null] })
    assert.deepEqual({ ...(decode({ Map: { a: null } }).Map as object) }, { a: null })
  })

  test('keys of a map are only keys', () => {
    const { Map: map } = decode(JSON.parse('{"Map":{"__proto__":1,"constructor":2,"toString":3}}')) as { Map: object }
    assert.deepEqual(Object.entries(map), [
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', 3],
    ])
    assert.equal(({} as { admin?: unknown }).admin, undefined)
  })

  test('a member named like a property of every object is absent until it is given', () => {
    const shapes = { ...model.shapes, All: { type: 'structure', members: { constructor: { shape: 'S' } } } } as const
    const odd = { ...model, shapes } as unknown as ServiceModel
    assert.deepEqual(Object.keys(decodeInput(odd, 'Do', { S: 'x' })), [])
    assert.deepEqual(Object.entries(decodeInput(odd, 'Do', { constructor: 'x' })), [['constructor', 'x']])
  })

  test('an unknown operation, also one named like a property of every object', () => {
    for (const name of ['Undo', '__proto__', 'constructor', 'toString', '']) {
      assert.throws(() => decodeInput(model, name, {}), UnknownOperationException)
    }
  })
})

describe('output', () => {
  test("has the model's members in the model's order, in the forms of the wire", () => {
    const output = {
      Map: { b: 2, a: undefined },
      Extra: 'x',
      List: ['a', null, 'b'],
      Blob: Buffer.from([0, 255]),
      T: new Date(1564000000123),
      S: undefined,
      Inner: { T: new Date(1000), Odd: 1, S: null },
      B: false,
      I: 0,
    }
    assert.equal(
      outputText(model, 'Do', output),
      '{"B":false,"I":0,"T":1564000000.123,"Blob":"AP8=","List":["a","b"],"Map":{"b":2},"Inner":{"T":1}}',
    )
  })

  test('what is frozen is written once for each shape that it is written as', () => {
    const inner = Object.freeze({ S: 'x', T: new Date(1000) })
    const text = '{"Inner":{"S":"x","T":1}}'
    for (let time = 0; time < 2; time += 1) {
      assert.equal(outputText(model, 'Do', { Inner: inner }), text)
      assert.equal(outputText(model, 'Do', inner), '{"S":"x","T":1}')
    }
    const changing = { S: 'x' }
    assert.equal(outputText(model, 'Do', { Inner: changing }), '{"Inner":{"S":"x"}}')
    changing.S = 'y"'
    assert.equal(outputText(model, 'Do', { Inner: changing }), '{"Inner":{"S":"y\\""}}')
  })

  test('a key __proto__ reaches the wire', () => {
    const map = Object.fromEntries([['__proto__', 1]])
    assert.equal(outputText(model, 'Do', { Map: map }), '{"Map":{"__proto__":1}}')
  })

  test('is an empty object where the model has none, or the handler returns nothing', () => {
    assert.equal(outputText(model, 'Nothing', { S: 'x' }), '{}')
    assert.equal(outputText(model, 'Do', undefined), '{}')
  })
})

describe('errors', () => {
  test('have a type and a message', () => {
    assert.deepEqual(encodeError(new ResourceNotFoundException('Record rec-1 not found.'), services.servicecatalog), {
      status: 400,
      headers: [],
      body: { __type: 'ResourceNotFoundException', message: 'Record rec-1 not found.' },
    })
    assert.equal(encodeError(new InternalFailure('x')).status, 500)
  })

  test('spell Message as the model does', () => {
    const { body } = encodeError(new InvalidDocument('no'), services.ssm)
    assert.deepEqual(body, { __type: 'InvalidDocument', Message: 'no' })
  })

  test("of SQS tell the query protocol's code, too", () => {
    assert.deepEqual(encodeError(new QueueDoesNotExist('no'), services.sqs).headers, [
      ['x-amzn-query-error', 'AWS.SimpleQueueService.NonExistentQueue;Sender'],
    ])
    assert.deepEqual(encodeError(new InternalFailure('no'), services.sqs).headers, [
      ['x-amzn-query-error', 'InternalFailure;Receiver'],
    ])
  })
})
