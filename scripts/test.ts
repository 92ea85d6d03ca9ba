/**
 * Runs the tests: all of them, or the files named. Not one process per file, since starting one takes longer than most files:
 * the files named run in one process, all of them in as many as there are cores, up to two. Files that share something that
 * is slow to start (moto, PostgreSQL) run in the same. Those that need a process for themselves (crash tests, clients) start
 * their own children.
 */
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const named = process.argv.slice(2)
const files =
  named.length > 0
    ? named
    : globSync('{src,test,scripts,examples,console/src,console/e2e}/**/*.test.ts', { cwd: root }).sort()
const processes = named.length > 0 ? 1 : Math.min(2, availableParallelism())

// The settings of whoever runs the tests must not reach the clients under test, and no client may look for a role or a
// region outside the machine.
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  AWS_EC2_METADATA_DISABLED: 'true',
}

interface Ended {
  readonly ok: boolean
  readonly output: string
}

/** `live`: what it says is shown while it says it. */
function run(share: readonly string[], live: boolean): Promise<Ended> {
  const child = spawn(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=spec', ...share], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
    if (live) process.stdout.write(chunk)
  })
  return new Promise(resolve => child.once('close', code => resolve({ ok: code === 0, output })))
}

/** Files by process: what shares a thing together, then the rest, the longest first, to whoever has least to do. */
function shares(): string[][] {
  const shared = ['kit/moto', 'kit/postgres']
  const groups = new Map<string, { files: string[]; weight: number }>()
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8')
    const key = shared.find(module => text.includes(module)) ?? file
    const group = groups.get(key) ?? { files: [], weight: 0 }
    group.files.push(file)
    group.weight += weightOf(file)
    groups.set(key, group)
  }
  const made = Array.from({ length: processes }, () => ({ files: [] as string[], weight: 0 }))
  for (const group of [...groups.values()].sort((one, other) => other.weight - one.weight)) {
    const least = made.reduce((one, other) => (other.weight < one.weight ? other : one))
    least.files.push(...group.files)
    least.weight += group.weight
  }
  return made.map(share => share.files.sort())
}

/** About as many seconds: tests of whole servers, clients and processes take longer than those of a file beside them. */
function weightOf(file: string): number {
  if (/^test\/cluster\//.test(file)) return 90
  if (/^test\/crash\//.test(file)) return 40
  return /^(test|examples)\//.test(file) ? 6 : 1
}

const all = processes === 1 ? [files] : shares()
const ended = await Promise.all(all.map((share, i) => run(share, i === 0)))
for (const { output } of ended.slice(1)) process.stdout.write(output)
if (ended.length > 1) {
  const sum = (name: string) =>
    ended.reduce((total, { output }) => total + Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0), 0)
  process.stdout.write(`\n${sum('pass')} passed, ${sum('fail')} failed, ${sum('skipped')} skipped\n`)
}
process.exit(ended.every(({ ok }) => ok) ? 0 : 1)
