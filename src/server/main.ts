import { DataDirectoryInUse } from '../storage/sqlite/lock.ts'
import { systemClock } from '../worker/clock.ts'
import { collectGarbageWhenIdle } from './collect-garbage.ts'
import { ConfigError, readConfig } from './config.ts'
import { jsonLog, logLevel } from './log.ts'
import { parseServerOptions, UsageError, usage } from './options.ts'
import { createRandomBytes } from './random.ts'
import { startServer } from './server.ts'
import { StartError } from './start-error.ts'

/**
 * `bellhop server`: starts, prints the ready line, and stops on SIGTERM or SIGINT. Resolves with the exit code: 0 stopped,
 * 2 usage, 1 could not start.
 */
export async function serverMain(argv: readonly string[], version: string): Promise<number> {
  const log = jsonLog(line => process.stderr.write(line), systemClock.now, logLevel(process.env['BELLHOP_LOG']))
  try {
    const options = parseServerOptions(argv, process.env)
    const config = readConfig(options.configFile)
    const server = await startServer({
      ...options,
      version,
      config,
      env: process.env,
      clock: systemClock,
      randomBytes: createRandomBytes(),
      log,
    })
    const stopped = new Promise<void>(resolve => {
      process.once('SIGTERM', resolve)
      process.once('SIGINT', resolve)
    })
    process.stdout.write(`bellhop: listening on ${server.url}\n`)
    const callOff = collectGarbageWhenIdle()
    await stopped
    callOff()
    await server.close()
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`bellhop server: ${error.message}\n${usage}`)
      return 2
    }
    const expected =
      [ConfigError, DataDirectoryInUse, StartError].some(kind => error instanceof kind) || isSystemError(error)
    if (expected) process.stderr.write(`bellhop server: ${(error as Error).message}\n`)
    else log.error('The server could not start.', error)
    return 1
  }
}

/** An error of the operating system (port in use, no permission, disk full): its message says it all. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
