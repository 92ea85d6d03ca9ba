// The service itself: HTTP on 127.0.0.1, answered by as many worker processes as settings.json says. Every request needs
// the API key in the header x-api-key. SIGHUP reads the settings again without dropping a connection.
import cluster from 'node:cluster'
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { identityOf, readJson, writeJson } from './state.mjs'

const folder = process.argv[2]

if (cluster.isPrimary) runPrimary()
else runWorker()

function runPrimary() {
  // After a restart the service keeps its address.
  const wantedPort = readJson(folder, 'service.json')?.port ?? 0
  let port
  let settings = readJson(folder, 'settings.json')
  const startedAt = new Date().toISOString()
  /** Worker id -> what it said last: the generation of settings it works with, and how many workers it knows of. */
  const ready = new Map()

  /** A worker stays in cluster.workers until its channel is closed too, which may be after its end. */
  const living = () => Object.values(cluster.workers).filter(worker => !worker.isDead())
  const status = () => ({
    settings,
    pid: process.pid,
    startedAt,
    workers: living().filter(worker => ready.has(worker.id)).length,
  })
  const tell = worker => worker.send(status(), () => {})
  const adjust = () => {
    const workers = living()
    for (const worker of workers.slice(settings.workers)) worker.kill()
    // All ask for the same port, also when that is 0: then they share the one that the first of them got.
    for (let count = workers.length; count < settings.workers; count++) {
      cluster.fork({ SERVICE_PORT: String(wantedPort) })
    }
    report()
  }
  /** Says what runs, once it is what the settings ask for: the engine waits for that. */
  const report = () => {
    const workers = living()
    const upToDate = said => said?.generation === settings.generation && said.workers === settings.workers
    const settled = workers.length === settings.workers && workers.every(worker => upToDate(ready.get(worker.id)))
    if (settled) {
      const pids = workers.map(worker => worker.process.pid)
      writeJson(folder, 'service.json', {
        ...identityOf(process.pid),
        port,
        generation: settings.generation,
        workers: pids,
      })
    }
  }

  cluster.on('listening', (worker, address) => {
    ready.set(worker.id, undefined)
    port = address.port
    adjust()
    living().forEach(tell)
  })
  cluster.on('message', (worker, said) => {
    if (said.hello) return tell(worker)
    if (ready.has(worker.id)) ready.set(worker.id, said)
    report()
  })
  cluster.on('exit', (worker, code) => {
    ready.delete(worker.id)
    // A worker that cannot listen would fail for ever: end, so that the supervisor's growing pauses apply.
    if (code === 70) process.exit(1)
    adjust()
    living().forEach(tell)
  })
  process.on('SIGHUP', () => {
    settings = readJson(folder, 'settings.json')
    adjust()
    living().forEach(tell)
  })
  process.on('SIGTERM', () => process.exit(0))
  process.on('disconnect', () => process.exit(0))
  adjust()
}

function runWorker() {
  let status
  let asked = false
  const server = createServer((request, response) => {
    const answer = (code, body) => {
      response.writeHead(code, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    if (!sameKey(request.headers['x-api-key'], status.settings.key)) {
      return answer(401, { error: 'The header x-api-key is missing or wrong.' })
    }
    if (request.method !== 'GET') return answer(405, { error: 'Only GET is answered.' })
    if (request.url === '/subscribers') return answer(200, readJson(folder, 'data/subscribers.json'))
    if (request.url !== '/') return answer(404, { error: 'There is / and /subscribers.' })
    answer(200, {
      service: status.settings.name,
      greeting: status.settings.greeting,
      pid: status.pid,
      worker: process.pid,
      workers: status.workers,
      startedAt: status.startedAt,
    })
  })
  server.on('error', error => {
    console.error(`service: ${error.message}`)
    process.exit(70)
  })
  process.on('message', message => {
    status = message
    process.send({ generation: status.settings.generation, workers: status.workers })
    // Once: the answer to a worker's listen comes from the primary, so server.listening is late to tell.
    if (!asked) server.listen(Number(process.env.SERVICE_PORT), '127.0.0.1')
    asked = true
  })
  // A message that came before this module was loaded would be lost, so the worker asks first.
  process.send({ hello: true })
}

function sameKey(given, wanted) {
  const digest = text => createHash('sha256').update(text).digest()
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(wanted))
}
