import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OidcProvider, startOidcProvider } from '../../../../test/kit/oidc-provider.ts'
import { oidcSchema } from './config.ts'
import { outboundFetch } from './fetch.ts'
import { createProvider } from './provider.ts'

const redirectUri = 'http://127.0.0.1:1/console/oidc/corp/callback'

async function kit(t: { after(fn: () => unknown): void }, timeout?: number) {
  const there = await startOidcProvider()
  t.after(() => there.close())
  const role = 'arn:aws:iam::123456789012:role/Admin'
  const { corp } = oidcSchema.parse({
    corp: { name: 'Corp', issuer: there.issuer, clientId: 'bellhop', roles: [{ role }] },
  })
  const clock = { now: 1_000_000 }
  const surroundings = {
    fetch: outboundFetch(new Set(['127.0.0.1']), timeout),
    now: () => clock.now,
    env: {},
    configDirectory: '/',
  }
  const asked = () => there.requests.filter(each => each.endsWith('openid-configuration')).length
  return { there, clock, asked, provider: createProvider('corp', corp!, surroundings) }
}

const refuse: NonNullable<OidcProvider['fault']> = (_request, response) => {
  response.writeHead(503).end()
  return true
}

test('metadata are asked for once an hour, and those of before count while the provider is out of reach', async t => {
  const { there, clock, asked, provider } = await kit(t)
  const begun = await Promise.all([provider.begin(redirectUri), provider.begin(redirectUri)])
  assert.notEqual(begun[0].checks.state, begun[1].checks.state)
  const { searchParams: sent } = new URL(begun[0].url)
  assert.deepEqual(
    [sent.get('redirect_uri'), sent.get('code_challenge_method'), sent.get('scope'), sent.get('response_type')],
    [redirectUri, 'S256', 'openid profile email', 'code'],
  )
  clock.now += 3_599_000
  await provider.begin(redirectUri)
  assert.equal(asked(), 1)
  clock.now += 2_000
  there.fault = refuse
  await provider.begin(redirectUri)
  await provider.begin(redirectUri)
  assert.equal(asked(), 2)
  there.fault = undefined
  there.metadata = { authorization_endpoint: `${there.issuer}/moved` }
  clock.now += 3_001
  assert.match((await provider.begin(redirectUri)).url, /\/moved\?/)
  assert.equal(asked(), 3)
})

test('a provider that is out of reach is not asked again at once', async t => {
  const { there, clock, asked, provider } = await kit(t)
  there.fault = refuse
  await assert.rejects(provider.begin(redirectUri), /Corp gave an answer/)
  await assert.rejects(provider.begin(redirectUri), /Corp gave an answer/)
  assert.equal(asked(), 1)
  there.fault = undefined
  clock.now += 3_001
  await provider.begin(redirectUri)
})

test('a provider that says nothing is given up', async t => {
  const { there, provider } = await kit(t, 100)
  there.fault = () => true
  await assert.rejects(provider.begin(redirectUri), /Corp cannot be reached/)
  // One that drips its answer, too.
  const { there: slow, provider: other } = await kit(t, 100)
  slow.fault = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{')
    return true
  }
  await assert.rejects(other.begin(redirectUri), /Corp cannot be reached/)
})

const hostile: [name: string, metadata: (issuer: string) => object][] = [
  ['another issuer', () => ({ issuer: 'http://127.0.0.1:2' })],
  ['no issuer', () => ({ issuer: undefined })],
  ['an address that is a script', () => ({ authorization_endpoint: 'javascript:alert(1)' })],
  ['an address that is none', () => ({ authorization_endpoint: 'login' })],
  ['no address', () => ({ authorization_endpoint: undefined })],
  ['a file', () => ({ authorization_endpoint: 'file:///etc/passwd' })],
]
for (const [name, metadata] of hostile) {
  test(`metadata with ${name} begin nothing`, async t => {
    const { there, provider } = await kit(t)
    there.metadata = metadata(there.issuer) as OidcProvider['metadata']
    await assert.rejects(provider.begin(redirectUri), /^Problem: Corp (gave|says)/)
  })
}

test('a provider without an end of sessions leads nowhere, and one with a script neither', async t => {
  const { there, provider } = await kit(t)
  there.metadata = { end_session_endpoint: undefined }
  assert.equal(await provider.signOutUrl('x', 'http://127.0.0.1:1/'), undefined)
  const { there: other, provider: second } = await kit(t)
  other.metadata = { end_session_endpoint: 'javascript:alert(1)' }
  await assert.rejects(second.signOutUrl('x', 'http://127.0.0.1:1/'), /^Problem/)
})
