import * as z from 'zod'

/** Where a secret is: an environment variable of the server, or a file (relative to the configuration's folder). */
const secret = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])

/** Plain HTTP is for a provider on this machine: a token that can be changed on the way proves nothing. */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

const mapping = z
  .strictObject({
    /** The claim that is looked at: by its name, or by the path to it (`realm_access.roles`). */
    claim: z.string().min(1).max(256).optional(),
    /** What it must be, or, of a list, hold. */
    value: z.string().min(1).max(1024).optional(),
    /** The role that whoever has it may act as. */
    role: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of a role'),
  })
  .refine(({ claim, value }) => (claim === undefined) === (value === undefined), 'claim and value go together')

const providerSchema = z
  .strictObject({
    /** What people call it; on the button. */
    name: z.string().min(1).max(64),
    issuer: z
      .url({ protocol: /^https?$/ })
      .refine(isSafe, 'must be https, unless it is on this machine')
      .refine(url => !/[?#]/.test(url), 'must have neither query nor fragment'),
    clientId: z.string().min(1).max(512),
    /** Absent: a public client, which has PKCE alone. */
    clientSecret: secret.optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be the name of a scope'))
      .default(['openid', 'profile', 'email'])
      .refine(scopes => scopes.includes('openid'), 'must name openid'),
    /** The claim that names whoever signs in; the session's name is made of it. */
    sessionName: z.string().min(1).max(256).default('email'),
    roles: z.array(mapping).min(1).max(500),
    /** Whether signing out also ends the session at the provider, where it offers that. */
    signOutAtProvider: z.boolean().default(true),
    /** Seconds that the provider's clock may differ from ours. */
    clockToleranceSeconds: z.int().min(0).max(600).default(60),
  })
  .readonly()

/** Identity providers that one may sign in through, by names that become part of addresses. */
export const oidcSchema = z
  .record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a name of small letters, digits and dashes'),
    providerSchema,
  )
  .default({})

export type ProviderConfig = z.infer<typeof providerSchema>
