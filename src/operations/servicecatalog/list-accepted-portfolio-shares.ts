import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** Portfolios of other accounts that this account may use: IMPORTED by default, as AWS says. */
export const listAcceptedPortfolioShares: ServiceCatalogOperation<'ListAcceptedPortfolioShares', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  // AWS_SERVICECATALOG stands for portfolios that AWS itself offered once; here there are none.
  const wanted = input.PortfolioShareType ?? 'IMPORTED'
  const imported = (await storage.portfolioShares.imported(caller.scope)).filter(({ kind }) => kind === wanted)
  const page = pageOf(imported, ({ portfolio: { detail } }) => [detail.CreatedTime.getTime(), detail.Id], input)
  return { PortfolioDetails: page.items.map(({ portfolio }) => portfolio.detail), NextPageToken: page.token }
}
