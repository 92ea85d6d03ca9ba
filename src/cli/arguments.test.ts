import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeMatches, type OptionSpec, parseKnownArguments } from './arguments.ts'

function option(flag: string, extra: Partial<OptionSpec> = {}): OptionSpec {
  return { flag, dest: flag.slice(2), takes: 'one', ...extra }
}

const options: readonly OptionSpec[] = [
  option('--id'),
  option('--id-list', { takes: 'many' }),
  option('--force', { takes: 'flag', constant: true }),
  option('--no-force', { takes: 'flag', constant: false, dest: 'force' }),
  option('--skeleton', { takes: 'optional', constant: 'input', choices: ['input', 'output'] }),
  option('--count', { type: 'int' }),
]
const help = [{ name: 'help', required: false }]

const parsed: readonly [argv: string[], values: Record<string, unknown>, rest: string[]][] = [
  [[], {}, []],
  [['--id', 'a'], { id: 'a' }, []],
  [['--id=a=b'], { id: 'a=b' }, []],
  [['--id', 'a', '--id', 'b'], { id: 'b' }, []],
  [['--id', '-1'], { id: '-1' }, []],
  [['--id', '-x y'], { id: '-x y' }, []],
  [['--id', '-'], { id: '-' }, []],
  [['--id', ''], { id: '' }, []],
  [['--cou', '0x'.replace('x', '7')], { count: 7 }, []],
  [['--count', ' 1_000 '], { count: 1000 }, []],
  [['--id-list'], { 'id-list': [] }, []],
  [['--id-list', 'a', 'b', '--force'], { 'id-list': ['a', 'b'], force: true }, []],
  [['--force', '--no-force'], { force: false }, []],
  [['--skeleton'], { skeleton: 'input' }, []],
  [['--skeleton', 'output'], { skeleton: 'output' }, []],
  [['one', '--id', 'a', 'two', 'three'], { help: 'one', id: 'a' }, ['two', 'three']],
  [['--bogus', '1', '--id', 'a'], { help: '1', id: 'a' }, ['--bogus']],
  [['--id', 'a', '--', '--force', 'x'], { id: 'a', help: '--force' }, ['x']],
  [['--__proto__', 'x'], { help: 'x' }, ['--__proto__']],
]

test('words become options, positionals and a rest, as with argparse', () => {
  for (const [argv, values, rest] of parsed) {
    const result = parseKnownArguments(argv, options, help)
    assert.deepEqual([Object.fromEntries(result.values), result.rest], [values, rest], argv.join(' '))
  }
})

const refused: readonly [argv: string[], message: string][] = [
  [['--id'], 'argument --id: expected one argument'],
  [['--id', '--force'], 'argument --id: expected one argument'],
  [['--id', '-x'], 'argument --id: expected one argument'],
  [['--force=v'], "argument --force: ignored explicit argument 'v'"],
  [['--i', 'a'], 'ambiguous option: --i could match --id, --id-list'],
  [['--count', 'ten'], "argument --count: invalid int value: 'ten'"],
  [['--skeleton', 'xml'], "argument --skeleton: Found invalid choice 'xml'\n"],
  [['--skeleton', 'inputs'], "argument --skeleton: Found invalid choice 'inputs'\n\nMaybe you meant:\n\n  * input"],
]

test('wrong words are refused in the words of argparse', () => {
  for (const [argv, message] of refused) {
    assert.throws(() => parseKnownArguments(argv, options, help), { message }, argv.join(' '))
  }
})

test('required options and positionals are named in their order', () => {
  const required = [option('--a', { required: true }), option('--b', { required: true })]
  const run = (argv: string[]) => parseKnownArguments(argv, required, [{ name: 'operation', required: true }])
  assert.throws(() => run([]), { message: 'the following arguments are required: --a, --b, operation' })
  assert.throws(() => run(['--a', '1', 'x']), { message: 'the following arguments are required: --b' })
})

test('close matches are the best three, best first', () => {
  const names = ['describe-record', 'describe-product', 'describe-portfolio', 'list-portfolios', 'describe-records']
  assert.deepEqual(closeMatches('describe-recrd', names), ['describe-record', 'describe-records'])
  assert.deepEqual(closeMatches('frobnicate', names), [])
})
