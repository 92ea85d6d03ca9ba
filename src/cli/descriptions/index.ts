import { operations as bellhop } from './bellhop.ts'
import { operations as iam } from './iam.ts'
import { commonMembers, members, operations as servicecatalog } from './servicecatalog.ts'
import { operations as sqs } from './sqs.ts'
import { operations as ssm } from './ssm.ts'
import { operations as sts } from './sts.ts'

type Texts = Readonly<Record<string, string>>

interface Descriptions {
  readonly operations: Texts
  /** By 'Shape.Member'. */
  readonly members?: Texts
  /** By 'Member', where `members` has no row. */
  readonly commonMembers?: Texts
}

/** The texts of each service, by the name it has in the model. */
export const descriptions: ReadonlyMap<string, Descriptions> = new Map<string, Descriptions>([
  ['servicecatalog', { operations: servicecatalog, members, commonMembers }],
  ['ssm', { operations: ssm }],
  ['sqs', { operations: sqs }],
  ['sts', { operations: sts }],
  ['iam', { operations: iam }],
  ['bellhop', { operations: bellhop }],
])

/** What an operation does, in one to three sentences; undefined for one we know nothing of. */
export function describeOperation(service: string, operation: string): string | undefined {
  return own(descriptions.get(service)?.operations, operation)
}

/**
 * What a member of a structure is, e.g. `describeMember('servicecatalog', 'ProvisionProductInput', 'PathId')`, in one to four
 * sentences. Undefined for one we know nothing of; only Service Catalog's members are described.
 */
export function describeMember(service: string, shape: string, member: string): string | undefined {
  const texts = descriptions.get(service)
  return own(texts?.members, `${shape}.${member}`) ?? own(texts?.commonMembers, member)
}

/** The part of a description that stands alone, with its period: for lists, completions and the YAML skeleton. */
export function firstSentence(description: string): string {
  return /^.*?[^.]\.(?= |$)/.exec(description)?.[0] ?? description
}

/** A name such as `constructor` is no key of ours. */
function own(texts: Texts | undefined, key: string): string | undefined {
  return texts && Object.hasOwn(texts, key) ? texts[key] : undefined
}
