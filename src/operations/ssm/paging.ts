import { InvalidNextToken } from '../../protocol/errors.ts'
import { ForeignPageToken, type SortKey, sortedPage } from '../sorted-page.ts'

/** SSM's largest page; it documents no default length. */
const defaultSize = 50

/** The page that MaxResults and NextToken ask for. Throws InvalidNextToken for a token that this server did not make. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => SortKey,
  input: { MaxResults?: number; NextToken?: string },
  descending = false,
): { items: readonly T[]; token?: string } {
  try {
    return sortedPage(items, keyOf, { size: input.MaxResults ?? defaultSize, token: input.NextToken, descending })
  } catch (error) {
    if (error instanceof ForeignPageToken)
      throw new InvalidNextToken('The specified token is not valid.', { cause: error })
    throw error
  }
}
