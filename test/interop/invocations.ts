import { kebabCase } from '../../src/cli/names.ts'
import type { OperationModel, Shape, ShapeRef } from '../../src/model/service-model.ts'
import { paginators, services } from '../../src/model/services.ts'
import type { StubAnswer } from '../cli/stub.ts'
import { type Random, seeded } from '../kit/generate.ts'

/** One run of the CLI, made from the model and a seed. */
export interface Invocation {
  /** Without --endpoint-url. `{FILE}` stands for a file with the text in `file`. */
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly file: string | undefined
  readonly answers: readonly StubAnswer[]
}

/**
 * Operations whose model changed after 2.9.19, so that requests, answers and skeletons rightly differ: three are new,
 * three take an IdempotencyToken since, one has a member more in input and output.
 */
const changed = new Set([
  'NotifyProvisionProductEngineWorkflowResult',
  'NotifyTerminateProvisionedProductEngineWorkflowResult',
  'NotifyUpdateProvisionedProductEngineWorkflowResult',
  'AssociateServiceActionWithProvisioningArtifact',
  'DisassociateServiceActionFromProvisioningArtifact',
  'DeleteServiceAction',
  'DescribeProvisioningArtifact',
])

const model = services.servicecatalog
const operations = Object.values(model.operations).filter(({ name }) => !changed.has(name))

/** As many invocations as asked for; the same seed gives the same ones. Every operation has its turn. */
export function invocations(seed: number, count: number): Invocation[] {
  const random = seeded(seed)
  const order = shuffled(operations, random)
  return Array.from({ length: count }, (_, index) => invocation(order[index % order.length]!, random))
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map(item => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

function invocation(operation: OperationModel, random: Random): Invocation {
  const made = random.chance(0.2) ? wholeInput(operation, random) : ownOptions(operation, random)
  const words = ['servicecatalog', kebabCase(operation.name), ...made.words]
  const paginator = paginators.servicecatalog?.[operation.name]
  if (paginator && random.chance(0.4)) words.push('--max-items', random.pick(['1', '2', '3', '1000']))
  if (paginator && random.chance(0.15))
    words.push('--starting-token', random.pick(['abc', 'eyJQYWdlVG9rZW4iOiAidDEifQ==']))
  if (random.chance(0.1)) words.push('--no-paginate')
  if (random.chance(0.07))
    words.push(...random.pick([['--nonsense'], ['stray'], ['--output'], ['--id=1', 'x', 'y'], ['--max-items', 'ten']]))
  if (random.chance(0.12))
    words.push('--generate-cli-skeleton', ...random.pick([[], ['input'], ['output'], ['output'], ['what']]))
  if (random.chance(0.8)) words.push('--output', random.pick(['json', 'text', 'table', 'yaml', 'yaml-stream']))
  if (random.chance(0.3)) words.push('--query', query(operation, random))
  if (random.chance(0.1)) words.push('--color', random.pick(['on', 'off', 'auto']))
  if (random.chance(0.1)) words.push('--region', random.pick(['eu-west-1', 'cn-north-1', 'no such']))
  if (random.chance(0.05)) words.push('--no-sign-request')
  const env: Record<string, string> = {}
  if (random.chance(0.1)) env['AWS_DEFAULT_OUTPUT'] = random.pick(['text', 'yaml', 'table', 'xml'])
  return { words, env, file: made.file, answers: answers(operation, random) }
}

interface Given {
  readonly words: readonly string[]
  readonly file: string | undefined
}

function wholeInput(operation: OperationModel, random: Random): Given {
  const input = operation.input ? JSON.stringify(value(operation.input, random, 0.04)) : '{}'
  const text = random.chance(0.1) ? random.pick(['{', '[]', '7', `${input}x`, '{"Nope": 1}']) : input
  const yaml = random.chance(0.3)
  const option = yaml ? '--cli-input-yaml' : '--cli-input-json'
  return random.chance(0.4)
    ? { words: [option, 'file://{FILE}'], file: text }
    : { words: [option, text], file: undefined }
}

function ownOptions(operation: OperationModel, random: Random): Given {
  const shape = operation.input && model.shapes[operation.input.shape]
  const words: string[] = []
  let file: string | undefined
  if (shape?.type !== 'structure') return { words, file }
  for (const [member, ref] of Object.entries(shape.members)) {
    const required = shape.required?.includes(member)
    // An option left out now and then: required ones are an error, tokens are filled in.
    if (!random.chance(required ? (ref.idempotencyToken ? 0.5 : 0.97) : 0.4)) continue
    const given = optionWords(ref, random)
    if (given === undefined) {
      words.push(`--${random.chance(0.5) ? 'no-' : ''}${kebabCase(member)}`)
    } else if (file === undefined && given.length === 1 && random.chance(0.06)) {
      file = given[0]!
      words.push(`--${kebabCase(member)}`, 'file://{FILE}')
    } else {
      words.push(`--${kebabCase(member)}`, ...given)
    }
  }
  return { words, file }
}

const oddShorthand = [
  'A=',
  'A=1,',
  '=',
  '{',
  '[',
  'A="x,y"',
  'A=x\\,y',
  "A='it'",
  'a b=c',
  'A=1,A=2',
  'A=[x,y',
  'é=1',
  'A=[x,]',
  'A={B=c}',
  '',
  'A=1,2,,B=3',
  '{"A": 1}',
  '[1, null]',
]

/** The words that give a member, or undefined for a flag. */
function optionWords(ref: ShapeRef, random: Random): string[] | undefined {
  const shape = model.shapes[ref.shape]!
  if (shape.type === 'boolean') return undefined
  const isComplex = ['structure', 'list', 'map'].includes(shape.type)
  if (isComplex && random.chance(0.1)) return [random.pick(oddShorthand)]
  const made = value(ref, random, 0.03)
  if (!isComplex) return [typeof made === 'string' ? made : String(made)]
  if (random.chance(0.5)) return [JSON.stringify(made)]
  if (shape.type === 'list')
    return Array.isArray(made) && made.length > 0 ? made.map(item => shorthand(item, false)) : ['[]']
  return [shorthand(made, false)]
}

function shorthand(made: unknown, nested: boolean): string {
  if (Array.isArray(made)) return `[${made.map(item => shorthand(item, true)).join(',')}]`
  if (typeof made !== 'object' || made === null) return String(made).replaceAll(nested ? ',' : '\0', '\\,')
  const text = Object.entries(made)
    .map(([key, item]) => `${key}=${shorthand(item, true)}`)
    .join(',')
  return nested ? `{${text}}` : text
}

const inputTexts = ['a', 'prod-abcdzk7xy33qa', 'x y', 'é日本', 'a=b', 'a,b', '🚨', "it's", 'null', '10']
const refusedTexts = ['-dash', '', '"quoted"', '{"a": 1}', '--also']

/** Input for a shape; `wrong` is how often a value of another type stands in its place. */
function value(ref: ShapeRef, random: Random, wrong: number, depth = 0): unknown {
  if (random.chance(wrong)) return random.pick([1, 'x', true, null, [], {}, ['a'], { a: 'b' }, 1.5])
  const shape = model.shapes[ref.shape]!
  switch (shape.type) {
    case 'structure':
      return members(shape, random, (member, required) => {
        return random.chance(required ? 0.97 : depth > 2 ? 0.1 : 0.5)
          ? value(member, random, wrong, depth + 1)
          : undefined
      })
    case 'list':
      return Array.from({ length: random.between(random.chance(0.1) ? 0 : 1, 3) }, () =>
        value(shape.member, random, wrong, depth + 1),
      )
    case 'map':
      return Object.fromEntries(
        Array.from({ length: random.between(1, 2) }, (_, index) => [
          mapKey(shape.key, random, index),
          value(shape.value, random, wrong, depth + 1),
        ]),
      )
    case 'boolean':
      return random.chance(0.5)
    case 'string':
      return shape.enum && random.chance(0.8)
        ? random.pick(shape.enum)
        : random.pick(random.chance(0.95) ? inputTexts : refusedTexts)
    case 'timestamp':
      return random.pick([0, 1563999986])
    default:
      return random.pick([0, 1, 20, -1])
  }
}

function mapKey(ref: ShapeRef, random: Random, index: number): string {
  const shape = model.shapes[ref.shape]!
  return shape.type === 'string' && shape.enum ? random.pick(shape.enum) : ['Key', 'other-key.1'][index]!
}

function members(
  shape: Extract<Shape, { type: 'structure' }>,
  random: Random,
  make: (ref: ShapeRef, required: boolean) => unknown,
): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape.members)) {
    const item = make(ref, shape.required?.includes(name) ?? false)
    if (item !== undefined) made[name] = item
  }
  if (random.chance(0.02)) made['Unknown'] = 'x'
  return made
}

function answers(operation: OperationModel, random: Random): StubAnswer[] {
  if (random.chance(0.1)) return [failure(operation, random)]
  const token = paginators.servicecatalog?.[operation.name]?.output_token
  const pages = token && random.chance(0.6) ? random.between(1, 3) : 1
  return Array.from({ length: pages }, (_, index) => {
    const body = operation.output ? (answerValue(operation.output, random) as Record<string, unknown>) : {}
    delete body['NextPageToken']
    if (token && index < pages - 1) body[token] = `page-${index + 1}`
    return { body: JSON.stringify(body) }
  })
}

function failure(operation: OperationModel, random: Random): StubAnswer {
  const code = operation.errors?.length ? random.pick(operation.errors).shape : 'AccessDeniedException'
  return random.pick([
    { status: 400, body: JSON.stringify({ __type: code, Message: 'No: é.' }) },
    { status: 400, body: JSON.stringify({ __type: `com.amazonaws.servicecatalog#${code}`, message: 'No.' }) },
    { status: 400, body: '' },
    { status: 403, body: '<html>no</html>' },
    { status: 500, body: '{"__type": "InternalFailure"}' },
    { status: 200, body: '{"broken' },
    { status: 200, body: '' },
  ])
}

const answerTexts = [
  'plain',
  'prod-abcdzk7xy33qa',
  '',
  'é',
  '日本語',
  '🚨',
  'two words',
  'line\nbreak',
  'tab\there',
  'trailing ',
  ' leading',
  'yes',
  'no',
  'null',
  '~',
  '1',
  '0o7',
  '1:30',
  '1e3',
  '0x1F',
  '2019-07-24',
  '- item',
  '# no comment',
  'a: b',
  'a #b',
  '[x]',
  '{x}',
  '=',
  '<<',
  '---',
  '"quoted"',
  "it's",
  "'",
  '\\',
  '%',
  '@at',
  '`tick`',
  '&anchor',
  '*alias',
  '!tag',
  '|',
  '>',
  '?',
  ',',
  ':',
  'x:',
  '\u0007',
  '\u0085',
  '\u2028',
  '\ufeff',
  'a long text that goes on for more than eighty columns, so that whoever folds lines has to fold this one somewhere',
  'https://example.com/a/very/long/path/without/any/blank/that/goes/on/beyond/eighty/columns/for/sure/it/does.yaml',
  'two\n\nparagraphs\n',
  '{\n  "json": true\n}',
]

function answerValue(ref: ShapeRef, random: Random, depth = 0): unknown {
  const shape = model.shapes[ref.shape]!
  switch (shape.type) {
    case 'structure':
      return members(shape, random, member =>
        random.chance(0.75) ? (random.chance(0.03) ? null : answerValue(member, random, depth + 1)) : undefined,
      )
    case 'list':
      return Array.from({ length: random.between(random.chance(0.2) ? 0 : 1, 3) }, () =>
        answerValue(shape.member, random, depth + 1),
      )
    case 'map':
      return Object.fromEntries(
        Array.from({ length: random.between(0, 2) }, (_, index) => [
          mapKey(shape.key, random, index),
          answerValue(shape.value, random, depth + 1),
        ]),
      )
    case 'boolean':
      return random.chance(0.5)
    case 'string':
      return shape.enum && random.chance(0.8) ? random.pick(shape.enum) : random.pick(answerTexts)
    case 'timestamp':
      return random.pick([1563999986.123, 1563999986, 0, 1.5, 4102444800.000001])
    default:
      return random.pick([0, 1, -5, 123456789])
  }
}

function query(operation: OperationModel, random: Random): string {
  const shape = operation.output && model.shapes[operation.output.shape]
  const names = shape?.type === 'structure' ? Object.keys(shape.members) : []
  const name = names.length > 0 ? random.pick(names) : 'None'
  return random.pick([
    '@',
    '*',
    'keys(@)',
    'sort(keys(@))',
    name,
    `${name}.*`,
    `${name}[]`,
    `${name}[0]`,
    `${name}[*].[Id, Name]`,
    `${name}[?Id]`,
    `length(${name})`,
    `${name} || \`"none"\``,
    `{a: ${name}, b: @}`,
    `[${name}]`,
    `to_string(@)`,
    `type(${name})`,
    `${name} | [0]`,
    `${name}[`,
    'nosuch(@)',
    `sort_by(${name}, &Id)[].Id`,
    'missing',
    `contains(keys(@), '${name}')`,
  ])
}
