import { InvalidFilterValue } from '../../protocol/errors.ts'

/** A time in a filter: ISO 8601, as clients send it, or seconds since 1970. Throws InvalidFilterValue. */
export function time(value: string): Date {
  const date = new Date(/^\d{9,11}(\.\d+)?$/.test(value) ? Number(value) * 1000 : value)
  if (Number.isNaN(date.getTime())) throw new InvalidFilterValue(`The filter value ${value} is not a time.`)
  return date
}
