import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLocation, matchPath, parseLocation, to } from './location.ts'

test('every state has an address, and an address is a state', () => {
  const location = { path: '/records', query: { q: 'a&b #c', page: '2' } }
  assert.deepEqual(parseLocation(formatLocation(location)), location)
  assert.equal(formatLocation({ path: '/records', query: { q: '' } }), '#/records')
  assert.deepEqual(parseLocation(''), { path: '/', query: {} })
})

test('ids are escaped, and found again', () => {
  const path = parseLocation(to('/products', 'a/b?c', 'launch')).path
  assert.deepEqual(matchPath('/products/:id/launch', path), { id: 'a/b?c' })
  assert.equal(matchPath('/products/:id', path), undefined)
  // Half of a pair of surrogates, which has no escape.
  assert.equal(to('/products', 'a\ud800'), '#/products/a%EF%BF%BD')
  assert.equal(matchPath('/products/:id', '/products/%E0%A4%A'), undefined)
})
