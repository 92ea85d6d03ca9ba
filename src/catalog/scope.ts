/** Everything in the catalog belongs to one account and one region; nothing is ever read across them. */
export interface Scope {
  /** Twelve digits. */
  readonly accountId: string
  /** An AWS region name, as the caller's credential scope has it. */
  readonly region: string
}
