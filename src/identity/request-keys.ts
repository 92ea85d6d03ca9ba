import { keysWhenAsked, type RequestKeys } from './pattern.ts'
import type { Principal } from './principal.ts'

/** What is known of a request besides who sent it. */
export interface Circumstances {
  readonly now: Date
  readonly region: string
  /** An IPv4 or IPv6 address, as the connection has it; no header is believed. */
  readonly sourceIp?: string
  readonly userAgent?: string
  /** The operation's input, before it was validated: only what has the right form is taken. */
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * The condition keys of a request (IAM user guide, AWS global condition context keys), those that hold for it; names in
 * lower case. aws:SecureTransport is false: the server speaks plain HTTP, whatever stands in front of it.
 */
export function requestKeys(principal: Principal, circumstances: Circumstances): RequestKeys {
  return keysWhenAsked(() => keysOf(principal, circumstances))
}

function keysOf(principal: Principal, circumstances: Circumstances): RequestKeys {
  const { input } = circumstances
  const keys = new Map<string, readonly string[]>([
    ...anybodysKeys(circumstances),
    ['aws:viaawsservice', ['false']],
    ['aws:principalisawsservice', ['false']],
    ['aws:principalaccount', [principal.accountId]],
    // Of a session, the key holds the role.
    ['aws:principalarn', [principal.roleArn ?? principal.arn]],
    ['aws:principaltype', [principal.roleArn === undefined ? 'User' : 'AssumedRole']],
    ['aws:userid', [principal.userId]],
  ])
  if (principal.userName !== undefined) keys.set('aws:username', [principal.userName])
  if (principal.sessionSince) {
    keys.set('aws:tokenissuetime', [principal.sessionSince.toISOString()])
    keys.set('aws:multifactorauthpresent', ['false'])
  }
  for (const [key, values] of principal.federationKeys ?? []) keys.set(key, values)
  for (const { Key, Value } of principal.tags) keys.set(`aws:principaltag/${Key.toLowerCase()}`, [Value])
  const tags = [...tagsOf(input['Tags']), ...tagsOf(input['AddTags'])]
  if (tags.length > 0) keys.set('aws:tagkeys', [...new Set(tags.map(([key]) => key))])
  for (const [key, value] of tags) keys.set(`aws:requesttag/${key.toLowerCase()}`, [value])
  for (const [member, key] of iamKeys) {
    const value = input[member]
    if (typeof value === 'string') keys.set(key, [value])
  }
  return keys
}

/** The keys that hold whoever sends a request: also of somebody who is to become a session of a role with it. */
export function anybodysKeys(circumstances: Omit<Circumstances, 'input'>): RequestKeys {
  const { now, region, sourceIp, userAgent } = circumstances
  return new Map<string, readonly string[]>([
    ['aws:currenttime', [now.toISOString()]],
    ['aws:epochtime', [String(Math.floor(now.getTime() / 1000))]],
    ['aws:requestedregion', [region]],
    ['aws:securetransport', ['false']],
    ...(sourceIp === undefined ? [] : [['aws:sourceip', [sourceIp]] as const]),
    ...(userAgent === undefined ? [] : [['aws:useragent', [userAgent]] as const]),
  ])
}

/** Members of IAM's inputs that policies may look at: which policy is attached, and which boundary is set. */
const iamKeys = [
  ['PolicyArn', 'iam:policyarn'],
  ['PermissionsBoundary', 'iam:permissionsboundary'],
] as const

function tagsOf(value: unknown): [key: string, value: string][] {
  if (!Array.isArray(value)) return []
  return value.flatMap(tag => {
    const { Key, Value } = (tag ?? {}) as { Key?: unknown; Value?: unknown }
    return typeof Key === 'string' && typeof Value === 'string' ? [[Key, Value]] : []
  })
}
