import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasWords, parseQueries, parseQuery, SearchQueryError, wantedWords, wordsOf } from './search-query.ts'

test('a query names a field that is known, or is looked for everywhere', () => {
  const rows: [text: string, query: object][] = [
    ['name:my-service', { field: 'name', value: 'my-service' }],
    ['name:*service*', { field: 'name', value: 'service' }],
    [
      'arn:arn:aws:servicecatalog:us-east-1:1:stack/a/pp-a',
      { field: 'arn', value: 'arn:aws:servicecatalog:us-east-1:1:stack/a/pp-a' },
    ],
    ['available', { value: 'available' }],
    ['nofield:x', { value: 'nofield:x' }],
    ['__proto__:x', { value: '__proto__:x' }],
    [':x', { value: ':x' }],
    ['', { value: '' }],
  ]
  for (const [text, query] of rows) assert.deepEqual(parseQuery(text), query, text)
})

test('each word of a value begins a word of the text', () => {
  const rows: [text: string | undefined, value: string, has: boolean][] = [
    ['My-Service', 'my-service', true],
    ['My-Service', 'SERV', true],
    ['My-Service', 'service my', true],
    ['My-Service', 'ervice', false],
    ['My-Service', 'my other', false],
    ['UNDER_CHANGE', 'under_change', true],
    ['Café Müller', 'müll', true],
    [undefined, 'x', false],
    [undefined, '', true],
  ]
  for (const [text, value, has] of rows) assert.equal(hasWords(text, value), has, `${text} ${value}`)
})

test('of an ARN the words after the account count; ids, tokens and times are one word', () => {
  assert.deepEqual(wordsOf('arn:aws:iam::111122223333:user/Alice'), ['user', 'alice'])
  assert.deepEqual(wantedWords('createdTime', '2026-01-02T03'), ['20260102t03'])
  assert.deepEqual(wantedWords('idempotencyToken', '---'), [])
})

test('queries that are too many or too long are refused', () => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')
  assert.equal(parseQueries([words(50), words(50)]).length, 2)
  for (const texts of [Array(21).fill('a'), ['a'.repeat(1001)], [words(60), words(41)]]) {
    assert.throws(() => parseQueries(texts), SearchQueryError)
  }
})
