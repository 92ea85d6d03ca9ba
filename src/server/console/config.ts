import * as z from 'zod'
import { oidcSchema } from './oidc/config.ts'

/** The console's settings; see docs/console.md. */
export const consoleSchema = z
  .strictObject({
    /** False: there is no console, and `/` answers the API's calls alone. */
    enabled: z.boolean().default(true),
    /** The region that a session begins in. */
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'must be the name of a region')
      .default('us-east-1'),
    /** How long a session lasts at most. */
    hours: z.int().min(1).max(168).default(12),
    /** How long one may lie still. */
    idleMinutes: z.int().min(1).max(1440).default(60),
    /** The address that people open the console at; absent: the one the server listens on. */
    url: z
      .url({ protocol: /^https?$/ })
      .refine(url => new URL(url).href === `${new URL(url).origin}/`, 'must be an address without a path')
      .transform(url => new URL(url).origin)
      .optional(),
    /** False: nobody signs in with an access key, only through `oidc`. */
    accessKeys: z.boolean().default(true),
    oidc: oidcSchema,
  })
  .prefault({})
  .refine(({ accessKeys, oidc }) => accessKeys || Object.keys(oidc).length > 0, {
    path: ['accessKeys'],
    message: 'is false, and there is no other way to sign in: name a provider in oidc',
  })

export type ConsoleConfig = z.infer<typeof consoleSchema>
