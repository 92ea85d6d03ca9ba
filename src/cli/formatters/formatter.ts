import type { Query } from '../jmespath/search.ts'
import type { Pages } from '../pagination.ts'
import type { Value, ValueMap } from '../values.ts'

/** Where output goes; text is written as it is. */
export interface Output {
  write(text: string): void
}

export interface FormatterOptions {
  readonly query: Query | undefined
  /** Whether tables are coloured. */
  readonly color: boolean
  /** Columns of the terminal that tables are fitted to. */
  readonly terminalWidth: number
}

/** Print the answer of an operation, one page or many. */
export type Formatter = (
  operation: string,
  answer: ValueMap | Pages,
  output: Output,
  options: FormatterOptions,
) => Promise<void>

/** A formatter that prints nothing before the last page is there; --query sees the whole. */
export function buffered(
  print: (value: Value, output: Output, options: FormatterOptions, operation: string) => void,
): Formatter {
  return async (operation, answer, output, options) => {
    const whole = answer instanceof Map ? answer : await answer.fullResult()
    print(options.query ? options.query.search(whole) : whole, output, options, operation)
  }
}

/** An empty answer prints nothing. */
export function isEmptyAnswer(value: Value): boolean {
  return value instanceof Map && value.size === 0
}
