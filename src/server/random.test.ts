import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandomBytes } from './random.ts'

test('random bytes are as many as were asked for, and never the same or of one memory', () => {
  const randomBytes = createRandomBytes()
  const given = Array.from({ length: 3000 }, (_, i) => randomBytes(16 + (i % 49)))
  assert.ok(given.every((bytes, i) => bytes.length === 16 + (i % 49)))
  assert.equal(new Set(given.map(bytes => Buffer.from(bytes.subarray(0, 16)).toString('hex'))).size, given.length)
  const [one, other] = [randomBytes(16), randomBytes(16)]
  const kept = Buffer.from(one).toString('hex')
  other.fill(7)
  assert.equal(Buffer.from(one).toString('hex'), kept)
  assert.equal(randomBytes(100_000).length, 100_000)
})
