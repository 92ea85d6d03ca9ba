import { createHash } from 'node:crypto'
import type { Execution } from '../catalog/execution.ts'

/** What a child has of its own; everything else it has from the execution that starts it. */
type Own = Pick<Execution, 'document' | 'parameters'> &
  Partial<Pick<Execution, 'roleArn' | 'scope' | 'rateControl' | 'target' | 'tags'>>

/** Executions below the first that may stand one below the other. AWS has such a quota too. */
export const mostLevels = 4

/**
 * The execution that a step, or a target, of another one starts. Its id comes from the token, so that the same token never
 * starts a second.
 */
export function childExecution(parent: Execution, token: string, own: Own, now: Date): Execution {
  const scope = own.scope ?? parent.scope
  const elsewhere = scope.accountId !== parent.scope.accountId || scope.region !== parent.scope.region
  return {
    id: executionId(token),
    scope,
    kind: 'automation',
    document: own.document,
    parameters: own.parameters,
    executedBy: parent.executedBy,
    caller: parent.caller,
    roleArn: own.roleArn,
    tags: own.tags,
    parent: { executionId: parent.id, depth: depthOf(parent) + 1 },
    rateControl: own.rateControl,
    target: own.target,
    crossAccount: elsewhere || parent.crossAccount || undefined,
    status: 'Pending',
    outputs: {},
    epoch: 0,
    createdAt: now,
  }
}

export function depthOf({ parent }: Execution): number {
  return parent?.depth ?? 0
}

/** A UUID (version 8, the one for ids of one's own making) that is the same for the same token. */
function executionId(token: string): string {
  const bytes = createHash('sha256').update(`execution ${token}`).digest()
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
