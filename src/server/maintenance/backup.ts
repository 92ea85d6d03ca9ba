import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { lockDataDirectory } from '../../storage/sqlite/lock.ts'
import { StartError } from '../start-error.ts'

/**
 * Copies the database of a data directory, whether a server runs on it or not, as it is at one moment, and checks the copy.
 * Throws StartError when there is nothing to copy, or something is in the way.
 */
export async function backUp(dataDirectory: string, target: string, force: boolean): Promise<void> {
  const file = databaseIn(dataDirectory)
  if (!existsSync(file)) throw new StartError(`There is no database in ${dataDirectory}.`)
  if (existsSync(target) && !force) throw new StartError(`${target} is there already: --force replaces it.`)
  const draft = `${target}.partial`
  rmSync(draft, { force: true })
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    await backup(database, draft)
  } finally {
    database.close()
  }
  check(draft)
  synced(draft, target)
}

/**
 * Puts a backup in place of a data directory's database. What was there stays beside it, as bellhop.db.before-restore. Throws
 * StartError when a server runs there, the file is no whole database of ours, or, without `force`, there is one already.
 */
export function restore(
  source: string,
  dataDirectory: string,
  force: boolean,
  copy: (from: string, to: string) => void,
) {
  check(source)
  const file = databaseIn(dataDirectory)
  const unlock = lockDataDirectory(dataDirectory)
  try {
    if (existsSync(file) && !force) throw new StartError(`${file} is there already: --force replaces it.`)
    const draft = `${file}.partial`
    copy(source, draft)
    if (existsSync(file)) renameSync(file, `${file}.before-restore`)
    // What these hold belongs to the database that was there.
    for (const companion of ['-wal', '-shm']) rmSync(`${file}${companion}`, { force: true })
    synced(draft, file)
  } finally {
    unlock()
  }
}

function databaseIn(dataDirectory: string): string {
  return join(dataDirectory, 'bellhop.db')
}

/** Throws StartError unless the file is a whole database of ours. */
function check(file: string): void {
  let problem: string | undefined
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      database.prepare('select name from migrations').all()
      const rows = database.prepare('pragma integrity_check(1)').all()
      const said = String(rows[0]?.['integrity_check'])
      if (said !== 'ok') problem = said
    } finally {
      database.close()
    }
  } catch (error) {
    problem = (error as Error).message
  }
  if (problem !== undefined) throw new StartError(`${file} is not a whole database of Bellhop's: ${problem}.`)
}

/** Whole and on disk, or not there at all. */
function synced(draft: string, target: string): void {
  for (const [path, rename] of [
    [draft, true],
    [dirname(target), false],
  ] as const) {
    const handle = openSync(path, 'r')
    fsyncSync(handle)
    closeSync(handle)
    if (rename) renameSync(draft, target)
  }
}
