import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SerializationException } from './errors.ts'
import { parseJson } from './json.ts'

const parse = (text: string) => parseJson(Buffer.from(text))
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const refuses = (bytes: Uint8Array, message: RegExp) =>
  assert.throws(
    () => parseJson(bytes),
    (error: unknown) => error instanceof SerializationException && error.status === 400 && message.test(error.message),
  )

test('an empty body is an empty object', () => {
  assert.deepEqual(parse(''), {})
})

test('values are those of JSON', () => {
  assert.deepEqual(parse(' {"a": [1, "ü😀", null, true]} '), { a: [1, 'ü😀', null, true] })
  assert.deepEqual(parse('\ufeff{}'), {})
})

test('100 levels are read, 101 are refused', () => {
  assert.doesNotThrow(() => parse(nested(100)))
  refuses(Buffer.from(nested(101)), /nested more than 100 levels deep/)
  refuses(Buffer.from(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`), /nested/)
  assert.throws(() => parseJson(Buffer.from('[[1]]'), { maxDepth: 1 }), /nested more than 1 levels/)
})

test('brackets in strings and closed ones do not count', () => {
  assert.doesNotThrow(() => parse(JSON.stringify('['.repeat(1000))))
  assert.doesNotThrow(() => parse(`["\\"${'['.repeat(1000)}", "\\\\", ${Array(1000).fill('[{}]')}]`))
})

test('4 MiB of nesting is refused before it is parsed', () => {
  refuses(Buffer.alloc(4 << 20, '['), /nested/)
  refuses(Buffer.from('{"a":'.repeat(800_000)), /nested/)
  refuses(Buffer.from(nested(100_000)), /nested/)
})

test('what is not JSON is refused, and not quoted', () => {
  for (const text of [
    '{',
    '{"secret": hunter2}',
    '{"a":1}{"b":2}',
    "{'a':1}",
    '[1,]',
    'undefined',
    'NaN',
    ' ',
    '"a',
    ']',
  ]) {
    refuses(Buffer.from(text), /^The request body is not valid JSON\.$/)
  }
})

test('what is not UTF-8 is refused', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xff, 0xfe, 0x7b, 0],
  ]) {
    refuses(Uint8Array.from(bytes), /^The request body is not valid UTF-8\.$/)
  }
})

test('__proto__ is a key', () => {
  const value = parse('{"__proto__": {"admin": true}}') as Record<string, unknown>
  assert.ok(Object.hasOwn(value, '__proto__'))
  assert.equal(value.admin, undefined)
})
