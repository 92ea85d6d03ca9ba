import { type Engine, EngineError } from '../engines/engine.ts'
import type { EngineServices } from '../operations/operation.ts'
import { ValidationException } from '../protocol/errors.ts'
import type { Storage } from '../storage/storage.ts'
import { plannedRequest } from '../worker/engine-tools.ts'

/** The engines as operations use them, with their complaints in the API's form. */
export function engineServices(storage: Storage, engineFor: (productType: string) => Engine): EngineServices {
  return {
    canPlan: type => engineFor(type).plan !== undefined,
    async discardPlan(product, plan) {
      const engine = engineFor(product.detail.Type)
      if (plan.planned === undefined || !engine.discardPlan) return
      try {
        await engine.discardPlan({ ...(await plannedRequest(storage, product, plan)), token: plan.detail.PlanId })
      } catch (error) {
        if (error instanceof EngineError) throw new ValidationException(error.message, { cause: error })
        throw error
      }
    },
  }
}
