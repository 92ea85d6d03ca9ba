import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseJson } from '../../src/cli/json.ts'
import { type Io, run } from '../../src/cli/main.ts'
import { Float, toPlain, type Value, type ValueMap } from '../../src/cli/values.ts'
import { testIo } from './io.ts'
import { type SeenRequest, Stub, type StubAnswer } from './stub.ts'

const root = new URL('../cases/cli/', import.meta.url)
const tlsPath = new URL('tls/', root).pathname

/** One recorded case and what the AWS CLI did with it. */
export interface RecordedCase {
  readonly id: string
  readonly category: string
  readonly input: ValueMap
  readonly golden: ValueMap
}

export interface Outcome {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
  readonly requests: readonly SeenRequest[]
}

export function loadCases(): RecordedCase[] {
  return readdirSync(new URL('cases/', root)).flatMap(file => {
    const goldens = new Map(readLines(`goldens/2.36.7/${file}`).map(golden => [golden.get('id'), golden]))
    return readLines(`cases/${file}`).map(input => {
      const id = input.get('id') as string
      return { id, category: file.replace('.jsonl', ''), input, golden: goldens.get(id)! }
    })
  })
}

export function passingIds(): ReadonlySet<string> {
  return new Set(JSON.parse(readFileSync(new URL('passing.json', root), 'utf8')))
}

function readLines(path: string): ValueMap[] {
  const lines = readFileSync(new URL(path, root), 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => parseJson(line) as ValueMap)
}

const DEFAULT_CONFIG = '[default]\nregion = us-east-1\n'
const DEFAULT_CREDENTIALS =
  '[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n'

/**
 * Run a case in a home and a folder of its own, against a stub of its own. It runs inside this process unless it needs
 * the process's own standard input or time zone.
 */
export async function runCase({ input }: RecordedCase): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-case-'))
  const tls = input.has('tls')
    ? { cert: readFileSync(`${tlsPath}cert.pem`), key: readFileSync(`${tlsPath}key.pem`) }
    : undefined
  const stub = new Stub(answers(input.get('responses')), tls)
  const port = await stub.listen()
  const blackhole = JSON.stringify(toPlain(input)).includes('{BLACKHOLE}') ? await openBlackhole() : undefined
  const names = new Map([
    ['ENDPOINT', `${tls ? 'https' : 'http'}://127.0.0.1:${port}`],
    ['PORT', String(port)],
    ['HOME', join(folder, 'home')],
    ['CWD', join(folder, 'cwd')],
    ['CERT', `${tlsPath}cert.pem`],
    ['CLOSED', `http://127.0.0.1:${await closedPort()}`],
    ['BLACKHOLE', `http://127.0.0.1:${blackhole?.port}`],
  ])
  try {
    prepareFolder(input, names)
    const env = environment(input, names)
    const argv = substitute(input.get('argv')!, names) as string[]
    const needsProcess = input.has('stdin') || (env['TZ'] ?? 'UTC') !== 'UTC'
    const printed = needsProcess
      ? await runProcess(argv, env, names.get('CWD')!, (input.get('stdin') as string | undefined) ?? '')
      : await runHere(argv, env, names.get('CWD')!, input.has('tty'))
    return normalise({ ...printed, requests: stub.requests }, names)
  } finally {
    await stub.close()
    blackhole?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const stub = new Stub([])
  const port = await stub.listen()
  await stub.close()
  return port
}

function answers(responses: Value | undefined): StubAnswer[] {
  return ((responses ?? []) as ValueMap[]).map(response => {
    const delay = response.get('delay')
    return {
      status: response.get('status') as number | undefined,
      headers: response.get('headers') as ReadonlyMap<string, string> | undefined,
      body: response.get('body'),
      delay: delay instanceof Float ? delay.value : (delay as number | undefined),
      action: response.get('action') as 'close' | 'reset' | undefined,
    }
  })
}

function substitute(value: Value, names: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') return value.replace(/\{([A-Z]+)\}/g, (whole, name) => names.get(name) ?? whole)
  if (Array.isArray(value)) return value.map(item => substitute(item, names))
  return value
}

function prepareFolder(input: ValueMap, names: ReadonlyMap<string, string>): void {
  const home = join(names.get('HOME')!, '.aws')
  const cwd = names.get('CWD')!
  mkdirSync(home, { recursive: true })
  mkdirSync(cwd)
  for (const [name, fallback] of [
    ['config', DEFAULT_CONFIG],
    ['credentials', DEFAULT_CREDENTIALS],
  ] as const) {
    const text = input.has(name) ? input.get(name)! : fallback
    if (text !== null) writeFileSync(join(home, name), substitute(text, names) as string)
  }
  for (const [name, content] of (input.get('files') ?? new Map()) as ValueMap) {
    const path = join(cwd, name)
    mkdirSync(dirname(path), { recursive: true })
    const bytes =
      content instanceof Map ? Buffer.from(content.get('hex') as string, 'hex') : (substitute(content, names) as string)
    writeFileSync(path, bytes, { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
  }
}

function environment(input: ValueMap, names: ReadonlyMap<string, string>): Record<string, string> {
  const env = new Map<string, string>([
    ['PATH', process.env['PATH'] ?? '/usr/bin:/bin'],
    ['HOME', names.get('HOME')!],
    ['LANG', 'C.UTF-8'],
    ['TZ', 'UTC'],
    ['AWS_EC2_METADATA_DISABLED', 'true'],
    ['TERM', 'xterm'],
  ])
  for (const [name, value] of (input.get('env') ?? new Map()) as ValueMap) {
    if (value === null) env.delete(name)
    else env.set(name, substitute(value, names) as string)
  }
  return Object.fromEntries(env)
}

type Printed = Omit<Outcome, 'requests'>

const baseIo = testIo()

async function runHere(argv: string[], env: Io['env'], cwd: string, terminal: boolean): Promise<Printed> {
  const out: string[] = []
  const err: string[] = []
  const io: Io = {
    ...baseIo,
    env,
    cwd,
    // A terminal turns every newline into two characters; so do we, in its place.
    stdout: { isTTY: terminal, write: text => void out.push(terminal ? text.replaceAll('\n', '\r\n') : text) },
    stderr: { write: text => void err.push(text) },
    stdin: {},
    random: () => 0,
    utcOffset: () => 0,
  }
  const exit = await run(argv, io)
  return { exit, stdout: out.join(''), stderr: err.join('') }
}

function runProcess(argv: string[], env: Record<string, string>, cwd: string, stdin: string): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const entry = new URL('entry.ts', import.meta.url).pathname
    // Node's pipes are sockets, which /dev/stdin cannot open again: the input is a file.
    const input = join(cwd, '..', 'stdin')
    writeFileSync(input, stdin)
    const descriptor = openSync(input, 'r')
    const child = spawn(process.execPath, [entry, ...argv], { env, cwd, stdio: [descriptor, 'pipe', 'pipe'] })
    closeSync(descriptor)
    const out: string[] = []
    const err: string[] = []
    child.stdout!.setEncoding('utf8').on('data', text => out.push(text))
    child.stderr!.setEncoding('utf8').on('data', text => err.push(text))
    child.on('error', reject)
    child.on('close', exit => resolve({ exit, stdout: out.join(''), stderr: err.join('') }))
  })
}

/**
 * A port where a connect never completes: a stopped process listens, and its queue is full. It is another process,
 * because a running Node accepts whatever arrives.
 */
async function openBlackhole(): Promise<{ readonly port: number; close(): void }> {
  const program =
    "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))"
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))))
  child.kill('SIGSTOP')
  const fillers: Socket[] = []
  for (let i = 0; i < 8; i++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
  // Two connections fill a queue of one; the others show that nobody takes them out.
  await new Promise<void>(resolve => fillers[0]!.once('connect', resolve))
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
    },
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function normalise(outcome: Outcome, names: ReadonlyMap<string, string>): Outcome {
  const text = (raw: string) =>
    ['HOME', 'CWD', 'CERT']
      .reduce((shown, name) => shown.replaceAll(names.get(name)!, `{${name}}`), raw)
      .replace(/(127\.0\.0\.\d|localhost)(:|', port=|, )(\d{4,5})\b/g, '$1$2{PORT}')
  const plain = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return key.endsWith('Token') && UUID.test(value) ? '{UUID}' : text(value)
    if (Array.isArray(value)) return value.map(item => plain(item))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, name)]))
  }
  const requests = plain(outcome.requests) as SeenRequest[]
  return { ...outcome, stdout: text(outcome.stdout), stderr: text(outcome.stderr), requests }
}

/** What is wrong with an outcome, by what differs: empty when the case passes. */
export function differences({ category, input, golden }: RecordedCase, outcome: Outcome): Record<string, unknown>[] {
  const wanted = toPlain(golden) as Record<string, unknown>
  const words = input.get('argv') as string[]
  const cut = (text: unknown) =>
    category === 'skeleton' && words.includes('yaml-input')
      ? String(text).replace(/#( \[REQUIRED\])?.*$/gm, (_, required) => (required ? '# [REQUIRED]' : '#'))
      : text
  const ignored = new Set(['sdk_request', ...((input.get('ignore_request') ?? []) as string[])])
  for (const name of (input.get('check_request') ?? []) as string[]) ignored.delete(name)
  const kept = (requests: unknown) =>
    (requests as SeenRequest[]).map(seen =>
      Object.fromEntries(Object.entries(seen).filter(([name]) => !ignored.has(name))),
    )
  const found: Record<string, unknown>[] = []
  const compare = (what: string, want: unknown, got: unknown) => {
    if (canonical(want) !== canonical(got)) found.push({ what, want, got })
  }
  for (const what of (input.get('check') ?? ['exit', 'stdout', 'stderr', 'requests']) as string[]) {
    if (what === 'requests') compare(what, kept(wanted['requests']), kept(outcome.requests))
    else if (what !== 'files') compare(what, cut(wanted[what]), cut(outcome[what as 'stdout']))
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const part of (input.get(`${stream}_contains`) ?? []) as string[]) {
      if (!outcome[stream].includes(part)) found.push({ what: `${stream} contains`, want: part, got: outcome[stream] })
    }
    const pattern = input.get(`${stream}_matches`) as string | undefined
    // Python's (?i) at the start is a flag here.
    const expression = pattern && new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? 'i' : '')
    if (expression && !expression.test(outcome[stream])) {
      found.push({ what: `${stream} matches`, want: pattern, got: outcome[stream] })
    }
  }
  return found
}

/** JSON with sorted keys, so that only the content counts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
