import { type AwsApi, AwsApiError } from '../aws/api.ts'
import type { Execution } from '../catalog/execution.ts'
import { assumedRole, isRoleArn, isRoleStored } from '../runbook/assume-role.ts'
import { type AutomationDocument, ParameterError } from '../runbook/document.ts'
import { checkParameters, storedDefaults } from '../runbook/parameters.ts'
import type { WorkerOptions } from './worker.ts'

/** Names that GetParameters takes at once. */
const mostNames = 10

/** What an execution begins with, where something of it lies in the parameter store. */
export type StoredBeginning = Pick<Execution, 'parameters' | 'roleArn'>

/**
 * The execution's parameters with the defaults that lie in the parameter store, as they are at this moment, and the role that
 * comes of them; undefined when none does. Throws ParameterError, in words for whoever started it. What is encrypted is never fetched: SSM does not let
 * documents refer to a SecureString either.
 */
export async function withStoredDefaults(
  document: AutomationDocument,
  execution: Execution,
  { tools, mayPassRole }: Pick<WorkerOptions, 'tools' | 'mayPassRole'>,
): Promise<StoredBeginning | undefined> {
  const { parameters: given } = execution
  const stored = storedDefaults(document, given)
  if (stored.size === 0) return undefined
  const values = await fetchValues([...new Set(stored.values())], tools(execution, []).aws)
  const parameters: Record<string, readonly string[]> = { ...given }
  for (const [name, place] of stored) {
    const { Value = '', Type } = values.get(place) ?? {}
    if (Type === undefined)
      throw new ParameterError(
        `Parameter "${name}" takes its default from ${place}, which is not in the parameter store.`,
      )
    if (Type === 'SecureString') {
      throw new ParameterError(
        `Parameter "${name}" takes its default from ${place}, which is a SecureString: documents may not refer to one.`,
      )
    }
    const isList = Type === 'StringList' && document.parameters.get(name)?.type === 'StringList'
    parameters[name] = isList ? Value.split(',') : [Value]
  }
  checkParameters(document, parameters)
  const roleArn = isRoleStored(document, given)
    ? await storedRole(document, { ...execution, parameters }, mayPassRole)
    : execution.roleArn
  return { parameters, roleArn }
}

/**
 * The role that the document's assumeRole comes to now. A service action's own role stands before it; whoever else started
 * the execution must be allowed to pass it, as if it had been given.
 */
async function storedRole(
  document: AutomationDocument,
  execution: Execution,
  mayPassRole: WorkerOptions['mayPassRole'],
): Promise<string | undefined> {
  const { parameters, scope, roleArn: own, recordId, executedBy } = execution
  const isAction = recordId !== undefined
  if (isAction && own !== undefined) return own
  const named = assumedRole(document, parameters, scope)
  if (named === undefined || named === own) return own
  if (!isRoleArn(named)) throw new ParameterError("The format of the supplied assume role ARN isn't valid.")
  // What the document of a service action says was chosen by whoever wrote it, not by whoever runs it.
  if (!isAction && !(await mayPassRole(execution, named))) {
    throw new ParameterError(
      `The execution would act as ${named}, which its document finds in the parameter store, and ${own ?? executedBy} may not pass that role (iam:PassRole).`,
    )
  }
  return named
}

interface StoredParameter {
  readonly Name?: string
  readonly Type?: string
  readonly Value?: string
  /** `:VERSION` or `:LABEL`, where one was asked for. */
  readonly Selector?: string
}

async function fetchValues(places: readonly string[], aws: AwsApi): Promise<ReadonlyMap<string, StoredParameter>> {
  const values = new Map<string, StoredParameter>()
  for (let i = 0; i < places.length; i += mostNames) {
    const Names = places.slice(i, i + mostNames)
    try {
      const answer = await aws.call('ssm', 'GetParameters', { Names, WithDecryption: false })
      const found = (answer['Parameters'] ?? []) as readonly StoredParameter[]
      for (const each of found) values.set(`${each.Name}${each.Selector ?? ''}`, each)
    } catch (error) {
      if (!(error instanceof AwsApiError)) throw error
      throw new ParameterError(
        `The parameter store could not be asked for ${Names.join(', ')}: ${error.code}: ${error.message}`,
      )
    }
  }
  return values
}
