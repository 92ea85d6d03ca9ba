import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromJson, toJson } from './json.ts'

describe('the JSON column', () => {
  test('gives back what was written, dates as dates, wherever they are', () => {
    const value = { at: new Date(5), list: [new Date(6), { deep: { at: new Date(7) } }], text: 'x', none: null, of: {} }
    assert.deepEqual(fromJson(toJson(value)), value)
    assert.deepEqual(fromJson(toJson(new Date(8))), new Date(8))
  })

  test('writes dates as older versions did, and changes nothing of what it writes', () => {
    const value = { at: new Date(5), left: undefined, list: [undefined, new Date(6)] }
    assert.equal(toJson(value), '{"at":{"$date":5},"list":[null,{"$date":6}]}')
    assert.deepEqual(value, { at: new Date(5), left: undefined, list: [undefined, new Date(6)] })
  })

  test('takes names for names', () => {
    const text = '{"__proto__":{"at":{"$date":5}},"toJSON":"x","$date":"text","at":{"$date":6}}'
    const value = fromJson<Record<string, unknown>>(text)
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
    assert.deepEqual(Object.keys(value), ['__proto__', 'toJSON', '$date', 'at'])
    assert.equal(toJson(value), text)
  })
})
