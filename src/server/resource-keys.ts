import { productOfArn } from '../catalog/arns.ts'
import type { Scope } from '../catalog/scope.ts'
import type { RequestKeys } from '../identity/pattern.ts'
import type { ServiceName } from '../model/services.ts'
import type { Storage } from '../storage/storage.ts'
import type { IdentityKind } from '../storage/verbs/identities.ts'

/** What is known of a resource that policies can look at. */
interface Facts {
  readonly tags: readonly { readonly Key?: string; readonly Value?: string }[]
  readonly permissionsBoundary?: string
}

/**
 * The condition keys that hold for each of a call's resources: aws:ResourceTag of portfolios, products, identities and
 * managed policies, and iam:ResourceTag and iam:PermissionsBoundary of identities. Nothing is known of what is not there,
 * or is another account's.
 */
export async function resourceKeysOf(
  service: ServiceName,
  resources: readonly string[],
  scope: Scope,
  storage: Storage,
): Promise<ReadonlyMap<string, RequestKeys>> {
  const keys = new Map<string, RequestKeys>()
  for (const arn of resources) {
    const facts =
      service === 'servicecatalog'
        ? await catalogFacts(arn, scope, storage)
        : service === 'iam'
          ? await iamFacts(arn, scope, storage)
          : undefined
    if (facts) keys.set(arn, keysOf(facts, service === 'iam'))
  }
  return keys
}

async function catalogFacts(arn: string, scope: Scope, storage: Storage): Promise<Facts | undefined> {
  const product = productOfArn(arn)
  if (product) return product.scope.accountId === scope.accountId ? storage.products.get(scope, product.id) : undefined
  const [, accountId, portfolio] = /^arn:[^:]+:catalog:[^:]+:(\d{12}):portfolio\/([^/*]+)$/.exec(arn) ?? []
  return accountId === scope.accountId ? storage.portfolios.get(scope, portfolio!) : undefined
}

async function iamFacts(arn: string, { accountId }: Scope, storage: Storage): Promise<Facts | undefined> {
  const [, account, kind, name] = /^arn:[^:]+:iam::(\d{12}):(user|group|role|policy)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (account !== accountId) return undefined
  if (kind === 'policy') return storage.managedPolicies.get(accountId, arn)
  return storage.identities.get(accountId, kind as IdentityKind, name!)
}

function keysOf({ tags, permissionsBoundary }: Facts, isIam: boolean): RequestKeys {
  const keys = new Map<string, readonly string[]>()
  for (const { Key = '', Value = '' } of tags) {
    for (const service of isIam ? ['aws', 'iam'] : ['aws']) {
      keys.set(`${service}:resourcetag/${Key.toLowerCase()}`, [Value])
    }
  }
  if (permissionsBoundary !== undefined) keys.set('iam:permissionsboundary', [permissionsBoundary])
  return keys
}
