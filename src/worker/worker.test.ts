import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Progress, ScriptRequest, ScriptResult } from '../runbook/action.ts'
import type { Storage } from '../storage/storage.ts'
import { StaleClaim } from '../storage/verbs/executions.ts'
import { acceptAction, acceptProvision, scope, workshop } from './testing.ts'

type Workshop = ReturnType<typeof workshop>

const succeedingEngine = {
  start: async () => ({
    state: 'succeeded' as const,
    response: {},
    engineResult: {
      outputs: [{ OutputKey: 'Url', OutputValue: 'http://x' }],
      resources: [{ type: 'Web::Process', physicalId: '42' }],
    },
  }),
  poll: async () => assert.fail('was done at once'),
  cancel: async () => {},
}

/** A product that is AVAILABLE, provisioned through the worker itself. */
async function availableProduct({ storage, clock, ids, server }: Workshop): Promise<string> {
  const { productId, executionId } = await acceptProvision(storage, clock, ids)
  assert.deepEqual(await server({ engine: succeedingEngine }).worker.advance(executionId), { state: 'ended' })
  return productId
}

const script = (name: string, more = '') =>
  `{"name":"${name}","action":"aws:executeScript","inputs":{"Runtime":"python3.11","Handler":"h","Script":"# ${name}"},"outputs":[{"Name":"Value","Selector":"$.Payload","Type":"String"}]${more}}`
const document = (...steps: string[]) => `{"schemaVersion":"0.3","mainSteps":[${steps.join(',')}],"outputs":[]}`
const nameOf = (request: ScriptRequest) => request.script.slice(2)
const returned = (payload: unknown): ScriptResult => ({ state: 'returned', payload, log: '' })

/** A script runner that notes what it runs. */
const noting =
  (ran: string[], payload = 'x') =>
  async (request: ScriptRequest) => {
    ran.push(nameOf(request))
    return returned(payload)
  }

/** A script that goes on until it is aborted. */
const untilAborted = (began: () => void) => (_request: ScriptRequest, abort: AbortSignal) =>
  new Promise<ScriptResult>(resolve => {
    abort.addEventListener('abort', () => resolve({ state: 'aborted' }))
    began()
  })

/** A moment that is waited for. */
function moment() {
  let come!: () => void
  const reached = new Promise<void>(resolve => {
    come = resolve
  })
  return { come, reached }
}

test('a provision that succeeds makes the product available, with the engine’s outputs and resources', async t => {
  const shop = workshop()
  t.after(() => shop.storage.close())
  const id = await availableProduct(shop)
  const product = await shop.storage.provisionedProducts.get(scope, id)
  assert.equal(product?.detail.Status, 'AVAILABLE')
  assert.deepEqual(product?.resources, [{ type: 'Web::Process', physicalId: '42' }])
  const record = await shop.storage.records.get(scope, product!.detail.LastSuccessfulProvisioningRecordId!)
  assert.equal(record?.detail.Status, 'SUCCEEDED')
  assert.deepEqual(record?.outputs, [{ OutputKey: 'Url', OutputValue: 'http://x' }])
})

test('a provision that fails leaves a product in ERROR that says why', async t => {
  const { storage, clock, ids, server } = workshop()
  t.after(() => storage.close())
  const { productId, recordId, executionId } = await acceptProvision(storage, clock, ids)
  const failure = { stage: 'Engine', type: 'Failed', message: 'the disk is on fire' }
  await server({ engine: { ...succeedingEngine, start: async () => ({ state: 'failed', failure }) } }).worker.advance(
    executionId,
  )
  const product = await storage.provisionedProducts.get(scope, productId)
  assert.equal(product?.detail.Status, 'ERROR')
  assert.match(product?.detail.StatusMessage ?? '', /the disk is on fire/)
  const record = await storage.records.get(scope, recordId)
  assert.equal(record?.detail.Status, 'FAILED')
  assert.match(record?.detail.RecordErrors?.[0]?.Description ?? '', /the disk is on fire/)
})

test('completed steps never run again, wherever the server dies', async t => {
  const steps = ['one', 'two', 'three']
  // The server dies while it runs the n-th script, and for n = 0 before it has begun.
  for (let dies = 0; dies <= steps.length; dies += 1) {
    const shop = workshop()
    const { storage, clock, ids, server } = shop
    t.after(() => storage.close())
    const productId = await availableProduct(shop)
    const { executionId, recordId } = await acceptAction(
      storage,
      clock,
      ids,
      productId,
      document(...steps.map(step => script(step))),
    )
    const ran: string[] = []
    const { come: began, reached } = moment()
    const dying = server({
      runScript: request => {
        ran.push(nameOf(request))
        if (ran.length < dies) return Promise.resolve(returned('x'))
        began()
        return new Promise(() => {})
      },
    })
    if (dies > 0) {
      void dying.worker.advance(executionId)
      await reached
    }
    const before = [...ran]
    const after = server({ runScript: noting(ran) })
    assert.deepEqual(await after.worker.advance(executionId), { state: 'ended' })
    // Only the step that was in hand may stand there twice.
    assert.deepEqual(ran, [...before, ...steps.slice(Math.max(0, dies - 1))])
    assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
    assert.equal((await storage.provisionedProducts.get(scope, productId))?.detail.Status, 'AVAILABLE')
  }
})

test('a loop goes on in the pass that it was in, wherever the server dies', async t => {
  const inner = script('inner')
  const update = `{"name":"keep","action":"aws:updateVariable","inputs":{"Name":"variable:v","Value":"{{ inner.Value }}"}}`
  const loop = `{"name":"loop","action":"aws:loop","inputs":{"Iterators":["a","b"],"Steps":[${inner},${update},${script('tail')}]}}`
  const content = `{"schemaVersion":"0.3","variables":{"v":{"type":"String"}},"mainSteps":[${loop}],"outputs":["variable:v"]}`
  const all = ['inner', 'tail', 'inner', 'tail']
  for (let dies = 1; dies <= all.length; dies++) {
    const shop = workshop()
    const { storage, clock, ids, server } = shop
    t.after(() => storage.close())
    const productId = await availableProduct(shop)
    const { executionId } = await acceptAction(storage, clock, ids, productId, content)
    const ran: string[] = []
    const { come: began, reached } = moment()
    const dying = server({
      runScript: request => {
        ran.push(nameOf(request))
        if (ran.length < dies) return Promise.resolve(returned(`value ${ran.length}`))
        began()
        return new Promise(() => {})
      },
    })
    void dying.worker.advance(executionId)
    await reached
    const after = server({
      runScript: async request => {
        ran.push(nameOf(request))
        return returned(`value ${ran.length}`)
      },
    })
    assert.deepEqual(await after.worker.advance(executionId), { state: 'ended' })
    assert.deepEqual(ran, [...all.slice(0, dies), ...all.slice(dies - 1)])
    const execution = await storage.executions.get(executionId)
    assert.equal(execution?.status, 'Success')
    const last = ran.lastIndexOf('inner') + 1
    assert.deepEqual(execution?.outputs, { 'variable:v': [`value ${last}`] })
    const passes = (await storage.executions.steps(executionId)).map(
      ({ name, parent }) => `${name} ${parent?.iteration}`,
    )
    assert.deepEqual(passes, ['loop undefined', ...['inner 1', 'keep 1', 'tail 1'], ...['inner 2', 'keep 2', 'tail 2']])
  }
})

/** The verbs that write executions, in the order in which they are called. */
function writesOf({ executions }: Storage, t: TestContext): string[] {
  const writes: string[] = []
  for (const name of ['claim', 'saveSteps', 'claimAndSave', 'end', 'claimAndEnd'] as const) {
    const verb = executions[name] as (...args: unknown[]) => Promise<unknown>
    t.mock.method(executions, name, (...args: unknown[]) => {
      writes.push(name)
      return verb(...args)
    })
  }
  return writes
}

test('steps that do nothing outside the journal are written together, with the claim', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const rest = (name: string) => `{"name":"${name}","action":"aws:sleep","inputs":{"Duration":"PT0S"}}`
  const loop = `{"name":"loop","action":"aws:loop","inputs":{"Iterators":[1,2],"Steps":[${rest('inner')}]}}`
  const { executionId, recordId } = await acceptAction(
    storage,
    clock,
    ids,
    productId,
    document(rest('a'), loop, rest('b')),
  )
  const writes = writesOf(storage, t)
  assert.deepEqual(await server().worker.advance(executionId), { state: 'ended' })
  assert.deepEqual(writes, ['claimAndEnd'])
  const steps = await storage.executions.steps(executionId)
  assert.deepEqual(
    steps.map(({ name, status, ordinal }) => `${ordinal} ${name} ${status}`),
    ['1 a Success', '2 loop Success', '3 inner Success', '4 inner Success', '5 b Success'],
  )
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
})

test('a step with an effect is written before it starts and, with the next step, after it ended', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const rest = (name: string) => `{"name":"${name}","action":"aws:sleep","inputs":{"Duration":"PT0S"}}`
  const content = document(rest('a'), script('one'), rest('b'), rest('c'), script('two'), rest('d'))
  const { executionId } = await acceptAction(storage, clock, ids, productId, content)
  const writes = writesOf(storage, t)
  const seen: string[][] = []
  const { worker } = server({
    runScript: async () => {
      seen.push((await storage.executions.steps(executionId)).map(({ name, status }) => `${name} ${status}`))
      return returned('x')
    },
  })
  assert.deepEqual(await worker.advance(executionId), { state: 'ended' })
  assert.deepEqual(seen, [
    ['a Success', 'one InProgress'],
    ['a Success', 'one Success', 'b Success', 'c Success', 'two InProgress'],
  ])
  // That `one` has ended is written with `b`; `b` and `c` with `two`; that `two` has ended with `d`; `d` with the end.
  assert.deepEqual(writes, ['claimAndSave', 'saveSteps', 'saveSteps', 'saveSteps', 'end'])
})

test('an execution that somebody else claims meanwhile is left to them, with nothing written', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document('{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT0S"}}')
  const { executionId } = await acceptAction(storage, clock, ids, productId, content)
  const claimAndEnd = storage.executions.claimAndEnd
  t.mock.method(storage.executions, 'claimAndEnd', async (...args: Parameters<typeof claimAndEnd>) => {
    await storage.executions.claim(executionId, clock.now())
    return claimAndEnd(...args)
  })
  const { worker } = server()
  assert.deepEqual(await worker.advance(executionId), { state: 'left' })
  assert.deepEqual(await storage.executions.steps(executionId), [])
  assert.deepEqual(await worker.advance(executionId), { state: 'ended' })
  assert.equal((await storage.executions.steps(executionId)).length, 1)
})

test('a step is tried again after a while, which a restart neither shortens nor forgets', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document(script('a', ',"maxAttempts":3'))
  const { executionId } = await acceptAction(storage, clock, ids, productId, content)
  let tries = 0
  const failing = async (): Promise<ScriptResult> => {
    tries += 1
    return tries < 3 ? { state: 'failed', message: 'boom', log: '' } : returned('x')
  }
  const failed = clock.now().getTime()
  const waiting = { state: 'waiting', wakeAt: failed + 1000, idle: true }
  assert.deepEqual(await server({ runScript: failing }).worker.advance(executionId), waiting)
  clock.advance(500)
  const after = server({ runScript: failing })
  assert.deepEqual(await after.worker.advance(executionId), waiting)
  assert.equal(tries, 1)
  assert.equal((await storage.executions.unfinished())[0]?.run_at, failed + 1000)
  clock.advance(500)
  assert.deepEqual(await after.worker.advance(executionId), { state: 'waiting', wakeAt: failed + 3000, idle: true })
  clock.advance(2000)
  assert.deepEqual(await after.worker.advance(executionId), { state: 'ended' })
  assert.equal(tries, 3)
  assert.equal((await storage.executions.get(executionId))?.status, 'Success')
})

test('the step in hand is started again with the same token', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = `{"schemaVersion":"0.3","mainSteps":[{"name":"call","action":"bellhop:invokeEngine","inputs":{"Action":"restart"}}]}`
  const { executionId } = await acceptAction(storage, clock, ids, productId, content)
  const tokens: string[] = []
  const hanging = server({
    engine: {
      ...succeedingEngine,
      start: (_work, token) => {
        tokens.push(token)
        return new Promise<never>(() => {})
      },
    },
  })
  void hanging.worker.advance(executionId)
  while (tokens.length === 0) await new Promise(resolve => setImmediate(resolve))
  const after = server({
    engine: {
      ...succeedingEngine,
      start: async (_work, token) => {
        tokens.push(token)
        return { state: 'succeeded', response: {} }
      },
    },
  })
  await after.worker.advance(executionId)
  assert.equal(tokens.length, 2)
  assert.equal(tokens[0], tokens[1])
})

test('a step declared not repeatable is not started again but ends as failed, saying so', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document(script('danger', ',"bellhop:repeatable":false'))
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, content)
  const ran: string[] = []
  const { come: began, reached } = moment()
  const dying = server({
    runScript: request => {
      ran.push(nameOf(request))
      began()
      return new Promise(() => {})
    },
  })
  void dying.worker.advance(executionId)
  await reached
  await server({ runScript: noting(ran) }).worker.advance(executionId)
  assert.deepEqual(ran, ['danger'])
  const record = await storage.records.get(scope, recordId)
  assert.equal(record?.detail.Status, 'FAILED')
  assert.match(record?.detail.RecordErrors?.[0]?.Description ?? '', /not repeatable/)
})

test('a worker that lost its claim writes nothing more', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId } = await acceptAction(storage, clock, ids, productId, document(script('one'), script('two')))
  const ran: string[] = []
  let finish!: (result: ScriptResult) => void
  const { come: began, reached } = moment()
  const frozen = server({
    runScript: request => {
      ran.push(`frozen ${nameOf(request)}`)
      began()
      return new Promise(resolve => {
        finish = resolve
      })
    },
  })
  const frozenAdvance = frozen.worker.advance(executionId)
  await reached
  await server({ runScript: noting(ran, 'new') }).worker.advance(executionId)
  finish(returned('stale'))
  assert.deepEqual(await frozenAdvance, { state: 'left' })
  assert.deepEqual(ran, ['frozen one', 'one', 'two'])
  const steps = await storage.executions.steps(executionId)
  assert.deepEqual(
    steps.map(step => step.outputs['Value']),
    ['new', 'new'],
  )
  await assert.rejects(storage.executions.saveSteps(executionId, 1, [], 0), StaleClaim)
})

test('a sleep ends when its time has come, also when the server was down meanwhile', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document('{"name":"nap","action":"aws:sleep","inputs":{"Duration":"PT1H"}}')
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, content)
  const first = server()
  await first.dispatcher.start()
  await first.dispatcher.idle()
  assert.equal((await storage.executions.steps(executionId))[0]?.status, 'InProgress')
  await first.dispatcher.stop()
  clock.advance(3_599_000)
  const second = server()
  await second.dispatcher.start()
  await second.dispatcher.idle()
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'IN_PROGRESS')
  clock.advance(1_000)
  await new Promise(resolve => setImmediate(resolve))
  await second.dispatcher.idle()
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
})

test('a step that takes longer than its time is ended as timed out', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId, recordId } = await acceptAction(
    storage,
    clock,
    ids,
    productId,
    document(script('slow', ',"timeoutSeconds":60')),
  )
  const { come: began, reached } = moment()
  const { worker } = server({
    runScript: untilAborted(began),
  })
  const advance = worker.advance(executionId)
  await reached
  clock.advance(60_000)
  assert.deepEqual(await advance, { state: 'ended' })
  assert.deepEqual(
    (await storage.executions.steps(executionId)).map(step => step.status),
    ['TimedOut'],
  )
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'FAILED')
})

test('a cancel ends the step in hand, and the record', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId, recordId } = await acceptAction(
    storage,
    clock,
    ids,
    productId,
    document(script('long'), script('never')),
  )
  const { come: began, reached } = moment()
  const { dispatcher } = server({
    runScript: untilAborted(began),
  })
  dispatcher.wake(executionId)
  await reached
  await storage.executions.stop(executionId, 'Cancel', clock.now())
  dispatcher.wake(executionId)
  await dispatcher.idle()
  assert.deepEqual(
    (await storage.executions.steps(executionId)).map(step => [step.name, step.status]),
    [['long', 'Cancelled']],
  )
  assert.equal((await storage.executions.get(executionId))?.status, 'Cancelled')
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'FAILED')
})

test('the steps of onCancel run to their end after a cancel', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document(script('long', ',"onCancel":"step:tidy"'), script('never'), script('tidy', ',"isEnd":true'))
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, content)
  const { come: began, reached } = moment()
  const { dispatcher } = server({
    runScript: (request, abort) =>
      nameOf(request) === 'tidy'
        ? Promise.resolve(returned('tidied'))
        : new Promise(resolve => {
            abort.addEventListener('abort', () => resolve({ state: 'aborted' }))
            began()
          }),
  })
  dispatcher.wake(executionId)
  await reached
  await storage.executions.stop(executionId, 'Cancel', clock.now())
  dispatcher.wake(executionId)
  await dispatcher.idle()
  const steps = await storage.executions.steps(executionId)
  assert.deepEqual(
    steps.map(step => [step.name, step.status]),
    [
      ['long', 'Cancelled'],
      ['tidy', 'Success'],
    ],
  )
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'FAILED')
})

test('what an action put out before it failed can be read', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId } = await acceptAction(storage, clock, ids, productId, document(script('broken')))
  await server({ runScript: async () => ({ state: 'failed', message: 'no', log: 'what it printed' }) }).worker.advance(
    executionId,
  )
  assert.equal((await storage.executions.steps(executionId))[0]?.outputs['Log'], 'what it printed')
})

test('a graceful stop leaves the step in hand to the next start', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, document(script('one')))
  const { come: began, reached } = moment()
  const first = server({
    runScript: untilAborted(began),
  })
  first.dispatcher.wake(executionId)
  await reached
  await first.dispatcher.stop()
  assert.deepEqual(
    (await storage.executions.steps(executionId)).map(step => step.status),
    ['InProgress'],
  )
  const second = server({ runScript: async () => returned('x') })
  await second.dispatcher.start()
  await second.dispatcher.idle()
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
})

test('a step that ends while the server is stopped is done, and does not run again', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const content = document(script('one'), script('two'))
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, content)
  const { come: began, reached } = moment()
  const { come: finish, reached: finished } = moment()
  const first = server({
    runScript: async () => {
      began()
      await finished
      return returned('x')
    },
  })
  first.dispatcher.wake(executionId)
  await reached
  const stopped = first.dispatcher.stop()
  finish()
  await stopped
  const ran: string[] = []
  const second = server({ runScript: noting(ran) })
  await second.dispatcher.start()
  await second.dispatcher.idle()
  assert.deepEqual(ran, ['two'])
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
})

test('work that an engine took while the server is stopped is found again by its handle', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  // Not repeatable: without the handle it would end as interrupted, although the engine has it in hand.
  const content = document(
    '{"name":"call","action":"bellhop:invokeEngine","bellhop:repeatable":false,"inputs":{"Action":"restart"}}',
  )
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, content)
  const { come: began, reached } = moment()
  const { come: handOut, reached: handedOut } = moment()
  const first = server({
    engine: {
      ...succeedingEngine,
      start: async () => {
        began()
        await handedOut
        return { state: 'waiting', handle: { job: 7 }, wakeAt: clock.now().getTime() + 1_000 }
      },
    },
  })
  first.dispatcher.wake(executionId)
  await reached
  const stopped = first.dispatcher.stop()
  handOut()
  await stopped
  const handles: unknown[] = []
  const second = server({
    engine: {
      ...succeedingEngine,
      start: async () => assert.fail('it was started before'),
      poll: async handle => {
        handles.push(handle)
        return { state: 'succeeded', response: {} }
      },
    },
  })
  await second.dispatcher.start()
  await second.dispatcher.idle()
  assert.deepEqual(handles, [{ job: 7 }])
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'SUCCEEDED')
})

test('an action that throws fails its step and nothing else', async t => {
  const shop = workshop()
  const { storage, clock, ids, server, reports } = shop
  t.after(() => storage.close())
  const productId = await availableProduct(shop)
  const { executionId, recordId } = await acceptAction(storage, clock, ids, productId, document(script('broken')))
  await server({ runScript: () => Promise.reject(new Error('a bug')) }).worker.advance(executionId)
  assert.equal((await storage.records.get(scope, recordId))?.detail.Status, 'FAILED')
  assert.equal(reports.length, 1)
})

test('many executions at once all end, a few at a time', async t => {
  const shop = workshop()
  const { storage, clock, ids, server } = shop
  t.after(() => storage.close())
  const provisions = await Promise.all(Array.from({ length: 200 }, () => acceptProvision(storage, clock, ids)))
  let now = 0
  let most = 0
  const { dispatcher } = server({
    engine: {
      ...succeedingEngine,
      start: async () => {
        now += 1
        most = Math.max(most, now)
        await new Promise(resolve => setImmediate(resolve))
        now -= 1
        return { state: 'succeeded', response: {} }
      },
    },
  })
  await dispatcher.start()
  await dispatcher.idle()
  const records = await Promise.all(provisions.map(({ recordId }) => storage.records.get(scope, recordId)))
  assert.ok(records.every(record => record?.detail.Status === 'SUCCEEDED'))
  assert.ok(most <= 64, `${most} at once`)
})

test('what an engine did last is written down while it works, and what it leaves when it fails is the product’s', async t => {
  const { storage, clock, ids, server } = workshop()
  t.after(() => storage.close())
  const { productId, executionId } = await acceptProvision(storage, clock, ids)
  const resources = [{ type: 'Web::Process', physicalId: '42' }]
  const failure = { stage: 'Engine', type: 'Failed', message: 'half done' }
  const looks: Progress[] = [
    { state: 'waiting', handle: 1, wakeAt: 0, progress: ['one'] },
    { state: 'waiting', handle: 1, wakeAt: 0, progress: ['one', 'two'] },
    { state: 'waiting', handle: 1, wakeAt: 0 },
    { state: 'failed', failure, engineResult: { resources } },
  ]
  const look = async () => looks.shift()!
  const { worker } = server({ engine: { start: look, poll: look, cancel: async () => {} } })
  const seen: unknown[] = []
  while ((await worker.advance(executionId)).state === 'waiting') {
    seen.push((await storage.executions.steps(executionId)).at(-1)!.progress)
  }
  assert.deepEqual(seen, [['one'], ['one', 'two'], ['one', 'two']])
  const product = await storage.provisionedProducts.get(scope, productId)
  assert.equal(product?.detail.Status, 'ERROR')
  assert.deepEqual(product?.resources, resources)
})
