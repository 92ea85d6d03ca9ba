import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientRateLimiter } from './adaptive.ts'

/** Seconds that pass when somebody sleeps. */
function limiterAt(start: number) {
  const clock = {
    at: start,
    now: () => clock.at,
    sleep: async (milliseconds: number) => {
      clock.at += milliseconds / 1000
    },
  }
  return { clock, limiter: new ClientRateLimiter(clock) }
}

test('without throttling nobody waits', async () => {
  const { limiter } = limiterAt(1000)
  for (let i = 0; i < 100; i += 1) {
    assert.equal(await limiter.acquire(), 0)
    limiter.answered(false)
  }
  assert.equal(limiter.rate, Number.POSITIVE_INFINITY)
})

test('rates are those of botocore at the same moments', async () => {
  const { clock, limiter } = limiterAt(0)
  const rates: number[] = []
  for (let tenths = 2; tenths <= 40; tenths += 2) {
    clock.at = tenths / 10
    limiter.answered(tenths === 20 || tenths === 36)
    if (limiter.rate !== Number.POSITIVE_INFINITY) rates.push(Number(limiter.rate.toFixed(6)))
  }
  // Source: botocore 1.43.11, ClientRateLimiter with a clock that stands at these moments.
  assert.deepEqual(
    rates,
    [3.02848, 3.486639, 3.821874, 4.053386, 4.200373, 4.282037, 4.317576, 4.326192, 3.028334, 3.486478, 3.821699],
  )
})

test('whoever was throttled waits for a token, one after the other', async () => {
  const { clock, limiter } = limiterAt(0)
  clock.at = 1
  limiter.answered(true)
  assert.equal(limiter.rate.toFixed(6), '0.560000')
  clock.at = 100
  assert.equal(await limiter.acquire(), 0)
  const waits = await Promise.all([limiter.acquire(), limiter.acquire()])
  assert.deepEqual(waits, [1786, 1786])
  assert.ok(Math.abs(clock.at - 103.572) < 0.001)
})
