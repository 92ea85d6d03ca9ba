import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { type Postgres, startPostgres } from '../../../test/kit/postgres.ts'
import { requireTool } from '../../../test/kit/tools.ts'
import type { Portfolio } from '../../catalog/entities.ts'
import { testActivity } from '../activity.testsuite.ts'
import { testAutomations } from '../automations.testsuite.ts'
import { testPlaces } from '../places.testsuite.ts'
import { testSearch } from '../provisioned-product-search.testsuite.ts'
import { testResume } from '../resume.testsuite.ts'
import { type Backend, testStorage } from '../storage.testsuite.ts'
import { openStorage } from '../storage.ts'
import { PostgresDriver } from './driver.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const portfolio = (id: string): Portfolio => ({
  scope,
  detail: { Id: id, DisplayName: `name of ${id}`, CreatedTime: new Date(1) },
  tags: [],
})

let server: Promise<Postgres> | undefined
after(async () => (await server)?.remove())

/** The one server of this file; undefined after the test was skipped. */
async function postgres(t: TestContext): Promise<Postgres | undefined> {
  const program = await requireTool(t, 'postgres')
  if (program === undefined) return undefined
  server ??= startPostgres(program.slice(0, -'/postgres'.length))
  return server
}

const open = (url: string, warn: (text: string) => void = () => {}) =>
  PostgresDriver.open({ url, now: () => 1, random: Math.random, connections: 5, warn })

const backend: Backend = {
  name: 'PostgreSQL',
  async open(t) {
    const url = await (await postgres(t))?.database()
    if (url === undefined) return undefined
    const drivers: PostgresDriver[] = []
    t.after(() => Promise.all(drivers.map(driver => driver.close())))
    const another = async () => {
      const driver = await open(url)
      drivers.push(driver)
      return driver
    }
    return { driver: await another(), another }
  },
}

describe('PostgreSQL', () => {
  test('several nodes that start at once on an empty database migrate it once', async t => {
    const pg = await postgres(t)
    if (!pg) return
    const url = await pg.database()
    const drivers = await Promise.all([1, 2, 3, 4].map(() => open(url)))
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select name, count(*)::int as times from migrations group by name')
    assert.ok(rows.length > 4 && rows.every(({ times }) => times === 1), JSON.stringify(rows))
    await client.end()
    await Promise.all(drivers.map(driver => driver.close()))
  })

  test('a database of a newer version is refused, not misread', async t => {
    const pg = await postgres(t)
    if (!pg) return
    const url = await pg.database()
    await (await open(url)).close()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query("insert into migrations values ('9999-later', 1)")
    await client.end()
    await assert.rejects(open(url), /newer version/)
  })

  test('a database that restarts costs no accepted write and no verb', async t => {
    const pg = await postgres(t)
    if (!pg) return
    const url = await pg.database()
    const driver = await open(url)
    t.after(() => driver.close())
    const storage = openStorage(driver)
    await storage.portfolios.create(portfolio('port-before'), undefined, {})
    await pg.kill()
    const during = storage.portfolios.create(portfolio('port-during'), undefined, {}).then(
      () => 'written',
      () => 'refused',
    )
    await pg.start()
    await storage.portfolios.create(portfolio('port-after'), undefined, {})
    const told = await during
    const { items } = await storage.portfolios.list(scope, { size: 10 })
    const ids = items.map(item => item.detail.Id)
    assert.ok(ids.includes('port-before') && ids.includes('port-after'), ids.join())
    if (told === 'written') assert.ok(ids.includes('port-during'))
  })

  test('one that cannot be reached is an error, not a wait', async () => {
    await assert.rejects(open('postgresql://bellhop@localhost/none?host=/nowhere'), /ENOENT/)
  })
})

testStorage(backend)
testActivity(backend)
testPlaces(backend)
testAutomations(backend)
testResume(backend)
testSearch(backend)
