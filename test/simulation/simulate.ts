import { type Summary, World } from './world.ts'

export interface Campaign {
  /** The first seed; each schedule has the next one. */
  readonly first: number
  readonly schedules: number
  readonly processes: number
  readonly events: number
}

/** Runs schedules one after the other. Throws at the first that breaks a promise, and names its seed. */
export async function simulate({ first, schedules, processes, events }: Campaign): Promise<Summary> {
  const total = { executions: 0, deaths: 0, freezes: 0, stepsStarted: 0 }
  for (let seed = first; seed < first + schedules; seed += 1) {
    try {
      const done = await new World({ seed, processes, events }).run()
      for (const key of Object.keys(total) as (keyof Summary)[]) total[key] += done[key]
    } catch (error) {
      const again = `npm run simulate -- --seed ${seed} --schedules 1 --processes ${processes} --events ${events}`
      throw new Error(`Seed ${seed}: ${(error as Error).message}\nAgain: ${again}`, { cause: error })
    }
  }
  return total
}
