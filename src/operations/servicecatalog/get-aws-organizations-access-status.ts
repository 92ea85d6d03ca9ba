import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

export const getAWSOrganizationsAccessStatus: ServiceCatalogOperation<
  'GetAWSOrganizationsAccessStatus',
  'storage' | 'organization'
> = async (_input, caller, { storage, organization }) => {
  const { id } = requireOrganization(caller, organization)
  return { AccessStatus: await storage.portfolioShares.organizationAccess(id) }
}
