import type { Shape, ShapeRef } from '../../model/service-model.ts'
import type { OptionSpec } from '../arguments.ts'
import { WAITERS } from '../beyond/options.ts'
import { commandsOf, entryCommandsOf, hasExtras, operationsOf } from '../commands.ts'
import { COMMAND_TEXTS, WAIT_TEXT, WAITER_TEXTS } from '../help/command-texts.ts'
import { COMMON_OPTION_TEXTS, EXTRA_OPTION_TEXTS, GLOBAL_OPTION_TEXTS } from '../help/option-texts.ts'
import { INPUT_OPTIONS, type Parameter } from '../parameters.ts'
import { REGIONS } from './regions.ts'
import type { Situation } from './situation.ts'

/** One word that may stand at the cursor. */
export interface Candidate {
  /** The whole word, unquoted. */
  readonly text: string
  readonly description?: string | undefined
  /** There is more to come in the same word: a folder, or `Key=`. No blank follows it. */
  readonly isPartial?: boolean
}

/** What candidates come from besides the model. */
export interface CandidateSources {
  readonly profiles: () => readonly string[]
  /** The names in a folder, those of folders with a slash behind; empty for one that cannot be read. */
  readonly listFolder: (path: string) => readonly string[]
  readonly describeOperation: (service: string, operation: string) => string | undefined
  readonly describeMember: (service: string, shape: string, member: string) => string | undefined
}

/**
 * Everything that may stand at the cursor, whether it fits what is typed there or not, best first. `typed` is the word
 * up to the cursor: file names and shorthand depend on it.
 */
export function candidatesOf(situation: Situation, typed: string, sources: CandidateSources): Candidate[] {
  const { position } = situation
  switch (position.kind) {
    case 'command':
      return [...commandsOf(situation.program), ...entryCommandsOf(situation.program)]
        .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
        .map(text => ({ text, description: COMMAND_TEXTS.get(text) }))
    case 'operation':
      return [
        ...[...operationsOf(position.service)].map(([text, operation]) => ({
          text,
          description: sources.describeOperation(position.service, operation),
        })),
        ...(position.service === 'servicecatalog' && hasExtras(situation.program)
          ? [{ text: 'wait', description: WAIT_TEXT }]
          : []),
        { text: 'help', description: 'List the operations.' },
      ]
    case 'waiter':
      return WAITERS.map(text => ({ text, description: WAITER_TEXTS.get(text) }))
    case 'shell':
      return ['bash', 'zsh', 'fish'].map(text => ({ text }))
    case 'option':
      return optionCandidates(situation, sources)
    case 'value': {
      const values = valueCandidates(situation, position.option, typed.slice(position.lead.length), sources)
      const led = values.map(value => ({ ...value, text: position.lead + value.text }))
      return position.orOption ? [...led, ...optionCandidates(situation, sources)] : led
    }
    case 'nothing':
      return []
  }
}

/** The service people come for stands first. */
function rank(command: string): number {
  return command === 'servicecatalog' ? 0 : 1
}

/** Required options first, then the operation's others, then the global ones; without those already given. */
function optionCandidates(situation: Situation, sources: CandidateSources): Candidate[] {
  const { options, given } = situation
  const inputGiven = INPUT_OPTIONS.some(name => given.has(name))
  const open = options.filter(
    ({ dest }) => !given.has(dest) && !(inputGiven && INPUT_OPTIONS.some(name => name === dest)),
  )
  return [...open.filter(option => option.required), ...open.filter(option => !option.required)].map(option => {
    const text = optionText(situation, option, sources)
    return { text: option.flag, description: option.required ? `[required] ${text ?? ''}`.trimEnd() : text }
  })
}

/** What an option is, in a few sentences. */
export function optionText(
  { operation, parameters }: Situation,
  option: OptionSpec,
  sources: Pick<CandidateSources, 'describeMember'>,
): string | undefined {
  const parameter = parameters.find(({ name }) => name === option.dest)
  const text =
    parameter && operation?.operation.input
      ? sources.describeMember(operation.service, operation.operation.input.shape, parameter.member)
      : undefined
  const others = operation === undefined ? EXTRA_OPTION_TEXTS : COMMON_OPTION_TEXTS
  return text ?? others.get(option.dest) ?? GLOBAL_OPTION_TEXTS.get(option.dest)
}

function valueCandidates(
  { operation, parameters }: Situation,
  option: OptionSpec,
  typed: string,
  sources: CandidateSources,
): Candidate[] {
  const texts = (values: readonly string[]) => values.map(text => ({ text }))
  if (option.choices) return texts(option.choices)
  const isFile = /^fileb?:\/\//.exec(typed)?.[0]
  const parameter = parameters.find(({ name }) => name === option.dest)
  if (isFile !== undefined && (parameter || option.dest.startsWith('cli-input-'))) {
    return filesAt(typed.slice(isFile.length), sources).map(file => ({ ...file, text: isFile + file.text }))
  }
  if (parameter !== undefined && operation !== undefined) {
    const { shapes } = operation.model
    return [
      ...parameterValues(parameter, shapes, typed, (shape, member) =>
        sources.describeMember(operation.service, shape, member),
      ),
    ]
  }
  switch (option.dest) {
    case 'profile':
      return texts(sources.profiles())
    case 'region':
      return texts(REGIONS)
    case 'ca-bundle':
      return filesAt(typed, sources)
    case 'cli-input-json':
    case 'cli-input-yaml':
      return [{ text: 'file://', description: 'The content of a file.', isPartial: true }]
    default:
      return []
  }
}

type Shapes = Readonly<Record<string, Shape>>
type DescribeMember = (shape: string, member: string) => string | undefined

function parameterValues(
  { name, ref, shape }: Parameter,
  shapes: Shapes,
  typed: string,
  describe: DescribeMember,
): Candidate[] {
  const item = shape.type === 'list' ? shape.member : ref
  const itemShape = shapes[item.shape]!
  if (itemShape.type === 'string' && itemShape.enum) return itemShape.enum.map(text => ({ text }))
  // Not in the model, where it is any text of up to 100 characters.
  if (name === 'accept-language') return [{ text: 'en' }, { text: 'jp' }, { text: 'zh' }]
  if (itemShape.type === 'structure' || itemShape.type === 'map') {
    const inShorthand = shorthandCandidates(item, shapes, typed, describe)
    if (inShorthand.length > 0) return inShorthand
  }
  // Offered only when asked for: most values are no files.
  return typed !== '' && 'file://'.startsWith(typed) ? [{ text: 'file://', isPartial: true }] : []
}

/**
 * The next name or value of a shorthand word, one level deep: names that are not there yet, and the values of enums.
 * The names of a map are known where the model has them as an enum.
 */
function shorthandCandidates(ref: ShapeRef, shapes: Shapes, typed: string, describe: DescribeMember): Candidate[] {
  if (/^\s*[[{]|[{["']/.test(typed)) return []
  const shape = shapes[ref.shape]!
  const names: readonly (readonly [string, ShapeRef])[] =
    shape.type === 'structure'
      ? Object.entries(shape.members)
      : shape.type === 'map'
        ? (keysOf(shapes[shape.key.shape]!) ?? []).map(key => [key, shape.value] as const)
        : []
  const comma = typed.lastIndexOf(',') + 1
  const done = typed.slice(0, comma)
  const part = typed.slice(comma)
  const equals = part.indexOf('=')
  if (equals >= 0) {
    const value = names.find(([name]) => name === part.slice(0, equals))?.[1]
    const values = value === undefined ? undefined : keysOf(shapes[value.shape]!)
    return (values ?? []).map(text => ({ text: `${done}${part.slice(0, equals + 1)}${text}` }))
  }
  const used = new Set(done.split(',').map(pair => pair.split('=')[0]))
  return names
    .filter(([name]) => !used.has(name))
    .map(([name]) => ({ text: `${done}${name}=`, description: describe(ref.shape, name), isPartial: true }))
}

function keysOf(shape: Shape): readonly string[] | undefined {
  return shape.type === 'string' ? shape.enum : undefined
}

/** The files that a path being typed may become. */
function filesAt(path: string, { listFolder }: CandidateSources): Candidate[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const showHidden = path.slice(folder.length).startsWith('.')
  return listFolder(folder)
    .filter(name => showHidden || !name.startsWith('.'))
    .sort((a, b) => (a < b ? -1 : 1))
    .map(name => ({ text: folder + name, isPartial: name.endsWith('/') }))
}
