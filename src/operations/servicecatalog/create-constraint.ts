import { checkConstraint } from './constraint-check.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const createConstraint: ServiceCatalogOperation<'CreateConstraint', 'storage' | 'clock' | 'ids'> = async (
  input,
  caller,
  { storage, clock, ids },
) => {
  const { PortfolioId, ProductId, Type, Description, Parameters } = input
  await checkConstraint(storage, caller, Type, Parameters)
  const detail = {
    ConstraintId: ids.next('constraint'),
    Type,
    Description,
    Owner: caller.scope.accountId,
    ProductId,
    PortfolioId,
  }
  // AWS answers CREATING here and AVAILABLE from then on; there is nothing to wait for.
  const answer = { ConstraintDetail: detail, ConstraintParameters: Parameters, Status: 'CREATING' } as const
  return storage.constraints.create(
    { scope: caller.scope, detail, parameters: Parameters },
    clock.now(),
    caller.claim,
    answer,
  )
}
