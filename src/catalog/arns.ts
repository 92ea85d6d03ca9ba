import type { Scope } from './scope.ts'

/** AWS names two services in this API's ARNs: `catalog` for what administrators make, `servicecatalog` for products run. */
export function portfolioArn(scope: Scope, id: string): string {
  return `arn:aws:catalog:${scope.region}:${scope.accountId}:portfolio/${id}`
}

export function productArn(scope: Scope, id: string): string {
  return `arn:aws:catalog:${scope.region}:${scope.accountId}:product/${id}`
}

export function provisionedProductArn(scope: Scope, name: string, id: string): string {
  return `arn:aws:servicecatalog:${scope.region}:${scope.accountId}:stack/${name}/${id}`
}

/** IAM is global: its ARNs carry no region. `path` is for example `user/admin` or `role/Launch`. */
export function iamArn(accountId: string, path: string): string {
  return `arn:aws:iam::${accountId}:${path}`
}
