import { DatabaseSync } from 'node:sqlite'
import { type Cell, selectInOrder, type TableShape } from '../row-digest.ts'

/** Rows at a time, and about how many characters: an artifact's row is large, a row of the journal is not. */
const batchRows = 1000
const batchCharacters = 4 * 1024 * 1024

/** A whole database, table by table, for whoever copies it. Nobody may write to it meanwhile. */
export class WholeDatabase {
  readonly #database: DatabaseSync
  /** Names of the migrations that it has been through. */
  readonly migrations: readonly string[]
  readonly tables: readonly TableShape[]

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true })
    this.migrations = this.#names('select name from migrations order by name')
    const names = this.#names(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'migrations' order by name",
    )
    this.tables = names.map(name => this.#shape(name))
  }

  /** All rows of a table in the order of its key, some at a time. */
  *batches(table: TableShape): Generator<readonly (readonly Cell[])[]> {
    const statement = this.#database.prepare(selectInOrder(table))
    statement.setReturnArrays(true)
    let batch: (readonly Cell[])[] = []
    let characters = 0
    for (const row of statement.iterate() as unknown as Iterable<readonly Cell[]>) {
      batch.push(row)
      for (const cell of row) characters += typeof cell === 'string' ? cell.length : 8
      if (batch.length < batchRows && characters < batchCharacters) continue
      yield batch
      batch = []
      characters = 0
    }
    if (batch.length > 0) yield batch
  }

  close(): void {
    this.#database.close()
  }

  #names(sql: string): string[] {
    return this.#database
      .prepare(sql)
      .all()
      .map(row => String(row['name']))
  }

  #shape(name: string): TableShape {
    const columns = this.#database
      .prepare('select name, type, pk from pragma_table_info(?) order by cid')
      .all(name)
      .map(row => ({ name: String(row['name']), type: String(row['type']).toLowerCase(), pk: Number(row['pk']) }))
    const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
    return { name, columns: columns.map(({ pk: _, ...column }) => column), key: key.map(column => column.name) }
  }
}
