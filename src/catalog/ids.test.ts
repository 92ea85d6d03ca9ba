import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { idsFrom } from './ids.ts'

describe('ids', () => {
  const ids = idsFrom(randomBytes)
  const time = new Date(Date.UTC(2026, 0, 31, 8))

  test('are written as AWS writes them, whether they tell a time or not', () => {
    assert.match(ids.next('product'), /^prod-[a-z2-7]{13}$/)
    assert.match(ids.nextAt('record', time), /^rec-[a-z2-7]{13}$/)
    assert.match(ids.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.match(ids.uuidAt(time), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('of one moment begin alike, and are different', () => {
    const many = Array.from({ length: 1000 }, () => [ids.nextAt('record', time), ids.uuidAt(time)] as const)
    assert.equal(new Set(many.map(([record]) => record.slice(0, 10))).size, 1)
    assert.equal(new Set(many.map(([, uuid]) => uuid.slice(0, 13))).size, 1)
    assert.equal(new Set(many.flat()).size, 2000)
  })

  test('of executions are in the order of time', () => {
    const later = [0, 1, 256, 100_000, 1e10].map(after => ids.uuidAt(new Date(time.getTime() + after)))
    assert.deepEqual(later.toSorted(), later)
  })
})
