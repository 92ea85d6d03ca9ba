import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Loop, Turns } from './turns.ts'

/** A loop whose turns and milliseconds pass when a test says so. */
class ManualLoop implements Loop {
  #now = 0
  #due: (() => void)[] = []
  readonly #timers = new Set<{ readonly at: number; readonly work: () => void }>()

  now(): number {
    return this.#now
  }

  afterRequests(work: () => void): void {
    this.#due.push(work)
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#now + milliseconds, work }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds
    for (const timer of this.#timers) if (timer.at <= this.#now && this.#timers.delete(timer)) timer.work()
  }

  turn(): void {
    const due = this.#due
    this.#due = []
    for (const work of due) work()
  }
}

/** Executions that wait, as a dispatcher has them, and requests that write. */
function scene() {
  const loop = new ManualLoop()
  const turns = new Turns(loop)
  let waiting = 0
  let begun = 0
  const next = () => {
    while (waiting > 0 && turns.take(next)) {
      waiting -= 1
      begun += 1
    }
  }
  let done: (() => void)[] = []
  return {
    wait(count: number) {
      waiting += count
      next()
    },
    /** One turn of the loop: so many requests have something to write, and it is committed; how many executions were begun. */
    turn(requests: number): number {
      const before = begun
      for (let i = 0; i < requests; i += 1) {
        done.push(turns.wrote())
        loop.pass(0.2)
      }
      loop.turn()
      loop.pass(1)
      for (const each of done) each()
      done = []
      return begun - before
    },
    pass: (milliseconds: number) => loop.pass(milliseconds),
    waiting: () => waiting,
  }
}

describe('executions and requests', () => {
  test('where nobody asks for anything, executions begin in the next turns', () => {
    const { wait, turn } = scene()
    wait(40)
    assert.deepEqual([turn(0), turn(0), turn(0)], [16, 16, 8])
  })

  test('as long as requests come, executions have a quarter of what requests have', () => {
    const { wait, turn } = scene()
    turn(32)
    wait(1000)
    assert.deepEqual(
      Array.from({ length: 5 }, () => turn(32)),
      [8, 8, 8, 8, 8],
    )
  })

  test('one is begun with each commit at least, however few the requests are', () => {
    const { wait, turn } = scene()
    for (let i = 0; i < 20; i += 1) turn(1)
    wait(5)
    assert.deepEqual([turn(1), turn(3), turn(1), turn(2), turn(1), turn(1)], [1, 1, 1, 1, 1, 0])
  })

  test('when no more requests come, all that wait are begun, in bites between which a request is seen', () => {
    const { wait, turn, pass, waiting } = scene()
    for (let i = 0; i < 20; i += 1) turn(8)
    wait(100)
    assert.equal(turn(8), 2)
    assert.equal(turn(0), 0, 'the next request is waited for')
    pass(8)
    assert.equal(turn(0), 16)
    assert.equal(turn(8), 2, 'a request that comes meanwhile goes first')
    let turns = 0
    while (waiting() > 0) {
      turn(0)
      turns += 1
    }
    assert.equal(turns, 5)
  })

  test('who waits for an execution and sends nothing meanwhile is not waited for again and again', () => {
    const { wait, turn, pass } = scene()
    for (let i = 0; i < 20; i += 1) turn(1)
    let inVain = 0
    for (let i = 0; i < 17; i += 1) {
      turn(1)
      wait(1)
      if (turn(0) === 1) continue
      inVain += 1
      pass(8)
      assert.equal(turn(0), 1)
    }
    assert.equal(inVain, 1)
  })
})
