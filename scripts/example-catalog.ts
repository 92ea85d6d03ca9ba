import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServiceName } from '../src/model/services.ts'

/** Calls an operation and gives its output; what it throws names the error's code. */
export type Call = (service: ServiceName, operation: string, input: unknown) => Promise<any>

export interface LoadedCatalog {
  readonly portfolioId: string
  readonly productId: string
  readonly artifactId: string
  /** Service action ids by the actions' names. */
  readonly actions: Readonly<Record<string, string>>
}

interface Catalog {
  readonly portfolio: { readonly DisplayName: string }
  readonly product: { readonly Name: string }
  readonly artifact: { readonly Name: string }
  readonly launchRole: string
  readonly actions: readonly {
    readonly name: string
    readonly description: string
    readonly document: { readonly name: string; readonly file: string }
    readonly parameters?: readonly { readonly Name: string; readonly Type: string }[]
  }[]
}

const example = new URL('../examples/web-service/', import.meta.url)

/**
 * Loads the example product through the API, as an administrator would, for a principal to use. What is there already, by
 * its name, is taken as it is, so it may be called at every start.
 */
export async function loadCatalog(call: Call, principalArn: string): Promise<LoadedCatalog> {
  const catalog: Catalog = JSON.parse(readFileSync(new URL('catalog.json', example), 'utf8'))
  const portfolioId = await ensurePortfolio(call, catalog)
  const { productId, artifactId } = await ensureProduct(call, catalog)
  await call('servicecatalog', 'AssociateProductWithPortfolio', { ProductId: productId, PortfolioId: portfolioId })
  await call('servicecatalog', 'AssociatePrincipalWithPortfolio', {
    PortfolioId: portfolioId,
    PrincipalARN: principalArn,
    PrincipalType: 'IAM',
  })
  // AWS has EXTERNAL products launched through a role, always.
  await unless('DuplicateResourceException', () =>
    call('servicecatalog', 'CreateConstraint', {
      PortfolioId: portfolioId,
      ProductId: productId,
      Type: 'LAUNCH',
      Parameters: JSON.stringify({ LocalRoleName: catalog.launchRole }),
      IdempotencyToken: randomUUID(),
    }),
  )
  const actions: Record<string, string> = {}
  const known = await serviceActions(call)
  for (const action of catalog.actions) {
    await ensureDocument(call, action.document)
    const id = known.get(action.name) ?? (await createServiceAction(call, action))
    await unless('DuplicateResourceException', () =>
      call('servicecatalog', 'AssociateServiceActionWithProvisioningArtifact', {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ServiceActionId: id,
      }),
    )
    actions[action.name] = id
  }
  return { portfolioId, productId, artifactId, actions }
}

async function ensurePortfolio(call: Call, { portfolio }: Catalog): Promise<string> {
  for await (const { Id, DisplayName } of pages(call, 'ListPortfolios', 'PortfolioDetails')) {
    if (DisplayName === portfolio.DisplayName) return Id
  }
  const created = await call('servicecatalog', 'CreatePortfolio', { ...portfolio, IdempotencyToken: randomUUID() })
  return created.PortfolioDetail.Id
}

async function ensureProduct(call: Call, { product, artifact }: Catalog) {
  const found = await unless('ResourceNotFoundException', () =>
    call('servicecatalog', 'DescribeProductAsAdmin', { Name: product.Name }),
  )
  if (found) {
    const artifacts: { Id: string; Name: string }[] = found.ProvisioningArtifactSummaries
    const artifactId = artifacts.find(({ Name }) => Name === artifact.Name)?.Id
    if (!artifactId) throw new Error(`Product ${product.Name} has no version ${artifact.Name}.`)
    return { productId: found.ProductViewDetail.ProductViewSummary.ProductId as string, artifactId }
  }
  const created = await call('servicecatalog', 'CreateProduct', {
    ...product,
    ProvisioningArtifactParameters: artifact,
    IdempotencyToken: randomUUID(),
  })
  return {
    productId: created.ProductViewDetail.ProductViewSummary.ProductId as string,
    artifactId: created.ProvisioningArtifactDetail.Id as string,
  }
}

async function serviceActions(call: Call): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  for await (const { Id, Name } of pages(call, 'ListServiceActions', 'ServiceActionSummaries')) known.set(Name, Id)
  return known
}

async function ensureDocument(call: Call, { name, file }: { name: string; file: string }): Promise<void> {
  await unless('DocumentAlreadyExists', () =>
    call('ssm', 'CreateDocument', {
      Name: name,
      Content: readFileSync(new URL(file, example), 'utf8'),
      DocumentType: 'Automation',
      DocumentFormat: 'YAML',
      // The type that the engine reports of what it makes: what a TARGET parameter would be filled with.
      TargetType: '/WebService::Service',
    }),
  )
}

async function createServiceAction(call: Call, action: Catalog['actions'][number]): Promise<string> {
  const { ServiceActionDetail } = await call('servicecatalog', 'CreateServiceAction', {
    Name: action.name,
    Description: action.description,
    DefinitionType: 'SSM_AUTOMATION',
    Definition: {
      Name: action.document.name,
      Version: '1',
      AssumeRole: 'LAUNCH_ROLE',
      ...(action.parameters ? { Parameters: JSON.stringify(action.parameters) } : {}),
    },
    IdempotencyToken: randomUUID(),
  })
  return ServiceActionDetail.ServiceActionSummary.Id
}

async function* pages(call: Call, operation: string, member: string): AsyncGenerator<any> {
  let token: string | undefined
  do {
    const page = await call('servicecatalog', operation, token ? { PageToken: token } : {})
    yield* page[member]
    token = page.NextPageToken
  } while (token)
}

/** Undefined when the call fails with this error: then what it asks for is there already, or is not there. */
async function unless<T>(code: string, attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt()
  } catch (error) {
    if ((error as Error).message.includes(code)) return undefined
    throw error
  }
}
