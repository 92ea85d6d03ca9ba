import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signRequest } from './sign.ts'
import { headerValues, readVectors } from './vectors.testdata.ts'

const ADDED_BY_SIGNING = new Set(['authorization', 'x-amz-date', 'x-amz-security-token'])
const vectors = readVectors()

test(`every request of the public suite (${vectors.length}) is signed as published`, () => {
  assert.equal(vectors.length, 37)
  for (const { id, request, credentials, scope, now, normalizePath } of vectors) {
    const bare = { ...request, headers: request.headers.filter(([name]) => !ADDED_BY_SIGNING.has(name.toLowerCase())) }
    const added = signRequest(bare, credentials, scope, now, { normalizePath })
    assert.deepEqual(headerValues({ headers: added }, 'authorization'), headerValues(request, 'authorization'), id)
    assert.deepEqual(headerValues({ headers: added }, 'x-amz-date'), headerValues(request, 'x-amz-date'), id)
    assert.deepEqual(
      headerValues({ headers: added }, 'x-amz-security-token'),
      headerValues(request, 'x-amz-security-token'),
      id,
    )
  }
})

const request = {
  method: 'POST',
  path: '/',
  query: '',
  headers: [['Host', 'localhost:4880']] as [string, string][],
  body: Buffer.from('{}'),
}
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const scope = { region: 'us-east-1', service: 'servicecatalog' }
const now = new Date('2026-01-31T23:59:59.999Z')

test('headers that change on the way are left unsigned', () => {
  const plain = signRequest(request, credentials, scope, now)
  const headers: [string, string][] = [...request.headers, ['User-Agent', 'x'], ['Connection', 'keep-alive']]
  assert.deepEqual(signRequest({ ...request, headers }, credentials, scope, now), plain)
  const withTarget = signRequest({ ...request, headers: [...headers, ['X-Amz-Target', 't']] }, credentials, scope, now)
  assert.match(
    headerValues({ headers: withTarget }, 'authorization')[0]!,
    /SignedHeaders=host;x-amz-date;x-amz-target,/,
  )
})

test('a request without Host is not signed', () => {
  assert.throws(() => signRequest({ ...request, headers: [] }, credentials, scope, now), /Host/)
})

test('the date is the UTC day of the request', () => {
  const [[, date], [, authorization]] = signRequest(request, credentials, scope, now) as [
    [string, string],
    [string, string],
  ]
  assert.equal(date, '20260131T235959Z')
  assert.match(authorization, /Credential=AKIDEXAMPLE\/20260131\/us-east-1\/servicecatalog\/aws4_request,/)
})
