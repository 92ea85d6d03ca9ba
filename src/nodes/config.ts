import * as z from 'zod'

const common = {
  /** Shown to people. */
  name: z.string().min(1).max(256).optional(),
  /** For the Targets of aws:runCommand: tag:KEY. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** The accounts whose executions may run commands here. */
  accounts: z.array(z.string().regex(/^[0-9]{12}$/, 'must be an account id of 12 digits')).min(1),
}

const local = z.strictObject({
  ...common,
  connection: z.literal('local'),
  /** Whom commands run as; only root may name another than itself. Default: nobody when the server is root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]*$/i)
    .optional(),
})

const ssh = z.strictObject({
  ...common,
  connection: z.literal('ssh'),
  // What begins with a hyphen would be an option to ssh.
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/),
  port: z.int().min(1).max(65535).default(22),
  user: z.string().regex(/^[a-z_][a-z0-9_.-]*$/i),
  identityFile: z.string().min(1),
  /** Holds the node's host key: a node whose key is not in it is not spoken to. */
  knownHostsFile: z.string().min(1),
})

/** Managed nodes of Bellhop's own, by the id that documents name. */
export const nodesSchema = z.record(
  z.string().regex(/^mi-[0-9a-f]{17}$/, 'must be the id of a managed node, mi- and 17 hexadecimal digits'),
  z.discriminatedUnion('connection', [local, ssh]),
)

export type NodesConfig = z.infer<typeof nodesSchema>
export type NodeConfig = NodesConfig[string]
