import assert from 'node:assert/strict'
import { type Execution, isEnded, type StepExecution } from '../../src/catalog/execution.ts'
import { type Ids, idsFrom } from '../../src/catalog/ids.ts'
import type { Limits } from '../../src/catalog/limits.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import type { EngineTools, Progress } from '../../src/runbook/action.ts'
import { SqliteDriver } from '../../src/storage/sqlite/driver.ts'
import { openStorage, type Storage } from '../../src/storage/storage.ts'
import { type Dispatcher, InProcessDispatcher } from '../../src/worker/dispatcher.ts'
import { DistributedDispatcher } from '../../src/worker/distributed-dispatcher.ts'
import { Gate } from '../../src/worker/gate.ts'
import { acceptAction, acceptProvision, ManualClock, scope, tools } from '../../src/worker/testing.ts'
import { Worker } from '../../src/worker/worker.ts'
import { someDocument } from './documents.ts'
import { type Faults, FaultyDriver } from './faulty-driver.ts'
import { type Random, randomFrom } from './random.ts'
import { SimulatedJobs } from './simulated-jobs.ts'

export interface Settings {
  readonly seed: number
  /** 1: one process over its own database; more: nodes that share one. */
  readonly processes: number
  readonly events: number
}

export interface Summary {
  readonly executions: number
  readonly deaths: number
  readonly freezes: number
  readonly stepsStarted: number
}

interface Process {
  readonly driver: FaultyDriver
  readonly storage: Storage
  readonly dispatcher: Dispatcher
  readonly gate: Gate | undefined
  alive: boolean
  frozen: boolean
}

const faults: Faults = { refused: 0.02, unanswered: 0.01 }
/** Actions that do nothing while they wait. */
const idle: ReadonlySet<string> = new Set(['aws:sleep', 'aws:pause', 'aws:approve', 'aws:loop'])
const approver = 'arn:aws:iam::000000000000:user/boss'

/**
 * A world in which executions run while processes die, freeze and wake, the database refuses writes and loses answers, the
 * clock jumps and people change their minds: all of it by one seed. What must never happen is checked where it would, and at
 * the end everything must have ended.
 */
export class World {
  readonly #settings: Settings
  readonly #random: Random
  readonly #clock = new ManualClock()
  readonly #database: SqliteDriver
  /** The truth, as nobody in this world sees it. */
  readonly #truth: Storage
  readonly #ids: Ids
  readonly #jobs: SimulatedJobs
  readonly #processes: Process[] = []
  readonly #products: string[] = []
  readonly #limits: Limits | undefined
  readonly #statuses = new Map<string, string>()
  #deaths = 0
  #freezes = 0
  #stepsStarted = 0
  #violation: Error | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.#random = randomFrom(settings.seed)
    this.#database = new SqliteDriver(':memory:', () => this.#clock.now().getTime())
    this.#truth = openStorage(this.#database)
    this.#ids = idsFrom(size => Uint8Array.from({ length: size }, () => this.#random.below(256)))
    this.#limits = someLimits(this.#random)
    this.#jobs = new SimulatedJobs(this.#clock, () => this.#truth.executions.unfinished())
  }

  async run(): Promise<Summary> {
    for (let i = 0; i < this.#settings.processes; i += 1) await this.#startProcess()
    for (let i = 0; i < 3; i += 1) await this.#provision()
    for (let event = 0; event < this.#settings.events; event += 1) {
      await this.#something()
      await this.#settle()
    }
    await this.#calm()
    const executions = await this.#finish()
    // What a process that was frozen still does in vain comes to its end, too.
    this.#clock.advance(3_600_000)
    await this.#settle()
    const alive = this.#processes.filter(({ alive }) => alive)
    for (const { gate } of alive) gate?.stop()
    await Promise.all(alive.map(({ dispatcher }) => dispatcher.stop()))
    if (this.#limits) assert.equal(await this.#truth.places.isEmpty(), true, 'Places are left when all has ended')
    await this.#truth.close()
    return { executions, deaths: this.#deaths, freezes: this.#freezes, stepsStarted: this.#stepsStarted }
  }

  async #something(): Promise<void> {
    const what = this.#random.below(20)
    if (what < 6) return this.#act()
    if (what < 11) return this.#clock.advance(this.#random.pick([100, 1_000, 5_000, 20_000, 120_000]))
    if (what < 13) return this.#die()
    if (what < 14) return this.#freeze()
    if (what < 18) return this.#signal()
    if (what < 19) return this.#stop()
    if (this.#products.length < 6) await this.#provision()
  }

  async #startProcess(): Promise<void> {
    const holder: { process?: Process } = {}
    const woken = (executionId: string) => {
      // One process tells its own dispatcher, once its caller has heard of the commit; many share a queue.
      if (this.#settings.processes > 1) this.#jobs.send(executionId)
      else holder.process?.dispatcher.wake(executionId)
    }
    const driver = new FaultyDriver(this.#database, this.#random, woken)
    driver.faults = faults
    const storage = openStorage(driver)
    const alive = () => driver.execute({ kind: 'read', steps: function* () {} }, [])
    const clock = {
      now: () => this.#clock.now(),
      at: (time: number, wake: () => void) => {
        let isOff = false
        const ring = () => void alive().then(() => isOff || wake())
        const callOff = this.#clock.at(time, ring)
        return () => {
          isOff = true
          callOff()
        }
      },
    }
    const report = (message: string, error: unknown) => {
      if (!/simulated/.test(String(error))) this.#fail(`${message} ${(error as Error).stack}`)
    }
    const gate =
      this.#limits &&
      new Gate({
        limits: this.#limits,
        storage,
        clock,
        name: this.#ids.uuid(),
        random: () => this.#random.next(),
        wake: executionId => holder.process?.dispatcher.wake(executionId),
        report,
      })
    const worker = new Worker({
      storage,
      clock,
      ids: this.#ids,
      gate,
      mayPassRole: async () => false,
      tools: execution => tools({ engine: this.#engine(execution, alive) }),
      report,
    })
    const dispatcher =
      this.#settings.processes > 1
        ? new DistributedDispatcher({
            worker,
            jobs: this.#jobs.of(alive),
            clock,
            monotonic: () => this.#clock.now().getTime(),
            random: () => this.#random.next(),
            report: () => {},
            most: 8,
          })
        : new InProcessDispatcher(worker, storage, clock, 8)
    const process: Process = { driver, storage, dispatcher, gate, alive: true, frozen: false }
    holder.process = process
    this.#processes.push(process)
    await gate?.start()
    await dispatcher.start()
  }

  /** The engine outlives processes: work that was begun is found again by its token. */
  readonly #works = new Map<string, { readonly endsAt: number; readonly well: boolean }>()

  #engine(execution: Execution, alive: () => Promise<void>): EngineTools {
    const look = (token: string): Progress => {
      const { endsAt, well } = this.#works.get(token)!
      const now = this.#clock.now().getTime()
      if (now < endsAt) return { state: 'waiting', handle: { token }, wakeAt: Math.min(endsAt, now + 2_000) }
      if (well) return { state: 'succeeded', response: {} }
      return { state: 'failed', failure: { stage: 'Engine', type: 'Failed', message: 'It did not work' } }
    }
    return {
      start: async (_work, token, action) => {
        await this.#checkStart(execution, token, alive)
        if (!this.#works.has(token)) {
          const kind = action?.name ?? 'polled'
          const well = kind !== 'fails' && !(kind === 'flaky' && this.#random.chance(0.5))
          const takes = kind === 'polled' || kind === 'long' ? this.#random.pick([500, 5_000, 60_000, 400_000]) : 0
          this.#works.set(token, { endsAt: this.#clock.now().getTime() + takes, well })
          if (kind === 'long') {
            await new Promise<void>(resolve => this.#clock.at(this.#works.get(token)!.endsAt, resolve))
            await alive()
          }
        }
        return look(token)
      },
      poll: async handle => look((handle as { token: string }).token),
      cancel: async handle => {
        const { token } = handle as { token: string }
        this.#works.set(token, { endsAt: 0, well: false })
      },
    }
  }

  /** What may start: a step that is in the journal and has not ended, of the one change that its product is under. */
  async #checkStart(execution: Execution, token: string, alive: () => Promise<void>): Promise<void> {
    this.#stepsStarted += 1
    if (this.#settings.processes > 1 && this.#jobs.holder(execution.id) !== alive) {
      this.#fail(`A step of ${execution.id} started at a process that no longer had it.`)
    }
    const ordinal = Number(token.slice(execution.id.length + 1))
    const row = (await this.#truth.executions.steps(execution.id)).find(each => each.ordinal === ordinal)
    if (!row) return this.#fail(`Step ${ordinal} of ${execution.id} started without being in the journal.`)
    if (isEnded(row.status)) this.#fail(`Step ${row.name} of ${execution.id} started although it is ${row.status}.`)
    await this.#checkLimits(execution)
    for (const id of await this.#unended()) {
      const other = id === execution.id ? undefined : await this.#truth.executions.get(id)
      if (other?.provisionedProductId !== execution.provisionedProductId) continue
      this.#fail(`Step ${row.name} of ${execution.id} started while ${id} changes the same product.`)
    }
  }

  /** As the journal has it: an execution is under way while a step of it is that does not just wait. */
  async #checkLimits(started: Execution): Promise<void> {
    const most = this.#limits?.accounts.default
    const mostOfEngine = this.#limits?.engines.named['EXTERNAL']
    // What was told to stop comes to its end without a place.
    if (!this.#limits || started.stop) return
    let underWay = 0
    for (const id of await this.#unended()) {
      const execution = await this.#truth.executions.get(id)
      const steps = await this.#truth.executions.steps(id)
      const isAtWork = steps.some(({ action, status }) => !isEnded(status) && !idle.has(action))
      if (isAtWork && !execution?.stop) underWay += 1
    }
    // Every execution here works on a product of the one engine, by its action or as a whole.
    const limit = Math.min(most ?? underWay, mostOfEngine ?? underWay)
    if (underWay > limit) this.#fail(`${underWay} executions are under way, and ${limit} may be.`)
  }

  #fail(text: string): void {
    this.#violation ??= new Error(text)
  }

  #someProcess(): Process | undefined {
    const able = this.#processes.filter(({ alive, frozen }) => alive && !frozen)
    return able.length > 0 ? this.#random.pick(able) : undefined
  }

  /** Accepts something at some process; what storage refuses or loses is the caller's to repeat. */
  async #at(work: (process: Process) => Promise<unknown>): Promise<void> {
    const process = this.#someProcess()
    if (!process) return
    const done = work(process).catch(error => {
      if (!(error instanceof Refusal) && !/simulated/.test(String(error))) this.#fail(String((error as Error).stack))
    })
    // A process that dies meanwhile never answers.
    await Promise.race([done, this.#settle()])
  }

  #provision(): Promise<void> {
    return this.#at(async ({ storage }) => {
      const { productId } = await acceptProvision(storage, this.#clock, this.#ids)
      this.#products.push(productId)
    })
  }

  async #act(): Promise<void> {
    if (this.#products.length === 0) return
    const product = this.#random.pick(this.#products)
    const document = someDocument(this.#random)
    await this.#at(({ storage }) => acceptAction(storage, this.#clock, this.#ids, product, document))
  }

  async #unended(): Promise<readonly string[]> {
    return (await this.#truth.executions.unfinished()).map(({ id }) => id)
  }

  async #signal(): Promise<void> {
    const ids = await this.#unended()
    if (ids.length === 0) return
    const executionId = this.#random.pick(ids)
    const steps = await this.#truth.executions.steps(executionId)
    const StepName = [...steps].reverse().find(({ status }) => status === 'Waiting')?.name ?? 'step1'
    const type = this.#random.pick(['Approve', 'Approve', 'Reject', 'Resume', 'Resume', 'Resume'] as const)
    await this.#at(({ storage }) =>
      storage.executions.signal({
        executionId,
        type,
        payload: { StepName: [StepName] },
        sentBy: approver,
        sentAt: this.#clock.now(),
      }),
    )
  }

  async #stop(): Promise<void> {
    const ids = await this.#unended()
    if (ids.length === 0) return
    const how = this.#random.pick(['Cancel', 'Complete'] as const)
    const id = this.#random.pick(ids)
    await this.#at(({ storage }) => storage.executions.stop(id, how, this.#clock.now()))
  }

  async #die(): Promise<void> {
    const process = this.#someProcess()
    if (!process) return
    this.#deaths += 1
    process.alive = false
    process.driver.die()
    await this.#startProcess()
  }

  async #freeze(): Promise<void> {
    // One process alone cannot be overtaken by another.
    if (this.#settings.processes === 1) return
    const sleeping = this.#processes.find(({ alive, frozen }) => alive && frozen)
    if (sleeping) {
      sleeping.frozen = false
      sleeping.driver.wake()
      return
    }
    const process = this.#someProcess()
    if (!process) return
    this.#freezes += 1
    process.frozen = true
    process.driver.freeze(this.#random.pick(['now', 'after a commit']))
  }

  /** From here on nothing goes wrong any more. */
  async #calm(): Promise<void> {
    for (const process of this.#processes) {
      process.driver.faults = { refused: 0, unanswered: 0 }
      process.frozen = false
      process.driver.wake()
    }
    await this.#settle()
  }

  /** Lets time pass and people answer until everything has ended; answers how many executions there were. */
  async #finish(): Promise<number> {
    for (let round = 0; round < 400; round += 1) {
      const left = await this.#unended()
      if (left.length === 0) break
      assert.ok(round < 399, `${left.length} executions never end, among them ${left[0]}`)
      for (const executionId of left) {
        const steps = await this.#truth.executions.steps(executionId)
        const waiting = steps.find(({ status }) => status === 'Waiting')
        if (waiting) await this.#answer(executionId, waiting)
      }
      this.#clock.advance(round % 10 === 9 ? 400_000 : 12_000)
      await this.#settle()
    }
    return this.#checkEnd()
  }

  #answer(executionId: string, { name, action }: StepExecution): Promise<void> {
    const type = action === 'aws:approve' ? 'Approve' : 'Resume'
    return this.#at(({ storage }) =>
      storage.executions.signal({
        executionId,
        type,
        payload: { StepName: [name] },
        sentBy: approver,
        sentAt: this.#clock.now(),
      }),
    )
  }

  async #checkEnd(): Promise<number> {
    const records = await this.#truth.records.list(scope, {}, { size: 10_000 })
    for (const { detail, executionId } of records.items) {
      assert.ok(['SUCCEEDED', 'FAILED'].includes(detail.Status), `Record ${detail.RecordId} is ${detail.Status}`)
      const execution = await this.#truth.executions.get(executionId)
      assert.ok(execution && isEnded(execution.status), `Execution ${executionId} is ${execution?.status}`)
      assert.equal(detail.Status === 'SUCCEEDED', execution.status === 'Success')
      for (const step of await this.#truth.executions.steps(executionId)) {
        assert.ok(isEnded(step.status), `Step ${step.name} of ${executionId} is ${step.status}`)
      }
    }
    for (const id of this.#products) {
      const product = await this.#truth.provisionedProducts.get(scope, id)
      assert.notEqual(product?.detail.Status, 'UNDER_CHANGE', `Product ${id}`)
    }
    return records.items.length
  }

  /** Lets everybody do what they can without time passing, and looks at what must never go back. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) await new Promise(resolve => setImmediate(resolve))
    if (this.#violation) throw this.#violation
    await this.#checkStatuses()
  }

  async #checkStatuses(): Promise<void> {
    const order = ['CREATED', 'IN_PROGRESS', 'IN_PROGRESS_IN_ERROR', 'FAILED', 'SUCCEEDED']
    const { items } = await this.#truth.records.list(scope, {}, { size: 10_000 })
    for (const { detail } of items) {
      const before = this.#statuses.get(detail.RecordId)
      if (before === detail.Status) continue
      const ended = before === 'SUCCEEDED' || before === 'FAILED'
      const back = before !== undefined && order.indexOf(detail.Status) < order.indexOf(before)
      assert.ok(!ended && !back, `Record ${detail.RecordId} went from ${before} to ${detail.Status}`)
      this.#statuses.set(detail.RecordId, detail.Status)
    }
  }
}

/** In every second world; few enough that executions wait for each other. */
function someLimits(random: Random): Limits | undefined {
  if (random.chance(0.5)) return undefined
  const none = { named: {} }
  const most = 1 + random.below(3)
  return random.chance(0.5)
    ? { accounts: { default: most, named: {} }, actions: none, engines: none }
    : { accounts: none, actions: none, engines: { named: { EXTERNAL: most } } }
}
