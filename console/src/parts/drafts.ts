import type { Values } from './fields.tsx'

/** What somebody had typed into a form before they looked at what it would come to. */
export interface Draft {
  readonly name: string
  readonly values: Values
  readonly tags: Readonly<Record<string, string>>
}

/** In memory alone, since some of it is secret: by the plan that was made of it. */
const drafts = new Map<string, Draft>()

export function keepDraft(planId: string, draft: Draft): void {
  drafts.set(planId, draft)
}

export function draftOf(planId: string | undefined): Draft | undefined {
  return planId === undefined ? undefined : drafts.get(planId)
}

interface Planned {
  readonly ProvisionProductName?: string
  readonly ProvisioningParameters?: readonly { readonly Key?: string; readonly Value?: string }[]
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[]
}

/** What a plan tells of what was typed, which is all but the secrets, for whoever made it in another window. */
export function draftFromPlan({ ProvisionProductName = '', ProvisioningParameters = [], Tags = [] }: Planned): Draft {
  const byKey = (pairs: Planned['Tags'] = []) =>
    Object.fromEntries(pairs.filter(({ Value }) => Value !== '****').map(({ Key = '', Value = '' }) => [Key, Value]))
  return { name: ProvisionProductName, values: byKey(ProvisioningParameters), tags: byKey(Tags) }
}
