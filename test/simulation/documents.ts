import type { Random } from './random.ts'

/** A document made by chance: work that ends at once or later, well or not, waits, branches and loops, and jumps on failure. */
export function someDocument(random: Random): string {
  const count = 1 + random.below(5)
  const names = Array.from({ length: count }, (_, i) => `step${i + 1}`)
  const mainSteps = names.map((name, i) => ({ name, ...someStep(random, name), ...someFlow(random, names, i) }))
  return JSON.stringify({ schemaVersion: '0.3', mainSteps })
}

function someStep(random: Random, name: string): object {
  const kind = random.below(10)
  // Some of them end at once: those are not written down before they start.
  if (kind === 0) return { action: 'aws:sleep', inputs: { Duration: `PT${random.below(2) * random.below(200)}S` } }
  if (kind === 1) return { action: 'aws:pause', inputs: {} }
  if (kind === 2) {
    return { action: 'aws:approve', inputs: { Approvers: ['boss'], MinRequiredApprovals: 1 }, timeoutSeconds: 600 }
  }
  if (kind === 3) {
    const Steps = [0, 1].slice(random.below(2)).map(i => ({ name: `${name}_${i}`, ...work(random) }))
    return { action: 'aws:loop', inputs: { Iterators: ['a', 'b', 'c'].slice(random.below(3)), Steps } }
  }
  return work(random)
}

/** What the simulated engine makes of it: see World. */
function work(random: Random): object {
  const Action = random.pick(['quick', 'quick', 'long', 'polled', 'polled', 'fails', 'flaky'])
  return { action: 'bellhop:invokeEngine', inputs: { Action }, timeoutSeconds: random.pick([30, 300, 3600]) }
}

function someFlow(random: Random, names: readonly string[], i: number): object {
  const later = names.slice(i + 1)
  return {
    ...(random.chance(0.3) && { maxAttempts: 2 + random.below(2) }),
    ...(random.chance(0.2) && { onFailure: 'Continue' }),
    ...(random.chance(0.2) && later.length > 0 && { onFailure: `step:${random.pick(later)}` }),
    ...(random.chance(0.1) && { isCritical: false }),
    ...(random.chance(0.1) && later.length > 0 && { nextStep: random.pick(later) }),
    ...(random.chance(0.05) && { isEnd: true }),
  }
}
