import type { ProvisionedProduct } from './entities.ts'
import { withoutAutoTags } from './tags.ts'

/**
 * The SearchQuery of SearchProvisionedProducts: `key:value` looks into one field, anything else into all of them. A text
 * matches when each word of the value begins one of its words, without regard to case; `*` changes nothing. Ids, tokens
 * and times match from their beginning. AWS documents the fields and the form `key:value`, not more. Pure.
 */
export interface SearchQuery {
  /** Undefined: any. */
  readonly field?: SearchField
  readonly value: string
}

const searchFields = [
  'arn',
  'createdTime',
  'id',
  'idempotencyToken',
  'lastProvisioningRecordId',
  'lastRecordId',
  'lastSuccessfulProvisioningRecordId',
  'name',
  'physicalId',
  'productId',
  'productName',
  'provisioningArtifactId',
  'provisioningArtifactName',
  'status',
  'tags',
  'type',
  'userArn',
  'userArnSession',
] as const

export type SearchField = (typeof searchFields)[number]

/** Queries that no search is made for; the message is for the caller. */
export class SearchQueryError extends Error {}

/** Far more than people ask for, and as much as a database takes in one question. */
const most = { queries: 20, words: 100, characters: 1000 }

/** The queries of a search, all of which are to be met. Throws SearchQueryError when they are too many or too long. */
export function parseQueries(texts: readonly string[]): readonly SearchQuery[] {
  if (texts.length > most.queries) throw new SearchQueryError(`SearchQuery takes ${most.queries} values at most.`)
  if (texts.some(text => text.length > most.characters)) {
    throw new SearchQueryError(`A value of SearchQuery has ${most.characters} characters at most.`)
  }
  const queries = texts.map(parseQuery)
  if (queries.reduce((sum, { value }) => sum + wordsOf(value).length, 0) > most.words) {
    throw new SearchQueryError(`The values of SearchQuery have ${most.words} words together at most.`)
  }
  return queries
}

export function parseQuery(text: string): SearchQuery {
  const colon = text.indexOf(':')
  const field = searchFields.find(name => name === text.slice(0, colon))
  const value = (part: string) => part.replaceAll('*', ' ').trim()
  return field ? { field, value: value(text.slice(colon + 1)) } : { value: value(text) }
}

/** The words of a text, lower-case, each once: runs of letters and digits. Of an ARN only what follows the account. */
export function wordsOf(text: string): readonly string[] {
  const words = text
    .replace(/^arn:(?:[^:]*:){4}/, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
  return [...new Set(words)]
}

/** An id, token or time as one word. */
export function squashed(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}

/** Whether each word of a value begins a word of a text. */
export function hasWords(text: string | undefined, value: string): boolean {
  const words = wordsOf(text ?? '')
  return wordsOf(value).every(wanted => words.some(word => word.startsWith(wanted)))
}

/** The fields of a provisioned product whose words are written down beside it; the others are found by their columns. */
export const wordFields = [
  'createdTime',
  'idempotencyToken',
  'lastProvisioningRecordId',
  'lastSuccessfulProvisioningRecordId',
  'name',
  'physicalId',
  'tags',
  'userArn',
] as const satisfies readonly SearchField[]

export type WordField = (typeof wordFields)[number]

export interface SearchWord {
  readonly field: WordField
  readonly word: string
}

/** Fields whose text is one word. */
const whole: ReadonlySet<SearchField> = new Set([
  'createdTime',
  'idempotencyToken',
  'lastProvisioningRecordId',
  'lastSuccessfulProvisioningRecordId',
])

/** The words that a value asks for in a field. */
export function wantedWords(field: WordField, value: string): readonly string[] {
  return whole.has(field) ? [squashed(value)].filter(word => word !== '') : wordsOf(value)
}

/** What a provisioned product's words are made of. */
const wordSources = ({ detail, resources, tags, userArn }: ProvisionedProduct): readonly unknown[] => [
  detail.CreatedTime,
  detail.IdempotencyToken,
  detail.LastProvisioningRecordId,
  detail.LastSuccessfulProvisioningRecordId,
  detail.Name,
  resources,
  tags,
  userArn,
]

/** Whether a change has left everything as it was that words are made of. */
export function hasSameWords(before: ProvisionedProduct, after: ProvisionedProduct): boolean {
  const sources = wordSources(after)
  return wordSources(before).every((source, i) => source === sources[i])
}

/** All words of a provisioned product. The AutoTags' are not among them: other fields say the same. */
export function searchWords({ detail, resources, tags, userArn }: ProvisionedProduct): readonly SearchWord[] {
  const texts: Readonly<Record<WordField, string | undefined>> = {
    createdTime: detail.CreatedTime.toISOString(),
    idempotencyToken: detail.IdempotencyToken,
    lastProvisioningRecordId: detail.LastProvisioningRecordId,
    lastSuccessfulProvisioningRecordId: detail.LastSuccessfulProvisioningRecordId,
    name: detail.Name,
    physicalId: resources[0]?.physicalId,
    tags: withoutAutoTags(tags)
      .map(({ Key, Value }) => `${Key} ${Value}`)
      .join(' '),
    userArn,
  }
  return Object.entries(texts).flatMap(([field, text]) =>
    wantedWords(field as WordField, text ?? '').map(word => ({ field: field as WordField, word })),
  )
}
