import type { Action, Progress } from '../action.ts'
import { stepFailure } from '../texts.ts'

/** Seconds: the longest sleep that SSM takes, one second less than seven days. */
const longest = 604_799

/** aws:sleep: waits for a Duration (ISO 8601, PT10M) or until a Timestamp (ISO 8601, 2026-01-31T08:00:00Z). */
export const sleep: Action = {
  name: 'aws:sleep',
  idle: true,
  inputs: { required: [], optional: ['Duration', 'Timestamp'] },
  inert: true,
  check: ({ Duration, Timestamp }) => {
    if ((Duration === undefined) === (Timestamp === undefined)) return 'needs either Duration or Timestamp'
    const value = Duration ?? Timestamp
    // A reference can only be judged when the step runs.
    if (typeof value === 'string' && value.includes('{{')) return undefined
    const until = wakeTime({ Duration, Timestamp }, 0)
    return 'problem' in until ? until.problem : undefined
  },
  start: async ({ inputs, now }) => {
    const until = wakeTime(inputs, now)
    if ('problem' in until) {
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', `The step ${until.problem}`) }
    }
    if (until.time - now > longest * 1000) {
      const cause = `The step would sleep for more than ${longest} seconds`
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', cause) }
    }
    return until.time <= now ? done : { state: 'waiting', handle: { until: until.time }, wakeAt: until.time }
  },
  poll: async ({ now }, handle) => {
    const { until } = handle as { until: number }
    return until <= now ? done : { state: 'waiting', handle, wakeAt: until }
  },
}

const done: Progress = { state: 'succeeded', response: {} }

function wakeTime(
  { Duration, Timestamp }: Readonly<Record<string, unknown>>,
  now: number,
): { readonly time: number } | { readonly problem: string } {
  if (Duration !== undefined) {
    const milliseconds = parseDuration(Duration)
    if (milliseconds === undefined)
      return { problem: `has a Duration that is not ISO 8601: ${JSON.stringify(Duration)}` }
    if (milliseconds > longest * 1000) return { problem: `has a Duration of more than ${longest} seconds` }
    return { time: now + milliseconds }
  }
  const time = parseTimestamp(Timestamp)
  return time === undefined
    ? { problem: `has a Timestamp that is not ISO 8601: ${JSON.stringify(Timestamp)}` }
    : { time }
}

const duration = /^P(?:(\d{1,9})W|(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?)$/i

/** @returns milliseconds; undefined when the text is no duration of weeks, days, hours, minutes and seconds. */
function parseDuration(value: unknown): number | undefined {
  if (typeof value !== 'string' || /[PT]$/i.test(value)) return undefined
  const found = duration.exec(value)
  if (!found) return undefined
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return Math.round((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000)
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/

/** @returns milliseconds since 1970; a time without a zone is UTC. */
function parseTimestamp(value: unknown): number | undefined {
  const found = typeof value === 'string' ? timestamp.exec(value) : null
  if (!found) return undefined
  const time = Date.parse(found[3] === undefined ? `${found[0]}Z` : found[0].replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(time) ? undefined : time
}
