import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteDriver } from '../../storage/sqlite/driver.ts'
import { lockDataDirectory } from '../../storage/sqlite/lock.ts'
import { WholeDatabase } from '../../storage/sqlite/whole.ts'
import { StartError } from '../start-error.ts'

/**
 * Moves a data directory's database into an empty PostgreSQL one, with the server stopped: all of it or nothing, each table
 * compared. What was moved stays as bellhop.db.moved, which no server takes for its database. May be run again whenever it
 * was interrupted. Throws StartError.
 */
export async function move(dataDirectory: string, url: string, say: (text: string) => void): Promise<void> {
  const file = join(dataDirectory, 'bellhop.db')
  if (!existsSync(file)) {
    const moved = existsSync(`${file}.moved`)
    throw new StartError(
      moved ? `What was in ${dataDirectory} has been moved already.` : `There is no database in ${dataDirectory}.`,
    )
  }
  const unlock = lockDataDirectory(dataDirectory)
  try {
    // As a start does: what an older version left is brought up to date, and what is damaged goes nowhere.
    const driver = new SqliteDriver(file, Date.now)
    const problem = driver.check()
    await driver.close()
    if (problem !== undefined) throw new StartError(`The database ${file} is damaged (${problem}).`)
    const { takeIn, TakeInRefused } = await import('../../storage/postgres/take-in.ts')
    const source = new WholeDatabase(file)
    try {
      const { already, unfinished } = await takeIn({
        url,
        source,
        now: Date.now,
        warn: text => say(`${text}\n`),
        copied: (table, { rows, sha256 }) => say(`${table}: ${rows} rows, ${sha256.slice(0, 16)}\n`),
      })
      say(already ? 'All of it was there already.\n' : `Moved. ${unfinished} executions go on there.\n`)
    } catch (error) {
      if (error instanceof TakeInRefused) throw new StartError(error.message, { cause: error })
      throw error
    } finally {
      source.close()
    }
    putAside(file)
    say(
      `Start nodes with --database-url and the same key that secrets are sealed with (${dataDirectory}/secret.key or BELLHOP_SECRET_KEY). What was here is kept as ${file}.moved.\n`,
    )
  } finally {
    unlock()
  }
}

/** One file, without companions, under a name that no server opens. */
function putAside(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = delete')
  database.close()
  renameSync(file, `${file}.moved`)
}
