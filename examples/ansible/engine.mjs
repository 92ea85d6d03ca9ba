// The engine: runs one Ansible playbook for each piece of work (contract: docs/engines.md). It knows nothing of what the
// playbooks do: they find everything in the variable `bellhop` and leave the result, as JSON, in `bellhop.result_file`.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [operation] = process.argv.slice(2)
const { ENGINE_JOB_DIR: job, ENGINE_STATE_DIR: state, ENGINE_REQUEST: requestFile } = process.env
const request = JSON.parse(readFileSync(requestFile, 'utf8'))
const finish = result => writeFileSync(join(job, 'outputs.json'), JSON.stringify(result))

if (operation === 'parse') finish({ parameters: JSON.parse(readFileSync(join(here, 'parameters.json'), 'utf8')) })
else await work()

async function work() {
  const own = request['x-bellhop'] ?? {}
  const name = operation === 'action' ? own.action.name : operation
  const playbook = playbookOf(name)
  if (!playbook) return fail(`There is no playbook for ${JSON.stringify(name)}.`)
  const directory = join(state, request.provisionedProductId)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const variables = {
    id: request.provisionedProductId,
    name: data(request.provisionedProductName),
    directory,
    files: join(here, 'files'),
    result_file: join(job, 'result.json'),
    parameters: data(Object.fromEntries((request.parameters ?? []).map(({ key, value }) => [key, value]))),
    action: data(own.action?.parameters ?? {}),
    outputs: data(Object.fromEntries((own.previousOutputs ?? []).map(({ key, value }) => [key, value]))),
  }
  // A file, not arguments: whoever may list the processes could read those.
  writeFileSync(join(job, 'variables.json'), JSON.stringify({ bellhop: variables }), { mode: 0o600 })
  const { code, failure } = await run(playbook)
  if (code !== 0) return fail(failure ?? `ansible-playbook ended with exit code ${code}.`)
  finish(existsSync(variables.result_file) ? JSON.parse(readFileSync(variables.result_file, 'utf8')) : {})
}

/** What requesters say is never a template: Ansible would run the expressions in it. */
function data(value) {
  if (typeof value === 'string') return { __ansible_unsafe: value }
  if (Array.isArray(value)) return value.map(data)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, data(member)]))
}

/** An update is the provision again: playbooks describe how things shall be. */
function playbookOf(name) {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined
  const file = operation === 'action' ? `actions/${name}.yaml` : `${name === 'update' ? 'provision' : name}.yaml`
  const path = join(here, 'playbooks', file)
  return existsSync(path) ? path : undefined
}

function run(playbook) {
  const child = spawn(
    'ansible-playbook',
    ['--inventory', 'localhost,', '--connection', 'local', '--extra-vars', `@${join(job, 'variables.json')}`, playbook],
    {
      cwd: here,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: job,
        LC_ALL: 'C.UTF-8',
        ANSIBLE_HOME: join(job, 'ansible'),
        ANSIBLE_LOCAL_TEMP: join(job, 'ansible'),
        ANSIBLE_REMOTE_TEMP: join(job, 'ansible'),
        ANSIBLE_CALLBACK_PLUGINS: join(here, 'callback_plugins'),
        ANSIBLE_STDOUT_CALLBACK: 'bellhop',
      },
    },
  )
  let failure
  createInterface(child.stdout).on('line', line => {
    process.stdout.write(`${line}\n`)
    const event = line.startsWith('{') ? JSON.parse(line) : {}
    if (event.status === 'failed') failure = event.message
  })
  return new Promise((done, lost) => {
    child.once('error', error => lost(new Error(`ansible-playbook cannot be run: ${error.message}`)))
    child.once('close', code => done({ code, failure }))
  }).catch(error => ({ code: 127, failure: error.message }))
}

function fail(message) {
  finish({ error: { message } })
  process.exitCode = 1
}
