import { type Bound, bind, type Driver } from './verb.ts'
import { accessKeys } from './verbs/access-keys.ts'
import { activity } from './verbs/activity.ts'
import { artifacts } from './verbs/artifacts.ts'
import { automations } from './verbs/automations.ts'
import { budgets } from './verbs/budgets.ts'
import { consoleSessions } from './verbs/console-sessions.ts'
import { constraints } from './verbs/constraints.ts'
import { deletions } from './verbs/deletions.ts'
import { documents } from './verbs/documents.ts'
import { executions } from './verbs/executions.ts'
import { identities } from './verbs/identities.ts'
import { managedPolicies } from './verbs/managed-policies.ts'
import { nodes } from './verbs/nodes.ts'
import { notifications } from './verbs/notifications.ts'
import { places } from './verbs/places.ts'
import { plans } from './verbs/plans.ts'
import { portfolioMembers } from './verbs/portfolio-members.ts'
import { portfolioShares } from './verbs/portfolio-shares.ts'
import { portfolios } from './verbs/portfolios.ts'
import { productCopies } from './verbs/product-copies.ts'
import { products } from './verbs/products.ts'
import { provisionedProducts } from './verbs/provisioned-products.ts'
import { queues } from './verbs/queues.ts'
import { records } from './verbs/records.ts'
import { retention } from './verbs/retention.ts'
import { serviceActions } from './verbs/service-actions.ts'
import { storedArtifacts } from './verbs/stored-artifacts.ts'
import { tagOptions } from './verbs/tag-options.ts'
import { terraformStates } from './verbs/terraform-states.ts'
import { tokens } from './verbs/tokens.ts'

/** Every verb, by what it is about. A new one is a file in verbs/ and a row here. */
const verbs = {
  accessKeys,
  activity,
  artifacts,
  automations,
  budgets,
  consoleSessions,
  constraints,
  deletions,
  documents,
  executions,
  identities,
  managedPolicies,
  portfolioMembers,
  nodes,
  notifications,
  places,
  plans,
  portfolioShares,
  portfolios,
  productCopies,
  products,
  provisionedProducts,
  queues,
  records,
  retention,
  serviceActions,
  storedArtifacts,
  tagOptions,
  terraformStates,
  tokens,
}

export type Storage = { readonly [Name in keyof typeof verbs]: Bound<(typeof verbs)[Name]> } & {
  close(): Promise<void>
}

/** Storage as the rest of the system sees it: the verbs, run by a driver. */
export function openStorage(driver: Driver): Storage {
  const bound = Object.fromEntries(Object.entries(verbs).map(([name, table]) => [name, bind(driver, table)]))
  return { ...(bound as Omit<Storage, 'close'>), close: () => driver.close() } as Storage
}
