import { InvalidStateException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

/** Shares that are there stay, but follow the organization's structure no longer. */
export const disableAWSOrganizationsAccess: ServiceCatalogOperation<
  'DisableAWSOrganizationsAccess',
  'storage' | 'clock' | 'organization'
> = async (_input, caller, { storage, clock, organization }) => {
  const { id, delegatedAdministrators } = requireOrganization(caller, organization, { delegated: false })
  if (delegatedAdministrators.size > 0) {
    throw new InvalidStateException('The organization has active delegated administrators.')
  }
  await storage.portfolioShares.setOrganizationAccess(id, 'DISABLED', clock.now())
  return {}
}
