import { type Engine, EngineError, ImportRefused } from '../engines/engine.ts'
import type { EngineServices } from '../operations/operation.ts'
import {
  InvalidParametersException,
  InvalidStateException,
  ResourceNotFoundException,
  ValidationException,
} from '../protocol/errors.ts'
import type { Storage } from '../storage/storage.ts'
import { importRequest, plannedRequest } from '../worker/engine-tools.ts'

const importErrors = {
  NotFound: ResourceNotFoundException,
  InvalidState: InvalidStateException,
  InvalidParameters: InvalidParametersException,
}

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
    async checkImport(product, physicalId) {
      const engine = engineFor(product.detail.Type)
      if (!engine.import) {
        throw new InvalidParametersException(`Nothing can be imported as a product of type ${product.detail.Type}.`)
      }
      try {
        return (await engine.import(await importRequest(storage, product, physicalId))).parameters
      } catch (error) {
        if (error instanceof ImportRefused) throw new importErrors[error.reason](error.message, { cause: error })
        throw error
      }
    },
  }
}
