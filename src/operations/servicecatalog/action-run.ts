import { automationDefinitionArn } from '../../catalog/arns.ts'
import type { Execution } from '../../catalog/execution.ts'
import {
  actionParameters,
  definedParameters,
  ServiceActionParameterError,
} from '../../catalog/service-action-parameters.ts'
import {
  AccessDeniedException,
  InvalidAutomationExecutionParametersException,
  InvalidParametersException,
} from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { requirePassRole } from '../pass-role.ts'
import type { ExecutableAction } from './executable-action.ts'

/** The parameter by which a document is told the role it acts as, by AWS's convention. */
const roleParameter = 'AutomationAssumeRole'

/**
 * What a run of a service action is given: its document's parameters, and the role that its steps act as. Throws
 * AccessDeniedException and InvalidParametersException for what the caller may not give or the document does not take.
 */
export function actionRun(
  found: ExecutableAction,
  given: Readonly<Record<string, readonly string[]>>,
  caller: Caller,
  services: Pick<Services, 'documents'>,
): { readonly parameters: Readonly<Record<string, readonly string[]>>; readonly roleArn: string | undefined } {
  const { documents } = services
  const { document } = found
  const definedRole = roleOf(found)
  if (definedRole === undefined) requireOwnPermission(caller, found)
  const parameters = givenParameters(found, given)
  // A role that the caller names is handed over by the caller; the definition's was by whoever wrote it.
  for (const role of parameters[roleParameter] ?? [])
    if (role !== '') requirePassRole(caller, role, 'ssm.amazonaws.com')
  const takesRole = documents.check(document.content).parameters.some(parameter => parameter.name === roleParameter)
  if (definedRole && takesRole && !parameters[roleParameter]) parameters[roleParameter] = [definedRole]
  documents.checkParameters(document.content, parameters)
  return { parameters, roleArn: definedRole ?? documentRole(found, parameters, caller, services) }
}

/** The action's document as its execution keeps it. */
export function executedDocument({ document }: ExecutableAction, caller: Caller): Execution['document'] {
  const { name, version, content, targetType, scope } = document
  return { name, version, content, targetType, owner: scope.accountId === caller.scope.accountId ? undefined : scope }
}

/**
 * Without AssumeRole an action runs with the requester's own permissions, who must be allowed to start its document (admin
 * guide, "Using service actions"). Throws AccessDeniedException, in AWS's words.
 */
function requireOwnPermission(caller: Caller, { document: { name, version, scope } }: ExecutableAction): void {
  if (caller.decide('ssm:StartAutomationExecution', automationDefinitionArn(scope, name, version)).allowed) return
  throw new AccessDeniedException(
    'An error occurred (AccessDeniedException) when calling the StartAutomationExecution operation: User is not authorized to perform: ssm:StartAutomationExecution on the resource.',
  )
}

/** The role that the document itself names; one that comes of what the requester gives, they must be allowed to pass. */
function documentRole(
  { document: { content } }: ExecutableAction,
  parameters: Readonly<Record<string, readonly string[]>>,
  caller: Caller,
  { documents }: Pick<Services, 'documents'>,
): string | undefined {
  try {
    const role = documents.assumedRole(content, parameters, caller.scope)
    if (role === undefined || role === documents.assumedRole(content, {}, caller.scope)) return role
    requirePassRole(caller, role, 'ssm.amazonaws.com')
    return role
  } catch (error) {
    if (!(error instanceof InvalidAutomationExecutionParametersException)) throw error
    throw new InvalidParametersException(error.message, { cause: error })
  }
}

function givenParameters(
  { product, definition, document }: ExecutableAction,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  try {
    return actionParameters(definedParameters(definition.Parameters), given, product.resources, document.targetType)
  } catch (error) {
    if (error instanceof ServiceActionParameterError) throw new InvalidParametersException(error.message)
    throw error
  }
}

/** The definition's AssumeRole: a role, or the product's own launch role, or none (the caller's own permissions). */
function roleOf({ product, definition }: ExecutableAction): string | undefined {
  if (definition.AssumeRole !== 'LAUNCH_ROLE') return definition.AssumeRole
  if (!product.detail.LaunchRoleArn) {
    throw new InvalidParametersException(
      `Failed to retrieve credentials for role: the service action runs under the launch role, but provisioned product ${product.detail.Id} has none.`,
    )
  }
  return product.detail.LaunchRoleArn
}
