import { iamArn } from '../../catalog/arns.ts'
import { checkConstraintParameters, rolesOfConstraint } from '../../catalog/constraint-parameters.ts'
import { denial } from '../../identity/authorise.ts'
import { evaluate } from '../../identity/evaluate.ts'
import type { Gate } from '../../model/generated/bellhop.ts'
import type { PassedTo } from '../../operations/pass-role.ts'
import type { Storage } from '../../storage/storage.ts'
import { documentRules } from '../document-rules.ts'
import type { JudgedCall } from './index.ts'
import { policyGates } from './policies.ts'

const action = 'iam:PassRole'

/** Whether the principal may pass the roles that the input hands over; see operations/pass-role.ts. */
export async function passRoleGates(judged: JudgedCall, storage: Storage): Promise<readonly Gate[]> {
  const { principal, call, incoming } = judged
  const isAutomation = incoming.operation === 'StartAutomationExecution'
  const roles = isAutomation ? await automationRoles(judged, storage) : await passedRoles(judged, storage)
  const to: PassedTo = isAutomation ? 'ssm.amazonaws.com' : 'servicecatalog.amazonaws.com'
  const keys = new Map([...call.keys, ['iam:passedtoservice', [to]] as const])
  return roles.flatMap(resource => {
    const request = { action, resource, keys }
    const verdict = evaluate(principal.permissions, request)
    const reason = verdict === 'allowed' ? undefined : denial(principal, action, resource, verdict)
    return policyGates(principal.permissions, request, reason, 'PASS_ROLE')
  })
}

/** The role that a document says it runs as, or is told to by a parameter. */
async function automationRoles({ incoming, scope }: JudgedCall, storage: Storage): Promise<readonly string[]> {
  const { DocumentName: name, DocumentVersion: version = '$DEFAULT', Parameters: parameters = {} } = incoming.input
  if (typeof name !== 'string' || typeof version !== 'string') return []
  const document = await storage.documents.getVersion(scope, name, version)
  if (!document) return []
  try {
    const given = parameters as Readonly<Record<string, readonly string[]>>
    const role = documentRules.assumedRole(document.content, given, scope)
    return role === undefined ? [] : [role]
  } catch {
    // Refused for its form; no role is passed.
    return []
  }
}

async function passedRoles({ incoming, scope }: JudgedCall, storage: Storage): Promise<readonly string[]> {
  const { operation, input } = incoming
  switch (operation) {
    case 'CreateConstraint':
      return constraintRoles(input['Type'], input['Parameters'])
    case 'UpdateConstraint': {
      const constraint = typeof input['Id'] === 'string' ? await storage.constraints.get(scope, input['Id']) : undefined
      return constraintRoles(constraint?.detail.Type, input['Parameters'])
    }
    case 'CreateServiceAction':
    case 'UpdateServiceAction':
      return arns(member(input['Definition'], 'AssumeRole'))
    case 'UpdateProvisionedProductProperties':
      return arns(member(input['ProvisionedProductProperties'], 'LAUNCH_ROLE'))
    default:
      return []
  }

  async function constraintRoles(type: unknown, parameters: unknown): Promise<readonly string[]> {
    if (typeof type !== 'string' || typeof parameters !== 'string') return []
    try {
      checkConstraintParameters(type, parameters)
    } catch {
      // Refused for its form; no role is passed.
      return []
    }
    return Promise.all(
      rolesOfConstraint(type, parameters).map(async role => {
        if ('arn' in role) return role.arn
        const found = await storage.identities.get(scope.accountId, 'role', role.name)
        return found?.arn ?? iamArn(scope.accountId, `role/${role.name}`)
      }),
    )
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function arns(value: unknown): readonly string[] {
  return typeof value === 'string' && value.startsWith('arn:') ? [value] : []
}
