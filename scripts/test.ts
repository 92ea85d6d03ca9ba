/**
 * Runs the tests: all of them, or the files named. Not one process per file, since starting one takes longer than most files:
 * the files named run in one process; all of them in shares, up to three at once, the next one begun when one has ended. Files
 * that share something that is slow to start (moto, PostgreSQL) are one share. Those that need a process for themselves
 * (crash tests, clients) start their own children.
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
// One more than cores: some of the longest wait for other processes most of the time.
const processes = named.length > 0 ? 1 : Math.min(3, availableParallelism() + 1)

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

/** Files by process: what shares a thing together, what is long alone, the rest in handfuls; the longest first. */
function shares(): string[][] {
  const shared = ['kit/moto', 'kit/postgres']
  const groups = new Map<string, { files: string[]; weight: number }>()
  let handful = 0
  for (const file of files) {
    const weight = weightOf(file)
    const text = readFileSync(join(root, file), 'utf8')
    const own = weight >= 10 ? file : shared.find(module => text.includes(module))
    let group = groups.get(own ?? `${handful}`)
    if (own === undefined && group && group.weight >= 20) {
      handful += 1
      group = undefined
    }
    group ??= { files: [], weight: 0 }
    group.files.push(file)
    group.weight += weight
    groups.set(own ?? `${handful}`, group)
  }
  return [...groups.values()].sort((one, other) => other.weight - one.weight).map(group => group.files)
}

/** About as many seconds. Only the order counts: what is long must not begin last. */
const seconds: readonly (readonly [file: RegExp, seconds: number])[] = [
  [/^test\/engines\/conformance/, 90],
  [/^test\/cluster\//, 65],
  [/^console\/e2e\//, 50],
  [/^test\/crash\//, 40],
  [/^scripts\/scripts/, 30],
  [/^test\/(interop\/aws-cli|engines\/(bad-input|terraform-products)|simulation\/)/, 20],
  [/^(scripts\/bundle|test\/(server\/(property|boundaries|run-command|cfn-stack\.|own-calls|secrets)|interop\/))/, 12],
  [/^(test|examples)\//, 3],
]

function weightOf(file: string): number {
  return seconds.find(([pattern]) => pattern.test(file))?.[1] ?? 0.3
}

const waiting = processes === 1 ? [files] : shares()
const ended: Ended[] = []
await Promise.all(
  Array.from({ length: processes }, async () => {
    for (let share = waiting.shift(); share; share = waiting.shift()) {
      const one = await run(share, processes === 1)
      if (processes > 1) process.stdout.write(one.output)
      ended.push(one)
    }
  }),
)
if (processes > 1) {
  const sum = (name: string) =>
    ended.reduce((total, { output }) => total + Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0), 0)
  process.stdout.write(`\n${sum('pass')} passed, ${sum('fail')} failed, ${sum('skipped')} skipped\n`)
}
process.exit(ended.every(({ ok }) => ok) ? 0 : 1)
