import type { AwsApi } from '../../aws/api.ts'
import type { ResourceAttribute, ResourceChange, ResourceChangeDetail } from '../../model/generated/servicecatalog.ts'

/** A change set as DescribeChangeSet shows it, with the changes of all its pages. */
export interface ChangeSetDescription {
  readonly ChangeSetId: string
  readonly Status: string
  readonly StatusReason?: string
  readonly changes: readonly ResourceChange[]
}

interface Change {
  readonly Type?: string
  readonly ResourceChange?: {
    readonly Action: string
    readonly LogicalResourceId: string
    readonly PhysicalResourceId?: string
    readonly ResourceType: string
    readonly Replacement?: string
    readonly Scope?: readonly string[]
    readonly Details?: readonly {
      readonly Target?: { readonly Attribute?: string; readonly Name?: string; readonly RequiresRecreation?: string }
      readonly Evaluation?: string
      readonly CausingEntity?: string
    }[]
  }
}

const mostPages = 100

/** Throws AwsApiError. */
export async function describeChangeSet(api: AwsApi, arn: string): Promise<ChangeSetDescription> {
  const changes: ResourceChange[] = []
  let token: unknown
  for (let page = 0; ; page += 1) {
    const more = token === undefined ? {} : { NextToken: token }
    const answer = await api.call('cloudformation', 'DescribeChangeSet', { ChangeSetName: arn, ...more })
    for (const change of (answer['Changes'] ?? []) as readonly Change[]) {
      if (change.ResourceChange) changes.push(resourceChange(change.ResourceChange))
    }
    token = answer['NextToken']
    if (token && page < mostPages) continue
    const { ChangeSetId, Status, StatusReason } = answer as unknown as ChangeSetDescription
    return { ChangeSetId, Status, StatusReason, changes }
  }
}

const attributes: readonly string[] = [
  'PROPERTIES',
  'METADATA',
  'CREATIONPOLICY',
  'UPDATEPOLICY',
  'DELETIONPOLICY',
  'TAGS',
] satisfies ResourceAttribute[]

/** CloudFormation's change in Service Catalog's words: the same, in capitals, without what this API does not know. Pure. */
function resourceChange(change: NonNullable<Change['ResourceChange']>): ResourceChange {
  const { LogicalResourceId, PhysicalResourceId, ResourceType, Replacement, Scope, Details } = change
  return {
    Action:
      change.Action === 'Add' || change.Action === 'Import' ? 'ADD' : change.Action === 'Remove' ? 'REMOVE' : 'MODIFY',
    LogicalResourceId,
    PhysicalResourceId,
    ResourceType,
    Replacement: upper(Replacement),
    Scope: Scope?.map(scope => scope.toUpperCase()).filter(isAttribute),
    Details: Details?.map(({ Target, Evaluation, CausingEntity }): ResourceChangeDetail => {
      const attribute = Target?.Attribute?.toUpperCase() ?? ''
      return {
        Target: Target && {
          Attribute: isAttribute(attribute) ? attribute : undefined,
          Name: Target.Name,
          RequiresRecreation: upper(Target.RequiresRecreation),
        },
        Evaluation: upper(Evaluation),
        CausingEntity,
      }
    }),
  }
}

function isAttribute(text: string): text is ResourceAttribute {
  return attributes.includes(text)
}

/** The API's enumerations are CloudFormation's in capitals. */
function upper<T extends string>(text: string | undefined): T | undefined {
  return text === undefined || text === '' ? undefined : (text.toUpperCase() as T)
}
