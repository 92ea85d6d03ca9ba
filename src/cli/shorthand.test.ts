import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../model/services.ts'
import { printJson } from './json.ts'
import { fitToModel, parseShorthand } from './shorthand.ts'

const noFiles = () => undefined

const parsed: readonly [text: string, json: string][] = [
  ['a=b', '{"a": "b"}'],
  ['a=b,c', '{"a": ["b", "c"]}'],
  ['a=b,c=d', '{"a": "b", "c": "d"}'],
  ['a=1,2,,b=3', '{"a": ["1", "2"], "b": "3"}'],
  ['a=', '{"a": ""}'],
  ['a=[]', '{"a": []}'],
  ['a=[b,]', '{"a": ["b"]}'],
  ['a=[b,[c]],d={e=f,g=[h]}', '{"a": ["b", ["c"]], "d": {"e": "f", "g": ["h"]}}'],
  ['a = 1 , 2 , b = 3', '{"a": ["1", "2"], "b": "3"}'],
  ['a=b=c', '{"a": "b=c"}'],
  ['a="x,y=z",w', '{"a": ["x,y=z", "w"]}'],
  [String.raw`a='it\'s'`, `{"a": "it's"}`],
  [String.raw`a=b\,c,d`, '{"a": ["b,c", "d"]}'],
  ['a=é日本', '{"a": "é日本"}'],
  ['__proto__=1', '{"__proto__": "1"}'],
]

test('shorthand is read as the AWS CLI reads it', () => {
  for (const [text, json] of parsed) assert.equal(printJson(parseShorthand(text, noFiles)), json, text)
})

const refused: readonly [text: string, message: string][] = [
  ['', "Expected: '=', received: 'EOF' for input:\n \n^"],
  ['justtext', "Expected: '=', received: 'EOF' for input:\n justtext\n        ^"],
  ['a@b=1', "Expected: '=', received: 'b' for input:\n a@b=1\n  ^"],
  ['a=1,', "Expected: '<second>', received: '<none>' for input:\n a=1,\n    ^"],
  ['a=[1', "Expected: ',', received: 'EOF' for input:\n a=[1\n    ^"],
  ['a="b', `Expected: '<double quoted>', received: '<none>' for input:\n a="b\n  ^`],
  ['a=b,\nc@x\nd=1', "Expected: '=', received: 'x' for input:\n a=b,\nc@x\n  ^\nd=1"],
  ['a=🚀', "Expected: ',', received: '🚀' for input:\n a=🚀\n  ^"],
  [
    'a=1,a=2',
    'Second instance of key "a" encountered for input:\na=1,a=2\n    ^\n' +
      'This is often because there is a preceding "," instead of a space.',
  ],
]

test('faults name what was expected and where', () => {
  for (const [text, message] of refused) {
    assert.throws(() => parseShorthand(text, noFiles), { message }, text)
  }
})

test('a value after @= comes from a file', () => {
  const files = (text: string) => (text === 'file://f' ? 'content' : undefined)
  assert.equal(printJson(parseShorthand('a@=file://f,b=file://f', files)), '{"a": "content", "b": "file://f"}')
  assert.equal(
    printJson(parseShorthand('a@=[file://f,x],b@="file://f"', files)),
    '{"a": ["content", "x"], "b": "content"}',
  )
})

test('values are fitted to their model', () => {
  const { shapes } = services.servicecatalog
  const fit = (text: string, shape: string) => printJson(fitToModel(parseShorthand(text, noFiles), { shape }, shapes))
  assert.equal(fit('A=1,B=', 'ExecutionParameterMap'), '{"A": ["1"], "B": [""]}')
  assert.equal(
    fit('Key=a,UsePreviousValue=False', 'UpdateProvisioningParameter'),
    '{"Key": "a", "UsePreviousValue": false}',
  )
  assert.equal(
    fit('StackSetFailureToleranceCount=01', 'ProvisioningPreferences'),
    '{"StackSetFailureToleranceCount": 1}',
  )
  assert.throws(() => fit('StackSetFailureToleranceCount=x', 'ProvisioningPreferences'), {
    message: "invalid literal for int() with base 10: 'x'",
  })
})
