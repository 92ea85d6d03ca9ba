import type { Zone } from './time.ts'

/** The beginning of a day (`2026-01-31`) in seconds since 1970, or of the day after it; undefined for what is no day. */
export function dayBegins(day: string | undefined, zone: Zone, daysLater = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '')?.map(Number) ?? []
  if (year === undefined) return undefined
  const parts = [year, month! - 1, date! + daysLater] as const
  const time = zone === 'utc' ? Date.UTC(...parts) : new Date(...parts).getTime()
  return Number.isNaN(time) ? undefined : time / 1000
}
