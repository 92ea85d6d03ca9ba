import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

/** Takes effect at once; once more changes nothing. From here on shares follow the organization's structure. */
export const enableAWSOrganizationsAccess: ServiceCatalogOperation<
  'EnableAWSOrganizationsAccess',
  'storage' | 'clock' | 'organization'
> = async (_input, caller, { storage, clock, organization }) => {
  const { id } = requireOrganization(caller, organization, { delegated: false })
  await storage.portfolioShares.setOrganizationAccess(id, 'ENABLED', clock.now())
  return {}
}
