import { type AutomationDocument, allSteps, DocumentError } from './document.ts'
import { parseFiles } from './parsing/files.ts'
import { checkFlow } from './parsing/flow.ts'
import { parseOutputs } from './parsing/outputs.ts'
import { parseParameters, parseVariables } from './parsing/parameters.ts'
import { checkProperties, optionalText } from './parsing/properties.ts'
import { read } from './parsing/read.ts'
import { parseSteps } from './parsing/steps.ts'
import { isMap } from './plain.ts'
import { checkVariableUpdates } from './variables.ts'

export { maxDocumentSize } from './parsing/read.ts'

export const documentProperties = [
  'schemaVersion',
  'description',
  'assumeRole',
  'parameters',
  'variables',
  'mainSteps',
  'outputs',
  'files',
] as const

/**
 * Parses and validates an automation document (schemaVersion 0.3). Throws DocumentError, which names the step and the
 * reason.
 * @param format without it, content is JSON when it starts with a brace and is well-formed JSON, else YAML
 * @param options.internal accepts the actions that only our own documents may name
 */
export function parseDocument(
  content: string,
  format?: 'YAML' | 'JSON',
  options?: { readonly internal?: boolean },
): AutomationDocument {
  const source = read(content, format)
  if (!isMap(source)) throw new DocumentError('The document is not a map of properties.')
  checkProperties(source, documentProperties, 'The document')
  if (String(source['schemaVersion']) !== '0.3') {
    throw new DocumentError(
      source['schemaVersion'] === undefined
        ? 'schemaVersion is missing: an Automation document has schemaVersion 0.3.'
        : `schemaVersion ${String(source['schemaVersion'])} is not supported: an Automation document has schemaVersion 0.3.`,
    )
  }
  const rules = { internal: options?.internal ?? false, names: new Set<string>() }
  const mainSteps = parseSteps(source['mainSteps'], 'mainSteps', rules)
  checkFlow(mainSteps)
  const variables = parseVariables(source['variables'])
  const steps = allSteps({ mainSteps })
  checkVariableUpdates(steps, variables)
  return {
    schemaVersion: '0.3',
    description: optionalText(source, 'description', 'The document'),
    assumeRole: optionalText(source, 'assumeRole', 'The document'),
    parameters: parseParameters(source['parameters']),
    variables,
    mainSteps,
    outputs: parseOutputs(source['outputs'], steps, variables),
    files: parseFiles(source['files'], steps),
  }
}
