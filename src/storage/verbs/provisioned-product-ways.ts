import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import {
  hasWords,
  type SearchField,
  type SearchQuery,
  squashed,
  type WordField,
  wantedWords,
  wordFields,
  wordsOf,
} from '../../catalog/search-query.ts'
import type { Tables } from '../tables.ts'
import { all, db, first, type Steps } from '../verb.ts'
import { entities } from './scoped.ts'

type Builder = ExpressionBuilder<Tables, 'provisioned_products'>
type Column =
  | 'arn'
  | 'id'
  | 'last_record_id'
  | 'owner_role'
  | 'product_id'
  | 'provisioning_artifact_id'
  | 'status'
  | 'type'
  | 'user_arn'
  | 'words'

/** A condition on columns, which are handed in: a database may find rows by them, or is to check rows that it has found. */
export type Condition = (eb: Builder, column: (name: Column) => Expression<string | null>) => Expression<SqlBool>

/** For `where`: rows may be found by an index of the condition's columns. */
export function foundBy(condition: Condition) {
  return (eb: Builder) => condition(eb, name => eb.ref(name))
}

/**
 * For `where`: the condition is checked of each row that comes up. The columns are written as expressions, of which there is
 * no index, so that the database keeps to the order that is asked for and does not sort what another index finds.
 */
export function checked(condition: Condition) {
  return (eb: Builder) => condition(eb, name => sql<string | null>`${sql.ref(name)} || ''`)
}

/** One way in which a provisioned product can meet a query: by its words, or by one of its columns. */
export interface Way {
  readonly condition: Condition
  /** The ids of all that meet it, or undefined when they are many. Absent: no index has them. */
  readonly find?: () => Steps<readonly string[] | undefined>
  /** It is one value of one column, and an index has its rows in order of time. */
  readonly indexed?: boolean
}

const statuses = ['AVAILABLE', 'UNDER_CHANGE', 'TAINTED', 'ERROR', 'PLAN_IN_PROGRESS']
const types = ['CFN_STACK', 'CFN_STACKSET', 'TERRAFORM_OPEN_SOURCE', 'TERRAFORM_CLOUD', 'EXTERNAL']

/** Where ways are looked for, and up to how many ids one is gone through as a list. */
interface Looking {
  readonly scope: Scope
  readonly candidates: number
}

/** All ways in which a query can be met; none when nothing can meet it. */
export function* waysOf(looking: Looking, { field, value }: SearchQuery): Steps<readonly Way[]> {
  switch (field) {
    case undefined:
      return [
        anyWords(looking, value),
        byPrefix(looking, 'id', value.toLowerCase()),
        byPrefix(looking, 'last_record_id', value.toLowerCase()),
        byPrefix(looking, 'arn', value),
        ...byStatus(looking, value),
        ...byType(value),
        ...(yield* byProduct(looking, value, ['productId', 'productName'])),
        ...(yield* byArtifact(looking, value, ['provisioningArtifactId', 'provisioningArtifactName'])),
      ]
    case 'id':
      return [byPrefix(looking, 'id', value.toLowerCase())]
    case 'lastRecordId':
      return [byPrefix(looking, 'last_record_id', value.toLowerCase())]
    case 'arn':
      return [byPrefix(looking, 'arn', value)]
    case 'status':
      return byStatus(looking, value)
    case 'type':
      return byType(value)
    case 'productId':
    case 'productName':
      return yield* byProduct(looking, value, [field])
    case 'provisioningArtifactId':
    case 'provisioningArtifactName':
      return yield* byArtifact(looking, value, [field])
    case 'userArnSession':
      // Nobody but the owner is kept as the session.
      return [fieldWords(looking, 'userArn', value)]
    default:
      return [fieldWords(looking, field, value)]
  }
}

/** Every word in one field. */
function fieldWords(looking: Looking, field: WordField, value: string): Way {
  const words = wantedWords(field, value)
  return {
    condition: (eb, column) => eb.and(words.map(word => eb(column('words'), 'like', `% ${field}=${word}%`))),
    *find() {
      for (const word of words) {
        const ids = yield* idsOfWord(looking, field, word)
        if (ids) return ids
      }
      return undefined
    },
  }
}

/** Every word somewhere, or the whole as one word. */
function anyWords(looking: Looking, value: string): Way {
  const words = wordsOf(value)
  const one = squashed(value)
  return {
    condition: (eb, column) => {
      const has = (word: string) => eb(column('words'), 'like', `%=${word}%`)
      return eb.or([eb.and(words.map(has)), has(one)])
    },
    *find() {
      const whole = yield* idsAnywhere(looking, one)
      if (!whole) return undefined
      if (words.length === 1 && words[0] === one) return whole
      for (const word of words) {
        const ids = yield* idsAnywhere(looking, word)
        if (ids) return [...whole, ...ids]
      }
      return undefined
    },
  }
}

function* idsAnywhere(looking: Looking, word: string): Steps<readonly string[] | undefined> {
  const found = new Set<string>()
  for (const field of wordFields) {
    const ids = yield* idsOfWord(looking, field, word)
    if (!ids) return undefined
    for (const id of ids) found.add(id)
  }
  return found.size > looking.candidates ? undefined : [...found]
}

function* idsOfWord(looking: Looking, field: WordField, word: string): Steps<readonly string[] | undefined> {
  const { scope } = looking
  const rows = yield* all(
    db
      .selectFrom('provisioned_product_words')
      .select('provisioned_product_id as id')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('field', '=', field)
      .where('word', '>=', word)
      .where('word', '<', afterPrefix(word))
      .limit(looking.candidates + 1),
  )
  return few(rows, looking)
}

/** Greater than everything that begins with a text. */
function afterPrefix(text: string): string {
  return `${text}\u{10ffff}`
}

function few(rows: readonly { readonly id: string }[], { candidates }: Looking): readonly string[] | undefined {
  return rows.length > candidates ? undefined : rows.map(({ id }) => id)
}

/** Rows of a scope by a condition that an index serves. */
function finder(looking: Looking, condition: Condition): Way['find'] {
  const { scope } = looking
  return function* () {
    const rows = yield* all(
      db
        .selectFrom('provisioned_products')
        .select('id')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where(foundBy(condition))
        .limit(looking.candidates + 1),
    )
    return few(rows, looking)
  }
}

function byPrefix(looking: Looking, column: 'id' | 'arn' | 'last_record_id', value: string): Way {
  const condition: Condition = (eb, as) =>
    eb.and([eb(as(column), '>=', value), eb(as(column), '<', afterPrefix(value))])
  return { condition, find: finder(looking, condition) }
}

function byStatus(looking: Looking, value: string): readonly Way[] {
  const wanted = statuses.filter(status => hasWords(status, value))
  if (!wanted.includes('AVAILABLE')) return byValues(looking, 'status', wanted, notAvailable)
  // There is no index of those that are AVAILABLE: they are a great share of the products, as a rule.
  return [{ condition: (eb, column) => eb(column('status'), 'in', wanted) }]
}

/** As text, since an index of some rows only is used where the query says the same as the index. */
const notAvailable: Condition = (eb, column) => eb(column('status'), '<>', sql.lit('AVAILABLE'))

function byType(value: string): readonly Way[] {
  const wanted = types.filter(type => hasWords(type, value))
  if (wanted.length === 0) return []
  // There is no index of types: each has a great share of the products.
  return [{ condition: (eb, column) => eb(column('type'), 'in', wanted) }]
}

function byValues(
  looking: Looking,
  column: 'status' | 'product_id',
  values: readonly string[],
  further?: Condition,
): readonly Way[] {
  if (values.length === 0) return []
  const condition: Condition = (eb, as) => {
    const own = values.length === 1 ? eb(as(column), '=', values[0]!) : eb(as(column), 'in', values)
    return further ? eb.and([own, further(eb, as)]) : own
  }
  return [{ condition, find: finder(looking, condition), indexed: values.length === 1 }]
}

function* byProduct(
  looking: Looking,
  value: string,
  fields: readonly ('productId' | 'productName')[],
): Steps<readonly Way[]> {
  const products = yield* productsInUse(looking.scope)
  const meets: Partial<Record<SearchField, (product: Product) => boolean>> = {
    productId: ({ id }) => id.startsWith(value.toLowerCase()),
    productName: ({ view }) => hasWords(view.ProductViewSummary?.Name, value),
  }
  const wanted = products.filter(product => fields.some(field => meets[field]!(product)))
  return byValues(
    looking,
    'product_id',
    wanted.map(({ id }) => id),
  )
}

function* byArtifact(
  looking: Looking,
  value: string,
  fields: readonly ('provisioningArtifactId' | 'provisioningArtifactName')[],
): Steps<readonly Way[]> {
  const { scope } = looking
  const products = yield* productsInUse(scope)
  if (products.length === 0) return []
  const rows = yield* all(
    db
      .selectFrom('provisioning_artifacts')
      .select('data')
      .where('account_id', 'in', [...new Set(products.map(product => product.scope.accountId))])
      .where('region', '=', scope.region)
      .where(
        'product_id',
        'in',
        products.map(({ id }) => id),
      ),
  )
  const meets: Partial<Record<SearchField, (artifact: ProvisioningArtifact) => boolean>> = {
    provisioningArtifactId: ({ detail }) => detail.Id.startsWith(value.toLowerCase()),
    provisioningArtifactName: ({ detail }) => hasWords(detail.Name, value),
  }
  const wanted = entities<ProvisioningArtifact>(rows).filter(artifact => fields.some(field => meets[field]!(artifact)))
  if (wanted.length === 0) return []
  const condition: Condition = (eb, column) =>
    eb.and([
      eb(column('product_id'), 'in', [...new Set(wanted.map(({ productId }) => productId))]),
      eb(
        column('provisioning_artifact_id'),
        'in',
        wanted.map(({ detail }) => detail.Id),
      ),
    ])
  return [{ condition, find: finder(looking, condition) }]
}

/** The products that something is provisioned from, whatever account has them: few, by their quota. */
function* productsInUse(scope: Scope): Steps<readonly Product[]> {
  const ids: string[] = []
  for (;;) {
    // From one product to the next, past all that is provisioned from it.
    const row = yield* first(
      db
        .selectFrom('provisioned_products')
        .select('product_id')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('product_id', '>', ids.at(-1) ?? '')
        .orderBy('product_id')
        .limit(1),
    )
    if (!row) break
    ids.push(row.product_id)
  }
  if (ids.length === 0) return []
  const rows = yield* all(
    db.selectFrom('products').select('data').where('id', 'in', ids).where('region', '=', scope.region),
  )
  return entities<Product>(rows)
}
