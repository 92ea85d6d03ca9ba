import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { type ReactNode, useDeferredValue, useEffect, useMemo } from 'react'
import type { Pages } from '../api/use-api.ts'
import { useLocation } from '../routing/use-location.ts'
import { Failure } from './failure.tsx'
import { arranged, pageOf, pageSize, readState, shortPageSize, type TableColumn } from './table-state.ts'

export interface Column<Row> extends TableColumn<Row> {
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  readonly width?: number
}

interface Props<Row> {
  readonly title: string
  readonly description?: ReactNode
  readonly columns: readonly Column<Row>[]
  readonly pages: Pages<Row>
  readonly rowId: (row: Row) => string
  /** What is said where there is nothing. */
  readonly empty: string
  readonly actions?: ReactNode
  /** Filters of the view's own beside the words. */
  readonly filters?: ReactNode
  /** A column's id, with `-` before it for descending. */
  readonly sort?: string
  /** Absent: the page's main table, with a large heading. */
  readonly variant?: 'container'
  /** The server does the filtering: rows are shown as they come. */
  readonly filteredByServer?: boolean
}

/** Windows of phones, in pixels. */
const narrow = 640

/** How many rows are fetched without being asked for, so that filter and order see all that most people have. */
const fetchedAhead = 200

/**
 * A dense table of what an operation lists. Words, order and page are in the address. However many rows there are, one page
 * of them is drawn.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { title, description, columns, pages, rowId, empty, actions, filters, variant, filteredByServer } = props
  const { query, setQuery } = useLocation()
  const state = readState(query, props.sort)
  const { sort, page } = state
  const filter = useDeferredValue(state.filter)
  const { rows, hasMore, isLoadingMore, loadMore, error, isLoading } = pages
  const size = variant ? shortPageSize : pageSize
  useEffect(() => {
    if (hasMore && !isLoadingMore && !error && rows.length < Math.max(fetchedAhead, page * size + 1)) loadMore()
  }, [hasMore, isLoadingMore, error, rows.length, page, size, loadMore])
  const found = useMemo(
    () => arranged(rows, columns, { filter: filteredByServer ? '' : filter, sort }),
    [rows, columns, filter, filteredByServer, sort],
  )
  const pagesCount = Math.max(1, Math.ceil(found.length / size))
  const shownPage = Math.min(page, pagesCount)
  const total = pages.total ?? (hasMore ? `${rows.length}+` : rows.length)
  const counter =
    !filteredByServer && filter && found.length !== rows.length ? `(${found.length}/${total})` : `(${total})`
  return (
    <Table
      variant={variant ?? 'full-page'}
      stickyHeader={!variant}
      contentDensity="compact"
      wrapLines={false}
      resizableColumns
      items={pageOf(found, shownPage, size)}
      trackBy={rowId}
      loading={isLoading}
      loadingText="Loading"
      enableKeyboardNavigation={false}
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={columns.map(({ id, header, cell, value, width }, at) => ({
        id,
        header,
        cell: at === 0 ? (row: Row) => <span data-row>{cell(row)}</span> : cell,
        sortingField: value && id,
        isRowHeader: at === 0,
        minWidth: 90,
        // In a narrow window the first column leaves room for the second.
        ...(width !== undefined && { width: at === 0 && innerWidth < narrow ? Math.min(width, 180) : width }),
      }))}
      sortingColumn={sort ? { sortingField: sort.replace(/^-/, '') } : undefined}
      sortingDescending={sort.startsWith('-')}
      onSortingChange={({ detail }) =>
        setQuery({ sort: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField}` })
      }
      header={
        <Header
          variant={variant ? 'h2' : 'awsui-h1-sticky'}
          counter={isLoading || error ? undefined : counter}
          description={description}
          actions={error ? undefined : actions}
        >
          {title}
        </Header>
      }
      filter={
        <div className="filter-row" data-filter>
          <TextFilter
            filteringText={state.filter}
            filteringPlaceholder="Filter (press /)"
            filteringAriaLabel={`Filter ${title.toLowerCase()}`}
            onChange={({ detail }) => setQuery({ q: detail.filteringText, page: '' })}
            countText={filter && !filteredByServer ? `${found.length} found` : undefined}
          />
          {filters}
        </div>
      }
      pagination={
        <Pagination
          currentPageIndex={shownPage}
          pagesCount={pagesCount}
          openEnd={hasMore}
          onChange={({ detail }) => setQuery({ page: String(detail.currentPageIndex) })}
          ariaLabels={{
            nextPageLabel: 'Next page',
            previousPageLabel: 'Previous page',
            pageLabel: number => `Page ${number}`,
          }}
        />
      }
      empty={
        error ? (
          <Failure error={error} title={`${title} could not be listed`} again={pages.reload} />
        ) : (
          <Box textAlign="center" color="inherit" padding="m">
            {state.filter ? `Nothing here has “${state.filter}” in it.` : empty}
          </Box>
        )
      }
    />
  )
}
