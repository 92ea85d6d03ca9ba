import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../kit/bellhop.ts'
import { randomFrom } from '../simulation/random.ts'
import { kinds, runKind } from './kinds.ts'
import type { Crash } from './schedules.ts'

/** What is quick of `npm run crash`, once with every run of the tests. */
test('a server that dies at a commit, or whose clock jumps, loses and repeats nothing', {
  timeout: 120_000,
}, async t => {
  const seed = Number(process.env['BELLHOP_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`seed ${seed}`)
  const settings = { folder: temporaryFolder(t), random: randomFrom(seed), products: 2 }
  const kept: { crash?: Crash } = {}
  t.after(() => kept.crash?.close())
  for (const kind of kinds.filter(({ name }) => /commit|forward/.test(name))) {
    const { accepted, lost, rerun, overlaps } = await runKind(kind, settings, 1, kept)
    assert.deepEqual({ accepted, lost, rerun, overlaps }, { accepted: 4, lost: [], rerun: [], overlaps: [] }, kind.name)
  }
})
