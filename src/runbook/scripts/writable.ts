import { chmod, chown, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { closedPath, type ProcessUser } from '../../processes/user.ts'

/**
 * The directories of BELLHOP_SCRIPT_WRITABLE, and whom scripts run as so that they can write there. When they are to run as
 * another user and a directory is not writable for it, the directory itself (nothing in it) is given that user's group and
 * opened to it. Where it lies in a directory that is closed to that user, the operator's word that scripts may write there
 * can only be kept with the server's own user.
 */
export async function writableDirectories(
  list: string,
  wanted: ProcessUser | undefined,
  warn: (text: string) => void,
): Promise<{ readonly directories: readonly string[]; readonly user?: ProcessUser }> {
  const directories: string[] = []
  let user = wanted
  for (const directory of list.split(':').filter(name => name !== '')) {
    if (!isAbsolute(directory)) {
      warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} is not an absolute path and is left out.`)
      continue
    }
    const found = await stat(directory).catch(() => undefined)
    if (!found?.isDirectory()) {
      warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} is not a directory and is left out.`)
      continue
    }
    directories.push(directory)
    if (!wanted) continue
    const needs = ['read', 'write', 'execute'] as const
    const closed = needs.map(need => closedPath(directory, wanted, need)).find(path => path !== undefined)
    if (closed === undefined) continue
    if (closed !== directory) {
      warn(
        `BELLHOP_SCRIPT_WRITABLE: ${closed} is closed to uid ${wanted.uid}, so scripts run as the server's own user to write to ${directory}.`,
      )
      user = undefined
      continue
    }
    await chown(directory, found.uid, wanted.gid)
    await chmod(directory, (found.mode & 0o7777) | 0o070)
    warn(`BELLHOP_SCRIPT_WRITABLE: ${directory} was given to group ${wanted.gid}, as which scripts run, with rwx.`)
  }
  return { directories, user }
}
