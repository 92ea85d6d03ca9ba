/** How a version of a product is made: out of what is at an address, or of a file. */
export type Source = 'url' | 'file'

export const productTypes = {
  EXTERNAL: 'External: an engine of your own',
  CLOUD_FORMATION_TEMPLATE: 'CloudFormation template',
  TERRAFORM_OPEN_SOURCE: 'Terraform or OpenTofu configuration',
  TERRAFORM_CLOUD: 'HCP Terraform workspace',
} as const

export type ProductType = keyof typeof productTypes

const short: Readonly<Record<string, string>> = {
  EXTERNAL: 'External',
  CLOUD_FORMATION_TEMPLATE: 'CloudFormation',
  TERRAFORM_OPEN_SOURCE: 'Terraform',
  TERRAFORM_CLOUD: 'HCP Terraform',
} satisfies Record<ProductType, string>

/** A product's type in a word or two, for tables. */
export function productTypeText(type: string | undefined): string {
  return type !== undefined && Object.hasOwn(short, type) ? short[type]! : (type ?? '')
}

interface VersionForm {
  readonly name: string
  readonly description: string
  readonly type: ProductType
  /** Where what it is made from lies. */
  readonly url: string
}

/** A version as CreateProduct and CreateProvisioningArtifact take it. */
export function versionOf({ name, description, type, url }: VersionForm) {
  return {
    Name: name,
    ...(description && { Description: description }),
    Type: type,
    Info: { LoadTemplateFromURL: url },
  }
}
