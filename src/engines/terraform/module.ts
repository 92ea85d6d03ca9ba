import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import type { ArchiveFile } from './archive.ts'
import type { HclFile, HclParser } from './hcl.ts'

/** An input variable of a module. */
export interface ModuleVariable {
  readonly name: string
  /** As it is written, e.g. `list(string)`; undefined: any. */
  readonly type?: string
  readonly hasDefault: boolean
  readonly default?: unknown
  readonly description?: string
  readonly isSensitive: boolean
}

export interface TerraformModule {
  readonly variables: readonly ModuleVariable[]
  /** By name, those that have one. */
  readonly outputDescriptions: Readonly<Record<string, string>>
  /** Whether AWS's provider takes part, as far as the archive tells. */
  readonly usesAws: boolean
  /** The aliases of the root module's configurations of AWS's provider. */
  readonly awsAliases: readonly string[]
}

/** A module that is none; the message says why. */
export class ModuleError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ModuleError'
  }
}

type Block = Readonly<Record<string, unknown>>

/** What the root module of an archive declares. Throws HclError and ModuleError. */
export async function readModule(files: readonly ArchiveFile[], parser: HclParser): Promise<TerraformModule> {
  const root = files
    .filter(({ path }) => !path.includes('/') && path.endsWith('.tf'))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  if (root.length === 0) throw new ModuleError('The archive has no .tf file in its root folder')
  const texts = root.map(({ path, contents }) => ({ path, text: Buffer.from(contents).toString('utf8') }))
  const parsed = await parser.parse(texts)
  const ordinary = parsed.filter((_, i) => !isOverride(texts[i]!.path))
  const overrides = parsed.filter((_, i) => isOverride(texts[i]!.path))
  const awsConfigurations = ordinary.flatMap(file => blocks(members(file, 'provider')['aws']))
  return {
    variables: [...merged(ordinary, overrides, 'variable')].map(([name, block]) => variable(name, block)),
    outputDescriptions: Object.fromEntries(
      [...merged(ordinary, overrides, 'output')].flatMap(([name, { description }]) =>
        typeof description === 'string' ? [[name, literal(description)]] : [],
      ),
    ),
    usesAws: parsed.some(usesAws) || files.some(mentionsAws),
    awsAliases: awsConfigurations.flatMap(({ alias }) => (typeof alias === 'string' ? [alias] : [])),
  }
}

/** As DescribeProvisioningParameters shows them, by the rules of the parser that AWS published for its engine. */
export function moduleParameters({ variables }: TerraformModule): ProvisioningArtifactParameter[] {
  return variables.map(({ name, type, hasDefault, default: value, description, isSensitive }) => ({
    ParameterKey: name,
    ...(hasDefault ? { DefaultValue: asText(value) } : {}),
    ParameterType: type ?? 'any',
    IsNoEcho: isSensitive,
    ...(description === undefined ? {} : { Description: description }),
  }))
}

const primitive = new Set(['string', 'number', 'bool'])

/**
 * Variables as Terraform takes them from a .tfvars.json. Values of the API are text: what a variable that is no string,
 * number or bool is to hold is written as JSON. An empty text stands for a default that is null.
 */
export function variableValues(
  { variables }: TerraformModule,
  parameters: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const known = new Map(variables.map(variable => [variable.name, variable]))
  const values: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(parameters)) {
    const variable = known.get(name)
    if (!variable) continue
    if (text === '' && variable.hasDefault && variable.default === null) continue
    values[name] = primitive.has(variable.type ?? 'any') ? text : fromJson(text)
  }
  return values
}

/** The values that must not be shown: those of sensitive variables. */
export function sensitiveValues(
  { variables }: TerraformModule,
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  return variables
    .filter(({ isSensitive }) => isSensitive)
    .flatMap(({ name, default: value }) => [parameters[name] ?? '', value === undefined ? '' : asText(value)])
    .filter(text => text !== '')
}

function isOverride(path: string): boolean {
  return path === 'override.tf' || path.endsWith('_override.tf')
}

/** Blocks of a kind by name, each with what override files say of it instead. */
function merged(ordinary: readonly HclFile[], overrides: readonly HclFile[], kind: string): ReadonlyMap<string, Block> {
  const found = new Map<string, Block>()
  for (const file of ordinary) {
    for (const [name, declared] of Object.entries(members(file, kind))) {
      // A second one of that name is Terraform's to complain about.
      if (!found.has(name)) found.set(name, blocks(declared)[0] ?? {})
    }
  }
  for (const file of overrides) {
    for (const [name, declared] of Object.entries(members(file, kind))) {
      const block = found.get(name)
      if (block) found.set(name, Object.assign({}, block, ...blocks(declared)))
    }
  }
  return found
}

function members(file: HclFile, kind: string): Readonly<Record<string, unknown>> {
  const value = file[kind]
  return isBlock(value) ? value : {}
}

function blocks(value: unknown): readonly Block[] {
  return Array.isArray(value) ? value.filter(isBlock) : []
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function variable(name: string, block: Block): ModuleVariable {
  const { type, description, sensitive } = block
  const written = typeof type === 'string' ? (/^\$\{([\s\S]*)\}$/.exec(type)?.[1] ?? type) : undefined
  const hasDefault = Object.hasOwn(block, 'default')
  return {
    name,
    ...(written === undefined ? {} : { type: written }),
    hasDefault,
    ...(hasDefault ? { default: block['default'] } : {}),
    ...(typeof description === 'string' ? { description: literal(description) } : {}),
    isSensitive: sensitive === true,
  }
}

/** The parser leaves the escapes of templates in plain texts. */
function literal(text: string): string {
  return text.replaceAll('$${', '${').replaceAll('%%{', '%{')
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? literal(value) : JSON.stringify(value)
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A text, for a variable of type any; for others Terraform says what it wants.
    return text
  }
}

function usesAws(file: HclFile): boolean {
  const isAws = (name: string) => name.startsWith('aws_')
  return (
    'aws' in members(file, 'provider') ||
    [members(file, 'resource'), members(file, 'data')].some(kinds => Object.keys(kinds).some(isAws)) ||
    blocks(file['terraform']).some(settings =>
      blocks(settings['required_providers']).some(providers => 'aws' in providers),
    ) ||
    // What is fetched from elsewhere cannot be looked into; most such modules are about AWS.
    Object.values(members(file, 'module')).some(calls =>
      blocks(calls).some(({ source }) => typeof source === 'string' && !/^\.\.?\//.test(source)),
    )
  )
}

/** The same for the modules below the root and for files in JSON, by the first words of their blocks. */
function mentionsAws({ path, contents }: ArchiveFile): boolean {
  if (path.endsWith('.tf') && path.includes('/')) {
    return /^\s*(?:(?:resource|data)\s+"aws_|provider\s+"aws"|aws\s*=\s*\{)/m.test(Buffer.from(contents).toString())
  }
  return path.endsWith('.tf.json') && /"aws(?:_\w+)?"\s*:/.test(Buffer.from(contents).toString())
}
