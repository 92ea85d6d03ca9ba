/** What the rest of the server needs of the runbook. */
export type { Action, ActionCall, EngineTools, Progress, ScriptRequest, ScriptResult, Tools } from './action.ts'
export { actions } from './actions/index.ts'
export {
  type AutomationDocument,
  DocumentError,
  type OutputDefinition,
  type ParameterDefinition,
  ParameterError,
  type StepDefinition,
} from './document.ts'
export { type Decision, maxStepStarts, next, resolveStep } from './interpreter.ts'
export { actionOutputs, asOutputStrings, completeOutputs } from './outputs.ts'
export { checkParameters, type GivenParameters, typedParameters } from './parameters.ts'
export { maxDocumentSize, parseDocument } from './parse.ts'
export { createScriptRunner, type ScriptRunner, type ScriptRunnerOptions } from './scripts/runner.ts'
export { noOutput, stepFailure } from './texts.ts'
