import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The CLI runs on Node 20, the server needs node:sqlite as Node 24 has it. Where `bellhop server` is started by an older
 * Node, it goes on under the Node that the package pins, if that is installed beside it.
 */
const serverNeeds = 24

/** Set for the process that was launched: it lives and dies with its launcher. */
const marker = 'BELLHOP_RELAUNCHED'

export function canRunServer(): boolean {
  return Number(process.versions.node.split('.')[0]) >= serverNeeds
}

/** Runs the same command line under the pinned Node and resolves with its exit code. */
export function relaunch(): Promise<number> {
  const script = realpathSync(process.argv[1]!)
  const node = process.env['BELLHOP_NODE'] ?? pinnedNode(dirname(script))
  if (!node || process.env[marker]) {
    process.stderr.write(
      `bellhop server: needs Node ${serverNeeds} or newer; this is ${process.version}. Run it with a newer Node, or set BELLHOP_NODE.\n`,
    )
    return Promise.resolve(1)
  }
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    // The channel's end tells the child that we are gone, even when we were killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [marker]: '1' },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return new Promise(resolve => {
    child.on('error', error => {
      process.stderr.write(`bellhop server: ${node} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', code => resolve(code ?? 1))
  })
}

/** In a launched process: a launcher that was killed takes us with it at once, as if it were one process. */
export function dieWithLauncher(): void {
  if (!process.env[marker]) return
  delete process.env[marker]
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}

function pinnedNode(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const node = join(at, 'node_modules', 'node', 'bin', 'node')
    if (existsSync(node)) return node
    if (dirname(at) === at) return undefined
  }
}
