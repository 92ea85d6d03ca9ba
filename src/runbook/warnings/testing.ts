import type { AutomationDocument, ParameterDefinition, StepDefinition } from '../document.ts'
import { warningsOf } from './index.ts'

/** For tests: what one rule says about a document of one step, whose action need not exist. */
export async function warningsOfStep(
  rule: string,
  step: Pick<StepDefinition, 'action' | 'inputs'> & Partial<StepDefinition>,
  parameters: Readonly<Record<string, ParameterDefinition>> = {},
): Promise<string[]> {
  const document: AutomationDocument = {
    schemaVersion: '0.3',
    parameters: new Map(Object.entries(parameters)),
    variables: new Map(),
    outputs: [],
    files: new Map(),
    mainSteps: [
      {
        name: 'step',
        outputs: [],
        onFailure: { kind: 'Abort' },
        declaresOnFailure: false,
        isEnd: false,
        maxAttempts: 1,
        repeatable: true,
        ...step,
      },
    ],
  }
  return (await warningsOf(document)).filter(warning => warning.rule === rule).map(({ message }) => message)
}
