import * as z from 'zod'
import { engineName, pullEngineSchema, seconds, sqsEngine } from '../external/config.ts'

const apiSchema = z.strictObject({
  transport: z.literal('api').default('api'),
  /** HCP Terraform, or a Terraform Enterprise. Whoever writes the configuration vouches for the host, also for an inner one. */
  address: z.url({ protocol: /^https?$/ }).default('https://app.terraform.io'),
  organization: z.string().min(1),
  /** Where the token is: an environment variable of the server, or a file (relative to the configuration's folder). */
  token: z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]),
  /** The version that workspaces run; absent: the organization's default. */
  terraformVersion: z.string().min(1).optional(),
  /** How long one run may take, waiting for its turn too. */
  timeoutSeconds: seconds.default(7200),
  /** How often a run is looked at. */
  pollSeconds: z.number().min(0.1).max(3600).default(3),
  /** How long the API may be out of reach before a run is given up. */
  patienceSeconds: seconds.default(600),
})

const pullSchema = pullEngineSchema.extend({ parameters: z.enum(['parsed', 'as-given']).default('parsed') })

/** Terraform Cloud engines by name; `default` is that of products that name none. */
export const terraformCloudEnginesSchema = z.record(
  engineName,
  z.union([apiSchema, pullSchema, sqsEngine('TerraformCloud')]),
)

export type TerraformCloudEnginesConfig = z.infer<typeof terraformCloudEnginesSchema>
export type CloudConfig = z.infer<typeof apiSchema>
