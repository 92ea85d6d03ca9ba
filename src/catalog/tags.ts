import type { Tag } from '../model/generated/servicecatalog.ts'

/** The rules of tags: which may be given, and what a change makes of those that are there. Pure. */
export class TagsError extends Error {}

/** More tags than the quota allows; some operations have an error of its own for that. */
export class TooManyTagsError extends TagsError {}

/** AWS's default quotas. */
export const tagLimits = { portfolio: 20, product: 20, provisionedProduct: 50 }

/** Throws TagsError for a key that is given twice, or that begins with what AWS keeps for itself. */
export function checkTags(tags: readonly Tag[]): void {
  const seen = new Set<string>()
  for (const { Key } of tags) {
    requireOpenKey(Key)
    if (seen.has(Key)) throw new TagsError(`The tag key ${Key} is given more than once.`)
    seen.add(Key)
  }
}

/** Throws TagsError for a key that begins with `aws:`, in any case: such tags are made by AWS's services only. */
export function requireOpenKey(key: string): void {
  if (/^aws:/i.test(key)) throw new TagsError(`The tag key ${key} is reserved: it begins with aws:.`)
}

/**
 * The tags after AddTags and RemoveTags. A key in both is added: Terraform's provider removes all the old ones and adds all
 * the new ones in one call. Throws TagsError.
 */
export function changedTags(
  tags: readonly Tag[],
  { add = [], remove = [], limit }: { add?: readonly Tag[]; remove?: readonly string[]; limit: number },
): readonly Tag[] {
  checkTags(add)
  const gone = new Set([...remove, ...add.map(({ Key }) => Key)])
  const changed = [...tags.filter(({ Key }) => !gone.has(Key)), ...add]
  if (changed.length > limit)
    throw new TooManyTagsError(`There may be ${limit} tags; these would be ${changed.length}.`)
  return changed
}

const autoTagPrefix = 'aws:servicecatalog:'

const autoTagNames = [
  'portfolioArn',
  'productArn',
  'provisioningPrincipalArn',
  'provisionedProductArn',
  'provisioningArtifactIdentifier',
] as const

type AutoTag = (typeof autoTagNames)[number]

/** AWS's AutoTags, which say where a provisioned product comes from (admin guide, "AutoTags"). */
export function autoTags(values: Readonly<Record<AutoTag, string>>): readonly Tag[] {
  return autoTagNames.map(name => ({ Key: autoTagPrefix + name, Value: values[name] }))
}

/** The value of an AutoTag among a provisioned product's tags. */
export function autoTag(tags: readonly Tag[], name: AutoTag): string | undefined {
  return tags.find(({ Key }) => Key === autoTagPrefix + name)?.Value
}

/** Tags without the AutoTags: those that were given, or applied by TagOptions. */
export function withoutAutoTags(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(({ Key }) => !Key.startsWith(autoTagPrefix))
}
