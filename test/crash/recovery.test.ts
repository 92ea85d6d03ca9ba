import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { root } from '../../scripts/server-process.ts'
import { startTimeOf } from '../../src/processes/detached.ts'
import { type Bellhop, call, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import {
  type ExternalProduct,
  effectStep,
  externalProduct,
  readEffects,
  readEngineEffects,
  serviceAction,
} from '../kit/catalog.ts'

/** One server after another on one data directory, each killed or stopped at a chosen moment. */
describe('recovery', () => {
  const cleanups: (() => void)[] = []
  let folder: string
  let effects: string
  let server: Bellhop
  let product: ExternalProduct
  let made = 0

  const start = () =>
    startBellhop({
      dataDirectory: join(folder, 'data'),
      config: { engines: { watched: { transport: 'exec', command: ['node', './engine.mjs'] } } },
      env: { BELLHOP_SCRIPT_WRITABLE: effects },
    })

  before(async () => {
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    effects = join(folder, 'effects')
    mkdirSync(effects, { mode: 0o755 })
    copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
    server = await start()
    product = await externalProduct(server, 'watched')
  })
  after(async () => {
    await server.kill()
    for (const clean of cleanups) clean()
  })

  /** As a crash does; what `meanwhile` does happens while no server is there. */
  async function killAndStart(meanwhile?: () => Promise<unknown>): Promise<void> {
    await server.kill()
    await meanwhile?.()
    server = await start()
  }

  const sc = (operation: string, input: unknown) => call(server, 'servicecatalog', operation, input)
  const scriptFile = () => join(effects, 'scripts')
  const stateFile = (name: string) => join(folder, 'data/engines/watched', name)
  const script = (name: string, more: { until?: string; more?: object } = {}) =>
    effectStep({ name, file: scriptFile(), ...more })
  const engineStep = (name: string, parameters: object) => ({
    name,
    action: 'bellhop:invokeEngine',
    inputs: { Action: 'work', Parameters: parameters },
  })
  const scriptLines = (execution: string) =>
    readEffects(scriptFile())
      .filter(line => line.execution === execution)
      .map(({ step, phase }) => `${step} ${phase}`)
  const engineLines = (record: string) => readEngineEffects(stateFile('effects')).filter(line => line.record === record)
  const phases = (record: string) => engineLines(record).map(line => line.phase)

  interface Accepted {
    readonly recordId: string
    readonly productId: string
    readonly executionId: string
  }

  const provisionInput = (name: string, milliseconds: number) => ({
    ProductId: product.productId,
    ProvisioningArtifactId: product.artifactId,
    ProvisionedProductName: name,
    ProvisioningParameters: [{ Key: 'Milliseconds', Value: `${milliseconds}` }],
    ProvisionToken: name,
  })

  async function availableProduct(): Promise<string> {
    made += 1
    const { RecordDetail } = await sc('ProvisionProduct', provisionInput(`product-${made}`, 0))
    await succeeded(RecordDetail.RecordId)
    return RecordDetail.ProvisionedProductId
  }

  /** Runs a document as a service action on a product of its own. */
  async function execute(name: string, mainSteps: readonly object[]): Promise<Accepted> {
    const productId = await availableProduct()
    const action = await serviceAction(server, product, { name, document: { mainSteps } })
    const { RecordDetail } = await sc('ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: productId,
      ServiceActionId: action,
      ExecuteToken: name,
    })
    const { RecordOutputs } = await sc('DescribeRecord', { Id: RecordDetail.RecordId })
    return { recordId: RecordDetail.RecordId, productId, executionId: RecordOutputs[0].OutputValue }
  }

  async function ended(recordId: string): Promise<any> {
    return until(async () => {
      const record = await sc('DescribeRecord', { Id: recordId })
      return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
    }, `the end of record ${recordId}`)
  }

  async function succeeded(recordId: string): Promise<any> {
    const record = await ended(recordId)
    assert.equal(record.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(record))
    const { ProvisionedProductDetail: detail } = await sc('DescribeProvisionedProduct', {
      Id: record.RecordDetail.ProvisionedProductId,
    })
    assert.equal(detail.Status, 'AVAILABLE')
    return record
  }

  async function stepOf({ executionId }: Accepted, name: string): Promise<any> {
    const { StepExecutions } = await call(server, 'ssm', 'DescribeAutomationStepExecutions', {
      AutomationExecutionId: executionId,
    })
    return StepExecutions.find((step: any) => step.StepName === name)
  }

  const stepInStatus = (accepted: Accepted, name: string, status: string) =>
    until(async () => {
      const step = await stepOf(accepted, name)
      return step.StepStatus === status && step
    }, `step ${name} in status ${status}`)

  test('a sleep goes on where it was, and its step is the same', async () => {
    const seconds = 3
    const accepted = await execute('Sleeps', [
      script('before'),
      { name: 'sleep', action: 'aws:sleep', inputs: { Duration: `PT${seconds}S` } },
      script('after'),
    ])
    const before = await stepInStatus(accepted, 'sleep', 'InProgress')
    // Killed with a good part of it slept: a sleep that began anew would end visibly later.
    await until(async () => Date.now() / 1000 > before.ExecutionStartTime + 1.5, 'half of the sleep')
    await killAndStart()
    const upAt = Date.now() / 1000
    await succeeded(accepted.recordId)
    const after = await stepOf(accepted, 'sleep')
    assert.equal(after.StepExecutionId, before.StepExecutionId)
    assert.equal(after.ExecutionStartTime, before.ExecutionStartTime)
    assert.ok(after.ExecutionEndTime >= before.ExecutionStartTime + seconds - 0.01, 'it slept too little')
    // However long the start took: what began anew would have all of its time before it.
    assert.ok(after.ExecutionEndTime < upAt + seconds - 1, 'it began anew')
    assert.deepEqual(scriptLines(accepted.executionId), ['before begin', 'before end', 'after begin', 'after end'])
  })

  test('the engine’s work goes on without the server, and is found again', async () => {
    const accepted = await execute('EngineGoesOn', [engineStep('work', { Until: 'go-on' }), script('after')])
    await until(async () => phases(accepted.recordId).length > 0, 'the engine to begin')
    await killAndStart()
    const [begun] = engineLines(accepted.recordId)
    assert.ok(startTimeOf(begun!.pid), 'the engine died with the server')
    writeFileSync(stateFile('go-on'), '')
    await succeeded(accepted.recordId)
    assert.deepEqual(phases(accepted.recordId), ['begin', 'end'])
  })

  test('the engine’s work that ended while no server was there is taken over', async () => {
    const accepted = await execute('EngineEnds', [engineStep('work', { Until: 'go-end' }), script('after')])
    await until(async () => phases(accepted.recordId).length > 0, 'the engine to begin')
    await killAndStart(async () => {
      writeFileSync(stateFile('go-end'), '')
      await until(async () => phases(accepted.recordId).length === 2, 'the engine to end')
    })
    await succeeded(accepted.recordId)
    assert.deepEqual(phases(accepted.recordId), ['begin', 'end'])
  })

  test('a provision is done once, with its outputs, although the server died meanwhile', async () => {
    const { RecordDetail } = await sc('ProvisionProduct', provisionInput('meanwhile', 800))
    await until(async () => phases(RecordDetail.RecordId).length > 0, 'the engine to begin')
    await killAndStart(() => until(async () => phases(RecordDetail.RecordId).length === 2, 'the engine to end'))
    const record = await succeeded(RecordDetail.RecordId)
    assert.deepEqual(record.RecordOutputs, [{ OutputKey: 'Revision', OutputValue: '0' }])
    assert.deepEqual(phases(RecordDetail.RecordId), ['begin', 'end'])
  })

  test('an approval is waited for still, and one that was accepted counts', async () => {
    const accepted = await execute('Approved', [
      script('before'),
      { name: 'approve', action: 'aws:approve', inputs: { Approvers: ['admin'] } },
      script('after'),
    ])
    const before = await stepInStatus(accepted, 'approve', 'Waiting')
    await killAndStart()
    const after = await stepInStatus(accepted, 'approve', 'Waiting')
    assert.equal(after.StepExecutionId, before.StepExecutionId)
    assert.deepEqual(scriptLines(accepted.executionId), ['before begin', 'before end'])
    await call(server, 'ssm', 'SendAutomationSignal', {
      AutomationExecutionId: accepted.executionId,
      SignalType: 'Approve',
      Payload: { Comment: ['go'] },
    })
    await killAndStart()
    await succeeded(accepted.recordId)
    const [first, second, ...rest] = scriptLines(accepted.executionId)
    assert.deepEqual([first, second, rest.at(-1)], ['before begin', 'before end', 'after end'])
  })

  test('what was answered with 200 is there after a kill in the same moment', async () => {
    const productId = await availableProduct()
    const action = await serviceAction(server, product, {
      name: 'AtOnce',
      document: { mainSteps: [script('only')] },
    })
    const inputs = [
      [
        'ExecuteProvisionedProductServiceAction',
        { ProvisionedProductId: productId, ServiceActionId: action, ExecuteToken: 'at-once' },
      ],
      ['ProvisionProduct', provisionInput('at-once', 0)],
    ] as const
    const answers: any[] = []
    for (const [operation, input] of inputs) {
      const answer = await sc(operation, input)
      await killAndStart()
      answers.push(answer)
      const { RecordDetail } = await sc('DescribeRecord', { Id: answer.RecordDetail.RecordId })
      assert.equal(RecordDetail.RecordId, answer.RecordDetail.RecordId)
    }
    for (const [i, [operation, input]] of inputs.entries()) {
      await succeeded(answers[i].RecordDetail.RecordId)
      // A caller who never got the answer asks again, and is told of the same record.
      assert.deepEqual(await sc(operation, input), answers[i])
    }
  })

  test('a step that is declared not repeatable is not started again, and the record says so', async () => {
    const accepted = await execute('Once', [
      script('once', { until: join(effects, 'never'), more: { 'bellhop:repeatable': false, maxAttempts: 3 } }),
    ])
    await until(async () => scriptLines(accepted.executionId).length > 0, 'the script to begin')
    await killAndStart()
    const { RecordDetail: detail, RecordOutputs: outputs } = await ended(accepted.recordId)
    assert.equal(detail.Status, 'FAILED')
    const text = /^Step once failed\..*The server stopped while this step ran.*not repeatable/
    assert.match(detail.RecordErrors[0].Description, text)
    assert.match(outputs.find((output: any) => output.OutputKey === 'FailureMessage').OutputValue, text)
    assert.deepEqual(scriptLines(accepted.executionId), ['once begin'])
    const { ProvisionedProductDetail } = await sc('DescribeProvisionedProduct', { Id: accepted.productId })
    assert.equal(ProvisionedProductDetail.Status, 'AVAILABLE')
  })

  test('SIGTERM ends scripts, lets the engine work on, and nothing of it is lost', async () => {
    const go = join(effects, 'go-script')
    const scripted = await execute('ScriptAtTerm', [script('before'), script('long', { until: go })])
    const engaged = await execute('EngineAtTerm', [engineStep('work', { Until: 'go-term' })])
    const scriptBegun = () =>
      readEffects(scriptFile()).find(line => line.execution === scripted.executionId && line.step === 'long')
    await until(async () => scriptBegun() && phases(engaged.recordId).length > 0, 'both to begin')
    const asked = Date.now()
    assert.equal(await server.stop(), 0)
    assert.ok(Date.now() - asked < 5_000, 'it took longer than the grace time')
    assert.equal(startTimeOf(scriptBegun()!.pid), undefined, 'the script outlived the server')
    assert.ok(startTimeOf(engineLines(engaged.recordId)[0]!.pid), 'the engine died with the server')
    server = await start()
    writeFileSync(go, '')
    writeFileSync(stateFile('go-term'), '')
    await succeeded(scripted.recordId)
    await succeeded(engaged.recordId)
    assert.deepEqual(phases(engaged.recordId), ['begin', 'end'])
    const lines = ['before begin', 'before end', 'long begin', 'long begin', 'long end']
    assert.deepEqual(scriptLines(scripted.executionId), lines)
  })

  test('a second server on the same data is refused, and the first goes on', async () => {
    const data = join(folder, 'data')
    const second = spawn(process.execPath, [join(root, 'src/bin.ts'), 'server', '--port', '0', '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { code, out, err } = await finished(second)
    assert.equal(code, 1)
    assert.equal(out, '')
    assert.equal(
      err,
      `bellhop server: The data directory ${data} is in use by another bellhop server (pid ${server.pid}).\n`,
    )
    const { recordId } = await execute('AfterTheSecond', [script('only')])
    await succeeded(recordId)
  })
})

test('a server that an older Node started goes on under the pinned one, and dies with its launcher', async t => {
  const older = olderNode()
  if (!older) {
    if (process.env['BELLHOP_REQUIRE_ALL'] === '1') assert.fail('there is no Node older than 24 on this machine')
    return t.skip('there is no Node older than 24 on this machine')
  }
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')])
  const data = join(temporaryFolder(t), 'data')
  const launcher = spawn(older, [join(root, 'dist/bellhop.cjs'), 'server', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => launcher.kill('SIGKILL'))
  const failed = finished(launcher).then(({ err }) => assert.fail(`it ended: ${err}`))
  const url = await Promise.race([readyUrl(launcher), failed])
  const health = await fetch(`${url}/healthz`)
  assert.equal(health.status, 200)
  await health.body?.cancel()
  const pid = Number(readFileSync(join(data, 'lock.pid'), 'utf8'))
  assert.notEqual(pid, launcher.pid)
  if (process.platform === 'linux') {
    assert.equal(realpathSync(`/proc/${pid}/exe`), realpathSync(join(root, 'node_modules/node/bin/node')))
  }
  failed.catch(() => {})
  launcher.kill('SIGKILL')
  await until(async () => startTimeOf(pid) === undefined, 'the server to die with its launcher')
  // Nothing is left that would hold the data.
  const next = await startBellhop({ dataDirectory: data })
  assert.equal(await next.stop(), 0)
})

/** A Node on this machine that cannot run the server itself. */
function olderNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return folders
    .map(folder => join(folder, 'node'))
    .filter(node => existsSync(node))
    .find(node => {
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' })
      const major = Number(/^v(\d+)/.exec(version)?.[1])
      return major >= 20 && major < 24
    })
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let out = ''
    child.stdout!.on('data', chunk => {
      out += chunk
      const url = /^bellhop: listening on (http:\/\/\S+)\n/.exec(out)?.[1]
      if (url) resolve(url)
    })
  })
}

/** Waits for a process to end; what it printed. */
function finished(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise(resolve => {
    const said = { out: '', err: '' }
    child.stdout!.on('data', chunk => {
      said.out += chunk
    })
    child.stderr!.on('data', chunk => {
      said.err += chunk
    })
    child.once('close', code => resolve({ code, ...said }))
  })
}
