import { chmod, chown, mkdtemp, readdir, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProcess } from '../../processes/run.ts'
import { closedPath, type ProcessUser } from '../../processes/user.ts'
import type { ScriptResult } from '../action.ts'

type Warn = (text: string) => void

const prefix = 'run-'

/**
 * The folder for work directories: the server's own, or the system's where the scripts' user cannot get into that. What a
 * server that was killed left behind in its own is removed.
 */
export async function workDirectoryBase(directory: string, user: ProcessUser | undefined, warn: Warn): Promise<string> {
  const closed = user && closedPath(directory, user, 'execute')
  if (closed !== undefined) {
    warn(`${closed} is closed to uid ${user!.uid}; scripts get their work directories in ${tmpdir()} instead.`)
    return tmpdir()
  }
  for (const name of await readdir(directory)) {
    if (name.startsWith(prefix)) await removeWorkDirectory(join(directory, name), user, warn)
  }
  return directory
}

/** Does a run's work in a directory of its own, which nobody else may look into and which is gone afterwards. */
export async function inWorkDirectory(
  base: string,
  user: ProcessUser | undefined,
  warn: Warn,
  work: (directory: string) => Promise<ScriptResult>,
): Promise<ScriptResult> {
  let directory: string
  try {
    directory = await mkdtemp(join(base, prefix))
    if (user) await chown(directory, user.uid, user.gid)
  } catch (error) {
    return { state: 'failed', message: `The script has no work directory: ${(error as Error).message}.`, log: '' }
  }
  try {
    return await work(directory)
  } catch (error) {
    return { state: 'failed', message: `The script could not be started: ${(error as Error).message}.`, log: '' }
  } finally {
    await removeWorkDirectory(directory, user, warn)
  }
}

/**
 * Removes a work directory with the rights of the script's user: a script that outlived its run could swap a directory for
 * a link to one of root's while root removes it.
 */
async function removeWorkDirectory(directory: string, user: ProcessUser | undefined, warn: Warn): Promise<void> {
  // A script that had a file system of its own left nothing here.
  if (await rmdir(directory).then(yes, no)) return
  try {
    // A directory that still is the server's own was never open to a script.
    const owner = (await stat(directory)).uid === user?.uid ? user : undefined
    // A script may have closed it to itself.
    await chmod(directory, 0o700)
    await runProcess({
      command: '/bin/sh',
      args: ['-c', 'chmod -R u+rwX . ; exec find . -mindepth 1 -delete', 'sh'],
      cwd: directory,
      env: { PATH: '/usr/bin:/bin' },
      user: owner,
      maxOutputBytes: 0,
    })
    await rmdir(directory)
  } catch (error) {
    warn(`The work directory of a script could not be removed: ${(error as Error).message}`)
  }
}

const yes = () => true
const no = () => false
