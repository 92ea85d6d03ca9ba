import { iamArn } from '../../catalog/arns.ts'
import { type ConstraintEffects, constraintEffects } from '../../catalog/constraint-parameters.ts'
import type { ProductType, UsageInstruction } from '../../model/generated/servicecatalog.ts'
import { resolveLaunchPath } from './launch-path.ts'
import { constraintSummaries } from './list-launch-paths.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact } from './product-and-artifact.ts'
import { choicesOf } from './tag-options.ts'

export const describeProvisioningParameters: ServiceCatalogOperation<
  'DescribeProvisioningParameters',
  'storage' | 'artifacts'
> = async (input, caller, { storage, artifacts }) => {
  const { product, artifact } = await findProductAndArtifact(storage, caller, input)
  const { constraints, portfolio } = await resolveLaunchPath(storage, caller, product.id, input)
  const choices = await choicesOf(storage, caller.scope, portfolio, product)
  const effects = constraintEffects(constraints)
  return {
    ProvisioningArtifactParameters: (await artifacts.parameters(product, artifact)) ?? [],
    ConstraintSummaries: constraintSummaries(constraints),
    UsageInstructions: usageInstructions(effects, caller.scope.accountId, product.view.ProductViewSummary?.Type),
    TagOptions: [...choices].map(([Key, Values]) => ({ Key, Values })),
    ProvisioningArtifactPreferences: effects.stackSet
      ? { StackSetAccounts: effects.stackSet.accounts, StackSetRegions: effects.stackSet.regions }
      : {},
    ProvisioningArtifactOutputs: [],
    ProvisioningArtifactOutputKeys: [],
  }
}

/** In the order and with the values of AWS's answer (AWS CLI examples, describe-provisioning-parameters). */
function usageInstructions(
  { rules, launchRole, tagUpdate }: ConstraintEffects,
  accountId: string,
  type: ProductType | undefined,
): readonly UsageInstruction[] {
  const role =
    launchRole && ('RoleArn' in launchRole ? launchRole.RoleArn : iamArn(accountId, `role/${launchRole.LocalRoleName}`))
  return [
    { Type: 'rules', Value: JSON.stringify(Object.fromEntries(rules)) },
    // The template's format version, of which there is one; other products have none.
    ...(type === 'CLOUD_FORMATION_TEMPLATE' ? [{ Type: 'version', Value: '2010-09-09' }] : []),
    ...(role === undefined ? [] : [{ Type: 'launchAsRole', Value: role }]),
    { Type: 'tagUpdateOnProvisionedProduct', Value: tagUpdate },
  ]
}
