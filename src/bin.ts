import { basename } from 'node:path'
import { run } from './cli/main.ts'
import { canRunServer, dieWithLauncher, relaunch } from './relaunch.ts'

/** The one entry: the server is loaded only for `bellhop server`, so that a call of the CLI does not pay for it. */
async function main(): Promise<number> {
  const words = process.argv.slice(2)
  if (words[0] === 'server') {
    if (!canRunServer()) return relaunch()
    dieWithLauncher()
    const { serverMain } = await import('./server/main.ts')
    return serverMain(words.slice(1))
  }
  return run(words, {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    cwd: process.cwd(),
    // Called as `aws`, it is aws: scripts look at the name in messages.
    program: basename(process.argv[1] ?? '') === 'aws' ? 'aws' : 'bellhop',
  })
}

void main().then(code => {
  process.exitCode = code
})
