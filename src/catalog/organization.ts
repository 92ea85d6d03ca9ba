import type { OrganizationNode } from '../model/generated/servicecatalog.ts'

/**
 * A small model of AWS Organizations: which accounts lie below which organizational units. It comes from the server's
 * configuration, since Bellhop keeps no organization of its own. Pure.
 */
export interface OrganizationSettings {
  /** `o-` and 10 to 32 characters. */
  readonly id: string
  readonly managementAccount: string
  readonly delegatedAdministrators: readonly string[]
  readonly nodes: readonly {
    /** `ou-...` */
    readonly id: string
    /** The unit above it; absent: the root. */
    readonly parent?: string | undefined
    readonly accounts: readonly string[]
  }[]
  /** Accounts that lie in no unit. */
  readonly accounts: readonly string[]
}

export interface Organization {
  readonly id: string
  readonly managementAccount: string
  readonly delegatedAdministrators: ReadonlySet<string>
  /** Units, each with the one above it; undefined: the root. */
  readonly units: ReadonlyMap<string, string | undefined>
  /** All members, each with its unit; undefined: the root. */
  readonly accounts: ReadonlyMap<string, string | undefined>
}

/** Settings that describe no tree; the message is for the operator. */
export class OrganizationError extends Error {}

/** Throws OrganizationError for units and accounts that are there twice, parents that are not, and circles. */
export function organizationOf(settings: OrganizationSettings): Organization {
  const units = new Map<string, string | undefined>()
  const accounts = new Map<string, string | undefined>()
  const place = (account: string, unit: string | undefined) => {
    if (accounts.has(account)) throw new OrganizationError(`Account ${account} is in the organization twice.`)
    accounts.set(account, unit)
  }
  for (const { id, parent, accounts: members } of settings.nodes) {
    if (units.has(id)) throw new OrganizationError(`Organizational unit ${id} is there twice.`)
    units.set(id, parent)
    for (const account of members) place(account, id)
  }
  for (const account of settings.accounts) place(account, undefined)
  for (const [id, parent] of units) {
    if (parent !== undefined && !units.has(parent)) {
      throw new OrganizationError(`The parent ${parent} of organizational unit ${id} is not there.`)
    }
    const above = new Set<string>()
    for (let unit: string | undefined = id; unit !== undefined; unit = units.get(unit)) {
      if (above.has(unit)) throw new OrganizationError(`Organizational unit ${id} lies below itself.`)
      above.add(unit)
    }
  }
  const { id, managementAccount, delegatedAdministrators } = settings
  if (!accounts.has(managementAccount)) accounts.set(managementAccount, undefined)
  for (const account of delegatedAdministrators) {
    if (!accounts.has(account)) {
      throw new OrganizationError(`Delegated administrator ${account} is not an account of the organization.`)
    }
  }
  return { id, managementAccount, delegatedAdministrators: new Set(delegatedAdministrators), units, accounts }
}

/** The member accounts at or below a node, sorted; undefined when the organization has no such node. */
export function accountsBelow(
  organization: Organization,
  { type, value }: { readonly type: string; readonly value: string },
): readonly string[] | undefined {
  const { id, units, accounts } = organization
  const all = [...accounts.keys()].sort()
  if (type === 'ORGANIZATION') return value === id ? all : undefined
  if (type === 'ORGANIZATIONAL_UNIT') {
    if (!units.has(value)) return undefined
    return all.filter(account => {
      for (let unit = accounts.get(account); unit !== undefined; unit = units.get(unit)) if (unit === value) return true
      return false
    })
  }
  return accounts.has(value) ? [value] : undefined
}

/** A node's id from what may be its id or its ARN (`arn:aws:organizations::ACCOUNT:ou/o-.../ou-...`). */
export function nodeId(value: string): string {
  return value.startsWith('arn:') ? value.slice(value.lastIndexOf('/') + 1) : value
}

/** Whether an id is of the form that its type has. */
export function isNodeOf(type: NonNullable<OrganizationNode['Type']>, id: string): boolean {
  const forms = { ORGANIZATION: /^o-/, ORGANIZATIONAL_UNIT: /^ou-/, ACCOUNT: /^[0-9]{12}$/ } as const
  return forms[type].test(id)
}
