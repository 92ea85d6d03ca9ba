// Keeps one service running: starts it, and starts it again when it dies. Its only argument is the service's folder.
// SIGTERM ends both.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { identityOf, writeJson } from './state.mjs'

const folder = process.argv[2]
const program = fileURLToPath(new URL('service.mjs', import.meta.url))
const shortestPause = 50
const longestPause = 5_000
/** A service that ran this long (milliseconds) was healthy: the next pause is the shortest again. */
const healthyAfter = 2_000

let service
let pause = shortestPause
let stopping = false

function start() {
  const startedAt = Date.now()
  // The channel that fork opens is how the service notices that its supervisor is gone.
  service = fork(program, [folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  service.on('exit', (code, signal) => {
    if (stopping) process.exit(0)
    console.error(`supervisor: the service ended (${signal ?? `exit code ${code}`}), starting it again`)
    pause = Date.now() - startedAt > healthyAfter ? shortestPause : Math.min(pause * 2, longestPause)
    setTimeout(start, pause)
  })
}

process.on('SIGTERM', () => {
  stopping = true
  if (!service || service.exitCode !== null || service.signalCode !== null) process.exit(0)
  service.kill('SIGTERM')
  setTimeout(() => service.kill('SIGKILL'), 3_000)
})

writeJson(folder, 'supervisor.json', identityOf(process.pid))
start()
