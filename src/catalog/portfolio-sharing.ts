import type { DescribePortfolioShareType, PortfolioShareType, ShareStatus } from '../model/generated/servicecatalog.ts'
import type { Portfolio } from './entities.ts'
import type { Scope } from './scope.ts'

/** Whom a portfolio is shared with, in DescribePortfolioShares' words. */
export interface ShareNode {
  readonly type: DescribePortfolioShareType
  /** An account, an organizational unit's id or an organization's. */
  readonly value: string
}

export interface PortfolioShare {
  /** The owner's. */
  readonly scope: Scope
  readonly portfolioId: string
  readonly node: ShareNode
  readonly shareTagOptions: boolean
  readonly sharePrincipals: boolean
  readonly createdAt: Date
}

/** A share as its owner sees it. */
export interface DescribedShare extends PortfolioShare {
  readonly accepted: boolean
}

/** What a change to a share with an organization node did: found by its token (DescribePortfolioShareStatus). */
export interface ShareOperation {
  readonly scope: Scope
  /** The token. */
  readonly id: string
  readonly portfolioId: string
  readonly nodeValue: string
  readonly status: ShareStatus
  readonly accounts: readonly string[]
  readonly createdAt: Date
}

/** How a portfolio came to an account: from another account, or through the organization. */
export type ImportKind = Exclude<PortfolioShareType, 'AWS_SERVICECATALOG'>

/** A portfolio of another account that this account may use. */
export interface ImportedPortfolio {
  readonly portfolio: Portfolio
  readonly kind: ImportKind
  /** Whether the owner's principals of type IAM_PATTERN hold for the receiving account, too. */
  readonly sharePrincipals: boolean
  readonly shareTagOptions: boolean
}

export function importKind({ type }: ShareNode): ImportKind {
  return type === 'ACCOUNT' ? 'IMPORTED' : 'AWS_ORGANIZATIONS'
}

/**
 * Whether the receiving account has a shared portfolio: one from another account when it was accepted, one from the
 * organization unless it was rejected (PortfolioShareDetail: such a share "is automatically imported").
 */
export function isImported(kind: ImportKind, answer: string | undefined): boolean {
  return kind === 'IMPORTED' ? answer === 'ACCEPTED' : answer !== 'REJECTED'
}
