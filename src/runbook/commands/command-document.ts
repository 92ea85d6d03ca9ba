import { parseDocument as parseYaml } from 'yaml'
import { DocumentError, type ParameterDefinition, ParameterError } from '../document.ts'
import { isParameterType, parameterProblem } from '../parameters.ts'
import { asText, isMap, type PlainMap, plain } from '../plain.ts'

/** A Command document (schemaVersion 2.2, 2.0 or 1.2) whose steps are lines for a shell. */
export interface CommandDocument {
  readonly schemaVersion: string
  readonly description?: string
  readonly parameters: ReadonlyMap<string, CommandParameter>
  readonly steps: readonly CommandStep[]
}

export interface CommandParameter extends ParameterDefinition {
  /** Whether its value reaches the shell as the variable SSM_NAME and not as text. */
  readonly isVariable: boolean
}

export interface CommandStep {
  readonly name: string
  readonly plugin: 'aws:runShellScript' | 'aws:runPowerShellScript'
  /** Lines, or one reference to a parameter that is a list of them. */
  readonly lines: unknown
  readonly workingDirectory: unknown
  readonly timeoutSeconds: unknown
  /** The platform that its precondition wants; undefined: any. */
  readonly platform?: string
  readonly onFailure?: string
  readonly onSuccess?: string
  readonly isFinally: boolean
}

const versions = new Set(['2.2', '2.0', '1.2'])

/** Parses JSON or YAML. Throws DocumentError. */
export function parseCommandDocument(content: string): CommandDocument {
  const source = read(content)
  const schemaVersion = String(source['schemaVersion'])
  if (!versions.has(schemaVersion)) {
    throw new DocumentError(`schemaVersion ${schemaVersion} is not that of a Command document: 2.2, 2.0 or 1.2.`)
  }
  const description = typeof source['description'] === 'string' ? source['description'] : undefined
  const parameters = parseParameters(source['parameters'])
  const steps =
    schemaVersion === '1.2' ? fromRuntimeConfig(source['runtimeConfig']) : fromMainSteps(source['mainSteps'])
  const document = { schemaVersion, description, parameters, steps }
  for (const name of steps.flatMap(step => referenced([step.lines, step.workingDirectory, step.timeoutSeconds]))) {
    if (!parameters.has(name)) throw new DocumentError(`The document has no parameter "${name}".`)
  }
  return document
}

function read(content: string): PlainMap {
  let value: unknown
  try {
    const parsed = parseYaml(content, { version: '1.1', schema: 'core', logLevel: 'silent' })
    if (parsed.errors[0]) throw parsed.errors[0]
    value = plain(parsed.toJS({ maxAliasCount: 50 }))
  } catch (error) {
    throw new DocumentError(`The document is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  if (!isMap(value)) throw new DocumentError('The document is not a map of properties.')
  return value
}

function parseParameters(source: unknown): Map<string, CommandParameter> {
  const parameters = new Map<string, CommandParameter>()
  if (source === undefined || source === null) return parameters
  if (!isMap(source)) throw new DocumentError('parameters must be a map.')
  for (const [name, definition] of Object.entries(source)) {
    if (!/^[A-Za-z0-9_.-]{1,255}$/.test(name) || !isMap(definition)) {
      throw new DocumentError(`Parameter "${name}" is not valid.`)
    }
    const type = String(definition['type'])
    if (!isParameterType(type)) throw new DocumentError(`Parameter "${name}" has an unknown type: ${type}.`)
    const isVariable = definition['interpolationType'] === 'ENV_VAR'
    if (isVariable && (type !== 'String' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) {
      throw new DocumentError(`Parameter "${name}" cannot be a variable: it must be a String whose name a shell takes.`)
    }
    const number = (property: string) => (definition[property] === undefined ? undefined : Number(definition[property]))
    parameters.set(name, {
      type,
      isVariable,
      default: definition['default'] ?? undefined,
      description: typeof definition['description'] === 'string' ? definition['description'] : undefined,
      allowedValues: Array.isArray(definition['allowedValues']) ? definition['allowedValues'] : undefined,
      allowedPattern: typeof definition['allowedPattern'] === 'string' ? definition['allowedPattern'] : undefined,
      minItems: number('minItems'),
      maxItems: number('maxItems'),
      minChars: number('minChars'),
      maxChars: number('maxChars'),
    })
  }
  return parameters
}

function fromMainSteps(source: unknown): CommandStep[] {
  if (!Array.isArray(source) || source.length === 0) throw new DocumentError('mainSteps must be a list of steps.')
  return source.map((each, index) => {
    if (!isMap(each)) throw new DocumentError(`Step ${index + 1} of mainSteps must be a map.`)
    const step = parseStep(String(each['name'] ?? index), each['action'], each['inputs'])
    const precondition = each['precondition']
    const [, wanted] =
      isMap(precondition) && Array.isArray(precondition['StringEquals']) ? precondition['StringEquals'] : []
    const inputs = isMap(each['inputs']) ? each['inputs'] : {}
    return {
      ...step,
      platform: wanted === undefined ? undefined : String(wanted),
      onFailure: inputs['onFailure'] === undefined ? undefined : String(inputs['onFailure']),
      onSuccess: inputs['onSuccess'] === undefined ? undefined : String(inputs['onSuccess']),
      isFinally: String(inputs['finallyStep']) === 'true',
    }
  })
}

function fromRuntimeConfig(source: unknown): CommandStep[] {
  if (!isMap(source)) throw new DocumentError('runtimeConfig must be a map.')
  return Object.entries(source).flatMap(([plugin, configuration]) => {
    const properties = isMap(configuration) ? configuration['properties'] : undefined
    const list = Array.isArray(properties) ? properties : [properties]
    return list.map((each, index) => parseStep(String(isMap(each) ? (each['id'] ?? index) : index), plugin, each))
  })
}

function parseStep(name: string, plugin: unknown, inputs: unknown): CommandStep {
  if (plugin !== 'aws:runShellScript' && plugin !== 'aws:runPowerShellScript') {
    throw new DocumentError(`Step "${name}" has a plugin that is not supported: ${plugin}.`)
  }
  if (!isMap(inputs)) throw new DocumentError(`Step "${name}" has no inputs.`)
  const { runCommand, workingDirectory = '', timeoutSeconds = 3600 } = inputs
  if (!Array.isArray(runCommand) && typeof runCommand !== 'string') {
    throw new DocumentError(`Step "${name}" has no runCommand.`)
  }
  return { name, plugin, lines: runCommand, workingDirectory, timeoutSeconds, isFinally: false }
}

const reference = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g

function referenced(value: unknown): string[] {
  const texts = (Array.isArray(value) ? value.flat() : [value]).map(asText)
  return texts.flatMap(text => [...text.matchAll(reference)].map(match => match[1]!))
}

/** What a node's shell runs, and how long at most. */
export interface Rendered {
  readonly program: string
  readonly seconds: number
}

/**
 * The document with its parameters as a program for a POSIX shell, which runs its steps in order. Values are checked before
 * they are pasted; those of ENV_VAR parameters are variables, and `{{ name }}` is the variable's expansion. Throws
 * ParameterError.
 */
export function render(
  document: CommandDocument,
  given: Readonly<Record<string, unknown>>,
  { nodeId, region, commandId }: { readonly nodeId: string; readonly region: string; readonly commandId: string },
): Rendered {
  const values = parameterValues(document, given)
  const filled = (value: unknown): string =>
    asText(value).replace(reference, (_, name: string) =>
      document.parameters.get(name)!.isVariable ? `\${SSM_${name}}` : asText(values.get(name) ?? ''),
    )
  const own = { AWS_SSM_INSTANCE_ID: nodeId, AWS_SSM_REGION_NAME: region, AWS_SSM_COMMAND_ID: commandId }
  const variables = [...document.parameters]
    .filter(([, { isVariable }]) => isVariable)
    .map(([name]): [string, string] => [`SSM_${name}`, asText(values.get(name) ?? '')])
  let seconds = 0
  const steps = document.steps.map((step, index) => {
    const limit = Math.min(172_800, Math.max(1, Number(filled(step.timeoutSeconds)) || 3600))
    seconds += limit
    return renderStep(step, index, linesOf(step.lines, values, filled), filled(step.workingDirectory), limit)
  })
  const exports = [...Object.entries(own), ...variables].map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return { program: `${preamble}${exports.join('')}${steps.join('')}exit "$result"\n`, seconds }
}

/** timeout(1) is the leader of a group of its own, so a signal to ours is handed on to it, and it hands it on. */
const preamble = `directory=$PWD
result=0
left=
child=
trap 'left=1; [ -z "$child" ] || kill -s TERM "$child"' TERM
`

function renderStep(step: CommandStep, index: number, lines: string, directory: string, seconds: number): string {
  const isPowerShell = step.plugin === 'aws:runPowerShellScript'
  const file = `"$directory"/step-${index}.${isPowerShell ? 'ps1' : 'sh'}`
  // A script that names its interpreter gets it; the file is its owner's, to run as well.
  const run = isPowerShell
    ? `pwsh -NoLogo -NoProfile -NonInteractive -File ${file}`
    : `${lines.startsWith('#!') ? '' : 'sh '}${file}`
  const skips = step.platform !== undefined && step.platform !== 'Linux' && step.platform !== 'MacOS'
  if (skips) return ''
  const enter = directory === '' ? ':' : `cd ${quoted(directory)}`
  return `if [ -z "$left" ]${step.isFinally ? ' || :' : ''}; then
  printf '%s\\n' ${quoted(lines)} > ${file}
  chmod 700 ${file}
  begun=$(date +%s)
  if command -v timeout > /dev/null 2>&1; then limit='timeout -k 5 ${seconds}'; else limit=; fi
  (${enter} && exec $limit ${run}) &
  child=$!
  wait "$child"
  code=$?
  if [ -n "$limit" ] && [ "$code" -ge 124 ] && [ $(( $(date +%s) - begun )) -ge ${seconds} ]; then : > "$directory/timed-out"; fi
  if [ "$code" -ne 0 ]; then
    [ "$result" -ne 0 ] || result=$code
    ${step.onFailure === 'exit' ? 'left=1' : step.onFailure === 'successAndExit' ? 'left=1; result=0' : ':'}
  else
    ${step.onSuccess === 'exit' ? 'left=1' : ':'}
  fi
fi
`
}

function linesOf(source: unknown, values: ReadonlyMap<string, unknown>, filled: (value: unknown) => string): string {
  const lines = Array.isArray(source) ? source : [source]
  return lines
    .flatMap(line => {
      // One reference to a list is all of its lines.
      const [, name] = /^\s*\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}\s*$/.exec(asText(line)) ?? []
      const value = name === undefined ? undefined : values.get(name)
      return Array.isArray(value) ? value.map(asText) : [filled(line)]
    })
    .join('\n')
}

function parameterValues(document: CommandDocument, given: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const unknown = Object.keys(given).filter(name => !document.parameters.has(name))
  if (unknown.length > 0) throw new ParameterError(`The command document has no parameter ${unknown.join(', ')}.`)
  const values = new Map<string, unknown>()
  for (const [name, definition] of document.parameters) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined || value === null) {
      if (definition.default === undefined) throw new ParameterError(`Missing required parameter: ${name}.`)
      values.set(name, definition.default)
      continue
    }
    const list = (Array.isArray(value) ? value : [value]).map(asText)
    const problem = parameterProblem(name, definition, list)
    if (problem !== undefined) throw new ParameterError(problem)
    if (list.some(each => each.includes('\0'))) throw new ParameterError(`Parameter "${name}" holds a NUL character.`)
    values.set(name, definition.type === 'StringList' || definition.type.startsWith('List<') ? list : list[0])
  }
  return values
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
