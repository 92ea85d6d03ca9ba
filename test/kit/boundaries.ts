import type { ScalarShape, ServiceModel, Shape, ShapeRef, StructureShape } from '../../src/model/service-model.ts'
import { type Random, value } from './generate.ts'

/** An input with one thing changed in one place. */
export interface Case {
  /** Where and what, e.g. `Tags.Key: one more than 128 characters`. */
  readonly what: string
  readonly input: Readonly<Record<string, unknown>>
  /** `kept`: the model allows it. `broken`: the model forbids it. `open`: the model says nothing. */
  readonly model: 'kept' | 'broken' | 'open'
}

type Variant = readonly [what: string, value: unknown, model: Case['model']]

const most = 70_000

/** Every boundary of every member of an operation's input, one at a time; all else is as the model wants it. */
export function* boundaryCases(model: ServiceModel, operation: string, random: Random): Generator<Case> {
  const shape = model.shapes[model.operations[operation]!.input?.shape ?? ''] as StructureShape | undefined
  if (!shape) return
  const base = required(model, shape, random)
  yield { what: 'what is required', input: base, model: fits(model, shape, base) ? 'kept' : 'open' }
  yield { what: 'a member that nobody knows', input: { ...base, Extra: { a: [1] } }, model: 'open' }
  for (const [what, change, verdict] of memberVariants(model, shape, random, 0)) {
    const input = { ...base }
    change(input)
    yield { what, input, model: verdict === 'kept' && !fits(model, shape, input) ? 'open' : verdict }
  }
}

function required(model: ServiceModel, shape: StructureShape, random: Random): Record<string, unknown> {
  const names = shape.required ?? []
  return Object.fromEntries(names.map(name => [name, value(model, shape.members[name]!, random, 0, 4)]))
}

/** A change of one member in the structure that is handed to it. */
type Change = readonly [what: string, change: (target: Record<string, unknown>) => void, model: Case['model']]

function* memberVariants(model: ServiceModel, shape: StructureShape, random: Random, depth: number): Generator<Change> {
  for (const [name, ref] of Object.entries(shape.members)) {
    const needed = shape.required?.includes(name) ?? false
    yield [`${name}: left out`, target => delete target[name], needed ? 'broken' : 'kept']
    const set = (what: string, to: unknown, verdict: Case['model']): Change => [
      `${name}: ${what}`,
      target => {
        target[name] = to
      },
      verdict,
    ]
    yield set('null', null, needed ? 'broken' : 'kept')
    for (const [what, to, verdict] of variantsOf(model, ref, random)) yield set(what, to, verdict)
    const outer = model.shapes[ref.shape]!
    const inner = outer.type === 'list' ? model.shapes[outer.member.shape]! : outer
    if (inner.type !== 'structure' || depth > 2) continue
    for (const [what, change, verdict] of memberVariants(model, inner, random, depth + 1)) {
      const member = required(model, inner, random)
      change(member)
      yield set(what, outer.type === 'list' ? [member] : member, verdict)
    }
  }
}

function* variantsOf(model: ServiceModel, ref: ShapeRef, random: Random): Generator<Variant> {
  const shape = model.shapes[ref.shape]!
  switch (shape.type) {
    case 'string':
      yield* textVariants(shape)
      for (const wrong of [7, true, [], {}]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      return
    case 'list': {
      const item = () => value(model, shape.member, random, 0, 5)
      const many = (length: number) => Array.from({ length }, item)
      const { min = 0, max } = shape
      yield [`${min} items`, many(min), 'kept']
      if (min > 0) yield [`one less than ${min} items`, many(min - 1), 'broken']
      if (max !== undefined && max < 5000) {
        yield [`${max} items`, many(max), 'kept']
        yield [`one more than ${max} items`, many(max + 1), 'broken']
      }
      yield ['10,000 items', many(10_000), max !== undefined && max < 10_000 ? 'broken' : 'open']
      for (const wrong of ['x', 1, {}]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      return
    }
    case 'map': {
      const entries = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value(model, shape.value, random, 0, 5)]))
      yield ['many entries', entries(1000), shape.max !== undefined && shape.max < 1000 ? 'broken' : 'open']
      yield ['__proto__', JSON.parse('{"__proto__": "x"}'), 'open']
      for (const wrong of ['x', 1, []]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      return
    }
    case 'structure':
      for (const wrong of ['x', 1, []]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      return
    case 'integer':
    case 'long':
      if (shape.min !== undefined) {
        yield [`${shape.min}`, shape.min, 'kept']
        yield [`one less than ${shape.min}`, shape.min - 1, 'broken']
      }
      if (shape.max !== undefined) {
        yield [`${shape.max}`, shape.max, 'kept']
        yield [`one more than ${shape.max}`, shape.max + 1, 'broken']
      }
      for (const wrong of ['x', [], {}]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      for (const odd of [1.5, 2 ** 53, -(2 ** 31)]) yield [String(odd), odd, 'open']
      return
    case 'boolean':
      for (const wrong of [[], {}]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
      yield ['the text true', 'true', 'open']
      return
    default:
      for (const wrong of [[], {}]) yield [`the wrong type ${JSON.stringify(wrong)}`, wrong, 'broken']
  }
}

function* textVariants(shape: ScalarShape): Generator<Variant> {
  const { min = 0, max, pattern } = shape
  const judged = (text: string): Case['model'] => (textFits(shape, text) ? 'kept' : 'broken')
  const of = (what: string, text: string): Variant => [what, text, judged(text)]
  yield of('empty', '')
  if (min > 0) yield of(`one less than ${min} characters`, 'a'.repeat(min - 1))
  if (min > 0) yield of(`${min} characters`, 'a'.repeat(min))
  if (max !== undefined && max <= most) {
    yield of(`${max} characters`, 'a'.repeat(max))
    yield of(`${max} characters beyond the first plane`, '💥'.repeat(max))
    yield of(`one more than ${max} characters`, 'a'.repeat(max + 1))
  }
  if (shape.enum) {
    yield of('no value of the enum', 'NOT_ONE_OF_THEM')
    yield of('an enum’s value in another case', shape.enum[0]!.toLowerCase())
    for (const each of shape.enum) yield of(each, each)
  }
  if (pattern !== undefined)
    for (const text of ['a b', 'ü', '\n', 'a\n', '💥', '*', '${x}', '/', '-']) yield of(JSON.stringify(text), text)
  for (const text of ['日本語', '\u0000', '\u202e', 'e\u0301', '\ufeff', '__proto__'])
    yield of(JSON.stringify(text), text)
}

/** Whether a text keeps all that the model says of it. */
function textFits(
  { min = 0, max = Number.POSITIVE_INFINITY, pattern, enum: values }: ScalarShape,
  text: string,
): boolean {
  const length = [...text].length
  if (length < min || length > max) return false
  // Ours: no database of ours and no log can hold it.
  if (text.includes('\0')) return false
  if (values && !values.includes(text)) return false
  if (pattern === undefined) return true
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text)
  } catch {
    return new RegExp(`^(?:${pattern})$`).test(text)
  }
}

/** Whether a value that was made keeps the model at any depth: not every pattern has a sample. */
function fits(model: ServiceModel, shape: Shape, given: unknown): boolean {
  if (given === null || given === undefined) return true
  switch (shape.type) {
    case 'structure': {
      const members = given as Readonly<Record<string, unknown>>
      return Object.entries(shape.members).every(([name, ref]) => {
        const member = members[name]
        if (member === undefined || member === null) return !shape.required?.includes(name)
        return fits(model, model.shapes[ref.shape]!, member)
      })
    }
    case 'list': {
      const items = given as readonly unknown[]
      if (items.length < (shape.min ?? 0) || items.length > (shape.max ?? Number.POSITIVE_INFINITY)) return false
      return items.every(item => item !== null && fits(model, model.shapes[shape.member.shape]!, item))
    }
    case 'map':
      return Object.entries(given as object).every(
        ([key, item]) =>
          fits(model, model.shapes[shape.key.shape]!, key) && fits(model, model.shapes[shape.value.shape]!, item),
      )
    case 'string':
      return typeof given === 'string' && textFits(shape, given)
    default:
      return true
  }
}
