import type { RequestKeys } from './pattern.ts'

/** What an identity provider said of somebody: what trust policies, and later the policies of the session, may look at. */
export interface Federation {
  /** The provider's ARN. */
  readonly provider: string
  /** Condition keys by name in lower case: the token's audience, subject and methods, under the provider's address. */
  readonly keys: Readonly<Record<string, readonly string[]>>
}

/** The claims of a token that condition keys are made of. */
export interface TokenClaims {
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly azp?: unknown
  readonly amr?: unknown
}

/** The ARN of the identity provider behind an issuer's URL in an account: IAM names it by the URL without `https://`. */
export function providerArn(accountId: string, issuer: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${addressOf(issuer)}`
}

function addressOf(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '')
}

/**
 * What a token says, in an account's terms (IAM user guide, keys of OIDC federation): `aud` is the party the token was made
 * for (`azp`) where it says so, else its audience.
 */
export function federationOf(accountId: string, issuer: string, { sub, aud, azp, amr }: TokenClaims): Federation {
  const address = addressOf(issuer).toLowerCase()
  const methods = Array.isArray(amr) ? amr.filter(each => typeof each === 'string') : []
  return {
    provider: providerArn(accountId, issuer),
    keys: {
      [`${address}:sub`]: [sub],
      [`${address}:aud`]: typeof azp === 'string' ? [azp] : [aud].flat(),
      ...(methods.length > 0 && { [`${address}:amr`]: methods }),
    },
  }
}

/** A federation's condition keys; the same hold in every call of its session. */
export function federationKeys({ provider, keys }: Federation): RequestKeys {
  return new Map([...Object.entries(keys), ['aws:federatedprovider', [provider]]])
}
