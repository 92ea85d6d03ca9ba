import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process has the data directory. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string, holder: string) {
    super(`The data directory ${directory} is in use by another bellhop server${holder ? ` (pid ${holder})` : ''}.`)
    this.name = 'DataDirectoryInUse'
  }
}

/**
 * Locks a data directory to this process. The lock is SQLite's own on a file of its own: the operating system lets it go
 * when the process dies, however it dies. Returns the function that unlocks. Throws DataDirectoryInUse.
 */
export function lockDataDirectory(directory: string): () => void {
  const holderFile = join(directory, 'lock.pid')
  const lock = new DatabaseSync(join(directory, 'lock'))
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive; create table if not exists held (one integer)')
  } catch (error) {
    lock.close()
    if (!/locked|busy/i.test(String((error as Error).message))) throw error
    throw new DataDirectoryInUse(directory, readHolder(holderFile))
  }
  writeFileSync(holderFile, `${process.pid}\n`)
  return () => lock.close()
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
