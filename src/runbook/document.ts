/**
 * An automation document (schemaVersion 0.3) after parsing and validation. Property names are the document's own.
 */
export interface AutomationDocument {
  readonly schemaVersion: '0.3'
  readonly description?: string
  readonly assumeRole?: string
  readonly parameters: ReadonlyMap<string, ParameterDefinition>
  readonly variables: ReadonlyMap<string, VariableDefinition>
  readonly mainSteps: readonly StepDefinition[]
  /** References such as `restart.NewPid`, in the document's order. */
  readonly outputs: readonly string[]
  /** Attachments by their names, with the checksum that the document gives. */
  readonly files: ReadonlyMap<string, FileDefinition>
}

export interface FileDefinition {
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256?: string
}

export interface ParameterDefinition {
  /** String, StringList, StringMap, Integer, Boolean, MapList, or an AWS type such as AWS::EC2::Instance::Id. */
  readonly type: string
  readonly description?: string
  readonly default?: unknown
  readonly allowedValues?: readonly unknown[]
  readonly allowedPattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly minChars?: number
  readonly maxChars?: number
  readonly minValue?: number
  readonly maxValue?: number
}

export interface VariableDefinition {
  readonly type: string
  readonly description?: string
  readonly default?: unknown
}

export interface StepDefinition {
  readonly name: string
  readonly action: string
  readonly description?: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly outputs: readonly OutputDefinition[]
  readonly onFailure: { readonly kind: 'Abort' | 'Continue' } | { readonly kind: 'step'; readonly step: string }
  /** Whether the document says so, or it is the default. */
  readonly declaresOnFailure: boolean
  readonly onCancel?: { readonly kind: 'Abort' } | { readonly kind: 'step'; readonly step: string }
  /** Undefined when the document does not say: then true, but false under Continue. */
  readonly isCritical?: boolean
  readonly isEnd: boolean
  readonly nextStep?: string
  readonly maxAttempts: number
  /** Seconds; may be a reference until the step starts. */
  readonly timeoutSeconds?: number | string
  /**
   * Our own property, `bellhop:repeatable`. False: a step that was in hand when the server died is not started again
   * but ends as failed, saying so.
   */
  readonly repeatable: boolean
  /** The steps inside a loop. */
  readonly steps?: readonly StepDefinition[]
}

export interface OutputDefinition {
  readonly name: string
  /** JSONPath into the action's answer. */
  readonly selector: string
  readonly type?: string
}

/** All steps, those inside loops after their loop. */
export function allSteps({ mainSteps }: Pick<AutomationDocument, 'mainSteps'>): StepDefinition[] {
  return mainSteps.flatMap(step => [step, ...(step.steps ? allSteps({ mainSteps: step.steps }) : [])])
}

/** A step by its name, wherever it is. */
export function findStep(document: Pick<AutomationDocument, 'mainSteps'>, name: string): StepDefinition | undefined {
  return allSteps(document).find(step => step.name === name)
}

/** A document that cannot be accepted. SSM answers InvalidDocumentContent with this text. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DocumentError'
  }
}

/** Parameter values that a document does not take. */
export class ParameterError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ParameterError'
  }
}
