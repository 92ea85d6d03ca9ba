import type { Refusal, RefusalReason } from '../catalog/refusal.ts'
import {
  DuplicateResourceException,
  InvalidParametersException,
  InvalidStateException,
  LimitExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  type ServiceError,
} from '../protocol/errors.ts'

const errors: Readonly<Record<RefusalReason, new (message: string, options?: ErrorOptions) => ServiceError>> = {
  NotFound: ResourceNotFoundException,
  Duplicate: DuplicateResourceException,
  InUse: ResourceInUseException,
  LimitExceeded: LimitExceededException,
  InvalidState: InvalidStateException,
  TokenReused: InvalidParametersException,
}

/** What Service Catalog answers when storage refuses a change. */
export function toServiceError(refusal: Refusal): ServiceError {
  return new errors[refusal.reason](refusal.message, { cause: refusal })
}
