import type { EngineRequest } from '../engine.ts'

/** Where instances of a stack set are. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** One thing that CloudFormation is asked for; a piece of work is several, one after the other. Plain JSON. */
export type SetOperation =
  | { readonly kind: 'CreateStackSet' | 'DeleteStackSet' }
  /** Without places: all instances. */
  | { readonly kind: 'UpdateStackSet'; readonly places?: Places; readonly keepTemplate?: boolean }
  | { readonly kind: 'CreateStackInstances' | 'DeleteStackInstances'; readonly places: Places }

/** CloudFormation takes accounts and regions, and means every account with every region. */
export interface Places {
  readonly accounts: readonly string[]
  readonly regions: readonly string[]
}

/** What is to be done, in order, for a piece of work on a stack set that has these instances; undefined: no such set. Pure. */
export function operationsFor(
  { work, provisioningPreferences = {} }: Pick<EngineRequest, 'work' | 'provisioningPreferences'>,
  there: readonly Place[] | undefined,
): readonly SetOperation[] {
  const {
    StackSetAccounts: accounts = [],
    StackSetRegions: regions = [],
    StackSetOperationType,
  } = provisioningPreferences
  const asked = { accounts, regions }
  if (work === 'terminate') {
    return there ? [...deletions(there), { kind: 'DeleteStackSet' }] : []
  }
  if (work === 'action') return [{ kind: 'UpdateStackSet', keepTemplate: true }]
  if (!there) return [{ kind: 'CreateStackSet' }, { kind: 'CreateStackInstances', places: asked }]
  if (work === 'provision' || StackSetOperationType === 'CREATE')
    return [{ kind: 'CreateStackInstances', places: asked }]
  const meant = there.filter(({ account, region }) => accounts.includes(account) && regions.includes(region))
  if (StackSetOperationType === 'DELETE') return deletions(meant)
  // A set without instances was left by a provision that failed.
  if (there.length === 0) return [{ kind: 'UpdateStackSet' }, { kind: 'CreateStackInstances', places: asked }]
  const meantGroups = groups(meant)
  // All of them in one operation, also where they cannot be named in one.
  if (meant.length === there.length && meantGroups.length > 1) return [{ kind: 'UpdateStackSet' }]
  return meantGroups.map(places => ({ kind: 'UpdateStackSet', places }))
}

function deletions(places: readonly Place[]): readonly SetOperation[] {
  return groups(places).map(group => ({ kind: 'DeleteStackInstances', places: group }))
}

/** Places as accounts with regions such that exactly they are meant: accounts that have the same regions go together. */
function groups(places: readonly Place[]): readonly Places[] {
  const regionsOf = new Map<string, string[]>()
  for (const { account, region } of places) regionsOf.set(account, [...(regionsOf.get(account) ?? []), region])
  const found = new Map<string, { accounts: string[]; regions: string[] }>()
  for (const [account, regions] of regionsOf) {
    const key = [...regions].sort().join()
    const group = found.get(key) ?? { accounts: [], regions }
    group.accounts.push(account)
    found.set(key, group)
  }
  return [...found.values()]
}
