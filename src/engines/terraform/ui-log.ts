import type { ProductResource } from '../../catalog/entities.ts'
import type { ResourceChange } from '../../model/generated/servicecatalog.ts'

/** A line of Terraform's machine-readable UI (`-json`), as far as it is used. */
interface UiEvent {
  readonly type?: string
  readonly '@message'?: string
  readonly diagnostic?: Diagnostic
  readonly change?: { readonly action?: string; readonly resource?: UiResource }
  readonly changes?: Readonly<Record<string, unknown>>
}

interface UiResource {
  readonly addr?: string
  readonly resource_type?: string
}

interface Diagnostic {
  readonly severity?: string
  readonly summary?: string
  readonly detail?: string
  readonly address?: string
  readonly range?: { readonly filename?: string; readonly start?: { readonly line?: number } }
}

/** A resource and what is, or is to be, done with it: create, update, delete, replace, read, move, import, ... */
export interface UiChange {
  readonly address: string
  readonly type: string
  readonly action: string
}

export interface UiLog {
  /** What happened, line by line, in words. */
  readonly lines: readonly string[]
  /** Errors, in words, with the place. */
  readonly errors: readonly string[]
  /** The errors' first lines, which say what kind they are of. */
  readonly summaries: readonly string[]
  readonly planned: readonly UiChange[]
  readonly drifted: readonly UiChange[]
  /** Of an apply or destroy that came to its end. */
  readonly counts: { readonly added: number; readonly changed: number; readonly destroyed: number } | undefined
}

/** Messages that tell people how far it is. What provisioners print is left out: nobody knows what is in it. */
const telling = new Set([
  'planned_change',
  'resource_drift',
  'apply_start',
  'apply_progress',
  'apply_complete',
  'apply_errored',
  'provision_start',
  'provision_errored',
  'change_summary',
])

/** Reads what a run has printed so far; a line that is not whole yet is left for the next time. */
export function readUiLog(text: string): UiLog {
  const lines: string[] = []
  const errors: string[] = []
  const summaries: string[] = []
  const planned: UiChange[] = []
  const drifted: UiChange[] = []
  let counts: UiLog['counts']
  for (const line of text.split('\n')) {
    const event = parseEvent(line)
    if (!event) continue
    const { type = '', '@message': message = '', diagnostic, change, changes } = event
    if (telling.has(type) && message !== '') lines.push(message)
    if (diagnostic?.severity === 'error') {
      errors.push(describe(diagnostic))
      summaries.push(diagnostic.summary ?? '')
    }
    if (type === 'planned_change') planned.push(changeOf(change))
    if (type === 'resource_drift') drifted.push(changeOf(change))
    if (type === 'change_summary' && changes?.['operation'] !== 'plan') {
      counts = {
        added: Number(changes?.['add']),
        changed: Number(changes?.['change']),
        destroyed: Number(changes?.['remove']),
      }
    }
  }
  return { lines, errors, summaries, planned, drifted, counts }
}

const actions: Readonly<Record<string, Pick<ResourceChange, 'Action' | 'Replacement'>>> = {
  create: { Action: 'ADD' },
  update: { Action: 'MODIFY', Replacement: 'FALSE' },
  replace: { Action: 'MODIFY', Replacement: 'TRUE' },
  delete: { Action: 'REMOVE' },
}

/** As DescribeProvisionedProductPlan shows them; what only reads, moves or forgets is no change. */
export function resourceChanges(planned: readonly UiChange[], resources: readonly ProductResource[]): ResourceChange[] {
  const ids = new Map(resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]))
  return planned.flatMap(({ address, type, action }) => {
    const change = actions[action]
    if (!change) return []
    const id = ids.get(address)
    return [
      {
        ...change,
        LogicalResourceId: address,
        ...(id === undefined ? {} : { PhysicalResourceId: id }),
        ResourceType: type,
        Scope: change.Action === 'MODIFY' ? (['PROPERTIES'] as const) : [],
      },
    ]
  })
}

function parseEvent(line: string): UiEvent | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as UiEvent
  } catch {
    return undefined
  }
}

function changeOf(change: UiEvent['change']): UiChange {
  const { addr = '', resource_type: type = '' } = change?.resource ?? {}
  return { address: addr, type, action: change?.action ?? '' }
}

function describe({ summary = '', detail = '', address, range }: Diagnostic): string {
  const place = [
    range?.filename && `${range.filename}${range.start?.line ? ` line ${range.start.line}` : ''}`,
    address,
  ].filter(Boolean)
  const text = detail === '' ? summary : `${summary}: ${detail}`
  return place.length > 0 ? `${text} (${place.join(', ')})` : text
}
