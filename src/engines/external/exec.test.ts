import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { isAlive } from '../../processes/detached.ts'
import { childUser } from '../../processes/user.ts'
import type { Engine, EngineProgress, EngineRequest } from '../engine.ts'
import { createEngines, type Engines, type EnginesOptions } from '../index.ts'
import { noAws } from '../testing.ts'
import type { ExecHandle } from './exec.ts'

let folder: string
let state: string
let now: number
let count = 0
const warnings: string[] = []
const exits = new Map<string, () => void>()
/** Processes that a test left running: ended after it. */
const leftovers: Engine[] = []
const running: unknown[] = []

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-'))
  // What engines need is open to another user; see "runs as another user".
  chmodSync(folder, 0o755)
  for (const name of ['jobs', 'state']) mkdirSync(join(folder, name), { mode: 0o755 })
  state = join(folder, 'state', 'tester')
  copyFileSync(new URL('fixtures/engine.mjs', import.meta.url), join(folder, 'engine.mjs'))
  chmodSync(join(folder, 'engine.mjs'), 0o644)
})
after(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  while (running.length > 0) await leftovers[0]?.cancel(running.pop())
})

function engines(options: Partial<EnginesOptions> = {}): Engines {
  return createEngines({
    config: {
      tester: {
        transport: 'exec',
        command: ['node', './engine.mjs'],
        timeoutSeconds: 60,
        environment: { GREETING: 'hello; world' },
        afterFailedProvision: 'keep',
      },
      missing: {
        transport: 'exec',
        command: ['./no-such-program'],
        timeoutSeconds: 60,
        environment: {},
        afterFailedProvision: 'keep',
      },
    },
    configDirectory: folder,
    jobsDirectory: join(folder, 'jobs'),
    stateDirectory: join(folder, 'state'),
    now: () => now,
    sendMessage: async () => assert.fail('nothing is sent to a queue'),
    onExit: token => exits.get(token)?.(),
    warn: text => warnings.push(text),
    user: childUser(),
    env: {},
    aws: noAws,
    graceMilliseconds: 100,
    ...options,
  })
}

function external(options: Partial<EnginesOptions> = {}): Engine {
  now = 1_000_000
  const engine = engines(options).engineFor('EXTERNAL')
  leftovers[0] = engine
  return engine
}

function request(mode: string, more: Partial<EngineRequest> = {}): EngineRequest {
  return {
    work: 'provision',
    token: `0f8fad5b-d9cb-469f-a165-70867728950e-${++count}`,
    accountId: '111122223333',
    region: 'eu-west-1',
    recordId: 'rec-ddddddddddddd',
    provisionedProductId: 'pp-aaaaaaaaaaaaa',
    provisionedProductName: 'shop',
    productId: 'prod-bbbbbbbbbbbbb',
    provisioningArtifactId: 'pa-ccccccccccccc',
    artifact: { id: 'pa-ccccccccccccc', path: 's3://bucket/key.tar.gz', type: 'AWS_S3' },
    engineName: 'tester',
    launchRoleArn: 'arn:aws:iam::111122223333:role/SCLaunch',
    principal: 'arn:aws:iam::111122223333:user/ada',
    parameters: { mode },
    tags: [{ key: 'team', value: 'blue' }],
    ...more,
  }
}

type Running = Extract<EngineProgress, { state: 'running' }>

/** Starts work that goes on: the handle has been through JSON, as the journal's has. */
async function startRunning(engine: Engine, wanted: EngineRequest): Promise<ExecHandle> {
  const progress = await engine.start(wanted)
  assert.equal(progress.state, 'running', JSON.stringify(progress))
  const handle = JSON.parse(JSON.stringify((progress as Running).handle))
  running.push(handle)
  return handle
}

/** Starts work and waits, woken by the process's end, until it has one. */
async function runToEnd(engine: Engine, wanted: EngineRequest): Promise<EngineProgress> {
  const exit = Promise.withResolvers<void>()
  exits.set(wanted.token, exit.resolve)
  const started = await engine.start(wanted)
  if (started.state !== 'running') return started
  await exit.promise
  return engine.poll(started.handle, [])
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const runsOf = (token: string) =>
  readFileSync(join(state, 'runs'), 'utf8')
    .split('\n')
    .filter(line => line.endsWith(` ${Buffer.from(token).toString('base64')}`)).length
const work = (wanted: { token: string }, name: string) => join(folder, 'jobs', wanted.token, 'work', name)

describe('work that ends', () => {
  test('succeeds with outputs as text, resources and a response', async () => {
    const progress = await runToEnd(external(), request('good'))
    assert.equal(progress.state, 'succeeded', JSON.stringify(progress))
    if (progress.state !== 'succeeded') return
    assert.deepEqual(progress.outputs, [
      { OutputKey: 'Text', OutputValue: 'words', Description: 'Some words' },
      { OutputKey: 'Number', OutputValue: '7' },
      { OutputKey: 'List', OutputValue: '["a",1]' },
    ])
    assert.deepEqual(progress.resources, [{ type: 'Test::Thing', physicalId: 'thing-1', logicalId: 'Thing' }])
    assert.deepEqual(progress.response?.['argv'], ['provision'])
  })

  test("gets AWS's message, our own members apart, and an environment that holds nothing else", async () => {
    const secret = { ...process.env }
    assert.ok(Object.keys(secret).length > 5, 'the server has variables that an engine must not see')
    const wanted = request('good', {
      previousOutputs: [{ OutputKey: 'Url', OutputValue: 'http://x', Description: 'Where' }],
    })
    const progress = await runToEnd(external(), wanted)
    assert.equal(progress.state, 'succeeded')
    if (progress.state !== 'succeeded') return
    const { request: got, environment, cwd } = progress.response as Record<string, any>
    assert.deepEqual(got, {
      token: Buffer.from(wanted.token).toString('base64'),
      operation: 'PROVISION_PRODUCT',
      provisionedProductId: 'pp-aaaaaaaaaaaaa',
      provisionedProductName: 'shop',
      productId: 'prod-bbbbbbbbbbbbb',
      provisioningArtifactId: 'pa-ccccccccccccc',
      recordId: 'rec-ddddddddddddd',
      launchRoleArn: 'arn:aws:iam::111122223333:role/SCLaunch',
      artifact: { path: 's3://bucket/key.tar.gz', type: 'AWS_S3' },
      identity: { principal: 'arn:aws:iam::111122223333:user/ada', awsAccountId: '111122223333', organizationId: null },
      parameters: [{ key: 'mode', value: 'good' }],
      tags: [{ key: 'team', value: 'blue' }],
      'x-bellhop': {
        version: 1,
        engine: 'tester',
        region: 'eu-west-1',
        productId: 'prod-bbbbbbbbbbbbb',
        provisioningArtifactId: 'pa-ccccccccccccc',
        previousOutputs: [{ key: 'Url', value: 'http://x', description: 'Where' }],
        stateDirectory: state,
      },
    })
    assert.match(got.token, /^[0-9A-Za-z+/=]+$/)
    const shells = new Set(['PWD', 'OLDPWD', 'SHLVL', '_'])
    assert.deepEqual(
      Object.keys(environment)
        .filter(name => !shells.has(name))
        .sort(),
      ['ENGINE_JOB_DIR', 'ENGINE_REQUEST', 'ENGINE_STATE_DIR', 'GREETING', 'HOME', 'PATH'],
    )
    assert.equal(environment.GREETING, 'hello; world')
    assert.equal(environment.HOME, state)
    assert.equal(cwd, environment.ENGINE_JOB_DIR)
    assert.equal(statSync(work(wanted, 'request.json')).mode & 0o777, 0o600)
    assert.equal(readFileSync(work(wanted, 'events.jsonl'), 'utf8'), '{"message":"provision begins"}\n')
  })

  test('a terminate has no product, artifact, parameters and tags', async () => {
    const wanted = request('', { work: 'terminate' })
    const progress = await runToEnd(external(), wanted)
    assert.equal(progress.state, 'succeeded')
    if (progress.state !== 'succeeded') return
    const { request: got } = progress.response as Record<string, any>
    assert.deepEqual(Object.keys(got).sort(), [
      'identity',
      'launchRoleArn',
      'operation',
      'provisionedProductId',
      'provisionedProductName',
      'recordId',
      'token',
      'x-bellhop',
    ])
    assert.equal(got.operation, 'TERMINATE_PROVISIONED_PRODUCT')
  })

  test('an action gets its name and parameters, __proto__ included', async () => {
    const parameters = JSON.parse('{"__proto__":"x","a b":["1"]}')
    const progress = await runToEnd(
      external(),
      request('good', { work: 'action', action: { name: 'restart', parameters } }),
    )
    assert.equal(progress.state, 'succeeded')
    if (progress.state !== 'succeeded') return
    const { request: got, argv } = progress.response as Record<string, any>
    assert.deepEqual(argv, ['action'])
    assert.equal(got.operation, 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION')
    assert.equal(got['x-bellhop'].action.name, 'restart')
    assert.deepEqual(Object.keys(got['x-bellhop'].action.parameters), ['__proto__', 'a b'])
  })

  for (const [mode, expected] of [
    ['says-why', { message: 'Engine tester failed: The disk is full', remediated: true }],
    ['says-why-and-exits-0', { message: 'Engine tester failed: Not possible' }],
    ['silent', { message: 'Engine tester failed with exit code 9 and said nothing' }],
    ['crash', { message: 'Engine tester was killed by SIGSEGV and said nothing' }],
    ['missing', { message: 'Engine tester ended well, but its outputs.json is missing' }],
    ['rubbish', { message: 'Engine tester ended well, but its outputs.json is not JSON' }],
    ['oversize', { message: 'Engine tester ended well, but its outputs.json is larger than 1048576 bytes' }],
    ['link', { message: 'Engine tester ended well, but its outputs.json is a symbolic link' }],
  ] as const) {
    test(`${mode} fails, saying so`, async () => {
      assert.deepEqual(await runToEnd(external(), request(mode)), { state: 'failed', ...expected })
    })
  }

  for (const mode of ['wrong-shape', 'list']) {
    test(`outputs.json of another form (${mode}) fails, saying so`, async () => {
      const progress = await runToEnd(external(), request(mode))
      assert.equal(progress.state, 'failed')
      assert.match(
        (progress as { message: string }).message,
        /^Engine tester ended well, but its outputs\.json is not as agreed/,
      )
    })
  }

  test('a failure without a message tells the last lines of stderr, in plain characters', async () => {
    const progress = await runToEnd(external(), request('stderr'))
    assert.equal(progress.state, 'failed')
    const { message } = progress as { message: string }
    assert.match(message, /^Engine tester failed with exit code 3: line \d+\n/)
    assert.match(message, /line 2999\nfatal: no such region\uFFFD$/)
    assert.ok(message.length <= 2048)
  })

  test('a program that is not there fails, naming the engine', async () => {
    const progress = await runToEnd(external(), request('good', { engineName: 'missing' }))
    assert.equal(progress.state, 'failed')
    assert.match(
      (progress as { message: string }).message,
      /^Engine missing failed with exit code 127: .*no-such-program: not found/,
    )
  })

  test('a jobs folder that cannot be written fails, naming the engine', async () => {
    const progress = await external({ jobsDirectory: '/dev/null/jobs' }).start(request('good'))
    assert.equal(progress.state, 'failed')
    assert.match((progress as { message: string }).message, /^Engine tester could not be started: ENOTDIR/)
  })
})

describe('work that goes on', () => {
  test('is looked at soon at first, then less often', async () => {
    const engine = external()
    const handle = await startRunning(engine, request('hang'))
    const wait = async (elapsed: number) => {
      now = 1_000_000 + elapsed
      return ((await engine.poll(handle, [])) as Running).wakeAt! - now
    }
    assert.deepEqual(
      [await wait(0), await wait(10_000), await wait(50_000), await wait(59_900)],
      [200, 500, 2_000, 100],
    )
  })

  test('is found again by another server process', async () => {
    const wanted = request('wait')
    const handle = await startRunning(external(), wanted)
    // The first engine object is never used again.
    const engine = external()
    assert.equal((await engine.poll(handle, [])).state, 'running')
    writeFileSync(join(state, 'go'), '')
    await until(async () => (await engine.poll(handle, [])).state !== 'running')
    assert.equal((await engine.poll(handle, [])).state, 'succeeded')
    assert.equal(runsOf(wanted.token), 1)
  })

  test('started again with its token is not begun again, also when it has ended', async () => {
    const wanted = request('wait')
    const first = await startRunning(external(), wanted)
    now += 5_000
    const engine = engines().engineFor('EXTERNAL')
    const second = await startRunning(engine, wanted)
    assert.deepEqual(second, first)
    writeFileSync(join(state, 'go'), '')
    await until(async () => (await engine.poll(second, [])).state === 'succeeded')
    assert.equal((await engine.start(wanted)).state, 'succeeded')
    assert.equal(runsOf(wanted.token), 1)
  })

  test('started at the same time by two servers is begun once', async () => {
    const wanted = request('good')
    const both = [external(), external()]
    const progress = await Promise.all(both.map(engine => engine.start(wanted)))
    await until(async () => {
      const looks = progress.map((one, index) => (one.state === 'running' ? both[index]!.poll(one.handle, []) : one))
      return (await Promise.all(looks)).every(({ state }) => state === 'succeeded')
    })
    assert.equal(runsOf(wanted.token), 1)
  })

  test('survives the death of the server at any moment of its start', async t => {
    const program = `
      import { createEngines } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
      const { options, request } = JSON.parse(process.argv[1])
      const engine = createEngines({ ...options, now: () => 1000000, sendMessage() {}, warn() {} }).engineFor('EXTERNAL')
      console.log('ready')
      await engine.start(request)`
    let before = 0
    for (let round = 0; round < 12; round++) {
      const wanted = request('good')
      const options = {
        config: {
          tester: { transport: 'exec', command: ['node', './engine.mjs'], timeoutSeconds: 60, environment: {} },
        },
        configDirectory: folder,
        jobsDirectory: join(folder, 'jobs'),
        stateDirectory: join(folder, 'state'),
        user: childUser(),
      }
      const server = spawn(
        process.execPath,
        ['--input-type=module', '-e', program, JSON.stringify({ options, request: wanted })],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      await new Promise(resolve => server.stdout.once('data', resolve))
      const killAt = process.hrtime.bigint() + BigInt(round) * 4_000_000n
      while (process.hrtime.bigint() < killAt);
      server.kill('SIGKILL')
      await new Promise(resolve => server.on('exit', resolve))
      if (!existsSync(work(wanted, 'identity'))) before++
      const engine = external()
      let progress = await engine.start(wanted)
      await until(async () => {
        if (progress.state === 'running') progress = await engine.poll(progress.handle, [])
        return progress.state !== 'running'
      })
      assert.equal(progress.state, 'succeeded', JSON.stringify(progress))
      assert.equal(runsOf(wanted.token), 1, `round ${round}`)
    }
    t.diagnostic(`${before} of 12 servers died before the engine was begun, the others after`)
  })

  test('is stopped at its time limit', async () => {
    const engine = external()
    const wanted = request('hang')
    const handle = await startRunning(engine, wanted)
    await until(() => runsOf(wanted.token) === 1)
    now += 59_999
    assert.equal((await engine.poll(handle, [])).state, 'running')
    now += 1
    assert.equal((await engine.poll(handle, [])).state, 'running')
    await until(async () => {
      // A SIGTERM that comes while the wrapper starts the engine may be lost; after the grace time SIGKILL follows.
      now += 10
      return (await engine.poll(handle, [])).state === 'failed'
    })
    assert.deepEqual(await engine.poll(handle, []), {
      state: 'failed',
      message: 'Engine tester did not end within 60 seconds',
    })
  })

  test('is killed at its time limit when it does not listen', async () => {
    const engine = external()
    const wanted = request('stubborn')
    const handle = await startRunning(engine, wanted)
    await until(() => existsSync(work(wanted, 'deaf')))
    now += 60_000
    await engine.poll(handle, [])
    now += 99
    assert.equal((await engine.poll(handle, [])).state, 'running')
    now += 1
    await engine.poll(handle, [])
    await until(async () => (await engine.poll(handle, [])).state === 'failed')
    assert.deepEqual(await engine.poll(handle, []), {
      state: 'failed',
      message: 'Engine tester did not end within 60 seconds',
    })
  })

  test('that finishes although its time is up is finished', async () => {
    const engine = external()
    const wanted = request('finish-on-term')
    const handle = await startRunning(engine, wanted)
    await until(() => existsSync(work(wanted, 'deaf')))
    now += 60_000
    await engine.poll(handle, [])
    await until(async () => (await engine.poll(handle, [])).state !== 'running')
    assert.deepEqual(await engine.poll(handle, []), {
      state: 'succeeded',
      outputs: [{ OutputKey: 'Late', OutputValue: 'yes' }],
    })
  })

  for (const mode of ['hang', 'stubborn']) {
    test(`is gone when cancel is done (${mode})`, async () => {
      const engine = external()
      const wanted = request(mode)
      const handle = await startRunning(engine, wanted)
      if (mode === 'stubborn') await until(() => existsSync(work(wanted, 'deaf')))
      await engine.cancel(handle)
      // A process that is dead may still await being reaped; it does nothing any more.
      assert.equal(isAlive(handle.process), false)
      assert.deepEqual(await engine.poll(handle, []), { state: 'failed', message: 'Engine tester was cancelled' })
      await engine.cancel(handle)
    })
  }

  test('whose processes were killed is lost, not run again', async () => {
    const engine = external()
    const wanted = request('hang')
    const handle = await startRunning(engine, wanted)
    await until(() => existsSync(join(state, 'runs')) && runsOf(wanted.token) === 1)
    process.kill(-handle.process.pid, 'SIGKILL')
    await until(async () => (await engine.poll(handle, [])).state === 'failed')
    for (const progress of [await engine.poll(handle, []), await engine.start(wanted)]) {
      assert.match((progress as { message: string }).message, /^Engine tester was lost: its process disappeared/)
    }
    assert.equal(runsOf(wanted.token), 1)
  })

  test('does not go on unwatched when only its leader was killed', async () => {
    const engine = external()
    const wanted = request('stubborn')
    const handle = await startRunning(engine, wanted)
    await until(() => existsSync(work(wanted, 'deaf')))
    process.kill(handle.process.pid, 'SIGKILL')
    await until(async () => (await engine.poll(handle, [])).state === 'failed')
    await until(() => {
      try {
        process.kill(-handle.process.pid, 0)
        return false
      } catch {
        return true
      }
    })
  })

  test('is stopped when it prints without end', async () => {
    const engine = external()
    const wanted = request('hang')
    const handle = await startRunning(engine, wanted)
    await until(() => runsOf(wanted.token) === 1)
    // A file with a hole has the size without the disk.
    truncateSync(work(wanted, 'stderr.log'), 65 * 1024 * 1024)
    await engine.poll(handle, [])
    await until(async () => (await engine.poll(handle, [])).state === 'failed')
    assert.deepEqual(await engine.poll(handle, []), {
      state: 'failed',
      message: 'Engine tester printed more than 64 MiB and was stopped',
    })
  })
})

describe('job folders', () => {
  test('a forgotten job leaves nothing, and is lost to those who still ask', async () => {
    const engine = external()
    const wanted = request('hang')
    const handle = await startRunning(engine, wanted)
    await engine.cancel(handle)
    await engine.forget!(handle)
    assert.equal(existsSync(join(folder, 'jobs', wanted.token)), false)
    assert.deepEqual(await engine.poll(handle, []), {
      state: 'failed',
      message: 'Engine tester was lost: its job folder is gone',
    })
  })

  test('jobs are kept for a day after their end was told, and jobs at work for ever', async () => {
    const jobsDirectory = join(folder, 'kept')
    mkdirSync(jobsDirectory, { mode: 0o755 })
    const path = (wanted: EngineRequest) => join(jobsDirectory, wanted.token)
    const [done, atWork, next, last] = [request('good'), request('hang'), request('good'), request('good')]
    const engine = external({ jobsDirectory })
    await runToEnd(engine, done)
    await startRunning(engine, atWork)
    now += 24 * 60 * 60 * 1000 - 1
    await runToEnd(engine, next)
    assert.equal(existsSync(path(done)), true)
    now += 11 * 60 * 1000
    await runToEnd(engine, last)
    await until(() => !existsSync(path(done)))
    assert.deepEqual([existsSync(path(atWork)), existsSync(path(next))], [true, true])
  })

  test('no handle leads out of the jobs folder', async () => {
    const engine = external()
    const handle = await startRunning(engine, request('hang'))
    for (const token of ['../state', '..', '/etc', 'a/b', '']) {
      await assert.rejects(engine.forget!({ ...handle, token }), /Not the name of a job/)
    }
  })
})

describe('parse', () => {
  const artifact = (path: string) => ({ id: 'pa-c', path, type: 'AWS_S3' }) as const
  const product = { engineName: 'tester' }

  test('gives the parameters in the form of the API', async () => {
    assert.deepEqual(await external().parameters(artifact('parameters'), product), [
      { ParameterKey: 'size', DefaultValue: '3', ParameterType: 'number', IsNoEcho: false, Description: 'How large' },
      { ParameterKey: 'password', ParameterType: 'string', IsNoEcho: true },
    ])
  })

  test('leaves no job folder behind', async () => {
    const jobsDirectory = join(folder, 'parses')
    mkdirSync(jobsDirectory, { mode: 0o755 })
    await external({ jobsDirectory }).parameters(artifact('parameters'), product)
    assert.deepEqual(readdirSync(jobsDirectory), [])
  })

  test('is asked once for questions at the same time', async () => {
    const engine = external()
    const parses = () =>
      readFileSync(join(state, 'runs'), 'utf8')
        .split('\n')
        .filter(line => line === 'parse ').length
    const before = parses()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => engine.parameters(artifact('parameters'), product)),
    )
    assert.equal(new Set(answers.map(answer => JSON.stringify(answer))).size, 1)
    assert.equal(parses(), before + 1)
  })

  for (const [mode, reason] of [
    ['parse-fails', 'Engine tester failed: main.tf: no such variable'],
    ['crash', 'Engine tester was killed by SIGSEGV and said nothing'],
    ['rubbish', 'Engine tester ended well, but its outputs.json is not JSON'],
    ['missing', 'Engine tester ended well, but its outputs.json is missing'],
    ['hang', 'Engine tester did not end within 0.3 seconds'],
    ['stubborn', 'Engine tester did not end within 0.3 seconds'],
  ] as const) {
    test(`${mode} is an artifact that cannot be read`, async () => {
      const milliseconds = reason.includes('0.3') ? { parseMilliseconds: 300 } : {}
      await assert.rejects(external(milliseconds).parameters(artifact(mode), product), {
        name: 'ArtifactError',
        message: `Error occurred during parameter parsing: ${reason}`,
      })
    })
  }

  test('is not asked where no engine is configured: parameters are taken as given', async () => {
    assert.equal(await external().parameters(artifact('parameters')), undefined)
    assert.equal(await external().parameters(artifact('parameters'), { engineName: 'constructor' }), undefined)
  })
})

describe('as root', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
  test('an engine runs as another user', async () => {
    const progress = await runToEnd(external(), request('good'))
    assert.equal(progress.state === 'succeeded' && progress.response?.['uid'], childUser()!.uid, warnings.join())
  })

  test("an engine whose files are closed runs as the server's user, said once", async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    copyFileSync(join(folder, 'engine.mjs'), join(closed, 'engine.mjs'))
    warnings.length = 0
    const engine = external({ configDirectory: closed, stateDirectory: join(closed, 'state') })
    for (let round = 0; round < 2; round++) {
      const progress = await runToEnd(engine, request('good'))
      assert.equal(progress.state === 'succeeded' && progress.response?.['uid'], 0)
    }
    assert.deepEqual(warnings, [
      `Engine tester runs as the server's own user, since user ${childUser()!.uid} cannot reach ${closed}.`,
    ])
  })
})
