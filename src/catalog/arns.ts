import type { Scope } from './scope.ts'

/** AWS names two services in this API's ARNs: `catalog` for what administrators make, `servicecatalog` for products run. */
export function portfolioArn(scope: Scope, id: string): string {
  return `arn:aws:catalog:${scope.region}:${scope.accountId}:portfolio/${id}`
}

export function productArn(scope: Scope, id: string): string {
  return `arn:aws:catalog:${scope.region}:${scope.accountId}:product/${id}`
}

/** The product that an ARN names, or undefined when it is not a product's. */
export function productOfArn(arn: string): { readonly scope: Scope; readonly id: string } | undefined {
  const parts = /^arn:aws[a-z-]*:catalog:([^:]+):([0-9]{12}):product\/([a-zA-Z0-9_-]+)$/.exec(arn)
  return parts ? { scope: { region: parts[1]!, accountId: parts[2]! }, id: parts[3]! } : undefined
}

export function provisionedProductArn(scope: Scope, name: string, id: string): string {
  return `arn:aws:servicecatalog:${scope.region}:${scope.accountId}:stack/${name}/${id}`
}

/** A version of an automation document, as policies name it for starting it. */
export function automationDefinitionArn(scope: Scope, name: string, version: string): string {
  return `arn:aws:ssm:${scope.region}:${scope.accountId}:automation-definition/${name}:${version}`
}

/** IAM is global: its ARNs carry no region. `path` is for example `user/admin` or `role/Launch`. */
export function iamArn(accountId: string, path: string): string {
  return `arn:aws:iam::${accountId}:${path}`
}
