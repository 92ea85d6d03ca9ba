import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { isInside, OutboundRefused, post } from './outbound.ts'

const addresses: [address: string, inside: boolean][] = [
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['0.0.0.0', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['::', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:8.8.8.8', false],
  ['fe80::1', true],
  ['fd00::1', true],
  ['2001:4860:4860::8888', false],
]

for (const [address, inside] of addresses) {
  test(`${address} is ${inside ? 'inside' : 'out in the world'}`, () => assert.equal(isInside(address), inside))
}

test('what is inside is reached only when it is allowed, by address and by name', async t => {
  let reached = 0
  const server = createServer((_request, response) => {
    reached += 1
    response.writeHead(202).end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => new Promise(done => server.close(done)))
  const { port } = server.address() as AddressInfo
  const request = (host: string) => ({
    url: `http://${host}:${port}/`,
    headers: [['Host', `${host}:${port}`]] as const,
    body: Buffer.from('{}'),
    timeout: 5_000,
  })
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
    await assert.rejects(post(request(host), new Set()), OutboundRefused, host)
  }
  assert.equal(reached, 0)
  assert.equal(await post(request('127.0.0.1'), new Set(['127.0.0.1'])), 202)
  assert.equal(await post(request('localhost'), new Set(['localhost'])), 202)
  assert.equal(reached, 2)
  await assert.rejects(post({ ...request('127.0.0.1'), url: 'file:///etc/passwd' }, new Set()), OutboundRefused)
})
