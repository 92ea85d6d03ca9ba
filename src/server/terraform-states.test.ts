import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after, describe, test } from 'node:test'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage } from '../storage/storage.ts'
import { ManualClock } from '../worker/testing.ts'
import { createHttpServer } from './http.ts'
import { createSecretBox } from './secret-box.ts'
import { createTerraformBackend, createTerraformStates, statePath } from './terraform-states.ts'

/** What Terraform's `http` backend does, over real HTTP and real storage. */
describe('the backend for Terraform states', async () => {
  const clock = new ManualClock()
  const storage = openStorage(new SqliteDriver(':memory:', () => clock.now().getTime()))
  let url = ''
  const keeping = { storage, secrets: createSecretBox(randomBytes(32), randomBytes), clock, url: () => url }
  const reports: unknown[] = []
  const backend = createTerraformBackend({ ...keeping, report: (...report) => reports.push(report) })
  const states = createTerraformStates(keeping)
  const http = createHttpServer(
    () => assert.fail('the API is not asked'),
    () => true,
    (_method, path) => (path.startsWith(statePath) ? backend : undefined),
  )
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  after(async () => {
    http.closeAllConnections()
    await new Promise(done => http.close(done))
    await storage.close()
    assert.deepEqual(reports, [])
  })

  const scope = { accountId: '111122223333', region: 'us-east-1' }
  let count = 0
  const newRun = async (provisionedProductId: string) => {
    count += 1
    const run = { token: `run-${count}`, scope, provisionedProductId, recordId: `rec-${count}` }
    const { address, username, password } = await states.begin(run)
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const call = async (method: string, body?: string, query = '', headers: Record<string, string> = {}) => {
      const answer = await fetch(`${address}${query}`, {
        method,
        body,
        headers: { authorization, ...headers },
      } as RequestInit)
      return { status: answer.status, text: await answer.text() }
    }
    return {
      run,
      address,
      authorization,
      call,
      lock: (id: string) => call('LOCK', JSON.stringify({ ID: id, Who: run.token })),
    }
  }
  const state = (serial: number) => JSON.stringify({ version: 4, serial, lineage: 'x', outputs: {}, resources: [] })

  test('a state is read and written under the lock, and kept encrypted', async () => {
    const { run, call, lock } = await newRun('pp-1')
    assert.equal((await call('GET')).status, 404)
    assert.equal((await call('POST', state(1))).status, 409)
    assert.equal((await call('POST', state(1), '?ID=unheld')).status, 409)
    assert.equal((await lock('a')).status, 200)
    assert.equal((await lock('a')).status, 200, 'a lock that is asked for twice')
    const md5 = createHash('md5').update(state(1)).digest('base64')
    assert.equal((await call('POST', state(1), '?ID=a', { 'content-md5': md5 })).status, 200)
    assert.equal((await call('POST', state(2), '?ID=a', { 'content-md5': md5 })).status, 400)
    assert.deepEqual(await call('GET'), { status: 200, text: state(1) })
    assert.equal((await call('UNLOCK', JSON.stringify({ ID: 'other' }))).status, 409)
    assert.equal((await call('UNLOCK', JSON.stringify({ ID: 'a' }))).status, 200)
    assert.equal((await call('POST', state(2), '?ID=a')).status, 409)
    assert.equal((await call('PUT', state(2))).status, 405)
    assert.equal((await call('LOCK', 'not json')).status, 400)
    const stored = await storage.terraformStates.latest(scope, 'pp-1')
    assert.match(stored!.state, /^v1\./)
    assert.equal(await states.read(scope, 'pp-1'), state(1))
    assert.equal(stored!.recordId, run.recordId)
  })

  test('another run is kept out while the lock’s lease holds, and takes over what is left behind', async () => {
    const first = await newRun('pp-2')
    const second = await newRun('pp-2')
    assert.equal((await first.lock('a')).status, 200)
    const refused = await second.lock('b')
    assert.equal(refused.status, 423)
    assert.deepEqual(JSON.parse(refused.text), { ID: 'a', Who: first.run.token })
    assert.equal((await second.call('POST', state(1), '?ID=a')).status, 409)
    clock.advance(100_000)
    await states.renew(first.run)
    clock.advance(100_000)
    assert.equal((await second.lock('b')).status, 423, 'a lease that is renewed holds on')
    clock.advance(100_000)
    assert.equal((await first.call('POST', state(1), '?ID=a')).status, 200, 'nobody has taken it over yet')
    assert.equal((await second.lock('b')).status, 200)
    assert.equal((await first.call('POST', state(2), '?ID=a')).status, 409)
    assert.equal((await second.call('POST', state(2), '?ID=b')).status, 200)
  })

  test('a run’s credentials are good for its product, and until it ends', async () => {
    const { run, call, authorization, lock } = await newRun('pp-3')
    const other = await newRun('pp-4')
    for (const headers of [{}, { authorization: 'Basic eDp5' }, { authorization: 'Bearer x' }, { authorization }]) {
      const answer = await fetch(other.address, { headers: headers as Record<string, string> })
      assert.equal(answer.status, 401)
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/)
    }
    assert.equal((await lock('a')).status, 200)
    await states.end(run)
    assert.equal((await call('GET')).status, 401)
    assert.equal((await call('POST', state(1), '?ID=a')).status, 401)
    assert.equal((await (await newRun('pp-3')).lock('b')).status, 200, 'its lock fell with it')
  })

  test('versions are kept, the newest thirty of them', async () => {
    const { run } = await newRun('pp-5')
    for (let serial = 1; serial <= 33; serial += 1) await states.save(run, state(serial))
    const kept = (await states.versions(scope, 'pp-5')).map(({ version }) => version)
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [30, 33, 4])
    assert.equal(await states.readVersion(scope, 'pp-5', 10), state(10))
    assert.equal(await states.readVersion(scope, 'pp-5', 1), undefined)
    await states.remove(scope, 'pp-5')
    assert.equal(await states.read(scope, 'pp-5'), undefined)
  })
})
