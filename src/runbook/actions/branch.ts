import type { Action, Progress } from '../action.ts'
import { ConditionError, checkCondition, evaluate } from '../conditions.ts'
import { isMap } from '../plain.ts'
import { stepFailure } from '../texts.ts'

/**
 * aws:branch: goes to the NextStep of the first choice that holds, else to Default, else on in the document's order (which
 * isEnd ends). The step gone to is also the output NextStep.
 */
export const branch: Action = {
  name: 'aws:branch',
  inputs: { required: ['Choices'], optional: ['Default'] },
  inert: true,
  outputs: ['NextStep'],
  check: ({ Choices, Default }) => {
    if (!Array.isArray(Choices) || Choices.length === 0) return 'needs Choices, a list of at least one choice'
    if (Default !== undefined && typeof Default !== 'string') return 'has a Default that is not the name of a step'
    try {
      for (const choice of Choices) {
        if (!isMap(choice) || typeof choice['NextStep'] !== 'string') return 'has a choice without NextStep'
        checkCondition(choice, ['NextStep'])
      }
    } catch (error) {
      if (error instanceof ConditionError) return error.message
      throw error
    }
    return undefined
  },
  chooses: ({ Choices, Default }) => {
    const steps = (Choices as readonly { NextStep: string }[]).map(choice => choice.NextStep)
    return typeof Default === 'string' ? { steps: [...steps, Default], others: false } : { steps, others: true }
  },
  start: async ({ inputs }) => {
    try {
      for (const choice of inputs['Choices'] as readonly { NextStep: string }[]) {
        const { NextStep, ...condition } = choice
        if (evaluate(condition)) return goTo(NextStep)
      }
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      return { state: 'failed', failure: stepFailure('Invocation', 'Failed', `The step ${error.message}`) }
    }
    return typeof inputs['Default'] === 'string' ? goTo(inputs['Default']) : { state: 'succeeded', response: {} }
  },
}

function goTo(step: string): Progress {
  return { state: 'succeeded', response: { NextStep: step }, chosenStep: step }
}
