import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../kit/bellhop.ts'
import { lastLines } from '../kit/effects.ts'
import { Crash, type Outcome, preload, type Settings } from './schedules.ts'

/** A kind of trouble, and what is made of it on real processes. */
export interface Kind {
  readonly name: string
  readonly on: readonly ('SQLite' | 'PostgreSQL')[]
  /** What happens in the middle of the work. Everything runs again when it is over. */
  readonly trouble: (crash: Crash) => Promise<unknown>
  /** Servers of its own, started for it: on an empty database, or of an older version. */
  readonly anew?: 'empty' | 'older'
}

const both = ['SQLite', 'PostgreSQL'] as const
/** Milliseconds: longer than a job in hand may go without a word of its node. */
const pastLease = 14_000

/** The node that trouble is made for: the second one where there are two. */
const victim = (crash: Crash) => crash.nodes.length - 1
const onPostgres = (crash: Crash) => crash.url !== undefined

function dies(when: 'before' | 'after') {
  return async (crash: Crash) => {
    const node = victim(crash)
    await crash.nodes[node]!.stop()
    // The first of them are those with which a start takes up what is there.
    const number = 1 + crash.settings.random.below(10)
    const env = { NODE_OPTIONS: preload('die-at-commit.mjs'), BELLHOP_DIE: `${when}:${number}` }
    try {
      await crash.again(node, { env })
      const { pid } = crash.nodes[node]!
      await until(async () => !isAlive(pid), 'a commit to die at', 10).catch(() => crash.nodes[node]!.kill())
    } catch {
      // It died before it was ready.
    }
    crash.troubleBegins()
    await crash.again(node)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function clockJumps(milliseconds: number) {
  return async (crash: Crash) => {
    const node = victim(crash)
    await crash.nodes[node]!.stop()
    const env = {
      NODE_OPTIONS: preload('jumping-clock.mjs'),
      BELLHOP_CLOCK: join(crash.settings.folder, 'clock'),
    }
    await crash.again(node, { env })
    await pause(crash.settings.random.below(500))
    crash.setClock(node, milliseconds)
  }
}

export const kinds: readonly Kind[] = [
  {
    name: 'kill -9 at random',
    on: both,
    trouble: async crash => {
      await crash.kill(victim(crash))
      await crash.again(victim(crash))
    },
  },
  { name: 'kill -9 just before a commit', on: both, trouble: dies('before') },
  { name: 'kill -9 just after a commit', on: both, trouble: dies('after') },
  {
    name: 'kill -9 inside a step',
    on: both,
    trouble: async crash => {
      const inStep = () => [...lastLines(crash.effects).values()].some(({ phase }) => phase === 'begin')
      await until(async () => inStep(), 'a step in hand')
      await crash.kill(victim(crash))
      await crash.again(victim(crash))
    },
  },
  {
    name: 'kill -9 during recovery',
    on: both,
    trouble: async crash => {
      await crash.kill(victim(crash))
      for (let time = 0; time < 2; time += 1) {
        await crash.again(victim(crash))
        await pause(crash.settings.random.below(300))
        await crash.nodes[victim(crash)]!.kill()
      }
      await crash.again(victim(crash))
    },
  },
  {
    name: 'SIGSTOP, and SIGCONT after 14 s (past the lease)',
    on: both,
    trouble: async crash => {
      const { pid } = crash.nodes[victim(crash)]!
      crash.troubleBegins()
      process.kill(pid, 'SIGSTOP')
      await pause(pastLease)
      process.kill(pid, 'SIGCONT')
    },
  },
  {
    name: 'database killed and restarted',
    on: ['PostgreSQL'],
    trouble: async crash => {
      await crash.settings.postgres!.kill()
      await pause(crash.settings.random.below(2_000))
      await crash.settings.postgres!.start()
    },
  },
  {
    name: 'network between a node and the database cut for 14 s',
    on: ['PostgreSQL'],
    trouble: async crash => {
      crash.troubleBegins()
      crash.line!.cut()
      await pause(pastLease)
      crash.line!.mend()
    },
  },
  { name: 'two nodes start at once on an empty database', on: ['PostgreSQL'], trouble: async () => {}, anew: 'empty' },
  { name: 'clock jumps 4 minutes forward', on: both, trouble: clockJumps(240_000) },
  { name: 'clock jumps 10 s backward', on: both, trouble: clockJumps(-10_000) },
  {
    name: 'upgrade from an older version, node by node',
    on: both,
    anew: 'older',
    trouble: async crash => {
      const node = victim(crash)
      await crash.nodes[node]!.stop()
      // From here on an older and a newer one work side by side.
      await crash.again(node)
      if (!onPostgres(crash)) return
      await pause(1_000)
      await crash.kill(0)
      await crash.again(0)
    },
  },
]

/** Runs a kind so many times. The servers are kept from one time to the next, and from one kind to the next, in `kept`. */
export async function runKind(
  kind: Kind,
  settings: Settings,
  times: number,
  kept: { crash?: Crash | undefined },
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (let time = 0; time < times; time += 1) {
    let crash: Crash
    if (kind.anew) {
      const folder = join(settings.folder, `${kind.anew}-${kind.on.length}-${time}-${settings.random.below(1e9)}`)
      crash = await new Crash({
        ...settings,
        folder,
        source: kind.anew === 'older' ? settings.source : undefined,
      }).open()
    } else {
      kept.crash ??= await new Crash({ ...settings, source: undefined }).open()
      crash = kept.crash
    }
    try {
      outcomes.push(await crash.run(kind.trouble))
    } catch (error) {
      await crash.close()
      kept.crash = undefined
      throw error
    }
    if (kind.anew) await crash.close()
  }
  return together(outcomes)
}

export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    runs: outcomes.reduce((sum, { runs }) => sum + runs, 0),
    accepted: outcomes.reduce((sum, { accepted }) => sum + accepted, 0),
    lost: outcomes.flatMap(({ lost }) => lost),
    rerun: outcomes.flatMap(({ rerun }) => rerun),
    overlaps: outcomes.flatMap(outcome => outcome.overlaps),
    takeOver: outcomes.flatMap(({ takeOver }) => takeOver).sort((one, other) => one - other),
  }
}
