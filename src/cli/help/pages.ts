import type { Shape } from '../../model/service-model.ts'
import type { ServiceName } from '../../model/services.ts'
import type { OptionSpec } from '../arguments.ts'
import { commandsOf, entryCommandsOf, hasExtras, operationsOf } from '../commands.ts'
import { describeMember, describeOperation, firstSentence } from '../descriptions/index.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import type { OperationCommand } from '../operation.ts'
import { type Parameter, parametersOf } from '../parameters.ts'
import { COMMAND_TEXTS, WAIT_TEXT } from './command-texts.ts'
import { EXAMPLES } from './examples.ts'
import { indent, layOut, type Section, twoColumns, wrap } from './layout.ts'
import { COMMON_OPTION_TEXTS, GLOBAL_OPTION_TEXTS } from './option-texts.ts'
import { constraintsOf, jsonSyntax, shorthandSyntax } from './syntax.ts'

/** Columns that every section's text has less than its page. */
const MARGIN = 4

/** `bellhop help`: what it is, its commands and global options. `width` is the page's, in columns. */
export function programPage(program: string, width: number): string {
  const known = new Set([...commandsOf(program), ...entryCommandsOf(program)])
  const commands = [...COMMAND_TEXTS].filter(([name]) => known.has(name))
  return layOut([
    { heading: 'NAME', text: program },
    {
      heading: 'DESCRIPTION',
      text: wrap(
        'Self-service actions on provisioned products over the AWS Service Catalog API. The commands below take the ' +
          'same words, print the same bytes and end with the same codes as those of the AWS CLI; point them at a ' +
          'Bellhop server with --endpoint-url or AWS_ENDPOINT_URL.',
        width - MARGIN,
      ),
    },
    { heading: 'SYNOPSIS', text: `${program} [options] <command> <subcommand> [parameters]` },
    { heading: 'COMMANDS', text: twoColumns(commands, width - MARGIN) },
    globalOptions(width),
    { heading: 'FILES AND VARIABLES', text: settings(width - MARGIN) },
    { heading: 'EXIT CODES', text: twoColumns(EXIT_CODES, width - MARGIN) },
    {
      heading: 'SEE ALSO',
      text: `${program} <command> help\n${program} <command> <subcommand> help\n${program} completion bash|zsh|fish`,
    },
  ])
}

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'Done.'],
  ['130', 'Ended by Ctrl-C.'],
  ['252', 'The command is wrong: an option, a value or a parameter. Nothing was sent.'],
  ['253', 'The set-up is wrong: no region, no credentials, a setting, or the pager.'],
  ['254', 'The service answered with an error.'],
  ['255', 'Anything else, such as an endpoint that cannot be reached.'],
]

const SETTINGS: readonly (readonly [string, string])[] = [
  ['~/.aws/config, ~/.aws/credentials', 'Profiles; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others.'],
  ['AWS_PROFILE', 'The profile to use.'],
  ['AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY', 'Credentials; AWS_SESSION_TOKEN besides for temporary ones.'],
  ['AWS_REGION, AWS_DEFAULT_REGION', 'The region.'],
  ['AWS_ENDPOINT_URL', 'The URL to call; AWS_ENDPOINT_URL_SERVICE_CATALOG for that service alone.'],
  ['AWS_DEFAULT_OUTPUT', 'How answers are printed.'],
  ['AWS_PAGER, PAGER', 'The pager; an empty one is none.'],
  ['AWS_CLI_AUTO_PROMPT', 'on, on-partial (only when the command is incomplete) or off.'],
  ['AWS_MAX_ATTEMPTS, AWS_RETRY_MODE', 'How often a call is tried, and by which rule.'],
]

function settings(width: number): string {
  return twoColumns(SETTINGS, width)
}

/** `bellhop servicecatalog help`: the operations of a service. */
export function servicePage(service: ServiceName, program: string, width: number): string {
  const operations = [...operationsOf(service)].map(([name, operation]): [string, string] => {
    const text = describeOperation(service, operation)
    return [name, text === undefined ? '' : firstSentence(text)]
  })
  const extra = service === 'servicecatalog' && hasExtras(program) ? [['wait', WAIT_TEXT] as const] : []
  return layOut([
    { heading: 'NAME', text: service },
    { heading: 'DESCRIPTION', text: wrap(COMMAND_TEXTS.get(service) ?? '', width - MARGIN) },
    { heading: 'SYNOPSIS', text: `${service} <operation> [parameters]` },
    { heading: 'OPERATIONS', text: twoColumns([...operations, ...extra], width - MARGIN) },
    globalOptions(width),
  ])
}

/** `bellhop servicecatalog <operation> help`. `options` are those the operation's parser takes. */
export function operationPage(
  program: string,
  command: OperationCommand,
  options: readonly OptionSpec[],
  width: number,
): string {
  const { service, name, model, operation } = command
  const parameters = parametersOf(model, operation)
  const description = describeOperation(service, operation.name) ?? ''
  const own = new Set(parameters.flatMap(parameter => [parameter.name, `no-${parameter.name}`]))
  const others = options.filter(({ flag }) => !own.has(flag.slice(2)) || isShadowed(flag, command))
  return layOut([
    { heading: 'NAME', text: name },
    { heading: 'DESCRIPTION', text: describe(command, description, width - MARGIN) },
    { heading: 'SYNOPSIS', text: synopsis(command, parameters, others) },
    { heading: 'OPTIONS', text: optionTexts(command, parameters, others, width - MARGIN) },
    globalOptions(width),
    { heading: 'EXAMPLES', text: exampleTexts(program, service, name, width - MARGIN) },
    { heading: 'OUTPUT', text: outputText(command, width - MARGIN) },
  ])
}

/** The operation's own page size gives way to the one of automatic paging. */
function isShadowed(flag: string, { paginator }: OperationCommand): boolean {
  return flag === '--page-size' && paginator !== undefined
}

function describe({ paginator }: OperationCommand, description: string, width: number): string {
  const paging = paginator
    ? 'All pages are asked for and shown as one, unless --no-paginate, --page-size or a page token is given.'
    : ''
  return [description, paging]
    .filter(text => text !== '')
    .map(text => wrap(text, width))
    .join('\n\n')
}

/** Required options first, in the model's order; what may be left out stands in brackets. */
function synopsis(command: OperationCommand, parameters: readonly Parameter[], others: readonly OptionSpec[]): string {
  const shown = parameters.filter(({ name }) => !isShadowed(`--${name}`, command))
  const sorted = [...shown.filter(({ required }) => required), ...shown.filter(({ required }) => !required)]
  const lines = [
    ...sorted.map(parameter => {
      const text = optionSyntax(parameter)
      return parameter.required ? text : `[${text}]`
    }),
    ...others.map(otherSyntax).map(text => `[${text}]`),
    '[global options]',
  ]
  return `${command.name}\n${indent(lines.join('\n'), 2)}`
}

function optionSyntax({ name, shape }: Parameter): string {
  if (shape.type === 'boolean') return `--${name} | --no-${name}`
  return `--${name} <value>${shape.type === 'list' ? ' ...' : ''}`
}

function otherSyntax({ flag, takes }: OptionSpec): string {
  return `${flag}${{ flag: '', one: ' <value>', optional: ' [<value>]', many: ' <value> ...' }[takes]}`
}

function optionTexts(
  command: OperationCommand,
  parameters: readonly Parameter[],
  others: readonly OptionSpec[],
  width: number,
): string {
  const own = parameters
    .filter(({ name }) => !isShadowed(`--${name}`, command))
    .map(parameter => parameterText(command, parameter, width))
  const common = others.map(option => {
    const text = COMMON_OPTION_TEXTS.get(option.flag.slice(2)) ?? ''
    const values = option.choices ? ` Values: ${option.choices.join(', ')}.` : ''
    const type = option.takes === 'flag' ? '' : ` (${option.type === 'int' ? 'integer' : (option.type ?? 'string')})`
    return `${option.flag}${type}\n${indent(wrap(`${text}${values}`, width - 4), 4)}`
  })
  return [...own, ...common].join('\n')
}

function parameterText(command: OperationCommand, parameter: Parameter, width: number): string {
  const { name, ref, shape, required } = parameter
  const { shapes } = command.model
  const flags = shape.type === 'boolean' ? `--${name} | --no-${name}` : `--${name}`
  const shorthand = shorthandSyntax(ref, shapes)
  const json = jsonSyntax(ref, shapes)
  const body = [
    parameterDescription(command, parameter)
      .map(text => wrap(text, width - 4))
      .join('\n'),
    memberTexts(command, parameter, width - 4),
    shorthand === undefined ? '' : `Shorthand syntax:\n${indent(shorthand, 2)}`.trimEnd(),
    json === undefined ? '' : `JSON syntax:\n${indent(json, 2)}`.trimEnd(),
  ].filter(text => text !== '')
  return `${flags} (${shape.type})${required ? ' [required]' : ''}\n${indent(body.join('\n\n'), 4)}`
}

/** What a parameter is and must be, a sentence or some a line; the auto-prompt shows it, too. */
export function parameterDescription(command: OperationCommand, { member, ref, shape }: Parameter): string[] {
  const { service, operation } = command
  const description = operation.input ? describeMember(service, operation.input.shape, member) : undefined
  const token = ref.idempotencyToken ? 'Token of the request; a random one is sent when you give none.' : undefined
  const text = description ?? token
  return [...(text === undefined ? [] : [text]), ...constraintsOf(shape)]
}

/** The members of a structure, or of a list of structures, each with its sentence. */
function memberTexts({ service, model }: OperationCommand, { shape, ref }: Parameter, width: number): string {
  const lines: string[] = []
  const visit = (name: string, depth: number, above: readonly string[]) => {
    const at: Shape = model.shapes[name]!
    if (above.includes(name)) return
    if (at.type === 'list') return visit(at.member.shape, depth, [...above, name])
    if (at.type === 'map') return visit(at.value.shape, depth, [...above, name])
    if (at.type !== 'structure') return
    for (const [member, inner] of Object.entries(at.members)) {
      const innerShape = model.shapes[inner.shape]!
      const required = at.required?.includes(member) ? ' [required]' : ''
      const text = [describeMember(service, name, member), ...constraintsOf(innerShape)].filter(Boolean).join(' ')
      const line = `${member} (${innerShape.type})${required}${text === '' ? '' : `: ${text}`}`
      lines.push(indent(wrap(line, width - depth * 2, 4), depth * 2).trimEnd())
      visit(inner.shape, depth + 1, [...above, name])
    }
  }
  if (shape.type === 'structure' || shape.type === 'list' || shape.type === 'map') visit(ref.shape, 0, [])
  return lines.join('\n')
}

function exampleTexts(program: string, service: string, name: string, width: number): string {
  return (EXAMPLES.get(`${service} ${name}`) ?? [])
    .map(({ title, command }) => {
      const words = [`${program} ${service} ${name}`, ...command].join(' \\\n    ')
      return `${wrap(title, width)}\n\n${indent(words, 2)}`
    })
    .join('\n')
}

/** The members of the answer, as a tree. */
function outputText({ service, model, operation }: OperationCommand, width: number): string {
  const lines: string[] = []
  const visit = (name: string, depth: number, above: readonly string[]) => {
    const shape = model.shapes[name]!
    if (above.includes(name)) return
    const stack = [...above, name]
    if (shape.type === 'list') return visit(shape.member.shape, depth, stack)
    if (shape.type === 'map') return visit(shape.value.shape, depth, stack)
    if (shape.type !== 'structure') return
    for (const [member, ref] of Object.entries(shape.members)) {
      const text = describeMember(service, name, member)
      const sentence = text === undefined ? '' : `: ${firstSentence(text)}`
      const line = `${member} -> (${typeName(ref.shape, model.shapes)})${sentence}`
      lines.push(indent(wrap(line, Math.max(30, width - depth * 2), 4), depth * 2).trimEnd())
      visit(ref.shape, depth + 1, stack)
    }
  }
  if (operation.output) visit(operation.output.shape, 0, [])
  return lines.length === 0 ? 'None.' : lines.join('\n')
}

function typeName(name: string, shapes: Readonly<Record<string, Shape>>): string {
  const shape = shapes[name]!
  if (shape.type === 'list') return `list of ${typeName(shape.member.shape, shapes)}`
  if (shape.type === 'map') return `map of ${typeName(shape.value.shape, shapes)}`
  return shape.type
}

function globalOptions(width: number): Section {
  const rows = GLOBAL_OPTIONS.map((option): [string, string] => {
    const values = option.choices ? ` Values: ${option.choices.join(', ')}.` : ''
    return [otherSyntax(option), `${GLOBAL_OPTION_TEXTS.get(option.dest) ?? ''}${values}`]
  })
  return { heading: 'GLOBAL OPTIONS', text: twoColumns(rows, width - MARGIN) }
}
