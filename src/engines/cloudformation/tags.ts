import type { EngineRequest } from '../engine.ts'

const reserved = 'aws:servicecatalog:'

/**
 * Tags as CloudFormation takes them. It keeps keys that begin with `aws:` to AWS's own services, so the AutoTags go by the
 * same names behind `bellhop:`.
 */
export function stackTags(tags: EngineRequest['tags']): readonly { readonly Key: string; readonly Value: string }[] {
  return tags.map(({ key, value }) => ({
    Key: key.startsWith(reserved) ? `bellhop:${key.slice(reserved.length)}` : key,
    Value: value,
  }))
}

/** The same without the AutoTags, which AWS does not put on stack sets. */
export function stackSetTags(tags: EngineRequest['tags']): ReturnType<typeof stackTags> {
  return stackTags(tags.filter(({ key }) => !key.startsWith(reserved)))
}

/** What CloudFormation needs to be told that a template may do; the launch role decides what it really may. */
export const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']
