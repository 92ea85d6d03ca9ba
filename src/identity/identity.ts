/** Who a request comes from, as storage keeps it with an access key. */
export interface Identity {
  readonly accountId: string
  /** E.g. arn:aws:iam::000000000000:user/admin */
  readonly arn: string
  /** The principal's unique id, e.g. AIDA... */
  readonly userId: string
  /** May call every operation of their account. */
  readonly administrator: boolean
}
