import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { matchPath } from './routing/location.ts'

/** What a view is given: the parts of its path that have names. */
export interface ViewProps {
  readonly id: string
  readonly other?: string
}

export interface Route {
  /** `:id` and `:other` are given to the view. */
  readonly path: string
  readonly title: string
  readonly view: LazyExoticComponent<ComponentType<ViewProps>> & {
    /** Fetches its code, so that it is there when it is shown. */
    fetch(): Promise<unknown>
  }
  /** Where it stands in the navigation, if it does. */
  readonly section?: Section
  /** The entry of the navigation that it belongs to, where it is not one itself. */
  readonly within?: string
}

export const sections = ['Catalog', 'Activity', 'Administration'] as const
export type Section = (typeof sections)[number]

const view = (load: () => Promise<{ readonly default: ComponentType<ViewProps> }>) =>
  Object.assign(lazy(load), { fetch: load })

/** Every view: one file and one row. The first is where one begins. */
export const routes: readonly Route[] = [
  { path: '/products', title: 'Products', section: 'Catalog', view: view(() => import('./views/products.tsx')) },
  { path: '/products/:id', title: 'Product', within: '/products', view: view(() => import('./views/product.tsx')) },
  {
    path: '/products/:id/launch',
    title: 'Launch product',
    within: '/products',
    view: view(() => import('./views/launch.tsx')),
  },
  {
    path: '/provisioned-products',
    title: 'Provisioned products',
    section: 'Catalog',
    view: view(() => import('./views/provisioned-products.tsx')),
  },
  {
    path: '/provisioned-products/:id',
    title: 'Provisioned product',
    within: '/provisioned-products',
    view: view(() => import('./views/provisioned-product.tsx')),
  },
  {
    path: '/provisioned-products/:id/actions/:other',
    title: 'Run action',
    within: '/provisioned-products',
    view: view(() => import('./views/action.tsx')),
  },
  { path: '/records', title: 'Records', section: 'Activity', view: view(() => import('./views/records.tsx')) },
  { path: '/records/:id', title: 'Run', within: '/records', view: view(() => import('./views/run.tsx')) },
  {
    path: '/executions/:id',
    title: 'Execution',
    within: '/records',
    view: view(() => import('./views/execution.tsx')),
  },
  { path: '/approvals', title: 'Approvals', section: 'Activity', view: view(() => import('./views/approvals.tsx')) },
]

/** The view of a path, and its parameters; undefined when there is none. */
export function findRoute(path: string): { readonly route: Route; readonly props: ViewProps } | undefined {
  if (path === '/') return { route: routes[0]!, props: { id: '' } }
  for (const route of routes) {
    const found = matchPath(route.path, path)
    if (found) return { route, props: { id: found['id'] ?? '', other: found['other'] } }
  }
  return undefined
}
