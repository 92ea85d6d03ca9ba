import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Progress, Tools } from '../action.ts'
import { parseDocument } from '../parse.ts'
import { call, noTools, signal, start } from '../testing.ts'
import { approvalProblem } from './approve.ts'
import { actions } from './index.ts'

const action = (name: string) => actions.get(name)!
const choose = async (Choices: object[], Default?: string) => {
  const progress = await action('aws:branch').start(call({ inputs: { Choices, Default } }))
  return progress.state === 'succeeded' ? progress.chosenStep : progress.state
}

describe('aws:branch', () => {
  const conditions: readonly [condition: object, holds: boolean][] = [
    [{ Variable: 'one', StringEquals: 'one' }, true],
    [{ Variable: 'one', StringEquals: 'One' }, false],
    [{ Variable: 5, StringEquals: '5' }, true],
    [{ Variable: 'one', EqualsIgnoreCase: 'ONE' }, true],
    [{ Variable: 'one', StartsWith: 'on' }, true],
    [{ Variable: 'one', StartsWith: 'ne' }, false],
    [{ Variable: 'one', EndsWith: 'ne' }, true],
    [{ Variable: 'one', Contains: 'n' }, true],
    [{ Variable: ['x', 'one'], Contains: 'one' }, true],
    [{ Variable: ['x', 'one'], Contains: 'on' }, false],
    [{ Variable: 5, NumericEquals: 5 }, true],
    [{ Variable: '5', NumericEquals: 5.0 }, true],
    [{ Variable: 5, NumericGreater: 5 }, false],
    [{ Variable: 6, NumericGreater: 5 }, true],
    [{ Variable: 4, NumericLesser: 5 }, true],
    [{ Variable: 5, NumericGreaterOrEquals: 5 }, true],
    [{ Variable: 5, NumericLesserOrEquals: 4 }, false],
    [{ Variable: true, BooleanEquals: true }, true],
    [{ Variable: 'False', BooleanEquals: false }, true],
    [{ Not: { Variable: '{{ a.b }}', Contains: 'arn:' } }, true],
    [{ Not: [{ Variable: 'x', StringEquals: 'x' }] }, false],
    [{ And: [{ Variable: 1, NumericEquals: 1 }, { Not: { Variable: 1, NumericEquals: 2 } }] }, true],
    [
      {
        And: [
          { Variable: 1, NumericEquals: 1 },
          { Variable: 1, NumericEquals: 2 },
        ],
      },
      false,
    ],
    [
      {
        Or: [
          { Variable: 1, NumericEquals: 2 },
          { Variable: 1, NumericEquals: 1 },
        ],
      },
      true,
    ],
  ]
  for (const [condition, holds] of conditions) {
    test(`${JSON.stringify(condition)} is ${holds}`, async () => {
      const choices = [{ NextStep: 'yes', ...condition }]
      assert.equal(action('aws:branch').check!({ Choices: choices }), undefined)
      assert.equal(await choose(choices, 'no'), holds ? 'yes' : 'no')
    })
  }

  test('takes the first choice that holds, and none without a default', async () => {
    const choice = (NextStep: string, StringEquals: string) => ({ NextStep, Variable: 'x', StringEquals })
    assert.equal(await choose([choice('a', 'y'), choice('b', 'x'), choice('c', 'x')]), 'b')
    assert.equal(await choose([choice('a', 'y')]), undefined)
  })

  test('fails when it compares what is no number', async () => {
    const progress = await action('aws:branch').start(
      call({ inputs: { Choices: [{ NextStep: 'a', Variable: '{{ x.y }}', NumericEquals: 1 }] } }),
    )
    assert.ok(progress.state === 'failed')
    assert.match(progress.failure.message, /numeric condition over "\{\{ x\.y \}\}", which is not a number/)
  })

  for (const [what, inputs] of [
    ['choices that are a map', { Choices: {} }],
    ['a choice without NextStep', { Choices: [{ Variable: 1, NumericEquals: 1 }] }],
    ['two operators', { Choices: [{ NextStep: 'a', Variable: 1, NumericEquals: 1, NumericGreater: 0 }] }],
    ['no operator', { Choices: [{ NextStep: 'a', Variable: 1 }] }],
    ['no variable', { Choices: [{ NextStep: 'a', NumericEquals: 1 }] }],
    ['an And that is a map', { Choices: [{ NextStep: 'a', And: {} }] }],
    ['an empty Or', { Choices: [{ NextStep: 'a', Or: [] }] }],
    ['And beside Variable', { Choices: [{ NextStep: 'a', And: [{ Variable: 1, NumericEquals: 1 }], Variable: 1 }] }],
    ['a default that is a list', { Choices: [{ NextStep: 'a', Variable: 1, NumericEquals: 1 }], Default: [] }],
  ] as const) {
    test(`refuses ${what}`, () => assert.equal(typeof action('aws:branch').check!(inputs), 'string'))
  }
})

describe('aws:sleep', () => {
  const sleep = action('aws:sleep')
  const durations: readonly [duration: string, milliseconds: number][] = [
    ['PT1S', 1000],
    ['PT1.5S', 1500],
    ['PT10M', 600_000],
    ['P1DT2H', 93_600_000],
    ['P6D', 518_400_000],
    ['P0W', 0],
  ]
  for (const [Duration, milliseconds] of durations) {
    test(`${Duration} is ${milliseconds} ms`, async () => {
      const progress = await sleep.start(call({ inputs: { Duration } }))
      if (milliseconds === 0) assert.equal(progress.state, 'succeeded')
      else assert.equal(progress.state === 'waiting' && progress.wakeAt, start + milliseconds)
    })
  }

  test('wakes at its time and not before, whatever was restarted meanwhile', async () => {
    const first = await sleep.start(call({ inputs: { Duration: 'PT10S' } }))
    assert.ok(first.state === 'waiting')
    const handle = JSON.parse(JSON.stringify(first.handle))
    const early = await sleep.poll!(call({ inputs: { Duration: 'PT10S' }, now: start + 9_999 }), handle)
    assert.deepEqual(early, { state: 'waiting', handle, wakeAt: start + 10_000 })
    const late = await sleep.poll!(call({ inputs: { Duration: 'PT10S' }, now: start + 10_000 }), handle)
    assert.equal(late.state, 'succeeded')
  })

  test('waits for a timestamp, and not for one that is past', async () => {
    const wakeAt = async (Timestamp: string) => {
      const progress = await sleep.start(call({ inputs: { Timestamp } }))
      return progress.state === 'waiting' ? progress.wakeAt : progress.state
    }
    assert.equal(await wakeAt('2026-01-31T08:00:10Z'), start + 10_000)
    assert.equal(await wakeAt('2026-01-31T09:00:10+0100'), start + 10_000)
    assert.equal(await wakeAt('2026-01-31T08:00:10'), start + 10_000)
    assert.equal(await wakeAt('2020-01-01T01:00:00Z'), 'succeeded')
    assert.equal(await wakeAt('2027-01-01T01:00:00Z'), 'failed')
    assert.equal(await wakeAt('2026-13-41T08:00:10Z'), 'failed')
    assert.equal(await wakeAt('tomorrow'), 'failed')
  })

  for (const Duration of ['10', 'P', 'PT', 'P1DT', 'PT-1S', 'PT1H1', 7, null, ['PT1S']]) {
    test(`fails for a duration ${JSON.stringify(Duration)}`, async () => {
      const progress = await sleep.start(call({ inputs: { Duration } }))
      assert.equal(progress.state, 'failed')
    })
  }
})

const alice = 'arn:aws:iam::123456789012:user/team/alice'
const carol = 'arn:aws:sts::123456789012:assumed-role/Ops/carol'
const mallory = 'arn:aws:iam::123456789012:user/mallory'

describe('aws:approve', () => {
  const approve = action('aws:approve')
  const inputs = { Approvers: ['alice', 'arn:aws:iam::123456789012:role/path/Ops'], MinRequiredApprovals: 2 }
  const poll = async (signals: ReturnType<typeof signal>[], changes: object = {}) => {
    const begun = await approve.start(call({ inputs: { ...inputs, ...changes } }))
    if (begun.state !== 'waiting') return begun
    return approve.poll!(call({ inputs: { ...inputs, ...changes }, signals }), JSON.parse(JSON.stringify(begun.handle)))
  }

  test('waits for nobody in particular without a time', async () => {
    assert.deepEqual(await poll([]), { state: 'waiting', handle: { after: 0 } })
  })

  test('counts each approver once, and only approvers', async () => {
    const one = signal(1, 'Approve', alice, { Comment: ['fine'] })
    assert.equal((await poll([one])).state, 'waiting')
    assert.equal((await poll([one, signal(2, 'Approve', alice)])).state, 'waiting')
    assert.equal((await poll([one, signal(2, 'Approve', mallory)])).state, 'waiting')
    assert.equal((await poll([one, signal(2, 'Resume', carol)])).state, 'waiting')
    const both = await poll([one, signal(2, 'Approve', carol)])
    assert.ok(both.state === 'succeeded')
    assert.deepEqual(both.response, {
      ApprovalStatus: 'Approved',
      ApproverDecisions: [
        { Approver: alice, Decision: 'Approve', Comment: 'fine' },
        { Approver: carol, Decision: 'Approve' },
      ],
    })
  })

  test('takes two sessions of one role for one approver', async () => {
    const other = 'arn:aws:sts::123456789012:assumed-role/Ops/other'
    assert.equal((await poll([signal(1, 'Approve', carol), signal(2, 'Approve', other)])).state, 'waiting')
  })

  test('fails at the first rejection by an approver', async () => {
    assert.equal((await poll([signal(1, 'Reject', mallory)])).state, 'waiting')
    const rejected = await poll([signal(1, 'Approve', alice), signal(2, 'Reject', carol, { Comment: ['not today'] })])
    assert.ok(rejected.state === 'failed')
    assert.match(rejected.failure.message, /^The request was rejected by .*carol: not today\./)
    assert.equal(rejected.response?.['ApprovalStatus'], 'Rejected')
  })

  test('takes no role of another account and no name that only looks alike', async () => {
    const foreign = 'arn:aws:sts::999999999999:assumed-role/Ops/carol'
    const alike = 'arn:aws:iam::123456789012:user/notalice'
    const one = { MinRequiredApprovals: 1 }
    assert.equal((await poll([signal(1, 'Approve', foreign), signal(2, 'Approve', alike)], one)).state, 'waiting')
    assert.equal((await poll([signal(1, 'Approve', carol)], one)).state, 'succeeded')
  })

  test('does not take signals that were sent before, or that name another step', async () => {
    const before = [signal(1, 'Approve', alice), signal(2, 'Approve', carol)]
    const begun = await approve.start(call({ inputs, signals: before }))
    assert.deepEqual(begun, { state: 'waiting', handle: { after: 2 } })
    const other = signal(3, 'Reject', alice, { StepName: ['another'] })
    assert.equal((await approve.poll!(call({ inputs, signals: [...before, other] }), begun.handle)).state, 'waiting')
  })

  test('leaves out who started the execution where the document or the configuration says so', async () => {
    const dora = { Approvers: ['bob', 'alice'], MinRequiredApprovals: 1 }
    const bob = 'arn:aws:iam::123456789012:user/bob'
    const own = [signal(1, 'Approve', bob)]
    assert.equal((await poll(own, dora)).state, 'succeeded')
    const document = { ...dora, 'bellhop:RequesterMayApprove': false }
    assert.equal((await poll(own, document)).state, 'waiting')
    assert.equal((await poll([...own, signal(2, 'Approve', alice)], document)).state, 'succeeded')
    const approvals = { ...noTools.approvals, requesterMayApprove: false }
    const configured = call({ inputs: dora, signals: own, tools: { ...noTools, approvals } })
    assert.equal((await approve.poll!(configured, { after: 0 })).state, 'waiting')
    const overridden = { ...configured, inputs: { ...dora, 'bellhop:RequesterMayApprove': 'true' } }
    assert.equal((await approve.poll!(overridden, { after: 0 })).state, 'succeeded')
  })

  test('fails at once where those who may approve are too few without who started it', async () => {
    for (const [Approvers, state] of [
      [['bob', 'alice'], 'failed'],
      [['arn:aws:iam::123456789012:user/bob', 'alice'], 'failed'],
      [['bob', 'alice', 'carl'], 'waiting'],
    ] as const) {
      const changes = { Approvers, 'bellhop:RequesterMayApprove': false }
      assert.equal((await poll([], changes)).state, state)
    }
  })

  test('tells whoever answers why it does not count', () => {
    const answer = { sender: alice, requester: mallory, requesterMayApprove: false, sentBefore: [] as string[] }
    const session = (name: string) => `arn:aws:sts::123456789012:assumed-role/Ops/${name}`
    assert.equal(approvalProblem(inputs, answer), undefined)
    assert.match(approvalProblem(inputs, { ...answer, sender: mallory })!, /not among the approvers/)
    assert.match(approvalProblem(inputs, { ...answer, requester: alice })!, /started the execution/)
    const sessions = { ...answer, sender: session('two'), requester: session('one') }
    assert.match(approvalProblem(inputs, sessions)!, /started the execution/)
    assert.equal(approvalProblem(inputs, { ...sessions, requesterMayApprove: true }), undefined)
    assert.match(approvalProblem(inputs, { ...answer, sentBefore: [alice] })!, /has answered already/)
  })

  test('has a time limit of at most thirty days', () => {
    const step = { name: 'ask', action: 'aws:approve', inputs: { Approvers: ['alice'] } }
    const parse = (timeoutSeconds: number) =>
      parseDocument(JSON.stringify({ schemaVersion: '0.3', mainSteps: [{ ...step, timeoutSeconds }] }))
    parse(2_592_000)
    assert.throws(() => parse(2_592_001), /timeoutSeconds must be at most 2592000/)
  })

  for (const [what, changes] of [
    ['no approvers', { Approvers: [] }],
    ['a word that is neither true nor false', { 'bellhop:RequesterMayApprove': 'perhaps' }],
    ['approvers that are maps', { Approvers: [{}] }],
    ['too many approvers', { Approvers: Array.from({ length: 11 }, (_, i) => `user${i}`) }],
    ['more approvals than approvers', { MinRequiredApprovals: 3 }],
    ['zero approvals', { MinRequiredApprovals: 0 }],
  ] as const) {
    test(`fails for ${what}`, async () => assert.equal((await poll([], changes)).state, 'failed'))
  }
})

describe('aws:pause', () => {
  const pause = action('aws:pause')
  test('goes on at Resume for this step', async () => {
    const begun = await pause.start(call({ inputs: {} }))
    assert.ok(begun.state === 'waiting')
    const poll = async (...signals: ReturnType<typeof signal>[]) =>
      (await pause.poll!(call({ inputs: {}, signals }), begun.handle)).state
    assert.equal(await poll(), 'waiting')
    assert.equal(await poll(signal(1, 'Approve', alice)), 'waiting')
    assert.equal(await poll(signal(1, 'Resume', alice, { StepName: ['another'] })), 'waiting')
    assert.equal(await poll(signal(1, 'Resume', alice, { StepName: ['step_a'] })), 'succeeded')
    assert.equal(await poll(signal(1, 'Resume', alice)), 'succeeded')
  })
})

describe('engine actions', () => {
  const calls: unknown[] = []
  const progress: Progress = { state: 'waiting', handle: { job: 1 }, wakeAt: start + 1 }
  const tools: Tools = {
    ...noTools,
    engine: {
      start: async (...given) => {
        calls.push(given)
        return progress
      },
      poll: async handle => {
        calls.push(handle)
        return { state: 'succeeded', response: { Pid: 7 } }
      },
      cancel: async handle => {
        calls.push(handle)
      },
    },
  }

  test('bellhop:invokeEngine hands over name, parameters and token', async () => {
    calls.length = 0
    const { start, poll, cancel } = action('bellhop:invokeEngine')
    const inputs = { Action: 'restart', Parameters: { Hard: true } }
    assert.equal(await start(call({ inputs, tools })), progress)
    await poll!(call({ inputs, tools }), { job: 1 })
    await cancel!(call({ inputs, tools }), { job: 2 })
    assert.deepEqual(calls, [
      ['action', 'token-1', { name: 'restart', parameters: { Hard: true } }],
      { job: 1 },
      { job: 2 },
    ])
    const bad = await start(call({ inputs: { Action: 'restart', Parameters: '{{ x.y }}' }, tools }))
    assert.equal(bad.state, 'failed')
  })

  test('bellhop:runEngine does the work it names', async () => {
    calls.length = 0
    await action('bellhop:runEngine').start(call({ inputs: { Work: 'update' }, tools }))
    assert.deepEqual(calls, [['update', 'token-1']])
    assert.equal(action('bellhop:runEngine').check!({ Work: 'action' }), 'has an unknown Work: "action"')
    assert.equal(action('bellhop:runEngine').internal, true)
  })
})

describe('aws:executeScript', () => {
  const inputs = { Runtime: 'python3.11', Handler: 'h', Script: 's', InputPayload: { a: 1 } }
  const run = (result: Awaited<ReturnType<Tools['runScript']>>, changes: object = {}) =>
    action('aws:executeScript').start(
      call({
        inputs: { ...inputs, ...changes },
        tools: {
          ...noTools,
          runScript: async request => {
            assert.deepEqual({ ...request.events }, { a: 1 })
            assert.deepEqual(request.context, {
              'global:ACCOUNT_ID': '123456789012',
              'global:REGION': 'us-east-1',
              'global:AWS_PARTITION': 'aws',
              'automation:EXECUTION_ID': '12345678-1234-4234-8234-123456789012',
            })
            return result
          },
        },
      }),
    )

  test('gives payload, its JSON text and the log', async () => {
    const progress = await run({ state: 'returned', payload: { ok: true }, log: 'hello\n' })
    assert.ok(progress.state === 'succeeded')
    assert.deepEqual(progress.response, {
      Payload: { ok: true },
      OutputPayload: '{"Payload":{"ok":true}}',
      Log: 'hello\n',
    })
  })

  test("says the script's error first and then what AWS says", async () => {
    const progress = await run({ state: 'failed', message: "Traceback\n\nKeyError - 'x'", log: '' })
    assert.ok(progress.state === 'failed')
    assert.equal(
      progress.failure.message,
      "Traceback\n\nKeyError - 'x'. Step fails when it is Poll action status for completion. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.",
    )
  })

  test('fails clearly for a payload that is no map', async () => {
    const result = { state: 'aborted' } as const
    assert.equal((await run(result, { InputPayload: '{{ x.y }}' })).state, 'failed')
    const aborted = await run(result)
    assert.equal(aborted.state === 'failed' && aborted.status, 'Cancelled')
  })
})
