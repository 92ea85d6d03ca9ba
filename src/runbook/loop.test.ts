import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StepExecution } from '../catalog/execution.ts'
import { stepFailure } from './index.ts'
import { parseDocument } from './parse.ts'
import { type SimulatedMessage, simulate } from './simulate.ts'
import { execution, noTools, start } from './testing.ts'

const script = (name: string, more: object = {}) => ({
  name,
  action: 'aws:executeScript',
  inputs: { Runtime: 'python3.11', Handler: 'h', Script: 's', InputPayload: {} },
  ...more,
})
/** A script that is given something and answers from the table. */
const given = (name: string, payload: unknown, more: object = {}) => ({
  ...script(name, more),
  inputs: { Runtime: 'python3.11', Handler: 'h', Script: 's', InputPayload: { in: payload } },
})
const loop = (inputs: object, steps: object[], more: object = {}) => ({
  name: 'lp',
  action: 'aws:loop',
  inputs: { Steps: steps, ...inputs },
  ...more,
})
const selected = (name: string, type: string) => ({ outputs: [{ Name: name, Selector: '$.Payload', Type: type }] })

interface Options {
  /** By step: what its runs come to, one after the other; an Error fails it. Without a row it succeeds with nothing. */
  readonly answers?: Record<string, readonly unknown[]>
  readonly rest?: object
  readonly parameters?: Record<string, string[]>
  readonly messages?: SimulatedMessage[]
}

async function run(steps: object[], { answers = {}, rest = {}, parameters = {}, messages = [] }: Options = {}) {
  const document = parseDocument(JSON.stringify({ schemaVersion: '0.3', mainSteps: steps, ...rest }))
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]))
  const seen: [step: string, input: unknown][] = []
  const outside = [...messages]
  const { end, history } = await simulate({
    document,
    execution: execution({ parameters }),
    start,
    tools: noTools,
    message: () => outside.shift(),
    perform: async (step, call) => {
      if (step.action !== 'aws:executeScript') return undefined
      seen.push([step.name, (call.inputs['InputPayload'] as Record<string, unknown>)['in']])
      const answer = left.get(step.name)?.shift() ?? null
      if (answer instanceof Error) {
        return { state: 'failed', failure: stepFailure('Invocation', 'Failed', answer.message) }
      }
      return { state: 'succeeded', response: { Payload: answer } }
    },
  })
  return { end, history, seen, trace: history.map(shown) }
}

/** `inner.2 Failed`: in the second pass. */
function shown({ name, parent, status, attempt }: StepExecution): string {
  return `${name}${parent ? `.${parent.iteration}` : ''}${attempt > 1 ? ` (${attempt})` : ''} ${status}`
}

const boom = new Error('boom')

describe('aws:loop', () => {
  test('goes over its iterators, counted from 1', async () => {
    const inner = given(
      'inner',
      ['{{ lp.CurrentIteration }}', '{{lp.CurrentIteratorValue}}'],
      selected('Out', 'String'),
    )
    const { end, history, seen, trace } = await run(
      [loop({ Iterators: ['a', 'b'] }, [inner]), given('after', '{{ inner.Out }}')],
      { answers: { inner: ['x', 'y'] }, rest: { outputs: ['lp.CurrentIteration', 'inner.Out'] } },
    )
    assert.equal(end.status, 'Success')
    assert.deepEqual(trace, ['lp Success', 'inner.1 Success', 'inner.2 Success', 'after Success'])
    assert.deepEqual(seen, [
      ['inner', [1, 'a']],
      ['inner', [2, 'b']],
      ['after', 'y'],
    ])
    assert.deepEqual({ ...end.outputs }, { 'lp.CurrentIteration': ['2'], 'inner.Out': ['y'] })
    assert.deepEqual(history[2]!.parent, { stepId: 'step-1', stepName: 'lp', iteration: 2, iteratorValue: 'b' })
  })

  test('gives iterators the type that is asked for', async () => {
    const rows: [type: string, iterators: unknown[], values: unknown[]][] = [
      ['Integer', ['1', 2], [1, 2]],
      ['Boolean', ['True', false], [true, false]],
      ['String', [1, 'x'], ['1', 'x']],
      ['StringMap', ['{"a":"b"}', { c: 'd' }], [{ a: 'b' }, { c: 'd' }]],
    ]
    for (const [IteratorDataType, Iterators, values] of rows) {
      const { seen } = await run([
        loop({ Iterators, IteratorDataType }, [given('inner', '{{ lp.CurrentIteratorValue }}')]),
      ])
      assert.equal(JSON.stringify(seen.map(([, value]) => value)), JSON.stringify(values))
    }
    const bad = await run([loop({ Iterators: ['x'], IteratorDataType: 'Integer' }, [script('inner')])])
    assert.deepEqual(bad.trace, ['lp Failed'])
    assert.match(bad.end.failureMessage!, /Iterators has an item that is no Integer: "x"/)
  })

  test('takes its iterators and its limit from references', async () => {
    const rest = { parameters: { L: { type: 'StringList' }, N: { type: 'Integer', default: 2 } } }
    const steps = [loop({ Iterators: '{{ L }}', MaxIterations: '{{ N }}' }, [script('inner')])]
    const many = await run(steps, { rest, parameters: { L: ['a', 'b', 'c'] } })
    assert.deepEqual(many.trace, ['lp Success', 'inner.1 Success', 'inner.2 Success'])
    const none = await run(steps, { rest, parameters: { L: [] } })
    assert.deepEqual(none.trace, ['lp Success'])
    const tooMany = await run(steps, { rest, parameters: { L: Array.from({ length: 101 }, String) } })
    assert.match(tooMany.end.failureMessage!, /^Step lp failed\. Iterators has more than 100 items/)
    const unset = await run([script('a'), loop({ Iterators: '{{ a.None }}' }, [script('inner')])])
    assert.match(unset.end.failureMessage!, /Iterators is not a list: "\{\{ a\.None \}\}"/)
  })

  test('goes on while its condition holds, and no longer than MaxIterations', async () => {
    const again = script('again', selected('More', 'Boolean'))
    const condition = { LoopCondition: { Variable: '{{ again.More }}', BooleanEquals: true } }
    const ended = await run([loop(condition, [again])], { answers: { again: [true, true, false] } })
    assert.deepEqual(ended.trace, ['lp Success', 'again.1 Success', 'again.2 Success', 'again.3 Success'])
    const limited = await run([loop({ ...condition, MaxIterations: 2 }, [again])], { answers: { again: [true, true] } })
    assert.deepEqual(limited.trace, ['lp Success', 'again.1 Success', 'again.2 Success'])
    const unreadable = await run([
      loop({ LoopCondition: { Variable: '{{ again.More }}', BooleanEquals: true } }, [script('again')]),
    ])
    assert.equal(unreadable.end.status, 'Failed')
    assert.match(unreadable.end.failureMessage!, /^Step lp failed\. Step lp has a Boolean condition over/)
  })

  test('fails with a step inside of it, and does not go on', async () => {
    const { end, trace } = await run([loop({ Iterators: ['a', 'b'] }, [script('inner')]), script('after')], {
      answers: { inner: [boom] },
    })
    assert.deepEqual(trace, ['lp Failed', 'inner.1 Failed'])
    assert.match(end.failureMessage!, /^Step lp failed\. In iteration 1: Step inner failed\. boom\./)
  })

  test('tries a step inside again, and itself', async () => {
    const inner = await run([loop({ Iterators: ['a'] }, [script('inner', { maxAttempts: 2 })])], {
      answers: { inner: [boom] },
    })
    assert.deepEqual(inner.trace, ['lp Success', 'inner.1 Failed', 'inner.1 (2) Success'])
    const whole = await run([loop({ Iterators: ['a'] }, [script('inner')], { maxAttempts: 2 })], {
      answers: { inner: [boom] },
    })
    assert.deepEqual(whole.trace, ['lp Failed', 'inner.1 Failed', 'lp (2) Success', 'inner.1 Success'])
    assert.equal(whole.end.status, 'Success')
  })

  test('inherits what its steps say about failure', async () => {
    const steps = (inner: object, more: object = {}) => [
      loop({ Iterators: ['a', 'b'] }, [script('inner', inner), script('tail')], more),
      script('after'),
      script('outer'),
    ]
    const answers = { inner: [boom] }
    const on = await run(steps({ onFailure: 'Continue' }), { answers })
    assert.deepEqual(on.trace.slice(0, 5), [
      'lp Success',
      'inner.1 Failed',
      'tail.1 Success',
      'inner.2 Success',
      'tail.2 Success',
    ])
    assert.equal(on.end.status, 'Success')
    const critical = await run(steps({ onFailure: 'Continue', isCritical: true }), { answers })
    assert.deepEqual(
      critical.trace.filter(text => !text.includes('.')),
      ['lp Failed', 'after Success', 'outer Success'],
    )
    assert.equal(critical.end.status, 'Failed')
    const aborts = await run(steps({ onFailure: 'Abort' }, { onFailure: 'Continue' }), { answers })
    assert.deepEqual(aborts.trace, ['lp Failed', 'inner.1 Failed'])
    const own = await run(steps({}, { onFailure: 'Continue' }), { answers })
    assert.deepEqual(own.trace.slice(0, 3), ['lp Failed', 'inner.1 Failed', 'after Success'])
    assert.equal(own.end.status, 'Success')
    const leaves = await run(steps({ onFailure: 'step:outer' }), { answers })
    assert.deepEqual(leaves.trace, ['lp Failed', 'inner.1 Failed', 'outer Success'])
    assert.equal(leaves.end.status, 'Failed')
    const quietly = await run(steps({ onFailure: 'step:outer', isCritical: false }), { answers })
    assert.deepEqual(quietly.trace, ['lp Failed', 'inner.1 Failed', 'outer Success'])
    assert.equal(quietly.end.status, 'Success')
    const jumps = await run(steps({ onFailure: 'step:tail', isCritical: false }), { answers })
    assert.equal(jumps.end.status, 'Success')
    assert.equal(jumps.trace[2], 'tail.1 Success')
  })

  test('chooses among its own steps, and ends a pass at isEnd', async () => {
    const choice = { Variable: '{{ lp.CurrentIteration }}', NumericEquals: 1, NextStep: 'second' }
    const { trace } = await run([
      loop({ Iterators: ['a', 'b'] }, [
        { name: 'choose', action: 'aws:branch', inputs: { Choices: [choice], Default: 'first' } },
        script('first', { isEnd: true }),
        script('second'),
      ]),
    ])
    assert.deepEqual(trace, [
      'lp Success',
      'choose.1 Success',
      'second.1 Success',
      'choose.2 Success',
      'first.2 Success',
    ])
  })

  test('loops within loops', async () => {
    const nested = {
      ...loop({ Iterators: [1, 2] }, [given('in', '{{ lp.CurrentIteratorValue }}{{ deep.CurrentIteratorValue }}')]),
      name: 'deep',
    }
    const { end, seen, trace } = await run([loop({ Iterators: ['a', 'b'] }, [nested])])
    assert.equal(end.status, 'Success')
    assert.deepEqual(
      seen.map(([, value]) => value),
      ['a1', 'a2', 'b1', 'b2'],
    )
    assert.deepEqual(trace.slice(0, 5), [
      'lp Success',
      'deep.1 Success',
      'in.1 Success',
      'in.2 Success',
      'deep.2 Success',
    ])
  })

  test('has a time limit for all its passes', async () => {
    const sleep = { name: 'nap', action: 'aws:sleep', inputs: { Duration: 'PT10S' } }
    const { end, trace, history } = await run([
      loop({ Iterators: ['a', 'b', 'c'] }, [sleep], { timeoutSeconds: 25 }),
      script('after'),
    ])
    assert.equal(end.status, 'TimedOut')
    assert.deepEqual(trace, ['lp TimedOut', 'nap.1 Success', 'nap.2 Success', 'nap.3 TimedOut'])
    assert.equal(history[3]!.endedAt!.getTime(), start + 25_000)
  })

  test('is cancelled with the step in hand, whose onCancel is followed', async () => {
    const nap = (more: object) => ({ name: 'nap', action: 'aws:sleep', inputs: { Duration: 'PT1H' }, ...more })
    const plain = await run([loop({ Iterators: ['a', 'b'] }, [nap({})]), script('after')], { messages: ['Cancel'] })
    assert.deepEqual(plain.trace, ['lp Cancelled', 'nap.1 Cancelled'])
    assert.equal(plain.end.status, 'Cancelled')
    const inside = [nap({ onCancel: 'step:clean' }), script('skipped'), script('clean')]
    const cleaned = await run([loop({ Iterators: ['a', 'b'] }, inside), script('after')], { messages: ['Cancel'] })
    assert.deepEqual(cleaned.trace, ['lp Cancelled', 'nap.1 Cancelled', 'clean.1 Success'])
    const outside = [loop({ Iterators: ['a'] }, [nap({ onCancel: 'step:clean' })]), script('skipped'), script('clean')]
    const left = await run(outside, { messages: ['Cancel'] })
    assert.deepEqual(left.trace, ['lp Cancelled', 'nap.1 Cancelled', 'clean Success'])
    assert.equal(left.end.status, 'Cancelled')
  })

  test('fails when the steps inside go in a circle for ever', async () => {
    const inner = [script('a'), script('b', { onFailure: 'step:a' })]
    const { end, history } = await run([loop({ Iterators: ['x'] }, inner)], {
      answers: { b: Array.from({ length: 2000 }, () => boom) },
    })
    assert.match(end.failureMessage!, /^Step lp failed\. The execution started 1000 steps without coming to its end/)
    assert.equal(history.length, 1001)
    assert.ok(history.every(row => row.endedAt !== undefined))
  })

  test('runs a hundred passes of several steps', async () => {
    const inner = Array.from({ length: 12 }, (_, i) => script(`s${i}`))
    const { end, history } = await run([loop({ LoopCondition: { Variable: 'x', StringEquals: 'x' } }, inner)])
    assert.equal(end.status, 'Success')
    assert.equal(history.length, 1 + 100 * 12)
  })

  const refused: [name: string, step: object, message: RegExp][] = [
    ['neither iterators nor a condition', loop({}, [script('in')]), /needs either Iterators or LoopCondition/],
    [
      'both',
      loop({ Iterators: ['a'], LoopCondition: { Variable: 'x', StringEquals: 'x' } }, [script('in')]),
      /needs either/,
    ],
    ['no steps', loop({ Iterators: ['a'] }, []), /the Steps of lp must be a list of at least one step/],
    ['iterators that are a map', loop({ Iterators: {} }, [script('in')]), /Iterators that are not a list/],
    [
      'another type',
      loop({ Iterators: [], IteratorDataType: 'MapList' }, [script('in')]),
      /IteratorDataType that is none/,
    ],
    ['101 passes', loop({ Iterators: [], MaxIterations: 101 }, [script('in')]), /from 1 to 100: 101/],
    ['a bad condition', loop({ LoopCondition: { Variable: 'x', Matches: 'x' } }, [script('in')]), /unknown operator/],
    [
      'onCancel of its own',
      loop({ Iterators: [] }, [script('in')], { onCancel: 'step:lp' }),
      /lp": aws:loop has no onCancel/,
    ],
    ['a name twice', loop({ Iterators: [] }, [script('lp')]), /"lp" is there twice/],
    [
      'nextStep that leaves it',
      loop({ Iterators: [] }, [script('in', { nextStep: 'last' })]),
      /nextStep names step "last"/,
    ],
    [
      'a circle inside',
      loop({ Iterators: [] }, [script('in', { nextStep: 'in2' }), script('in2', { nextStep: 'in' })]),
      /infinite loop: in -> in2 -> in/,
    ],
  ]
  for (const [name, step, message] of refused) {
    test(`is refused with ${name}`, () => {
      const content = JSON.stringify({ schemaVersion: '0.3', mainSteps: [step, script('last')] })
      assert.throws(() => parseDocument(content), { name: 'DocumentError', message })
    })
  }

  test('is refused when it is nested too deep', () => {
    let step: object = script('in')
    for (let depth = 1; depth <= 4; depth++) step = { ...loop({ Iterators: ['a'] }, [step]), name: `lp${depth}` }
    const content = JSON.stringify({ schemaVersion: '0.3', mainSteps: [step] })
    assert.throws(() => parseDocument(content), /Step "lp1": loops may not be nested more than 3 deep/)
  })
})

describe('aws:updateVariable', () => {
  const update = (name: string, Value: unknown) => ({
    name,
    action: 'aws:updateVariable',
    inputs: { Name: 'variable:v', Value },
  })
  const types: [type: string, good: unknown, bad: unknown][] = [
    ['String', 'x', 1],
    ['Integer', 4, '4'],
    ['Boolean', false, 'false'],
    ['StringList', ['a'], 'a'],
    ['StringMap', { a: 'b' }, '{"a":"b"}'],
    ['MapList', [{ a: 'b' }], { a: 'b' }],
  ]
  for (const [type, good, bad] of types) {
    test(`takes a value of type ${type} and no other`, async () => {
      const rest = { variables: { v: { type } }, outputs: ['variable:v'] }
      const { end, seen } = await run([update('set', good), given('use', '{{ variable:v }}')], { rest })
      assert.equal(end.status, 'Success')
      assert.equal(JSON.stringify(seen[0]![1]), JSON.stringify(good))
      const refused = await run([update('set', bad), script('after')], { rest })
      assert.deepEqual(refused.trace, ['set Failed'])
      assert.match(
        refused.end.failureMessage!,
        /^Step set failed\. variable:v is of type \w+ and cannot take the value/,
      )
    })
  }

  test('keeps the last value, the default until then', async () => {
    const rest = { variables: { v: { type: 'Integer', default: '1' } }, outputs: ['variable:v'] }
    const { end, seen } = await run([given('before', '{{ variable:v }}'), update('set', 2), update('again', 3)], {
      rest,
    })
    assert.deepEqual(seen, [['before', 1]])
    assert.deepEqual(end.outputs['variable:v'], ['3'])
  })

  test('is refused for a variable that is not there, or no variable', () => {
    const content = (Name: unknown) =>
      JSON.stringify({
        schemaVersion: '0.3',
        mainSteps: [{ name: 'set', action: 'aws:updateVariable', inputs: { Name, Value: 1 } }],
      })
    assert.throws(() => parseDocument(content('variable:v')), /Step "set": variable:v is not defined under variables/)
    assert.throws(() => parseDocument(content('v')), /Name that is not of the form variable:NAME: "v"/)
  })
})
