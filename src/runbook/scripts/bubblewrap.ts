import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { runProcess } from '../../processes/run.ts'
import type { ProcessUser } from '../../processes/user.ts'
import type { Start } from './cold.ts'
import { type Environment, onPath } from './environment.ts'

/** Where a script's work directory lies inside. */
export const insideDirectory = '/script'

/** Bytes. */
const workSize = 256 * 1024 * 1024

/** What of /etc names hosts, users and certificates; none of it is secret. */
const etc = [
  'alternatives',
  'ca-certificates',
  'group',
  'hosts',
  'ld.so.cache',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'pki',
  'ssl/certs',
  'ssl/cert.pem',
  'ssl/openssl.cnf',
]

export interface Bubblewrap {
  readonly command: string
  readonly user: ProcessUser | undefined
}

/** What a run needs to see of the machine besides the system. */
export interface Visible {
  readonly readable: readonly string[]
  readonly writable: readonly string[]
  /** A unix socket. */
  readonly proxy: string
}

/** The command that runs another in namespaces of its own: no network, no other processes, no files but these. */
export function wrapped({ command, user }: Bubblewrap, inner: Start, visible: Visible): Start {
  const { readable, writable, proxy } = visible
  const args = [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--clearenv'],
    ...['--cap-drop', 'ALL'],
    ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap(systemFolder),
    ...etc.flatMap(name => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
    ...readable.filter(outsideOfSystem).flatMap(path => ['--ro-bind', path, path]),
    ...writable.flatMap(path => ['--bind', path, path]),
    ...['--ro-bind', proxy, '/proxy', '--size', String(workSize), '--perms', '0700', '--tmpfs', insideDirectory],
    ...['--chdir', insideDirectory],
    ...Object.entries(inner.env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--', inner.command, ...inner.args],
  ]
  return { command, args, cwd: '/', env: {}, user }
}

function systemFolder(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return []
  return stats.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}

function outsideOfSystem(path: string): boolean {
  return existsSync(path) && dirname(path) !== path && !/^\/(usr|bin|sbin|lib\w*)(\/|$)/.test(realpathSync(path))
}

/** bwrap, when the user can really make namespaces with it; else why not. */
export async function findBubblewrap(env: Environment, user: ProcessUser | undefined): Promise<Bubblewrap | string> {
  const command = [...onPath('bwrap', env), '/usr/bin/bwrap'].find(path => existsSync(path))
  if (command === undefined) return 'bwrap (bubblewrap) is not there'
  const inner = { command: '/usr/bin/true', args: [], cwd: '/', env: {} }
  const start = wrapped({ command, user }, inner, { readable: [], writable: [], proxy: '/dev/null' })
  const { exitCode, stderr } = await runProcess({ ...start, maxOutputBytes: 1000 })
  return exitCode === 0
    ? { command, user }
    : `bwrap cannot make its namespaces: ${stderr.trim() || `exit code ${exitCode}`}`
}
