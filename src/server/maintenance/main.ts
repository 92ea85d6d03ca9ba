import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DataDirectoryInUse } from '../../storage/sqlite/lock.ts'
import { StartError } from '../start-error.ts'
import { backUp, restore } from './backup.ts'
import { move } from './move.ts'

const usage = `usage: bellhop backup [--data ./bellhop-data] --to FILE [--force]
       bellhop restore --from FILE [--data ./bellhop-data] [--force]
       bellhop move [--data ./bellhop-data] --to postgresql://...
`

type MaintenanceCommand = 'backup' | 'restore' | 'move'

interface Output {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** `bellhop backup`, `bellhop restore` and `bellhop move`. Resolves with the exit code: 0 done, 1 not done, 2 usage. */
export async function maintenanceMain(
  command: MaintenanceCommand,
  argv: readonly string[],
  { stdout, stderr }: Output,
): Promise<number> {
  const options = readOptions(argv)
  const { data, force } = options ?? {}
  const moveTo = command === 'move' ? process.env['BELLHOP_DATABASE_URL'] : undefined
  const file = command === 'restore' ? options?.from : (options?.to ?? moveTo)
  if (!options || !file || (command === 'move' && !/^postgres(ql)?:\/\//.test(file))) {
    stderr.write(usage)
    return 2
  }
  try {
    if (command === 'backup') {
      await backUp(data!, file, force!)
      stdout.write(
        `Wrote ${file}. Keep the key that secrets are sealed with, too (${data}/secret.key or BELLHOP_SECRET_KEY), elsewhere.\n`,
      )
    } else if (command === 'move') {
      await move(data!, file, text => stdout.write(text))
    } else {
      mkdirSync(data!, { recursive: true, mode: 0o700 })
      restore(file, data!, force!, (from, to) => {
        copyFileSync(from, to)
        chmodSync(to, 0o600)
      })
      stdout.write(`Restored ${file} into ${data}.\n`)
    }
    return 0
  } catch (error) {
    const expected = error instanceof StartError || error instanceof DataDirectoryInUse || 'code' in (error as object)
    if (!expected) throw error
    stderr.write(`bellhop ${command}: ${(error as Error).message}\n`)
    return 1
  }
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        data: { type: 'string', default: './bellhop-data' },
        to: { type: 'string' },
        from: { type: 'string' },
        force: { type: 'boolean', default: false },
      },
    }).values
  } catch {
    return undefined
  }
}
