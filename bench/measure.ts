import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** A command and its arguments. */
export type Program = readonly [command: string, ...args: string[]]

/** What one run of a program cost. */
export interface Measured {
  /** User and system time of the process and its children, milliseconds. */
  readonly cpu: number
  /** Milliseconds from start to end. */
  readonly wall: number
  /** Peak resident memory, MiB. */
  readonly memory: number
}

/**
 * Node cannot ask what a child cost. This helper can (wait4), and it is small: a process starts out with the memory of
 * the one that started it, which would be Node's otherwise.
 */
const HELPER = `
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
for line in sys.stdin:
    job = json.loads(line)
    redirect = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawn(job['program'][0], job['program'], job['env'], file_actions=redirect)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    unit = 1024 if sys.platform != 'darwin' else 1024 * 1024
    print(json.dumps({'status': status, 'cpu': (used.ru_utime + used.ru_stime) * 1000, 'wall': wall * 1000,
                      'memory': used.ru_maxrss / unit}), flush=True)
`

/** Runs every program once a round, in random order, after one round that does not count. Throws when one fails. */
export async function inTurns(
  programs: ReadonlyMap<string, Program>,
  rounds: number,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find(path => existsSync(path))
  if (python === undefined) throw new Error('Measuring needs python3: Node cannot ask what a child process cost.')
  const helper = spawn(python, ['-S', '-E', '-c', HELPER], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: helper.stdout })[Symbol.asyncIterator]()
  const measured = new Map([...programs.keys()].map((name): [string, Measured[]] => [name, []]))
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, program] of shuffled([...programs])) {
        const run = await ask(helper, answers, { program, env })
        if (run.status !== 0) throw new Error(`${name} failed with status ${run.status}.`)
        if (round > 0) measured.get(name)!.push(run)
      }
    }
  } finally {
    helper.stdin.end()
  }
  return measured
}

async function ask(
  helper: ChildProcessByStdio<Writable, Readable, null>,
  answers: AsyncIterator<string>,
  job: unknown,
): Promise<Measured & { readonly status: number }> {
  helper.stdin.write(`${JSON.stringify(job)}\n`)
  const { value, done } = await answers.next()
  if (done) throw new Error('The measuring helper ended.')
  return JSON.parse(value)
}

export function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
