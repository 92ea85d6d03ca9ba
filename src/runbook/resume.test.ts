import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepExecution } from '../catalog/execution.ts'
import { next } from './interpreter.ts'
import { parseDocument } from './parse.ts'
import { resumePoint } from './resume.ts'
import { execution, start } from './testing.ts'

const statuses = { ok: 'Success', failed: 'Failed', late: 'TimedOut', cancelled: 'Cancelled' } as const

/** `a ok, b failed 2, L failed, x@L1 ok`: rows that have ended; `x@L1` is inside of loop L, in its first pass. */
function journal(text: string): StepExecution[] {
  return text.split(', ').map((part, index) => {
    const [, name, loop, pass, status, attempt] = /^(\w+?)(?:@(\w)(\d))? (\w+)(?: (\d))?$/.exec(part)!
    return {
      id: loop === undefined && /^[A-Z]$/.test(name!) ? `row-${name}` : `row-${index}`,
      executionId: 'before',
      ordinal: index + 1,
      name: name!,
      action: /^[A-Z]$/.test(name!) ? 'aws:loop' : 'aws:pause',
      attempt: Number(attempt ?? 1),
      status: statuses[status as keyof typeof statuses],
      inputs: /^[A-Z]$/.test(name!) ? { Iterators: ['p', 'q', 'r'] } : {},
      outputs: status === 'ok' ? { Out: name } : {},
      startedAt: new Date(start),
      endedAt: new Date(start + 1000),
      ...(/^[A-Z]$/.test(name!) && { deadline: start + 60_000 }),
      ...(status !== 'ok' && { failure: { stage: 'Invocation', type: 'Failed', message: 'no' } }),
      ...(loop && { parent: { stepId: `row-${loop}`, stepName: loop, iteration: Number(pass) } }),
    }
  })
}

const document = (...steps: object[]) =>
  parseDocument(
    JSON.stringify({
      schemaVersion: '0.3',
      mainSteps: steps.map(step => ({ action: 'aws:pause', inputs: {}, ...step })),
    }),
  )
const [a, b, c] = ['a', 'b', 'c'].map(name => ({ name }))
const loop = {
  name: 'L',
  action: 'aws:loop',
  inputs: { Iterators: ['p', 'q', 'r'], Steps: ['x', 'y'].map(name => ({ name, action: 'aws:pause', inputs: {} })) },
}

const rows: readonly (readonly [what: string, steps: readonly object[], history: string, expected: string])[] = [
  ['the step that failed', [a!, b!, c!], 'a ok, b failed', 'b after a'],
  ['the first step', [a!, b!], 'a failed', 'a after '],
  ['a step that timed out', [a!, b!], 'a ok, b late', 'b after a'],
  [
    'all of its attempts are left out',
    [a!, { ...b!, maxAttempts: 3 }],
    'a ok, b failed 1, b failed 2, b failed 3',
    'b after a',
  ],
  ['an earlier run of the same step is not', [a!, b!], 'a ok, b ok, a ok, b failed', 'b after a b a'],
  [
    'what failed and did not matter is taken over',
    [{ ...a!, onFailure: 'Continue' }, b!],
    'a failed, b failed',
    'b after a',
  ],
  ['nothing was begun', [a!], '', 'No step of it was begun.'],
  ['nothing failed', [a!], 'a ok', 'None of its steps failed.'],
  ['cancelled', [a!, b!], 'a ok, b cancelled', 'Step b was cancelled.'],
  [
    'it went on to mend',
    [{ ...a!, onFailure: 'step:c' }, b!, c!],
    'a failed, c ok',
    'Step a failed and the run went on to step c: what was done since cannot be taken over.',
  ],
  [
    'a critical step failed before',
    [{ ...a!, onFailure: 'Continue', isCritical: true }, b!],
    'a failed, b failed',
    'Step a failed before it and the run went on: it would fail for that again.',
  ],
  [
    'in the middle of a loop',
    [a!, loop],
    'a ok, L failed, x@L1 ok, y@L1 ok, x@L2 ok, y@L2 failed',
    'y after a L x y x',
  ],
  ['at the beginning of a pass', [a!, loop], 'a ok, L failed, x@L1 ok, y@L1 ok, x@L2 failed', 'x after a L x y'],
  ['at the beginning of a loop', [loop], 'L failed, x@L1 failed', 'x after L'],
  ['a loop that could not begin', [a!, loop], 'a ok, L failed', 'L after a'],
  ['a loop whose time was up', [loop], 'L late, x@L1 ok, y@L1 ok', 'x after L x y'],
]

for (const [what, steps, history, expected] of rows) {
  test(`a run is resumed: ${what}`, () => {
    const parsed = document(...steps)
    const point = resumePoint(
      parsed,
      execution({ status: 'Failed' }),
      history === '' ? [] : journal(history),
      start + 10_000,
    )
    const found =
      'problem' in point ? point.problem : `${point.stepName} after ${point.taken.map(row => row.name).join(' ')}`
    assert.equal(found, expected)
    if ('problem' in point) return
    const decision = next(parsed, execution(), point.taken, start + 10_000)
    assert.ok(decision.do === 'start' && decision.step.name === point.stepName && decision.attempt === 1)
    const open = point.taken.find(row => row.status === 'InProgress')
    assert.deepEqual(
      open && [open.deadline, open.failure, open.endedAt],
      open && [start + 70_000, undefined, undefined],
    )
  })
}

test('a step that must not be repeated and was in hand when the server stopped is not begun again', () => {
  const [row] = journal('a failed')
  const interrupted = { ...row!, failure: { stage: 'Invocation', type: 'Interrupted', message: 'stopped' } }
  const point = resumePoint(document(a!), execution(), [interrupted], start)
  assert.ok('problem' in point && /not repeatable/.test(point.problem))
})
