import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const engine = fileURLToPath(new URL('engine.mjs', import.meta.url))
const product = { provisionedProductId: 'pp-aaaaaaaaaaaaa', provisionedProductName: 'shop', recordId: 'rec-a' }

interface Outcome {
  readonly code: number | null
  readonly printed: string
  readonly outputs: ReadonlyMap<string, string>
  readonly response: Readonly<Record<string, string | number>>
  readonly error?: { readonly message: string; readonly remediated?: boolean }
  readonly result: { readonly parameters?: unknown; readonly resources?: unknown }
}

/** Everything that engines printed in this file: no key may be in it. */
let everythingPrinted = ''

async function run(folder: string, work: string, request: Record<string, unknown> = {}): Promise<Outcome> {
  const job = mkdtempSync(join(folder, 'job-'))
  writeFileSync(join(job, 'request.json'), JSON.stringify({ token: randomUUID(), ...product, ...request }))
  const child = spawn(process.execPath, [engine, work], {
    cwd: job,
    env: {
      PATH: process.env.PATH,
      ENGINE_REQUEST: join(job, 'request.json'),
      ENGINE_JOB_DIR: job,
      ENGINE_STATE_DIR: join(folder, 'state'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (printed += chunk))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  everythingPrinted += printed
  const result = JSON.parse(readFileSync(join(job, 'outputs.json'), 'utf8'))
  const outputs = new Map<string, string>(
    (result.outputs ?? []).map((output: { key: string; value: string }) => [output.key, output.value]),
  )
  return { code, printed, outputs, response: result.response, error: result.error, result }
}

const parameters = (values: Record<string, string>) => ({
  parameters: Object.entries(values).map(([key, value]) => ({ key, value })),
})
const action = (name: string, values: Record<string, unknown> = {}, token: string = randomUUID()) => ({
  token,
  'x-bellhop': { action: { name, parameters: values } },
})

async function ask(outcome: Outcome, key = outcome.outputs.get('ApiKey')!) {
  const answer = await fetch(outcome.outputs.get('Url')!, { headers: { 'x-api-key': key, connection: 'close' } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** Waits for what a process of its own brings about. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s')
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

describe('the web service engine, called by hand', () => {
  let folder: string
  let provisioned: Outcome

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'web-service-'))
  })
  after(async () => {
    await run(folder, 'terminate')
    rmSync(folder, { recursive: true, force: true })
  })

  test('parse tells the parameters', async () => {
    const { code, result } = await run(folder, 'parse', { artifact: { path: 's3://any/thing', type: 'AWS_S3' } })
    assert.equal(code, 0)
    assert.deepEqual(
      (result.parameters as { key: string; defaultValue: string }[]).map(({ key, defaultValue }) => [
        key,
        defaultValue,
      ]),
      [
        ['workers', '2'],
        ['greeting', 'Hello'],
      ],
    )
  })

  for (const [values, reason] of [
    [{ workers: '9' }, '"9" is not a number of workers: 1 to 8'],
    [{ workers: '0' }, '"0" is not a number of workers: 1 to 8'],
    [{ workers: '2; rm -rf /' }, '"2; rm -rf /" is not a number of workers: 1 to 8'],
    [{ size: '2' }, 'There is no parameter size'],
    [{ greeting: 'x'.repeat(201) }, 'The greeting has more than 200 characters'],
  ] as const) {
    test(`provision refuses ${JSON.stringify(values).slice(0, 40)} and leaves nothing behind`, async () => {
      const { code, error } = await run(folder, 'provision', parameters(values))
      assert.deepEqual([code, error], [1, { message: reason, remediated: true }])
      assert.equal(existsSync(join(folder, 'state', product.provisionedProductId)), false)
    })
  }

  test('provision starts a service that answers with its key only', async () => {
    provisioned = await run(folder, 'provision', {
      token: 'dG9rZW4=',
      ...parameters({ workers: '2', greeting: 'Good day' }),
    })
    assert.equal(provisioned.code, 0, provisioned.printed)
    const { status, body } = await ask(provisioned)
    assert.equal(status, 200)
    assert.deepEqual(
      [body.greeting, body.workers, String(body.pid), body.service],
      ['Good day', 2, provisioned.outputs.get('Pid'), 'shop'],
    )
    assert.equal((await ask(provisioned, 'wrong')).status, 401)
    assert.equal((await fetch(provisioned.outputs.get('Url')!)).status, 401)
    assert.match(provisioned.outputs.get('Url')!, /^http:\/\/127\.0\.0\.1:[0-9]+\/$/)
  })

  test('only the owner may read the key', () => {
    const path = join(folder, 'state', product.provisionedProductId, 'settings.json')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).key, provisioned.outputs.get('ApiKey'))
  })

  test('provision with the same token finds the same service', async () => {
    const again = await run(folder, 'provision', {
      token: 'dG9rZW4=',
      ...parameters({ workers: '2', greeting: 'Good day' }),
    })
    assert.deepEqual([...again.outputs], [...provisioned.outputs])
  })

  test('a service that dies is started again at the same address', async () => {
    const { pid } = (await ask(provisioned)).body
    process.kill(pid as number, 'SIGKILL')
    const next = await until(async () => {
      const { body } = await ask(provisioned)
      return body.pid !== pid ? body.pid : undefined
    })
    assert.equal(typeof next, 'number')
  })

  test('a service whose supervisor died too is brought back by the next restart', async () => {
    const { pid } = await until(async () => (await ask(provisioned)).body)
    const state = join(folder, 'state', product.provisionedProductId)
    process.kill(JSON.parse(readFileSync(join(state, 'supervisor.json'), 'utf8')).pid, 'SIGKILL')
    await until(async () =>
      ask(provisioned).then(
        () => undefined,
        () => true,
      ),
    )
    const { code, response, printed } = await run(folder, 'action', action('restart'))
    assert.equal(code, 0, printed)
    assert.notEqual(response.newPid, pid)
    assert.equal((await ask(provisioned)).body.pid, response.newPid)
  })

  test('restart gives a new process, and the same request again the same one', async () => {
    const { pid } = (await ask(provisioned)).body
    const first = await run(folder, 'action', action('restart', {}, 'cmVzdGFydA=='))
    assert.equal(first.code, 0, JSON.stringify(first.error))
    assert.deepEqual(first.response, { oldPid: pid, newPid: (await ask(provisioned)).body.pid })
    assert.notEqual(first.response.newPid, pid)
    assert.deepEqual((await run(folder, 'action', action('restart', {}, 'cmVzdGFydA=='))).response, first.response)
    const verified = await run(folder, 'action', action('verify', { Pid: first.response.newPid }))
    assert.equal(verified.response.pid, first.response.newPid)
    const refused = await run(folder, 'action', action('verify', { Pid: pid }))
    assert.equal(refused.error?.message, `Process ${first.response.newPid} answers, but ${pid} was expected`)
  })

  test('rotate-key makes the old key worthless, once per request', async () => {
    const old = provisioned.outputs.get('ApiKey')!
    const first = await run(folder, 'action', action('rotate-key', {}, 'cm90YXRl'))
    assert.equal(first.code, 0, JSON.stringify(first.error))
    const key = first.outputs.get('ApiKey')!
    assert.notEqual(key, old)
    assert.deepEqual(first.response, { key, lastFour: key.slice(-4) })
    assert.deepEqual([(await ask(provisioned, old)).status, (await ask(provisioned, key)).status], [401, 200])
    assert.deepEqual((await run(folder, 'action', action('rotate-key', {}, 'cm90YXRl'))).response, first.response)
    provisioned = first
  })

  test('resize changes the number of workers without a restart, and refuses other numbers', async () => {
    const { pid } = (await ask(provisioned)).body
    assert.deepEqual((await run(folder, 'action', action('resize', { Workers: '3' }))).response, {
      oldWorkers: 2,
      workers: 3,
    })
    assert.deepEqual((await run(folder, 'action', action('resize', { Workers: 1 }))).response, {
      oldWorkers: 3,
      workers: 1,
    })
    const { body } = await ask(provisioned)
    assert.deepEqual([body.pid, body.workers], [pid, 1])
    const refused = await run(folder, 'action', action('resize', { Workers: '100' }))
    assert.deepEqual([refused.code, refused.error?.message], [1, '"100" is not a number of workers: 1 to 8'])
    assert.equal((await ask(provisioned)).body.workers, 1)
  })

  test('migrate fails half-way, says why, and the service runs on with its data as it was', async () => {
    const { pid } = (await ask(provisioned)).body
    const backup = await run(folder, 'action', action('backup'))
    assert.equal(backup.response.records, 4)
    const data = join(folder, 'state', product.provisionedProductId, 'data', 'subscribers.json')
    const untouched = readFileSync(data, 'utf8')
    const { code, error, printed } = await run(folder, 'action', action('migrate'))
    assert.equal(code, 1)
    assert.equal(error?.remediated, true)
    assert.match(error!.message, /stopped at record 3 of 4 \(Grace\): "31\.02\.2025" is not a date/)
    assert.match(printed, /Migrated record 2 of 4/)
    assert.equal(readFileSync(data, 'utf8'), untouched)
    assert.equal((await ask(provisioned)).body.pid, pid)
  })

  test('migrate succeeds once the date is put right: the failure is real', async () => {
    const data = join(folder, 'state', product.provisionedProductId, 'data', 'subscribers.json')
    writeFileSync(data, readFileSync(data, 'utf8').replace('31.02.2025', '2025-02-28'))
    assert.deepEqual((await run(folder, 'action', action('migrate'))).response, { format: 2, records: 4 })
  })

  test('an unknown action is refused, also one named like a property of objects', async () => {
    for (const name of ['explode', '__proto__', 'constructor']) {
      const { code, error } = await run(folder, 'action', action(name))
      assert.deepEqual([code, error?.message.startsWith(`There is no action ${name}`)], [1, true])
    }
  })

  test('update changes the greeting in place', async () => {
    const before = (await ask(provisioned)).body
    const updated = await run(folder, 'update', parameters({ workers: '2', greeting: 'Good evening' }))
    assert.equal(updated.code, 0, JSON.stringify(updated.error))
    const { body } = await ask(provisioned)
    assert.deepEqual([body.greeting, body.workers, body.pid], ['Good evening', 2, before.pid])
  })

  test('terminate stops the service, and what is gone is terminated', async () => {
    assert.equal((await run(folder, 'terminate')).code, 0)
    await assert.rejects(ask(provisioned), /fetch failed/)
    assert.equal(existsSync(join(folder, 'state', product.provisionedProductId)), false)
    assert.equal((await run(folder, 'terminate')).code, 0)
    const late = await run(folder, 'action', action('restart'))
    assert.equal(late.error?.message, 'The service does not exist any more')
  })

  test('no key was ever printed', () => {
    assert.ok(everythingPrinted.length > 0)
    assert.equal(everythingPrinted.includes(provisioned.outputs.get('ApiKey')!), false)
  })
})
