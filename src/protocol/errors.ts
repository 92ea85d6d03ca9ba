/**
 * The errors that Bellhop's services answer. One class per error the models declare, and the common ones every AWS
 * service may answer. They are thrown where the fact is known and turned into bytes in one place (server/pipeline.ts).
 * Statuses: spec of the protocols; JSON 1.1 services answer 400 for a caller's mistake, the code tells which.
 */
export class ServiceError extends Error {
  /** The error's name as the model and clients know it, e.g. ResourceNotFoundException. */
  readonly code: string
  /** HTTP status of the answer. */
  readonly status: number

  constructor(code: string, message: string, status = 400, options?: ErrorOptions) {
    super(message, options)
    this.name = code
    this.code = code
    this.status = status
  }
}

function errorClass(code: string, status = 400) {
  return class extends ServiceError {
    constructor(message: string, options?: ErrorOptions) {
      super(code, message, status, options)
    }
  }
}

// Service Catalog (facts/servicecatalog.json; none of them has members, so all are HTTP 400).
export class DuplicateResourceException extends errorClass('DuplicateResourceException') {}
export class InvalidParametersException extends errorClass('InvalidParametersException') {}
export class InvalidStateException extends errorClass('InvalidStateException') {}
export class LimitExceededException extends errorClass('LimitExceededException') {}
export class OperationNotSupportedException extends errorClass('OperationNotSupportedException') {}
export class ResourceInUseException extends errorClass('ResourceInUseException') {}
export class ResourceNotFoundException extends errorClass('ResourceNotFoundException') {}
export class TagOptionNotMigratedException extends errorClass('TagOptionNotMigratedException') {}

// Common to every service. Statuses follow JSON 1.1 services; see docs/decisions.md for the uncertain ones.
export class AccessDeniedException extends errorClass('AccessDeniedException') {}
export class ExpiredTokenException extends errorClass('ExpiredTokenException') {}
export class IncompleteSignatureException extends errorClass('IncompleteSignatureException') {}
export class InternalFailure extends errorClass('InternalFailure', 500) {}
export class InvalidSignatureException extends errorClass('InvalidSignatureException') {}
export class MissingAuthenticationTokenException extends errorClass('MissingAuthenticationTokenException') {}
export class RequestEntityTooLargeException extends errorClass('RequestEntityTooLargeException', 413) {}
export class RequestTimeoutException extends errorClass('RequestTimeoutException', 408) {}
export class ServiceUnavailableException extends errorClass('ServiceUnavailableException', 503) {}
export class SerializationException extends errorClass('SerializationException') {}
export class ThrottlingException extends errorClass('ThrottlingException') {}
export class UnknownOperationException extends errorClass('UnknownOperationException') {}
export class UnrecognizedClientException extends errorClass('UnrecognizedClientException') {}
export class ValidationException extends errorClass('ValidationException') {}

// SSM documents and Automation (facts/ssm-automation.json).
export class AutomationDefinitionNotFoundException extends errorClass('AutomationDefinitionNotFoundException') {}
export class AutomationExecutionNotFoundException extends errorClass('AutomationExecutionNotFoundException') {}
export class AutomationStepNotFoundException extends errorClass('AutomationStepNotFoundException') {}
export class DocumentAlreadyExists extends errorClass('DocumentAlreadyExists') {}
export class InvalidAutomationSignalException extends errorClass('InvalidAutomationSignalException') {}
export class InvalidAutomationStatusUpdateException extends errorClass('InvalidAutomationStatusUpdateException') {}
export class InvalidDocument extends errorClass('InvalidDocument') {}
export class InvalidDocumentContent extends errorClass('InvalidDocumentContent') {}
export class InvalidDocumentVersion extends errorClass('InvalidDocumentVersion') {}
export class InvalidFilterKey extends errorClass('InvalidFilterKey') {}
export class InvalidNextToken extends errorClass('InvalidNextToken') {}
export class MaxDocumentSizeExceeded extends errorClass('MaxDocumentSizeExceeded') {}
export class AssociatedInstances extends errorClass('AssociatedInstances') {}
export class AutomationDefinitionVersionNotFoundException extends errorClass(
  'AutomationDefinitionVersionNotFoundException',
) {}
export class AutomationExecutionLimitExceededException extends errorClass(
  'AutomationExecutionLimitExceededException',
) {}
export class DocumentLimitExceeded extends errorClass('DocumentLimitExceeded') {}
export class DocumentVersionLimitExceeded extends errorClass('DocumentVersionLimitExceeded') {}
export class DuplicateDocumentContent extends errorClass('DuplicateDocumentContent') {}
export class DuplicateDocumentVersionName extends errorClass('DuplicateDocumentVersionName') {}
export class IdempotentParameterMismatch extends errorClass('IdempotentParameterMismatch') {}
export class InvalidAutomationExecutionParametersException extends errorClass(
  'InvalidAutomationExecutionParametersException',
) {}
export class InvalidDocumentOperation extends errorClass('InvalidDocumentOperation') {}
export class InvalidDocumentSchemaVersion extends errorClass('InvalidDocumentSchemaVersion') {}
export class InvalidFilterValue extends errorClass('InvalidFilterValue') {}
export class InvalidTarget extends errorClass('InvalidTarget') {}
export class TooManyUpdates extends errorClass('TooManyUpdates') {}

// SQS (facts/sqs.json).
export class QueueDoesNotExist extends errorClass('QueueDoesNotExist') {}
export class QueueNameExists extends errorClass('QueueNameExists') {}
export class ReceiptHandleIsInvalid extends errorClass('ReceiptHandleIsInvalid') {}
export class InvalidAttributeName extends errorClass('InvalidAttributeName') {}
export class InvalidAttributeValue extends errorClass('InvalidAttributeValue') {}
export class InvalidMessageContents extends errorClass('InvalidMessageContents') {}
export class MessageNotInflight extends errorClass('MessageNotInflight') {}
export class OverLimit extends errorClass('OverLimit') {}
export class UnsupportedOperation extends errorClass('UnsupportedOperation') {}

// IAM and STS (facts/iam.json, facts/sts.json). The query protocol answers the code and the status of the model's error
// trait, e.g. NoSuchEntity: see query.ts.
export class ConcurrentModificationException extends errorClass('ConcurrentModificationException', 409) {}
export class DeleteConflictException extends errorClass('DeleteConflictException', 409) {}
export class EntityAlreadyExistsException extends errorClass('EntityAlreadyExistsException', 409) {}
export class InvalidInputException extends errorClass('InvalidInputException') {}
export class MalformedPolicyDocumentException extends errorClass('MalformedPolicyDocumentException') {}
export class NoSuchEntityException extends errorClass('NoSuchEntityException', 404) {}
export class PackedPolicyTooLargeException extends errorClass('PackedPolicyTooLargeException') {}
export class PolicyNotAttachableException extends errorClass('PolicyNotAttachableException') {}
export class UnmodifiableEntityException extends errorClass('UnmodifiableEntityException') {}
