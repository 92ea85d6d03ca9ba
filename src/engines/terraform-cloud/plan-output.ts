import * as z from 'zod'
import type { UiChange } from '../terraform/ui-log.ts'
import { CloudError } from './client.ts'

const changeSchema = z.object({
  address: z.string(),
  mode: z.string().optional(),
  type: z.string().default(''),
  change: z.object({ actions: z.array(z.string()) }),
})

/** What is read of a plan in Terraform's JSON form. */
const planSchema = z.object({
  resource_changes: z.array(changeSchema).default([]),
  resource_drift: z.array(changeSchema).default([]),
})

/** What a plan would change, and what it found changed. Throws CloudError. */
export function planChanges(text: string): { planned: readonly UiChange[]; drifted: readonly UiChange[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CloudError('The plan that it answered is not JSON', 400)
  }
  const result = planSchema.safeParse(value)
  if (!result.success) throw new CloudError('The plan that it answered is not in the form that is known', 400)
  return { planned: changes(result.data.resource_changes), drifted: changes(result.data.resource_drift) }
}

function changes(found: readonly z.infer<typeof changeSchema>[]): UiChange[] {
  return found
    .filter(({ mode }) => mode !== 'data')
    .map(({ address, type, change: { actions } }) => ({ address, type, action: actionOf(actions) }))
    .filter(({ action }) => action !== 'no-op')
}

/** A replacement is a deletion and a creation, in the one order or the other. */
function actionOf(actions: readonly string[]): string {
  return actions.length > 1 ? 'replace' : (actions[0] ?? 'no-op')
}
