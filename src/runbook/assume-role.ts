import type { Scope } from '../catalog/scope.ts'
import type { AutomationDocument } from './document.ts'
import { interpolate, references, systemVariables } from './interpolate.ts'
import { type GivenParameters, storedDefaults, typedParameters } from './parameters.ts'

/**
 * The role that a document's assumeRole names for these parameters, as text that need not be a role's ARN; undefined when
 * there is none, or when the parameter it refers to is empty, as AWS's documents leave it for "the caller's own".
 */
export function assumedRole(document: AutomationDocument, given: GivenParameters, scope: Scope): string | undefined {
  if (document.assumeRole === undefined) return undefined
  const parameters = typedParameters(document, given)
  const none: ReadonlyMap<string, unknown> = new Map()
  const system = systemVariables({ id: '', scope }, 0)
  const role = interpolate(document.assumeRole, { parameters, variables: none, stepOutputs: none, system })
  const text = typeof role === 'string' ? role.trim() : ''
  return text === '' || text.includes('{{') ? undefined : text
}

/** Whether the role is known only when the execution begins: it comes of a default that lies in the parameter store. */
export function isRoleStored(document: AutomationDocument, given: GivenParameters): boolean {
  const stored = storedDefaults(document, given)
  return stored.size > 0 && references(document.assumeRole).some(name => stored.has(name))
}

/** A role's ARN, as the SSM API takes it. */
export function isRoleArn(text: string): boolean {
  return /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@\-/]+$/.test(text)
}
