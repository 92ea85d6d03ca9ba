import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barOf, failingStep, readParts } from './run.ts'

test('a step that was waited for gives way to the one that runs', () => {
  const { steps } = readParts(
    new Map<string, unknown>([
      ['record', {}],
      ['step:Two', { StepName: 'Two', StepStatus: 'Pending', at: 1 }],
      ['step:id-1', { StepName: 'One', StepExecutionId: 'id-1', at: 0 }],
      ['step:id-2', { StepName: 'Two', StepExecutionId: 'id-2', at: 1, StepStatus: 'Failed' }],
      ['step:Three', { StepName: 'Three', at: 2 }],
    ]),
  )
  assert.deepEqual(
    steps.map(step => step.StepExecutionId ?? step.StepName),
    ['id-1', 'id-2', 'Three'],
  )
  assert.equal(failingStep(steps)?.StepExecutionId, 'id-2')
})

test('bars lie within the time of all steps', () => {
  const all = { begin: 100, end: 200 }
  assert.deepEqual(barOf({ ExecutionStartTime: 150, ExecutionEndTime: 175 }, all), { left: 50, width: 25 })
  assert.deepEqual(barOf({ ExecutionStartTime: 150 }, all), { left: 50, width: 50 })
  assert.equal(barOf({}, all), undefined)
  assert.deepEqual(barOf({ ExecutionStartTime: 100, ExecutionEndTime: 100 }, { begin: 100, end: 100 }), {
    left: 0,
    width: 0,
  })
})
