import type { Shape, ShapeRef } from '../model/service-model.ts'
import { Bytes, Float, fromPlain, isInteger, type Value, type ValueMap } from './values.ts'

type Shapes = Readonly<Record<string, Shape>>

/** How timestamps are shown: as ISO 8601 in the local zone, or as the service sent them (`cli_timestamp_format`). */
export interface TimestampStyle {
  readonly format: 'iso8601' | 'wire'
  /** Minutes east of UTC at a moment. */
  readonly utcOffset: (at: Date) => number
}

/**
 * Put an answer into the model's form: members in the model's order, unknown ones and nulls dropped, timestamps as
 * text. A value of another type than modelled stays as it is.
 */
export function shapeAnswer(value: Value, ref: ShapeRef | undefined, shapes: Shapes, style: TimestampStyle): Value {
  if (ref === undefined) return new Map()
  return shapeValue(value, ref)

  function shapeValue(item: Value, at: ShapeRef): Value {
    const shape = shapes[at.shape]!
    if (shape.type === 'structure' && item instanceof Map) {
      const members: ValueMap = new Map()
      for (const [name, member] of Object.entries(shape.members)) {
        const sent = item.get(member.locationName ?? name) ?? null
        if (sent !== null) members.set(name, shapeValue(sent, member))
      }
      return members
    }
    if (shape.type === 'list' && Array.isArray(item)) return item.map(element => shapeValue(element, shape.member))
    if (shape.type === 'map' && item instanceof Map) {
      return new Map([...item].map(([key, element]) => [key, shapeValue(element, shape.value)]))
    }
    return shape.type === 'timestamp' && style.format === 'iso8601' ? formatTimestamp(item, style.utcOffset) : item
  }
}

/**
 * A timestamp as Python's isoformat: six digits of a second or none. Numbers are shown in the local zone; a text keeps
 * the zone it came with.
 */
export function formatTimestamp(value: Value, utcOffset: (at: Date) => number): Value {
  if (value instanceof Float || isInteger(value))
    return formatSeconds(value instanceof Float ? value.value : Number(value))
  if (typeof value !== 'string') return value
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:?\d\d)?$/.exec(value.trim())
  if (!match) return value
  const [, date, time, fraction = '', zone = ''] = match
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const shownZone = zone === '' || /^z$/i.test(zone) ? '+00:00' : zone.replace(/^(...):?/, '$1:')
  return `${date}T${time}${micros === '000000' ? '' : `.${micros}`}${shownZone}`

  function formatSeconds(seconds: number): Value {
    let whole = Math.floor(seconds)
    let micros = roundHalfEven((seconds - whole) * 1e6)
    if (micros === 1_000_000) {
      whole += 1
      micros = 0
    }
    const at = new Date(whole * 1000)
    if (Number.isNaN(at.getTime())) return value
    const offset = utcOffset(at)
    const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19)
    const sign = offset < 0 ? '-' : '+'
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
    const shown = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    return `${local}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}${shown}`
  }
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value)
  const rest = value - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}

/** A decoded answer (plain objects, Maps where the order of keys matters, bytes) in our form. */
export function fromDecoded(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromDecoded)
  const isLeaf = value === null || typeof value !== 'object' || value instanceof Float || value instanceof Bytes
  if (isLeaf || value instanceof Uint8Array) return fromPlain(value)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return new Map(entries.map(([key, member]) => [key, fromDecoded(member)]))
}
