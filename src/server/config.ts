import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { OrganizationError, organizationOf } from '../catalog/organization.ts'
import { externalEnginesSchema, seconds } from '../engines/external/config.ts'
import { terraformCloudEnginesSchema } from '../engines/terraform-cloud/config.ts'
import { terraformEnginesSchema } from '../engines/terraform-open-source/config.ts'
import { nodesSchema } from '../nodes/config.ts'
import { artifactsSchema } from './artifacts/config.ts'
import { consoleSchema } from './console/config.ts'
import { engineLimitProblem, limitsSchema } from './limits.ts'
import { notificationsSchema } from './notifications/config.ts'
import { retentionSchema } from './retention.ts'
import { webhooksSchema } from './webhooks.ts'

const account = z.string().regex(/^[0-9]{12}$/, 'must be an account id of 12 digits')
const unit = z.string().regex(/^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/, 'must be the id of an organizational unit, ou-...')

/** AWS Organizations as sharing needs it: ids in the forms of the API's OrganizationNodeValue. */
const organizationSchema = z
  .strictObject({
    id: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization, o-...'),
    managementAccount: account,
    delegatedAdministrators: z.array(account).default([]),
    nodes: z
      .array(z.strictObject({ id: unit, parent: unit.optional(), accounts: z.array(account).default([]) }))
      .default([]),
    /** Members that lie in no unit. */
    accounts: z.array(account).default([]),
  })
  .superRefine((settings, context) => {
    try {
      organizationOf(settings)
    } catch (error) {
      if (!(error instanceof OrganizationError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })

const settings = z.strictObject({
  /** EXTERNAL engines by name; a product names one with its tag bellhop:engine. */
  engines: externalEnginesSchema.default({}),
  /** Engines of TERRAFORM_OPEN_SOURCE products by name; `default` is that of products that name none. */
  terraform: terraformEnginesSchema.default({}),
  /** The same for TERRAFORM_CLOUD products. */
  terraformCloud: terraformCloudEnginesSchema.default({}),
  /** Managed nodes that aws:runCommand runs commands on. */
  nodes: nodesSchema.default({}),
  /** How aws:executeScript is held in. */
  scripts: z
    .strictObject({
      isolation: z.enum(['standard', 'bubblewrap']).default('standard'),
      /** Ports that scripts may open TCP connections to besides those of AWS's endpoints. */
      tcpPorts: z.union([z.array(z.int().min(1).max(65535)).max(64), z.literal('any')]).default([]),
      /** Whether a Python is kept ready that forks per step. */
      warm: z.boolean().default(true),
      /** Whether scripts of executions without a role call AWS with the server's own credentials; else they have none. */
      serverCredentials: z.boolean().default(false),
      /** Megabytes. */
      memory: z.int().min(64).max(65536).default(1024),
    })
    .prefault({}),
  limits: limitsSchema,
  retention: retentionSchema,
  /** Whether /metrics answers everybody who reaches the port; absent: only where that is this machine alone. */
  metrics: z.boolean().optional(),
  outbound: z
    .strictObject({
      /** Hosts that templates, artifacts and webhooks may be fetched from although they are loopback or private. */
      allow: z.array(z.string()).default([]),
    })
    .default({ allow: [] }),
  cloudFormation: z
    .strictObject({
      /** What an update that would change nothing comes to. On AWS it fails. */
      unchangedUpdates: z.enum(['fail', 'succeed']).default('fail'),
      /** How long a piece of work may take before it is told to stop and its record fails. */
      timeoutSeconds: seconds.default(86_400),
    })
    .prefault({}),
  artifacts: artifactsSchema.prefault({}),
  /** Accounts besides the one of --account-id; each has an administrator, whose key is in DIR/credentials. */
  accounts: z
    .array(account)
    .default([])
    .refine(accounts => new Set(accounts).size === accounts.length, 'names an account twice'),
  organization: organizationSchema.optional(),
  /** How steps and engines call AWS; see docs/aws.md. */
  aws: z
    .strictObject({
      /** The profile of the shared AWS files that the server's own credentials come from. */
      profile: z.string().min(1).optional(),
      /** Instead of AWS, for all services. */
      endpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** False: calls are made with the account's own credentials, whatever role a document or constraint names. */
      assumeRoles: z.boolean().default(true),
      /** False: documents' calls of operations that Bellhop has, of Service Catalog and SSM, go to AWS like all others. */
      bellhopServes: z.boolean().default(true),
      /** Accounts whose calls start from other credentials than the server's. */
      accounts: z.record(account, z.strictObject({ profile: z.string().min(1) })).default({}),
    })
    .prefault({}),
  /** Who is told what SNS topics are told: by topic ARN, in which `*` stands for any characters. */
  notifications: notificationsSchema.default({}),
  /** What holds for every aws:approve step that does not say otherwise. */
  approvals: z
    .strictObject({
      /** False: who started an execution is not among those who approve its steps. */
      requesterMayApprove: z.boolean().default(true),
    })
    .prefault({}),
  /** The pages at `/`. */
  console: consoleSchema,
  /** What aws:invokeWebhook may post to. */
  webhooks: webhooksSchema.default({}),
})

const schema = settings.superRefine((given, context) => {
  const wrong = engineLimitProblem(given.limits, given)
  if (wrong) context.addIssue({ code: 'custom', path: ['limits', 'engines', wrong.name], message: wrong.problem })
})

export type Config = z.infer<typeof schema> & {
  /** Relative paths in the configuration start here. */
  readonly directory: string
}

/** A configuration that cannot be used; the message names the file and the place in it. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}

/** Reads a configuration file, JSON or YAML; without one, everything has its default. Throws ConfigError. */
export function readConfig(file: string | undefined): Config {
  if (file === undefined) return { ...schema.parse({}), directory: process.cwd() }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`The configuration ${file} cannot be read: ${(error as Error).message}`)
  }
  return parseConfig(text, file)
}

export function parseConfig(text: string, file: string): Config {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new ConfigError(`The configuration ${file} is neither JSON nor YAML: ${(error as Error).message}`)
  }
  const result = schema.safeParse(value ?? {})
  if (result.success) return { ...result.data, directory: dirname(resolve(file)) }
  const issues = result.error.issues.map(issue => `${issue.path.join('.') || '(top)'}: ${issue.message}`)
  throw new ConfigError(`The configuration ${file} cannot be used: ${issues.join('; ')}`)
}
