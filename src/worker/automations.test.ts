import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsApiError } from '../aws/api.ts'
import type { Execution } from '../catalog/execution.ts'
import type { ScriptRequest, ScriptResult, Tools } from '../runbook/action.ts'
import { automationQuotas } from '../storage/verbs/executions.ts'
import { scope, startAutomation, storeDocument, workshop } from './testing.ts'

const child = `
schemaVersion: '0.3'
parameters: {Who: {type: String}}
mainSteps:
- name: greet
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: h, Script: 'x', InputPayload: {who: '{{ Who }}'}}
  outputs: [{Name: Said, Selector: $.Payload, Type: String}]
outputs: [greet.Said]
`

const calling = (inputs: object) => `
schemaVersion: '0.3'
mainSteps:
- ${JSON.stringify({ name: 'call', action: 'aws:executeAutomation', inputs })}
outputs: [call.Output, call.Status]
`

const who = ({ events }: ScriptRequest) => String(events['who'])
const returned = (payload: unknown): ScriptResult => ({ state: 'returned', payload, log: '' })

function shopWith(t: { after(fn: () => unknown): void }, given: Partial<Tools>) {
  const shop = workshop(given)
  t.after(() => shop.storage.close())
  return shop
}

/** Lets everything run until nothing is left but waiting. */
async function settle({ dispatcher }: ReturnType<ReturnType<typeof workshop>['server']>): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await dispatcher.idle()
    await new Promise(setImmediate)
  }
}

test('a step runs another document and waits for it; its outputs are the step’s', async t => {
  const shop = shopWith(t, { runScript: async request => returned(`hello ${who(request)}`) })
  await storeDocument(shop.storage, shop.clock, 'Child', child)
  const id = await startAutomation(shop, calling({ DocumentName: 'Child', RuntimeParameters: { Who: 'bob' } }))
  const server = shop.server()
  await server.dispatcher.start()
  await settle(server)
  const execution = (await shop.storage.executions.get(id))!
  assert.equal(execution.status, 'Success', execution.failureMessage)
  assert.deepEqual(execution.outputs, { 'call.Output': ['hello bob'], 'call.Status': ['Success'] })
  const page = await shop.storage.automations.list(scope, { parentIds: [id] }, { size: 10 })
  assert.deepEqual(
    page.items.map(each => [each.document.name, each.status, each.parent?.depth]),
    [['Child', 'Success', 1]],
  )
  assert.deepEqual(shop.reports, [])
})

test('a server that dies after the child was accepted does not begin a second one', async t => {
  const began: string[] = []
  const shop = shopWith(t, {})
  await storeDocument(shop.storage, shop.clock, 'Child', child)
  const id = await startAutomation(shop, calling({ DocumentName: 'Child', RuntimeParameters: { Who: 'bob' } }))
  const runScript: Tools['runScript'] = async request => {
    began.push(who(request))
    return returned('x')
  }
  // The first server dies while it tells that the child was accepted.
  const dying = shop.server()
  const startChild = shop.storage.automations.startChild
  let reached = () => {}
  const accepted = new Promise<void>(done => {
    reached = done
  })
  Object.assign(shop.storage.automations, {
    startChild: async (execution: Execution) => {
      await startChild(execution)
      reached()
      return new Promise<never>(() => {})
    },
  })
  void dying.worker.advance(id)
  await accepted
  Object.assign(shop.storage.automations, { startChild })
  const next = shop.server({ runScript })
  await next.dispatcher.start()
  await settle(next)
  assert.equal((await shop.storage.executions.get(id))?.status, 'Success')
  assert.deepEqual(began, ['bob'])
  assert.equal((await shop.storage.automations.list(scope, {}, { size: 10 })).items.length, 2)
})

test('a cancel reaches the child, and a child that fails fails the step with its reason', async t => {
  const shop = shopWith(t, { runScript: async () => ({ state: 'failed', message: 'no luck', log: '' }) })
  const waiting = `{"schemaVersion":"0.3","mainSteps":[{"name":"hold","action":"aws:pause","inputs":{}}]}`
  await storeDocument(shop.storage, shop.clock, 'Waiting', waiting)
  await storeDocument(shop.storage, shop.clock, 'Child', child)
  const server = shop.server()
  const held = await startAutomation(shop, calling({ DocumentName: 'Waiting' }))
  server.dispatcher.wake(held)
  await settle(server)
  assert.equal((await shop.storage.executions.get(held))?.status, 'InProgress')
  await shop.storage.executions.stop(held, 'Cancel', shop.clock.now())
  assert.equal((await shop.storage.executions.get(held))?.status, 'Cancelling')
  server.dispatcher.wake(held)
  await settle(server)
  const { items } = await shop.storage.automations.list(scope, {}, { size: 10 })
  assert.deepEqual(
    items.map(each => each.status),
    ['Cancelled', 'Cancelled'],
  )
  const failing = await startAutomation(shop, calling({ DocumentName: 'Child', RuntimeParameters: { Who: 'x' } }))
  server.dispatcher.wake(failing)
  await settle(server)
  const failed = await shop.storage.executions.get(failing)
  assert.equal(failed?.status, 'Failed')
  assert.match(failed?.failureMessage ?? '', /The execution \S+ of document Child ended as Failed: .*no luck/)
})

test('a document that runs itself comes to an end, and one that would pass a role does not begin', async t => {
  const shop = shopWith(t, {})
  const own = calling({ DocumentName: 'Own' })
  await storeDocument(shop.storage, shop.clock, 'Own', own)
  const role = 'arn:aws:iam::000000000000:role/Strong'
  await storeDocument(shop.storage, shop.clock, 'Strong', own.replace("'0.3'", `'0.3'\nassumeRole: ${role}`))
  const server = shop.server()
  const id = await startAutomation(shop, own)
  server.dispatcher.wake(id)
  await settle(server)
  assert.match((await shop.storage.executions.get(id))?.failureMessage ?? '', /at most 4 levels may stand/)
  assert.equal((await shop.storage.automations.list(scope, {}, { size: 10 })).items.length, 5)
  const passing = await startAutomation(shop, calling({ DocumentName: 'Strong' }))
  server.dispatcher.wake(passing)
  await settle(server)
  assert.match((await shop.storage.executions.get(passing))?.failureMessage ?? '', /iam:PassRole/)
  for (const [inputs, text] of [
    [{ DocumentName: 'Nobody' }, /Document with name Nobody does not exist/],
    [{ DocumentName: 'Own', DocumentVersion: '7' }, /has no version 7/],
    [{ DocumentName: 'Own', RuntimeParameters: { X: '1' } }, /Undefined execution inputs: \[X\]/],
    [{ DocumentName: 'Own', Targets: [{ Key: 'ParameterValues', Values: ['a'] }] }, /need TargetParameterName/],
    [{ DocumentName: 'Own', MaxErrors: 'many', TargetMaps: [{}] }, /MaxErrors must be a number or a percentage/],
  ] as const) {
    const refused = await startAutomation(shop, calling(inputs))
    server.dispatcher.wake(refused)
    await settle(server)
    assert.match((await shop.storage.executions.get(refused))?.failureMessage ?? 'none', text)
  }
  assert.deepEqual(shop.reports, [])
})

const values = (...list: string[]) => [{ Key: 'ParameterValues', Values: list }]
const limits = { maxConcurrency: '2', maxErrors: '1' }

test('as many runs go on at once as MaxConcurrency says, each for one target', async t => {
  const inHand = new Map<string, (result: ScriptResult) => void>()
  const shop = shopWith(t, { runScript: request => new Promise(done => inHand.set(who(request), done)) })
  const rateControl = { targetParameterName: 'Who', targets: values('a', 'b', 'c', 'd'), ...limits }
  const id = await startAutomation(shop, child, { rateControl })
  const server = shop.server()
  server.dispatcher.wake(id)
  const seen: string[][] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    while (!inHand.has(name)) await new Promise(setImmediate)
    seen.push([...inHand.keys()])
    inHand.get(name)!(returned(name))
    inHand.delete(name)
  }
  await settle(server)
  assert.deepEqual(
    seen.map(names => names.length <= 2),
    [true, true, true, true],
  )
  const execution = await shop.storage.executions.get(id)
  assert.equal(execution?.status, 'Success')
  const steps = await shop.storage.executions.steps(id)
  assert.deepEqual(
    steps.map(step => [step.name, step.status, step.inputs]),
    ['a', 'b', 'c', 'd'].map(name => [name, 'Success', { Who: [name] }]),
  )
  const { items } = await shop.storage.automations.list(scope, { parentIds: [id] }, { size: 10 })
  assert.deepEqual(items.map(each => each.target).sort(), ['a', 'b', 'c', 'd'])
})

test('after more failures than MaxErrors no further run is begun', async t => {
  const ran: string[] = []
  const shop = shopWith(t, {
    runScript: async request => {
      ran.push(who(request))
      return { state: 'failed', message: 'no', log: '' }
    },
  })
  const names = Array.from({ length: 20 }, (_, i) => `t${i}`)
  const rateControl = { targetParameterName: 'Who', targets: values(...names), maxConcurrency: '1', maxErrors: '10%' }
  const id = await startAutomation(shop, child, { rateControl })
  const server = shop.server()
  server.dispatcher.wake(id)
  await settle(server)
  const execution = await shop.storage.executions.get(id)
  assert.equal(execution?.status, 'Failed')
  assert.deepEqual(ran, ['t0', 't1', 't2'])
  assert.match(execution?.failureMessage ?? '', /3 of 3 runs did not succeed, and MaxErrors is 10%. 17 further targets/)
})

test('targets by tag and by group are what AWS says they are; what it refuses ends the execution', async t => {
  const ran: string[] = []
  const asked: unknown[] = []
  const runScript: Tools['runScript'] = async request => {
    ran.push(who(request))
    return returned('x')
  }
  const arn = (id: string) => `arn:aws:ec2:us-east-1:000000000000:instance/${id}`
  const aws = (call: Tools['aws']['call']): Tools['aws'] => ({
    region: 'us-east-1',
    call,
    credentials: () => Promise.reject(),
  })
  const shop = shopWith(t, {})
  const answering = shop.server({
    runScript,
    aws: aws(async (service, operation, parameters) => {
      asked.push([service, operation, parameters])
      if (service === 'resource-groups') return { ResourceIdentifiers: [{ ResourceArn: arn('i-3') }] }
      return parameters['PaginationToken']
        ? { ResourceTagMappingList: [{ ResourceARN: arn('i-2') }], PaginationToken: '' }
        : { ResourceTagMappingList: [{ ResourceARN: arn('i-1') }], PaginationToken: 'more' }
    }),
  })
  const targets = [
    { Key: 'tag:team', Values: ['blue'] },
    { Key: 'ResourceGroup', Values: ['web'] },
  ]
  const document = { name: 'Test', version: '1', content: child, targetType: '/AWS::EC2::Instance' }
  const rateControl = { targetParameterName: 'Who', targets, ...limits }
  const id = await startAutomation(shop, child, { rateControl, document })
  answering.dispatcher.wake(id)
  await settle(answering)
  assert.equal((await shop.storage.executions.get(id))?.status, 'Success')
  assert.deepEqual(ran.sort(), ['i-1', 'i-2', 'i-3'])
  assert.deepEqual(asked[0], [
    'resourcegroupstaggingapi',
    'GetResources',
    { TagFilters: [{ Key: 'team', Values: ['blue'] }], ResourceTypeFilters: ['ec2:instance'] },
  ])
  const refusing = shop.server({
    aws: aws(() =>
      Promise.reject(new AwsApiError('AccessDenied', 'not you', { service: 'tag', operation: 'GetResources' })),
    ),
  })
  const refused = await startAutomation(shop, child, { rateControl, document })
  refusing.dispatcher.wake(refused)
  await settle(refusing)
  const ended = await shop.storage.executions.get(refused)
  assert.equal(ended?.failureMessage, 'The targets could not be resolved: AccessDenied: not you')
})

test('a server that dies among the runs of several targets begins none twice', async t => {
  const ran: string[] = []
  const shop = shopWith(t, {})
  const rateControl = { targetParameterName: 'Who', targets: values('a', 'b', 'c'), ...limits }
  const id = await startAutomation(shop, child, { rateControl })
  // Its runs are written and wait; nobody wakes them.
  await shop.server().worker.advance(id)
  const server = shop.server({
    runScript: async request => {
      ran.push(who(request))
      return returned('x')
    },
  })
  await server.dispatcher.start()
  await settle(server)
  assert.equal((await shop.storage.executions.get(id))?.status, 'Success')
  assert.deepEqual(ran.sort(), ['a', 'b', 'c'])
})

test('what is over the quota waits as Pending until another ends; what a record or an execution began does not count', async t => {
  const shop = shopWith(t, {})
  const content = `{"schemaVersion":"0.3","mainSteps":[{"name":"hold","action":"aws:pause","inputs":{}}]}`
  const ids: string[] = []
  for (let i = 0; i <= automationQuotas.concurrent; i++) ids.push(await startAutomation(shop, content))
  const server = shop.server()
  await server.dispatcher.start()
  await settle(server)
  const status = async (id: string) => (await shop.storage.executions.get(id))?.status
  assert.equal(await status(ids.at(-2)!), 'Waiting')
  assert.equal(await status(ids.at(-1)!), 'Pending')
  await shop.storage.executions.stop(ids[0]!, 'Cancel', shop.clock.now())
  server.dispatcher.wake(ids[0]!)
  await settle(server)
  assert.equal(await status(ids[0]!), 'Cancelled')
  assert.equal(await status(ids.at(-1)!), 'Waiting')
})

const twoSteps = `{"schemaVersion":"0.3","mainSteps":[
  {"name":"first","action":"aws:sleep","inputs":{"Duration":"PT0S"}},
  {"name":"hold","action":"aws:pause","inputs":{}},
  {"name":"last","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}`

test('in Interactive mode each step waits to be started, also over a restart, and can be stopped', async t => {
  const shop = shopWith(t, {})
  const { storage, clock } = shop
  const id = await startAutomation(shop, twoSteps, { mode: 'Interactive' })
  let server = shop.server()
  const seen = async () => {
    server.dispatcher.wake(id)
    await settle(server)
    const { status, waitsFor } = (await storage.executions.get(id))!
    const steps = await storage.executions.steps(id)
    return [status, waitsFor, steps.map(step => `${step.name} ${step.status}`).join(', ')]
  }
  const signal = (type: 'StartStep' | 'StopStep', payload: object) =>
    storage.executions.signal({ executionId: id, type, payload: { ...payload }, sentBy: 'x', sentAt: clock.now() })
  assert.deepEqual(await seen(), ['Waiting', 'first', ''])
  await signal('StartStep', { stepName: 'first' })
  // The signal came while no server ran.
  server = shop.server()
  assert.deepEqual(await seen(), ['Waiting', 'hold', 'first Success'])
  await signal('StartStep', { stepName: 'hold' })
  assert.deepEqual(await seen(), ['Waiting', undefined, 'first Success, hold Waiting'])
  const [, held] = await storage.executions.steps(id)
  await signal('StopStep', { stepId: held!.id })
  assert.deepEqual(await seen(), ['Cancelled', undefined, 'first Success, hold Cancelled'])
  assert.deepEqual(shop.reports, [])
})

test('defaults from the parameter store are asked for once, when the execution begins; secrets are not', async t => {
  const asked: unknown[] = []
  const content = `
schemaVersion: '0.3'
parameters:
  Who: {type: String, default: '{{ssm:/case/who}}'}
  List: {type: StringList, default: '{{ ssm:/case/list }}'}
mainSteps:
- name: greet
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: h, Script: 'x', InputPayload: {who: '{{ Who }} {{ List }}'}}
  outputs: [{Name: Said, Selector: $.Payload, Type: String}]
outputs: [greet.Said]
`
  const store = (parameters: readonly object[]): Tools['aws'] => ({
    region: 'us-east-1',
    credentials: () => Promise.reject(),
    call: async (service, operation, input) => {
      asked.push([service, operation, input])
      return { Parameters: parameters, InvalidParameters: [] }
    },
  })
  const who = { Name: '/case/who', Type: 'String', Value: 'bob' }
  const list = { Name: '/case/list', Type: 'StringList', Value: 'a,b' }
  const shop = shopWith(t, {})
  const outcome = async (parameters: readonly object[], more: Partial<Execution> = {}) => {
    const id = await startAutomation(shop, content, more)
    const server = shop.server({ aws: store(parameters), runScript: async request => returned(request.events['who']) })
    server.dispatcher.wake(id)
    await settle(server)
    return (await shop.storage.executions.get(id))!
  }
  const begun = await outcome([who, list])
  assert.deepEqual(begun.outputs, { 'greet.Said': ['bob ["a","b"]'] }, begun.failureMessage)
  assert.deepEqual(begun.parameters, { Who: ['bob'], List: ['a', 'b'] })
  const Names = ['/case/who', '/case/list']
  assert.deepEqual(asked, [['ssm', 'GetParameters', { Names, WithDecryption: false }]])
  const told = await outcome([list], { parameters: { Who: ['eve'] } })
  assert.deepEqual(told.outputs, { 'greet.Said': ['eve ["a","b"]'] })
  assert.match(
    (await outcome([who])).failureMessage ?? '',
    /"List" takes its default from \/case\/list, which is not in/,
  )
  const secret = { Name: '/case/who', Type: 'SecureString', Value: 'cipher' }
  const refused = await outcome([secret, list])
  assert.match(refused.failureMessage ?? '', /SecureString: documents may not refer to one/)
  assert.ok(!JSON.stringify(refused).includes('cipher'))
})

test('a role from the parameter store is the one to act as, for whoever may pass it, and never none', async t => {
  const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
  const content = `
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  Role: {type: String, default: '{{ssm:/case/role}}'}
mainSteps: [{name: rest, action: 'aws:sleep', inputs: {Duration: PT0S}}]
`
  const asked: (readonly [string | undefined, string])[] = []
  const mayPassRole = async (execution: Execution, roleArn: string) => {
    asked.push([execution.roleArn, roleArn])
    return roleArn === role('Weak')
  }
  const shop = workshop({}, { mayPassRole })
  t.after(() => shop.storage.close())
  const outcome = async (Value: string, more: Partial<Execution> = {}) => {
    const id = await startAutomation(shop, content, more)
    const call = async () => ({ Parameters: [{ Name: '/case/role', Type: 'String', Value }] })
    const server = shop.server({ aws: { region: 'us-east-1', credentials: () => Promise.reject(), call } })
    server.dispatcher.wake(id)
    await settle(server)
    const { status, roleArn, failureMessage = '' } = (await shop.storage.executions.get(id))!
    return { status, roleArn, failureMessage }
  }
  assert.deepEqual(await outcome(role('Weak')), { status: 'Success', roleArn: role('Weak'), failureMessage: '' })
  const strong = await outcome(role('Strong'))
  assert.deepEqual([strong.status, strong.roleArn], ['Failed', undefined])
  assert.match(strong.failureMessage, /would act as .*Strong.* and .*user\/admin may not pass that role/)
  assert.match((await outcome('Strong')).failureMessage, /format of the supplied assume role ARN isn't valid/)
  // What runs below a parent's role is judged by that one; the same role needs to be passed by nobody.
  assert.match((await outcome(role('Strong'), { roleArn: role('Parent') })).failureMessage, /role\/Parent may not pass/)
  assert.equal((await outcome(role('Parent'), { roleArn: role('Parent') })).status, 'Success')
  // Nothing in the store: the caller's own rights, as with a default that is empty.
  assert.deepEqual(await outcome(''), { status: 'Success', roleArn: undefined, failureMessage: '' })
  assert.deepEqual(asked, [
    [undefined, role('Weak')],
    [undefined, role('Strong')],
    [role('Parent'), role('Strong')],
  ])
})

test('a stored document that is no longer understood ends its execution, and says so', async t => {
  const shop = shopWith(t, {})
  const id = await startAutomation(shop, '{"schemaVersion":"0.9"}')
  const server = shop.server()
  server.dispatcher.wake(id)
  await settle(server)
  const { status, failureMessage } = (await shop.storage.executions.get(id))!
  assert.equal(status, 'Failed')
  assert.match(failureMessage!, /^Failed to describe SSM Automation document: .*schemaVersion 0\.9/)
  assert.deepEqual(shop.reports, [])
})

test('approvers are told who asks and how to answer, once, also when the server dies meanwhile', async t => {
  const shop = shopWith(t, {})
  const { storage, clock } = shop
  const topicArn = 'arn:aws:sns:us-east-1:000000000000:approvals'
  const inputs = { Approvers: ['alice'], NotificationArn: topicArn, Message: 'Restart the shop?' }
  const step = { name: 'ask', action: 'aws:approve', timeoutSeconds: 3600, inputs }
  const content = JSON.stringify({ schemaVersion: '0.3', mainSteps: [step] })
  const id = await startAutomation(shop, content)
  const notify: Tools['approvals']['notify'] = notice =>
    storage.notifications.enqueue({ ...notice, scope }, clock.now())
  const approvals = { requesterMayApprove: true, notify }
  // Dies after it told them and before it wrote that it waits.
  await new Promise<void>(told => {
    const dying = shop.server({
      approvals: {
        ...approvals,
        notify: notice =>
          notify(notice)
            .then(told)
            .then(() => new Promise(() => {})),
      },
    })
    void dying.worker.advance(id)
  })
  const server = shop.server({ approvals })
  await server.dispatcher.start()
  await settle(server)
  assert.equal((await storage.executions.get(id))?.status, 'Waiting')
  const due = await storage.notifications.due(clock.now(), 10)
  assert.equal(due.length, 1)
  const { notification } = due[0]!
  assert.equal(notification.topicArn, topicArn)
  const request = notification.notice!.message['ApprovalRequest'] as Record<string, unknown>
  assert.deepEqual(
    [request['AutomationExecutionId'], request['RequestedBy'], request['Message'], request['DocumentName']],
    [id, 'arn:aws:iam::000000000000:user/admin', 'Restart the shop?', 'Test'],
  )
  assert.match(JSON.stringify(request['HowToAnswer']), /send-automation-signal --automation-execution-id/)
  assert.equal(request['ExpiresAt'], new Date(clock.now().getTime() + 3_600_000).toISOString())
  clock.advance(3_600_000)
  server.dispatcher.wake(id)
  await settle(server)
  assert.equal((await storage.executions.get(id))?.status, 'TimedOut')
})
