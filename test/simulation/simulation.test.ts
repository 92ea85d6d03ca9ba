import { test } from 'node:test'
import { simulate } from './simulate.ts'

/** A few schedules with every run of the tests; `npm run simulate` runs as many as one likes. */
for (const processes of [1, 3]) {
  test(`whatever fails when, every record ends and no completed step runs again (${processes === 1 ? 'one process' : `${processes} nodes`})`, async t => {
    const first = Number(process.env['BELLHOP_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const done = await simulate({ first, schedules: processes === 1 ? 80 : 50, processes, events: 40 })
    t.diagnostic(`seeds from ${first}: ${JSON.stringify(done)}`)
  })
}
