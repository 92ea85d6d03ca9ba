import type { ServiceModel, Shape, ShapeRef } from '../../src/model/service-model.ts'

/** Pseudo-random numbers from a seed (mulberry32), so that a failure can be repeated. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole, from least to most. */
  between(least: number, most: number): number
  pick<T>(items: readonly T[]): T
  chance(probability: number): boolean
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    pick: items => items[between(0, items.length - 1)]!,
    chance: probability => next() < probability,
  }
}

/** Texts that fit one or the other of the models' patterns; the first that fits is taken. */
const samples = [
  'a',
  'abc',
  'prod-aaaaaaaaaaaaa',
  'port-aaaaaaaaaaaaa',
  'pp-aaaaaaaaaaaaa',
  'pa-aaaaaaaaaaaaa',
  'act-aaaaaaaaaaaaa',
  'cons-aaaaaaaaaaaaa',
  'rec-aaaaaaaaaaaaa',
  'tag-aaaaaaaaaaaaa',
  'plan-aaaaaaaaaaaaa',
  'lpv3-aaaaaaaaaaaaa',
  '123456789012',
  'o-abcdefghij',
  'ou-abcd-abcdefgh',
  'QUJD',
  '1',
  'Name.of-a_thing',
  'arn:aws:iam::123456789012:role/Launch',
  'arn:aws:iam::123456789012:user/admin',
  'arn:aws:sns:us-east-1:123456789012:topic',
  'arn:aws:catalog:us-east-1:123456789012:product/prod-aaaaaaaaaaaaa',
  'arn:aws:codestar-connections:us-east-1:123456789012:connection/x',
  '{"RoleArn":"arn:aws:iam::123456789012:role/Launch"}',
  '[{"Name":"Workers","Type":"TEXT_VALUE"}]',
  '{"schemaVersion":"0.3","mainSteps":[]}',
  'LAUNCH',
  'LAUNCH_ROLE',
  'ТЕСТ',
  '日本語',
  '𝔘𝔫𝔦',
  'é',
  'a b',
  '$DEFAULT',
  '',
]

/** What a string of the model is made of when it is to be out of bounds or strange. */
const strange = [
  '',
  ' ',
  '\u0000',
  '\n',
  '\u202e',
  '\ud800',
  '💥'.repeat(50),
  'x'.repeat(10_000),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '<script>',
  "';--",
  '%00',
  '{{ global:REGION }}',
  '-1',
  'null',
]

/** A value for a shape: usually one that fits the model; with `wild` above 0, sometimes one that does not. */
export function value(model: ServiceModel, ref: ShapeRef, random: Random, wild: number, depth = 0): unknown {
  if (random.chance(wild / 4)) {
    return random.pick([
      null,
      true,
      7,
      -1,
      1.5,
      'text',
      [],
      {},
      [null],
      { a: 1 },
      [[[]]],
      1e308,
      Array.from({ length: 10_000 }, () => 'x'),
    ])
  }
  const shape = model.shapes[ref.shape]!
  switch (shape.type) {
    case 'structure':
      return structure(model, shape, random, wild, depth)
    case 'list': {
      const least = shape.min ?? 0
      const most = Math.max(least, Math.min(shape.max ?? 3, 3))
      const length = random.chance(wild) ? random.pick([0, (shape.max ?? 100) + 1]) : random.between(least, most)
      return Array.from({ length: depth > 4 ? least : length }, () =>
        value(model, shape.member, random, wild, depth + 1),
      )
    }
    case 'map': {
      const size = random.between(shape.min ?? 0, 2)
      const entries = Array.from({ length: size }, () => [
        String(value(model, shape.key, random, wild, depth + 1)),
        value(model, shape.value, random, wild, depth + 1),
      ])
      return Object.fromEntries(
        random.chance(wild) ? [...entries, ['__proto__', 'x'], [random.pick(strange), 'y']] : entries,
      )
    }
    case 'string':
      return text(shape, random, wild)
    case 'boolean':
      return random.chance(0.5)
    case 'timestamp':
      return random.pick([0, 1_795_000_000, -1, 1.5e11])
    case 'blob':
      return random.pick(['', 'QUJD', 'not base64!'])
    default:
      return random.chance(wild)
        ? random.pick([(shape.min ?? 0) - 1, (shape.max ?? 2 ** 31) + 1, 2 ** 53, 1.5])
        : random.between(shape.min ?? 0, Math.min(shape.max ?? 100, 100))
  }
}

export function structure(
  model: ServiceModel,
  shape: Extract<Shape, { type: 'structure' }>,
  random: Random,
  wild: number,
  depth = 0,
): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape.members)) {
    const required = shape.required?.includes(name) ?? false
    if (required ? random.chance(wild / 3) : !random.chance(depth > 3 ? 0 : 0.4)) continue
    made[name] = value(model, ref, random, wild, depth + 1)
  }
  if (random.chance(wild / 2)) made[random.pick(['Extra', 'constructor', 'toString'])] = { nobody: 'reads this' }
  return made
}

function text(
  shape: Extract<
    Shape,
    { type: 'string' | 'boolean' | 'integer' | 'long' | 'float' | 'double' | 'timestamp' | 'blob' }
  >,
  random: Random,
  wild: number,
): string {
  if (random.chance(wild)) {
    const long = 'a'.repeat(Math.min((shape.max ?? 1000) + 1, 20_000))
    return random.pick([...strange, long])
  }
  if (shape.enum) return random.pick(shape.enum)
  const fits = samples.filter(sample => {
    if (sample.length < (shape.min ?? 0) || sample.length > (shape.max ?? Number.POSITIVE_INFINITY)) return false
    if (!shape.pattern) return true
    try {
      return new RegExp(`^(?:${shape.pattern})$`, 'u').test(sample)
    } catch {
      return new RegExp(`^(?:${shape.pattern})$`).test(sample)
    }
  })
  const boundary =
    shape.pattern === undefined && shape.max !== undefined && shape.max < 5000 ? ['a'.repeat(shape.max)] : []
  return random.pick([...fits, ...boundary, ...(fits.length + boundary.length === 0 ? ['a'] : [])])
}
