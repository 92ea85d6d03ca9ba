import { type AwsApi, AwsApiError } from '../aws/api.ts'
import type { Execution } from '../catalog/execution.ts'
import { locationTargets, type ResolvedTarget, targetKind } from '../catalog/rate-control.ts'
import type { Target } from '../model/generated/ssm.ts'

/** Targets that come to nothing that can be run; the message is for whoever started the execution. */
export class TargetError extends Error {}

/** Runs that one execution may come to. */
const mostTargets = 1000

/**
 * What an execution's targets are, at this moment: values as they were given, resources with a tag or in a resource group
 * as AWS knows them. Throws TargetError.
 */
export async function resolveTargets(execution: Execution, aws: AwsApi): Promise<readonly ResolvedTarget[]> {
  const { scope, roleArn, document } = execution
  const rateControl = execution.rateControl!
  const { targetLocations, targetMaps, targets = [], targetParameterName } = rateControl
  if (targetLocations) {
    return locationTargets(rateControl, scope, roleArn, location => location.Accounts ?? [scope.accountId])
  }
  if (targetMaps) return targetMaps.map(map => ({ name: Object.values(map).flat().join(','), parameters: map }))
  const values = new Set<string>()
  try {
    for (const target of targets) for (const id of await resources(target, document.targetType, aws)) values.add(id)
  } catch (error) {
    if (!(error instanceof AwsApiError)) throw error
    throw new TargetError(`The targets could not be resolved: ${error.code}: ${error.message}`, { cause: error })
  }
  if (values.size > mostTargets) throw new TargetError(`The targets are more than ${mostTargets}.`)
  return [...values].map(name => ({ name, parameters: { [targetParameterName!]: [name] } }))
}

async function resources(target: Target, targetType: string | undefined, aws: AwsApi): Promise<readonly string[]> {
  const values = target.Values ?? []
  const type = resourceType(targetType)
  switch (targetKind(target)) {
    case 'values':
      return values.includes('*') ? tagged({}, type, aws) : values
    case 'tag':
      return tagged({ TagFilters: [{ Key: target.Key!.slice('tag:'.length), Values: values }] }, type, aws)
    case 'tag-key':
      return tagged({ TagFilters: values.map(Key => ({ Key })) }, type, aws)
    case 'group':
      return grouped(values, targetType, aws)
    default:
      throw new TargetError(`The target key ${target.Key} is not known.`)
  }
}

/** Resources of the document's type, by AWS's resource groups tagging API. */
async function tagged(filter: object, type: string | undefined, aws: AwsApi): Promise<string[]> {
  if (type === undefined) throw new TargetError('TargetType not defined for SSM Automation document')
  const found: string[] = []
  let PaginationToken: unknown
  do {
    const answer = await aws.call('resourcegroupstaggingapi', 'GetResources', {
      ...filter,
      ResourceTypeFilters: [type],
      ...(PaginationToken ? { PaginationToken } : {}),
    })
    const list = (answer['ResourceTagMappingList'] ?? []) as readonly { readonly ResourceARN?: string }[]
    found.push(...list.map(({ ResourceARN = '' }) => physicalId(ResourceARN)))
    PaginationToken = answer['PaginationToken']
  } while (PaginationToken && found.length <= mostTargets)
  return found
}

async function grouped(groups: readonly string[], targetType: string | undefined, aws: AwsApi): Promise<string[]> {
  const found: string[] = []
  const wanted = targetType?.replace(/^\//, '')
  for (const GroupName of groups) {
    let NextToken: unknown
    do {
      const answer = await aws.call('resource-groups', 'ListGroupResources', {
        GroupName,
        ...(NextToken ? { NextToken } : {}),
      })
      const list = (answer['ResourceIdentifiers'] ?? []) as readonly { ResourceArn?: string; ResourceType?: string }[]
      for (const { ResourceArn = '', ResourceType } of list) {
        if (!wanted || ResourceType === undefined || ResourceType === wanted) found.push(physicalId(ResourceArn))
      }
      NextToken = answer['NextToken']
    } while (NextToken && found.length <= mostTargets)
  }
  return found
}

/** `/AWS::EC2::Instance` as the tagging API writes it: ec2:instance. */
function resourceType(targetType: string | undefined): string | undefined {
  const parts = /^\/AWS::(\w+)::(\w+)$/.exec(targetType ?? '')
  if (!parts) return undefined
  const [, service, type] = parts as unknown as [string, string, string]
  return typeNames[`${service}::${type}`] ?? `${service}:${type}`.toLowerCase()
}

/** Types whose ARNs have other words than their CloudFormation names; all others are these in lower case. */
const typeNames: Readonly<Record<string, string>> = {
  'EC2::RouteTable': 'ec2:route-table',
  'EC2::SecurityGroup': 'ec2:security-group',
  'EC2::InternetGateway': 'ec2:internet-gateway',
  'RDS::DBInstance': 'rds:db',
  'RDS::DBCluster': 'rds:cluster',
  'S3::Bucket': 's3',
  'SNS::Topic': 'sns',
  'SQS::Queue': 'sqs',
  'AutoScaling::AutoScalingGroup': 'autoscaling:autoScalingGroup',
}

/** The last part of an ARN: what documents call the resource's id. */
function physicalId(arn: string): string {
  return /[^:/]*$/.exec(arn)![0]
}
