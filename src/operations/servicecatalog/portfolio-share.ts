import { accountsBelow, isNodeOf, nodeId, type Organization } from '../../catalog/organization.ts'
import type { ImportKind, ShareNode, ShareOperation } from '../../catalog/portfolio-sharing.ts'
import type {
  DescribePortfolioShareType,
  OrganizationNode,
  PortfolioShareType,
} from '../../model/generated/servicecatalog.ts'
import {
  InvalidParametersException,
  OperationNotSupportedException,
  ResourceNotFoundException,
} from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'

const nodeTypes = {
  ORGANIZATION: 'ORGANIZATION',
  ORGANIZATIONAL_UNIT: 'ORGANIZATIONAL_UNIT',
  ACCOUNT: 'ORGANIZATION_MEMBER_ACCOUNT',
} as const satisfies Record<NonNullable<OrganizationNode['Type']>, DescribePortfolioShareType>

/** What a share's request is about. */
export interface ShareTarget {
  readonly node: ShareNode
  /** The accounts that the node stands for now. */
  readonly receivers: readonly string[]
  /** The organization whose node it is; undefined: an account on its own. */
  readonly organization?: Organization
}

/**
 * The one account or organization node that a request names. Throws InvalidParametersException when it names both or
 * neither, or a node in a form that its type does not have; OperationNotSupportedException where the caller's account may
 * not share with organization nodes; ResourceNotFoundException when the organization has no such node.
 */
export function shareTarget(
  input: { readonly AccountId?: string; readonly OrganizationNode?: OrganizationNode },
  caller: Caller,
  configured: Organization | undefined,
  { gone = false }: { readonly gone?: boolean } = {},
): ShareTarget {
  const { AccountId: account, OrganizationNode: given } = input
  if ((account === undefined) === (given === undefined)) {
    throw new InvalidParametersException('You must provide either AccountId or OrganizationNode, but not both.')
  }
  if (account !== undefined) {
    if (account === caller.scope.accountId) {
      throw new InvalidParametersException('A portfolio cannot be shared with the account that owns it.')
    }
    return { node: { type: 'ACCOUNT', value: account }, receivers: [account] }
  }
  const { Type: type, Value: value } = given!
  if (type === undefined || value === undefined) {
    throw new InvalidParametersException('OrganizationNode must have a Type and a Value.')
  }
  const organization = requireOrganization(caller, configured)
  const id = nodeId(value)
  if (!isNodeOf(type, id)) throw new InvalidParametersException(`${value} is not an organization node of type ${type}.`)
  const node = { type: nodeTypes[type], value: id }
  const receivers = accountsBelow(organization, node)
  // A share with a node that has left the organization can still be ended.
  if (!receivers && !gone) throw new ResourceNotFoundException(`Organization node ${id} not found.`)
  return { node, receivers: receivers ?? [], organization }
}

/**
 * The organization, for those who may manage its shares: the management account and delegated administrators, or the
 * management account alone. Throws OperationNotSupportedException.
 */
export function requireOrganization(
  { scope: { accountId } }: Caller,
  organization: Organization | undefined,
  { delegated = true } = {},
): Organization {
  if (!organization) {
    throw new OperationNotSupportedException('There is no organization: the server has none in its configuration.')
  }
  const { managementAccount, delegatedAdministrators } = organization
  if (accountId === managementAccount || (delegated && delegatedAdministrators.has(accountId))) return organization
  throw new OperationNotSupportedException(
    `Account ${accountId} is not the management account${delegated ? ' or a delegated administrator' : ''} of the organization.`,
  )
}

/** SharePrincipals is for organizations and organizational units (CreatePortfolioShare, API reference). */
export function checkSharePrincipals({ type }: ShareNode, sharePrincipals: boolean | undefined): void {
  if (!sharePrincipals || type === 'ORGANIZATION' || type === 'ORGANIZATIONAL_UNIT') return
  throw new InvalidParametersException(
    'SharePrincipals is supported only for organization nodes of type ORGANIZATION or ORGANIZATIONAL_UNIT.',
  )
}

/** What a change to a share with an organization node is found by afterwards; shares with an account have none. */
export function shareOperation(
  caller: Caller,
  { clock, ids }: Pick<Services, 'clock' | 'ids'>,
  portfolioId: string,
  { node, receivers, organization }: ShareTarget,
): ShareOperation | undefined {
  if (!organization) return undefined
  return {
    scope: caller.scope,
    id: ids.next('portfolioShare'),
    portfolioId,
    nodeValue: node.value,
    // Everybody is reached in the transaction that writes it.
    status: 'COMPLETED',
    accounts: receivers.filter(account => account !== caller.scope.accountId),
    createdAt: clock.now(),
  }
}

/** IMPORTED is the default. There are no portfolios of AWS's own here, which is what AWS_SERVICECATALOG stood for. */
export function importKindOf(type: PortfolioShareType | undefined, portfolioId: string): ImportKind {
  if (type !== 'AWS_SERVICECATALOG') return type ?? 'IMPORTED'
  throw new ResourceNotFoundException(`Portfolio ${portfolioId} not found among those of type AWS_SERVICECATALOG.`)
}
