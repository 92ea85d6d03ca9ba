/** A JMESPath expression that does not parse. The message is the Python library's, several lines with a caret. */
export class JmespathSyntaxError extends Error {}

/** A JMESPath expression that fails on the data it meets: unknown function, wrong number or types of arguments. */
export class JmespathRuntimeError extends Error {
  /** As the compliance suite names it: unknown-function, invalid-arity, invalid-type, invalid-value. */
  readonly kind: string
  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}
