import type { Tag } from '../model/generated/servicecatalog.ts'
import type { TagOption } from './entities.ts'
import { checkTags, TagsError, TooManyTagsError, tagLimits } from './tags.ts'

/** A portfolio or a product, with the TagOptions that are associated with it. */
export interface Optioned {
  readonly arn: string
  readonly options: readonly TagOption[]
}

/**
 * The values that a launch may choose from, by tag key, sorted. A key that only one of portfolio and product has keeps all
 * its values; of one that both have, the values that both have; where they have none in common, a single value that says so,
 * for administrators to find (admin guide, "Launching a product with TagOptions"). Inactive TagOptions count for nothing.
 */
export function tagChoices(portfolio: Optioned, product: Optioned): ReadonlyMap<string, readonly string[]> {
  const ofPortfolio = valuesByKey(portfolio.options)
  const ofProduct = valuesByKey(product.options)
  const choices = new Map<string, readonly string[]>()
  for (const key of [...new Set([...ofPortfolio.keys(), ...ofProduct.keys()])].sort()) {
    const one = ofPortfolio.get(key)
    const other = ofProduct.get(key)
    const values = one && other ? new Set([...one].filter(value => other.has(value))) : (one ?? other)!
    const conflict = `sc-tagconflict-${portfolio.arn}-${product.arn}`
    choices.set(key, values.size > 0 ? [...values].sort() : [conflict])
  }
  return choices
}

function valuesByKey(options: readonly TagOption[]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>()
  for (const { detail } of options) {
    if (!detail.Active) continue
    const known = values.get(detail.Key)
    if (known) known.add(detail.Value)
    else values.set(detail.Key, new Set([detail.Value]))
  }
  return values
}

/**
 * The tags of a launch: those given, and by itself the one value of a key that has only one. Throws TagsError where a given
 * value is not among its key's choices, where a key with several has been left out, and for keys given twice or reserved.
 */
export function launchTags(given: readonly Tag[], choices: ReadonlyMap<string, readonly string[]>): readonly Tag[] {
  checkTags(given)
  for (const { Key, Value } of given) {
    const values = choices.get(Key)
    if (values && !values.includes(Value)) {
      throw new TagsError(`The value ${Value} of tag ${Key} is not one of its TagOptions: ${values.join(', ')}.`)
    }
  }
  const chosen = new Set(given.map(({ Key }) => Key))
  const applied: Tag[] = []
  for (const [Key, values] of choices) {
    if (chosen.has(Key)) continue
    if (values.length > 1) throw new TagsError(`Tag ${Key} must have one of its TagOptions: ${values.join(', ')}.`)
    applied.push({ Key, Value: values[0]! })
  }
  const tags = [...given, ...applied]
  if (tags.length > tagLimits.provisionedProduct) {
    throw new TooManyTagsError(`A provisioned product may have ${tagLimits.provisionedProduct} tags.`)
  }
  return tags
}

/**
 * Whether given tags ask for no change: each is there, and nothing is missing but what TagOptions apply by themselves.
 */
export function asksNoChange(
  given: readonly Tag[],
  current: readonly Tag[],
  choices: ReadonlyMap<string, readonly string[]>,
): boolean {
  const values = new Map(current.map(({ Key, Value }) => [Key, Value]))
  const keys = new Set(given.map(({ Key }) => Key))
  return (
    given.every(({ Key, Value }) => values.get(Key) === Value) &&
    current.every(({ Key }) => keys.has(Key) || choices.has(Key))
  )
}
