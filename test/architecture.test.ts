import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

/** Who may import whom. A room that is not named for another may not be imported by it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  sigv4: [],
  processes: [],
  aws: [],
  nodes: ['processes'],
  protocol: ['model'],
  catalog: ['model'],
  identity: ['model'],
  runbook: ['model', 'catalog', 'aws', 'processes'],
  engines: ['model', 'catalog', 'aws', 'processes'],
  storage: ['model', 'catalog'],
  operations: ['model', 'protocol', 'catalog', 'identity', 'storage'],
  worker: ['model', 'catalog', 'aws', 'storage', 'runbook', 'engines'],
  server: [
    'model',
    'sigv4',
    'protocol',
    'catalog',
    'identity',
    'runbook',
    'aws',
    'engines',
    'storage',
    'worker',
    'operations',
    'processes',
    'nodes',
  ],
  cli: ['model', 'sigv4', 'protocol'],
  // `bellhop document`: what authors of documents use. It shares no file with the CLI, which is handed in by the entry.
  authoring: ['model', 'catalog', 'runbook', 'aws', 'processes'],
}

/** Files beside the rooms, and what they may load. */
const entries: Readonly<Record<string, readonly string[]>> = {
  'bin.ts': ['authoring', 'cli', 'server', '..'],
  'relaunch.ts': [],
}

/** Rooms whose files do no I/O: what is outside comes in through parameters. */
const pure = [
  'catalog',
  'identity',
  ...['interpolate', 'interpreter', 'loop', 'select', 'sequence', 'simulate', 'values', 'variables'].map(
    name => `runbook/${name}.ts`,
  ),
]
const pureMayImport = new Set<string>()

const source = join(import.meta.dirname, '../src')
const files = globSync('**/*.ts', { cwd: source }).map(file => file.replaceAll('\\', '/'))

function imports(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
  )
  return [...found].map(match => match[1] ?? match[2] ?? match[3]!)
}

function roomOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file
}

function target(file: string, specifier: string): string {
  return relative(source, resolve(dirname(join(source, file)), specifier)).replaceAll('\\', '/')
}

test('every room imports only the rooms it may', () => {
  const broken: string[] = []
  for (const file of files) {
    const room = roomOf(file)
    const mayImport = allowed[room] ?? entries[room]
    assert.ok(mayImport, `${file} lies in a room that has no rule`)
    // Tests may use the whole of what stands below them, to work with the real thing.
    if (/\.test\.ts$|testing|testsuite|testdata/.test(file)) continue
    for (const specifier of imports(file)) {
      if (!specifier.startsWith('.')) continue
      const other = roomOf(target(file, specifier))
      if (other !== room && !entries[other] && !mayImport.includes(other)) broken.push(`${file} imports ${specifier}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('operations and worker never import each other', () => {
  assert.ok(!allowed['operations']!.includes('worker') && !allowed['worker']!.includes('operations'))
})

test('operations take nothing of protocol but its errors', () => {
  const broken = files
    .filter(file => file.startsWith('operations/') && !file.endsWith('.test.ts') && !file.includes('testing'))
    .flatMap(file => imports(file).map(specifier => [file, target(file, specifier)] as const))
    .filter(([, other]) => other.startsWith('protocol/') && other !== 'protocol/errors.ts')
  assert.deepEqual(broken, [])
})

test('pure files import no Node module and no library', () => {
  const broken: string[] = []
  for (const file of files) {
    if (!pure.some(prefix => file === prefix || file.startsWith(`${prefix}/`)) || file.endsWith('.test.ts')) continue
    for (const specifier of imports(file)) {
      if (!specifier.startsWith('.') && !pureMayImport.has(specifier)) broken.push(`${file} imports ${specifier}`)
    }
  }
  assert.deepEqual(broken, [])
})
