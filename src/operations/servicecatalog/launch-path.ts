import type { Constraint, Portfolio } from '../../catalog/entities.ts'
import { chooseLaunchPath, type LaunchPath, launchPaths } from '../../catalog/launch-paths.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'

export interface ResolvedLaunchPath {
  readonly pathId: string
  readonly portfolioId: string
  readonly portfolioName: string
  /** The caller's own, or one that is shared with them. */
  readonly portfolio: Portfolio
  /** Those of the product in this portfolio, oldest first. */
  readonly constraints: readonly Constraint[]
}

/** The launch paths by which a product reaches the caller; none when there is no such product. */
export async function launchPathsOf(
  storage: Storage,
  caller: Caller,
  productId: string,
): Promise<readonly LaunchPath[]> {
  return launchPaths(await storage.portfolios.withPrincipals(caller.scope, productId), caller.arn, caller.groupArns)
}

/**
 * The launch path a request means, with the constraints that come with it. Throws ResourceNotFoundException where the
 * caller has none, and InvalidParametersException where there are several and none is named.
 */
export async function resolveLaunchPath(
  storage: Storage,
  caller: Caller,
  productId: string,
  wanted: { readonly PathId?: string; readonly PathName?: string },
): Promise<ResolvedLaunchPath> {
  const choice = chooseLaunchPath(await launchPathsOf(storage, caller, productId), wanted, productId)
  if ('refused' in choice) {
    if (choice.refused === 'NotFound') throw new ResourceNotFoundException(choice.message)
    throw new InvalidParametersException(choice.message)
  }
  const { id: pathId, name: portfolioName, portfolio } = choice.path
  const portfolioId = portfolio.detail.Id
  const constraints = await storage.constraints.ofProduct(portfolio.scope, portfolioId, productId)
  return { pathId, portfolioId, portfolioName, portfolio, constraints }
}
