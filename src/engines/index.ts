import { randomUUID } from 'node:crypto'
import type { ProductType } from '../model/generated/servicecatalog.ts'
import type { ArtifactSource } from './artifacts.ts'
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
}

/** CFN_STACK and CFN_STACKSET are types of provisioned products, the others of products. */
type EngineType = Exclude<ProductType, 'MARKETPLACE'> | 'CFN_STACK' | 'CFN_STACKSET'

export interface Engines {
  /** The engine of a product's or provisioned product's type. */
  engineFor(productType: string): Engine
}

/** All engines, one row a product type. */
export function createEngines(options: EnginesOptions): Engines {
  const { artifacts, terraform, terraformCloud } = options
  const hcl = new HclParser()
  const rows: Record<EngineType, Engine> = {
    CLOUD_FORMATION_TEMPLATE: unsupportedEngine('CLOUD_FORMATION_TEMPLATE'),
    CFN_STACK: unsupportedEngine('CFN_STACK'),
    CFN_STACKSET: unsupportedEngine('CFN_STACKSET'),
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
