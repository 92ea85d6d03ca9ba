import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StepExecution } from '../catalog/execution.ts'
import { stepFailure } from './index.ts'
import { cancellationTime, maxStepStarts, next, resolveStep } from './interpreter.ts'
import { parseDocument } from './parse.ts'
import { execution, start } from './testing.ts'
import { noOutput } from './texts.ts'

/** `a ok, b failed 1, b failed 2, c timed out`: rows of a journal, one a step that has ended. */
function journal(text: string): StepExecution[] {
  const statuses = {
    ok: 'Success',
    failed: 'Failed',
    'timed out': 'TimedOut',
    cancelled: 'Cancelled',
    'in hand': 'InProgress',
  } as const
  return text
    .split(',')
    .filter(part => part.trim() !== '')
    .map((part, index) => {
      const [, name, status, attempt, chosen] =
        /^(\w+) (ok|failed|timed out|cancelled|in hand)(?: (\d+))?(?: -> (\w+))?$/.exec(part.trim())!
      const row: StepExecution = {
        id: `row-${index}`,
        executionId: execution().id,
        ordinal: index + 1,
        name: name!,
        action: 'aws:pause',
        attempt: Number(attempt ?? 1),
        status: statuses[status as keyof typeof statuses],
        inputs: {},
        outputs: status === 'ok' ? { Out: `${name}=1` } : {},
        startedAt: new Date(start),
        endedAt: new Date(start),
      }
      const failure = status === 'ok' ? undefined : stepFailure('Invocation', 'Failed', `cause of ${name}`)
      return { ...row, failure, chosenStep: chosen }
    })
}

const document = (steps: Record<string, object>, rest: object = {}) =>
  parseDocument(
    JSON.stringify({
      schemaVersion: '0.3',
      mainSteps: Object.entries(steps).map(([name, step]) => ({ name, action: 'aws:pause', ...step })),
      ...rest,
    }),
  )

const rows: readonly [name: string, steps: Record<string, object>, history: string, expected: string][] = [
  ['starts with the first step', { a: {}, b: {} }, '', 'start a 1'],
  ['goes on in order', { a: {}, b: {} }, 'a ok', 'start b 1'],
  ['ends after the last step', { a: {} }, 'a ok', 'Success'],
  ['looks only at what has ended', { a: {}, b: {} }, 'a ok, b in hand', 'start b 1'],
  ['ends at isEnd', { a: { isEnd: true }, b: {} }, 'a ok', 'Success'],
  ['follows nextStep', { a: { nextStep: 'c' }, b: {}, c: {} }, 'a ok', 'start c 1'],
  ['aborts', { a: {}, b: {} }, 'a failed', 'Failed: Step a failed. cause of a'],
  ['aborts at isEnd', { a: { isEnd: true }, b: {} }, 'a failed', 'Failed: Step a failed.'],
  ['goes on under Continue', { a: { onFailure: 'Continue' }, b: {} }, 'a failed', 'start b 1'],
  ['ends well after Continue', { a: { onFailure: 'Continue' }, b: {} }, 'a failed, b ok', 'Success'],
  ['ends well when the last step fails under Continue', { a: { onFailure: 'Continue' } }, 'a failed', 'Success'],
  [
    'honours nextStep under Continue',
    { a: { onFailure: 'Continue', nextStep: 'c' }, b: {}, c: {} },
    'a failed',
    'start c 1',
  ],
  ['honours isEnd under Continue', { a: { onFailure: 'Continue', isEnd: true }, b: {} }, 'a failed', 'Success'],
  [
    'fails at the end after a critical step under Continue',
    { a: { onFailure: 'Continue', isCritical: true }, b: {} },
    'a failed, b ok',
    'Failed: Step a failed. cause of a',
  ],
  ['jumps on failure', { a: { onFailure: 'step:c' }, b: {}, c: {} }, 'a failed', 'start c 1'],
  [
    'jumps on failure rather than end',
    { a: { onFailure: 'step:c', isEnd: true }, b: {}, c: {} },
    'a failed',
    'start c 1',
  ],
  [
    'fails at the end after a jump',
    { a: { onFailure: 'step:c' }, b: {}, c: {} },
    'a failed, c ok',
    'Failed: Step a failed.',
  ],
  [
    'ends well after a jump from a step that is not critical',
    { a: { onFailure: 'step:c', isCritical: false }, b: {}, c: {} },
    'a failed, c ok',
    'Success',
  ],
  ['does not jump on success', { a: { onFailure: 'step:c' }, b: {}, c: {} }, 'a ok', 'start b 1'],
  ['stops at a step that is not critical, and ends well', { a: { isCritical: false }, b: {} }, 'a failed', 'Success'],
  ['tries again', { a: { maxAttempts: 3 }, b: {} }, 'a failed 1', 'start a 2'],
  ['tries again until maxAttempts', { a: { maxAttempts: 3 } }, 'a failed 1, a failed 2', 'start a 3'],
  [
    'gives up after maxAttempts',
    { a: { maxAttempts: 3 } },
    'a failed 1, a failed 2, a failed 3',
    'Failed: Step a failed maximum allowed times. cause of a',
  ],
  ['forgets attempts that were followed by a good one', { a: { maxAttempts: 3 } }, 'a failed 1, a ok 2', 'Success'],
  ['tries again after a time-out', { a: { maxAttempts: 2 } }, 'a timed out', 'start a 2'],
  ['times out', { a: {}, b: {} }, 'a timed out', 'TimedOut: Step a timed out.'],
  ['goes on after a time-out under Continue', { a: { onFailure: 'Continue' }, b: {} }, 'a timed out, b ok', 'Success'],
  [
    'a failure weighs more than a time-out',
    { a: { onFailure: 'Continue', isCritical: true }, b: {} },
    'a timed out, b failed',
    'Failed: Step b failed.',
  ],
  ['goes where a branch chose', { a: {}, b: {}, c: {} }, 'a ok -> c', 'start c 1'],
  ['goes where a branch chose rather than end', { a: { isEnd: true }, b: {} }, 'a ok -> b', 'start b 1'],
  [
    'starts anew when it comes back to a step',
    { a: { maxAttempts: 2 }, b: { onFailure: 'step:a' } },
    'a ok, b failed',
    'start a 1',
  ],
  ['is cancelled by a cancelled step', { a: {}, b: {} }, 'a cancelled', 'Cancelled: Step a was cancelled.'],
  ['does not try a cancelled step again', { a: { maxAttempts: 3 }, b: {} }, 'a cancelled', 'Cancelled'],
  ['does not take onFailure for onCancel', { a: { onFailure: 'step:b' }, b: {} }, 'a cancelled', 'Cancelled'],
  [
    'jumps on cancel',
    { a: { onCancel: 'step:c' }, b: {}, c: { action: 'bellhop:invokeEngine', inputs: { Action: 'x' } } },
    'a cancelled',
    'start c 1',
  ],
]

function shown(decision: ReturnType<typeof next>): string {
  switch (decision.do) {
    case 'start':
      return `start ${decision.step.name} ${decision.attempt}`
    case 'wait':
      return `wait ${decision.until - start}`
    case 'finish':
      return `finish ${decision.row.name}`
    case 'end':
      return `${decision.status}: ${decision.failureMessage ?? ''}`
  }
}

/** When every step may be tried again. */
const later = start + 60_000

describe('next', () => {
  for (const [name, steps, history, expected] of rows) {
    test(name, () => {
      const decision = shown(next(document(steps), execution(), journal(history), later))
      assert.ok(decision.startsWith(expected), decision)
    })
  }

  const cleanUp = {
    a: { onCancel: 'step:c' },
    b: {},
    c: { action: 'bellhop:invokeEngine', inputs: { Action: 'x' } },
    d: {},
  }

  test('stops when asked to, unless the work is done', () => {
    for (const stop of ['Cancel', 'Complete'] as const) {
      const stopped = execution({ stop })
      assert.match(
        shown(next(document({ a: {}, b: {} }), stopped, journal('a ok'), start)),
        /^Cancelled: The execution was stopped after step a/,
      )
      assert.match(
        shown(next(document({ a: {}, b: {} }), stopped, [], start)),
        /^Cancelled: The execution was stopped before its first step/,
      )
      assert.match(shown(next(document({ a: {} }), stopped, journal('a ok'), start)), /^Success/)
      assert.match(shown(next(document({ a: { maxAttempts: 2 } }), stopped, journal('a failed'), start)), /^Cancelled/)
    }
  })

  test('runs the steps after onCancel to their end, for two minutes at most', () => {
    const stopped = execution({ stop: 'Cancel' })
    const history = journal('a cancelled, c ok')
    assert.match(shown(next(document(cleanUp), stopped, history, start + cancellationTime - 1)), /^start d 1/)
    assert.match(
      shown(next(document(cleanUp), stopped, history, start + cancellationTime)),
      /^Cancelled: The steps after onCancel of step a took longer than 120 seconds/,
    )
    assert.match(
      shown(next(document(cleanUp), stopped, journal('a cancelled, c ok, d ok'), start)),
      /^Cancelled: Step a was cancelled/,
    )
    assert.match(shown(next(document(cleanUp), stopped, journal('a cancelled, c failed'), start)), /^Cancelled/)
    const resolved = resolveStep(
      document(cleanUp),
      document(cleanUp).mainSteps[2]!,
      stopped,
      journal('a cancelled'),
      start + 100_000,
    )
    assert.deepEqual('inputs' in resolved && resolved.timeoutSeconds, 20)
  })

  test('waits longer each time before it tries a step again, up to a minute', () => {
    const steps = document({ a: { maxAttempts: 20 } })
    const rows: [history: string, expected: string][] = [
      ['a failed', 'wait 1000'],
      ['a failed 1, a failed 2', 'wait 2000'],
      ['a failed 1, a failed 2, a timed out 3', 'wait 4000'],
      ['a failed 9', 'wait 60000'],
    ]
    for (const [history, expected] of rows)
      assert.equal(shown(next(steps, execution(), journal(history), start)), expected)
    assert.equal(shown(next(steps, execution(), journal('a failed'), start + 1000)), 'start a 2')
    assert.match(shown(next(steps, execution({ stop: 'Cancel' }), journal('a failed'), start)), /^Cancelled/)
  })

  test('does not try an interrupted step again', () => {
    const [row] = journal('a failed')
    const interrupted = { ...row!, failure: stepFailure('Invocation', 'Interrupted', 'The server died') }
    assert.match(
      shown(next(document({ a: { maxAttempts: 5 } }), execution(), [interrupted], start)),
      /^Failed: Step a failed. The server died/,
    )
  })

  test('ends a document that jumps backwards for ever', () => {
    const steps = document({ a: {}, b: { onFailure: 'step:a' } })
    const history = journal('a ok, b failed,'.repeat(maxStepStarts / 2))
    assert.match(shown(next(steps, execution(), history.slice(1), start)), /^start a 1/)
    assert.match(
      shown(next(steps, execution(), history, start)),
      /^Failed: The execution started 1000 steps .* endless loop/,
    )
  })

  test('gives the outputs of the last good run of each step', () => {
    const outputs = ['a.Out', 'b.Out', 'c.Out', 'a.Missing']
    const steps = document({ a: {}, b: { onFailure: 'Continue' }, c: {} }, { outputs })
    const decision = next(steps, execution(), journal('a ok, b failed, c ok'), start)
    assert.ok(decision.do === 'end')
    assert.deepEqual(
      { ...decision.outputs },
      { 'a.Out': ['a=1'], 'b.Out': [noOutput], 'c.Out': ['c=1'], 'a.Missing': [] },
    )
  })

  test('fails clearly when the journal names a step that is not there', () => {
    assert.match(
      shown(next(document({ a: {} }), execution(), journal('x ok'), start)),
      /^Failed: Step x is not in the document/,
    )
  })
})

describe('resolveStep', () => {
  const steps = parseDocument(
    JSON.stringify({
      schemaVersion: '0.3',
      parameters: { Seconds: { type: 'Integer', default: 7 }, Who: { type: 'String' } },
      variables: { v: { type: 'String', default: 'set' } },
      mainSteps: [
        { name: 'a', action: 'aws:pause' },
        {
          name: 'b',
          action: 'aws:executeScript',
          timeoutSeconds: '{{ Seconds }}',
          inputs: {
            Runtime: 'python3.11',
            Handler: 'h',
            Script: 'def h(e, c): return "{{ Who }}"',
            InputPayload: { who: '{{ Who }}', out: '{{ a.Out }}', v: '{{ variable:v }}', none: '{{ a.None }}' },
          },
        },
        { name: 'c', action: 'aws:approve', inputs: { Approvers: ['x'] } },
      ],
    }),
  )
  const given = execution({ parameters: { Who: ['bob"; import os'] } })

  test('replaces references in the inputs and never in the script', () => {
    const resolved = resolveStep(steps, steps.mainSteps[1]!, given, journal('a ok'), start)
    assert.ok('inputs' in resolved)
    assert.equal(resolved.timeoutSeconds, 7)
    assert.equal(resolved.inputs['Script'], 'def h(e, c): return "{{ Who }}"')
    const payload = { who: 'bob"; import os', out: 'a=1', v: 'set', none: '{{ a.None }}' }
    assert.equal(JSON.stringify(resolved.inputs['InputPayload']), JSON.stringify(payload))
  })

  test('takes the time limit of the action when the document gives none', () => {
    const resolved = resolveStep(steps, steps.mainSteps[2]!, given, [], start)
    assert.equal('inputs' in resolved && resolved.timeoutSeconds, 7 * 24 * 3600)
    const pause = resolveStep(steps, steps.mainSteps[0]!, given, [], start)
    assert.equal('inputs' in pause && pause.timeoutSeconds, undefined)
  })

  test('fails the step when the time limit is no number', () => {
    const bad = { ...steps.mainSteps[1]!, timeoutSeconds: '{{ Who }}' }
    const resolved = resolveStep(steps, bad, given, [], start)
    assert.ok('failure' in resolved)
    assert.match(resolved.failure.message, /^timeoutSeconds of step b is .* not a whole number/)
  })
})
