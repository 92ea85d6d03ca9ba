import type { AutomationDocumentEntity, DocumentVersion } from '../../catalog/documents.ts'
import { InvalidFilterKey, ValidationException } from '../../protocol/errors.ts'
import { platformTypes, typeOf } from './document.ts'
import type { SsmOperation } from './operation.ts'
import { pageOf } from './paging.ts'

interface Listed {
  readonly document: AutomationDocumentEntity
  readonly version: DocumentVersion
}

/** Whether a document passes a filter with this value. Sources: ListDocuments and DocumentKeyValuesFilter, API reference. */
const filters: Readonly<Record<string, (listed: Listed, value: string) => boolean>> = {
  // The documentation calls names here prefixes.
  Name: ({ document }, value) => document.name.startsWith(value),
  // What is not the account's own is Amazon's, which is public.
  Owner: ({ document: { scope } }, value) =>
    ['All', scope.accountId, ...(scope.accountId === 'Amazon' ? ['Public'] : ['Self', 'Private', 'Me'])].includes(
      value,
    ),
  PlatformTypes: (_, value) => platformTypes.some(platform => platform.toLowerCase() === value.toLowerCase()),
  DocumentType: ({ version }, value) => value === typeOf(version),
  DocumentFormat: ({ version }, value) => version.format === value,
  TargetType: ({ version }, value) => version.targetType === value,
  SearchKeyword: ({ document, version }, value) =>
    [document.name, document.displayName, version.description].some(text =>
      text?.toLowerCase().includes(value.toLowerCase()),
    ),
}

export const listDocuments: SsmOperation<'ListDocuments', 'storage'> = async (input, caller, { storage }) => {
  const { DocumentFilterList, Filters } = input
  if (DocumentFilterList && Filters) {
    throw new ValidationException('Specify either DocumentFilterList or Filters, not both.')
  }
  const wanted =
    DocumentFilterList?.map(({ key, value }) => filter(key, [value])) ??
    Filters?.map(({ Key, Values }) => filter(Key ?? '', Values ?? [])) ??
    []
  const all = await storage.documents.list(caller.scope)
  const page = pageOf(
    all.filter(listed => wanted.every(passes => passes(listed))),
    ({ document }) => [document.name, ''],
    input,
  )
  return {
    DocumentIdentifiers: page.items.map(({ document, version }) => ({
      Name: document.name,
      CreatedDate: document.createdAt,
      DisplayName: document.displayName,
      Owner: document.scope.accountId,
      VersionName: version.versionName,
      PlatformTypes: platformTypes,
      DocumentVersion: version.version,
      DocumentType: typeOf(version),
      SchemaVersion: version.schemaVersion,
      DocumentFormat: version.format,
      TargetType: version.targetType,
      Tags: document.tags,
    })),
    NextToken: page.token,
  }
}

/** Throws InvalidFilterKey. A tag's key follows `tag:`. */
function filter(key: string, values: readonly string[]): (listed: Listed) => boolean {
  if (key.startsWith('tag:')) {
    const name = key.slice('tag:'.length)
    return ({ document }) => document.tags.some(tag => tag.Key === name && values.includes(tag.Value))
  }
  const passes = Object.hasOwn(filters, key) ? filters[key]! : undefined
  if (!passes) throw new InvalidFilterKey(`The filter key ${key} is not valid.`)
  return listed => values.some(value => passes(listed, value))
}
