import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { portfolioArn, provisionedProductArn } from '../src/catalog/arns.ts'
import type { CatalogRecord, Portfolio, ProvisionedProduct } from '../src/catalog/entities.ts'
import type { Scope } from '../src/catalog/scope.ts'
import { autoTags } from '../src/catalog/tags.ts'
import { toJson } from '../src/storage/json.ts'
import { ownerColumns } from '../src/storage/verbs/owned.ts'
import { provisionedProductColumns } from '../src/storage/verbs/provisioned-product-index.ts'
import { scopeColumns } from '../src/storage/verbs/scoped.ts'

/** The product and version that everything is provisioned from. */
export interface From {
  readonly productId: string
  readonly artifactId: string
  readonly portfolioId: string
}

/** One owner in a hundred: whose list is a hundredth of everything. */
const owners = 100

const words = ['shop', 'cart', 'search', 'mail', 'report', 'invoice', 'stock', 'login', 'video', 'chat']

/**
 * Writes so many portfolios, provisioned products and records into a server's database, past its API and its quotas, as
 * the server itself would write them. The server must not be running.
 */
export function fillCatalog(file: string, scope: Scope, from: From, userArn: string, rows: number): void {
  const database = new DatabaseSync(file)
  try {
    // Nothing is lost if this is: it is filled again.
    for (const pragma of ['journal_mode = delete', 'journal_mode = off', 'synchronous = off', 'cache_size = -400000']) {
      database.exec(`pragma ${pragma}`)
    }
    const indexes = dropIndexes(database)
    database.exec('create temp table words (field text, word text, id text)')
    const insert = inserter(database)
    const counts = new Map<string, number>()
    database.exec('begin')
    for (let number = 0; number < rows; number += 1) {
      const owner = number % owners === 0 ? userArn : `${userArn}-${number % owners}`
      insertPortfolio(insert, scope, number)
      const product = provisionedProduct(scope, from, owner, number)
      const columns = provisionedProductColumns(product)
      insert('provisioned_products', {
        ...scopeColumns(scope),
        id: product.detail.Id,
        created_at: product.detail.CreatedTime.getTime(),
        name: product.detail.Name,
        ...columns,
        data: toJson(product),
      })
      for (const entry of columns.words.trim().split(' ')) {
        const [field, word] = entry.split('=') as [string, string]
        insert('temp.words', { field, word, id: product.detail.Id })
      }
      for (const each of ['', owner]) counts.set(each, (counts.get(each) ?? 0) + 1)
      insertRecord(insert, scope, product, number)
    }
    for (const [owner, count] of counts) {
      insert('provisioned_product_counts', { ...scopeColumns(scope), owner, shard: 'a', count })
    }
    // In the order of the key, and the indexes at the end: many times quicker than row by row.
    database
      .prepare(
        'insert or ignore into provisioned_product_words (account_id, region, field, word, provisioned_product_id) select ?, ?, field, word, id from temp.words order by field, word, id',
      )
      .run(scope.accountId, scope.region)
    for (const index of indexes) database.exec(index)
    database.exec('commit')
  } finally {
    database.close()
  }
}

/** Drops the indexes of what is filled and answers the statements that make them again. */
function dropIndexes(database: DatabaseSync): readonly string[] {
  const rows = database
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ('portfolios', 'provisioned_products', 'records')",
    )
    .all()
  for (const { name } of rows) database.exec(`drop index ${name}`)
  return rows.map(({ sql }) => String(sql))
}

type Insert = (table: string, row: Readonly<Record<string, SQLInputValue>>) => void

function inserter(database: DatabaseSync): Insert {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return (table, row) => {
    let statement = statements.get(table)
    if (!statement) {
      const columns = Object.keys(row)
      statement = database.prepare(
        `insert or ignore into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
      )
      statements.set(table, statement)
    }
    statement.run(...Object.values(row))
  }
}

/** Twelve more characters of the ids' alphabet, scattered: real ids are random, and so are their places in an index. */
function scattered(number: number): string {
  const mixed = (BigInt(number + 1) * 0x9e3779b97f4a7c15n) & 0xfffffffffffffffn
  return mixed
    .toString(32)
    .padStart(12, '0')
    .replaceAll('0', 'w')
    .replaceAll('1', 'x')
    .replaceAll('8', 'y')
    .replaceAll('9', 'z')
}

/** A minute apart. */
const timeOf = (number: number) => new Date(Date.UTC(2025, 0, 1) + number * 60_000)

function insertPortfolio(insert: Insert, scope: Scope, number: number): void {
  const id = `port-${scattered(number)}a`
  const portfolio: Portfolio = {
    scope,
    tags: [],
    detail: {
      Id: id,
      ARN: portfolioArn(scope, id),
      DisplayName: `Portfolio ${number}`,
      Description: `What team ${number} may launch`,
      ProviderName: 'IT',
      CreatedTime: timeOf(number),
    },
  }
  insert('portfolios', {
    ...scopeColumns(scope),
    id,
    created_at: timeOf(number).getTime(),
    name: portfolio.detail.DisplayName,
    data: toJson(portfolio),
  })
}

function provisionedProduct(scope: Scope, from: From, userArn: string, number: number): ProvisionedProduct {
  const id = `pp-${scattered(number)}a`
  const name = `${words[number % words.length]}-${words[(number * 7 + 3) % words.length]}-${number}`
  const arn = provisionedProductArn(scope, name, id)
  const recordId = `rec-${scattered(number)}a`
  return {
    scope,
    userArn,
    userArnSession: userArn,
    pathId: `lpv3-${from.portfolioId.slice(5)}`,
    tags: [
      { Key: 'env', Value: number % 3 === 0 ? 'prod' : 'test' },
      ...autoTags({
        portfolioArn: portfolioArn(scope, from.portfolioId),
        productArn: `arn:aws:catalog:${scope.region}:${scope.accountId}:product/${from.productId}`,
        provisioningPrincipalArn: userArn,
        provisionedProductArn: arn,
        provisioningArtifactIdentifier: from.artifactId,
      }),
    ],
    parameters: { Size: 'small' },
    outputs: [{ OutputKey: 'Url', OutputValue: `http://10.0.0.1/${name}` }],
    resources: [{ type: 'WebService::Process', physicalId: `web-${number}` }],
    detail: {
      Name: name,
      Arn: arn,
      Type: 'EXTERNAL',
      Id: id,
      Status: number % 1000 === 7 ? 'ERROR' : 'AVAILABLE',
      CreatedTime: timeOf(number),
      IdempotencyToken: scattered(number * 3 + 1),
      LastRecordId: recordId,
      LastProvisioningRecordId: recordId,
      LastSuccessfulProvisioningRecordId: recordId,
      ProductId: from.productId,
      ProvisioningArtifactId: from.artifactId,
    },
  }
}

function insertRecord(insert: Insert, scope: Scope, product: ProvisionedProduct, number: number): void {
  const { detail, userArn, outputs } = product
  const record: CatalogRecord = {
    scope,
    userArn,
    executionId: scattered(number),
    outputs,
    request: { parameters: product.parameters, tags: product.tags },
    detail: {
      RecordId: detail.LastRecordId!,
      ProvisionedProductName: detail.Name,
      Status: 'SUCCEEDED',
      CreatedTime: detail.CreatedTime,
      UpdatedTime: detail.CreatedTime,
      ProvisionedProductType: detail.Type,
      RecordType: 'PROVISION_PRODUCT',
      ProvisionedProductId: detail.Id,
      ProductId: detail.ProductId,
      ProvisioningArtifactId: detail.ProvisioningArtifactId,
      PathId: product.pathId,
      RecordErrors: [],
      RecordTags: [],
    },
  }
  insert('records', {
    ...scopeColumns(scope),
    ...ownerColumns(userArn),
    id: record.detail.RecordId,
    created_at: detail.CreatedTime.getTime(),
    provisioned_product_id: detail.Id,
    status: record.detail.Status,
    record_type: record.detail.RecordType,
    updated_at: detail.CreatedTime.getTime(),
    product_id: detail.ProductId,
    data: toJson(record),
  })
}
