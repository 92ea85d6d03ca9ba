import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whom a child process runs as. */
export interface ProcessUser {
  readonly uid: number
  readonly gid: number
}

/** `nobody` of every Linux distribution. */
const nobody: ProcessUser = { uid: 65534, gid: 65534 }

/**
 * Whom scripts and engines run as: another user when the server is root, else undefined, the server's own. They run as
 * root only where that user cannot reach what they need (closedPath), and that is reported.
 */
export function childUser(wanted: ProcessUser = nobody): ProcessUser | undefined {
  return process.getuid?.() === 0 ? wanted : undefined
}

/** What is needed of a path's last element; every directory above it must be open to pass through. */
export type Need = 'read' | 'execute' | 'write'

const bits: Record<Need, number> = { read: 4, execute: 1, write: 2 }

/**
 * The first element of an absolute path that is closed to a user by its mode bits, or undefined when the path can be
 * reached. Access lists and mount options are not looked at. A path that does not exist is reported as closed.
 */
export function closedPath(path: string, user: ProcessUser, need: Need): string | undefined {
  const parent = dirname(path)
  const closed = parent === path ? undefined : closedPath(parent, user, 'execute')
  if (closed !== undefined) return closed
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return path
  const shift = stats.uid === user.uid ? 6 : stats.gid === user.gid ? 3 : 0
  return (stats.mode >> shift) & bits[need] ? undefined : path
}

/** Whether a user can reach a path and use it so. */
export function reachable(path: string, user: ProcessUser, need: Need = 'read'): boolean {
  return closedPath(path, user, need) === undefined
}
