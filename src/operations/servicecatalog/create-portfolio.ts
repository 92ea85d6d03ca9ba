import { portfolioArn } from '../../catalog/arns.ts'
import { checkTags } from '../../catalog/tags.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagRule } from './tags.ts'

export const createPortfolio: ServiceCatalogOperation<'CreatePortfolio', 'storage' | 'clock' | 'ids'> = async (
  input,
  caller,
  { storage, clock, ids },
) => {
  const id = ids.next('portfolio')
  const detail = {
    Id: id,
    ARN: portfolioArn(caller.scope, id),
    DisplayName: input.DisplayName,
    Description: input.Description,
    CreatedTime: clock.now(),
    ProviderName: input.ProviderName,
  }
  const tags = input.Tags ?? []
  tagRule(() => checkTags(tags))
  const answer = { PortfolioDetail: detail, Tags: tags }
  return storage.portfolios.create({ scope: caller.scope, detail, tags }, caller.claim, answer)
}
