import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { call } from '../scripts/client.ts'
import type { Execution, StepExecution } from '../src/catalog/execution.ts'
import { fromJson } from '../src/storage/json.ts'
import { requestBytes, type Target } from './load.ts'
import { median } from './measure.ts'
import { RawConnection } from './raw-connection.ts'
import { start, stop } from './server.ts'

/** What a Python step may take at most where a Python is kept ready. */
const ceiling = 50

const trivial = (i: number) => ({ name: `step${i}`, action: 'aws:sleep', inputs: { Duration: 'PT0S' } })
const script = {
  name: 'script',
  action: 'aws:executeScript',
  inputs: { Runtime: 'python3.11', Handler: 'h', Script: 'def h(events, context):\n    return {}' },
}

/** How long documents take: five trivial steps, and a step in Python. Answers the section of the report. */
export async function benchRunbook(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-bench-'))
  const children: ChildProcess[] = []
  const times = Math.max(3, Math.min(rounds, 7))
  try {
    const bellhop = await start(join(folder, 'data'), children)
    const file = join(folder, 'data/bellhop.db')
    for (const [Name, mainSteps] of [
      ['Five', [1, 2, 3, 4, 5].map(trivial)],
      ['Script', [script]],
    ] as const) {
      const Content = JSON.stringify({ schemaVersion: '0.3', mainSteps })
      await call(bellhop.target, 'ssm', 'CreateDocument', { Name, Content, DocumentType: 'Automation' })
    }
    const rows: string[] = []
    for (const [underWay, count] of [
      [1, 200],
      [32, 800],
    ] as const) {
      const found: Runs[] = []
      for (let round = 0; round <= times; round += 1) {
        const ran = await runs(bellhop.target, file, 'Five', underWay, count)
        if (round > 0) found.push(ran)
      }
      rows.push(row(`five trivial steps, ${underWay} under way`, found))
    }
    const scripts: Runs[] = []
    for (let round = 0; round <= times; round += 1) {
      const ran = await runs(bellhop.target, file, 'Script', 1, 50)
      if (round > 0) scripts.push(ran)
    }
    rows.push(row('one step in Python, 1 under way', scripts))
    const step = (share: number) => median(scripts.map(({ steps }) => at(steps, share)))
    await stop(bellhop)
    return `## What documents take

One process, SQLite; executions by StartAutomationExecution, from their acceptance to their end, by the server's own clock.
Medians of ${times} rounds; one round before that does not count.

| | runs a second | p50 | p99 |
| --- | --- | --- | --- |
${rows.join('\n')}

The step in Python alone, with the Python that is kept ready: p50 **${step(0.5).toFixed(0)} ms**, p99 ${step(0.99).toFixed(0)} ms. Its ceiling is ${ceiling} ms at p50: ${step(0.5) <= ceiling ? 'held' : '**not held**'}.
`
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Runs {
  readonly perSecond: number
  /** Milliseconds from acceptance to end, in order. */
  readonly whole: readonly number[]
  /** Of every step, in order. */
  readonly steps: readonly number[]
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

function row(name: string, found: readonly Runs[]): string {
  const of = (share: number) => median(found.map(({ whole }) => at(whole, share))).toFixed(0)
  return `| ${name} | **${Math.round(median(found.map(each => each.perSecond)))}** | ${of(0.5)} ms | ${of(0.99)} ms |`
}

/** Runs a document so often, so many at a time. Ends are read from the server's database file, at no cost to the server. */
async function runs(
  target: Target,
  file: string,
  DocumentName: string,
  underWay: number,
  count: number,
): Promise<Runs> {
  const request = requestBytes(target, 'ssm', 'StartAutomationExecution', { DocumentName })
  const connections = Array.from({ length: underWay }, () => new RawConnection(target.url))
  const database = new DatabaseSync(file, { readOnly: true })
  const unfinished = database.prepare('select id from executions where run_at is not null')
  const following = new Map<string, () => void>()
  const ids: string[] = []
  let done = 0
  let started = 0
  const begun = performance.now()
  const one = async (connection: RawConnection) => {
    while (started < count) {
      started += 1
      const { status, body } = await connection.send(request)
      if (status !== 200) throw new Error(`${status} ${body}`)
      const id: string = JSON.parse(body).AutomationExecutionId
      ids.push(id)
      await new Promise<void>(resolve => following.set(id, resolve))
    }
  }
  const follow = async () => {
    while (done < count) {
      await pause(2)
      const asked = [...following]
      const left = new Set(unfinished.all().map(found => found['id']))
      for (const [id, ended] of asked.filter(([each]) => !left.has(each))) {
        done += 1
        following.delete(id)
        ended()
      }
    }
  }
  try {
    await Promise.all([follow(), ...connections.map(one)])
    const perSecond = count / ((performance.now() - begun) / 1000)
    const execution = database.prepare('select status, created_at, data from executions where id = ?')
    const stepsOf = database.prepare('select data from steps where execution_id = ?')
    const whole: number[] = []
    const steps: number[] = []
    for (const id of ids) {
      const { status, created_at: createdAt, data } = execution.get(id)!
      if (status !== 'Success') throw new Error(`The execution ${id} of ${DocumentName} ended as ${status}.`)
      whole.push(fromJson<Execution>(String(data)).endedAt!.getTime() - Number(createdAt))
      for (const found of stepsOf.all(id)) {
        const { startedAt, endedAt } = fromJson<StepExecution>(String(found['data']))
        steps.push(endedAt!.getTime() - startedAt.getTime())
      }
    }
    const sorted = (values: number[]) => values.sort((a, b) => a - b)
    return { perSecond, whole: sorted(whole), steps: sorted(steps) }
  } finally {
    for (const connection of connections) connection.close()
    database.close()
  }
}
