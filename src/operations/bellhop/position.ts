import { type Execution, isEnded } from '../../catalog/execution.ts'
import { mostOf, partsOf } from '../../catalog/limits.ts'
import type { PositionOutput } from '../../model/generated/bellhop.ts'
import { automationQuotas } from '../../storage/verbs/executions.ts'
import type { Services } from '../operation.ts'

const types = { account: 'ACCOUNT', action: 'ACTION', engine: 'ENGINE' } as const

/**
 * Where an execution stands in its line, and which limit it waits for. One that has not begun and stands in no line waits for
 * nothing but a worker.
 */
export async function positionOf(
  { id, status, createdAt, scope: { accountId } }: Execution,
  { storage, limits }: Pick<Services, 'storage' | 'limits'>,
): Promise<PositionOutput> {
  if (isEnded(status)) return { Waiting: false }
  const place = await storage.places.position(id, key => mostOf(limits, key))
  if (place) {
    const { kind, name } = partsOf(place.key)
    const most = mostOf(limits, place.key)
    return {
      Waiting: true,
      Position: place.position,
      // A limit that was just taken away holds nobody for long.
      Limit: most === undefined ? undefined : { Type: types[kind], Name: name, Most: most },
      Since: new Date(place.since),
    }
  }
  if (status !== 'Pending') return { Waiting: false }
  const position = await storage.automations.quotaPosition(id)
  if (position === undefined) return { Waiting: true, Since: createdAt }
  const limit = { Type: 'AUTOMATION_QUOTA', Name: accountId, Most: automationQuotas.concurrent } as const
  return { Waiting: true, Position: position, Limit: limit, Since: createdAt }
}
