/** `npm run simulate -- --schedules 10000 --processes 3 --events 60 --seed 1`: as many simulated schedules as one likes. */
import { parseArgs } from 'node:util'
import { simulate } from '../test/simulation/simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    schedules: { type: 'string', default: '1000' },
    processes: { type: 'string', default: '3' },
    events: { type: 'string', default: '40' },
  },
})
const begun = performance.now()
const campaign = {
  first: Number(values.seed),
  schedules: Number(values.schedules),
  processes: Number(values.processes),
  events: Number(values.events),
}
const done = await simulate(campaign)
const seconds = ((performance.now() - begun) / 1000).toFixed(1)
process.stdout.write(`${JSON.stringify({ ...campaign, ...done, seconds })}\n`)
