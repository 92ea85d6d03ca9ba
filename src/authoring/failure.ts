/** How `bellhop document` ends, besides 0. */
export const exitCodes = {
  /** The document has errors, or a test of it fails. */
  failed: 1,
  /** The command is wrong, or a file that it names cannot be read. As in the AWS CLI. */
  usage: 252,
} as const

/** Something that the user gave is wrong; the message is for them. */
export class UsageFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UsageFailure'
  }
}
