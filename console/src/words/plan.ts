/** What a plan says of one resource. */
export interface PlannedChange {
  readonly Action?: string
  readonly LogicalResourceId?: string
  readonly PhysicalResourceId?: string
  readonly ResourceType?: string
  readonly Replacement?: string
  readonly Scope?: readonly string[]
  readonly Details?: readonly {
    readonly Target?: { readonly Attribute?: string; readonly Name?: string; readonly RequiresRecreation?: string }
    readonly CausingEntity?: string
  }[]
}

type Happening = 'add' | 'change' | 'replace' | 'perhaps' | 'remove'

/** What becomes of a resource: whether it is made anew is what matters most about a change. */
export function happening({ Action, Replacement }: PlannedChange): Happening {
  if (Action === 'ADD') return 'add'
  if (Action === 'REMOVE') return 'remove'
  return Replacement === 'TRUE' ? 'replace' : Replacement === 'CONDITIONAL' ? 'perhaps' : 'change'
}

export const happenings: Readonly<Record<Happening, string>> = {
  add: 'Add',
  change: 'Change in place',
  replace: 'Replace',
  perhaps: 'Change, perhaps replace',
  remove: 'Remove',
}

const counted: Readonly<Record<Happening, string>> = {
  add: 'to add',
  change: 'to change in place',
  replace: 'to replace',
  perhaps: 'to change or replace',
  remove: 'to remove',
}

/** `2 to add, 1 to replace`. */
export function summaryOf(changes: readonly PlannedChange[]): string {
  const words = (Object.keys(counted) as Happening[]).flatMap(kind => {
    const count = changes.filter(change => happening(change) === kind).length
    return count > 0 ? [`${count} ${counted[kind]}`] : []
  })
  return words.length > 0 ? words.join(', ') : 'Nothing would change.'
}

/** Which of its properties change, and what for. */
export function reasonsOf({ Details = [], Scope = [] }: PlannedChange): string {
  const words = Details.flatMap(({ Target: { Attribute, Name, RequiresRecreation } = {}, CausingEntity }) => {
    const what = Name ?? (Attribute === undefined ? '' : Attribute.toLowerCase())
    if (what === '') return []
    const how =
      RequiresRecreation === 'ALWAYS' ? ' replaces it' : RequiresRecreation === 'CONDITIONALLY' ? ' may replace it' : ''
    const why = CausingEntity !== undefined && CausingEntity !== what ? ` (because of ${CausingEntity})` : ''
    return [`${what}${how}${why}`]
  })
  return words.length > 0 ? [...new Set(words)].join(', ') : Scope.map(each => each.toLowerCase()).join(', ')
}

/** A change of what an engine is given, told by Bellhop itself where the engine cannot say what it would do. */
export function isOwnChange({ ResourceType = '' }: PlannedChange): boolean {
  return ResourceType.startsWith('Bellhop::')
}

/** A parameter, the version or a tag as people say it; other types as they are. */
export function changedType(type = ''): string {
  const own: Readonly<Record<string, string>> = {
    'Bellhop::ProvisioningArtifact': 'Version',
    'Bellhop::Parameter': 'Parameter',
    'Bellhop::Tag': 'Tag',
  }
  return Object.hasOwn(own, type) ? own[type]! : type
}
