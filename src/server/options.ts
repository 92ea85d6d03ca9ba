import { isIP } from 'node:net'
import { parseArgs } from 'node:util'

/** The command line of `bellhop server`. */
export interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly dataDirectory: string
  readonly accountId: string
  readonly configFile?: string
  /** PostgreSQL, for many nodes; without it the data lie in SQLite, in the data directory. */
  readonly databaseUrl?: string
  /** What this node does: answer requests, run executions, or both. */
  readonly role: Role
  readonly insecureListen: boolean
}

const roles = ['all', 'api', 'worker'] as const
export type Role = (typeof roles)[number]

/** A command line that cannot be used; its message is for the person who typed it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

export const usage = `usage: bellhop server [--host 127.0.0.1] [--port 4880] [--data ./bellhop-data] [--config FILE]
                      [--account-id 000000000000] [--insecure-listen]
                      [--database-url postgres://... [--role all|api|worker]]
`

/** Reads the words after \`bellhop server\`. Throws UsageError. */
export function parseServerOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): ServerOptions {
  const values = readArguments(argv)
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65535) throw new UsageError(`--port must be 0 to 65535, not ${values.port}.`)
  if (!/^\d{12}$/.test(values['account-id'])) throw new UsageError('--account-id must be twelve digits.')
  if (!isLoopback(values.host) && !values['insecure-listen']) {
    throw new UsageError(
      `--host ${values.host} can be reached from other machines and the server speaks plain HTTP: put a proxy with TLS in front of 127.0.0.1, or say --insecure-listen.`,
    )
  }
  const role = roles.find(each => each === values.role)
  if (!role) throw new UsageError(`--role must be ${roles.join(', ')}, not ${values.role}.`)
  const databaseUrl = values['database-url'] ?? env['BELLHOP_DATABASE_URL']
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new UsageError('--database-url must begin with postgres:// or postgresql://.')
  }
  if (role !== 'all' && databaseUrl === undefined) {
    throw new UsageError(`--role ${role} needs --database-url: without a shared database one node does everything.`)
  }
  return {
    host: values.host,
    port,
    dataDirectory: values.data,
    accountId: values['account-id'],
    configFile: values.config,
    databaseUrl,
    role,
    insecureListen: values['insecure-listen'],
  }
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '4880' },
        data: { type: 'string', default: './bellhop-data' },
        config: { type: 'string' },
        'account-id': { type: 'string', default: '000000000000' },
        'database-url': { type: 'string' },
        role: { type: 'string', default: 'all' },
        'insecure-listen': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Whether only this machine can reach an address. A name counts only if it is localhost: others may resolve to anything. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const version = isIP(host)
  if (version === 4) return host.startsWith('127.')
  return version === 6 && /^(0*:)*0*1$/.test(host)
}
