/** How many executions may be under way at once, over all nodes. A member that is not there sets no limit. */
export interface Limits {
  /** By account id. */
  readonly accounts: Limit
  /** Of the service actions, by id or by name; a name counts all actions that have it together. */
  readonly actions: Limit
  /** Of the engines, by type of provisioned product (`EXTERNAL`) or by type and name (`EXTERNAL/web`). */
  readonly engines: Limit
}

interface Limit {
  /** Of each that is not named. */
  readonly default?: number | undefined
  readonly named: Readonly<Record<string, number>>
}

/** What an execution is counted by. */
export interface Counted {
  readonly accountId: string
  readonly action?: { readonly id: string; readonly name: string | undefined } | undefined
  readonly engine?: { readonly type: string; readonly name: string | undefined } | undefined
}

export const limitKinds = { account: 'accounts', action: 'actions', engine: 'engines' } as const

/**
 * What an execution is counted under: its account first, then what limits it besides, e.g. `account:111122223333` and
 * `engine:EXTERNAL/web`. Executions with the same keys stand in one line.
 */
export type LimitKeys = readonly [account: string, ...others: string[]]

/** The line that an execution stands in; undefined: nothing limits it. */
export function lineOf(limits: Limits, { accountId, action, engine }: Counted): LimitKeys | undefined {
  const keys: string[] = []
  if (action) keys.push(`action:${actionName(limits.actions, action)}`)
  if (engine) {
    keys.push(`engine:${engine.type}`)
    if (engine.name !== undefined) keys.push(`engine:${engine.type}/${engine.name}`)
  }
  const account = `account:${accountId}`
  const others = keys.filter(key => mostOf(limits, key) !== undefined)
  return others.length > 0 || mostOf(limits, account) !== undefined ? [account, ...others] : undefined
}

/** A limit of the id's goes before the name's, and that before the default. */
function actionName({ named }: Limit, { id, name }: NonNullable<Counted['action']>): string {
  return !Object.hasOwn(named, id) && name !== undefined && Object.hasOwn(named, name) ? name : id
}

/** Whether there is any. */
export function isLimited(limits: Limits): boolean {
  return Object.values<Limit>({ ...limits }).some(
    ({ default: fallback, named }) => fallback !== undefined || Object.keys(named).length > 0,
  )
}

/** How many may be under way under this key; undefined: any number, since the configuration (no longer) limits it. */
export function mostOf(limits: Limits, key: string): number | undefined {
  const { kind, name } = partsOf(key)
  const limit = limits[limitKinds[kind]]
  if (Object.hasOwn(limit.named, name)) return limit.named[name]
  // Engines have no default, and an action's default is for each action by itself, which only its id tells.
  return kind === 'account' || name.startsWith('act-') ? limit.default : undefined
}

/** A key's two parts: `action:act-123` is the action act-123. */
export function partsOf(key: string): { readonly kind: keyof typeof limitKinds; readonly name: string } {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon) as keyof typeof limitKinds, name: key.slice(colon + 1) }
}
