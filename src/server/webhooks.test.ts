import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { postToWebhook, webhooksSchema } from './webhooks.ts'

describe('webhooks of documents', () => {
  const seen: { readonly request: IncomingMessage; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ request, body })
    if (request.url === '/hang') return
    response.writeHead(request.url === '/moved' ? 302 : 200, { Location: 'http://127.0.0.1:1/' })
    response.end(request.url === '/long' ? 'x'.repeat(200_000) : 'thanks')
  })
  let url: string
  before(async () => {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const post = (settings: object, { allowed = ['127.0.0.1'], env = {}, account = '111122223333', body = '{}' } = {}) =>
    postToWebhook(
      { webhooks: webhooksSchema.parse({ chat: { url, ...settings } }), allowedHosts: new Set(allowed), env },
      account,
      { integration: 'chat', body, token: 'token-1', abort: AbortSignal.timeout(2_000) },
    )

  test('get the body with the headers of the configuration and of the environment', async () => {
    const headers = { 'X-Team': 'ops' }
    const answer = await post(
      { headers, headersFromEnv: { Authorization: 'CHAT_TOKEN' } },
      { env: { CHAT_TOKEN: 'hidden' }, body: '{"a":1}' },
    )
    assert.deepEqual(answer, { status: 200, text: 'thanks' })
    const { request, body } = seen.at(-1)!
    assert.equal(body, '{"a":1}')
    const { 'x-team': team, authorization, 'idempotency-key': key, 'content-type': type } = request.headers
    assert.deepEqual([team, authorization, key, type], ['ops', 'hidden', 'token-1', 'application/json'])
  })

  test('are posted to no inner address that is not allowed, and follow no redirect', async () => {
    const before = seen.length
    const refused = await post({}, { allowed: [] })
    assert.match('problem' in refused ? refused.problem : '', /could not be reached: 127\.0\.0\.1 is loopback/)
    assert.equal(seen.length, before)
    assert.deepEqual(await post({ url: `${url}/moved` }), { status: 302, text: 'thanks' })
  })

  test('keep no more of an answer than an output can hold', async () => {
    const answer = await post({ url: `${url}/long` })
    assert.equal('text' in answer && answer.text.length, 100_000)
  })

  test('problems name no URL and no secret', async () => {
    const gone = await post({ url: 'http://127.0.0.1:1/key-in-the-path' })
    assert.deepEqual(gone, { problem: 'The integration chat could not be reached: ECONNREFUSED' })
    const unset = await post({ headersFromEnv: { Authorization: 'CHAT_TOKEN' } })
    assert.deepEqual(unset, { problem: 'The environment variable CHAT_TOKEN of the integration chat is not set' })
    assert.deepEqual(await post({ headers: { 'X-A': 'bad\nvalue' } }), {
      problem: 'The integration chat could not be reached: ERR_INVALID_CHAR',
    })
  })

  test('end when the step is called off', async () => {
    const answer = await postToWebhook(
      {
        webhooks: webhooksSchema.parse({ chat: { url: `${url}/hang` } }),
        allowedHosts: new Set(['127.0.0.1']),
        env: {},
      },
      '111122223333',
      { integration: 'chat', token: 't', abort: AbortSignal.abort() },
    )
    assert.match('problem' in answer ? answer.problem : '', /could not be reached/)
  })

  test('are there for the accounts that they name', async () => {
    const answer = await post({ accounts: ['999999999999'] })
    assert.deepEqual(answer, { problem: "There is no integration chat in this server's configuration" })
    assert.deepEqual(await post({ accounts: ['111122223333'] }), { status: 200, text: 'thanks' })
  })
})
