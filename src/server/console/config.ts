import { z } from 'zod'

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
  })
  .prefault({})

export type ConsoleConfig = z.infer<typeof consoleSchema>
