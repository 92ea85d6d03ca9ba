import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Product, ProvisionedProduct, ProvisioningArtifact } from '../catalog/entities.ts'
import { hasWords, parseQuery, squashed, wordsOf } from '../catalog/search-query.ts'
import { fillSearchColumns } from './fill-search-columns.ts'
import type { Backend } from './storage.testsuite.ts'
import { all, type Driver, db, read, run, type Steps, write } from './verb.ts'
import { insertArtifact } from './verbs/artifacts.ts'
import type { AccessFilter } from './verbs/owned.ts'
import { insertProduct } from './verbs/products.ts'
import {
  type SearchLimits,
  type SearchRequest,
  type SearchResult,
  searchProvisionedProducts,
} from './verbs/provisioned-product-search.ts'
import {
  deleteProvisionedProduct,
  insertProvisionedProduct,
  updateProvisionedProduct,
} from './verbs/provisioned-products.ts'

const scope = { accountId: '111122223333', region: 'us-east-1' }
const user = (name: string) => `arn:aws:iam::111122223333:user/${name}`
const session = (role: string, name: string) => `arn:aws:sts::111122223333:assumed-role/${role}/${name}`
const words = ['shop', 'cart', 'blue', 'red', 'db', 'web']

function product(id: string, name: string): Product {
  return { scope, id, tags: [], view: { CreatedTime: new Date(0), ProductViewSummary: { ProductId: id, Name: name } } }
}

function artifact(id: string, productId: string, name: string): ProvisioningArtifact {
  return { scope, productId, detail: { Id: id, Name: name, CreatedTime: new Date(0) }, info: {} }
}

const products = [product('prod-a', 'Web shop'), product('prod-b', 'Database')]
const artifacts = [artifact('pa-a', 'prod-a', 'v1'), artifact('pa-b', 'prod-b', 'v2 beta')]

function provisioned(number: number): ProvisionedProduct {
  const id = `pp-${number.toString(36).padStart(5, '0')}`
  const name = `${words[number % 5]}-${words[(number * 7) % 6]}-${number}`
  const of = number % 3 === 0 ? 1 : 0
  return {
    scope,
    userArn: [user('alice'), user('bob'), session('Dev', 'ann'), session('Dev', 'ben')][number % 4]!,
    userArnSession: '',
    pathId: 'lpv3-a',
    tags: [
      { Key: 'env', Value: number % 10 === 0 ? 'prod' : 'test' },
      { Key: 'aws:servicecatalog:productArn', Value: 'arn:aws:catalog:x:1:product/unseen' },
    ],
    parameters: {},
    outputs: [],
    resources: number % 2 ? [{ type: 'T', physicalId: `i-${number}` }] : [],
    detail: {
      Name: name,
      Id: id,
      Arn: `arn:aws:servicecatalog:us-east-1:111122223333:stack/${name}/${id}`,
      Type: number % 50 === 0 ? 'CFN_STACK' : 'EXTERNAL',
      Status: number % 20 === 0 ? 'ERROR' : 'AVAILABLE',
      ProductId: products[of]!.id,
      ProvisioningArtifactId: artifacts[of]!.detail.Id,
      // Several have the same time: the id decides.
      CreatedTime: new Date(Date.UTC(2026, 0, 1 + (number % 28))),
      IdempotencyToken: `token-${number}-x`,
      LastRecordId: number % 7 === 0 ? undefined : `rec-${(number * 31) % 1000}`,
      LastProvisioningRecordId: `rec-p${number}`,
    },
  }
}

/** The same, found by looking at everything. */
function expected(all: readonly ProvisionedProduct[], access: AccessFilter, request: SearchRequest): string[] {
  const begins = (text: string | undefined, value: string) => text?.startsWith(value.toLowerCase()) ?? false
  const wordly = (item: ProvisionedProduct) => {
    const { detail, resources, tags, userArn } = item
    const own = tags.filter(({ Key }) => !Key.startsWith('aws:')).map(({ Key, Value }) => `${Key} ${Value}`)
    return {
      name: detail.Name,
      tags: own.join(' '),
      physicalId: resources[0]?.physicalId,
      userArn,
    } as Record<string, string | undefined>
  }
  const single = ({ detail }: ProvisionedProduct): Record<string, string> => ({
    createdTime: squashed(detail.CreatedTime.toISOString()),
    idempotencyToken: squashed(detail.IdempotencyToken!),
    lastProvisioningRecordId: squashed(detail.LastProvisioningRecordId!),
  })
  const meets = (item: ProvisionedProduct, { field, value }: { field?: string; value: string }): boolean => {
    const { detail } = item
    const of = products.find(({ id }) => id === detail.ProductId)!
    const version = artifacts.find(each => each.detail.Id === detail.ProvisioningArtifactId)!
    const columns: Record<string, boolean> = {
      arn: detail.Arn.startsWith(value),
      id: begins(detail.Id, value),
      lastRecordId: begins(detail.LastRecordId, value),
      status: hasWords(detail.Status, value),
      type: hasWords(detail.Type, value),
      productId: begins(of.id, value),
      productName: hasWords(of.view.ProductViewSummary?.Name, value),
      provisioningArtifactId: begins(version.detail.Id, value),
      provisioningArtifactName: hasWords(version.detail.Name, value),
    }
    const texts = wordly(item)
    const singles = single(item)
    if (field !== undefined) {
      if (field in columns) return columns[field]!
      if (field in singles) return singles[field]!.startsWith(squashed(value))
      return hasWords(texts[field], value)
    }
    const every = Object.values(texts).flatMap(text => wordsOf(text ?? ''))
    const pool = [...every, ...Object.values(singles)]
    return (
      Object.values(columns).includes(true) ||
      wordsOf(value).every(word => pool.some(each => each.startsWith(word))) ||
      pool.some(each => each.startsWith(squashed(value)))
    )
  }
  const owned = ({ userArn }: ProvisionedProduct) =>
    access.userArn !== undefined
      ? userArn === access.userArn
      : access.ownerRole === undefined || userArn.startsWith(access.ownerRole)
  const key = ({ detail }: ProvisionedProduct) =>
    ({
      arn: detail.Arn,
      createdTime: detail.CreatedTime.getTime(),
      id: detail.Id,
      lastRecordId: detail.LastRecordId ?? '',
      name: detail.Name,
    })[request.sortBy]
  const sign = request.descending ? -1 : 1
  return all
    .filter(item => owned(item) && request.queries.every(query => meets(item, query)))
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)]
      return sign * (x === y ? (a.detail.Id < b.detail.Id ? -1 : 1) : x < y ? -1 : 1)
    })
    .map(({ detail }) => detail.Id)
}

const insert = write(function* (items: readonly ProvisionedProduct[]): Steps<void> {
  for (const item of items) yield* insertProvisionedProduct(item)
})
const makeCatalog = write(function* (): Steps<void> {
  for (const each of products) yield* insertProduct(each)
  for (const each of artifacts) yield* insertArtifact(each)
})
const update = write(updateProvisionedProduct)
const remove = write(deleteProvisionedProduct)
const search = read(searchProvisionedProducts)

/** All pages. */
async function pages(driver: Driver, access: AccessFilter, request: SearchRequest, limits: SearchLimits) {
  const ids: string[] = []
  const totals = new Set<number | undefined>()
  let after: SearchRequest['after']
  let calls = 0
  do {
    const page: SearchResult = await driver.execute(search, [scope, access, { ...request, after }, limits])
    ids.push(...page.items.map(({ provisioned }) => provisioned.detail.Id))
    totals.add(page.total)
    assert.ok(page.items.length <= request.size)
    after = page.next
    calls += 1
    assert.ok(calls < 2000, 'the pages come to an end')
  } while (after)
  return { ids, totals: [...totals], calls }
}

const queries = [
  [],
  ['name:shop'],
  ['name:shop-blue'],
  ['name:op'],
  ['shop'],
  ['nowhere'],
  ['status:ERROR'],
  ['status:AVAILABLE'],
  ['status:AVAILABLE', 'name:red'],
  ['status:e', 'tags:prod'],
  ['type:cfn'],
  ['type:external'],
  ['tags:env test'],
  ['tags:unseen'],
  ['productId:prod-b'],
  ['productName:shop'],
  ['productName:none'],
  ['provisioningArtifactName:beta', 'status:error'],
  ['provisioningArtifactId:pa-a'],
  ['id:pp-0000'],
  ['pp-'],
  ['lastRecordId:rec-31'],
  ['lastProvisioningRecordId:rec-p12'],
  ['idempotencyToken:TOKEN-77'],
  ['token-77-x'],
  ['createdTime:2026-01-05'],
  ['userArn:alice'],
  ['userArn:arn:aws:iam::111122223333:user/bob'],
  ['userArn:dev'],
  ['arn:arn:aws:servicecatalog:us-east-1:111122223333:stack/shop'],
  ['physicalId:i-1'],
  ['prod'],
  ['beta'],
  ['available', 'db'],
  ['***'],
  ["name:'%_\\"],
  [Array.from({ length: 100 }, (_, i) => `w${i}`).join(' ')],
  ['x'.repeat(1000)],
  Array.from({ length: 20 }, () => 'shop blue'),
]

const accesses: AccessFilter[] = [
  {},
  { userArn: user('alice') },
  { ownerRole: session('Dev', '') },
  { userArn: user('nobody') },
]

/** Searching provisioned products, which every database must do alike. */
export function testSearch(backend: Backend): void {
  describe(`searching on ${backend.name}`, () => {
    const check = (
      name: string,
      body: (storageWith: (items: readonly ProvisionedProduct[]) => Promise<Driver>) => Promise<void>,
    ) =>
      test(name, async t => {
        const opened = await backend.open(t)
        if (!opened) return
        await body(async items => {
          await opened.driver.execute(makeCatalog, [])
          await opened.driver.execute(insert, [items])
          return opened.driver
        })
      })

    check('a search answers what looking at everything answers, in every order and page by page', async storageWith => {
      const items = Array.from({ length: 300 }, (_, i) => provisioned(i))
      const driver = await storageWith(items)
      const sorts = ['arn', 'createdTime', 'id', 'lastRecordId', 'name'] as const
      let runs = 0
      for (const [i, texts] of queries.entries()) {
        for (const [j, access] of accesses.entries()) {
          // Everybody's and, by turns, somebody's.
          if (j !== 0 && j !== (i % 3) + 1) continue
          const request: SearchRequest = {
            queries: texts.map(parseQuery),
            sortBy: sorts[(i + j) % sorts.length]!,
            descending: (i + j) % 2 === 1,
            size: [100, 37][i % 2]!,
          }
          const wanted = expected(items, access, request)
          const what = `${texts} ${JSON.stringify(access)} ${request.sortBy}`
          const found = await pages(driver, access, request, { candidates: 100, lookedAt: 1000 })
          assert.deepEqual(found.ids, wanted, what)
          assert.deepEqual(found.totals, [wanted.length], what)
          runs += 1
          if (j === 0 && i % 2 === 1) continue
          // The same when only few may be looked at for a page: pages are short then, and nothing is left out.
          const slow = await pages(driver, access, request, { candidates: 10, lookedAt: 60 })
          assert.deepEqual(slow.ids, wanted, `${what}, in steps`)
        }
      }
      assert.equal(runs, queries.length * 2)
    })

    check('what is looked at for one page is bounded, and then there is no total', async storageWith => {
      const driver = await storageWith(Array.from({ length: 300 }, (_, i) => provisioned(i)))
      const request: SearchRequest = {
        queries: [parseQuery('type:cfn')],
        sortBy: 'name',
        descending: false,
        size: 20,
      }
      const first = await driver.execute(search, [scope, {}, request, { candidates: 10, lookedAt: 100 }])
      assert.equal(first.total, undefined)
      assert.ok(first.items.length < 20 && first.next)
    })

    check(
      'what an older version wrote is found too: its columns, words and counts are filled in',
      async storageWith => {
        const items = Array.from({ length: 210 }, (_, i) => provisioned(i))
        const driver = await storageWith(items)
        const tables = ['provisioned_products', 'provisioned_product_words', 'provisioned_product_counts'] as const
        const dump = read(function* (): Steps<object> {
          const rows: object[] = []
          for (const table of tables) rows.push((yield* all(db.selectFrom(table).selectAll())).toSorted(byText))
          return rows
        })
        const before = await driver.execute(dump, [])
        const forget = write(function* (): Steps<void> {
          const none = {
            type: null,
            arn: null,
            last_record_id: null,
            provisioning_artifact_id: null,
            owner_role: null,
            words: null,
          }
          yield* run(db.updateTable('provisioned_products').set(none))
          for (const table of tables.slice(1)) yield* run(db.deleteFrom(table))
        })
        await driver.execute(forget, [])
        assert.notDeepEqual(await driver.execute(dump, []), before)
        await driver.execute(write(fillSearchColumns), [])
        assert.deepEqual(await driver.execute(dump, []), before)
      },
    )

    check('products that are made at the same moment are all found and counted', async storageWith => {
      const driver = await storageWith([])
      const items = Array.from({ length: 40 }, (_, number) => ({ ...provisioned(number), userArn: user('alice') }))
      const made = await Promise.all(items.map(item => driver.execute(write(insertProvisionedProduct), [item])))
      assert.ok(made.every(Boolean))
      const all = { queries: [], sortBy: 'id', descending: false, size: 100 } as const
      for (const access of [{}, { userArn: user('alice') }]) {
        const { items: found, total } = await driver.execute(search, [scope, access, all])
        assert.deepEqual([found.length, total], [40, 40])
      }
    })

    check('words and counts follow what is changed, handed over and deleted', async storageWith => {
      const driver = await storageWith([1, 2, 3].map(provisioned))
      const find = async (query: string, access: AccessFilter = {}) => {
        const page = await driver.execute(search, [
          scope,
          access,
          { queries: [query].filter(text => text !== '').map(parseQuery), sortBy: 'id', descending: false, size: 20 },
        ])
        assert.equal(page.total, page.items.length)
        return page.items.map(({ provisioned: { detail } }) => detail.Id)
      }
      const one = provisioned(1)
      assert.deepEqual(await find('', { userArn: user('bob') }), ['pp-00001'])
      await driver.execute(update, [
        {
          ...one,
          userArn: session('Dev', 'carl'),
          tags: [{ Key: 'colour', Value: 'green' }],
          resources: [],
          detail: { ...one.detail, Status: 'TAINTED', LastRecordId: 'rec-new' },
        },
      ])
      assert.deepEqual(await find('', { userArn: user('bob') }), [])
      assert.deepEqual(await find('', { ownerRole: session('Dev', '') }), ['pp-00001', 'pp-00002', 'pp-00003'])
      assert.deepEqual(await find('tags:green'), ['pp-00001'])
      assert.deepEqual(await find('tags:env'), ['pp-00002', 'pp-00003'])
      assert.deepEqual(await find('physicalId:i-1'), [])
      assert.deepEqual(await find('status:tainted'), ['pp-00001'])
      assert.deepEqual(await find('lastRecordId:rec-new'), ['pp-00001'])
      await driver.execute(remove, [one])
      assert.deepEqual(await find('tags:green'), [])
      assert.deepEqual(await find(''), ['pp-00002', 'pp-00003'])
    })
  })
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
