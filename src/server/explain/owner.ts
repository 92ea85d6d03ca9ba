import { reaches } from '../../identity/access-level.ts'
import type { Gate } from '../../model/generated/bellhop.ts'
import type { Storage } from '../../storage/storage.ts'
import type { JudgedCall } from './index.ts'

/** What has an owner, as texts name it, and who that is; undefined when it is not there. */
interface Owned {
  readonly what: string
  readonly owner: string | undefined
}

/** Whether what the call is about is the principal's, or within their reach; undefined where nothing of that kind is named. */
export async function ownerGate(judged: JudgedCall, storage: Storage): Promise<Gate | undefined> {
  const { authorisation, principal, discreet, incoming } = judged
  if (!authorisation.allowed) return undefined
  const owned = await ownedBy(judged, storage)
  if (!owned) return undefined
  const { what, owner } = owned
  const gate = (Outcome: Gate['Outcome'], Reason: string): Gate => ({ Name: 'OWNER', Outcome, Reason })
  const { accessLevel, administrator } = authorisation
  const within = owner !== undefined && reaches({ arn: principal.arn, roleArn: principal.roleArn, accessLevel }, owner)
  if (!within) {
    if (discreet) return gate('DENIED', `${what} is not there, or is not yours.`)
    if (owner === undefined) return gate('DENIED', `${what} is not there.`)
    return gate('DENIED', `${what} belongs to ${owner}, and the call reaches ${reach[accessLevel]}.`)
  }
  if (incoming.operation === 'UpdateProvisionedProductProperties' && !administrator) {
    return gate('DENIED', 'Only who may call servicecatalog:DescribeProductAsAdmin changes owner and launch role.')
  }
  return gate(
    'ALLOWED',
    owner === principal.arn
      ? `${what} is the principal’s own.`
      : `${what} belongs to ${owner}, and the call reaches ${reach[accessLevel]}.`,
  )
}

const reach = {
  user: 'the principal’s own only',
  role: 'those of sessions of the same role',
  account: 'everybody’s of the account',
}

async function ownedBy({ incoming, scope }: JudgedCall, storage: Storage): Promise<Owned | undefined> {
  const { service, operation, input } = incoming
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : undefined)
  if (service === 'ssm') {
    const id = text('AutomationExecutionId')
    return id === undefined
      ? undefined
      : { what: `Automation execution ${id}`, owner: (await storage.executions.get(id))?.executedBy }
  }
  if (service !== 'servicecatalog') return undefined
  if (operation === 'DescribeRecord') {
    const id = text('Id')
    if (id === undefined) return undefined
    const record = await storage.records.get(scope, id)
    const product = record && (await storage.provisionedProducts.get(scope, record.detail.ProvisionedProductId))
    return { what: `Record ${id}`, owner: product?.userArn ?? record?.userArn }
  }
  const plan = text('PlanId')
  if (plan !== undefined) return { what: `Plan ${plan}`, owner: (await storage.plans.get(scope, plan))?.userArn }
  // Who provisions or plans names what is to be.
  if (operation === 'ProvisionProduct' || operation === 'CreateProvisionedProductPlan') return undefined
  const describes = operation === 'DescribeProvisionedProduct'
  const id = text('ProvisionedProductId') ?? (describes ? text('Id') : undefined)
  if (id !== undefined) {
    return { what: `Provisioned product ${id}`, owner: (await storage.provisionedProducts.get(scope, id))?.userArn }
  }
  const name = text('ProvisionedProductName') ?? (describes ? text('Name') : undefined)
  if (name === undefined) return undefined
  const found = await storage.provisionedProducts.getByName(scope, name)
  return { what: `Provisioned product ${name}`, owner: found?.userArn }
}
