import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import { noLaunchPaths } from '../../catalog/launch-paths.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import { launchPathsOf } from './launch-path.ts'

/**
 * The product that a request names by id or by name. To a requester, a product without a launch path is not there; an
 * administrator finds all. Throws InvalidParametersException when it is named by both or neither, or by a name that
 * several have, and ResourceNotFoundException.
 */
export async function findProduct(
  storage: Storage,
  caller: Caller,
  named: { readonly ProductId?: string; readonly ProductName?: string },
): Promise<Product> {
  const { ProductId, ProductName } = named
  requireOne(ProductId, ProductName, 'product')
  const candidates =
    ProductId === undefined
      ? await storage.products.getByName(caller.scope, ProductName!)
      : [await storage.products.getUsable(caller.scope, ProductId)].filter(product => product !== undefined)
  let found = candidates
  if (!caller.administrator || candidates.length > 1) {
    // Of several that an administrator names, those with a launch path are meant.
    const paths = await Promise.all(candidates.map(({ id }) => launchPathsOf(storage, caller, id)))
    const reachable = candidates.filter((_, i) => paths[i]!.length > 0)
    if (!caller.administrator || reachable.length > 0) found = reachable
  }
  if (found.length === 0) {
    if (ProductId === undefined) throw new ResourceNotFoundException(`Product with name ${ProductName} not found.`)
    throw new ResourceNotFoundException(
      caller.administrator ? `Product ${ProductId} not found.` : noLaunchPaths(ProductId),
    )
  }
  if (found.length > 1) {
    throw several(
      'Product',
      ProductName!,
      found.map(({ id }) => id),
    )
  }
  return found[0]!
}

/**
 * The product and the provisioning artifact that a request names, each by id or by name. Throws
 * InvalidParametersException when one is named by both or neither, or by a name that several have, and
 * ResourceNotFoundException.
 */
export async function findProductAndArtifact(
  storage: Storage,
  caller: Caller,
  named: {
    readonly ProductId?: string
    readonly ProductName?: string
    readonly ProvisioningArtifactId?: string
    readonly ProvisioningArtifactName?: string
  },
): Promise<{ product: Product; artifact: ProvisioningArtifact }> {
  const { ProvisioningArtifactId, ProvisioningArtifactName } = named
  requireOne(ProvisioningArtifactId, ProvisioningArtifactName, 'provisioning artifact')
  const product = await findProduct(storage, caller, named)
  const artifacts = await storage.artifacts.ofProduct(product.scope, product.id)
  const found = artifacts.filter(({ detail }) =>
    ProvisioningArtifactId === undefined
      ? detail.Name === ProvisioningArtifactName
      : detail.Id === ProvisioningArtifactId,
  )
  if (found.length === 0) {
    const which = ProvisioningArtifactId ?? `with name ${ProvisioningArtifactName}`
    throw new ResourceNotFoundException(`Provisioning Artifact ${which} not found in product ${product.id}.`)
  }
  if (found.length > 1) {
    throw several(
      'Provisioning Artifact',
      ProvisioningArtifactName!,
      found.map(({ detail }) => detail.Id),
    )
  }
  return { product, artifact: found[0]! }
}

/** Throws InvalidParametersException for a version that nothing may be launched or updated from. */
export function requireActive({ detail }: ProvisioningArtifact): void {
  if (!detail.Active) throw new InvalidParametersException(`Provisioning artifact ${detail.Id} is not active.`)
}

function requireOne(id: string | undefined, name: string | undefined, what: string): void {
  if ((id === undefined) === (name === undefined)) {
    throw new InvalidParametersException(`You must provide the ${what}'s name or ID, but not both.`)
  }
}

/** The first sentence is AWS's (terraform-provider-aws#24362); the ids are what people asked for there. */
function several(what: string, name: string, ids: readonly string[]): InvalidParametersException {
  return new InvalidParametersException(
    `Multiple ${what} with name ${name} found. Use the ID, one of: ${ids.join(', ')}.`,
  )
}
