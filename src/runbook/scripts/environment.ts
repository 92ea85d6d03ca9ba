import { delimiter, isAbsolute, join } from 'node:path'
import type { ScriptRequest } from '../action.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every process of a script has; nothing of the server's environment but PATH and the CA bundles of the system. */
export function baseEnvironment(home: string, env: Environment): Record<string, string> {
  return {
    PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    // Arenas of 64 MiB a thread would use up RLIMIT_AS.
    MALLOC_ARENA_MAX: '2',
    // The machine's own role is not for scripts.
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** And what a script calls AWS with: its region, its endpoints, and its credentials, when it has any. */
export function scriptEnvironment(
  home: string,
  env: Environment,
  { region, credentials }: ScriptRequest,
): Record<string, string> {
  return {
    ...baseEnvironment(home, env),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...endpoints(env),
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    }),
  }
}

function endpoints(env: Environment): Record<string, string> {
  const found = Object.entries(env).filter(([name, value]) => /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name) && value)
  return Object.fromEntries(found) as Record<string, string>
}

/** The endpoints that stand for AWS's here. */
export function awsEndpoints(env: Environment): { readonly host: string; readonly port: number }[] {
  return Object.values(endpoints(env))
    .filter(url => URL.canParse(url))
    .map(url => new URL(url))
    .map(({ hostname, port, protocol }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    }))
}

/** The ports that AWS is reached at: HTTPS, and those of the endpoints that stand for it here. */
export function awsPorts(env: Environment): number[] {
  return [...new Set([443, ...awsEndpoints(env).map(({ port }) => port)])].sort((a, b) => a - b)
}

/** Where a command of this name may lie, first things first. */
export function onPath(name: string, env: Environment): string[] {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map(directory => join(directory, name))
}
