import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PostgresQueryCompiler, SqliteQueryCompiler } from 'kysely'
import { compile, prepared } from './prepared.ts'
import { db } from './verb.ts'

test('a prepared query is built once for each database, and says what it would say otherwise', () => {
  let built = 0
  const build = ({ id, ...row }: { id: string; status: string; run_at: number | null }) => {
    built += 1
    return db.updateTable('executions').set(row).where('id', '=', id).where('kind', '=', 'engine')
  }
  const query = prepared(build)
  const given = [
    { id: 'a', status: 'Pending', run_at: 5 },
    { run_at: null, status: 'Failed', id: 'b' },
  ]
  for (const compiler of [new SqliteQueryCompiler(), new PostgresQueryCompiler()]) {
    for (const values of given) {
      const before = built
      const { sql, parameters } = compile(query(values), compiler)
      assert.equal(built - before, values === given[0] ? 1 : 0)
      const plain = compile(build({ id: values.id, status: values.status, run_at: values.run_at }), compiler)
      assert.deepEqual({ sql, parameters }, { sql: plain.sql, parameters: plain.parameters })
    }
  }
})
