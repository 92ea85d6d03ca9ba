import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { capture } from '../../../test/cli/io.ts'
import { Stub } from '../../../test/cli/stub.ts'
import { operationSlice } from '../../model/slices.ts'
import {
  ACTIVITY_OPTIONS,
  BATCH_OPTIONS,
  EXECUTIONS_OPTIONS,
  EXPLAIN_OPTIONS,
  extraOptions,
  RESUME_RUN_OPTIONS,
  SIGNAL_OPTIONS,
  WAITERS,
  waiterOptions,
} from '../beyond/options.ts'
import { COMMANDS, ENTRY_COMMANDS, isService, operationsOf } from '../commands.ts'
import { splitLine } from '../completion/words.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import { run } from '../main.ts'
import { operationOptions, parametersOf } from '../parameters.ts'
import { COMMAND_TEXTS, WAITER_TEXTS } from './command-texts.ts'
import { EXAMPLES } from './examples.ts'
import { twoColumns, wrap } from './layout.ts'
import { COMMON_OPTION_TEXTS, EXTRA_OPTION_TEXTS, GLOBAL_OPTION_TEXTS } from './option-texts.ts'
import { constraintsOf, jsonSyntax, shorthandSyntax } from './syntax.ts'

async function help(...words: string[]): Promise<string> {
  const ran = await capture(io => run([...words, 'help'], io), { env: { HOME: '/nonexistent' } })
  assert.deepEqual([ran.exit, ran.stderr], [0, ''], words.join(' '))
  return ran.stdout
}

/** The lines of one section, without their indentation. */
function section(page: string, heading: string): string[] {
  const lines = page.split('\n')
  const from = lines.indexOf(heading)
  assert.ok(from >= 0, `no section ${heading}`)
  const to = lines.findIndex((line, index) => index > from && /^[A-Z]/.test(line))
  return lines.slice(from + 1, to < 0 ? undefined : to).map(line => line.slice(4))
}

test('every operation of every service has a page with its options and every section in order', async () => {
  for (const service of COMMANDS.filter(isService)) {
    const index = await help(service)
    for (const [name, operation] of operationsOf(service)) {
      assert.match(index, new RegExp(`\\n    ${name}(\\n| )`), `${service} ${name}`)
      const page = await help(service, name)
      const headings = page.split('\n').filter(line => /^[A-Z]/.test(line))
      const wanted = ['NAME', 'DESCRIPTION', 'SYNOPSIS', 'OPTIONS', 'GLOBAL OPTIONS', 'EXAMPLES', 'OUTPUT']
      assert.deepEqual(headings, EXAMPLES.has(`${service} ${name}`) ? wanted : wanted.filter(h => h !== 'EXAMPLES'))
      const { model, operation: facts, paginator } = operationSlice(service, operation)
      const options = section(page, 'OPTIONS')
      const synopsis = section(page, 'SYNOPSIS')
      for (const { flag } of operationOptions(parametersOf(model, facts), paginator, true)) {
        assert.ok(
          options.some(line => line.split(' | ').some(part => part.split(' ')[0] === flag)),
          `${name} ${flag}`,
        )
        assert.ok(
          synopsis.some(line => new RegExp(`(^|[ [])${flag}($|[ \\]])`).test(line)),
          `${name} ${flag}`,
        )
      }
    }
  }
})

test('required options come first, and optional ones stand in brackets', async () => {
  const page = await help('servicecatalog', 'create-product')
  const lines = section(page, 'SYNOPSIS').map(line => line.trim())
  assert.deepEqual(lines.slice(0, 5), [
    'create-product',
    '--name <value>',
    '--owner <value>',
    '--product-type <value>',
    '[--accept-language <value>]',
  ])
  assert.ok(lines.includes('[--tags <value> ...]'))
  assert.match(await help('servicecatalog', 'describe-provisioning-artifact'), /\[--verbose \| --no-verbose\]/)
})

test('a page says what the model demands', async () => {
  const page = await help('servicecatalog', 'create-product')
  assert.match(page, /--product-type \(string\) \[required\]\n(?: {8}.+\n)+ {8}Values: CLOUD_FORMATION_TEMPLATE,/)
  assert.match(page, /--name \(string\) \[required\]\n(?: {8}.+\n)+ {8}Length: at most 8191 characters\./)
  assert.match(page, /Shorthand syntax:\n {10}Key=string,Value=string \.\.\.\n/)
  assert.match(page, /JSON syntax:\n {10}\[\n {12}\{\n {14}"Key": "string",\n {14}"Value": "string"\n {12}\},\n/)
  assert.match(await help('servicecatalog', 'search-provisioned-products'), /Range: 0 to 100\./)
})

test('syntax of nested, recursive and enumerated shapes', () => {
  const shapes = {
    Text: { type: 'string' },
    Size: { type: 'string', enum: ['S', 'L'] },
    Texts: { type: 'list', member: { shape: 'Text' } },
    Map: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Texts' } },
    Inner: { type: 'structure', members: { A: { shape: 'Text' }, On: { shape: 'Flag' } } },
    Flag: { type: 'boolean' },
    Outer: { type: 'structure', members: { In: { shape: 'Inner' }, Size: { shape: 'Size' } } },
    Outers: { type: 'list', member: { shape: 'Outer' } },
    Tree: { type: 'structure', members: { Leaf: { shape: 'Text' }, Branch: { shape: 'Tree' } } },
  } as const
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Text', undefined],
    ['Texts', '"string" "string" ...'],
    ['Map', 'KeyName1=string,string,KeyName2=string,string'],
    ['Outer', 'In={A=string,On=true|false},Size=string'],
    ['Outers', 'In={A=string,On=true|false},Size=string ...'],
    ['Tree', undefined],
  ]
  for (const [shape, wanted] of rows) assert.equal(shorthandSyntax({ shape }, shapes), wanted, shape)
  assert.equal(jsonSyntax({ shape: 'Text' }, shapes), undefined)
  assert.equal(jsonSyntax({ shape: 'Map' }, shapes), '{\n  "KeyName": ["string", ...],\n  ...\n}')
  assert.equal(jsonSyntax({ shape: 'Tree' }, shapes), '{\n  "Leaf": "string",\n  "Branch": { ... }\n}')
  assert.match(jsonSyntax({ shape: 'Outer' }, shapes)!, /"Size": "S"\|"L"/)
})

test('constraints read as sentences', () => {
  assert.deepEqual(constraintsOf({ type: 'string', min: 1, max: 9, pattern: 'x' }), [
    'Length: 1 to 9 characters.',
    'Pattern: x',
  ])
  assert.deepEqual(constraintsOf({ type: 'list', member: { shape: 'X' }, max: 5 }), ['Size: at most 5 items.'])
  assert.deepEqual(constraintsOf({ type: 'integer', min: 0 }), ['Range: at least 0.'])
  assert.deepEqual(constraintsOf({ type: 'map', key: { shape: 'K' }, value: { shape: 'V' }, min: 2, max: 2 }), [
    'Size: exactly 2 keys.',
  ])
  assert.deepEqual(constraintsOf({ type: 'boolean' }), [])
})

test('no option and no command of ours is without a text', () => {
  assert.deepEqual(
    GLOBAL_OPTIONS.filter(({ dest }) => !GLOBAL_OPTION_TEXTS.has(dest)),
    [],
  )
  assert.deepEqual([...COMMAND_TEXTS.keys()].sort(), [...COMMANDS, ...ENTRY_COMMANDS].sort())
  const { model, operation, paginator } = operationSlice('servicecatalog', 'ListPortfolios')
  const own = new Set(parametersOf(model, operation).map(({ name }) => name))
  const common = operationOptions(parametersOf(model, operation), paginator, true)
  const provision = operationSlice('servicecatalog', 'ProvisionProduct')
  const waiting = extraOptions({ service: 'servicecatalog', ...provision }, 'bellhop')
  assert.equal(waiting.length, 3)
  const all = [...common.filter(({ dest }) => !own.has(dest)), ...waiting]
  assert.deepEqual(
    all.filter(({ dest }) => !COMMON_OPTION_TEXTS.has(dest)),
    [],
  )
  const signals = Object.values(SIGNAL_OPTIONS).flat()
  const extra = [
    ...ACTIVITY_OPTIONS,
    ...BATCH_OPTIONS,
    ...EXECUTIONS_OPTIONS,
    ...EXPLAIN_OPTIONS,
    ...RESUME_RUN_OPTIONS,
    ...signals,
    ...WAITERS.flatMap(waiterOptions),
  ]
  assert.deepEqual(
    extra.filter(({ dest }) => !EXTRA_OPTION_TEXTS.has(dest)),
    [],
  )
  assert.deepEqual([...WAITER_TEXTS.keys()], [...WAITERS])
})

test('every example is a command that is sent as it stands', async () => {
  const stub = new Stub([{}])
  const url = `http://127.0.0.1:${await stub.listen()}`
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_REGION: 'eu-west-1',
    HOME: '/nonexistent',
  }
  try {
    let count = 0
    for (const [operation, examples] of EXAMPLES) {
      for (const { command } of examples) {
        const words = splitLine(`${operation} ${command.join(' ')} `).words
        const ran = await capture(io => run([...words, '--endpoint-url', url], io), { env })
        assert.deepEqual([ran.exit, ran.stderr], [0, ''], words.join(' '))
        count += 1
      }
    }
    assert.equal(stub.requests.length, count)
    const body = stub.requests[2]?.['body'] as Record<string, unknown> | undefined
    assert.deepEqual(body?.['Parameters'], { Message: ['Hello, world'] })
  } finally {
    await stub.close()
  }
})

test('on a terminal a page goes through the pager, even where the profile is missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-help-'))
  try {
    const pager = join(folder, 'pager.sh')
    writeFileSync(pager, `#!/bin/sh\ncat > ${folder}/shown\n`)
    chmodSync(pager, 0o755)
    const terminal = { isTTY: true, columns: 72, write: () => {} }
    const env = { HOME: folder, PATH: process.env['PATH'], AWS_PAGER: pager, AWS_PROFILE: 'nowhere' }
    const ran = await capture(io => run(['help'], { ...io, stdout: terminal }), { env })
    assert.deepEqual([ran.exit, ran.stderr], [0, ''])
    const shown = readFileSync(join(folder, 'shown'), 'utf8')
    assert.match(shown, /^NAME\n/)
    assert.ok(shown.split('\n').every(line => line.length <= 72))
    const printed: string[] = []
    const direct = { ...terminal, write: (text: string) => void printed.push(text) }
    await capture(io => run(['help', '--no-cli-pager'], { ...io, stdout: direct }), { env })
    assert.equal(printed.join(''), shown)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('text is wrapped at blanks and set in columns', () => {
  assert.equal(wrap('one two three', 7), 'one two\nthree')
  assert.equal(wrap('one two three', 7, 2), 'one two\n  three')
  assert.equal(wrap('averylongword x', 5), 'averylongword\nx')
  assert.equal(wrap('', 5), '')
  assert.equal(
    twoColumns(
      [
        ['a', 'one two'],
        ['bcd', ''],
      ],
      24,
    ),
    'a    one two\nbcd',
  )
})
