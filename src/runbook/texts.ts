import type { StepFailure } from '../catalog/execution.ts'

/** AWS's last sentence of every step failure. */
const guide = 'Please refer to Automation Service Troubleshooting Guide for more diagnosis details.'

/**
 * What AWS says a step was doing when it failed, as transcripts show it, with the stage that goes with it.
 * InputValidation failures have no such sentence.
 */
const doing = {
  Invocation: 'Step fails when it is Execute/Cancelling action.',
  PostProcessing: 'Step fails when it is Poll action status for completion.',
  Verification: 'Step fails when it is verifying the action has completed.',
  InputValidation: 'Step fails when it is validating and resolving the step inputs.',
} as const

export type FailureStage = keyof typeof doing
export type FailureType = 'Failed' | 'TimedOut' | 'Cancelled' | 'InvalidInput' | 'Interrupted'

/**
 * A step's failure: our cause first, because AWS's sentence alone hides it, then the words AWS's users look for.
 * Type `Interrupted` says that the step may not be started again although it did not end (see StepDefinition.repeatable).
 */
export function stepFailure(stage: FailureStage, type: FailureType, cause: string): StepFailure {
  const sentence = /[.!?]$/.test(cause) ? cause : `${cause}.`
  return { stage, type, message: `${sentence} ${doing[stage]} ${guide}` }
}

/** The cause in a failure's message, without AWS's own sentences. */
export function causeOf(message: string): string {
  return message.replace(/\s*Step fails when it is .*$/s, '').trim() || message
}

/** How a command ended that did not succeed, as aws:runCommand tells it. */
export function commandFailure(result: Readonly<Record<string, unknown>>): StepFailure {
  const { CommandId, Status, ResponseCode, Output, OutputPayload } = result
  const type = Status === 'TimedOut' ? 'TimedOut' : Status === 'Cancelled' ? 'Cancelled' : 'Failed'
  const told = `{Status=[${Status}], ResponseCode=[${ResponseCode}], Output=[${Output}], OutputPayload=[${OutputPayload}], CommandId=[${CommandId}]}`
  const message = `Step fails when it is verifying the command has completed. Command ${CommandId} returns unexpected invocation result: \n${told}. ${guide}`
  return { stage: 'Verification', type, message }
}

/** How an automation shows an output of a step that did not succeed. Seen in four transcripts. */
export const noOutput = 'No output available yet because the step is not successfully executed'
