import type { Refusal, RefusalReason } from '../catalog/refusal.ts'
import type { ServiceName } from '../model/services.ts'
import {
  DeleteConflictException,
  DuplicateResourceException,
  EntityAlreadyExistsException,
  InvalidParametersException,
  InvalidStateException,
  LimitExceededException,
  NoSuchEntityException,
  ResourceInUseException,
  ResourceNotFoundException,
  type ServiceError,
} from '../protocol/errors.ts'

type Errors = Readonly<Record<RefusalReason, new (message: string, options?: ErrorOptions) => ServiceError>>

const catalogErrors: Errors = {
  NotFound: ResourceNotFoundException,
  Duplicate: DuplicateResourceException,
  InUse: ResourceInUseException,
  LimitExceeded: LimitExceededException,
  InvalidState: InvalidStateException,
  TokenReused: InvalidParametersException,
}

const iamErrors: Errors = {
  ...catalogErrors,
  NotFound: NoSuchEntityException,
  Duplicate: EntityAlreadyExistsException,
  InUse: DeleteConflictException,
}

/** What a service answers when storage refuses a change: IAM in its own words, the others as Service Catalog. */
export function toServiceError(refusal: Refusal, service: ServiceName = 'servicecatalog'): ServiceError {
  return new (service === 'iam' ? iamErrors : catalogErrors)[refusal.reason](refusal.message, { cause: refusal })
}
