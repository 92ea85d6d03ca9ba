import { randomUUID } from 'node:crypto'
import type { ProductType } from '../model/generated/servicecatalog.ts'
import type { ArtifactSource } from './artifacts.ts'
import { CfnStackEngine, type CfnStackOptions } from './cfn-stack/index.ts'
import { CfnStackSetEngine } from './cfn-stackset/index.ts'
import { limited } from './cloudformation/time-limit.ts'
import type { Engine } from './engine.ts'
import { type ExternalOptions, externalEngine } from './external/index.ts'
import { HclParser } from './terraform/hcl.ts'
import type { TerraformCloudEnginesConfig } from './terraform-cloud/config.ts'
import { terraformCloudEngine } from './terraform-cloud/index.ts'
import { type TerraformOptions, terraformEngine } from './terraform-open-source/index.ts'
import { unsupportedEngine } from './unsupported.ts'

export interface EnginesOptions extends Omit<ExternalOptions, 'uuid'> {
  readonly uuid?: () => string
  /** Without it the engines that read templates and modules are not there. */
  readonly artifacts?: ArtifactSource
  readonly terraform?: Pick<TerraformOptions, 'config' | 'states'>
  readonly terraformCloud?: TerraformCloudEnginesConfig
  readonly cloudFormation?: Pick<CfnStackOptions, 'publish' | 'unchangedUpdates'> & {
    /** How long a piece of work may take. */
    readonly timeoutSeconds: number
  }
}

/** CFN_STACK and CFN_STACKSET are types of provisioned products, the others of products. */
type EngineType = Exclude<ProductType, 'MARKETPLACE'> | 'CFN_STACK' | 'CFN_STACKSET'

export interface Engines {
  /** The engine of a product's or provisioned product's type. */
  engineFor(productType: string): Engine
}

/** All engines, one row a product type. */
export function createEngines(options: EnginesOptions): Engines {
  const { aws, now, artifacts, cloudFormation, terraform, terraformCloud } = options
  const hcl = new HclParser()
  const templates = artifacts && cloudFormation && { aws, now, artifacts, ...cloudFormation }
  const limit = cloudFormation && { seconds: cloudFormation.timeoutSeconds, now }
  const stacks = templates && limited(new CfnStackEngine(templates), limit!)
  const rows: Record<EngineType, Engine> = {
    // A product of this type is provisioned as one of the two below, which read the same templates.
    CLOUD_FORMATION_TEMPLATE: stacks ?? unsupportedEngine('CLOUD_FORMATION_TEMPLATE'),
    CFN_STACK: stacks ?? unsupportedEngine('CFN_STACK'),
    CFN_STACKSET: templates ? limited(new CfnStackSetEngine(templates), limit!) : unsupportedEngine('CFN_STACKSET'),
    TERRAFORM_OPEN_SOURCE:
      artifacts && terraform
        ? terraformEngine({ ...options, ...terraform, artifacts, hcl })
        : unsupportedEngine('TERRAFORM_OPEN_SOURCE'),
    TERRAFORM_CLOUD:
      artifacts && terraformCloud
        ? terraformCloudEngine({ ...options, config: terraformCloud, artifacts, hcl })
        : unsupportedEngine('TERRAFORM_CLOUD'),
    EXTERNAL: externalEngine({ uuid: randomUUID, ...options }),
  }
  const engines = new Map(Object.entries(rows))
  return { engineFor: productType => engines.get(productType) ?? unsupportedEngine(productType) }
}
