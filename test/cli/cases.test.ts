import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences, loadCases, passingIds, runCase } from './cases.ts'

const CONCURRENT = 4

test('the recorded cases of the AWS CLI that pass today still pass', async t => {
  const cases = loadCases()
  const ids = passingIds()
  assert.equal(new Set(cases.map(recorded => recorded.id)).size, 328)
  const unknown = [...ids].filter(id => !cases.some(recorded => recorded.id === id))
  assert.deepEqual(unknown, [], 'ids in passing.json without a case')

  const queue = cases.filter(recorded => ids.has(recorded.id))
  const count = queue.length
  const failed: unknown[] = []
  const work = async () => {
    for (let recorded = queue.shift(); recorded; recorded = queue.shift()) {
      const found = differences(recorded, await runCase(recorded))
      if (found.length > 0) failed.push({ id: recorded.id, found })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT }, work))
  t.diagnostic(`${count - failed.length} of ${cases.length} recorded cases pass today`)
  assert.deepEqual(failed, [])
})
