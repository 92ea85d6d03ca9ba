import type { AwsApi } from '../../aws/api.ts'
import type { ProductResource } from '../../catalog/entities.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'
import { isNoStack } from '../cloudformation/failures.ts'
import { pages } from '../cloudformation/pages.ts'

/** A stack as DescribeStacks shows it. */
export interface Stack {
  readonly StackId: string
  readonly StackName: string
  readonly StackStatus: string
  readonly StackStatusReason?: string
  readonly RootId?: string
  readonly ParentId?: string
  readonly Parameters?: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[]
  readonly Outputs?: readonly {
    readonly OutputKey: string
    readonly OutputValue: string
    readonly Description?: string
  }[]
}

export interface StackEvent {
  readonly EventId: string
  readonly LogicalResourceId: string
  readonly PhysicalResourceId?: string
  readonly ResourceType: string
  readonly ResourceStatus: string
  readonly ResourceStatusReason?: string
  readonly ClientRequestToken?: string
  readonly Timestamp: Date
}

/** The stack of a name or an ARN; undefined when there is none, or none any more. Throws AwsApiError. */
export async function describeStack(api: AwsApi, nameOrArn: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await api.call('cloudformation', 'DescribeStacks', { StackName: nameOrArn })
    const [stack] = Stacks as readonly Stack[]
    return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack
  } catch (error) {
    if (isNoStack(error)) return undefined
    throw error
  }
}

/** The stack's events after the one of that id, oldest first; all of them without one. Throws AwsApiError. */
export async function eventsSince(api: AwsApi, arn: string, since: string | undefined): Promise<readonly StackEvent[]> {
  const found: StackEvent[] = []
  for await (const events of pages<StackEvent>(api, 'DescribeStackEvents', { StackName: arn }, 'StackEvents')) {
    const known = events.findIndex(({ EventId }) => EventId === since)
    found.push(...(known < 0 ? events : events.slice(0, known)))
    if (known >= 0) break
  }
  return found.reverse()
}

/** The latest events, newest first: as many as CloudFormation gives at once. Throws AwsApiError. */
export async function newestEvents(api: AwsApi, arn: string): Promise<readonly StackEvent[]> {
  const { StackEvents } = await api.call('cloudformation', 'DescribeStackEvents', { StackName: arn })
  return (StackEvents ?? []) as readonly StackEvent[]
}

/** What a stack is made of. Throws AwsApiError. */
export async function stackResources(api: AwsApi, arn: string): Promise<readonly ProductResource[]> {
  interface Summary {
    readonly LogicalResourceId: string
    readonly PhysicalResourceId?: string
    readonly ResourceType: string
    readonly ResourceStatus: string
  }
  const found: ProductResource[] = []
  for await (const page of pages<Summary>(api, 'ListStackResources', { StackName: arn }, 'StackResourceSummaries')) {
    for (const { LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus } of page) {
      if (!PhysicalResourceId || ResourceStatus === 'DELETE_COMPLETE') continue
      found.push({ type: ResourceType, physicalId: PhysicalResourceId, logicalId: LogicalResourceId })
    }
  }
  return found
}

/** The key, and the description, of the output that every product of this type has on AWS beside its template's. */
const arnKey = 'CloudformationStackARN'

export function stackOutputs({ StackId, Outputs = [] }: Pick<Stack, 'StackId' | 'Outputs'>): readonly RecordOutput[] {
  return [
    { OutputKey: arnKey, OutputValue: StackId, Description: 'The ARN of the launched Cloudformation Stack' },
    ...Outputs.map(({ OutputKey, OutputValue, Description }) => ({ OutputKey, OutputValue, Description })),
  ]
}

/** The ARN of a product's stack, by its outputs. */
export function stackArnOf(outputs: readonly RecordOutput[] = []): string | undefined {
  return outputs.find(({ OutputKey }) => OutputKey === arnKey)?.OutputValue
}
