import type { Action } from '../action.ts'
import { ConditionError, checkCondition } from '../conditions.ts'
import { iteratorTypes, maxIterations } from '../loop.ts'
import { stepFailure } from '../texts.ts'

/**
 * aws:loop: runs its Steps for each of Iterators, or again and again while LoopCondition holds (it is looked at after each
 * pass), at most MaxIterations times. The steps inside are the interpreter's affair (loop.ts says how often).
 */
export const loop: Action = {
  name: 'aws:loop',
  inputs: { required: ['Steps'], optional: ['Iterators', 'IteratorDataType', 'LoopCondition', 'MaxIterations'] },
  outputs: ['CurrentIteration', 'CurrentIteratorValue'],
  // Both are read anew in each pass.
  opaqueInputs: ['Steps', 'LoopCondition'],
  innerSteps: true,
  inert: true,
  check: ({ Iterators, IteratorDataType, LoopCondition, MaxIterations }) => {
    if ((Iterators === undefined) === (LoopCondition === undefined)) return 'needs either Iterators or LoopCondition'
    if (IteratorDataType !== undefined && !iteratorTypes.includes(IteratorDataType as string)) {
      return `has an IteratorDataType that is none of ${iteratorTypes.join(', ')}: ${JSON.stringify(IteratorDataType)}`
    }
    const isReference = (value: unknown) => typeof value === 'string' && value.includes('{{')
    if (Iterators !== undefined && !Array.isArray(Iterators) && !isReference(Iterators)) {
      return 'has Iterators that are not a list'
    }
    if (MaxIterations !== undefined && !isReference(MaxIterations) && maxIterations(MaxIterations) === undefined) {
      return `has MaxIterations that are not a whole number from 1 to 100: ${JSON.stringify(MaxIterations)}`
    }
    try {
      if (LoopCondition !== undefined) checkCondition(LoopCondition)
    } catch (error) {
      if (error instanceof ConditionError) return error.message
      throw error
    }
    return undefined
  },
  start: async () => ({ state: 'failed', failure: stepFailure('Invocation', 'Failed', 'Internal failure') }),
}
