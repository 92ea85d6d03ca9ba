import { reaches } from '../../identity/access-level.ts'
import { InvalidFilterKey, InvalidNextToken } from '../../protocol/errors.ts'
import { pageRequest, pageToken } from '../paging.ts'
import { shownExecution } from './automation-view.ts'
import type { SsmOperation } from './operation.ts'

/** Newest first. Filters come with the rest of the Automation API. */
export const describeAutomationExecutions: SsmOperation<'DescribeAutomationExecutions', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  if (input.Filters?.length) throw new InvalidFilterKey('Filters are not supported yet.')
  const request = { PageSize: input.MaxResults ?? 50, PageToken: input.NextToken }
  const page = await storage.executions.listAutomations(caller.scope, pageAsked(request))
  const shown = page.items.filter(execution => reaches(caller, execution.executedBy))
  const list = shown.map(async execution => {
    const {
      StepExecutions: _,
      Parameters: __,
      ...metadata
    } = shownExecution(execution, await storage.executions.steps(execution.id))
    return { ...metadata, AutomationType: 'Local' as const }
  })
  return { AutomationExecutionMetadataList: await Promise.all(list), NextToken: pageToken(page.next) }
}

function pageAsked(request: { PageSize: number; PageToken?: string }) {
  try {
    return pageRequest(request)
  } catch (error) {
    throw new InvalidNextToken('The specified token is not valid.', { cause: error })
  }
}
