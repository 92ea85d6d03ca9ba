import type { QueryClient } from '@tanstack/react-query'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { type Location, matchPath } from './routing/location.ts'

/** What a view is given: the parts of its path that have names. */
export interface ViewProps {
  readonly id: string
  readonly other?: string
}

/** Asks for what a view shows first, before the view is there. */
export type Ahead = (client: QueryClient, query: Location['query']) => void

interface ViewModule {
  readonly default: ComponentType<ViewProps>
  readonly ahead?: Ahead
}

export interface Route {
  /** `:id` and `:other` are given to the view. */
  readonly path: string
  readonly title: string
  readonly view: LazyExoticComponent<ComponentType<ViewProps>> & {
    /** Fetches its code, so that it is there when it is shown. */
    fetch(): Promise<ViewModule>
  }
  /** Where it stands in the navigation, if it does. */
  readonly section?: Section
  /** The entry of the navigation that it belongs to, where it is not one itself. */
  readonly within?: string
  /** An operation that whoever uses the view may call: who may not is not shown the entry. */
  readonly needs?: AdminRight
}

/** The rights that make somebody an administrator of one thing or another. */
export type AdminRight =
  | 'servicecatalog.ListPortfolios'
  | 'ssm.ListDocuments'
  | 'iam.ListUsers'
  | 'bellhop.DescribeHealth'

export const sections = ['Catalog', 'Activity', 'Administration', 'Access'] as const
export type Section = (typeof sections)[number]

const view = (load: () => Promise<ViewModule>) => Object.assign(lazy(load), { fetch: load })

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
    path: '/provisioned-products/:id/update',
    title: 'Update provisioned product',
    within: '/provisioned-products',
    view: view(() => import('./views/update.tsx')),
  },
  {
    path: '/provisioned-products/:id/actions/:other',
    title: 'Run action',
    within: '/provisioned-products',
    view: view(() => import('./views/action.tsx')),
  },
  { path: '/plans', title: 'Plans', section: 'Catalog', view: view(() => import('./views/plans.tsx')) },
  { path: '/plans/:id', title: 'Plan', within: '/plans', view: view(() => import('./views/plan.tsx')) },
  { path: '/records', title: 'Records', section: 'Activity', view: view(() => import('./views/records.tsx')) },
  { path: '/records/:id', title: 'Run', within: '/records', view: view(() => import('./views/run.tsx')) },
  {
    path: '/executions/:id',
    title: 'Execution',
    within: '/records',
    view: view(() => import('./views/execution.tsx')),
  },
  { path: '/approvals', title: 'Approvals', section: 'Activity', view: view(() => import('./views/approvals.tsx')) },
  {
    path: '/portfolios',
    title: 'Portfolios',
    section: 'Administration',
    needs: 'servicecatalog.ListPortfolios',
    view: view(() => import('./views/portfolios.tsx')),
  },
  {
    path: '/portfolios/:id',
    title: 'Portfolio',
    within: '/portfolios',
    view: view(() => import('./views/portfolio.tsx')),
  },
  {
    path: '/admin/products',
    title: 'All products',
    section: 'Administration',
    needs: 'servicecatalog.ListPortfolios',
    view: view(() => import('./views/admin-products.tsx')),
  },
  {
    path: '/admin/products/new',
    title: 'Create product',
    within: '/admin/products',
    view: view(() => import('./views/admin-product-new.tsx')),
  },
  {
    path: '/admin/products/:id',
    title: 'Product',
    within: '/admin/products',
    view: view(() => import('./views/admin-product.tsx')),
  },
  {
    path: '/service-actions',
    title: 'Service actions',
    section: 'Administration',
    needs: 'servicecatalog.ListPortfolios',
    view: view(() => import('./views/service-actions.tsx')),
  },
  {
    path: '/service-actions/new',
    title: 'Create service action',
    within: '/service-actions',
    view: view(() => import('./views/service-action-new.tsx')),
  },
  {
    path: '/service-actions/:id',
    title: 'Service action',
    within: '/service-actions',
    view: view(() => import('./views/service-action.tsx')),
  },
  {
    path: '/documents',
    title: 'Documents',
    section: 'Administration',
    needs: 'ssm.ListDocuments',
    view: view(() => import('./views/documents.tsx')),
  },
  {
    path: '/documents/new',
    title: 'Create document',
    within: '/documents',
    view: view(() => import('./views/document-new.tsx')),
  },
  { path: '/documents/:id', title: 'Document', within: '/documents', view: view(() => import('./views/document.tsx')) },
  {
    path: '/documents/:id/edit',
    title: 'Edit document',
    within: '/documents',
    view: view(() => import('./views/document-edit.tsx')),
  },
  {
    path: '/tag-options',
    title: 'Tag options',
    section: 'Administration',
    needs: 'servicecatalog.ListPortfolios',
    view: view(() => import('./views/tag-options.tsx')),
  },
  {
    path: '/executions',
    title: 'Executions',
    section: 'Administration',
    needs: 'ssm.ListDocuments',
    view: view(() => import('./views/executions.tsx')),
  },
  {
    path: '/audit',
    title: 'Audit',
    section: 'Administration',
    needs: 'servicecatalog.ListPortfolios',
    view: view(() => import('./views/audit.tsx')),
  },
  {
    path: '/health',
    title: 'Health',
    section: 'Administration',
    needs: 'bellhop.DescribeHealth',
    view: view(() => import('./views/health.tsx')),
  },
  {
    path: '/users',
    title: 'Users',
    section: 'Access',
    needs: 'iam.ListUsers',
    view: view(() => import('./views/users.tsx')),
  },
  { path: '/users/:id', title: 'User', within: '/users', view: view(() => import('./views/user.tsx')) },
  {
    path: '/groups',
    title: 'Groups',
    section: 'Access',
    needs: 'iam.ListUsers',
    view: view(() => import('./views/groups.tsx')),
  },
  { path: '/groups/:id', title: 'Group', within: '/groups', view: view(() => import('./views/group.tsx')) },
  {
    path: '/roles',
    title: 'Roles',
    section: 'Access',
    needs: 'iam.ListUsers',
    view: view(() => import('./views/roles.tsx')),
  },
  { path: '/roles/:id', title: 'Role', within: '/roles', view: view(() => import('./views/role.tsx')) },
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
