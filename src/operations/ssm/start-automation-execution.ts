import type { Execution } from '../../catalog/execution.ts'
import { accountsBelow } from '../../catalog/organization.ts'
import {
  defaultLimit,
  locationTargets,
  type RateControl,
  type ResolvedTarget,
  rateControlProblem,
  targetParameters,
} from '../../catalog/rate-control.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { trusts } from '../../identity/evaluate.ts'
import { parsePolicy } from '../../identity/policy.ts'
import type { StartAutomationExecutionRequest, TargetLocation } from '../../model/generated/ssm.ts'
import {
  AutomationDefinitionNotFoundException,
  AutomationDefinitionVersionNotFoundException,
  AutomationExecutionLimitExceededException,
  InvalidAutomationExecutionParametersException,
  InvalidParametersException,
  InvalidTarget,
} from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { requirePassRole } from '../pass-role.ts'
import type { SsmOperation } from './operation.ts'

/**
 * Accepts a run of a document: an execution, Pending until the account's quota lets it begin. With targets it becomes the
 * execution that runs the document for each of them.
 */
export const startAutomationExecution: SsmOperation<
  'StartAutomationExecution',
  'storage' | 'clock' | 'ids' | 'documents' | 'executions' | 'organization'
> = async (input, caller, services) => {
  const { storage, clock, ids, documents, executions } = services
  refuseUnsupported(input)
  const rateControl = rateControlOf(input)
  const document = await findDefinition(services, caller, input)
  const parameters = input.Parameters ?? {}
  checkParameters(services, document.content, parameters, rateControl)
  const roleArn = documents.assumedRole(document.content, parameters, caller.scope)
  // On AWS, too, whoever starts an execution under a role needs iam:PassRole.
  if (roleArn !== undefined) requirePassRole(caller, roleArn, 'ssm.amazonaws.com')
  const resolvedTargets = await locationRuns(services, caller, rateControl, roleArn)

  const execution: Execution = {
    id: ids.uuidAt(clock.now()),
    scope: caller.scope,
    kind: 'automation',
    document,
    parameters,
    executedBy: caller.arn,
    caller: caller.identity,
    roleArn,
    mode: input.Mode === 'Interactive' ? 'Interactive' : undefined,
    tags: input.Tags?.length ? input.Tags : undefined,
    rateControl,
    resolvedTargets,
    status: 'Pending',
    outputs: {},
    epoch: 0,
    createdAt: clock.now(),
  }
  try {
    const answer = await storage.automations.start(execution, caller.claim, { AutomationExecutionId: execution.id })
    executions.wake(execution.id)
    return answer
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'LimitExceeded') throw error
    throw new AutomationExecutionLimitExceededException(error.message, { cause: error })
  }
}

function refuseUnsupported(input: StartAutomationExecutionRequest): void {
  if (input.AlarmConfiguration?.Alarms.length) {
    throw new InvalidAutomationExecutionParametersException(
      'AlarmConfiguration is not supported: no alarm is watched here.',
    )
  }
  if (input.TargetLocationsURL !== undefined) {
    throw new InvalidAutomationExecutionParametersException(
      'TargetLocationsURL is not supported: give TargetLocations.',
    )
  }
}

function rateControlOf(input: StartAutomationExecutionRequest): RateControl | undefined {
  const { TargetParameterName: targetParameterName, Targets, TargetMaps, TargetLocations } = input
  const targets = Targets?.length ? Targets : undefined
  const targetMaps = TargetMaps?.length ? TargetMaps : undefined
  const { MaxConcurrency: maxConcurrency = defaultLimit, MaxErrors: maxErrors = defaultLimit } = input
  const targetLocations = TargetLocations
  const rateControl = { targetParameterName, targets, targetMaps, targetLocations, maxConcurrency, maxErrors }
  const problem = rateControlProblem(rateControl)
  if (problem !== undefined) throw new InvalidTarget(problem)
  if (!targets && !targetMaps && !targetLocations) {
    if (input.MaxConcurrency === undefined && input.MaxErrors === undefined) return undefined
    throw new InvalidAutomationExecutionParametersException('MaxConcurrency and MaxErrors need targets.')
  }
  if (input.Mode === 'Interactive') {
    throw new InvalidAutomationExecutionParametersException('An execution with targets runs in mode Auto only.')
  }
  return rateControl
}

async function findDefinition(
  { storage }: Pick<Services, 'storage'>,
  caller: Caller,
  { DocumentName: name, DocumentVersion: version = '$DEFAULT' }: StartAutomationExecutionRequest,
): Promise<Execution['document']> {
  const found = await storage.documents.getVersion(caller.scope, name, version)
  if (found) return { name: found.name, version: found.version, content: found.content, targetType: found.targetType }
  if (await storage.documents.get(caller.scope, name)) {
    throw new AutomationDefinitionVersionNotFoundException(`Document ${name} has no version ${version}.`)
  }
  throw new AutomationDefinitionNotFoundException(`Document with name ${name} does not exist.`)
}

/** The values that are known now are checked now, those of single targets when their runs begin. */
function checkParameters(
  { documents }: Pick<Services, 'documents'>,
  content: string,
  parameters: Readonly<Record<string, readonly string[]>>,
  rateControl: RateControl | undefined,
): void {
  const invalid = (message: string) => new InvalidAutomationExecutionParametersException(message)
  const setLater = targetParameters(rateControl)
  const known = new Set(documents.check(content).parameters.map(({ name }) => name))
  for (const name of setLater) {
    if (!known.has(name)) throw invalid(`The document has no parameter ${name}, which the targets set.`)
    if (Object.hasOwn(parameters, name))
      throw invalid(`Parameter ${name} is set by the targets, and cannot be given besides.`)
  }
  try {
    documents.checkParameters(content, parameters, setLater)
  } catch (error) {
    if (!(error instanceof InvalidParametersException)) throw error
    throw new InvalidAutomationExecutionParametersException(error.message, { cause: error })
  }
}

/** The runs of an execution over several accounts and regions; undefined where there are none. */
async function locationRuns(
  services: Pick<Services, 'storage' | 'organization'>,
  caller: Caller,
  rateControl: RateControl | undefined,
  roleArn: string | undefined,
): Promise<readonly ResolvedTarget[] | undefined> {
  if (!rateControl?.targetLocations) return undefined
  const accountsOf = (location: TargetLocation) => accountsIn(services.organization, caller, location)
  const runs = locationTargets(rateControl, caller.scope, roleArn, accountsOf)
  if (runs.length === 0) throw new InvalidTarget('TargetLocations mean no account.')
  for (const { location } of runs) await requireRunIn(services, caller, location!, roleArn)
  return runs
}

/** Accounts by their ids, or those of an organizational unit of the configured organization. */
function accountsIn(organization: Services['organization'], caller: Caller, location: TargetLocation): string[] {
  const excluded = new Set(location.ExcludeAccounts)
  const named = location.Accounts ?? [caller.scope.accountId]
  const accounts = named.flatMap(id => {
    if (/^[0-9]{12}$/.test(id)) return [id]
    const below = organization && accountsBelow(organization, { type: 'ORGANIZATIONAL_UNIT', value: id })
    if (!below)
      throw new InvalidTarget(`${id} is no account, and no organizational unit of the configured organization.`)
    // Without IncludeChildOrganizationUnits only those that lie in the unit itself.
    return location.IncludeChildOrganizationUnits
      ? below
      : below.filter(account => organization.accounts.get(account) === id)
  })
  return [...new Set(accounts)].filter(id => !excluded.has(id))
}

/**
 * In the caller's own account a run acts as the caller or as a role that they may pass. In another account it needs a role
 * of that account, known here, whose trust policy names the caller or their account.
 */
async function requireRunIn(
  { storage }: Pick<Services, 'storage'>,
  caller: Caller,
  { scope, roleArn }: NonNullable<ResolvedTarget['location']>,
  ownRole: string | undefined,
): Promise<void> {
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(scope.region)) throw new InvalidTarget(`${scope.region} is no region.`)
  if (scope.accountId === caller.scope.accountId) {
    if (roleArn !== undefined && roleArn !== ownRole) requirePassRole(caller, roleArn, 'ssm.amazonaws.com')
    return
  }
  const role = await storage.identities.get(scope.accountId, 'role', roleArn!.split('/').at(-1)!)
  const { accountId } = caller.scope
  const asking = { accountId, arn: caller.arn, roleArn: caller.roleArn }
  const request = { action: 'sts:AssumeRole', keys: caller.keys }
  const trust = role && trusts(parsePolicy(role.trustPolicy ?? '', 'trust'), asking, request)
  const allowed = (trust === 'named' || trust === 'account') && caller.decide('sts:AssumeRole', roleArn!).allowed
  if (!allowed) {
    throw new InvalidTarget(
      `Account ${scope.accountId} has no role ${roleArn} here that ${caller.arn} may assume, so nothing can be run there.`,
    )
  }
}
