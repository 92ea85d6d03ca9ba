import { createHash } from 'node:crypto'

/** A cell as both databases have it: columns are text or bigint, and what is a bigint fits a JavaScript number. */
export type Cell = string | number | null

/**
 * What the rows of a table say together, added in the order of the table's key: the same from whichever database they are
 * read.
 */
export class RowDigest {
  readonly #hash = createHash('sha256')
  #count = 0

  add(row: readonly Cell[]): void {
    this.#count += 1
    // Each cell says how long it is, so that no two rows come to the same text.
    const cells = row.map(cell => (cell === null ? 'n' : `${typeof cell === 'string' ? 't' : 'b'}${cell}`))
    this.#hash.update(cells.map(cell => `${cell.length}:${cell}`).join(''))
    this.#hash.update('\n')
  }

  /** May be asked once. */
  result(): TableDigest {
    return { rows: this.#count, sha256: this.#hash.digest('hex') }
  }
}

export interface TableDigest {
  readonly rows: number
  readonly sha256: string
}

/** A table as it is copied: the columns in an order, and those of the key, by which rows are sorted. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly key: readonly string[]
}

/** A select of all rows in the order of their key; text sorts by its bytes in both databases (postgres/migrate.ts). */
export function selectInOrder({ name, columns, key }: TableShape): string {
  return `select ${columns.map(column => column.name).join(', ')} from ${name} order by ${key.join(', ')}`
}
