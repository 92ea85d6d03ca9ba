import type { DocumentRules, DocumentSummary } from '../operations/operation.ts'
import {
  InvalidAutomationExecutionParametersException,
  InvalidDocumentContent,
  InvalidParametersException,
} from '../protocol/errors.ts'
import { approvalProblem } from '../runbook/actions/approve.ts'
import { assumedRole, isRoleArn } from '../runbook/assume-role.ts'
import { parseCommandDocument } from '../runbook/commands/command-document.ts'
import {
  type AutomationDocument,
  allSteps,
  DocumentError,
  type ParameterDefinition,
  ParameterError,
  type StepDefinition,
} from '../runbook/document.ts'
import { asOutputStrings } from '../runbook/outputs.ts'
import { checkParameters } from '../runbook/parameters.ts'
import { parseDocument } from '../runbook/parse.ts'
import { successors } from '../runbook/parsing/flow.ts'
import { resumePoint } from '../runbook/resume.ts'
import { endedRows } from '../runbook/values.ts'
import { variablesAfter } from '../runbook/variables.ts'

/** The runbook's rules in the words of the API: what a document or its parameters lack becomes AWS's error. */
export const documentRules: DocumentRules = {
  check(content, format, type = 'Automation') {
    return type === 'Command' ? commandSummary(content) : summary(parsed(content, format))
  },
  checkParameters(content, given, setLater) {
    try {
      checkParameters(parsed(content), given, setLater)
    } catch (error) {
      if (error instanceof ParameterError) throw new InvalidParametersException(error.message)
      throw error
    }
  },
  assumedRole(content, given, scope) {
    const role = assumedRole(parsed(content), given, scope)
    if (role === undefined || isRoleArn(role)) return role
    throw new InvalidAutomationExecutionParametersException("The format of the supplied assume role ARN isn't valid.")
  },
  approvalProblem,
  resumePoint: (execution, steps, now) =>
    resumePoint(parsed(execution.document.content), execution, steps, now.getTime()),
  outputStrings: asOutputStrings,
  variables(content, steps) {
    const document = parsed(content)
    if (document.variables.size === 0) return undefined
    const values = variablesAfter(document, endedRows(steps))
    return Object.fromEntries([...values].map(([name, value]) => [name, asOutputStrings(value)]))
  },
}

/** Documents that were read before: an execution's is asked for several times, and the next execution's is the same. */
const known = new Map<string, AutomationDocument>()
const mostKnown = 100

function parsed(content: string, format?: 'YAML' | 'JSON'): AutomationDocument {
  const key = `${format ?? ''} ${content}`
  const before = known.get(key)
  if (before) return before
  try {
    const document = parseDocument(content, format)
    if (known.size >= mostKnown) known.clear()
    known.set(key, document)
    return document
  } catch (error) {
    if (error instanceof DocumentError) throw new InvalidDocumentContent(error.message)
    throw error
  }
}

function parameterSummary([name, definition]: [string, ParameterDefinition]): DocumentSummary['parameters'][number] {
  return {
    name,
    type: definition.type,
    description: definition.description,
    defaultValue: definition.default === undefined ? undefined : asText(definition.default),
  }
}

function commandSummary(content: string): DocumentSummary {
  try {
    const { schemaVersion, description, parameters } = parseCommandDocument(content)
    return { schemaVersion, description, parameters: [...parameters].map(parameterSummary), files: [], steps: [] }
  } catch (error) {
    if (error instanceof DocumentError) throw new InvalidDocumentContent(error.message)
    throw error
  }
}

function summary(document: AutomationDocument): DocumentSummary {
  return {
    schemaVersion: document.schemaVersion,
    description: document.description,
    parameters: [...document.parameters].map(parameterSummary),
    files: [...document.files].map(([name, file]) => ({ name, ...file })),
    steps: allSteps(document).map(step => stepSummary(document, step)),
  }
}

function stepSummary(document: AutomationDocument, step: StepDefinition): DocumentSummary['steps'][number] {
  const position = document.mainSteps.indexOf(step)
  const isInLoop = position < 0
  const next = isInLoop ? [] : successors(document.mainSteps, position)
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
    validNextSteps: [...new Set(next.filter(name => name !== undefined))],
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
