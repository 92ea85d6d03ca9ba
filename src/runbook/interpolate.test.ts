import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InterpolationError, interpolate, systemVariables } from './interpolate.ts'
import { start } from './testing.ts'

const values = {
  parameters: new Map<string, unknown>([
    ['N', 5],
    ['Flag', true],
    ['Name', 'bob'],
    ['List', ['x', 'y']],
    ['Map', { a: 1 }],
    ['Sly', '{{ Name }}'],
    ['Null', null],
  ]),
  variables: new Map<string, unknown>([['v', 'value']]),
  stepOutputs: new Map<string, unknown>([['one.Out', [1, 2]]]),
  system: systemVariables({ id: 'id-1', scope: { accountId: '123456789012', region: 'cn-north-1' } }, start),
}

const rows: readonly [input: unknown, expected: unknown][] = [
  ['{{ N }}', 5],
  ['{{N}}', 5],
  ['n={{ N }}, {{Flag}}', 'n=5, true'],
  ['{{ Map }}', { a: 1 }],
  ['map {{ Map }}', 'map {"a":1}'],
  ['{{ List }}', ['x', 'y']],
  [
    ['{{ List }}', 'z', ['{{ List }}']],
    ['x', 'y', 'z', ['x', 'y']],
  ],
  ['{{ one.Out }}', [1, 2]],
  ['{{ one.Missing }}', '{{ one.Missing }}'],
  ['a {{ one.Missing }} {{ Name }}', 'a {{ one.Missing }} bob'],
  ['{{ Null }}', '{{ Null }}'],
  ['{{ variable:v }}', 'value'],
  ['{{ v }}', '{{ v }}'],
  // What a reference brings in is not a template.
  ['{{ Sly }}', '{{ Name }}'],
  ['<{{ Sly }}>', '<{{ Name }}>'],
  ['.a { b: {{ c d }} } {{{ }}} {{}} {{', '.a { b: {{ c d }} } {{{ }}} {{}} {{'],
  ['{{ toString }} {{ __proto__ }}', '{{ toString }} {{ __proto__ }}'],
  ['{{ global:ACCOUNT_ID }}/{{ global:AWS_PARTITION }}/{{ global:REGION }}', '123456789012/aws-cn/cn-north-1'],
  ['{{ global:DATE }} {{ global:DATE_TIME }}', '2026-01-31 2026-01-31_08.00.00'],
  ['{{ automation:EXECUTION_ID }}', 'id-1'],
  [{ '{{ Name }}': '{{ Name }}' }, { '{{ Name }}': 'bob' }],
  [7, 7],
  [null, null],
]

describe('interpolate', () => {
  for (const [input, expected] of rows) {
    test(`${JSON.stringify(input)} becomes ${JSON.stringify(expected)}`, () => {
      assert.equal(JSON.stringify(interpolate(input, values)), JSON.stringify(expected))
    })
  }

  test('keeps __proto__ a key like any other', () => {
    const result = interpolate(JSON.parse('{"__proto__":{"x":"{{ Name }}"}}'), values) as Record<string, unknown>
    assert.equal(JSON.stringify(result), '{"__proto__":{"x":"bob"}}')
    assert.equal(result['x'], undefined)
  })

  test('refuses references that stand for too much', () => {
    const parameters = new Map([['Big', 'x'.repeat(10_000)]])
    const inputs = Array.from({ length: 500 }, () => '{{ Big }}')
    assert.throws(() => interpolate(inputs, { ...values, parameters }, { characters: 1_000_000 }), InterpolationError)
  })
})
