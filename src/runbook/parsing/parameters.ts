import { DocumentError, type ParameterDefinition, type VariableDefinition } from '../document.ts'
import { isParameterType, isStoreReference } from '../parameters.ts'
import { isMap, type PlainMap } from '../plain.ts'
import { checkProperties, optionalNumber, optionalText } from './properties.ts'

export const parameterProperties = [
  'type',
  'description',
  'default',
  'allowedValues',
  'allowedPattern',
  'displayType',
  'minItems',
  'maxItems',
  'minChars',
  'maxChars',
  'minValue',
  'maxValue',
] as const

const parameterName = /^[a-zA-Z0-9_.\-:]{1,255}$/

export function parseParameters(source: unknown): Map<string, ParameterDefinition> {
  const parameters = new Map<string, ParameterDefinition>()
  if (source === undefined || source === null) return parameters
  if (!isMap(source)) throw new DocumentError('parameters must be a map.')
  for (const [name, definition] of Object.entries(source)) {
    const where = `Parameter "${name}"`
    if (!parameterName.test(name)) throw new DocumentError(`${where}: the name is not valid.`)
    if (!isMap(definition)) throw new DocumentError(`${where} must be a map.`)
    checkProperties(definition, parameterProperties, where)
    const type = parameterType(definition, where)
    const allowedValues = definition['allowedValues'] ?? undefined
    if (allowedValues !== undefined && !Array.isArray(allowedValues)) {
      throw new DocumentError(`${where}: allowedValues must be a list.`)
    }
    const number = (property: string) => optionalNumber(definition, property, where)
    parameters.set(name, {
      type,
      description: optionalText(definition, 'description', where),
      default: definition['default'] ?? undefined,
      allowedValues,
      allowedPattern: optionalText(definition, 'allowedPattern', where),
      minItems: number('minItems'),
      maxItems: number('maxItems'),
      minChars: number('minChars'),
      maxChars: number('maxChars'),
      minValue: number('minValue'),
      maxValue: number('maxValue'),
    })
  }
  return parameters
}

function parameterType(definition: PlainMap, where: string): string {
  const type = optionalText(definition, 'type', where)
  if (type === undefined) throw new DocumentError(`${where} has no type.`)
  if (!isParameterType(type)) throw new DocumentError(`${where} has an unknown type: ${type}.`)
  return type
}

export function parseVariables(source: unknown): Map<string, VariableDefinition> {
  const variables = new Map<string, VariableDefinition>()
  if (source === undefined || source === null) return variables
  if (!isMap(source)) throw new DocumentError('variables must be a map.')
  for (const [name, definition] of Object.entries(source)) {
    const where = `Variable "${name}"`
    if (!isMap(definition)) throw new DocumentError(`${where} must be a map.`)
    checkProperties(definition, parameterProperties, where)
    const description = optionalText(definition, 'description', where)
    const value = definition['default'] ?? undefined
    if (isStoreReference(value))
      throw new DocumentError(`${where}: a default from the parameter store is not supported.`)
    variables.set(name, { type: parameterType(definition, where), description, default: value })
  }
  return variables
}
