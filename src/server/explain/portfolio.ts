import { productOfView } from '../../catalog/ids.ts'
import { admits, launchPaths, noLaunchPaths } from '../../catalog/launch-paths.ts'
import { reaches } from '../../identity/access-level.ts'
import type { Gate } from '../../model/generated/bellhop.ts'
import type { Storage } from '../../storage/storage.ts'
import type { JudgedCall } from './index.ts'

/** Operations that need a launch path from whoever calls them, and those that an administrator needs none for. */
const byPath: ReadonlySet<string> = new Set([
  'CreateProvisionedProductPlan',
  'DescribeProduct',
  'DescribeProductView',
  'DescribeProvisioningParameters',
  'ListLaunchPaths',
  'ProvisionProduct',
  'UpdateProvisionedProduct',
])
const byPathOrAdministrator: ReadonlySet<string> = new Set([
  'CreateProvisioningArtifact',
  'DescribeProductAsAdmin',
  'DescribeProvisioningArtifact',
  'ListProvisioningArtifacts',
])

/** Whether a portfolio brings the product to the principal; undefined where that is not asked. */
export async function portfolioGate(judged: JudgedCall, storage: Storage): Promise<Gate | undefined> {
  const { incoming, authorisation, principal, scope, discreet } = judged
  const { service, operation } = incoming
  if (service !== 'servicecatalog' || !(byPath.has(operation) || byPathOrAdministrator.has(operation))) return undefined
  const gate = (Outcome: Gate['Outcome'], Reason: string): Gate => ({ Name: 'PORTFOLIO_ACCESS', Outcome, Reason })
  if (byPathOrAdministrator.has(operation) && authorisation.allowed && authorisation.administrator) {
    return gate('ALLOWED', 'The principal sees every product (servicecatalog:DescribeProductAsAdmin).')
  }
  const named = await productOf(judged, storage)
  if (named === undefined) {
    return gate(
      'UNKNOWN',
      'A portfolio must bring the product to the principal. Name the product in the input to be told.',
    )
  }
  const { id: productId = '', as } = named
  const portfolios = await storage.portfolios.withPrincipals(scope, productId)
  const paths = launchPaths(portfolios, principal.arn, principal.groupArns)
  if (paths.length > 0) {
    const through = paths.map(({ portfolio, name }) => {
      const principals = portfolios.find(each => each.portfolio === portfolio)!.principals
      const arns = [principal.arn, ...principal.groupArns]
      const by = principals.find(association => arns.some(arn => admits(association, arn)))!
      return `${portfolio.detail.Id} (${name}) by its principal ${by.principalArn}`
    })
    return gate('ALLOWED', `Product ${productId} reaches the principal through portfolio ${through.join(', and ')}.`)
  }
  // By the name that was given: whether there is such a product, and its id, is not told to everybody.
  return gate('DENIED', `${noLaunchPaths(as)}. ${discreet ? 'No portfolio brings it to you.' : await why()}`)

  async function why(): Promise<string> {
    if (!(await storage.products.getUsable(scope, productId))) return 'There is no such product in the account.'
    if (portfolios.length === 0) return 'The product is in no portfolio.'
    const held = portfolios.map(({ portfolio: { detail }, principals }) => {
      const arns = principals.map(({ principalArn }) => principalArn)
      return `${detail.Id} (${detail.DisplayName}), whose principals are ${arns.length > 0 ? arns.join(', ') : 'none'}`
    })
    return `It is in portfolio ${held.join(', and in ')}: none of them is the principal.`
  }
}

/** The product that a call is about; `id` is absent where there is none of the name. */
async function productOf(
  { incoming, scope, principal, authorisation }: JudgedCall,
  storage: Storage,
): Promise<{ readonly id?: string; readonly as: string } | undefined> {
  const { operation, input } = incoming
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : undefined)
  const isProduct = operation === 'DescribeProduct' || operation === 'DescribeProductAsAdmin'
  const view = operation === 'DescribeProductView' ? productOfView(text('Id') ?? '') : undefined
  const id = view ?? text('ProductId') ?? (isProduct ? text('Id') : undefined)
  if (id !== undefined) return { id, as: id }
  const name = text('ProductName') ?? (isProduct ? text('Name') : undefined)
  if (name !== undefined) return { id: (await storage.products.getByName(scope, name))[0]?.id, as: name }
  const provisionedId = text('ProvisionedProductId')
  if (operation !== 'UpdateProvisionedProduct' || provisionedId === undefined || !authorisation.allowed)
    return undefined
  const provisioned = await storage.provisionedProducts.get(scope, provisionedId)
  const { arn, roleArn } = principal
  // Nothing is told of what somebody else has: the owner's gate says so.
  if (!provisioned || !reaches({ arn, roleArn, accessLevel: authorisation.accessLevel }, provisioned.userArn))
    return undefined
  return { id: provisioned.detail.ProductId, as: provisioned.detail.ProductId }
}
