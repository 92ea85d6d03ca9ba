import { iamArn, portfolioArn, productArn } from '../catalog/arns.ts'
import type { Scope } from '../catalog/scope.ts'
import type { ServiceName } from '../model/services.ts'
import type { Storage } from '../storage/storage.ts'
import { capitalised, type IdentityKind } from '../storage/verbs/identities.ts'

/** An operation's input before it was validated: a member may have any form. */
type Input = Readonly<Record<string, unknown>>

/**
 * ARNs of what an operation is about, for the resources of policies; `*` where its action knows none (IAM's list of
 * actions and resources). What is to be made, or is named in a way that tells no ARN, is meant as any of its kind.
 */
export async function resourcesOf(
  service: ServiceName,
  operation: string,
  input: Input,
  scope: Scope,
  caller: { readonly arn: string },
  storage: Storage,
): Promise<readonly string[]> {
  switch (service) {
    case 'servicecatalog':
      return catalogResources(operation, input, scope)
    case 'ssm':
      return ssmResources(operation, input, scope)
    case 'sqs':
      return [sqsResource(input, scope)]
    case 'iam':
      return iamResources(operation, input, scope.accountId, caller.arn, storage)
    case 'sts':
      return [text(input, 'RoleArn') ?? '*']
    case 'bellhop':
      return [operation === 'DescribeHealth' ? '*' : (text(input, 'Principal') ?? caller.arn)]
  }
}

function text(input: Input, ...members: readonly string[]): string | undefined {
  for (const member of members) {
    const value = input[member]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

type Kind = 'portfolio' | 'product'

/** Which of an operation's members name a portfolio and a product; operations not listed know no resources. */
const catalogMembers: Readonly<Record<string, readonly (readonly [kind: Kind, ...members: string[]])[]>> = {
  AcceptPortfolioShare: [['portfolio', 'PortfolioId']],
  AssociatePrincipalWithPortfolio: [['portfolio', 'PortfolioId']],
  AssociateProductWithPortfolio: [
    ['portfolio', 'PortfolioId'],
    ['product', 'ProductId'],
  ],
  AssociateServiceActionWithProvisioningArtifact: [['product', 'ProductId']],
  CopyProduct: [['product', 'SourceProductArn']],
  CreateConstraint: [
    ['portfolio', 'PortfolioId'],
    ['product', 'ProductId'],
  ],
  CreatePortfolio: [['portfolio']],
  CreatePortfolioShare: [['portfolio', 'PortfolioId']],
  CreateProduct: [['product']],
  CreateProvisionedProductPlan: [['product', 'ProductId']],
  CreateProvisioningArtifact: [['product', 'ProductId']],
  DeletePortfolio: [['portfolio', 'Id']],
  DeletePortfolioShare: [['portfolio', 'PortfolioId']],
  DeleteProduct: [['product', 'Id']],
  DeleteProvisioningArtifact: [['product', 'ProductId']],
  DescribePortfolio: [['portfolio', 'Id']],
  DescribePortfolioShares: [['portfolio', 'PortfolioId']],
  DescribeProduct: [['product', 'Id']],
  DescribeProductAsAdmin: [['product', 'Id']],
  DescribeProvisioningArtifact: [['product', 'ProductId']],
  DescribeProvisioningParameters: [['product', 'ProductId']],
  DisassociatePrincipalFromPortfolio: [['portfolio', 'PortfolioId']],
  DisassociateProductFromPortfolio: [
    ['portfolio', 'PortfolioId'],
    ['product', 'ProductId'],
  ],
  DisassociateServiceActionFromProvisioningArtifact: [['product', 'ProductId']],
  ImportAsProvisionedProduct: [['product', 'ProductId']],
  ListConstraintsForPortfolio: [['portfolio', 'PortfolioId']],
  ListLaunchPaths: [['product', 'ProductId']],
  ListPortfolioAccess: [['portfolio', 'PortfolioId']],
  ListPortfoliosForProduct: [['product', 'ProductId']],
  ListPrincipalsForPortfolio: [['portfolio', 'PortfolioId']],
  ListProvisioningArtifacts: [['product', 'ProductId']],
  ListServiceActionsForProvisioningArtifact: [['product', 'ProductId']],
  ProvisionProduct: [['product', 'ProductId']],
  RejectPortfolioShare: [['portfolio', 'PortfolioId']],
  UpdatePortfolio: [['portfolio', 'Id']],
  UpdatePortfolioShare: [['portfolio', 'PortfolioId']],
  UpdateProduct: [['product', 'Id']],
  UpdateProvisioningArtifact: [['product', 'ProductId']],
}

function catalogResources(operation: string, input: Input, scope: Scope): readonly string[] {
  const members = Object.hasOwn(catalogMembers, operation) ? catalogMembers[operation]! : []
  if (members.length === 0) return ['*']
  return members.map(([kind, ...names]) => {
    const named = text(input, ...names) ?? '*'
    if (named.startsWith('arn:')) return named
    return kind === 'portfolio' ? portfolioArn(scope, named) : productArn(scope, named)
  })
}

/** Lists know no resources. */
function ssmResources(operation: string, input: Input, { accountId, region }: Scope): readonly string[] {
  const arn = (kind: string, name: string) => `arn:aws:ssm:${region}:${accountId}:${kind}/${name}`
  const execution = text(input, 'AutomationExecutionId')
  if (execution !== undefined) return [arn('automation-execution', execution)]
  const document = text(input, 'Name', 'DocumentName')
  if (document !== undefined && operation === 'StartAutomationExecution') {
    const name = document.startsWith('arn:')
      ? document.replace(/^.*?:(document|automation-definition)\//, '')
      : document
    return [arn('automation-definition', `${name}:${text(input, 'DocumentVersion') ?? '$DEFAULT'}`)]
  }
  if (document !== undefined) return [document.startsWith('arn:') ? document : arn('document', document)]
  return ['*']
}

function sqsResource(input: Input, { accountId, region }: Scope): string {
  const url = text(input, 'QueueUrl') ?? ''
  const queue =
    text(input, 'QueueName') ??
    url
      .replace(/[?#].*$/s, '')
      .replace(/\/$/, '')
      .split('/')
      .at(-1)
  return `arn:aws:sqs:${region}:${accountId}:${queue || '*'}`
}

/** Members that name an identity; where an operation has two, it is about the first: AddUserToGroup's is the group. */
const iamMembers: readonly (readonly [member: string, kind: IdentityKind])[] = [
  ['GroupName', 'group'],
  ['RoleName', 'role'],
  ['UserName', 'user'],
]

/** Operations that are about the caller when they name nobody. */
const aboutCaller: ReadonlySet<string> = new Set([
  'CreateAccessKey',
  'DeleteAccessKey',
  'GetUser',
  'ListAccessKeys',
  'UpdateAccessKey',
])

async function iamResources(
  operation: string,
  input: Input,
  accountId: string,
  callerArn: string,
  storage: Storage,
): Promise<readonly string[]> {
  for (const [member, kind] of iamMembers) {
    const name = text(input, member)
    if (name === undefined) continue
    const isNew = operation === `Create${capitalised(kind)}`
    const there = isNew ? undefined : await storage.identities.get(accountId, kind, name)
    return [there?.arn ?? iamArn(accountId, `${kind}${text(input, 'Path') ?? '/'}${name}`)]
  }
  if (aboutCaller.has(operation)) return [callerArn]
  const policy = text(input, 'PolicyArn')
  if (policy !== undefined) return [policy]
  const name = text(input, 'PolicyName')
  return [name === undefined ? '*' : iamArn(accountId, `policy${text(input, 'Path') ?? '/'}${name}`)]
}
