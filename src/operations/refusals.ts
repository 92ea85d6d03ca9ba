import type { Refusal, RefusalReason } from '../catalog/refusal.ts'
import type { ServiceName } from '../model/services.ts'
import {
  DeleteConflictException,
  DuplicateResourceException,
  EntityAlreadyExistsException,
  IdempotentParameterMismatch,
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

const ssmErrors: Errors = { ...catalogErrors, TokenReused: IdempotentParameterMismatch }

/** What a service answers when storage refuses a change: IAM and SSM in their own words, the others as Service Catalog. */
export function toServiceError(refusal: Refusal, service: ServiceName = 'servicecatalog'): ServiceError {
  const errors = service === 'iam' ? iamErrors : service === 'ssm' ? ssmErrors : catalogErrors
  return new errors[refusal.reason](refusal.message, { cause: refusal })
}
