import type { AttachedPolicy } from '../../model/generated/iam.ts'
import { pageMembers, pageOf, policyOrder } from './paging.ts'

/** A page of what is attached to an identity, by name; PathPrefix looks at the policy's path, which its ARN holds. */
export function attachedPage(
  attached: readonly { readonly name: string; readonly arn: string }[],
  input: { readonly PathPrefix?: string; readonly Marker?: string; readonly MaxItems?: number },
): { AttachedPolicies: readonly AttachedPolicy[]; IsTruncated: boolean; Marker?: string } {
  const prefix = input.PathPrefix ?? '/'
  const found = attached.filter(({ arn }) => arn.slice(arn.indexOf(':policy/') + ':policy'.length).startsWith(prefix))
  const page = pageOf(found, policyOrder, input)
  return {
    AttachedPolicies: page.items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })),
    ...pageMembers(page),
  }
}
