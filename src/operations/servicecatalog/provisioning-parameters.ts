import { iamArn } from '../../catalog/arns.ts'
import type { Constraint, ProvisionedProduct } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'

/** What a template's secret default is shown as; the engine knows it, and takes it where nothing is given. */
const hidden = '****'

interface Given {
  readonly Key?: string
  readonly Value?: string
  readonly UsePreviousValue?: boolean
}

/**
 * The values an engine gets: those given, then the previous ones of a product that is updated, then the artifact's
 * defaults. Where the artifact's parameters are not known (undefined) what is given is taken as it is. Throws
 * InvalidParametersException for names the artifact does not have, names given twice and values that are missing.
 */
export function provisioningValues(
  known: readonly ProvisioningArtifactParameter[] | undefined,
  given: readonly Given[],
  previous?: ProvisionedProduct,
): Record<string, string> {
  const before = new Map(Object.entries(previous?.parameters ?? {}))
  const values = new Map(before)
  const seen = new Set<string>()
  for (const { Key: key, Value: value, UsePreviousValue: usePrevious } of given) {
    if (key === undefined) throw new InvalidParametersException('A provisioning parameter has no key.')
    if (seen.has(key)) throw new InvalidParametersException(`Parameter ${key} is given more than once.`)
    seen.add(key)
    if (!usePrevious) values.set(key, value ?? '')
    else if (!before.has(key)) throw new InvalidParametersException(`Parameter ${key} has no previous value to use.`)
  }
  if (known) {
    const names = new Set(known.map(parameter => parameter.ParameterKey))
    const strange = [...seen].filter(key => !names.has(key))
    if (strange.length > 0) {
      throw new InvalidParametersException(`Parameters: [${strange.join(', ')}] do not exist in the template`)
    }
    // A version may have dropped parameters of the version before it.
    for (const key of values.keys()) if (!names.has(key)) values.delete(key)
    for (const { ParameterKey: key, DefaultValue: value } of known) {
      if (key !== undefined && value !== undefined && value !== hidden && !values.has(key)) values.set(key, value)
    }
    const missing = known
      .filter(({ ParameterKey, DefaultValue }) => !values.has(ParameterKey!) && DefaultValue !== hidden)
      .map(parameter => parameter.ParameterKey!)
    if (missing.length > 0) throw new InvalidParametersException(`Parameters: [${missing.join(', ')}] must have values`)
  }
  return Object.fromEntries(values)
}

/** The role of a path's LAUNCH constraint, if there is one: given by ARN, or by a name in the caller's account. */
export function launchRole(scope: Scope, constraints: readonly Constraint[]): string | undefined {
  const launch = constraints.find(constraint => constraint.detail.Type === 'LAUNCH')
  if (!launch) return undefined
  const { RoleArn, LocalRoleName } = JSON.parse(launch.parameters) as { RoleArn?: string; LocalRoleName?: string }
  return RoleArn ?? (LocalRoleName && iamArn(scope.accountId, `role/${LocalRoleName}`))
}
