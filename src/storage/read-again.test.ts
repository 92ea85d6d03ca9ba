import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJson } from './json.ts'
import { fromJsonAgain } from './read-again.ts'

const entity = (name: string) => ({
  detail: { Name: name, CreatedTime: new Date(1) },
  tags: [{ Key: 'a', Value: name }],
})

test('a text that was read lately is the same value, which nobody can change; another text is another', () => {
  const first = fromJsonAgain<ReturnType<typeof entity>>(toJson(entity('one')))
  assert.deepEqual(first, entity('one'))
  assert.equal(fromJsonAgain(toJson(entity('one'))), first)
  assert.throws(() => Object.assign(first.tags[0]!, { Value: 'changed' }), TypeError)
  assert.deepEqual(fromJsonAgain(toJson(entity('two'))), entity('two'))
})

test('what is not read any more is forgotten, and so is what is long', () => {
  const text = toJson(entity('kept'))
  const kept = fromJsonAgain(text)
  for (let i = 0; i < 400; i += 1) fromJsonAgain(toJson(entity(`other ${i}`)))
  assert.equal(fromJsonAgain(text), kept)
  for (let i = 0; i < 1000; i += 1) fromJsonAgain(toJson(entity(`more ${i}`)))
  const again = fromJsonAgain(text)
  assert.notEqual(again, kept)
  assert.deepEqual(again, kept)
  const long = toJson(entity('x'.repeat(10_000)))
  assert.notEqual(fromJsonAgain(long), fromJsonAgain(long))
})
