import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asOutputStrings, completeOutputs } from './outputs.ts'
import { parseDocument } from './parse.ts'
import { parseSelector, SelectorError, select } from './select.ts'

const answer = JSON.parse(`{
  "Payload": {"x": [], "n": 3, "deep": {"n": 4}, "list": [{"n": 1, "k": "a"}, {"n": 2, "k": "b"}], "x-y": 1, "a b": 2, "length": 9},
  "Outputs": [{"OutputKey": "X", "OutputValue": "found"}, {"OutputKey": "Y", "OutputValue": "other"}],
  "__proto__": {"n": 5}, "SnapshotId": "snap-1", "nothing": null
}`)

const rows: readonly [selector: string, found: unknown][] = [
  ['$.Payload.n', 3],
  ['SnapshotId', 'snap-1'],
  ['Payload.list[0].k', 'a'],
  ["$['Payload']['x-y']", 1],
  ['$["Payload"]["a b"]', 2],
  ['$.Payload.x-y', 1],
  ['$.Payload.list[1].n', 2],
  ['$.Payload.list[-1].n', 2],
  ['$.Payload.list[7].n', undefined],
  ['$.Payload.x[0]', undefined],
  ['$.Payload.list.length', 2],
  ['$.Payload.list.length()', undefined],
  ['$.Payload.length', 9],
  ['$..n', [3, 4, 1, 2, 5]],
  ['$.Payload..n', [3, 4, 1, 2]],
  ['$.Payload.list[*].k', ['a', 'b']],
  ['$.Payload.list.*.k', ['a', 'b']],
  ['$..k.length', [1, 1]],
  ["$.Outputs[?(@.OutputKey == 'X')].OutputValue", ['found']],
  ["$.Outputs[?(@.OutputKey=='Z')].OutputValue", []],
  ["$.Outputs[?(@.OutputKey != 'X')].OutputValue", ['other']],
  ['$.Payload.list[?(@.n == 2)].k', ['b']],
  ['$.Missing.more', undefined],
  ['$.constructor', undefined],
  ['$.Payload.toString', undefined],
  ['$.nothing.more', undefined],
  ['$.nothing', null],
]

describe('select', () => {
  for (const [selector, found] of rows) {
    test(`${selector} finds ${JSON.stringify(found)}`, () => {
      assert.deepEqual(select(parseSelector(selector), answer), found)
    })
  }

  test('$ finds everything', () => assert.equal(select(parseSelector('$'), answer), answer))

  for (const selector of [
    '',
    '$.',
    '$..',
    '$.a[',
    '$[(@.length-1)]',
    '$.a[?(@.b > 1)]',
    '$[?(process.exit())]',
    `$${'.a'.repeat(600)}`,
  ]) {
    test(`refuses ${selector.slice(0, 40) || 'nothing'}`, () =>
      assert.throws(() => parseSelector(selector), SelectorError))
  }

  test('ends deep scans that would grow without end', () => {
    let nested: unknown = 1
    for (let level = 0; level < 60; level++) nested = { a: nested, b: [nested] }
    assert.throws(() => select(parseSelector(`$${'..a'.repeat(50)}`), nested), SelectorError)
    let deep: unknown = 1
    for (let level = 0; level < 5000; level++) deep = [deep]
    assert.throws(() => select(parseSelector('$..a'), deep), SelectorError)
  })
})

const types: readonly [selector: string, type: string | undefined, output: unknown][] = [
  ['$.Payload.n', 'Integer', 3],
  ['$.Payload.n', 'String', '3'],
  ['$.SnapshotId', 'String', 'snap-1'],
  ['$.Payload.deep', 'StringMap', { n: 4 }],
  [
    '$.Payload.list',
    'MapList',
    [
      { n: 1, k: 'a' },
      { n: 2, k: 'b' },
    ],
  ],
  ['$..k', 'StringList', ['a', 'b']],
  ["$.Outputs[?(@.OutputKey == 'X')].OutputValue", 'String', 'found'],
  [
    '$.Payload.list',
    undefined,
    [
      { n: 1, k: 'a' },
      { n: 2, k: 'b' },
    ],
  ],
  ['$.Missing', 'Integer', undefined],
  ['$.nothing', 'String', undefined],
]
const wrongTypes: readonly [selector: string, type: string][] = [
  ['$.SnapshotId', 'Integer'],
  ['$.SnapshotId', 'Boolean'],
  ['$.SnapshotId', 'StringList'],
  ['$.SnapshotId', 'StringMap'],
  ['$.Payload.deep', 'String'],
  ['$.Payload.deep', 'MapList'],
  ['$.Payload.list', 'StringList'],
]

const step = (selector: string, type: string | undefined) =>
  parseDocument(
    JSON.stringify({
      schemaVersion: '0.3',
      mainSteps: [{ name: 's1', action: 'aws:pause', outputs: [{ Name: 'out', Selector: selector, Type: type }] }],
    }),
  ).mainSteps[0]!

describe('completeOutputs', () => {
  for (const [selector, type, output] of types) {
    test(`${selector} as ${type} is ${JSON.stringify(output)}`, () => {
      const completed = completeOutputs(step(selector, type), answer)
      assert.ok('outputs' in completed)
      assert.equal(JSON.stringify(completed.outputs['out']), JSON.stringify(output))
      assert.equal(Object.hasOwn(completed.outputs, 'out'), output !== undefined)
    })
  }
  for (const [selector, type] of wrongTypes) {
    test(`${selector} as ${type} fails the step`, () => {
      const completed = completeOutputs(step(selector, type), answer)
      assert.ok('failure' in completed)
      assert.match(
        completed.failure.message,
        new RegExp(`^Output out of step s1 is declared as ${type}, but its selector`),
      )
      assert.match(completed.failure.message, /Please refer to Automation Service Troubleshooting Guide/)
    })
  }
})

test('shows outputs as lists of strings, maps with the escapes of Gson', () => {
  assert.deepEqual(asOutputStrings('a=b'), ['a=b'])
  assert.deepEqual(asOutputStrings(3), ['3'])
  assert.deepEqual(asOutputStrings(false), ['false'])
  assert.deepEqual(asOutputStrings(['a', 1, { b: 'c=d' }]), ['a', '1', '{"b":"c\\u003dd"}'])
  assert.deepEqual(asOutputStrings({ a: "<&'>" }), ['{"a":"\\u003c\\u0026\\u0027\\u003e"}'])
  assert.deepEqual(asOutputStrings(undefined), [])
})
