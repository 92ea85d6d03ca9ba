import {
  keepPreviousData,
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { session } from '../session/session.ts'
import { type ApiError, call } from './client.ts'
import type { Input, OperationName, Output } from './services.ts'

interface Options {
  /** False: not asked yet. */
  readonly enabled?: boolean
  /** Milliseconds after which it is asked again by itself. */
  readonly every?: number
}

/** What an operation answers: cached under its name and input, asked again when something was changed. */
export function useApi<Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  { enabled = true, every }: Options = {},
): UseQueryResult<Output<Name>, ApiError> {
  return useQuery<Output<Name>, ApiError>({
    queryKey: [name, session.current().region, input],
    queryFn: ({ signal }) => call(name, input, { signal }),
    enabled,
    refetchInterval: every ?? false,
    placeholderData: keepPreviousData,
  })
}

/** An operation that answers page by page: its rows so far, and how to get more. */
export interface Pages<Row> {
  readonly rows: readonly Row[]
  readonly isLoading: boolean
  readonly error: ApiError | null
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  /** How many there are in all, where the operation says so. */
  readonly total?: number
  loadMore(): void
  reload(): void
}

interface PagesOptions<Name extends OperationName, Row> extends Options {
  readonly rows: (output: Output<Name>) => readonly Row[] | undefined
}

/** Where a page's token goes in and comes out, by service, where that is not NextToken. */
const pageTokens: Readonly<Record<string, readonly [into: string, from: string]>> = {
  servicecatalog: ['PageToken', 'NextPageToken'],
  bellhop: ['PageToken', 'NextPageToken'],
  iam: ['Marker', 'Marker'],
}

/** How the pages of an operation are asked for, and what they are kept under. */
function pagesOf<Name extends OperationName>(name: Name, input: Input<Name>) {
  const [into, from] = pageTokens[name.split('.', 1)[0]!] ?? ['NextToken', 'NextToken']
  return {
    queryKey: [name, session.current().region, input, 'pages'] as readonly unknown[],
    queryFn: ({ pageParam, signal }: { readonly pageParam: string; readonly signal: AbortSignal }) =>
      call(name, { ...(input as object), ...(pageParam && { [into]: pageParam }) } as Input<Name>, { signal }),
    initialPageParam: '',
    getNextPageParam: (last: Output<Name>) => (last as Record<string, unknown>)[from] as string | undefined,
  }
}

/** Asks for the first page before the view is there that shows it, so that it is drawn once, with its rows. */
export function fetchAhead<Name extends OperationName>(client: QueryClient, name: Name, input: Input<Name>): void {
  void client.prefetchInfiniteQuery<Output<Name>, ApiError, Output<Name>, readonly unknown[], string>(
    pagesOf(name, input),
  )
}

/** The rows of an operation that answers page by page. */
export function usePages<Name extends OperationName, Row>(
  name: Name,
  input: Input<Name>,
  { rows, enabled = true, every }: PagesOptions<Name, Row>,
): Pages<Row> {
  const query = useInfiniteQuery<Output<Name>, ApiError, { pages: Output<Name>[] }, readonly unknown[], string>({
    ...pagesOf(name, input),
    enabled,
    refetchInterval: every ?? false,
    placeholderData: keepPreviousData,
  })
  const { data } = query
  const all = useMemo(() => data?.pages.flatMap(page => rows(page) ?? []) ?? [], [data, rows])
  return {
    rows: all,
    isLoading: query.isLoading,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    total: (data?.pages[0] as Record<string, unknown> | undefined)?.['TotalResultsCount'] as number | undefined,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  }
}

/** Does something; whatever was asked before is asked again afterwards. */
export function useAct<Name extends OperationName>(name: Name): UseMutationResult<Output<Name>, ApiError, Input<Name>> {
  const client = useQueryClient()
  return useMutation<Output<Name>, ApiError, Input<Name>>({
    mutationFn: input => call(name, input),
    onSuccess: () => client.invalidateQueries(),
  })
}

/** Does what takes several calls, or one that is chosen while it is done; what was asked before is asked again afterwards. */
export function useDo<Given, Made>(run: (given: Given) => Promise<Made>): UseMutationResult<Made, ApiError, Given> {
  const client = useQueryClient()
  return useMutation<Made, ApiError, Given>({ mutationFn: run, onSettled: () => client.invalidateQueries() })
}

/** How many rows one would look through for what one picks. */
const mostPicked = 1_000

/** Rows to pick from: all of them, as far as anybody would look. */
export function useAll<Row>({ rows, hasMore, isLoadingMore, error, loadMore }: Pages<Row>): readonly Row[] {
  const isWanted = hasMore && !isLoadingMore && !error && rows.length < mostPicked
  useEffect(() => {
    if (isWanted) loadMore()
  }, [isWanted, loadMore])
  return rows
}
