import { setTimeout as pause } from 'node:timers/promises'
import { type Effect, readEffects } from './catalog.ts'

/** What the lines say that scripts leave in a file when their steps begin and end. */

/** Waits until nothing has begun or ended for a while: what a node does that woke up late is seen then. */
export async function untilQuiet(file: string, milliseconds = 1_500): Promise<void> {
  for (let seen = -1; ; ) {
    const now = readEffects(file).length
    if (now === seen) return
    seen = now
    await pause(milliseconds)
  }
}

export function key({ execution, step }: Pick<Effect, 'execution' | 'step'>): string {
  return `${execution} ${step}`
}

export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

export function countBegins(lines: readonly Effect[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) if (line.phase === 'begin') count(counts, key(line))
  return counts
}

/** Each execution's last line. */
export function lastLines(lines: readonly Effect[]): Map<string, Effect> {
  return new Map(lines.map(line => [line.execution, line]))
}

/**
 * Steps that began although they had completed: a later step of their execution had begun, or the API had said Success
 * when there were fewer begin lines than there are now (`completed`).
 */
export function completedStepsRunAgain(
  lines: readonly Effect[],
  completed: ReadonlyMap<string, number> = new Map(),
): string[] {
  const latest = new Map<string, string>()
  const left = new Set<string>()
  const again: string[] = []
  for (const line of lines) {
    if (line.phase !== 'begin') continue
    const before = latest.get(line.execution)
    if (left.has(key(line))) again.push(key(line))
    if (before !== undefined && before !== line.step) left.add(key({ ...line, step: before }))
    latest.set(line.execution, line.step)
  }
  const begins = countBegins(lines)
  return [...again, ...[...completed].filter(([step, begun]) => (begins.get(step) ?? 0) > begun).map(([step]) => step)]
}

/**
 * Pairs of executions of one product of which one began a step between the other's first line and its last. `productOf`:
 * executions that it does not know are left out.
 */
export function overlaps(lines: readonly Effect[], productOf: ReadonlyMap<string, string>): string[] {
  const spans = new Map<string, { first: number; last: number }>()
  for (const [at, { execution }] of lines.entries()) {
    const span = spans.get(execution) ?? { first: at, last: at }
    span.last = at
    spans.set(execution, span)
  }
  const found = new Set<string>()
  for (const [at, { execution, phase }] of lines.entries()) {
    const product = productOf.get(execution)
    if (phase !== 'begin' || product === undefined) continue
    for (const [other, { first, last }] of spans) {
      if (other !== execution && productOf.get(other) === product && first < at && at < last) {
        found.add([execution, other].sort().join(' and '))
      }
    }
  }
  return [...found]
}
