import { z } from 'zod'

/** Names an engine: in the configuration, in a product's tag bellhop:engine, and as a folder's name. */
const engineName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'An engine name has 1 to 64 characters of A-Z, a-z, 0-9, "_", "." and "-"',
  )

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Not a name of an environment variable')
  .refine(name => !name.startsWith('ENGINE_'), 'Variables that begin with ENGINE_ are set by Bellhop')

const execEngineSchema = z.strictObject({
  transport: z.literal('exec'),
  /**
   * The executable and its arguments; the operation's name follows them. `node` is the server's own Node, and what begins
   * with ./ or ../ is relative to the configuration's folder.
   */
  command: z.array(z.string().min(1)).min(1),
  /** How long a provision, update, terminate or action may take. */
  timeoutSeconds: z.int().min(1).max(604_800).default(1800),
  /** Added to the environment, which is empty but for what docs/engines.md lists. */
  environment: z.record(variableName, z.string()).default({}),
})

/** EXTERNAL engines by name. */
export const externalEnginesSchema = z.record(engineName, execEngineSchema)

export type ExecEngineConfig = z.infer<typeof execEngineSchema>
export type ExternalEnginesConfig = z.infer<typeof externalEnginesSchema>
