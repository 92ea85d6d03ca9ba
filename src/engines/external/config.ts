import * as z from 'zod'
import { engineQueues, parserFunction, type QueueFamily } from './queues.ts'

/** Names an engine: in the configuration, in a product's tag bellhop:engine, and as a folder's name. */
export const engineName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'An engine name has 1 to 64 characters of A-Z, a-z, 0-9, "_", "." and "-"',
  )

const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/

export const variableName = z
  .string()
  .regex(environmentName, 'Not a name of an environment variable')
  .refine(name => !name.startsWith('ENGINE_'), 'Variables that begin with ENGINE_ are set by Bellhop')

export const seconds = z.int().min(1).max(604_800)

/**
 * What follows a provision that failed or was not heard of any more: the engine is told to terminate what there may be, or
 * it is left for somebody to look at.
 */
const afterFailedProvision = z.enum(['terminate', 'keep']).default('terminate')

const execEngineSchema = z.strictObject({
  transport: z.literal('exec'),
  /**
   * The executable and its arguments; the operation's name follows them. `node` is the server's own Node, and what begins
   * with ./ or ../ is relative to the configuration's folder.
   */
  command: z.array(z.string().min(1)).min(1),
  /** How long a provision, update, terminate or action may take. */
  timeoutSeconds: seconds.default(1800),
  /** Added to the environment, which is empty but for what docs/engines.md lists. */
  environment: z.record(variableName, z.string()).default({}),
  afterFailedProvision,
})

const httpEngineSchema = z.strictObject({
  transport: z.literal('http'),
  /** Where requests are posted to. Whoever writes the configuration vouches for the host, also for an inner one. */
  url: z.url({ protocol: /^https?$/ }),
  /** The environment variable of the server that holds the key which signs the requests. */
  secretEnv: z.string().regex(environmentName, 'Not a name of an environment variable'),
  timeoutSeconds: seconds.default(1800),
  /** How often to ask after work in hand, unless the engine says so itself (Retry-After). */
  pollSeconds: z.int().min(1).max(3600).default(5),
  /** Whether the engine can tell an artifact's parameters. */
  parser: z.boolean().default(true),
  afterFailedProvision,
})

/** Engines behind real queues, with the names that AWS's contract has for this kind of product. */
export function sqsEngine(family: QueueFamily) {
  const { provision, update, terminate } = engineQueues(family)
  return z.strictObject({
    transport: z.literal('sqs'),
    /** Where the queues and the parser are; absent: the region of the request. */
    region: z.string().min(1).optional(),
    /** URLs or names of the queues. */
    queues: z
      .strictObject({
        provision: z.string().min(1).default(provision),
        update: z.string().min(1).default(update),
        terminate: z.string().min(1).default(terminate),
      })
      .prefault({}),
    /** The Lambda function that tells an artifact's parameters; false: there is none. */
    parser: z.union([z.string().min(1), z.literal(false)]).default(parserFunction(family)),
    timeoutSeconds: seconds.default(86_400),
  })
}

export const pullEngineSchema = z.strictObject({
  transport: z.literal('pull'),
  /** Absent: the engine has all the time it wants. */
  timeoutSeconds: seconds.optional(),
})

/** EXTERNAL engines by name. */
export const externalEnginesSchema = z.record(
  engineName,
  z.discriminatedUnion('transport', [execEngineSchema, httpEngineSchema, sqsEngine('External'), pullEngineSchema]),
)

export type ExecEngineConfig = z.infer<typeof execEngineSchema>
export type HttpEngineConfig = z.infer<typeof httpEngineSchema>
export type SqsEngineConfig = z.infer<ReturnType<typeof sqsEngine>>
export type PullEngineConfig = z.infer<typeof pullEngineSchema>
export type ExternalEnginesConfig = z.infer<typeof externalEnginesSchema>
