import type { ProductResource } from './entities.ts'

/**
 * The parameters of a service action: which the definition offers, what a TARGET parameter defaults to, and which values a
 * requester may give. Texts are those of AWS's admin guide ("Using service actions", troubleshooting). Pure.
 */
export interface DefinedParameter {
  readonly Name: string
  /** TARGET: a resource of the provisioned product. TEXT_VALUE: any text the document takes. */
  readonly Type: 'TARGET' | 'TEXT_VALUE'
}

/** Values that a service action does not take. */
export class ServiceActionParameterError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ServiceActionParameterError'
  }
}

/** The definition's Parameters member: JSON text. Absent or empty: the action takes none. */
export function definedParameters(text: string | undefined): readonly DefinedParameter[] {
  return text ? (JSON.parse(text) as DefinedParameter[]) : []
}

/**
 * The product's resources that a document is about, by its TargetType; `/` stands for every type, as in SSM. A document
 * without one is about all resources where they are of one type, as an engine of one's own reports them; on AWS that is an
 * error, as it is here where there are several types.
 */
export function targets(resources: readonly ProductResource[], targetType: string | undefined): readonly string[] {
  if (!targetType) {
    if (new Set(resources.map(({ type }) => type)).size === 1) return resources.map(({ physicalId }) => physicalId)
    throw new ServiceActionParameterError('TargetType not defined for SSM Automation document')
  }
  const wanted = targetType.startsWith('/') ? targetType.slice(1) : targetType
  const found = resources.filter(resource => wanted === '' || resource.type === wanted)
  if (found.length === 0) {
    throw new ServiceActionParameterError(`Cannot find any resources with type ${targetType} in provisioned product`)
  }
  return found.map(resource => resource.physicalId)
}

/**
 * The document's parameters for one run: what was given, and for TARGET parameters that were not given the product's
 * resources. Throws ServiceActionParameterError.
 */
export function actionParameters(
  defined: readonly DefinedParameter[],
  given: Readonly<Record<string, readonly string[]>>,
  resources: readonly ProductResource[],
  targetType: string | undefined,
): Record<string, readonly string[]> {
  const byName = new Map(defined.map(parameter => [parameter.Name, parameter]))
  const values = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(given)) {
    if (!byName.has(name)) {
      throw new ServiceActionParameterError(`Parameter is not defined in service action definition: ${name}`)
    }
    values.set(name, value)
  }
  for (const { Name: name, Type: type } of defined) {
    if (type !== 'TARGET') continue
    const allowed = targets(resources, targetType)
    const value = values.get(name)
    if (!value) {
      values.set(name, allowed)
      continue
    }
    const foreign = value.filter(id => !allowed.includes(id))
    if (foreign.length > 0) {
      throw new ServiceActionParameterError(
        `The following values for the parameter are not allowed because they are not in the provisioned product: ${foreign.join(', ')}`,
      )
    }
  }
  return Object.fromEntries(values)
}
