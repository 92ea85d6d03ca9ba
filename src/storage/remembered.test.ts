import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ManualClock, scope, storeDocument } from '../worker/testing.ts'
import { remembered } from './remembered.ts'
import { SqliteDriver } from './sqlite/driver.ts'
import { openStorage } from './storage.ts'
import type { SealedSecret, StoredAccessKey } from './verbs/access-keys.ts'
import type { StoredIdentity } from './verbs/identities.ts'

const accountId = '111122223333'
const now = new Date(1)
const user = (name: string): StoredIdentity => ({
  kind: 'user',
  accountId,
  name,
  id: `AIDA${name}`,
  path: '/',
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  createdAt: now,
  tags: [],
})
const key: StoredAccessKey = {
  accessKeyId: 'AKIA1',
  accountId,
  userName: 'ana',
  secret: 'sealed' as SealedSecret,
  status: 'Active',
  createdAt: now,
}

/** Storage that remembers, and how often it was really read. */
function open(t: { after(fn: () => void): void }) {
  const driver = new SqliteDriver(':memory:', () => 0)
  let reads = 0
  const executeNoting = driver.executeNoting.bind(driver)
  driver.executeNoting = (verb, args) => {
    reads += 1
    return executeNoting(verb, args)
  }
  const storage = openStorage(remembered(driver))
  t.after(() => storage.close())
  const readsOf = async (work: () => Promise<unknown>) => {
    const before = reads
    await work()
    return reads - before
  }
  return { storage, readsOf }
}

describe('what every request asks for is remembered', () => {
  test('and read once, as long as nothing of it is written', async t => {
    const { storage, readsOf } = open(t)
    await storage.identities.create(user('ana'))
    await storage.accessKeys.create(key)
    const ask = async () => {
      await storage.accessKeys.get('AKIA1')
      await storage.identities.withPolicies(accountId, 'user', 'ana')
    }
    assert.equal(await readsOf(ask), 2)
    assert.equal(await readsOf(ask), 0)
    // What is written of anything else lets it be.
    await storage.executions.stop('none', 'Cancel', now)
    assert.equal(await readsOf(ask), 0)
  })

  test('and forgotten by whatever is written of keys, identities and policies', async t => {
    const { storage } = open(t)
    const { identities, accessKeys } = storage
    await identities.create(user('ana'))
    await accessKeys.create(key)
    const policies = async () =>
      (await identities.withPolicies(accountId, 'user', 'ana'))?.policies.map(({ source }) => source)
    const status = async () => (await accessKeys.get('AKIA1'))?.status
    assert.deepEqual(await policies(), [])
    await identities.putPolicy(accountId, 'user', 'ana', 'deny', '{}', now)
    assert.deepEqual(await policies(), ['deny'])
    await identities.deletePolicy(accountId, 'user', 'ana', 'deny')
    assert.deepEqual(await policies(), [])
    await identities.create({ ...user('team'), kind: 'group', id: 'AGPA1' })
    await identities.putPolicy(accountId, 'group', 'team', 'of-group', '{}', now)
    await identities.addToGroup(accountId, 'team', 'ana', now)
    assert.deepEqual(await policies(), ['of-group'])
    await identities.removeFromGroup(accountId, 'team', 'ana')
    assert.deepEqual(await policies(), [])
    assert.equal(await status(), 'Active')
    await accessKeys.setStatus(accountId, 'ana', 'AKIA1', 'Inactive')
    assert.equal(await status(), 'Inactive')
    await accessKeys.delete(accountId, 'ana', 'AKIA1')
    assert.equal(await status(), undefined)
    await identities.delete(accountId, 'user', 'ana')
    assert.equal(await policies(), undefined)
  })

  test('and not kept when it was read before a change and answered after it', async t => {
    const { storage } = open(t)
    await storage.identities.create(user('ana'))
    await storage.accessKeys.create(key)
    const [before] = await Promise.all([
      storage.accessKeys.get('AKIA1'),
      storage.accessKeys.setStatus(accountId, 'ana', 'AKIA1', 'Inactive'),
    ])
    assert.equal(before?.status, 'Active')
    assert.equal((await storage.accessKeys.get('AKIA1'))?.status, 'Inactive')
  })

  test('and so is what a service action is and runs, until something of it is written', async t => {
    const { storage, readsOf } = open(t)
    const { products, serviceActions, documents } = storage
    const artifact = { Id: 'pa-1', CreatedTime: now, Active: true }
    const view = { CreatedTime: now, ProductViewSummary: { ProductId: 'prod-1', Name: 'Thing' } }
    await products.create(
      { scope, id: 'prod-1', view, tags: [] },
      { scope, productId: 'prod-1', info: {}, detail: artifact },
      undefined,
      {},
    )
    const action = { ServiceActionSummary: { Id: 'act-1', Name: 'Restart' } }
    await serviceActions.create({ scope, detail: action, createdAt: now }, undefined, {})
    await storeDocument(storage, new ManualClock(1), 'Restart', 'first')
    const association = { serviceActionId: 'act-1', productId: 'prod-1', provisioningArtifactId: 'pa-1' }
    const ask = async () => [
      (await products.getUsable(scope, 'prod-1'))?.tags.length,
      (await serviceActions.get(scope, 'act-1'))?.detail.ServiceActionSummary.Name,
      await serviceActions.isAssociated(scope, association),
      (await documents.getVersion(scope, 'Restart', '$DEFAULT'))?.content,
    ]
    assert.deepEqual(await ask(), [0, 'Restart', false, 'first'])
    assert.equal(await readsOf(ask), 0)
    await serviceActions.associate(scope, association, now, undefined)
    assert.deepEqual(await ask(), [0, 'Restart', true, 'first'])
    await serviceActions.disassociate(scope, association, now, undefined)
    assert.deepEqual(await ask(), [0, 'Restart', false, 'first'])
    assert.equal(await readsOf(ask), 0)
    await products.update(scope, 'prod-1', product => ({ ...product, tags: [{ Key: 'a', Value: 'b' }] }))
    await serviceActions.delete(scope, 'act-1', now, undefined)
    await documents.delete(scope, 'Restart')
    assert.deepEqual(await ask(), [1, undefined, false, undefined])
  })

  test('and so is the list of portfolios, which nobody can change for the others', async t => {
    const { storage, readsOf } = open(t)
    const { portfolios, deletions } = storage
    const portfolio = { scope, detail: { Id: 'port-a', DisplayName: 'a', CreatedTime: now }, tags: [] }
    const first = () => portfolios.list(scope, { size: 20 })
    const names = async () => (await first()).items.map(({ detail }) => detail.DisplayName)
    assert.deepEqual(await names(), [])
    await portfolios.create(portfolio, undefined, {})
    assert.deepEqual(await names(), ['a'])
    assert.equal(await readsOf(names), 0)
    const [found] = (await first()).items
    assert.throws(() => Object.assign(found!.detail, { DisplayName: 'changed' }), TypeError)
    assert.equal(await readsOf(() => portfolios.list(scope, { size: 10 })), 1)
    await portfolios.update(scope, 'port-a', each => ({ ...each, detail: { ...each.detail, DisplayName: 'b' } }))
    assert.deepEqual(await names(), ['b'])
    await deletions.portfolio(scope, 'port-a')
    assert.deepEqual(await names(), [])
  })
})
