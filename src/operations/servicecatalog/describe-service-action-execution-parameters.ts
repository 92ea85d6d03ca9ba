import { definedParameters, ServiceActionParameterError, targets } from '../../catalog/service-action-parameters.ts'
import type { ExecutionParameter } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import { findExecutableAction } from './executable-action.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** A default is at most 25 values in the model; a product may have more resources than that. */
const mostDefaults = 25

export const describeServiceActionExecutionParameters: ServiceCatalogOperation<
  'DescribeServiceActionExecutionParameters',
  'storage' | 'documents'
> = async (input, caller, services) => {
  const { product, definition, document } = await findExecutableAction(services, caller, input)
  const known = new Map(
    services.documents.check(document.content).parameters.map(parameter => [parameter.name, parameter]),
  )
  const describe = ({ Name, Type }: { Name: string; Type: string }): ExecutionParameter => {
    const parameter = known.get(Name)
    if (Type === 'TARGET') {
      return { Name, Type, DefaultValues: targets(product.resources, document.targetType).slice(0, mostDefaults) }
    }
    const value = parameter?.defaultValue
    return { Name, Type: parameter?.type ?? Type, DefaultValues: value === undefined ? [] : [value] }
  }
  try {
    return { ServiceActionParameters: definedParameters(definition.Parameters).map(describe) }
  } catch (error) {
    if (error instanceof ServiceActionParameterError) throw new InvalidParametersException(error.message)
    throw error
  }
}
