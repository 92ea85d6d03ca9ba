import { levelledOperations } from '../../identity/access-level.ts'
import { denial, iamAction, keysFor, withLevel } from '../../identity/authorise.ts'
import { evaluate } from '../../identity/evaluate.ts'
import type { Principal } from '../../identity/principal.ts'
import type { ExplainAccessOutput, Gate } from '../../model/generated/bellhop.ts'
import { services as models, type ServiceName } from '../../model/services.ts'
import type { AccessExplainer, ExplainOptions } from '../../operations/operation.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import { type IncomingCall, type Judgement, judge } from '../access.ts'
import type { Principals } from '../principals.ts'
import { automationGates } from './automation.ts'
import { ownerGate } from './owner.ts'
import { passRoleGates } from './pass-role.ts'
import { policyGates } from './policies.ts'
import { portfolioGate } from './portfolio.ts'
import type { RefusedCalls } from './refused-calls.ts'
import { trustGate } from './trust.ts'

interface Needs {
  readonly storage: Storage
  readonly principals: Principals
  readonly refusedCalls: RefusedCalls
  readonly clock: { now(): Date }
}

/** A call that is to be explained, with what the policies said to it. */
export interface JudgedCall extends Judgement {
  readonly principal: Principal
  readonly incoming: IncomingCall
  readonly discreet: boolean
}

/** Tells, gate by gate, why a call is allowed or denied: by the same rules, on the same data, as calls are. */
export function createAccessExplainer({ storage, principals, refusedCalls, clock }: Needs): AccessExplainer {
  async function explain(
    principal: Principal,
    incoming: IncomingCall,
    { discreet, notes = [] }: ExplainOptions,
  ): Promise<ExplainAccessOutput> {
    const judged: JudgedCall = { principal, incoming, discreet, ...(await judge(principal, incoming, storage)) }
    const { authorisation } = judged
    const gates = [...(await gatesOfPolicies(judged, storage))]
    // What lies behind the policies is told to those whom they let through.
    if (gates.every(({ Outcome }) => Outcome === 'ALLOWED') && authorisation.allowed) {
      gates.push(...(await passRoleGates(judged, storage)))
      for (const gate of [await portfolioGate(judged, storage), await ownerGate(judged, storage)]) {
        if (gate) gates.push(gate)
      }
      if (gates.every(({ Outcome }) => Outcome !== 'DENIED')) gates.push(...(await automationGates(judged, storage)))
    }
    const closed = gates.find(({ Outcome }) => Outcome === 'DENIED' || Outcome === 'EXPLICITLY_DENIED')
    return {
      Allowed: closed === undefined,
      Reason: closed?.Reason ?? 'Nothing stands in the way of the call.',
      Principal: {
        Arn: principal.arn,
        Type: principal.roleArn === undefined ? 'USER' : 'ROLE_SESSION',
        Role: principal.roleArn,
        Groups: principal.groupArns,
      },
      Operation: iamAction(incoming.service, incoming.operation),
      AccessLevel: authorisation.allowed ? levels[authorisation.accessLevel] : undefined,
      Gates: gates,
      Notes: notes.length > 0 ? notes : undefined,
    }
  }

  return {
    refused: requestId => refusedCalls.find(requestId)?.principal,
    principal: principals.ofArn,

    async explainRefused(requestId, options) {
      const call = refusedCalls.find(requestId)
      if (!call) throw new ResourceNotFoundException(`No denied request ${requestId} is remembered.`)
      const note = 'Policies are as they were when the call was denied; portfolios and owners as they are now.'
      const explained = await explain(call.principal, call.incoming, { ...options, notes: [note] })
      return {
        ...explained,
        Request: {
          RequestId: requestId,
          Time: call.incoming.now,
          ErrorCode: call.errorCode,
          ErrorMessage: call.errorMessage,
        },
      }
    },

    async explain(principal, { operation: named, input, region }, options) {
      return explain(principal, { ...operationNamed(named), input, region, now: clock.now() }, options)
    },
  }
}

const levels = { user: 'USER', role: 'ROLE', account: 'ACCOUNT' } as const

/** What the policies say: to each of the call's resources, and how far the call then reaches. */
async function gatesOfPolicies(judged: JudgedCall, storage: Storage): Promise<readonly Gate[]> {
  const { principal, call, authorisation } = judged
  const { service, operation } = call
  const action = iamAction(service, operation)
  if (action === 'sts:GetCallerIdentity') return []
  if (action === 'sts:AssumeRole') return trustGate(judged, storage)
  const isLevelled = service === 'servicecatalog' && levelledOperations.has(operation)
  const gates = call.resources.flatMap(resource => {
    const keys = keysFor(call, resource)
    const request = { action, resource, keys: isLevelled ? withLevel(keys, 'user') : keys }
    const verdict = evaluate(principal.permissions, request)
    const reason = verdict === 'allowed' ? undefined : denial(principal, action, resource, verdict)
    return policyGates(principal.permissions, request, reason)
  })
  if (!authorisation.allowed || !isLevelled) return gates
  return [...gates, { Name: 'ACCESS_LEVEL', Outcome: 'ALLOWED', Reason: levelTexts[authorisation.accessLevel] }]
}

const levelTexts = {
  user: 'The policies let the call reach what the principal made (servicecatalog:userLevel), and nothing else.',
  role: 'The policies let the call reach what sessions of the same role made (servicecatalog:roleLevel).',
  account: 'The policies let the call reach what anybody of the account made (servicecatalog:accountLevel).',
}

/** `ProvisionProduct`, or `iam:CreateUser`; without a service Service Catalog's come first. */
function operationNamed(text: string): { readonly service: ServiceName; readonly operation: string } {
  const [prefix, name] = text.includes(':') ? text.split(':') : [undefined, text]
  const wanted = (Object.keys(models) as ServiceName[]).filter(service => prefix === undefined || service === prefix)
  const service = wanted.find(each => Object.hasOwn(models[each].operations, name!))
  if (!service) throw new InvalidParametersException(`There is no operation ${text}.`)
  return { service, operation: name! }
}
