import { ValidationException } from '../../protocol/errors.ts'
import type { Named, NamePage } from '../../storage/verbs/identities.ts'

/** IAM's, where MaxItems is not given. */
const defaultSize = 100

interface PageInput {
  readonly Marker?: string
  readonly MaxItems?: number
}

/** The page that MaxItems and Marker ask for. Throws ValidationException for a marker that this server did not make. */
export function namePage({ Marker, MaxItems }: PageInput): NamePage {
  const size = MaxItems ?? defaultSize
  return Marker === undefined ? { size } : { size, after: decode(Marker) }
}

/** IsTruncated and Marker of an answer. */
export function pageMembers({ last }: Pick<Named<unknown>, 'last'>): { IsTruncated: boolean; Marker?: string } {
  if (last === undefined) return { IsTruncated: false }
  return { IsTruncated: true, Marker: Buffer.from(JSON.stringify([last])).toString('base64url') }
}

/** A page of a list that was read whole because a quota keeps it short; `nameOf` sorts it and must be unique. */
export function pageOf<T>(items: readonly T[], nameOf: (item: T) => string, input: PageInput): Named<T> {
  const { size, after } = namePage(input)
  const sorted = [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter(item => nameOf(item) > after)
  const shown = rest.slice(0, size)
  return rest.length > size ? { items: shown, last: nameOf(shown.at(-1)!) } : { items: shown }
}

/**
 * Sorts policies by name, AWS's after the account's own of the same name: a marker made of an ARN, which has a path, could
 * be longer than a marker may be.
 */
export function policyOrder({ name, arn }: { readonly name: string; readonly arn: string }): string {
  return `${name} ${arn.includes('::aws:') ? 'aws' : 'account'}`
}

function decode(marker: string): string {
  try {
    const [name, ...more] = JSON.parse(Buffer.from(marker, 'base64url').toString())
    if (typeof name === 'string' && more.length === 0) return name
  } catch {
    // Not ours; answered below like any other marker that is not ours.
  }
  throw new ValidationException('Invalid Marker.')
}
