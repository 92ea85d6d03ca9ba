/**
 * What storage answers, by throwing, when a change may not be made because of what is there at that moment. Each maps to
 * one error of the API; the operation that knows better words catches it and says them.
 */
export type RefusalReason =
  | 'NotFound'
  | 'Duplicate'
  | 'InUse'
  | 'LimitExceeded'
  /** The provisioned product is not in a status that allows the change. */
  | 'InvalidState'
  /** The idempotency token was used before, with another input. */
  | 'TokenReused'

export class Refusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}
