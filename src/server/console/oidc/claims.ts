import { createHash } from 'node:crypto'
import type { ProviderConfig } from './config.ts'

type Claims = Readonly<Record<string, unknown>>

/** A claim by its name or, where there is none of that name, by the path to it. */
export function claimIn(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let found: unknown = claims
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Claims)[part]
  }
  return found
}

/** The roles that a provider's mapping has for somebody, each once, in the mapping's order. */
export function mappedRoles({ roles }: Pick<ProviderConfig, 'roles'>, claims: Claims): string[] {
  const matching = roles.filter(
    ({ claim, value }) => claim === undefined || textsOf(claimIn(claims, claim)).includes(value!),
  )
  return [...new Set(matching.map(({ role }) => role))]
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap(each =>
    ['string', 'number', 'boolean'].includes(typeof each) ? [String(each)] : [],
  )
}

/**
 * The name of somebody's session: the claim in STS's alphabet, at most 64 characters. What had to be changed gets a mark made
 * of the whole, so that two people never become one. Undefined where the claim names nobody: it is not there, is no text,
 * or is an address that the provider says it has not verified.
 */
export function sessionNameFrom(claims: Claims, claim: string): string | undefined {
  const given = claimIn(claims, claim)
  if (typeof given !== 'string' || given.trim() === '') return undefined
  if (claim === 'email' && [false, 'false'].includes(claims['email_verified'] as boolean)) return undefined
  if (/^[\w+=,.@-]{2,64}$/.test(given)) return given
  const mark = createHash('sha256').update(given).digest('hex').slice(0, 10)
  const plain = given.normalize('NFKD').replace(/\p{M}/gu, '')
  return `${plain.replace(/[^\w+=,.@-]+/g, '-').slice(0, 64 - mark.length - 1)}-${mark}`
}
