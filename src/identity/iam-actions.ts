/**
 * The IAM actions that a call of an AWS operation needs. Mostly they are called as service and operation are; what differs
 * is listed here (IAM's service authorization reference). Pure.
 */

/** Services, by the names they are signed for, whose actions have another prefix. */
const prefixes: Readonly<Record<string, string>> = {
  cloudcontrolapi: 'cloudformation',
  connecthealth: 'connect-health',
  iotdata: 'iot',
  ioteventsdata: 'iotevents',
  monitoring: 'cloudwatch',
  'mturk-requester': 'mechanicalturk',
  tagging: 'tag',
}

const s3: Readonly<Record<string, readonly string[]>> = {
  ListBuckets: ['s3:ListAllMyBuckets'],
  ListObjects: ['s3:ListBucket'],
  ListObjectsV2: ['s3:ListBucket'],
  HeadBucket: ['s3:ListBucket'],
  HeadObject: ['s3:GetObject'],
  CopyObject: ['s3:GetObject', 's3:PutObject'],
  DeleteObjects: ['s3:DeleteObject'],
  ListObjectVersions: ['s3:ListBucketVersions'],
  CreateMultipartUpload: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
  UploadPartCopy: ['s3:GetObject', 's3:PutObject'],
  CompleteMultipartUpload: ['s3:PutObject'],
  GetBucketEncryption: ['s3:GetEncryptionConfiguration'],
  PutBucketEncryption: ['s3:PutEncryptionConfiguration'],
  DeleteBucketEncryption: ['s3:PutEncryptionConfiguration'],
  GetBucketLifecycleConfiguration: ['s3:GetLifecycleConfiguration'],
  PutBucketLifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
  DeleteBucketLifecycle: ['s3:PutLifecycleConfiguration'],
  GetBucketReplication: ['s3:GetReplicationConfiguration'],
  PutBucketReplication: ['s3:PutReplicationConfiguration'],
  DeleteBucketReplication: ['s3:PutReplicationConfiguration'],
  GetPublicAccessBlock: ['s3:GetBucketPublicAccessBlock'],
  PutPublicAccessBlock: ['s3:PutBucketPublicAccessBlock'],
  DeletePublicAccessBlock: ['s3:PutBucketPublicAccessBlock'],
  GetBucketNotificationConfiguration: ['s3:GetBucketNotification'],
  PutBucketNotificationConfiguration: ['s3:PutBucketNotification'],
}

/** Operations whose actions have other names, by the actions' prefix. */
const named: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  s3,
  lambda: { Invoke: ['lambda:InvokeFunction'], InvokeAsync: ['lambda:InvokeFunction'] },
  dynamodb: {
    ExecuteStatement: ['Select', 'Insert', 'Update', 'Delete'].map(kind => `dynamodb:PartiQL${kind}`),
    TransactGetItems: ['dynamodb:GetItem'],
    TransactWriteItems: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  },
}

/** API Gateway's actions are HTTP's verbs. */
const verbs: readonly (readonly [RegExp, string])[] = [
  [/^(Get|Export)/, 'GET'],
  [/^(Create|Import|Test|Generate)/, 'POST'],
  [/^Put/, 'PUT'],
  [/^(Delete|Flush|Untag)/, 'DELETE'],
  [/^/, 'PATCH'],
]

/**
 * Operations that hand on whatever the caller's credentials may do: to a stack, to a runbook, to new credentials. Whoever
 * may call them with somebody else's credentials has somebody else's rights.
 */
const handsOn: ReadonlyMap<string, RegExp> = new Map([
  ['sts', /^(?!GetCallerIdentity$)/],
  ['cloudformation', /^(?!Describe|List|Get|Validate|Detect|Estimate)/],
  ['ssm', /^Start/],
  ['servicecatalog', /^(Provision|Update|Terminate|Execute)/],
  ['states', /^(Create|Update)/],
])

/** `bellhop:UseServerCredentials` is ours: it stands for all that the server itself may do on AWS. */
export const useServerCredentials = 'bellhop:UseServerCredentials'

/**
 * The actions, all of which must be allowed. `service` is the name that calls are signed for, `operation` the
 * model's, e.g. StopInstances.
 */
export function iamActionsOf(service: string, operation: string, parameters: unknown): readonly string[] {
  const prefix = prefixes[service] ?? service
  const own = named[prefix]?.[operation] ?? [
    prefix === 'apigateway'
      ? `apigateway:${verbs.find(([form]) => form.test(operation))![1]}`
      : `${prefix}:${operation}`,
  ]
  return [
    ...own,
    ...(namesRole(parameters) ? ['iam:PassRole'] : []),
    ...(handsOn.get(prefix)?.test(operation) ? [useServerCredentials] : []),
  ]
}

/** Whether a call hands a role, or an instance profile that holds one, to what it calls. */
function namesRole(value: unknown, depth = 0): boolean {
  if (depth > 100) return true
  if (typeof value === 'string') return /\barn:[^:\s]*:iam::\d{12}:(role|instance-profile)\//.test(value)
  if (Array.isArray(value)) return value.some(item => namesRole(item, depth + 1))
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([name, item]) =>
      /^(IamInstanceProfile|InstanceProfileName|ServiceRole|Role)$/i.test(name) || namesRole(item, depth + 1),
  )
}
