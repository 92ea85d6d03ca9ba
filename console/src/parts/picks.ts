import type { Output } from '../api/services.ts'
import { useAll, usePages } from '../api/use-api.ts'

const productsOf = (output: Output<'servicecatalog.SearchProductsAsAdmin'>) => output.ProductViewDetails
const actionsOf = (output: Output<'servicecatalog.ListServiceActions'>) => output.ServiceActionSummaries
const portfoliosOf = (output: Output<'servicecatalog.ListPortfolios'>) => output.PortfolioDetails
const tagOptionsOf = (output: Output<'servicecatalog.ListTagOptions'>) => output.TagOptionDetails
const documentsOf = (output: Output<'ssm.ListDocuments'>) => output.DocumentIdentifiers
const rolesOf = (output: Output<'iam.ListRoles'>) => output.Roles

/** What there is to choose from: values, and what they are called. */
export interface Picks {
  readonly options: readonly string[]
  readonly optionLabels: Readonly<Record<string, string>>
}

function picks(entries: readonly (readonly [value: string | undefined, label: string | undefined])[]): Picks {
  const known = entries.flatMap(([value, label]) => (value ? [[value, label || value] as const] : []))
  known.sort((one, other) => one[1].localeCompare(other[1], 'en', { numeric: true }))
  return { options: known.map(([value]) => value), optionLabels: Object.fromEntries(known) }
}

/** Every product of the account, by its id. */
export function useProductPicks(): Picks {
  const rows = useAll(usePages('servicecatalog.SearchProductsAsAdmin', { PageSize: 20 }, { rows: productsOf }))
  return picks(rows.map(({ ProductViewSummary: it }) => [it?.ProductId, it?.Name]))
}

export function useActionPicks(): Picks {
  const rows = useAll(usePages('servicecatalog.ListServiceActions', { PageSize: 20 }, { rows: actionsOf }))
  return picks(rows.map(it => [it.Id, it.Name]))
}

export function usePortfolioPicks(): Picks {
  const rows = useAll(usePages('servicecatalog.ListPortfolios', { PageSize: 20 }, { rows: portfoliosOf }))
  return picks(rows.map(it => [it.Id, it.DisplayName]))
}

export function useTagOptionPicks(): Picks {
  const rows = useAll(usePages('servicecatalog.ListTagOptions', { PageSize: 20 }, { rows: tagOptionsOf }))
  return picks(rows.map(it => [it.Id, `${it.Key}: ${it.Value}`]))
}

/** Documents by their names, the account's own and those that are ready-made. */
export function useDocumentPicks(): Picks {
  const rows = useAll(usePages('ssm.ListDocuments', { MaxResults: 50 }, { rows: documentsOf }))
  return picks(rows.map(it => [it.Name, it.Name]))
}

/** Roles by their ARNs. Empty for who may not list them: then an ARN is typed. */
export function useRolePicks(): Picks {
  const rows = useAll(usePages('iam.ListRoles', { MaxItems: 100 }, { rows: rolesOf }))
  return picks(rows.map(it => [it.Arn, it.RoleName]))
}
