import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson, printJson } from './json.ts'
import { Float, pythonRepr } from './values.ts'

const kept: readonly [json: string, printed: string][] = [
  ['{"b":1,"2":2,"1":3,"__proto__":4}', '{"b": 1, "2": 2, "1": 3, "__proto__": 4}'],
  ['[1, 1.0, 1e3, -0, -0.0, 12345678901234567890]', '[1, 1.0, 1000.0, 0, -0.0, 12345678901234567890]'],
  ['[1e16, 1e-5, 0.0001, 1.7e308]', '[1e+16, 1e-05, 0.0001, 1.7e+308]'],
  ['[NaN, Infinity, -Infinity]', '[NaN, Infinity, -Infinity]'],
  ['{"a":1,"a":2}', '{"a": 2}'],
  ['"\\u00e9\\ud83d\\ude80\\n"', '"é🚀\\n"'],
]

test('order of keys, size of integers and the kind of numbers are kept', () => {
  for (const [json, printed] of kept) assert.equal(printJson(parseJson(json)), printed, json)
})

const refused: readonly [json: string, message: string][] = [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['{"A":', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"A":["1"}', "Expecting ',' delimiter: line 1 column 10 (char 9)"],
  ['{a}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['"🚀\n"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['"ab', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"\\x"', 'Invalid \\escape: line 1 column 2 (char 1)'],
  ['[1]\n x', 'Extra data: line 2 column 2 (char 5)'],
  ['\ufeff{}', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
]

test('faults are told in the words of CPython', () => {
  for (const [json, message] of refused) assert.throws(() => parseJson(json), { message }, json)
})

test('a text nested without end is refused, not a crash', () => {
  assert.throws(() => parseJson('['.repeat(1_000_000)), { name: 'Error' })
})

test('values look in messages as they do in Python', () => {
  const shown = pythonRepr(parseJson(`{"a": ["it's", null, true, 1.5, "\\u0000é\\ud83d\\ude80"]}`))
  assert.equal(shown, `{'a': ["it's", None, True, 1.5, '\\x00é🚀']}`)
  const ordered = parseJson('{"A":[{"b":["c"]}]}', { ordered: true })
  assert.equal(pythonRepr(ordered), "OrderedDict([('A', [OrderedDict([('b', ['c'])])])])")
  assert.equal(pythonRepr(new Float(1)), '1.0')
})
