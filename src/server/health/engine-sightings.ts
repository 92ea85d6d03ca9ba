import type { EngineObserver, SeenEngine, SeenProgress } from '../../worker/engine-tools.ts'

/** What this process has seen of one engine. Times in milliseconds since 1970; plain JSON, since nodes tell each other. */
export interface EngineReport {
  readonly type: string
  readonly name: string
  /** Executions that it works for, and since when: the oldest of them. Some may have gone to another node since. */
  readonly work: Readonly<Record<string, number>>
  readonly succeededAt?: number
  readonly failedAt?: number
  readonly lastError?: string
}

/** Characters of an error that are kept, and executions that are told of. */
const mostError = 300
const mostWork = 200

/** What engines do, as the worker sees it: their last success and failure, and what is under way. */
export class EngineSightings implements EngineObserver {
  readonly #now: () => number
  readonly #engines = new Map<string, Omit<EngineReport, 'work'>>()
  /** Work under way, by execution. */
  readonly #underWay = new Map<string, { readonly engine: SeenEngine; readonly since: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  of(executionId: string): SeenEngine | undefined {
    return this.#underWay.get(executionId)?.engine
  }

  tell(executionId: string, engine: SeenEngine, progress: SeenProgress): void {
    const now = this.#now()
    const key = keyOf(engine)
    const known = this.#engines.get(key) ?? engine
    if (progress.state === 'running') {
      if (!this.#underWay.has(executionId)) this.#underWay.set(executionId, { engine, since: now })
      this.#engines.set(key, known)
      return
    }
    this.#underWay.delete(executionId)
    this.#engines.set(
      key,
      progress.state === 'succeeded'
        ? { ...known, succeededAt: now }
        : { ...known, failedAt: now, lastError: progress.message.slice(0, mostError) },
    )
  }

  left(executionId: string): void {
    this.#underWay.delete(executionId)
  }

  report(): readonly EngineReport[] {
    return [...this.#engines].map(([key, engine]) => {
      const work = [...this.#underWay].flatMap(([id, { engine: of, since }]) =>
        keyOf(of) === key ? [[id, since] as const] : [],
      )
      return { ...engine, work: Object.fromEntries(work.slice(0, mostWork)) }
    })
  }
}

function keyOf({ type, name }: SeenEngine): string {
  return `${type} ${name}`
}

/** What several nodes have seen, together: the last of each, and all that is under way. */
export function together(reports: readonly EngineReport[]): readonly EngineReport[] {
  const found = new Map<string, EngineReport>()
  for (const each of reports) {
    const other = found.get(keyOf(each))
    if (!other) {
      found.set(keyOf(each), each)
      continue
    }
    const failed = (each.failedAt ?? 0) > (other.failedAt ?? 0) ? each : other
    found.set(keyOf(each), {
      type: each.type,
      name: each.name,
      work: { ...each.work, ...other.work },
      succeededAt: later(each.succeededAt, other.succeededAt),
      failedAt: failed.failedAt,
      lastError: failed.lastError,
    })
  }
  return [...found.values()]
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : other === undefined ? one : Math.max(one, other)
}
