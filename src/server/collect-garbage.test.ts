import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { collectGarbage } from './collect-garbage.ts'

test('what nobody holds is gone', async () => {
  const reference = new WeakRef({ large: 'x'.repeat(1000) })
  // A reference keeps its object until the turn in which it was made has ended.
  await setImmediate()
  collectGarbage()
  assert.equal(reference.deref(), undefined)
  assert.equal('gc' in globalThis, false)
})
