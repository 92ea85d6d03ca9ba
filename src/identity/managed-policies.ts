import { type Policy, parsePolicy } from './policy.ts'

/** A policy that every account has, under the name and ARN that AWS's has. What it allows is our own composition. */
export interface ManagedPolicy {
  readonly name: string
  readonly arn: string
  /** Fixed, like AWS's own. */
  readonly id: string
  readonly description: string
  readonly document: string
  readonly policy: Policy
}

/** What a requester does with what they own; under userLevel, so that it is only theirs. */
const ownProducts = {
  reads: [
    'servicecatalog:DescribeProvisionedProduct',
    'servicecatalog:DescribeProvisionedProductPlan',
    'servicecatalog:DescribeRecord',
    'servicecatalog:DescribeServiceActionExecutionParameters',
    'servicecatalog:GetProvisionedProductOutputs',
    'servicecatalog:ListProvisionedProductPlans',
    'servicecatalog:ListRecordHistory',
    'servicecatalog:ListServiceActionsForProvisioningArtifact',
    'servicecatalog:ListStackInstancesForProvisionedProduct',
    'servicecatalog:ScanProvisionedProducts',
    'servicecatalog:SearchProvisionedProducts',
  ],
  changes: [
    'servicecatalog:CreateProvisionedProductPlan',
    'servicecatalog:DeleteProvisionedProductPlan',
    'servicecatalog:ExecuteProvisionedProductPlan',
    'servicecatalog:ExecuteProvisionedProductServiceAction',
    'servicecatalog:TerminateProvisionedProduct',
    'servicecatalog:UpdateProvisionedProduct',
  ],
}

/** What a requester sees of the catalog: the portfolios decide which products. */
const catalogReads = [
  'servicecatalog:DescribeProduct',
  'servicecatalog:DescribeProductView',
  'servicecatalog:DescribeProvisioningParameters',
  'servicecatalog:ListLaunchPaths',
  'servicecatalog:SearchProducts',
]

/** To follow a service action: the document it runs, and the execution that they started. */
const automationReads = ['ssm:DescribeDocument', 'ssm:GetAutomationExecution']

const userLevel = { StringEquals: { 'servicecatalog:userLevel': 'self' } }

interface Grant {
  readonly Action: readonly string[]
  readonly Condition?: object
}

function managed(name: string, id: string, description: string, grants: readonly Grant[]): ManagedPolicy {
  const Statement = grants.map(grant => ({ Effect: 'Allow', ...grant, Resource: '*' }))
  const document = JSON.stringify({ Version: '2012-10-17', Statement })
  return {
    name,
    arn: `arn:aws:iam::aws:policy/${name}`,
    id,
    description,
    document,
    policy: parsePolicy(document, 'identity'),
  }
}

export const managedPolicies: readonly ManagedPolicy[] = [
  managed('AdministratorAccess', 'ANPABELLHOPAAAAAAAAA2', 'Allows every operation.', [{ Action: ['*'] }]),
  managed(
    'AWSServiceCatalogAdminFullAccess',
    'ANPABELLHOPAAAAAAAAA3',
    'Allows everything about the catalog: products, service actions with their documents, and what was provisioned.',
    [
      { Action: ['servicecatalog:*'] },
      {
        Action: [
          'ssm:CreateDocument',
          'ssm:DeleteDocument',
          'ssm:Describe*',
          'ssm:Get*',
          'ssm:List*',
          'ssm:SendAutomationSignal',
          'ssm:StartAutomationExecution',
          'ssm:StopAutomationExecution',
          'ssm:UpdateDocument',
          'ssm:UpdateDocumentDefaultVersion',
        ],
      },
      { Action: ['iam:GetRole', 'iam:GetUser', 'iam:ListRoles', 'iam:ListUsers'] },
      {
        Action: ['iam:PassRole'],
        Condition: { StringEquals: { 'iam:PassedToService': 'servicecatalog.amazonaws.com' } },
      },
      // Ours: to tell requesters why they were denied, and whether it is the server.
      { Action: ['bellhop:ExplainAccess', 'bellhop:DescribeHealth'] },
    ],
  ),
  managed(
    'AWSServiceCatalogAdminReadOnlyAccess',
    'ANPABELLHOPAAAAAAAAA4',
    'Allows seeing everything about the catalog.',
    [
      {
        Action: [
          'servicecatalog:Describe*',
          'servicecatalog:Get*',
          'servicecatalog:List*',
          'servicecatalog:ScanProvisionedProducts',
          'servicecatalog:Search*',
        ],
      },
      { Action: ['ssm:Describe*', 'ssm:Get*', 'ssm:List*'] },
      { Action: ['iam:GetRole', 'iam:GetUser', 'iam:ListRoles', 'iam:ListUsers'] },
    ],
  ),
  managed(
    'AWSServiceCatalogEndUserFullAccess',
    'ANPABELLHOPAAAAAAAAA5',
    'Allows requesting products, and changing, terminating and running service actions on those of their own.',
    [
      { Action: [...catalogReads, 'servicecatalog:ProvisionProduct', ...automationReads] },
      { Action: [...ownProducts.reads, ...ownProducts.changes], Condition: userLevel },
    ],
  ),
  managed(
    'AWSServiceCatalogEndUserReadOnlyAccess',
    'ANPABELLHOPAAAAAAAAA6',
    'Allows seeing the products on offer and those of their own.',
    [{ Action: [...catalogReads, ...automationReads] }, { Action: ownProducts.reads, Condition: userLevel }],
  ),
]

const byArn: ReadonlyMap<string, ManagedPolicy> = new Map(managedPolicies.map(policy => [policy.arn, policy]))

export function managedPolicy(arn: string): ManagedPolicy | undefined {
  return byArn.get(arn)
}
