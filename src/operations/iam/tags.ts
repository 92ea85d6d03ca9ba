import type { Tag } from '../../model/generated/iam.ts'
import { LimitExceededException } from '../../protocol/errors.ts'
import { checkedTags } from './entity.ts'
import { pageMembers, pageOf } from './paging.ts'

/** IAM's quota for each identity and policy. */
const mostTags = 50

interface Tagged {
  readonly tags: readonly Tag[]
}

/** With tags added; a key that is there, in whichever case, gets the new value. Throws LimitExceededException. */
export function tagged<T extends Tagged>(entity: T, added: readonly Tag[]): T {
  const more = checkedTags(added)
  const tags = [
    ...untagged(
      entity,
      more.map(({ Key }) => Key),
    ).tags,
    ...more,
  ]
  if (tags.length > mostTags) throw new LimitExceededException(`Cannot exceed quota for TagsPerEntity: ${mostTags}`)
  return { ...entity, tags }
}

/** Without the tags of these keys; one that is not there is passed over. */
export function untagged<T extends Tagged>(entity: T, keys: readonly string[]): T {
  const gone = new Set(keys.map(key => key.toLowerCase()))
  return { ...entity, tags: entity.tags.filter(({ Key }) => !gone.has(Key.toLowerCase())) }
}

/** A page of tags, by key. */
export function tagPage(tags: readonly Tag[], input: { readonly Marker?: string; readonly MaxItems?: number }) {
  const page = pageOf(tags, ({ Key }) => Key, input)
  return { Tags: page.items, ...pageMembers(page) }
}
