import type { Answers, Follower } from './stand-in.ts'

/** When the pictures are taken, in seconds since 1970: 2026-03-02 14:05 UTC. */
export const now = Date.UTC(2026, 2, 2, 14, 5) / 1000
const account = '123456789012'
const user = (name: string) => `arn:aws:iam::${account}:user/${name}`
const id = (prefix: string, n: number) =>
  `${prefix}-${(0x5a1f_3c77 + n * 7_919).toString(36).padStart(7, '0')}q${n % 10}vyz`

const products = [
  [
    'PostgreSQL database',
    'Data platform',
    'A PostgreSQL of your own, backed up every night, restored by a button.',
    'CLOUD_FORMATION_TEMPLATE',
  ],
  [
    'Static web site',
    'Web team',
    'A bucket and a certificate; content is uploaded from your pipeline.',
    'TERRAFORM_OPEN_SOURCE',
  ],
  ['Web service', 'Platform', 'Runs a container behind the load balancer, with logs and metrics.', 'EXTERNAL'],
  [
    'Message queue',
    'Data platform',
    'A queue with a dead letter queue and alarms on its age.',
    'CLOUD_FORMATION_TEMPLATE',
  ],
  [
    'Analytics workspace for the quarterly and yearly reports of the finance department',
    'Finance systems',
    'Notebooks beside the warehouse. Costs about 40 € a day while it runs, and is stopped at night unless it is told otherwise.',
    'TERRAFORM_CLOUD',
  ],
  ['Virtual machine', 'Platform', 'Debian with your keys. Patched every Tuesday.', 'CLOUD_FORMATION_TEMPLATE'],
  [
    'Load test',
    'Quality',
    'A fleet that puts load on a service for an hour, and is gone afterwards.',
    'TERRAFORM_OPEN_SOURCE',
  ],
  [
    'Shared file system',
    'Platform',
    'Mounted by your services; snapshots are kept for 30 days.',
    'CLOUD_FORMATION_TEMPLATE',
  ],
] as const

const states = [
  'AVAILABLE',
  'AVAILABLE',
  'AVAILABLE',
  'UNDER_CHANGE',
  'AVAILABLE',
  'TAINTED',
  'AVAILABLE',
  'ERROR',
  'PLAN_IN_PROGRESS',
] as const
const names = [
  'orders-db',
  'shop-frontend',
  'billing',
  'ledger-events',
  'q3-report',
  'build-agent-07',
  'checkout-load',
  'media',
  'customer-search-index-of-the-shop-in-three-languages',
]

const provisioned = Array.from({ length: 137 }, (_, n) => ({
  Id: id('pp', n),
  Name: n < names.length ? names[n]! : `${names[n % 8]}-${n}`,
  Status: states[n % states.length]!,
  StatusMessage:
    states[n % states.length] === 'TAINTED'
      ? 'Step Migrate failed: the column price has values that are not numbers.'
      : undefined,
  ProductId: id('prod', n % products.length),
  ProductName: products[n % products.length]![0],
  ProvisioningArtifactId: id('pa', n % 5),
  ProvisioningArtifactName: `v${1 + (n % 3)}.${n % 7}`,
  UserArn: user(['Alice', 'bob', 'carol.longlastname@example.com'][n % 3]!),
  CreatedTime: now - n * 41_000 - 300,
  LastRecordId: id('rec', n),
  PhysicalId: `arn:aws:cloudformation:us-east-1:${account}:stack/SC-${account}-pp/${n}`,
}))

const actions = [
  ['Restart', 'Restarts the service, one instance after the other. About two minutes; requests go on being answered.'],
  ['Resize', 'Gives it more or less memory and processors. It is away for up to five minutes.'],
  ['Rotate key', 'Makes a new key, puts it into the secret store and forgets the old one after an hour.'],
  ['Restore backup', 'Puts back the state of a night. What was written since is lost.'],
  ['Migrate', 'Runs the migrations of the version that is installed.'],
] as const

const document = {
  schemaVersion: '0.3',
  description: 'Gives the database more or less memory and processors, after a snapshot, and checks that it answers.',
  assumeRole: '{{ AutomationAssumeRole }}',
  parameters: {
    DatabaseId: { type: 'String', description: 'The database.' },
    Size: {
      type: 'String',
      description: 'How large it becomes.',
      allowedValues: ['small', 'medium', 'large', 'xlarge'],
      default: 'medium',
    },
    Window: {
      type: 'String',
      description: 'When it may be away, in UTC.',
      allowedPattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
      default: '02:00',
    },
    Notify: { type: 'StringList', description: 'Who is told by e-mail.', default: [] },
  },
  mainSteps: [
    { name: 'Snapshot', action: 'aws:executeAwsApi', inputs: { Service: 'rds', Api: 'CreateDBSnapshot' } },
    {
      name: 'IsLarger',
      action: 'aws:branch',
      inputs: { Choices: [{ NextStep: 'Resize', Variable: '{{ Size }}', StringEquals: 'large' }], Default: 'Drain' },
    },
    {
      name: 'Drain',
      action: 'aws:loop',
      inputs: {
        Iterators: '{{ Snapshot.Replicas }}',
        Steps: [
          { name: 'Detach', action: 'aws:executeScript', inputs: { Runtime: 'python3.11' } },
          { name: 'Wait', action: 'aws:sleep', inputs: { Duration: 'PT5S' } },
        ],
      },
    },
    {
      name: 'Resize',
      action: 'aws:executeAwsApi',
      maxAttempts: 3,
      onFailure: 'step:Undo',
      inputs: { Service: 'rds', Api: 'ModifyDBInstance' },
      nextStep: 'Check',
    },
    { name: 'Check', action: 'aws:executeAutomation', inputs: { DocumentName: 'Check-Database' }, isEnd: true },
    { name: 'Undo', action: 'aws:executeScript', inputs: { Runtime: 'python3.11' }, isEnd: true },
  ],
}

export const yaml = `schemaVersion: '0.3'
description: ${document.description}
parameters:
  DatabaseId:
    type: String
  Size:
    type: String
    allowedValues: [small, medium, large, xlarge]
mainSteps:
  - name: Snapshot
    action: aws:executeAwsApi
    inputs:
      Service: rds
      Api: CreateDBSnapshot
  - name: IsLarger
    action: aws:branch
    inputs:
      Choices:
        - NextStep: Resize
          Variable: '{{ Size }}'
          StringEquals: large
      Default: Drain
  - name: Drain
    action: aws:loop
    inputs:
      Iterators: '{{ Snapshot.Replicas }}'
      Steps:
        - name: Detach
          action: aws:executeScript
          inputs:
            Runtime: python3.11
        - name: Wait
          action: aws:sleep
          inputs:
            Duration: PT5S
  - name: Resize
    action: aws:executeAwsApi
    maxAttempts: 3
    onFailure: step:Undo
    inputs:
      Service: rds
      Api: ModifyDBInstance
    nextStep: Check
  - name: Check
    action: aws:executeAutomation
    inputs:
      DocumentName: Check-Database
    isEnd: true
  - name: Undo
    action: aws:executeScript
    inputs:
      Runtime: python3.11
    isEnd: true
`

const recordTypes = [
  'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
  'UPDATE_PROVISIONED_PRODUCT',
  'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
  'PROVISION_PRODUCT',
] as const
const activities = Array.from({ length: 63 }, (_, n) => ({
  Id: id('rec', n),
  Kind: 'RECORD' as const,
  Time: now - 120 - n * 9_000,
  Principal: user(['Alice', 'bob', 'carol.longlastname@example.com'][n % 3]!),
  Type: recordTypes[n % 4]!,
  Status: (['SUCCEEDED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'SUCCEEDED'] as const)[n % 5]!,
  RecordId: id('rec', n),
  ProvisionedProductId: provisioned[n]!.Id,
  ProvisionedProductName: provisioned[n]!.Name,
  ...(n % 2 === 0 && { DocumentName: ['Resize-Database', 'Rotate-Key'][(n / 2) % 2]! }),
  ...(n % 5 === 3 && { ErrorMessage: 'Step Migrate failed: the column price has values that are not numbers.' }),
}))

const executions = Array.from({ length: 9 }, (_, n) => ({
  AutomationExecutionId: `3f2b7c1e-0d3a-4f6e-9d9a-${(0x1000_0000_0000 + n * 977_777).toString(16)}`,
  DocumentName: ['Resize-Database', 'Rotate-Key', 'Restore-Backup'][n % 3],
  DocumentVersion: '3',
  AutomationExecutionStatus: 'Waiting' as const,
  ExecutionStartTime: now - 60 - n * 5_000,
  ExecutedBy: user(['bob', 'carol.longlastname@example.com', 'Alice'][n % 3]!),
  Target: provisioned[n]!.Name,
}))

const parameters = [
  {
    ParameterKey: 'Name',
    ParameterType: 'String',
    Description: 'What the database is called.',
    ParameterConstraints: { AllowedPattern: '[a-z][a-z0-9-]*', MaxLength: '40' },
  },
  {
    ParameterKey: 'Size',
    ParameterType: 'String',
    DefaultValue: 'small',
    Description: 'Memory and processors.',
    ParameterConstraints: { AllowedValues: ['small', 'medium', 'large'] },
  },
  {
    ParameterKey: 'Storage',
    ParameterType: 'Number',
    DefaultValue: '20',
    Description: 'In GiB.',
    ParameterConstraints: { MinValue: '10', MaxValue: '2000' },
  },
  { ParameterKey: 'AdminPassword', ParameterType: 'String', IsNoEcho: true, Description: 'Of the user admin.' },
]
const summary = (n: number) => ({
  Id: id('prodview', n),
  ProductId: id('prod', n),
  Name: products[n]![0],
  Owner: products[n]![1],
  ShortDescription: products[n]![2],
  Type: products[n]![3],
  Distributor: 'Platform team',
  SupportEmail: 'platform@example.com',
})
const versions = [2, 1, 0].map(n => ({
  Id: id('pa', n),
  Name: `v${n + 1}.0`,
  Description: ['First', 'PostgreSQL 17', 'PostgreSQL 18, encrypted at rest'][n],
  CreatedTime: now - (3 - n) * 2e6,
  Guidance: 'DEFAULT' as const,
}))
const path = { Id: id('lpv2', 0), Name: 'Databases' }
const at = (list: readonly { Id: string }[], wanted: string | undefined) =>
  Math.max(
    0,
    list.findIndex(each => each.Id === wanted),
  )
const of = (wanted: string | undefined) => provisioned[at(provisioned, wanted)]!

/** A company's catalog, as far as the views ask for it. */
export const world: Answers = {
  'servicecatalog.SearchProducts': () => ({ ProductViewSummaries: products.map((_, n) => summary(n)) }),
  'servicecatalog.DescribeProduct': () => ({
    ProductViewSummary: summary(0),
    ProvisioningArtifacts: versions,
    LaunchPaths: [path],
  }),
  'servicecatalog.ListLaunchPaths': () => ({ LaunchPathSummaries: [path] }),
  'servicecatalog.DescribeProvisioningParameters': () => ({
    ProvisioningArtifactParameters: parameters,
    TagOptions: [{ Key: 'cost-centre', Values: ['4711', '4712'] }],
    ConstraintSummaries: [{ Type: 'LAUNCH', Description: 'Launched as DatabaseLaunch' }],
    UsageInstructions: [],
  }),
  'servicecatalog.SearchProvisionedProducts': input => {
    const wanted = input.Filters?.SearchQuery?.[0]
    const found = wanted?.startsWith('id:') ? [of(wanted.slice(3))] : provisioned
    return { ProvisionedProducts: found, TotalResultsCount: found.length }
  },
  'servicecatalog.DescribeProvisionedProduct': ({ Id }) => ({
    ProvisionedProductDetail: { ...of(Id), LaunchRoleArn: `arn:aws:iam::${account}:role/DatabaseLaunch` },
  }),
  'servicecatalog.GetProvisionedProductOutputs': () => ({
    Outputs: [
      {
        OutputKey: 'Endpoint',
        OutputValue: 'orders-db.cluster-c7xk2m.internal.example.com:5432',
        Description: 'Where it answers.',
      },
      { OutputKey: 'Dashboard', OutputValue: 'https://metrics.internal.example.com/d/orders-db?from=now-6h&to=now' },
      { OutputKey: 'AdminPassword', OutputValue: 'correct horse battery staple' },
      { OutputKey: 'Replicas', OutputValue: 'orders-db-r1\norders-db-r2' },
    ],
  }),
  'bellhop.ListActivity': () => ({ Activities: activities }),
  'servicecatalog.ListServiceActionsForProvisioningArtifact': () => ({
    ServiceActionSummaries: actions.map(([Name, Description], n) => ({
      Id: id('act', n),
      Name,
      Description,
      DefinitionType: 'SSM_AUTOMATION' as const,
    })),
  }),
  'servicecatalog.DescribeServiceActionExecutionParameters': () => ({
    ServiceActionParameters: [
      { Name: 'DatabaseId', Type: 'TARGET', DefaultValues: ['orders-db', 'orders-db-r1', 'orders-db-r2'].slice(0, 1) },
      { Name: 'Size', Type: 'String', DefaultValues: ['medium'] },
      { Name: 'Window', Type: 'String', DefaultValues: ['02:00'] },
      { Name: 'Notify', Type: 'StringList', DefaultValues: [] },
    ],
  }),
  'servicecatalog.DescribeServiceAction': () => ({
    ServiceActionDetail: {
      ServiceActionSummary: { Id: id('act', 1), Name: 'Resize', DefinitionType: 'SSM_AUTOMATION' },
      Definition: { Name: 'Resize-Database', Version: '3', AssumeRole: 'LAUNCH_ROLE' },
    },
  }),
  'ssm.GetDocument': input => ({
    Name: 'Resize-Database',
    DocumentVersion: '3',
    Content: input.DocumentFormat === 'JSON' ? JSON.stringify(document) : yaml,
    DocumentFormat: 'YAML',
  }),
  'ssm.DescribeDocument': () => ({
    Document: {
      Name: 'Resize-Database',
      DocumentVersion: '3',
      DefaultVersion: '3',
      LatestVersion: '3',
      DocumentFormat: 'YAML',
      Owner: account,
      Description: document.description,
      CreatedDate: now - 9e5,
      Parameters: Object.entries(document.parameters).map(([Name, { type, description }]) => ({
        Name,
        Type: type as 'String',
        Description: description,
      })),
    },
  }),
  'ssm.ListDocumentVersions': () => ({
    DocumentVersions: [3, 2, 1].map(n => ({
      DocumentVersion: String(n),
      IsDefaultVersion: n === 3,
      CreatedDate: now - 1e6 * (4 - n),
    })),
  }),
  'ssm.ListDocuments': () => ({
    DocumentIdentifiers: ['Resize-Database', 'Rotate-Key', 'Restore-Backup', 'Check-Database'].map(Name => ({
      Name,
      DocumentVersion: '3',
      Owner: account,
      DocumentFormat: 'YAML' as const,
      CreatedDate: now - 1e6,
    })),
  }),
  'ssm.DescribeAutomationExecutions': () => ({ AutomationExecutionMetadataList: executions }),
  'servicecatalog.ListPortfolios': () => ({
    PortfolioDetails: ['Databases', 'Web', 'Machines', 'Finance'].map((DisplayName, n) => ({
      Id: id('port', n),
      DisplayName,
      ProviderName: products[n]![1],
      Description: ['What keeps data', 'What is seen from outside', 'Machines and files', 'For the finance department'][
        n
      ],
      CreatedTime: now - 4e6 - n * 1e6,
    })),
  }),
  'servicecatalog.DescribePortfolio': () => ({
    PortfolioDetail: {
      Id: id('port', 0),
      ARN: `arn:aws:catalog:us-east-1:${account}:portfolio/${id('port', 0)}`,
      DisplayName: 'Databases',
      ProviderName: 'Data platform',
      Description: 'What keeps data',
      CreatedTime: now - 4e6,
    },
    Tags: [{ Key: 'team', Value: 'data' }],
    TagOptions: [],
    Budgets: [],
  }),
  'servicecatalog.SearchProductsAsAdmin': () => ({
    ProductViewDetails: products.map((_, n) => ({
      ProductViewSummary: summary(n),
      Status: 'AVAILABLE' as const,
      CreatedTime: now - 1e6,
    })),
  }),
  'servicecatalog.ListPrincipalsForPortfolio': () => ({
    Principals: [
      { PrincipalARN: user('Alice'), PrincipalType: 'IAM' as const },
      { PrincipalARN: `arn:aws:iam::${account}:group/developers`, PrincipalType: 'IAM' as const },
    ],
  }),
  'servicecatalog.ListConstraintsForPortfolio': () => ({ ConstraintDetails: [] }),
  'iam.ListUsers': () => ({
    Users: ['Alice', 'bob', 'carol.longlastname@example.com'].map(UserName => ({
      UserName,
      Arn: user(UserName),
      Path: '/',
      UserId: UserName,
      CreateDate: now - 1e7,
    })),
    IsTruncated: false,
  }),
}

const log = Array.from(
  { length: 4_000 },
  (_, n) =>
    `2026-03-02T14:0${Math.floor(n / 1_000)}:${String(n % 60).padStart(2, '0')}Z  table orders: ${(n * 2_500).toLocaleString('en')} rows copied`,
).join('\n')

interface Ended {
  readonly fails?: boolean
}

/** A run with a loop, attempts and a nested execution; under way, or failed. */
export function runOf({ fails = false }: Ended): Readonly<Record<string, unknown>> {
  const step = (
    at: number,
    StepName: string,
    Action: string,
    from: number | undefined,
    to: number | undefined,
    more: object = {},
  ) => ({
    [`step:${from === undefined ? StepName : at}`]: {
      at,
      StepName,
      Action,
      ...(from !== undefined && { StepExecutionId: String(at), ExecutionStartTime: now - 180 + from }),
      ...(to !== undefined && { ExecutionEndTime: now - 180 + to }),
      StepStatus: from === undefined ? 'Pending' : to === undefined ? 'InProgress' : 'Success',
      OnFailure: 'Abort',
      MaxAttempts: 1,
      ...more,
    },
  })
  const replica = (Iteration: number, IteratorValue: string) => ({
    ParentStepDetails: { StepExecutionId: '2', StepName: 'Drain', Action: 'aws:loop', Iteration, IteratorValue },
  })
  const failure =
    'InvalidDBInstanceState: Instance orders-db is not in a state in which it can be modified: storage-optimization. (Service: RDS, Status Code: 400, Request ID: 7d1c0a5e-5d5b-4bb8-9a8e-2f3c4a1b0c9d)'
  return {
    record: {
      RecordDetail: {
        RecordId: id('rec', 1),
        RecordType: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
        Status: fails ? 'FAILED' : 'IN_PROGRESS',
        ProvisionedProductId: provisioned[0]!.Id,
        ProvisionedProductName: 'orders-db',
        CreatedTime: now - 182,
        UpdatedTime: now - 12,
        LaunchRoleArn: `arn:aws:iam::${account}:role/DatabaseLaunch`,
        RecordErrors: fails ? [{ Code: 'AutomationExecutionFailed', Description: failure }] : [],
      },
      RecordOutputs: [{ OutputKey: 'AutomationExecutionId', OutputValue: '3f2b7c1e-0d3a-4f6e-9d9a-100000000000' }],
    },
    by: user('Alice'),
    execution: {
      AutomationExecutionId: '3f2b7c1e-0d3a-4f6e-9d9a-100000000000',
      AutomationExecutionStatus: fails ? 'Failed' : 'InProgress',
      DocumentName: 'Resize-Database',
      DocumentVersion: '3',
      ExecutionStartTime: now - 180,
      Parameters: {
        DatabaseId: ['orders-db'],
        Size: ['large'],
        Window: ['02:00'],
        AutomationAssumeRole: [`arn:aws:iam::${account}:role/DatabaseLaunch`],
      },
    },
    ...step(0, 'Snapshot', 'aws:executeAwsApi', 0, 42, {
      Outputs: { SnapshotId: ['orders-db-2026-03-02'], Replicas: ['orders-db-r1', 'orders-db-r2'] },
      Inputs: { Service: '"rds"', Api: '"CreateDBSnapshot"' },
    }),
    ...step(1, 'IsLarger', 'aws:branch', 42, 42.2),
    ...step(2, 'Drain', 'aws:loop', 43, 96),
    ...step(3, 'Detach', 'aws:executeScript', 43, 60, replica(1, 'orders-db-r1')),
    ...step(4, 'Wait', 'aws:sleep', 60, 68, replica(1, 'orders-db-r1')),
    ...step(5, 'Detach', 'aws:executeScript', 68, 88, {
      ...replica(2, 'orders-db-r2'),
      Response: log,
      Outputs: { Detached: ['orders-db-r2'] },
      Inputs: { Runtime: '"python3.11"', Handler: '"detach"' },
    }),
    ...step(6, 'Wait', 'aws:sleep', 88, 96, replica(2, 'orders-db-r2')),
    ...step(7, 'Resize', 'aws:executeAwsApi', 97, fails ? 150 : 120, {
      MaxAttempts: 3,
      FailureDetails: { Details: { Attempt: ['3'] } },
      ...(fails && { StepStatus: 'Failed', FailureMessage: failure, Response: log }),
    }),
    ...(fails
      ? step(8, 'Undo', 'aws:executeScript', 150, 168)
      : {
          ...step(8, 'Check', 'aws:executeAutomation', 120, undefined, {
            Outputs: { ExecutionId: ['3f2b7c1e-0d3a-4f6e-9d9a-100000000001'] },
          }),
          ...step(9, 'Undo', 'aws:executeScript', undefined, undefined),
        }),
  }
}

/** Tells of the failed run, or of the one under way. */
export function followWorld(follower: Follower, wanted: string): void {
  const fails = wanted === 'rec-failed'
  follower.tell(runOf({ fails }), fails)
}

/** The main views, and where they are. */
export const gallery: readonly (readonly [name: string, path: string, text: string])[] = [
  ['products', '/products', 'PostgreSQL database'],
  ['launch', `/products/${id('prod', 0)}/launch`, 'cost-centre'],
  ['provisioned-products', '/provisioned-products', 'orders-db'],
  ['provisioned-product', `/provisioned-products/${provisioned[0]!.Id}`, 'Restore backup'],
  ['provisioned-product-tainted', `/provisioned-products/${provisioned[5]!.Id}`, 'Restore backup'],
  ['action', `/provisioned-products/${provisioned[0]!.Id}/actions/${id('act', 1)}`, 'Run Resize'],
  ['run', '/records/rec-live?step=5', 'rows copied'],
  ['run-failed', '/records/rec-failed?step=7', 'InvalidDBInstanceState'],
  ['records', '/records', 'Resize'],
  ['approvals', '/approvals', 'Restore-Backup'],
  ['portfolios', '/portfolios', 'Databases'],
  ['portfolio', `/portfolios/${id('port', 0)}`, 'PostgreSQL database'],
  ['document', '/documents/Resize-Database', 'Snapshot'],
  ['document-editor', '/documents/Resize-Database/edit', 'Snapshot'],
  ['users', '/users', 'carol.longlastname'],
]
