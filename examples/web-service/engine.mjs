// The engine of the example product: one call, one piece of work, named by the first argument. docs/engines.md describes
// the contract. What it makes: a small web service under a supervisor, both living on after this process ends.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isAlive, readJson, startTime, writeJson } from './state.mjs'

const parameterDefinitions = [
  { key: 'workers', defaultValue: '2', type: 'number', description: 'Worker processes, 1 to 8', isNoEcho: false },
  { key: 'greeting', defaultValue: 'Hello', type: 'string', description: 'What GET / says', isNoEcho: false },
]
const mostWorkers = 8
/** Milliseconds that a change of the service may take. */
const patience = 15_000

const operations = { parse, provision, update, terminate, action }
const actions = { restart, verify, 'rotate-key': rotateKey, resize, backup, migrate }

/** A failure that the requester can read; `remediated` tells that everything is as it was before. */
class EngineFailure extends Error {
  constructor(message, remediated) {
    super(message)
    this.remediated = remediated
  }
}

try {
  const operation = Object.hasOwn(operations, process.argv[2]) && operations[process.argv[2]]
  if (!operation) throw new EngineFailure(`There is no operation ${process.argv[2]}`)
  const request = JSON.parse(readFileSync(process.env.ENGINE_REQUEST, 'utf8'))
  finish(await operation(request))
} catch (error) {
  finish({
    error: { message: error.message, ...(error.remediated === undefined ? {} : { remediated: error.remediated }) },
  })
  process.exitCode = 1
}

function finish(result) {
  const path = join(process.env.ENGINE_JOB_DIR, 'outputs.json')
  writeFileSync(`${path}.new`, JSON.stringify(result), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** A line of progress. Never anything secret: these lines are kept in the clear. */
function progress(message) {
  console.log(JSON.stringify({ message }))
}

// The operations

function parse() {
  return { parameters: parameterDefinitions }
}

async function provision(request) {
  const wanted = checkParameters(request.parameters)
  const folder = serviceFolder(request)
  const before = readJson(folder, 'settings.json')
  try {
    if (before) progress(`The service of ${request.provisionedProductId} is there already`)
    else create(folder, request, wanted)
    await apply(folder, { ...readJson(folder, 'settings.json'), ...wanted })
  } catch (error) {
    if (before) throw error
    await remove(folder)
    throw new EngineFailure(error.message, true)
  }
  return describe(folder, request)
}

async function update(request) {
  const wanted = checkParameters(request.parameters)
  const folder = serviceFolder(request)
  const before = existingSettings(folder)
  try {
    await apply(folder, { ...before, ...wanted })
  } catch (error) {
    await apply(folder, before)
    throw new EngineFailure(error.message, true)
  }
  return describe(folder, request)
}

/** What is gone already is terminated. */
async function terminate(request) {
  await remove(serviceFolder(request))
  return { outputs: [], resources: [] }
}

async function action(request) {
  const { name, parameters } = request['x-bellhop'].action
  if (!Object.hasOwn(actions, name)) {
    throw new EngineFailure(`There is no action ${name}; there are ${Object.keys(actions).join(', ')}`)
  }
  const folder = serviceFolder(request)
  existingSettings(folder)
  const response = await actions[name](folder, parameters, request)
  return { ...describe(folder, request), response }
}

// The actions

async function restart(folder, _parameters, request) {
  // Written down before the old process ends, so that the same request made twice restarts once.
  const settings = existingSettings(folder)
  if (settings.restart?.token !== request.token) {
    writeJson(folder, 'settings.json', { ...settings, restart: { token: request.token, oldPid: runningPid(folder) } })
  }
  const { oldPid } = readJson(folder, 'settings.json').restart
  if (runningPid(folder) === oldPid && oldPid !== null) {
    progress(`Stopping process ${oldPid}`)
    process.kill(oldPid, 'SIGTERM')
    await until(
      () => startTime(oldPid) === undefined,
      () => `Process ${oldPid} did not stop`,
    )
  }
  await ensureRunning(folder)
  const newPid = runningPid(folder)
  progress(`Process ${newPid} answers`)
  return { oldPid, newPid }
}

/** Asks the service itself who it is, and fails when that is not the process that is expected. */
async function verify(folder, parameters) {
  const { body } = await ask(folder, existingSettings(folder).key)
  const expected = Number(parameters.Pid ?? body.pid)
  if (body.pid !== expected) throw new EngineFailure(`Process ${body.pid} answers, but ${expected} was expected`)
  return { pid: body.pid, workers: body.workers, url: url(folder) }
}

async function rotateKey(folder, _parameters, request) {
  const settings = existingSettings(folder)
  if (settings.keyToken !== request.token) {
    await apply(folder, { ...settings, key: newKey(), keyToken: request.token, previousKey: settings.key })
    progress('The service has a new key')
  } else {
    await ensureRunning(folder)
  }
  const { key, previousKey } = existingSettings(folder)
  const old = await ask(folder, previousKey)
  if (old.status !== 401) throw new EngineFailure(`The old key is still answered with ${old.status}`)
  return { key, lastFour: key.slice(-4) }
}

async function resize(folder, parameters) {
  const workers = workerCount(parameters.Workers)
  const before = existingSettings(folder)
  try {
    await apply(folder, { ...before, workers })
  } catch (error) {
    await apply(folder, before)
    throw new EngineFailure(error.message, true)
  }
  const { body } = await ask(folder, before.key)
  return { oldWorkers: before.workers, workers: body.workers }
}

async function backup(folder) {
  const from = join(folder, 'data', 'subscribers.json')
  const to = join(folder, 'data', 'subscribers.backup.json')
  copyFileSync(from, to)
  const { size } = statSync(to)
  progress(`Copied ${size} bytes`)
  return { bytes: size, records: JSON.parse(readFileSync(to, 'utf8')).records.length }
}

/** Brings the data to format 2. The data of a new service holds one date that cannot be brought over. */
async function migrate(folder) {
  const data = readJson(folder, 'data/subscribers.json')
  if (data.format === 2) return { format: 2, records: data.records.length }
  const records = []
  for (const record of data.records) {
    const since = new Date(record.since)
    if (Number.isNaN(since.getTime())) {
      throw new EngineFailure(
        `Migration to format 2 stopped at record ${records.length + 1} of ${data.records.length} (${record.name}): ` +
          `"${record.since}" is not a date. Nothing was changed; the service runs on with format 1`,
        true,
      )
    }
    records.push({ ...record, since: since.toISOString() })
    progress(`Migrated record ${records.length} of ${data.records.length}`)
  }
  writeJson(folder, 'data/subscribers.json', { format: 2, records })
  return { format: 2, records: records.length }
}

// The service in its folder

function serviceFolder(request) {
  return join(process.env.ENGINE_STATE_DIR, request.provisionedProductId)
}

function create(folder, request, wanted) {
  progress(`Creating a service with ${wanted.workers} workers`)
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 })
  writeJson(folder, 'data/subscribers.json', {
    format: 1,
    records: [
      { name: 'Ada', since: '2024-03-01' },
      { name: 'Edsger', since: '2024-11-19' },
      { name: 'Grace', since: '31.02.2025' },
      { name: 'Alan', since: '2025-06-23' },
    ],
  })
  writeJson(folder, 'settings.json', {
    ...wanted,
    name: request.provisionedProductName,
    key: newKey(),
    generation: 0,
  })
}

function newKey() {
  return randomBytes(24).toString('base64url')
}

function existingSettings(folder) {
  const settings = readJson(folder, 'settings.json')
  if (!settings) throw new EngineFailure('The service does not exist any more')
  return settings
}

/** Makes the settings the service's own: written down, taken up by every worker, and answered over HTTP. */
async function apply(folder, settings) {
  const generation = readJson(folder, 'settings.json').generation + 1
  writeJson(folder, 'settings.json', { ...settings, generation })
  const service = readJson(folder, 'service.json')
  if (isAlive(service)) process.kill(service.pid, 'SIGHUP')
  await ensureRunning(folder)
}

/** Waits for the service as its settings ask for it; starts its supervisor when there is none (after a reboot, say). */
async function ensureRunning(folder) {
  if (!isAlive(readJson(folder, 'supervisor.json'))) {
    rmSync(join(folder, 'supervisor.json'), { force: true })
    const log = openSync(join(folder, 'service.log'), 'a', 0o600)
    const program = fileURLToPath(new URL('supervisor.mjs', import.meta.url))
    // A session of its own: the service must outlive this process, its group and the server.
    const supervisor = spawn(process.execPath, [program, folder], {
      cwd: folder,
      detached: true,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', log, log],
    })
    supervisor.unref()
    progress(`Started supervisor ${supervisor.pid}`)
  }
  const { generation, key, workers } = existingSettings(folder)
  const settled = () => {
    const service = readJson(folder, 'service.json')
    return isAlive(service) && service.generation === generation && service.workers.length === workers
  }
  await until(settled, () => `The service did not come up: ${lastLogLine(folder)}`)
  const { status } = await ask(folder, key)
  if (status !== 200) throw new EngineFailure(`The service answers ${status}`)
}

async function remove(folder) {
  const supervisor = readJson(folder, 'supervisor.json')
  if (isAlive(supervisor)) {
    progress(`Stopping supervisor ${supervisor.pid}`)
    process.kill(supervisor.pid, 'SIGTERM')
    await until(
      () => !isAlive(supervisor),
      () => `Supervisor ${supervisor.pid} did not stop`,
    )
  }
  rmSync(folder, { recursive: true, force: true })
}

function describe(folder, request) {
  const { key, workers, greeting } = existingSettings(folder)
  const service = readJson(folder, 'service.json')
  return {
    outputs: [
      { key: 'Url', value: url(folder), description: 'Where the service answers' },
      // The requester cannot use the service without it. It shows in the record; give it to whom may see that.
      { key: 'ApiKey', value: key, description: 'Send it as the header x-api-key' },
      { key: 'Pid', value: String(service.pid), description: 'Process id of the service' },
      { key: 'Workers', value: String(workers), description: 'Worker processes' },
      { key: 'Greeting', value: greeting },
    ],
    resources: [
      { type: 'WebService::Service', physicalId: request.provisionedProductId, logicalId: 'Service' },
      { type: 'WebService::Endpoint', physicalId: url(folder), logicalId: 'Endpoint' },
    ],
  }
}

function url(folder) {
  return `http://127.0.0.1:${readJson(folder, 'service.json').port}/`
}

function runningPid(folder) {
  const service = readJson(folder, 'service.json')
  return isAlive(service) ? service.pid : null
}

async function ask(folder, key) {
  const response = await fetch(url(folder), {
    headers: { 'x-api-key': key, connection: 'close' },
    signal: AbortSignal.timeout(patience),
  })
  return { status: response.status, body: await response.json() }
}

function lastLogLine(folder) {
  const lines = readFileSync(join(folder, 'service.log'), 'utf8').trim().split('\n')
  return lines.at(-1) || 'its log is empty'
}

async function until(condition, complaint) {
  const deadline = Date.now() + patience
  while (!condition()) {
    if (Date.now() > deadline) throw new EngineFailure(complaint())
    await pause(20)
  }
}

// Parameters: they are checked before anything is touched, so their failures leave everything as it was.

function checkParameters(parameters) {
  const given = new Map(parameters.map(({ key, value }) => [key, value]))
  for (const key of given.keys()) {
    if (!parameterDefinitions.some(definition => definition.key === key)) {
      throw new EngineFailure(`There is no parameter ${key}`, true)
    }
  }
  const value = key => given.get(key) ?? parameterDefinitions.find(definition => definition.key === key).defaultValue
  const greeting = value('greeting')
  if (greeting.length > 200) throw new EngineFailure('The greeting has more than 200 characters', true)
  return { workers: workerCount(value('workers')), greeting }
}

function workerCount(text) {
  const count = /^[1-9][0-9]*$/.test(String(text)) ? Number(text) : 0
  if (count < 1 || count > mostWorkers) {
    throw new EngineFailure(`"${text}" is not a number of workers: 1 to ${mostWorkers}`, true)
  }
  return count
}
