import { InvalidParametersException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** AWS's rules for PrincipalARN: a whole ARN for IAM; for IAM_PATTERN no account, and `*` and `?` in the resource. */
const forms = {
  IAM: {
    pattern: /^arn:aws[a-z-]*:iam::[0-9]{12}:(user|group|role)\/[\w+=,.@\-/]+$/,
    text: 'arn:aws:iam::ACCOUNT:user/NAME, or the same with group or role',
  },
  IAM_PATTERN: {
    pattern: /^arn:aws[a-z-]*:iam:::(user|group|role)\/[\w+=,.@\-/*?]+$/,
    text: 'arn:aws:iam:::user/NAME, or the same with group or role; NAME may contain * and ?',
  },
} as const

/** Repeating it changes nothing (AssociatePrincipalWithPortfolio declares no DuplicateResourceException). */
export const associatePrincipalWithPortfolio: ServiceCatalogOperation<
  'AssociatePrincipalWithPortfolio',
  'storage' | 'clock'
> = async (input, caller, { storage, clock }) => {
  const { PortfolioId: portfolioId, PrincipalARN: principalArn, PrincipalType: principalType } = input
  const form = forms[principalType]
  if (!form.pattern.test(principalArn)) {
    throw new InvalidParametersException(
      `Invalid PrincipalARN ${principalArn} for PrincipalType ${principalType}. Its form is ${form.text}.`,
    )
  }
  await storage.portfolios.addPrincipal(caller.scope, { portfolioId, principalArn, principalType }, clock.now())
  return {}
}
