/** The rules of a table in a page: what is shown of its rows. Its state is in the address. */
export interface TableState {
  readonly filter: string
  /** A column's id, with `-` before it for descending. */
  readonly sort: string
  readonly page: number
}

export interface TableColumn<Row> {
  readonly id: string
  /** What a row is sorted by, and found by. */
  readonly value?: (row: Row) => string | number | undefined
}

export const pageSize = 50
/** A table that is one part of a page among others leaves room for them. */
export const shortPageSize = 10

export function readState(query: Readonly<Record<string, string>>, defaultSort = ''): TableState {
  const page = Number(query['page'] ?? 1)
  return {
    filter: query['q'] ?? '',
    sort: query['sort'] ?? defaultSort,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  }
}

/** Rows that have every word of the filter in one of their columns, in order. */
export function arranged<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  { filter, sort }: Pick<TableState, 'filter' | 'sort'>,
): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (row: Row) => columns.map(({ value }) => String(value?.(row) ?? '').toLowerCase()).join('\n')
  const found = words.length === 0 ? rows : rows.filter(row => words.every(word => text(row).includes(word)))
  const descending = sort.startsWith('-')
  const value = columns.find(({ id }) => id === sort.replace(/^-/, ''))?.value
  if (!value) return found
  const sign = descending ? -1 : 1
  // Rows without a value come last, whichever the direction.
  return [...found].sort((a, b) => {
    const [one, other] = [value(a), value(b)]
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
    if (typeof one === 'number' && typeof other === 'number') return sign * (one - other)
    return sign * String(one).localeCompare(String(other), 'en', { numeric: true })
  })
}

export function pageOf<Row>(rows: readonly Row[], page: number, size = pageSize): readonly Row[] {
  return rows.slice((page - 1) * size, page * size)
}
