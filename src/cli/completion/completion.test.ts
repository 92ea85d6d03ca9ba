import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { capture } from '../../../test/cli/io.ts'
import { run } from '../main.ts'
import { completionScript, SHELLS } from './scripts.ts'
import { quoteWord, splitLine } from './words.ts'

/** What bash sets by itself. */
const BREAKS = ' \t\n"\'><=;|&(:'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-complete-'))
  mkdirSync(join(folder, 'in put'))
  mkdirSync(join(folder, '.hidden'))
  mkdirSync(join(folder, '.aws'))
  writeFileSync(join(folder, 'input.json'), '{}')
  writeFileSync(join(folder, 'in put', 'a.json'), '{}')
  symlinkSync('in put', join(folder, 'link'))
  symlinkSync('loop', join(folder, 'loop'))
  writeFileSync(join(folder, '.aws', 'config'), '[default]\n[profile work]\n[profile two words]\n')
  const bellhop = join(folder, 'bellhop')
  writeFileSync(bellhop, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, '../../bin.ts')}' "$@"\n`)
  chmodSync(bellhop, 0o755)
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function complete(shell: string, ...words: string[]): Promise<string[]> {
  const ran = await capture(io => run(['__complete', shell, ...words], io), { env: { HOME: folder }, cwd: folder })
  assert.deepEqual([ran.exit, ran.stderr], [0, ''], words.join(' '))
  return ran.stdout.split('\n').slice(0, -1)
}

const bash = (line: string) => complete('bash', BREAKS, line)

test('a line is split as a shell does', () => {
  const rows: readonly (readonly [string, string[], string, number, string?])[] = [
    ['', [], '', 0],
    ['a b', ['a'], 'b', 2],
    ['a b ', ['a', 'b'], '', 4],
    ["a 'b c'd", ['a'], 'b cd', 2],
    ['a "b \\" c" ', ['a', 'b " c'], '', 11],
    ['a\\ b', [], 'a b', 0],
    ["a '' ", ['a', ''], '', 5],
    ["a 'b c", ['a'], 'b c', 2, "'"],
    ['a "b\\', ['a'], 'b\\', 2, '"'],
    ['a\\', [], 'a', 0],
  ]
  for (const [line, words, current, start, open] of rows) {
    assert.deepEqual(splitLine(line), { words, current, start, open }, JSON.stringify(line))
  }
  for (const word of ['', 'a', 'a b', "it's", '$x', '{"a": [1]}', '漢', '--a=b,c']) {
    assert.deepEqual(splitLine(`${quoteWord(word)} `).words, [word])
  }
})

const rows: readonly (readonly [line: string, wanted: readonly string[]])[] = [
  ['bellhop serv', ['servicecatalog ', 'server ']],
  ['bellhop servicecatalog exec', ['execute-provisioned-product-plan ', 'execute-provisioned-product-service-action ']],
  ['bellhop --region eu-west-1 servicecatalog describe-rec', ['describe-record ']],
  ['bellhop sts get', ['get-caller-identity ']],
  ['bellhop servicecatalog describe-record --i', ['--id ']],
  // What is given is not offered again, and neither is the other way to give all input.
  ['bellhop servicecatalog describe-record --id x --i', []],
  ['bellhop servicecatalog describe-record --cli-input-json x --cli-i', []],
  ['bellhop servicecatalog describe-provisioning-artifact --no-verb', ['--no-verbose ']],
  ['bellhop servicecatalog describe-provisioning-artifact --verbose --no-verb', []],
  // Values: of enums, of choices, of profiles; after = bash wants what stands behind it.
  ['bellhop servicecatalog create-product --product-type TERRAFORM_C', ['TERRAFORM_CLOUD ']],
  ['bellhop servicecatalog create-product --product-type=TERRAFORM_C', ['TERRAFORM_CLOUD ']],
  ['bellhop servicecatalog copy-product --copy-options Copy', ['CopyTags ']],
  ['bellhop servicecatalog describe-record --output ya', ['yaml ', 'yaml-stream ']],
  ['bellhop servicecatalog describe-record --generate-cli-skeleton ya', ['yaml-input ']],
  ['bellhop servicecatalog describe-record --profile w', ['work ']],
  ['bellhop servicecatalog describe-record --profile t', ['two\\ words ']],
  ['bellhop servicecatalog describe-record --region eu-west-', ['eu-west-1 ', 'eu-west-2 ', 'eu-west-3 ']],
  // An option may be shortened, as the parser takes it.
  ['bellhop servicecatalog describe-record --outp js', ['json ']],
  // Files, from where the colon broke the word; a folder goes on, a blank in a name is escaped.
  ['bellhop servicecatalog describe-record --cli-input-json ', ['file://']],
  ['bellhop servicecatalog describe-record --cli-input-json file://in', ['//in\\ put/', '//input.json ']],
  ['bellhop servicecatalog describe-record --cli-input-json file://in\\ put/', ['//in\\ put/a.json ']],
  ['bellhop servicecatalog describe-record --cli-input-json file://l', ['//link/', '//loop ']],
  ["bellhop servicecatalog describe-record --cli-input-json 'file://in put/", ["file://in put/a.json' "]],
  ['bellhop servicecatalog describe-record --cli-input-json file://~/inp', ['//~/input.json ']],
  ['bellhop servicecatalog describe-record --cli-input-json file://.h', ['//.hidden/']],
  ['bellhop servicecatalog describe-record --cli-input-json file://nowhere/', []],
  ['bellhop servicecatalog create-constraint --parameters f', ['file://']],
  ['bellhop servicecatalog describe-record --ca-bundle inp', ['input.json ']],
  // Shorthand, one level deep.
  ['bellhop servicecatalog search-provisioned-products --access-level-filter K', ['Key=']],
  ['bellhop servicecatalog search-provisioned-products --access-level-filter Key=A', ['Account ']],
  ['bellhop servicecatalog search-provisioned-products --access-level-filter Key=Role,', ['Role,Value=']],
  ['bellhop servicecatalog provision-product --tags Key=a,Value=b K', ['Key=']],
  ['bellhop servicecatalog provision-product --tags --accept-language z', ['zh ']],
  ['bellhop completion ', ['bash ', 'zsh ', 'fish ']],
  // Nothing is offered where nothing is known, and nothing breaks.
  ['bellhop servicecatalog describe-record --id ', []],
  ['bellhop nosuch ', []],
  ['bellhop servicecatalog nosuch --i', []],
  ['bellhop servicecatalog __proto__ --id ', []],
  ['bellhop constructor ', []],
  ["bellhop 'serv", ["servicecatalog' ", "server' "]],
]

test('bash is answered with what fits', async () => {
  for (const [line, wanted] of rows) {
    assert.deepEqual(await bash(line), wanted, line)
  }
})

test('what the AWS CLI does not have is offered, and not to those who call it aws', async () => {
  const rows: readonly (readonly [line: string, wanted: readonly string[]])[] = [
    ['bellhop bat', ['batch ']],
    ['bellhop batch --j', ['--jobs ']],
    ['bellhop explain --req', ['--request-id ']],
    ['bellhop approve 1 --com', ['--comment ']],
    ['bellhop stop --comp', ['--complete ']],
    ['bellhop executions --wa', ['--waiting ']],
    ['bellhop servicecatalog wa', ['wait ']],
    ['bellhop servicecatalog wait ', ['record-succeeded ', 'provisioned-product-available ']],
    ['bellhop servicecatalog wait record-succeeded --t', ['--timeout ']],
    ['bellhop servicecatalog wait record-succeeded --n', ['--no-verify-ssl ', '--no-paginate ']],
    ['bellhop servicecatalog wait provisioned-product-available --na', ['--name ']],
    ['bellhop servicecatalog provision-product --wait', ['--wait ', '--wait-timeout ', '--wait-interval ']],
    ['bellhop servicecatalog describe-record --wait', []],
  ]
  const ask = async (program: string, line: string) => {
    const words = ['__complete', 'bash', BREAKS, line]
    const ran = await capture(io => run(words, { ...io, program }), { env: { HOME: folder }, cwd: folder })
    return ran.stdout.split('\n').slice(0, -1)
  }
  for (const [line, wanted] of rows) {
    assert.deepEqual((await ask('bellhop', line)).slice(0, wanted.length || undefined), wanted, line)
    const asAws = await ask('aws', line)
    assert.deepEqual(
      asAws.filter(word => wanted.includes(word) && !word.startsWith('--no-')),
      [],
      line,
    )
  }
})

test('required options come first, then the others, then the global ones', async () => {
  const got = await bash('bellhop servicecatalog execute-provisioned-product-service-action --')
  assert.deepEqual(got.slice(0, 3), ['--provisioned-product-id ', '--service-action-id ', '--execute-token '])
  assert.ok(got.indexOf('--debug ') > got.indexOf('--generate-cli-skeleton '))
  const after = await bash('bellhop servicecatalog execute-provisioned-product-service-action ')
  assert.deepEqual(after, got)
})

test('zsh and fish are told what a word is', async () => {
  assert.deepEqual(await complete('fish', 'servicecatalog', 'describe-rec'), [
    'describe-record\tShow a record: what was requested, how it stands, its errors and outputs.',
  ])
  assert.deepEqual(await complete('zsh', 'servicecatalog', 'describe-record', '--i'), [
    '--id\twhole\t[required] Id of the record (rec-...).',
  ])
  assert.deepEqual(await complete('zsh', 'servicecatalog', 'describe-record', '--cli-input-yaml', 'file://in p'), [
    'file://in put/\tpartial\t',
  ])
  assert.deepEqual(await complete('fish', 'servicecatalog', 'describe-record', '--cli-input-yaml', "'file://in p"), [
    'file://in put/\t',
  ])
})

test('a call without words, or from an unknown shell, answers something and no error', async () => {
  assert.ok((await complete('bash')).length > 0)
  assert.ok((await complete('zsh')).length > 0)
  assert.ok((await complete('tcsh', 'serv')).length > 0)
})

test('completion prints a script for each shell and refuses others', async () => {
  const env = { HOME: folder }
  for (const shell of SHELLS) {
    const ran = await capture(io => run(['completion', shell], { ...io, program: 'bellhop' }), { env })
    assert.deepEqual([ran.exit, ran.stdout, ran.stderr], [0, completionScript(shell, 'bellhop'), ''])
  }
  for (const words of [[], ['tcsh'], ['bash', 'zsh']]) {
    const ran = await capture(io => run(['completion', ...words], io), { env })
    assert.deepEqual([ran.exit, ran.stdout], [252, ''], words.join(' '))
  }
  // A shell's start-up file must not end up in a prompt.
  const ran = await capture(io => run(['completion', 'bash'], io), { env: { ...env, AWS_CLI_AUTO_PROMPT: 'on' } })
  assert.equal(ran.exit, 0)
})

for (const shell of SHELLS) {
  test(`the script is valid ${shell}`, t => {
    if (spawnSync(shell, ['-c', 'true']).error) return t.skip(`${shell} is not installed`)
    for (const program of ['bellhop', 'aws', 'my-bellhop.v2']) {
      const script = join(folder, `${program}.${shell}`)
      writeFileSync(script, completionScript(shell, program))
      const done = spawnSync(shell, ['-n', script], { encoding: 'utf8' })
      assert.deepEqual([done.status, done.stderr], [0, ''], program)
    }
  })
}

test('bash asks through the script', () => {
  const ask = (line: string) =>
    execFileSync(
      'bash',
      [
        '--norc',
        '-c',
        'source <("$0" completion bash); COMP_LINE=$1 COMP_POINT=${#1}; _bellhop_complete "$0"; ' +
          'printf "%s\\n" "${COMPREPLY[@]}"; complete -p bellhop',
        join(folder, 'bellhop'),
        line,
      ],
      { encoding: 'utf8', cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } },
    ).split('\n')
  const registered = 'complete -o nospace -F _bellhop_complete bellhop'
  assert.deepEqual(ask('bellhop servicecatalog describe-rec'), ['describe-record ', registered, ''])
  assert.deepEqual(ask('bellhop sts assume-role --policy file://in'), ['//in\\ put/', '//input.json ', registered, ''])
  assert.deepEqual(ask('bellhop nosuch '), ['', registered, ''])
})

test('fish asks through the script', t => {
  if (spawnSync('fish', ['-c', 'true']).error) return t.skip('fish is not installed')
  const ask = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', 'bellhop completion fish | source; complete -C $argv[1]', line], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder },
    }).split('\n')
  assert.match(ask('bellhop servicecatalog describe-rec')[0]!, /^describe-record\tShow a record/)
  assert.deepEqual(ask('bellhop servicecatalog describe-record --output tex'), ['text', ''])
})
