import { type ServiceName, services } from '../model/services.ts'
import type { Identity } from './identity.ts'

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** The IAM action of an operation, e.g. servicecatalog:ProvisionProduct. */
export function iamAction(service: ServiceName, operation: string): string {
  return `${service}:${operation}`
}

/** Every operation there is, by its IAM action: what is not in here is nobody's to call. */
const actions: ReadonlySet<string> = new Set(
  (Object.keys(services) as ServiceName[]).flatMap(service =>
    Object.keys(services[service].operations).map(operation => iamAction(service, operation)),
  ),
)

/** Everybody may ask who they are; AWS does not let a policy deny it either. */
const everybody: ReadonlySet<string> = new Set([iamAction('sts', 'GetCallerIdentity')])

/**
 * Whether a principal may call an operation. Default deny: today administrators are allowed all, others nothing but to ask
 * who they are. Pure.
 */
export function authorise(identity: Identity, service: ServiceName, operation: string): Decision {
  const action = iamAction(service, operation)
  if (actions.has(action) && (identity.administrator || everybody.has(action))) return { allowed: true }
  return {
    allowed: false,
    reason: `User: ${identity.arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  }
}
