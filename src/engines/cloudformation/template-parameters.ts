import type { ParameterConstraints, ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import type { EngineRequest } from '../engine.ts'
import { isFields, type Template } from './template.ts'

type Definition = Readonly<Record<string, unknown>>

/** What CloudFormation shows instead of a NoEcho parameter's value, and so what stands for "as it is" in an update. */
const hidden = '****'

/** A template's parameters as DescribeProvisioningParameters shows them, in the template's order. */
export function templateParameters(template: Template): readonly ProvisioningArtifactParameter[] {
  return definitions(template).map(([ParameterKey, definition]) => ({
    ParameterKey,
    DefaultValue: isNoEcho(definition) && definition['Default'] !== undefined ? hidden : text(definition['Default']),
    ParameterType: text(definition['Type']),
    IsNoEcho: isNoEcho(definition),
    Description: text(definition['Description']),
    ParameterConstraints: constraints(definition),
  }))
}

/**
 * Values as CloudFormation takes them: those that the template knows. A hidden one is used as it was, or, where nothing was
 * before, is left to the template's default.
 */
export function stackParameters(
  template: Template,
  values: EngineRequest['parameters'],
  { isNew }: { readonly isNew: boolean },
): readonly Readonly<Record<string, unknown>>[] {
  return definitions(template)
    .filter(([key]) => Object.hasOwn(values, key))
    .flatMap(([key, definition]): Readonly<Record<string, unknown>>[] => {
      if (!isNoEcho(definition) || values[key] !== hidden) return [{ ParameterKey: key, ParameterValue: values[key] }]
      return isNew ? [] : [{ ParameterKey: key, UsePreviousValue: true }]
    })
}

function definitions({ content }: Template): readonly (readonly [string, Definition])[] {
  const parameters = content['Parameters']
  return isFields(parameters) ? Object.entries(parameters as Readonly<Record<string, Definition>>) : []
}

function isNoEcho(definition: Definition): boolean {
  return String(definition['NoEcho']).toLowerCase() === 'true'
}

function constraints(definition: Definition): ParameterConstraints {
  const allowed = definition['AllowedValues']
  return {
    AllowedValues: Array.isArray(allowed) ? allowed.map(value => text(value) ?? '') : undefined,
    AllowedPattern: text(definition['AllowedPattern']),
    ConstraintDescription: text(definition['ConstraintDescription']),
    MaxLength: text(definition['MaxLength']),
    MinLength: text(definition['MinLength']),
    MaxValue: text(definition['MaxValue']),
    MinValue: text(definition['MinValue']),
  }
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map(String).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
