import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Portfolio } from '../catalog/entities.ts'
import { Refusal } from '../catalog/refusal.ts'
import { acceptAction, acceptProvision, countingIds, ManualClock, scope } from '../worker/testing.ts'
import { openStorage, type Storage } from './storage.ts'
import type { Driver } from './verb.ts'
import { StaleClaim } from './verbs/executions.ts'

export interface Backend {
  readonly name: string
  /**
   * A driver over a new, empty database, and further ones over the same; closed after the test. Undefined after the test was
   * skipped for what is missing.
   */
  open(t: TestContext): Promise<{ readonly driver: Driver; another(): Promise<Driver> } | undefined>
}

const portfolio = (id: string, at = 1, name = `name of ${id}`): Portfolio => ({
  scope,
  detail: { Id: id, DisplayName: name, CreatedTime: new Date(at) },
  tags: [],
})
const claim = (token: string, inputHash: string) => ({ scope, operation: 'CreatePortfolio', token, inputHash })
const aStep = (executionId: string, id: string, startedAt: Date) =>
  ({
    id,
    executionId,
    ordinal: 1,
    name: 'one',
    action: 'aws:sleep',
    attempt: 1,
    status: 'Success',
    inputs: {},
    outputs: {},
    startedAt,
  }) as const
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))

/** What every database must do for the rest to rely on it. Run once for each driver. */
export function testStorage(backend: Backend): void {
  describe(`storage on ${backend.name}`, () => {
    /** A test on two storages over one database, as two nodes have them. */
    const check = (name: string, body: (one: Storage, two: Storage) => Promise<void>) =>
      test(name, async t => {
        const opened = await backend.open(t)
        if (opened) await body(openStorage(opened.driver), openStorage(await opened.another()))
      })

    check('what one has written is there for the other', async (one, two) => {
      await one.portfolios.create(portfolio('port-a', 1, 'Ünï\u{1F600} "\u0001'), undefined, {})
      assert.deepEqual(await two.portfolios.get(scope, 'port-a'), portfolio('port-a', 1, 'Ünï\u{1F600} "\u0001'))
    })

    check('one token gives one answer, also to callers of several processes at the same moment', async (one, two) => {
      const nodes = [one, two]
      const answers = await Promise.all(
        times(20, i =>
          nodes[i % 2]!.portfolios.create(portfolio(`port-${i}`), claim('t', 'same'), {
            PortfolioDetail: { Id: `port-${i}` },
          }),
        ),
      )
      assert.equal(new Set(answers.map(answer => answer.PortfolioDetail?.Id)).size, 1)
      assert.equal((await one.portfolios.list(scope, { size: 100 })).items.length, 1)
    })

    check('a verb that is refused undoes only itself', async one => {
      await one.portfolios.create(portfolio('port-a'), claim('t', 'one'), {})
      const results = await Promise.allSettled([
        one.portfolios.create(portfolio('port-b'), claim('t', 'another'), {}),
        one.portfolios.create(portfolio('port-c'), undefined, {}),
      ])
      assert.deepEqual(
        results.map(result => result.status),
        ['rejected', 'fulfilled'],
      )
      assert.ok((results[0] as PromiseRejectedResult).reason instanceof Refusal)
      const { items } = await one.portfolios.list(scope, { size: 100 })
      assert.deepEqual(new Set(items.map(item => item.detail.Id)), new Set(['port-a', 'port-c']))
    })

    check('pages stay in place when something is inserted between them', async one => {
      for (const [id, at] of [
        ['port-B', 2],
        ['port-a', 2],
        ['port-d', 3],
      ] as const) {
        await one.portfolios.create(portfolio(id, at), undefined, {})
      }
      const first = await one.portfolios.list(scope, { size: 2 })
      await one.portfolios.create(portfolio('port-A', 1), undefined, {})
      const second = await one.portfolios.list(scope, { size: 2, after: first.next! })
      // Ids sort by their bytes, whatever the language of the database.
      assert.deepEqual(
        [...first.items, ...second.items].map(item => item.detail.Id),
        ['port-B', 'port-a', 'port-d'],
      )
      assert.equal(second.next, undefined)
    })

    check('of many changes of one product at the same moment, one is accepted', async (one, two) => {
      const clock = new ManualClock()
      const ids = countingIds()
      const { productId, executionId } = await acceptProvision(one, clock, ids)
      const claimed = await one.executions.claim(executionId, clock.now())
      await one.executions.end(
        executionId,
        claimed!.epoch,
        [],
        { status: 'Success', outputs: {}, endedAt: clock.now() },
        { status: 'SUCCEEDED', recordOutputs: [] },
      )
      const nodes = [one, two]
      const results = await Promise.allSettled(
        times(12, i => acceptAction(nodes[i % 2]!, clock, ids, productId, '{"schemaVersion":"0.3","mainSteps":[]}')),
      )
      const accepted = results.filter(result => result.status === 'fulfilled')
      assert.equal(accepted.length, 1)
      for (const result of results) {
        if (result.status === 'rejected') assert.ok(result.reason instanceof Refusal, String(result.reason))
      }
      assert.equal((await one.provisionedProducts.get(scope, productId))!.detail.Status, 'UNDER_CHANGE')
    })

    check('an execution has one owner: a claim that was overtaken changes nothing any more', async (one, two) => {
      const clock = new ManualClock()
      const { executionId } = await acceptProvision(one, clock, countingIds())
      const claims = await Promise.all(times(6, i => [one, two][i % 2]!.executions.claim(executionId, clock.now())))
      const epochs = claims.map(execution => execution!.epoch).sort((a, b) => a - b)
      assert.deepEqual(epochs, [1, 2, 3, 4, 5, 6])
      const step = aStep(executionId, 'step-1', clock.now())
      const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
      for (const stale of [1, 5]) {
        await assert.rejects(two.executions.saveSteps(executionId, stale, [step], 1), StaleClaim)
        await assert.rejects(two.executions.end(executionId, stale, [step], end, undefined), StaleClaim)
      }
      assert.deepEqual(await one.executions.steps(executionId), [])
      await one.executions.saveSteps(executionId, 6, [step], 1)
      assert.deepEqual(await two.executions.steps(executionId), [step])
      await one.executions.end(executionId, 6, [], end, undefined)
      await assert.rejects(one.executions.saveSteps(executionId, 6, [step], 1), StaleClaim)
    })

    check(
      'of those who claim an execution with their first write, one does; the others change nothing',
      async (one, two) => {
        const clock = new ManualClock()
        const ids = countingIds()
        const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
        const nodes = [one, two]
        for (const how of ['save', 'end'] as const) {
          const { executionId, recordId, productId } = await acceptProvision(one, clock, ids)
          const stepOf = (i: number) => aStep(executionId, `${executionId}-${i}`, clock.now())
          const outcome = { status: 'SUCCEEDED', recordOutputs: [] } as const
          // Who goes on with a place that is somebody else's by now is none of them.
          const { claimAndSave, claimAndEnd } = one.executions
          const withoutPlace =
            how === 'save'
              ? claimAndSave(executionId, 0, clock.now(), [stepOf(9)], 5, { holder: 'gone' })
              : claimAndEnd(executionId, 0, clock.now(), [stepOf(9)], end, outcome, 'gone')
          await assert.rejects(withoutPlace, StaleClaim)
          const claims = await Promise.allSettled(
            times(6, async i => {
              const { executions } = nodes[i % 2]!
              if (how === 'save') return executions.claimAndSave(executionId, 0, clock.now(), [stepOf(i)], 5)
              return (await executions.claimAndEnd(executionId, 0, clock.now(), [stepOf(i)], end, outcome)).execution
            }),
          )
          const made = claims.flatMap((claim, i) =>
            claim.status === 'fulfilled' ? [[i, claim.value.epoch] as const] : [],
          )
          assert.deepEqual(
            made.map(([, epoch]) => epoch),
            [1],
          )
          for (const claim of claims) {
            if (claim.status === 'rejected') assert.ok(claim.reason instanceof StaleClaim, String(claim.reason))
          }
          assert.deepEqual(await two.executions.steps(executionId), [stepOf(made[0]![0])])
          const execution = (await two.executions.get(executionId))!
          const record = (await two.records.get(scope, recordId))!
          const product = (await two.provisionedProducts.get(scope, productId))!
          assert.deepEqual(
            [execution.epoch, execution.status, execution.startedAt, record.detail.Status, product.detail.Status],
            how === 'save'
              ? [1, 'InProgress', clock.now(), 'IN_PROGRESS', 'UNDER_CHANGE']
              : [1, 'Success', clock.now(), 'SUCCEEDED', 'AVAILABLE'],
          )
          const due = (await two.executions.unfinished()).find(({ id }) => id === executionId)
          assert.equal(due?.run_at, how === 'save' ? 5 : undefined)
        }
      },
    )

    check('signals that are sent at the same moment all arrive, in one order', async (one, two) => {
      const clock = new ManualClock()
      const { executionId } = await acceptProvision(one, clock, countingIds())
      const nodes = [one, two]
      await Promise.all(
        times(10, i =>
          nodes[i % 2]!.executions.signal({
            executionId,
            type: 'Resume',
            payload: { i },
            sentBy: 'arn',
            sentAt: clock.now(),
          }),
        ),
      )
      const signals = await one.executions.signals(executionId)
      assert.deepEqual(
        signals.map(({ sequence }) => sequence),
        times(10, i => i + 1),
      )
      assert.deepEqual(new Set(signals.map(({ payload }) => payload['i'])), new Set(times(10, i => i)))
    })

    check('a message that is due is taken by one', async (one, two) => {
      const now = new Date(1_000)
      for (let i = 0; i < 10; i += 1) {
        await one.queues.send(scope, 'ServiceCatalogExternalProvisionOperationQueue', `{"i":${i}}`, `d${i}`, now)
      }
      const received = await Promise.all(
        times(8, i =>
          [one, two][i % 2]!.queues.receive(
            scope,
            'ServiceCatalogExternalProvisionOperationQueue',
            [`r${i}a`, `r${i}b`],
            30,
            now,
          ),
        ),
      )
      const bodies = received.flatMap(({ messages }) => messages.map(({ body }) => body))
      assert.equal(bodies.length, 10)
      assert.equal(new Set(bodies).size, 10)
    })

    check('identities and policies are changed with all that hangs on them', async (one, two) => {
      const { accountId } = scope
      const createdAt = new Date(1000)
      const identity = (kind: 'user' | 'group', name: string) => ({
        kind,
        accountId,
        name,
        id: `ID-${name}`,
        path: '/',
        arn: `arn:aws:iam::${accountId}:${kind}/${name}`,
        createdAt,
        tags: [],
      })
      await one.identities.create(identity('user', 'ada'))
      await one.identities.create(identity('group', 'devs'))
      await one.identities.addToGroup(accountId, 'devs', 'ada', createdAt)
      const arn = `arn:aws:iam::${accountId}:policy/p`
      const policy = { accountId, name: 'p', id: 'ANPA', path: '/', arn, tags: [], createdAt, document: 'first' }
      await one.managedPolicies.create(policy)
      await one.identities.attachPolicy(accountId, 'user', 'ada', policy, createdAt)
      await one.identities.putPolicy(accountId, 'user', 'ada', 'own', 'inline', createdAt)

      const renamed = { name: 'Ada', path: '/x/', arn: `arn:aws:iam::${accountId}:user/x/Ada` }
      await one.identities.rename(accountId, 'user', 'ada', renamed)
      assert.equal(await two.identities.get(accountId, 'user', 'ada'), undefined)
      const found = await two.identities.withPolicies(accountId, 'user', 'Ada')
      assert.deepEqual(
        [found?.groupArns, found?.policies.map(each => [each.source, each.document, each.holder?.name])],
        [
          [`arn:aws:iam::${accountId}:group/devs`],
          [
            [arn, 'first', 'Ada'],
            ['own', 'inline', 'Ada'],
          ],
        ],
      )
      assert.deepEqual(
        (await two.identities.memberships(accountId, 'group', 'devs')).map(({ arn }) => arn),
        [renamed.arn],
      )

      // Two at once get numbers of their own.
      const versions = await Promise.all(
        [one, two].map(node => node.managedPolicies.addVersion(accountId, arn, 'next', createdAt, false)),
      )
      assert.deepEqual(versions.map(({ version }) => version).sort(), [2, 3])
      await two.managedPolicies.setDefaultVersion(accountId, arn, 3, createdAt)
      const { policies } = (await one.identities.withPolicies(accountId, 'user', 'Ada'))!
      assert.equal(policies[0]?.document, 'next')
      assert.deepEqual(
        (await one.managedPolicies.versions(accountId, arn)).map(({ version, document }) => [version, document]),
        [
          [3, 'next'],
          [2, 'next'],
          [1, 'first'],
        ],
      )
      await assert.rejects(two.managedPolicies.deleteVersion(accountId, arn, 3), { reason: 'InUse' })
      for (const version of [1, 2]) await two.managedPolicies.deleteVersion(accountId, arn, version)
      await assert.rejects(two.managedPolicies.delete(accountId, arn), { reason: 'InUse' })
      await one.identities.change(accountId, 'user', 'Ada', user => ({ ...user, permissionsBoundary: arn }))
      await one.identities.detachPolicy(accountId, 'user', 'Ada', arn)
      const { bounded } = await two.managedPolicies.users(accountId, arn)
      assert.deepEqual(
        bounded.map(({ name }) => name),
        ['Ada'],
      )
      await assert.rejects(two.managedPolicies.delete(accountId, arn), { reason: 'InUse' })
    })

    check('what counts once is ended once, also by several processes at the same moment', async (one, two) => {
      const ended = await Promise.all(times(10, i => [one, two][i % 2]!.consoleSessions.end('s-1', 2_000, 1_000)))
      assert.equal(ended.filter(each => each).length, 1)
      assert.equal(await two.consoleSessions.isEnded('s-1'), true)
      // What has run out by itself is forgotten.
      assert.equal(await two.consoleSessions.end('s-2', 9_000, 3_000), true)
      assert.equal(await one.consoleSessions.isEnded('s-1'), false)
    })

    check('an account has so much room for artifacts', async (one, two) => {
      const artifact = (digest: string, size: number) => ({
        digest,
        size,
        createdAt: new Date(1),
        accountId: '123456789012',
        putBy: 'arn:x',
        content: Buffer.alloc(size),
      })
      assert.equal(await one.storedArtifacts.sizeOf('123456789012'), 0)
      assert.equal(await one.storedArtifacts.put(artifact('a', 6), 10), true)
      assert.equal(await two.storedArtifacts.put(artifact('b', 5), 10), false)
      assert.equal(await two.storedArtifacts.has('b'), false)
      assert.equal(await two.storedArtifacts.put(artifact('a', 6), 10), true)
      assert.equal(await two.storedArtifacts.put(artifact('c', 4), 10), true)
      assert.equal(await one.storedArtifacts.sizeOf('123456789012'), 10)
    })
  })
}
