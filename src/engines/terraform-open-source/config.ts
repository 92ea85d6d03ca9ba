import * as z from 'zod'
import { engineName, pullEngineSchema, seconds, sqsEngine, variableName } from '../external/config.ts'

const builtInSchema = z.strictObject({
  transport: z.literal('built-in').default('built-in'),
  /**
   * Terraform's or OpenTofu's executable: a name that is looked for on the PATH, or a path; what begins with ./ or ../ is
   * relative to the configuration's folder.
   */
  binary: z.string().min(1).default('terraform'),
  /** How long one run may take, its `init` too. */
  timeoutSeconds: seconds.default(3600),
  /** How long a run that is to stop has for it, before it is killed and resources it was making are forgotten. */
  stopSeconds: seconds.default(60),
  /** TF_PLUGIN_CACHE_DIR: where providers are kept between runs; relative to the configuration's folder. */
  pluginCacheDirectory: z.string().min(1).optional(),
  /** TF_CLI_CONFIG_FILE: provider mirrors, credentials of registries; relative to the configuration's folder. */
  cliConfigFile: z.string().min(1).optional(),
  /** Added to the environment of the runs, e.g. credentials of providers other than AWS's. */
  environment: z.record(variableName, z.string()).default({}),
})

/**
 * Engines that pull their work, as AWS's contract has it. A module tells its parameters by itself, where Bellhop can read
 * it; otherwise they are taken as they are given.
 */
const pullSchema = pullEngineSchema.extend({ parameters: z.enum(['parsed', 'as-given']).default('parsed') })

/** Terraform engines by name; `default` is that of products that name none. */
export const terraformEnginesSchema = z.record(
  engineName,
  z.union([builtInSchema, pullSchema, sqsEngine('TerraformOS')]),
)

export type TerraformEnginesConfig = z.infer<typeof terraformEnginesSchema>
export type BuiltInConfig = z.infer<typeof builtInSchema>
export type PullConfig = z.infer<typeof pullSchema>

/** What runs where the configuration says nothing. */
export const defaultTerraform: BuiltInConfig = builtInSchema.parse({})
