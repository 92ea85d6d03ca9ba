import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseJson, printJson } from '../json.ts'
import { toPlain, type Value, type ValueMap } from '../values.ts'
import { JmespathRuntimeError, JmespathSyntaxError } from './errors.ts'
import { compile } from './search.ts'

const suite = new URL('../../../test/cases/jmespath/', import.meta.url)

function search(expression: string, json: string): Value {
  return compile(expression).search(parseJson(json))
}

test('the compliance suite passes wholly', t => {
  let count = 0
  for (const file of readdirSync(suite).filter(name => name.endsWith('.json'))) {
    const groups = parseJson(readFileSync(new URL(file, suite), 'utf8')) as ValueMap[]
    for (const group of groups) {
      for (const testCase of group.get('cases') as ValueMap[]) {
        const expression = testCase.get('expression') as string
        const where = `${file}: ${expression}`
        const run = () => compile(expression).search(group.get('given')!)
        if (testCase.has('error')) {
          assert.throws(run, error => checkKind(error, testCase.get('error') as string), where)
        } else if (testCase.has('result')) {
          assert.deepEqual(toPlain(run()), toPlain(testCase.get('result')!), where)
        } else {
          run()
        }
        count += 1
      }
    }
  }
  assert.equal(count, 908)
  t.diagnostic(`${count} of ${count} compliance cases pass`)
})

function checkKind(error: unknown, kind: string): boolean {
  if (error instanceof JmespathSyntaxError)
    return kind === 'syntax' || kind === 'unknown-function' || kind === 'invalid-arity'
  return error instanceof JmespathRuntimeError && (error.kind === kind || kind === 'runtime')
}

const edges: readonly [expression: string, json: string, printed: string][] = [
  ['to_number(@)', '"0x10"', 'null'],
  ['to_number(@)', '""', 'null'],
  ['to_number(@)', '"1_000"', '1000'],
  ['to_number(@)', '"1.50"', '1.5'],
  ['to_string(@)', '{"a":"é"}', '"{\\"a\\":\\"\\\\u00e9\\"}"'],
  ['length(@)', '"🚀é"', '2'],
  ['reverse(@)', '"a🚀"', '"🚀a"'],
  ['__proto__', '{}', 'null'],
  ['constructor', '{"a":1}', 'null'],
  ['__proto__', '{"__proto__":[1]}', '[1]'],
  ['avg(@)', '[]', 'null'],
  ['avg(@)', '[1,2]', '1.5'],
  ['avg(@)', '[2,2]', '2.0'],
  ['sum(@)', '[1,2]', '3'],
  ['sum(@)', '[]', '0'],
  ['sum(@)', '[1,0.5]', '1.5'],
  ['`1` == `1.0`', 'null', 'true'],
  ['`true` == `1`', 'null', 'false'],
  ['contains(@, `1`)', '[true]', 'true'],
  ['[1] < `2`', 'null', 'null'],
  ['keys(@)', '{"b":1,"2":2,"1":3}', '["b", "2", "1"]'],
  ['sort(@)', '["\\ud83d\\ude80","\\uffee"]', '["￮", "🚀"]'],
  ['[`1`,`1.0`,`1e3`,`-0.5`,`12345678901234567890`]', '{}', '[1, 1.0, 1000.0, -0.5, 12345678901234567890]'],
]

test('numbers, strings and keys behave as in Python', () => {
  for (const [expression, json, printed] of edges) {
    assert.equal(printJson(search(expression, json)), printed, `${expression} on ${json}`)
  }
})

const faults: readonly [expression: string, message: string][] = [
  ['', 'Invalid JMESPath expression: cannot be empty.'],
  [
    'a.',
    "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof: Parse error at column 2, token \"\" (EOF), for expression:\n\"a.\"\n   ^",
  ],
  ['foo[', 'Invalid jmespath expression: Incomplete expression:\n"foo["\n     ^'],
  [
    'a b',
    'Unexpected token: b: Parse error at column 2, token "b" (UNQUOTED_IDENTIFIER), for expression:\n"a b"\n   ^',
  ],
  ['a = b', "Bad jmespath expression: Unknown token '=':\na = b\n  ^"],
  ["'x", "Bad jmespath expression: Unclosed ' delimiter:\n'x\n^"],
  ['nosuch(@)', 'Unknown function: nosuch()'],
  ['length()', 'Expected 1 argument for function length(), received 0'],
  ['merge()', 'Expected at least 1 argument for function merge(), received 0'],
  [
    'length(@)',
    "In function length(), invalid type for value: None, expected one of: ['string', 'array', 'object'], received: \"null\"",
  ],
  [
    'sum(`["a"]`)',
    'In function sum(), invalid type for value: a, expected one of: [\'array-number\'], received: "str"',
  ],
  ['`1` < `"a"`', "'<' not supported between instances of 'int' and 'str'"],
]

test('errors read as the Python library has them', () => {
  for (const [expression, message] of faults) {
    assert.throws(() => compile(expression).search(null), { message }, expression)
  }
})

test('a deeply nested expression is refused, not a crash', () => {
  assert.throws(() => compile('('.repeat(100_000)), JmespathSyntaxError)
})
