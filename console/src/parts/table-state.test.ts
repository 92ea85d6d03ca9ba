import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arranged, pageOf, pageSize, readState } from './table-state.ts'

interface Row {
  readonly name: string
  readonly at?: number
}
const columns = [
  { id: 'name', value: (row: Row) => row.name },
  { id: 'at', value: (row: Row) => row.at },
]
const rows: Row[] = [{ name: 'b10', at: 2 }, { name: 'b9', at: 10 }, { name: 'Alpha' }]
const names = (filter: string, sort: string) => arranged(rows, columns, { filter, sort }).map(row => row.name)

test('rows with every word, in order, those without a value last', () => {
  assert.deepEqual(names('', 'name'), ['Alpha', 'b9', 'b10'])
  assert.deepEqual(names('', '-at'), ['b9', 'b10', 'Alpha'])
  assert.deepEqual(names('', 'at'), ['b10', 'b9', 'Alpha'])
  assert.deepEqual(names('B 10', ''), ['b10', 'b9'])
  assert.deepEqual(names('(', ''), [])
  assert.deepEqual(names('', 'constructor'), ['b10', 'b9', 'Alpha'])
})

test('what an address says of a table', () => {
  assert.deepEqual(readState({ page: '-1' }, '-at'), { filter: '', sort: '-at', page: 1 })
  assert.deepEqual(readState({ q: 'x', sort: 'name', page: '3' }), { filter: 'x', sort: 'name', page: 3 })
})

test('ten thousand rows are arranged at once, and fifty of them drawn', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ name: `product ${10_000 - at}`, at }))
  const started = performance.now()
  const found = arranged(many, columns, { filter: 'product', sort: 'name' })
  assert.ok(performance.now() - started < 2_000)
  assert.equal(found.length, 10_000)
  assert.equal(found[0]?.name, 'product 1')
  assert.equal(pageOf(found, 1).length, pageSize)
})
