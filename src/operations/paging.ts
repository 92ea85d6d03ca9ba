import { InvalidParametersException } from '../protocol/errors.ts'
import type { Cursor, PageRequest } from '../storage/verb.ts'
import { ForeignPageToken, type SortKey, sortedPage } from './sorted-page.ts'

/** AWS documents no default page length; 20 is the largest that most operations take. */
const defaultSize = 20

/** A PageSize of 0 is legal in the model and means the default. */
export function pageSize(input: { PageSize?: number }): number {
  return input.PageSize || defaultSize
}

/**
 * The storage page that PageSize and PageToken ask for.
 * Throws InvalidParametersException for a token that this server did not make.
 */
export function pageRequest(input: { PageSize?: number; PageToken?: string }): PageRequest {
  const size = pageSize(input)
  return input.PageToken ? { size, after: decode(input.PageToken) } : { size }
}

/** The token for the next page, or undefined after the last one. */
export function pageToken(next: Cursor | undefined): string | undefined {
  return next && Buffer.from(JSON.stringify([next.at, next.id])).toString('base64url')
}

/**
 * The page that PageSize and PageToken ask for, of a list that was read whole. Throws InvalidParametersException for a
 * token that this server did not make.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => SortKey,
  input: { PageSize?: number; PageToken?: string },
  descending = false,
): { items: readonly T[]; token?: string } {
  try {
    return sortedPage(items, keyOf, { size: pageSize(input), token: input.PageToken, descending })
  } catch (error) {
    if (error instanceof ForeignPageToken) throw new InvalidParametersException(error.message, { cause: error })
    throw error
  }
}

function decode(token: string): Cursor {
  try {
    const [at, id] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Number.isSafeInteger(at) && typeof id === 'string') return { at, id }
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}
