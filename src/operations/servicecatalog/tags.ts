import { TagsError, TooManyTagsError } from '../../catalog/tags.ts'
import { InvalidParametersException, LimitExceededException } from '../../protocol/errors.ts'

/**
 * Answers what `rule` answers; a broken rule of tags is InvalidParametersException, and more tags than the quota allows
 * LimitExceededException where the operation declares it.
 */
export function tagRule<T>(rule: () => T, { declaresLimit = false } = {}): T {
  try {
    return rule()
  } catch (error) {
    throw tagError(error, declaresLimit)
  }
}

/** The error to answer for what a rule of tags threw; anything else as it is. */
export function tagError(error: unknown, declaresLimit = false): unknown {
  if (error instanceof TooManyTagsError && declaresLimit) return new LimitExceededException(error.message)
  if (error instanceof TagsError) return new InvalidParametersException(error.message)
  return error
}
