import type { Execution } from '../../catalog/execution.ts'
import type {
  AutomationExecutionFilter,
  AutomationExecutionFilterKey,
  AutomationExecutionMetadata,
} from '../../model/generated/ssm.ts'
import { InvalidFilterKey, InvalidFilterValue, InvalidNextToken } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { AutomationFilter } from '../../storage/verbs/automations.ts'
import type { Caller } from '../operation.ts'
import { pageRequest, pageToken } from '../paging.ts'
import { executionStatuses, shownExecution } from './automation-view.ts'
import { time } from './filter-values.ts'
import type { SsmOperation } from './operation.ts'

/** Newest first. What others started is shown to whoever may see it, and to nobody else (docs/decisions.md). */
export const describeAutomationExecutions: SsmOperation<'DescribeAutomationExecutions', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const request = pageAsked({ PageSize: input.MaxResults ?? 50, PageToken: input.NextToken })
  const filter = filterOf(input.Filters ?? [], caller)
  if (!filter) return { AutomationExecutionMetadataList: [] }
  const page = await storage.automations.list(caller.scope, filter, request)
  const list = page.items.map(execution => metadata(storage, execution))
  return { AutomationExecutionMetadataList: await Promise.all(list), NextToken: pageToken(page.next) }
}

async function metadata(storage: Storage, execution: Execution): Promise<AutomationExecutionMetadata> {
  const steps = execution.endedAt ? [] : await storage.executions.steps(execution.id)
  const { Parameters: _, Variables: __, TargetLocations: locations, ...shown } = shownExecution(execution, steps)
  return { ...shown, AutomationType: locations || execution.crossAccount ? 'CrossAccount' : 'Local' }
}

function pageAsked(request: { PageSize: number; PageToken?: string }) {
  try {
    return pageRequest(request)
  } catch (error) {
    throw new InvalidNextToken('The specified token is not valid.', { cause: error })
  }
}

/** A key may be given once; its values are alternatives. Undefined: nothing here can match. */
function filterOf(filters: readonly AutomationExecutionFilter[], caller: Caller): AutomationFilter | undefined {
  const given = new Map<AutomationExecutionFilterKey, readonly string[]>()
  for (const { Key, Values } of filters) {
    if (given.has(Key)) throw new InvalidFilterKey(`The filter key ${Key} is given twice.`)
    given.set(Key, Values)
  }
  // Change requests, access requests and OpsItems are not here, so none of them has an execution.
  if (given.has('AutomationSubtype') || given.has('OpsItemId')) return undefined
  checkValues('ExecutionStatus', given.get('ExecutionStatus'), executionStatuses)
  checkValues('AutomationType', given.get('AutomationType'), ['Local', 'CrossAccount'])
  const times = (key: AutomationExecutionFilterKey) => given.get(key)?.map(value => time(value).getTime())
  const before = times('StartTimeBefore')
  const after = times('StartTimeAfter')
  return {
    executedBy: caller.accessLevel === 'account' ? undefined : caller.arn,
    namePrefixes: given.get('DocumentNamePrefix'),
    statuses: given.get('ExecutionStatus'),
    ids: given.get('ExecutionId'),
    parentIds: given.get('ParentExecutionId'),
    currentActions: given.get('CurrentAction'),
    startedBefore: before && new Date(Math.max(...before)),
    startedAfter: after && new Date(Math.min(...after)),
    automationTypes: given.get('AutomationType'),
    tagKeys: given.get('TagKey'),
    resourceGroups: given.get('TargetResourceGroup'),
  }
}

function checkValues(key: string, values: readonly string[] | undefined, known: readonly string[]): void {
  const unknown = values?.find(value => !known.includes(value))
  if (unknown !== undefined) throw new InvalidFilterValue(`${unknown} is not a value of the filter key ${key}.`)
}
