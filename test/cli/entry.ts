/** The CLI as a process of its own, for tests that need one. It is called `aws`, so that texts compare as recorded. */
import { processIo, run } from '../../src/cli/main.ts'

process.exitCode = await run(process.argv.slice(2), processIo('aws', '0.0.0'))
