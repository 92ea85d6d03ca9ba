import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import { AccessDeniedException, InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Operation } from '../operation.ts'

/**
 * Why a call was denied, by its request's id, or why one would be allowed or denied. Anybody may ask about themselves;
 * about others, whoever is allowed bellhop:ExplainAccess on them.
 */
export const explainAccess: Operation<BellhopOperations['ExplainAccess'], 'access'> = async (
  input,
  caller,
  { access },
) => {
  const { Principal: named, Operation: operation, Input: text, RequestId: requestId } = input
  if ((requestId === undefined) === (operation === undefined)) {
    throw new InvalidParametersException('Name either the operation or the id of a request that was denied.')
  }
  if (requestId !== undefined && (named !== undefined || text !== undefined)) {
    throw new InvalidParametersException('The id of a request says who called what: name nothing else beside it.')
  }
  const may = (arn: string) => caller.decide('bellhop:ExplainAccess', arn)
  if (requestId !== undefined) {
    const principal = access.refused(requestId)
    const mayAll = principal?.accountId === caller.scope.accountId && may(principal.arn).allowed
    if (!principal || !(principal.arn === caller.arn || mayAll)) {
      throw new ResourceNotFoundException(
        `No denied request ${requestId} is remembered: it was not denied, is not the caller's, or was too long ago.`,
      )
    }
    return access.explainRefused(requestId, { discreet: !mayAll })
  }
  const about = named ?? caller.arn
  const isSelf = about === caller.arn || about === caller.roleArn
  const decision = may(about)
  if (!decision.allowed && !isSelf) throw new AccessDeniedException(decision.reason)
  const principal = isSelf ? caller.principal : await access.principal(caller.scope.accountId, about)
  if (!principal) throw new ResourceNotFoundException(`There is no user or role ${about} in the account.`)
  const call = { operation: operation!, input: parsed(text), region: caller.scope.region }
  const notes = !isSelf && principal.roleArn !== undefined ? [sessionNote] : []
  return access.explain(principal, call, { discreet: !decision.allowed, notes })
}

const sessionNote =
  'Policies and tags of a session lie in its token and are not known here: only the session itself can ask with them.'

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidParametersException('Input must be the JSON object that the operation would be called with.')
  }
  return value as Readonly<Record<string, unknown>>
}
