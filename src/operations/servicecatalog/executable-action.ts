import type { ProvisionedProduct, ServiceAction } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

/** A service action on a provisioned product, with the document it runs: what describing and executing it start from. */
export interface ExecutableAction {
  readonly product: ProvisionedProduct
  readonly action: ServiceAction
  readonly definition: Readonly<Partial<Record<'Name' | 'Version' | 'AssumeRole' | 'Parameters', string>>>
  readonly document: {
    /** Whose it is: of a shared product, the owner's. */
    readonly scope: Scope
    readonly name: string
    readonly version: string
    readonly content: string
    readonly targetType?: string
  }
}

/**
 * Throws ResourceNotFoundException when the product or the action is not there, or the action is not associated with the
 * version that the product runs; InvalidParametersException when its document is gone.
 */
export async function findExecutableAction(
  { storage }: Pick<Services, 'storage'>,
  caller: Caller,
  input: { readonly ProvisionedProductId: string; readonly ServiceActionId: string },
): Promise<ExecutableAction> {
  const product = await findProvisionedProduct(storage, caller, { id: input.ProvisionedProductId })
  // The actions of a shared product are its owner's, and so are their documents.
  const { scope } = (await storage.products.getUsable(caller.scope, product.detail.ProductId)) ?? caller
  const action = await storage.serviceActions.get(scope, input.ServiceActionId)
  if (!action) throw new ResourceNotFoundException(`Service action ${input.ServiceActionId} not found.`)
  const associated = await storage.serviceActions.isAssociated(scope, {
    serviceActionId: input.ServiceActionId,
    productId: product.detail.ProductId,
    provisioningArtifactId: product.detail.ProvisioningArtifactId,
  })
  if (!associated) {
    throw new ResourceNotFoundException(
      `Service action ${input.ServiceActionId} is not associated with provisioning artifact ${product.detail.ProvisioningArtifactId} of product ${product.detail.ProductId}.`,
    )
  }
  const definition = action.detail.Definition ?? {}
  const document = await storage.documents.getVersion(scope, definition.Name ?? '', definition.Version ?? '$DEFAULT')
  if (!document) throw new InvalidParametersException('Document with that name does not exist')
  return { product, action, definition, document: { ...document, scope } }
}
