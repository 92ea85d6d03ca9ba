/** The CLI as a process of its own, for tests that need one. */
import { processIo, run } from '../../src/cli/main.ts'

process.exitCode = await run(process.argv.slice(2), processIo('bellhop', '0.0.0'))
