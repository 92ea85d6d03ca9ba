import { iamArn } from '../../catalog/arns.ts'
import type { StoredPolicy } from '../../storage/verbs/managed-policies.ts'
import { checkedTags, wholeSeconds } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { checkPolicy } from './policies.ts'
import { shownPolicy } from './shown.ts'

export const createPolicy: IamOperation<'CreatePolicy', 'storage' | 'clock' | 'ids'> = async (
  input,
  caller,
  { storage, clock, ids },
) => {
  const { PolicyName: name, Path: path = '/', PolicyDocument: document, Description: description } = input
  const { accountId } = caller.scope
  checkPolicy(document, 'identity')
  const policy: StoredPolicy = {
    accountId,
    name,
    id: ids.iam('policy'),
    path,
    arn: iamArn(accountId, `policy${path}${name}`),
    ...(description !== undefined && { description }),
    tags: checkedTags(input.Tags),
    createdAt: wholeSeconds(clock.now()),
    document,
  }
  await storage.managedPolicies.create(policy)
  return { Policy: shownPolicy(policy, undefined) }
}
