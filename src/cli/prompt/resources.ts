import type { Candidate } from '../completion/candidates.ts'
import type { Situation } from '../completion/situation.ts'

/** Calls an operation of Service Catalog (or of ssm) and answers what it printed as JSON. Throws an Error to show. */
export type ListResources = (words: readonly string[]) => Promise<unknown>

/** One call that lists resources. */
interface ListCall {
  /** As typed, e.g. `list-portfolios`. */
  readonly call: string
  /** Options to give, each with the option of the command that its value is taken from. Without it, this call is no use. */
  readonly from?: Readonly<Record<string, string>>
  /** A call before, and the values its answer gives, by option. */
  readonly first?: ListCall & { readonly gives: Readonly<Record<string, string>> }
  readonly extra?: readonly string[]
  /** Dotted path of the list in the answer, and members of its items. */
  readonly items?: string
  readonly id?: string
  readonly labels?: readonly string[]
}

interface ResourceRow {
  readonly option: string
  /** Where the option means this. All operations when absent. */
  readonly operations?: RegExp
  readonly service?: 'ssm'
  readonly what: string
  /** Tried in turn: the first whose values are known and that the service answers. */
  readonly lists: readonly ListCall[]
}

/** More than one looks through in a menu. */
const ENOUGH = ['--max-items', '200']

const searchProvisionedProducts: ListCall = {
  call: 'search-provisioned-products',
  extra: ['--page-size', '100'],
  items: 'ProvisionedProducts',
  id: 'Id',
  labels: ['Name', 'Status', 'ProductName', 'ProvisioningArtifactName'],
}
const searchProducts: ListCall = {
  call: 'search-products',
  items: 'ProductViewSummaries',
  id: 'ProductId',
  labels: ['Name', 'ShortDescription'],
}
const searchProductsAsAdmin: ListCall = {
  call: 'search-products-as-admin',
  extra: ENOUGH,
  items: 'ProductViewDetails',
  id: 'ProductViewSummary.ProductId',
  labels: ['ProductViewSummary.Name', 'ProductViewSummary.ShortDescription'],
}
const listPortfolios: ListCall = {
  call: 'list-portfolios',
  extra: ENOUGH,
  items: 'PortfolioDetails',
  id: 'Id',
  labels: ['DisplayName', 'Description'],
}
const listServiceActions: ListCall = {
  call: 'list-service-actions',
  extra: ENOUGH,
  items: 'ServiceActionSummaries',
  id: 'Id',
  labels: ['Name', 'Description'],
}
const listActionsOfVersion: ListCall = {
  ...listServiceActions,
  call: 'list-service-actions-for-provisioning-artifact',
  from: { 'product-id': 'product-id', 'provisioning-artifact-id': 'provisioning-artifact-id' },
}
const artifact = { id: 'Id', labels: ['Name', 'Description'] }
const listTagOptions: ListCall = {
  call: 'list-tag-options',
  extra: ENOUGH,
  items: 'TagOptionDetails',
  id: 'Id',
  labels: ['Key', 'Value'],
}
const listDocuments: ListCall = {
  call: 'list-documents',
  items: 'DocumentIdentifiers',
  id: 'Name',
  labels: ['DocumentType', 'Owner'],
}

/** Which option's values are asked for with which call. */
const RESOURCES: readonly ResourceRow[] = [
  { option: 'provisioned-product-id', what: 'provisioned products', lists: [searchProvisionedProducts] },
  {
    option: 'provisioned-product-name',
    operations: /^(terminate|update|get)-provisioned-product/,
    what: 'provisioned products',
    lists: [{ ...searchProvisionedProducts, id: 'Name', labels: ['Id', 'Status', 'ProductName'] }],
  },
  {
    option: 'id',
    operations: /^describe-provisioned-product$/,
    what: 'provisioned products',
    lists: [searchProvisionedProducts],
  },
  {
    option: 'service-action-id',
    operations: /^disassociate-/,
    what: 'service actions',
    lists: [listActionsOfVersion, listServiceActions],
  },
  {
    option: 'service-action-id',
    what: 'service actions',
    lists: [
      {
        ...listActionsOfVersion,
        first: {
          call: 'describe-provisioned-product',
          from: { id: 'provisioned-product-id' },
          gives: {
            'product-id': 'ProvisionedProductDetail.ProductId',
            'provisioning-artifact-id': 'ProvisionedProductDetail.ProvisioningArtifactId',
          },
        },
      },
      listServiceActions,
    ],
  },
  {
    option: 'id',
    operations: /^(describe|update|delete)-service-action$/,
    what: 'service actions',
    lists: [listServiceActions],
  },
  {
    option: 'product-id',
    operations:
      /^(provision-product|list-launch-paths|describe-provisioning-parameters|describe-provisioning-artifact|create-provisioned-product-plan|update-provisioned-product|import-as-provisioned-product)$/,
    what: 'products',
    lists: [searchProducts],
  },
  { option: 'product-id', what: 'products', lists: [searchProductsAsAdmin, searchProducts] },
  { option: 'id', operations: /^describe-product$/, what: 'products', lists: [searchProducts] },
  {
    option: 'id',
    operations: /^(describe-product-as-admin|update-product|delete-product)$/,
    what: 'products',
    lists: [searchProductsAsAdmin],
  },
  {
    option: 'id',
    operations: /^describe-product-view$/,
    what: 'product views',
    lists: [{ ...searchProducts, id: 'Id' }],
  },
  {
    option: 'provisioning-artifact-id',
    what: 'versions',
    lists: [
      {
        ...artifact,
        call: 'list-provisioning-artifacts',
        from: { 'product-id': 'product-id' },
        items: 'ProvisioningArtifactDetails',
      },
      { ...artifact, call: 'describe-product', from: { id: 'product-id' }, items: 'ProvisioningArtifacts' },
      { ...artifact, call: 'describe-product', from: { name: 'product-name' }, items: 'ProvisioningArtifacts' },
    ],
  },
  {
    option: 'path-id',
    what: 'launch paths',
    lists: [
      {
        call: 'list-launch-paths',
        from: { 'product-id': 'product-id' },
        extra: ENOUGH,
        items: 'LaunchPathSummaries',
        id: 'Id',
        labels: ['Name'],
      },
    ],
  },
  { option: 'portfolio-id', what: 'portfolios', lists: [listPortfolios] },
  { option: 'source-portfolio-id', what: 'portfolios', lists: [listPortfolios] },
  {
    option: 'id',
    operations: /^(describe|update|delete)-portfolio$/,
    what: 'portfolios',
    lists: [listPortfolios],
  },
  {
    option: 'id',
    operations: /^describe-record$/,
    what: 'records',
    lists: [
      {
        call: 'list-record-history',
        extra: ENOUGH,
        items: 'RecordDetails',
        id: 'RecordId',
        labels: ['Status', 'RecordType', 'ProvisionedProductName', 'CreatedTime'],
      },
    ],
  },
  {
    option: 'plan-id',
    what: 'plans',
    lists: [
      {
        call: 'list-provisioned-product-plans',
        extra: ENOUGH,
        items: 'ProvisionedProductPlans',
        id: 'PlanId',
        labels: ['PlanName', 'ProvisionProductName'],
      },
    ],
  },
  { option: 'tag-option-id', what: 'TagOptions', lists: [listTagOptions] },
  {
    option: 'id',
    operations: /^(describe|update|delete)-tag-option$/,
    what: 'TagOptions',
    lists: [listTagOptions],
  },
  {
    option: 'automation-execution-id',
    service: 'ssm',
    what: 'executions',
    lists: [
      {
        call: 'describe-automation-executions',
        items: 'AutomationExecutionMetadataList',
        id: 'AutomationExecutionId',
        labels: ['AutomationExecutionStatus', 'DocumentName', 'ExecutionStartTime'],
      },
    ],
  },
  { option: 'document-name', service: 'ssm', what: 'documents', lists: [listDocuments] },
  {
    option: 'name',
    operations: /document/,
    service: 'ssm',
    what: 'documents',
    lists: [listDocuments],
  },
]

/** A waiter names what this operation shows. */
const OPERATION_OF_WAITER = {
  'record-succeeded': 'describe-record',
  'provisioned-product-available': 'describe-provisioned-product',
} as const

/** What the option at the cursor names, and how to list it; undefined when the service knows no list of it. */
export function resourcesAt({ operation, waiter, position, given }: Situation): ResourceQuery | undefined {
  const name = operation?.name ?? (waiter && OPERATION_OF_WAITER[waiter])
  if (position.kind !== 'value' || name === undefined || name === 'create-document') return undefined
  const row = RESOURCES.find(
    ({ option, operations, service = 'servicecatalog' }) =>
      option === position.option.dest &&
      service === (operation?.service ?? 'servicecatalog') &&
      (operations?.test(name) ?? true),
  )
  return row === undefined ? undefined : new ResourceQuery(row, given)
}

export interface Resources {
  readonly candidates: readonly Candidate[]
  readonly isCut: boolean
}

export class ResourceQuery {
  readonly #row: ResourceRow
  readonly #given: ReadonlyMap<string, string>
  readonly #lists: readonly ListCall[]

  constructor(row: ResourceRow, given: ReadonlyMap<string, string>) {
    this.#row = row
    this.#given = given
    this.#lists = row.lists.filter(list => hasValues(list.first ?? list, given))
  }

  /** `provisioned products`, for messages. */
  get what(): string {
    return this.#row.what
  }

  /** The options that would have to be given first; empty when there is something to ask. */
  get missing(): readonly string[] {
    return this.#lists.length > 0 ? [] : Object.values(this.#row.lists[0]!.from ?? {})
  }

  /** Equal queries have the same answer. */
  get key(): string {
    const used = this.#lists.flatMap(list => Object.values((list.first ?? list).from ?? {}))
    return JSON.stringify([this.#row.what, this.#row.option, this.#lists, used.map(name => this.#given.get(name))])
  }

  /** Ask. Throws the first failure when no call was answered. */
  async list(call: ListResources): Promise<Resources> {
    let failure: unknown
    for (const list of this.#lists) {
      try {
        return await this.#ask(list, call)
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }

  async #ask(list: ListCall, call: ListResources): Promise<Resources> {
    const { service = 'servicecatalog' } = this.#row
    let values = this.#given
    if (list.first !== undefined) {
      const answer = await call([service, list.first.call, ...wordsOf(list.first, values)])
      const found = Object.entries(list.first.gives).map(([name, path]): [string, string] => [
        name,
        textAt(answer, path),
      ])
      values = new Map([...values, ...found])
    }
    const answer = await call([service, list.call, ...wordsOf(list, values)])
    const items = memberAt(answer, list.items ?? '')
    const candidates = (Array.isArray(items) ? items : []).map(item => ({
      text: textAt(item, list.id ?? ''),
      description: (list.labels ?? [])
        .map(label => textAt(item, label))
        .filter(text => text !== '')
        .join(' · '),
    }))
    const isCut = ['NextToken', 'NextPageToken'].some(name => textAt(answer, name) !== '')
    return { candidates: candidates.filter(({ text }) => text !== ''), isCut }
  }
}

function hasValues({ from = {} }: ListCall, given: ReadonlyMap<string, string>): boolean {
  return Object.values(from).every(name => (given.get(name) ?? '') !== '')
}

function wordsOf({ from = {}, extra = [] }: ListCall, values: ReadonlyMap<string, string>): string[] {
  // With an equals sign, so that a value that starts with a dash is none of an option.
  return [...Object.entries(from).map(([option, name]) => `--${option}=${values.get(name) ?? ''}`), ...extra]
}

function memberAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) => (typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? at[name as never] : undefined),
      value,
    )
}

function textAt(value: unknown, path: string): string {
  const member = memberAt(value, path)
  return typeof member === 'string' ? member : ''
}
