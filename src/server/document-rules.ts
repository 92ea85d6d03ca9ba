import type { DocumentRules, DocumentSummary } from '../operations/operation.ts'
import { InvalidDocumentContent, InvalidParametersException } from '../protocol/errors.ts'
import {
  type AutomationDocument,
  allSteps,
  DocumentError,
  ParameterError,
  type StepDefinition,
} from '../runbook/document.ts'
import { asOutputStrings } from '../runbook/outputs.ts'
import { checkParameters } from '../runbook/parameters.ts'
import { parseDocument } from '../runbook/parse.ts'

/** The runbook's rules in the words of the API: what a document or its parameters lack becomes AWS's error. */
export const documentRules: DocumentRules = {
  check(content, format) {
    return summary(parsed(content, format))
  },
  checkParameters(content, given) {
    try {
      checkParameters(parsed(content), given)
    } catch (error) {
      if (error instanceof ParameterError) throw new InvalidParametersException(error.message)
      throw error
    }
  },
  outputStrings: asOutputStrings,
}

function parsed(content: string, format?: 'YAML' | 'JSON'): AutomationDocument {
  try {
    return parseDocument(content, format)
  } catch (error) {
    if (error instanceof DocumentError) throw new InvalidDocumentContent(error.message)
    throw error
  }
}

function summary(document: AutomationDocument): DocumentSummary {
  return {
    schemaVersion: document.schemaVersion,
    description: document.description,
    parameters: [...document.parameters].map(([name, definition]) => ({
      name,
      type: definition.type,
      description: definition.description,
      defaultValue: definition.default === undefined ? undefined : asText(definition.default),
    })),
    files: [...document.files].map(([name, file]) => ({ name, ...file })),
    steps: allSteps(document).map(step => stepSummary(step, !document.mainSteps.includes(step))),
  }
}

function stepSummary(step: StepDefinition, isInLoop: boolean): DocumentSummary['steps'][number] {
  const { name, action, onFailure, maxAttempts, isEnd, nextStep } = step
  return {
    name,
    action,
    isInLoop,
    timeoutSeconds: typeof step.timeoutSeconds === 'number' ? step.timeoutSeconds : undefined,
    onFailure: onFailure.kind === 'step' ? `step:${onFailure.step}` : onFailure.kind,
    maxAttempts,
    isEnd,
    isCritical: step.isCritical ?? onFailure.kind !== 'Continue',
    nextStep,
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
