import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ordinal, queueText } from './queue.ts'

test('numbers in order are written as one says them', () => {
  const numbers = [1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 103, 111, 112]
  const words = ['1st', '2nd', '3rd', '4th', '10th', '11th', '12th', '13th', '21st', '22nd', '103rd', '111th', '112th']
  assert.deepEqual(numbers.map(ordinal), words)
})

test('a place in line is told with what it is about, and no place is not told', () => {
  const account = { Type: 'ACCOUNT', Name: '111122223333', Most: 10 } as const
  assert.equal(
    queueText({ Waiting: true, Position: 3, Limit: account }),
    '3rd in line. At most 10 may be under way at once in account 111122223333.',
  )
  assert.equal(
    queueText({ Waiting: true, Position: 1, Limit: { Type: 'ENGINE', Name: 'EXTERNAL/web', Most: 1 } }),
    'Next in line. Only one may be under way at once on the engine EXTERNAL/web.',
  )
  assert.equal(queueText({ Waiting: true, Position: 1001 }), 'More than 1000 are before it in line.')
  assert.equal(queueText({ Waiting: true }), undefined)
  assert.equal(queueText({ Waiting: false }), undefined)
})
