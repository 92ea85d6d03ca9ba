import { type Execution, isEnded } from '../catalog/execution.ts'
import { defaultLimit, type RateControl, rateControlProblem, targetParameters } from '../catalog/rate-control.ts'
import type { AutomationRequest, AutomationRun, AutomationTools } from '../runbook/action.ts'
import { assumedRole, isRoleArn } from '../runbook/assume-role.ts'
import { DocumentError, ParameterError } from '../runbook/document.ts'
import { checkParameters } from '../runbook/parameters.ts'
import { parseDocument } from '../runbook/parse.ts'
import type { Storage } from '../storage/storage.ts'
import { childExecution, depthOf, mostLevels } from './child.ts'
import type { Clock } from './clock.ts'

export interface AutomationToolsOptions {
  readonly storage: Storage
  readonly clock: Clock
  /** Tells the dispatcher that an execution has something to do. */
  readonly wake: (executionId: string) => void
  /** Whether an execution may hand this role to one that it starts (iam:PassRole). */
  readonly mayPassRole: (execution: Execution, roleArn: string) => Promise<boolean>
}

/** How the steps of `parent` start other executions. */
export function automationTools(options: AutomationToolsOptions, parent: Execution): AutomationTools {
  const { storage, clock, wake } = options
  return {
    async start(request, token) {
      const own = await childOf(options, parent, request)
      if ('problem' in own) return own
      const child = await storage.automations.startChild(childExecution(parent, token, own, clock.now()))
      wake(child.id)
      return { executionId: child.id }
    },
    async look(executionId): Promise<AutomationRun | undefined> {
      const found = await storage.executions.get(executionId)
      if (found?.parent?.executionId !== parent.id) return undefined
      const { status, failureMessage, outputs } = found
      return { status: isEnded(status) ? (status as 'Success') : 'InProgress', failureMessage, outputs }
    },
    async cancel(executionId) {
      await storage.executions.stop(executionId, 'Cancel', clock.now())
      wake(executionId)
    },
  }
}

type ChildOf =
  | { readonly problem: string }
  | Pick<Execution, 'document' | 'parameters' | 'roleArn' | 'rateControl' | 'tags'>

async function childOf(
  { storage, mayPassRole }: AutomationToolsOptions,
  parent: Execution,
  request: AutomationRequest,
): Promise<ChildOf> {
  const { documentName, documentVersion, parameters, tags } = request
  if (depthOf(parent) >= mostLevels) {
    return {
      problem: `Document ${documentName} would run at level ${mostLevels + 1} below the first execution; at most ${mostLevels} levels may stand one below the other, so that documents that start themselves come to an end`,
    }
  }
  // The documents that a shared document names are its owner's: nobody else may put another in their place.
  const owner = parent.document.owner ?? parent.scope
  const version = await storage.documents.getVersion(owner, documentName, documentVersion)
  if (!version) {
    const there = await storage.documents.get(owner, documentName)
    return {
      problem: there
        ? `Document ${documentName} has no version ${documentVersion}`
        : `Document with name ${documentName} does not exist`,
    }
  }
  const rateControl = rateControlOf(request)
  const wrong = rateControl && rateControlProblem(rateControl)
  if (wrong !== undefined) return { problem: wrong }
  const abroad = rateControl?.targetLocations?.find(each => each.Accounts?.some(id => id !== parent.scope.accountId))
  if (abroad) {
    return { problem: 'Steps may run documents in other regions of their own account, but not in other accounts' }
  }
  try {
    const document = parseDocument(version.content, version.format)
    const setLater = targetParameters(rateControl)
    checkParameters(document, parameters, setLater)
    const named = assumedRole(document, parameters, parent.scope)
    if (named !== undefined && !isRoleArn(named)) {
      return { problem: "The format of the supplied assume role ARN isn't valid" }
    }
    if (named !== undefined && named !== parent.roleArn && !(await mayPassRole(parent, named))) {
      return {
        problem: `Document ${documentName} would act as ${named}, and nothing allows this execution iam:PassRole on it`,
      }
    }
    return {
      document: {
        name: version.name,
        version: version.version,
        content: version.content,
        targetType: version.targetType,
        owner: parent.document.owner,
      },
      parameters,
      roleArn: named ?? parent.roleArn,
      rateControl,
      tags: tags.length > 0 ? tags : undefined,
    }
  } catch (error) {
    if (!(error instanceof ParameterError || error instanceof DocumentError)) throw error
    return { problem: `Document ${documentName}: ${error.message}` }
  }
}

function rateControlOf(request: AutomationRequest): RateControl | undefined {
  const { targetParameterName, targets, targetMaps, targetLocations } = request
  if (!targets && !targetMaps && !targetLocations) return undefined
  const { maxConcurrency = defaultLimit, maxErrors = defaultLimit } = request
  return { targetParameterName, targets, targetMaps, targetLocations, maxConcurrency, maxErrors }
}
