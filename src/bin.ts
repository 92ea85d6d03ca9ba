import { basename } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { processIo, run } from './cli/main.ts'

/**
 * The one entry: the server is loaded only for `bellhop server`, `backup`, `restore` and `move`, and the runbook only for `bellhop
 * document`, so that a call of the CLI does not pay for them.
 */
async function main(): Promise<number> {
  const words = process.argv.slice(2)
  if (words[0] === 'server') {
    const { canRunServer, dieWithLauncher, relaunch } = await import('./relaunch.ts')
    if (!canRunServer()) return relaunch()
    dieWithLauncher()
    const { serverMain } = await import('./server/main.ts')
    return serverMain(words.slice(1), packageJson.version)
  }
  if (words[0] === 'backup' || words[0] === 'restore' || words[0] === 'move') {
    const { canRunServer, relaunch } = await import('./relaunch.ts')
    if (!canRunServer()) return relaunch()
    const { maintenanceMain } = await import('./server/maintenance/main.ts')
    return maintenanceMain(words[0], words.slice(1), process)
  }
  // Called as `aws`, it is aws: scripts look at the name in messages.
  const program = basename(process.argv[1] ?? '') === 'aws' ? 'aws' : 'bellhop'
  const io = processIo(program, packageJson.version)
  if (words[0] === 'document' && program !== 'aws') {
    const { documentMain } = await import('./authoring/main.ts')
    const call = async (argv: readonly string[]) => {
      const written = { stdout: [] as string[], stderr: [] as string[] }
      const into = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void written[name].push(text) })
      const exitCode = await run(argv, { ...io, stdout: into('stdout'), stderr: into('stderr') })
      return { exitCode, stdout: written.stdout.join(''), stderr: written.stderr.join('') }
    }
    const { cwd, stdout, stderr } = io
    return documentMain(words.slice(1), { cwd, stdout, stderr, call })
  }
  return run(words, io)
}

void main().then(code => {
  process.exitCode = code
})
