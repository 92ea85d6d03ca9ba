import { basename } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { processIo, run } from './cli/main.ts'

/** The one entry: the server is loaded only for `bellhop server`, so that a call of the CLI does not pay for it. */
async function main(): Promise<number> {
  const words = process.argv.slice(2)
  if (words[0] === 'server') {
    const { canRunServer, dieWithLauncher, relaunch } = await import('./relaunch.ts')
    if (!canRunServer()) return relaunch()
    dieWithLauncher()
    const { serverMain } = await import('./server/main.ts')
    return serverMain(words.slice(1))
  }
  // Called as `aws`, it is aws: scripts look at the name in messages.
  const program = basename(process.argv[1] ?? '') === 'aws' ? 'aws' : 'bellhop'
  return run(words, processIo(program, packageJson.version))
}

void main().then(code => {
  process.exitCode = code
})
