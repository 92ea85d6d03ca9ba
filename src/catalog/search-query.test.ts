import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesQuery, parseQuery } from './search-query.ts'

const fields = { name: 'My-Service', status: 'AVAILABLE', provisioningArtifactName: 'v1', userArn: undefined }

const rows: [query: string, matches: boolean][] = [
  ['name:my-service', true],
  ['name:service', true],
  ['name:*service*', true],
  ['name:other', false],
  ['status:AVAILABLE', true],
  ['status:ERROR', false],
  ['provisioningArtifactName:v1', true],
  ['userArn:admin', false],
  // Without a field that is known, the whole text is looked for everywhere.
  ['available', true],
  ['nothing', false],
  ['nofield:x', false],
  ['__proto__:x', false],
]

for (const [query, matches] of rows) {
  test(`SearchQuery ${query} ${matches ? 'finds' : 'does not find'} it`, () => {
    assert.equal(matchesQuery(parseQuery(query), fields), matches)
  })
}
