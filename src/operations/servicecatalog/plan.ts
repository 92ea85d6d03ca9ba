import type { ProvisionedProductPlan } from '../../catalog/plan.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import { maySee } from './provisioned-product.ts'

/** Somebody else's plan is answered as one that is not there. Throws ResourceNotFoundException. */
export async function findPlan(storage: Storage, caller: Caller, id: string): Promise<ProvisionedProductPlan> {
  const plan = await storage.plans.get(caller.scope, id)
  if (!plan || !maySee(caller, plan.userArn)) {
    throw new ResourceNotFoundException(`Provisioned product plan ${id} not found.`)
  }
  return plan
}
