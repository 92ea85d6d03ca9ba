import { OptionValueError, ParamError } from './errors.ts'
import { parseJson } from './json.ts'
import { loadOption } from './parameters.ts'
import type { FileContext } from './paramfile.ts'
import { Bytes, fromPlain, pythonType, type Value, type ValueMap } from './values.ts'

/**
 * The input of --cli-input-json or --cli-input-yaml, whose members the operation's own options override. Undefined when
 * neither was given; both at once are refused.
 */
export async function readCliInput(
  values: ReadonlyMap<string, unknown>,
  context: FileContext,
): Promise<ValueMap | undefined> {
  const given = (['cli-input-json', 'cli-input-yaml'] as const).filter(name => values.has(name))
  if (given.length > 1) throw new ParamError('Only one --cli-input- parameter may be specified.')
  const name = given[0]
  if (name === undefined) return undefined
  const loaded = loadOption(`--${name}`, values.get(name) as string, context)
  const text = loaded instanceof Bytes ? new TextDecoder().decode(loaded.bytes) : (loaded as string)
  const value = name === 'cli-input-json' ? readJson(text) : await readYaml(text)
  if (!(value instanceof Map)) {
    throw new OptionValueError(`--${name}`, `Invalid type: expecting map, received ${pythonType(value)}`)
  }
  return value
}

function readJson(text: string): Value {
  try {
    return parseJson(text)
  } catch (error) {
    throw new OptionValueError('cli-input-json', 'Invalid JSON received.', { cause: error })
  }
}

/** YAML 1.2: `yes` is a text and 0777 a number; anchors work. */
async function readYaml(text: string): Promise<Value> {
  const { parse } = await import('yaml')
  try {
    return fromPlain(parse(text, { version: '1.2', mapAsMap: true, maxAliasCount: 100, logLevel: 'error' }))
  } catch (error) {
    throw new OptionValueError('cli-input-yaml', 'Invalid YAML received.', { cause: error })
  }
}
