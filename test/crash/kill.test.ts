import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '../../src/model/services.ts'
import { type Bellhop, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import {
  type Effect,
  type EngineEffect,
  effectStep,
  externalProduct,
  readEffects,
  readEngineEffects,
  serviceAction,
} from '../kit/catalog.ts'
import { completedStepsRunAgain, count, countBegins, key, lastLines } from '../kit/effects.ts'
import { randomFrom } from '../simulation/random.ts'

const kills = 18
const callers = 5
const stepNames = ['one', 'two', 'three', 'four']

/**
 * The promise: what was accepted is carried out to its end, and no completed step runs again, whatever moment the server
 * is killed at. Callers keep a real server busy while it is killed and started again; every script and every engine run
 * leaves lines in a file, and those lines are held against what the API said.
 */
test('a server that is killed again and again loses nothing and repeats no completed step', {
  timeout: 150_000,
}, async t => {
  const seed = Number(process.env['BELLHOP_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`seed ${seed}: set BELLHOP_SEED to it to kill at the same moments again`)
  const random = randomFrom(seed).next
  const folder = temporaryFolder(t)
  const effects = join(folder, 'effects')
  mkdirSync(effects, { mode: 0o755 })
  copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
  const start = () =>
    startBellhop({
      dataDirectory: join(folder, 'data'),
      config: { engines: { watched: { transport: 'exec', command: ['node', './engine.mjs'] } } },
      env: { BELLHOP_SCRIPT_WRITABLE: effects },
    })
  const scriptEffects = () => readEffects(join(effects, 'scripts'))
  const engineRuns = () => engineRunsIn(readEngineEffects(join(folder, 'data/engines/watched/effects')))

  let running: Promise<Bellhop> = start()
  let over = false
  let chaos: Promise<unknown> = running
  t.after(async () => {
    over = true
    await chaos.catch(() => {})
    await (await running).kill()
  })
  const journal = new Journal()
  const persist = persistent(() => running)

  const server = await running
  const product = await externalProduct(server, 'watched')
  const step = (name: string) =>
    effectStep({ name, file: join(effects, 'scripts'), milliseconds: 80 + Math.floor(random() * 100) })
  const scripts = await serviceAction(server, product, {
    name: 'Scripts',
    document: { mainSteps: stepNames.map(step), outputs: ['four.Done'] },
  })
  const mixed = await serviceAction(server, product, {
    name: 'Mixed',
    document: {
      mainSteps: [
        step('before'),
        {
          name: 'engine',
          action: 'bellhop:invokeEngine',
          inputs: { Action: 'work', Parameters: { Milliseconds: 300 } },
        },
        step('after'),
      ],
      outputs: ['after.Done'],
    },
  })

  /** Sends a request that has a token twice at once, and follows the one record that comes of it to its end. */
  const perform = async (operation: string, token: string, input: object): Promise<any> => {
    const answers = await Promise.all([1, 2].map(() => persist('servicecatalog', operation, input)))
    for (const { RecordDetail } of answers) journal.accept(token, RecordDetail)
    const { RecordId: recordId } = answers[0].RecordDetail
    for (;;) {
      const record = await persist('servicecatalog', 'DescribeRecord', { Id: recordId })
      journal.see(`record ${recordId}`, record.RecordDetail.Status)
      if (operation.startsWith('Execute')) {
        const executionId: string = output(record, 'AutomationExecutionId')
        const { StepExecutions: steps } = await persist('ssm', 'DescribeAutomationStepExecutions', {
          AutomationExecutionId: executionId,
        })
        for (const { StepExecutionId: id, StepName: name, StepStatus: status } of steps) {
          if (id === undefined) continue
          journal.see(`step ${id}`, status)
          if (status === 'Success') journal.completed(executionId, name, scriptEffects())
        }
        // The record was read first: when it has ended, so have all its steps.
        if (isEnded(record.RecordDetail.Status)) {
          assert.deepEqual(new Set(steps.map((step: any) => step.StepStatus)), new Set(['Success']))
        }
      }
      if (isEnded(record.RecordDetail.Status)) {
        assert.equal(record.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(record))
        return record
      }
      await pause(80)
    }
  }

  let killing = true
  const use = async (caller: number) => {
    const provisioned = await perform('ProvisionProduct', `provision-${caller}`, {
      ...{ ProductId: product.productId, ProvisioningArtifactId: product.artifactId },
      ProvisionedProductName: `product-${caller}`,
      ProvisioningParameters: [{ Key: 'Milliseconds', Value: '300' }],
      ProvisionToken: `provision-${caller}`,
    })
    const id: string = provisioned.RecordDetail.ProvisionedProductId
    for (let turn = 0; killing || turn < 2; turn += 1) {
      const token = `turn-${caller}-${turn}`
      if (turn % 4 === 3) {
        const record = await perform('UpdateProvisionedProduct', token, {
          ProvisionedProductId: id,
          ProvisioningParameters: [{ Key: 'Revision', Value: `${turn}` }],
          UpdateToken: token,
        })
        assert.equal(output(record, 'Revision'), `${turn}`)
      } else {
        const isMixed = turn % 2 === 1
        const record = await perform('ExecuteProvisionedProductServiceAction', token, {
          ProvisionedProductId: id,
          ServiceActionId: isMixed ? mixed : scripts,
          ExecuteToken: token,
        })
        const last = isMixed ? 'after' : 'four'
        assert.equal(output(record, `${last}.Done`), last)
      }
    }
    return id
  }

  const engineAtWork = () => [...engineRuns().values()].some(run => run.ended < run.begun)
  const inWork = { scripts: 0, engine: 0, any: 0 }
  /** How often each step stood last in its execution's lines when the server was killed: so often it may run again. */
  const inHand = new Map<string, number>()
  const killAgainAndAgain = async () => {
    for (let kill = 0; kill < kills; kill += 1) {
      const live = await running
      const atStart = scriptEffects().length
      // Some in the midst of the engine's work, some while the server takes up what the one before left, most in its own.
      const aim = kill % 5 === 4 ? 'engine' : kill % 5 === 3 ? 'recovery' : 'scripts'
      if (aim === 'engine') await until(async () => over || engineAtWork(), 'work of the engine')
      if (aim === 'scripts')
        await until(async () => over || scriptEffects().length > atStart, 'a script of this server')
      await pause(random() * (aim === 'scripts' ? 800 : 100))
      if (over) return
      const restarted = Promise.withResolvers<Bellhop>()
      // Callers whose connection breaks wait for the next server.
      running = restarted.promise
      await live.kill()
      const lines = scriptEffects()
      const script = [...lastLines(lines.slice(atStart)).values()].some(line => line.phase === 'begin')
      const engine = engineAtWork()
      inWork.scripts += Number(script)
      inWork.engine += Number(engine)
      inWork.any += Number(script || engine)
      for (const line of lastLines(lines).values()) count(inHand, key(line))
      start().then(restarted.resolve, restarted.reject)
    }
    await running
    killing = false
  }

  const using = Promise.all(Array.from({ length: callers }, (_, caller) => use(caller)))
  chaos = killAgainAndAgain()
  const [productIds] = await Promise.all([using, chaos])

  const last = await running
  const history = await everyRecord(persist)
  const lost = [...journal.records].filter(id => history.get(id) !== 'SUCCEEDED')
  const lines = scriptEffects()
  const rerun = completedStepsRunAgain(lines, journal.completedSteps)
  const unexplained = [...countBegins(lines)].filter(([step, begun]) => begun - 1 > (inHand.get(step) ?? 0))
  const again = [...countBegins(lines).values()].reduce((sum, begun) => sum + begun - 1, 0)
  const runs = [...engineRuns()]
  t.diagnostic(`kills ${kills}, inside running work ${inWork.any} (scripts ${inWork.scripts}, engine ${inWork.engine})`)
  t.diagnostic(
    `records accepted ${journal.records.size}, lost ${lost.length}, of one token ${journal.doubled.length} double`,
  )
  t.diagnostic(`statuses seen ${journal.sightings}, gone back ${journal.wentBack.length}`)
  t.diagnostic(
    `steps completed ${lines.filter(line => line.phase === 'end').length}, completed steps re-run ${rerun.length}`,
  )
  t.diagnostic(`steps in hand at a kill and run again ${again}; engine runs ${runs.length}`)

  // Without these the rest proves nothing.
  assert.ok(inWork.any >= kills / 2, `only ${inWork.any} of ${kills} kills fell inside running work`)
  assert.ok(inWork.scripts >= kills / 4, `only ${inWork.scripts} of ${kills} kills fell inside a script`)
  assert.ok(inWork.engine >= 1, 'no kill fell inside the work of the engine')
  assert.ok(again >= 1, 'no step was in hand when the server was killed')

  assert.deepEqual(lost, [])
  assert.deepEqual(journal.doubled, [])
  assert.equal(history.size, journal.records.size, 'there are records that nobody was told of')
  assert.deepEqual(journal.wentBack, [])
  assert.deepEqual(rerun, [])
  assert.deepEqual(unexplained, [], 'steps that ran again although no kill met them')
  assert.deepEqual(outOfOrder(lines), [])
  assert.deepEqual(
    runs.filter(([, run]) => run.begun !== 1 || run.ended !== 1),
    [],
    'work of the engine that was done twice, or not to its end',
  )
  for (const id of productIds) {
    const { ProvisionedProductDetail } = await persist('servicecatalog', 'DescribeProvisionedProduct', { Id: id })
    assert.equal(ProvisionedProductDetail.Status, 'AVAILABLE')
  }
  assert.equal(await last.stop(), 0)
  assert.doesNotMatch(last.log(), /"level":"error"/)
})

type Persist = (service: ServiceName, operation: string, input: unknown) => Promise<any>

/** Sends a request until a server answers it: with the same token, when the connection was lost and the answer with it. */
function persistent(running: () => Promise<Bellhop>): Persist {
  return async (service, operation, input) => {
    for (;;) {
      const current = running()
      const answer = await send(await current, service, operation, input).catch(() => undefined)
      if (answer?.status === 200) return answer.json
      if (answer) throw new Error(`${operation}: ${answer.status} ${answer.text}`)
      // A connection may only be lost to a kill.
      assert.notEqual(running(), current, `${operation}: a server that nobody killed gave no answer`)
      await pause(10)
    }
  }
}

/** What the API said in the course of the test. */
class Journal {
  readonly records = new Set<string>()
  readonly doubled: string[] = []
  readonly wentBack: string[] = []
  /** How many begin lines each completed step had when its completion was seen. */
  readonly completedSteps = new Map<string, number>()
  sightings = 0
  readonly #recordOf = new Map<string, string>()
  readonly #statuses = new Map<string, string>()

  accept(token: string, detail: { readonly RecordId: string; readonly Status: string }): void {
    this.records.add(detail.RecordId)
    const before = this.#recordOf.get(token)
    if (before !== undefined && before !== detail.RecordId) this.doubled.push(token)
    this.#recordOf.set(token, detail.RecordId)
  }

  see(what: string, status: string): void {
    this.sightings += 1
    const before = this.#statuses.get(what)
    const back = before !== undefined && (rank(status) < rank(before) || (isEnded(before) && status !== before))
    if (back) this.wentBack.push(`${what}: ${before} -> ${status}`)
    this.#statuses.set(what, status)
  }

  completed(execution: string, step: string, lines: readonly Effect[]): void {
    const name = key({ execution, step })
    if (!this.completedSteps.has(name)) this.completedSteps.set(name, countBegins(lines).get(name) ?? 0)
  }
}

function rank(status: string): number {
  return isEnded(status) ? 2 : ['CREATED', 'Pending'].includes(status) ? 0 : 1
}

function isEnded(status: string): boolean {
  return ['SUCCEEDED', 'FAILED', 'Success', 'Failed', 'TimedOut', 'Cancelled'].includes(status)
}

function output(record: any, key: string): string {
  return record.RecordOutputs.find((output: any) => output.OutputKey === key)?.OutputValue
}

/** The status of every record there is, by its id. */
async function everyRecord(persist: Persist): Promise<Map<string, string>> {
  const statuses = new Map<string, string>()
  let token: string | undefined
  do {
    const page = await persist('servicecatalog', 'ListRecordHistory', {
      AccessLevelFilter: { Key: 'Account', Value: 'self' },
      ...(token ? { PageToken: token } : {}),
    })
    for (const { RecordId, Status } of page.RecordDetails) statuses.set(RecordId, Status)
    token = page.NextPageToken
  } while (token)
  return statuses
}

/** Executions whose steps did not all come to their end, in the document's order. */
function outOfOrder(lines: readonly Effect[]): string[] {
  const ends = Map.groupBy(
    lines.filter(line => line.phase === 'end'),
    line => line.execution,
  )
  const executions = new Set(lines.map(line => line.execution))
  return [...executions].filter(execution => {
    const order = [...new Set((ends.get(execution) ?? []).map(line => line.step))].join()
    return order !== stepNames.join() && order !== 'before,after'
  })
}

interface Run {
  begun: number
  ended: number
}

/** How often each piece of an engine's work was begun and ended, by operation and record. */
function engineRunsIn(lines: readonly EngineEffect[]): Map<string, Run> {
  const runs = new Map<string, Run>()
  for (const { operation, record, phase } of lines) {
    const name = `${operation} ${record}`
    const run = runs.get(name) ?? { begun: 0, ended: 0 }
    if (phase === 'begin') run.begun += 1
    else run.ended += 1
    runs.set(name, run)
  }
  return runs
}
