import type { Portfolio, PrincipalAssociation } from './entities.ts'
import { launchPathId } from './ids.ts'

/**
 * Launch paths: a product reaches a requester through each portfolio that holds it and is associated with the requester's
 * principal. That holds for administrators too (AWS Control Tower guide; aws-cdk#8404).
 */
export interface LaunchPath {
  readonly id: string
  /** The portfolio's display name (ListLaunchPaths, AWS CLI examples). */
  readonly name: string
  readonly portfolio: Portfolio
}

/**
 * The paths of a caller among the portfolios that hold a product; oldest portfolio first, as they were given. A portfolio
 * of one of the caller's groups is the caller's too.
 */
export function launchPaths(
  portfolios: readonly { readonly portfolio: Portfolio; readonly principals: readonly PrincipalAssociation[] }[],
  callerArn: string,
  groupArns: readonly string[] = [],
): readonly LaunchPath[] {
  const arns = [callerArn, ...groupArns]
  return portfolios
    .filter(({ principals }) => principals.some(association => arns.some(arn => admits(association, arn))))
    .map(({ portfolio }) => ({
      id: launchPathId(portfolio.detail.Id),
      name: portfolio.detail.DisplayName,
      portfolio,
    }))
}

export type LaunchPathChoice =
  | { readonly path: LaunchPath }
  /** NotFound is ResourceNotFoundException, Invalid is InvalidParametersException. */
  | { readonly refused: 'NotFound' | 'Invalid'; readonly message: string }

/** What AWS says when a product does not reach the caller (aws-cdk#8404). */
export function noLaunchPaths(productId: string): string {
  return `No launch paths found for resource: ${productId}`
}

/** The path a request means. Without PathId and PathName there must be exactly one. */
export function chooseLaunchPath(
  paths: readonly LaunchPath[],
  wanted: { readonly PathId?: string; readonly PathName?: string },
  productId: string,
): LaunchPathChoice {
  const { PathId, PathName } = wanted
  if (PathId !== undefined && PathName !== undefined) {
    return { refused: 'Invalid', message: 'Specify either PathId or PathName, not both.' }
  }
  if (paths.length === 0) return { refused: 'NotFound', message: noLaunchPaths(productId) }
  const asked = PathId !== undefined || PathName !== undefined
  const matches = asked
    ? paths.filter(path => (PathId === undefined ? path.name === PathName : path.id === PathId))
    : paths
  if (matches.length === 1) return { path: matches[0]! }
  if (matches.length === 0) {
    return {
      refused: 'NotFound',
      message: `Launch path ${PathId ?? PathName} not found for resource: ${productId}. Launch paths: ${list(paths)}.`,
    }
  }
  return {
    refused: 'Invalid',
    message: `More than one launch path found for resource: ${productId}. Specify PathId, one of: ${list(matches)}.`,
  }
}

function list(paths: readonly LaunchPath[]): string {
  return paths.map(path => `${path.id} (${path.name})`).join(', ')
}

/**
 * Whether an association admits a caller. IAM names one principal; a session of a role comes in by the role. IAM_PATTERN
 * is an ARN without account, in whose resource `*` stands for any characters and `?` for one (AssociatePrincipalWithPortfolio).
 */
export function admits(association: PrincipalAssociation, callerArn: string): boolean {
  const caller = principalOf(callerArn)
  if (association.principalType === 'IAM_PATTERN') {
    const pattern = /^arn:[^:]+:iam:::(.+)$/.exec(association.principalArn)
    return pattern !== null && matches(pattern[1]!, caller.resource)
  }
  if (association.principalArn === callerArn) return true
  if (!caller.role) return false
  // A session's ARN has lost the role's path; role names are unique in an account, so the last part decides.
  const role = /^arn:[^:]+:iam::([0-9]{12}):role\/(?:.*\/)?([^/]+)$/.exec(association.principalArn)
  return role !== null && role[1] === caller.accountId && role[2] === caller.role
}

function principalOf(arn: string): { accountId?: string; resource: string; role?: string } {
  const session = /^arn:[^:]+:sts::([0-9]{12}):assumed-role\/([^/]+)\//.exec(arn)
  if (session) return { accountId: session[1]!, resource: `role/${session[2]}`, role: session[2]! }
  const parts = arn.split(':')
  return { accountId: parts[4], resource: parts.slice(5).join(':') }
}

/** Wildcards by two indexes and one step back: linear in practice, and a pattern never becomes a regular expression. */
function matches(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
