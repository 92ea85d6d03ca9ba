import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedTags, checkTags, TagsError, TooManyTagsError } from './tags.ts'

const tag = (Key: string, Value = 'v') => ({ Key, Value })

test('keys are unique, and none is one of AWS’s own', () => {
  checkTags([tag('a'), tag('A'), tag('aws'), tag('x-aws:y'), tag('__proto__')])
  assert.throws(() => checkTags([tag('a'), tag('a', 'w')]), /a is given more than once/)
  for (const key of ['aws:x', 'AWS:x', 'aWs:']) assert.throws(() => checkTags([tag(key)]), TagsError)
})

test('what is removed goes first, then what is added takes the place of its key', () => {
  const before = [tag('a', '1'), tag('b', '2'), tag('c', '3')]
  const change = (add: { Key: string; Value: string }[], remove: string[]) =>
    changedTags(before, { add, remove, limit: 3 })
      .map(({ Key, Value }) => Key + Value)
      .join(' ')
  assert.equal(change([], []), 'a1 b2 c3')
  assert.equal(change([tag('b', '9')], []), 'a1 c3 b9')
  assert.equal(change([], ['a', 'nothing']), 'b2 c3')
  // All old ones removed and all new ones added in one call: what Terraform's provider sends.
  assert.equal(change([tag('b', '2'), tag('d', '4')], ['a', 'b', 'c']), 'b2 d4')
  assert.throws(() => change([tag('d')], []), TooManyTagsError)
  assert.throws(() => change([tag('aws:d')], ['a']), TagsError)
})
