import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson } from './json.ts'
import type { Value } from './values.ts'
import { printYaml } from './yaml.ts'

/** Each row was printed by ruamel.yaml 0.17.21 with libyaml, set up as the AWS CLI sets it up. */
const rows: readonly [json: string, yaml: string][] = [
  ['{"b":[],"a":{},"c":null,"d":true,"e":1.5,"f":1e22}', 'a: {}\nb: []\nc: null\nd: true\ne: 1.5\nf: 1e+22\n'],
  ['["yes","no","on","1:30","y"]', '- yes\n- no\n- on\n- 1:30\n- y\n'],
  ['["0o7","=","<<","---","1","1e3","null",""]', "- '0o7'\n- '='\n- '<<'\n- '---'\n- '1'\n- '1e3'\n- 'null'\n- ''\n"],
  ['["- x","a: b","#c","x #y","it\'s"," lead"]', "- '- x'\n- 'a: b'\n- '#c'\n- 'x #y'\n- it's\n- ' lead'\n"],
  ['["a\\nb","a\\n\\nb\\n","\\ttab","🚀"]', '- \'a\n\n  b\'\n- \'a\n\n\n  b\n\n  \'\n- "\\ttab"\n- "\\U0001F680"\n'],
  ['[[["x"]],{"k":[{"a":1,"b":2}]}]', '- - - x\n- k:\n  - a: 1\n    b: 2\n'],
  ['{"2020-01-01":"2020-01-01T00:00:00+00:00"}', "'2020-01-01': '2020-01-01T00:00:00+00:00'\n"],
  ['["\\n\\n = yes > _1"]', '- "\\n\\n = yes > _1"\n'],
  ['{"k\\nk":{"a":"b"}}', "? 'k\n\n  k'\n: a: b\n"],
]

test('values are printed as ruamel prints them', () => {
  for (const [json, yaml] of rows) assert.equal(printYaml(parseJson(json)), yaml, json)
})

test('long texts are folded at 80 columns', () => {
  const words = Array.from({ length: 20 }, (_, i) => `word${i}`).join(' ')
  assert.equal(
    printYaml(new Map([['k', words]])),
    'k: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12\n' +
      '  word13 word14 word15 word16 word17 word18 word19\n',
  )
})

test('what occurs twice is printed once and then referred to, as ruamel does', () => {
  const [inner, list, empty] = [new Map([['x', 2]]), [1, 2], new Map()]
  const whole = [1, inner]
  const mapping = new Map<string, Value>([
    ['a', 1],
    ['b', whole],
  ])
  const value = new Map<string, Value>([
    ['k1', mapping],
    ['k0', mapping],
    ['l', [mapping, list, [list, list], empty]],
    ['z', [empty, whole, [inner]]],
    ['t', ['same', 'same', null, null]],
  ])
  assert.equal(
    printYaml(value),
    'k0: &id001\n  a: 1\n  b: &id004\n  - 1\n  - &id005\n    x: 2\nk1: *id001\nl:\n- *id001\n- &id002\n  - 1\n  - 2\n' +
      '- - *id002\n  - *id002\n- &id003 {}\nt:\n- same\n- same\n- null\n- null\nz:\n- *id003\n- *id004\n- - *id005\n',
  )
})
