import { accountsBelow, nodeId } from '../../catalog/organization.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

/**
 * The accounts that a portfolio is shared with by name, or, with OrganizationParentId, those below that node which have
 * it through a share with an organization node.
 */
export const listPortfolioAccess: ServiceCatalogOperation<'ListPortfolioAccess', 'storage' | 'organization'> = async (
  input,
  caller,
  { storage, organization },
) => {
  const { PortfolioId, OrganizationParentId } = input
  const shares = await storage.portfolioShares.list(caller.scope, PortfolioId)
  const accounts = new Set<string>()
  if (OrganizationParentId === undefined) {
    for (const { node } of shares) {
      if (node.type === 'ACCOUNT' || node.type === 'ORGANIZATION_MEMBER_ACCOUNT') accounts.add(node.value)
    }
  } else {
    const id = nodeId(OrganizationParentId)
    const type = id.startsWith('o-') ? 'ORGANIZATION' : 'ORGANIZATIONAL_UNIT'
    const below = accountsBelow(requireOrganization(caller, organization), { type, value: id })
    if (!below) throw new ResourceNotFoundException(`Organization node ${id} not found.`)
    const children = new Set(below)
    for (const { node } of shares.filter(share => share.node.type !== 'ACCOUNT')) {
      for (const account of await storage.portfolioShares.receivers(caller.scope, PortfolioId, node)) {
        if (children.has(account)) accounts.add(account)
      }
    }
  }
  const page = pageOf([...accounts], account => [account, account], input)
  return { AccountIds: page.items, NextPageToken: page.token }
}
