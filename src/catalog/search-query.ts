/**
 * The SearchQuery of SearchProvisionedProducts: `key:value` looks into one field, anything else into all of them. A value
 * matches when the field contains it, without regard to case; `*` at its ends changes nothing. AWS documents the fields
 * and the form `key:value`, not more.
 */
export interface SearchQuery {
  readonly field?: string
  readonly value: string
}

const known = new Set(
  'arn createdTime id idempotencyToken lastProvisioningRecordId lastRecordId lastSuccessfulProvisioningRecordId name physicalId productId productName provisioningArtifactId provisioningArtifactName status tags type userArn userArnSession'.split(
    ' ',
  ),
)

export function parseQuery(text: string): SearchQuery {
  const colon = text.indexOf(':')
  const field = text.slice(0, colon)
  const value = (part: string) => part.replace(/^\*+|\*+$/g, '').toLowerCase()
  return colon > 0 && known.has(field) ? { field, value: value(text.slice(colon + 1)) } : { value: value(text) }
}

export function matchesQuery(query: SearchQuery, fields: Readonly<Record<string, string | undefined>>): boolean {
  const values = query.field ? [fields[query.field]] : Object.values(fields)
  return values.some(value => value?.toLowerCase().includes(query.value))
}
