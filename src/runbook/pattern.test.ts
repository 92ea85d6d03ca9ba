import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { matchPattern } from './pattern.ts'

const budget = () => ({ steps: 200_000 })

const rows: readonly [pattern: string, matching: string[], other: string[]][] = [
  ['^i-[a-z0-9]{8,17}$', ['i-0123abcd', `i-${'a'.repeat(17)}`], ['i-1', `i-${'a'.repeat(18)}`, 'xi-0123abcd']],
  // Without anchors the whole value has to match, as in SSM's own documents.
  ['([1-9][0-9]{0,4})|(172800)', ['1', '99999', '172800'], ['172801', '0', '']],
  [
    '^$|^arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]+$',
    ['', 'arn:aws:iam::123456789012:role/x/y'],
    ['arn:aws:iam::1:role/x'],
  ],
  ['[\\w-\\/]+', ['a-b/c'], ['a b']],
  ['(?!.*--)[a-z-]+', ['a-b'], ['a--b']],
  ['(?=.*\\d)(?=.*[a-z]).{4,}', ['abc1'], ['abcd', '1234', 'a1']],
  ['(?<!x)a', ['a'], ['xa']],
  ['(?:x(?<=x)y)', ['xy'], ['y']],
  ['(?i)yes|no', ['YES', 'No'], ['maybe']],
  ['a(?i:b)c', ['aBc'], ['ABc']],
  ['(a|b)\\1', ['aa', 'bb'], ['ab']],
  ['(?<q>["\']).*?\\k<q>', ['"x"', "'x'"], ['"x\'']],
  ['\\p{Alpha}+\\p{Digit}?', ['abc1', 'x'], ['\u00e9', '12']],
  ['\\p{L}+', ['\u00e9t\u00e9', 'abc'], ['a1']],
  ['[\\p{Upper}&&[^AB]]+', ['CD'], ['A', 'c']],
  ['[^\\s,]+', ['x.y'], ['x y', 'a,b']],
  ['a++b', ['aab'], ['aa']],
  ['a*+a', [], ['aaa']],
  ['(?>a|ab)c', ['ac'], ['abc']],
  ['\\Qa.b\\E+', ['a.b', 'a.bb'], ['axb']],
  ['(a*)*', ['', 'aaa'], ['b']],
  ['.+', ['a\tb', '\u{1f600}'], ['a\nb']],
  ['(?s).+', ['a\nb'], ['']],
  ['.', ['\u{1f600}'], ['ab']],
  ['\\x41\\u0042\\t', ['AB\t'], ['ab\t']],
  ['(x{2}){2}', ['xxxx'], ['xx', 'xxxxx']],
  ['x{2}{2}', ['xxxx'], ['xx']],
  ['\\bfoo\\b.*', ['foo bar'], ['foobar']],
]

describe('matchPattern', () => {
  for (const [pattern, matching, other] of rows) {
    test(`matches ${pattern} as Java does`, () => {
      for (const value of matching) assert.equal(matchPattern(pattern, value, budget()), 'match', value)
      for (const value of other) assert.equal(matchPattern(pattern, value, budget()), 'no match', value)
    })
  }

  for (const pattern of [
    '[',
    '(',
    'a)',
    '*a',
    'a{3,2}',
    '\\',
    '\\y',
    '[b-a]',
    '(?<=',
    '\\p{Klingon}',
    '('.repeat(10_000),
    '[a',
    '[]',
  ]) {
    test(`does not understand ${pattern.slice(0, 20)}`, () => {
      assert.equal(matchPattern(pattern, 'a', budget()), 'not understood')
    })
  }

  for (const [pattern, value, result] of [
    ['^(a+)+$', `${'a'.repeat(60)}!`, 'no match'],
    ['(a|a)*b', 'a'.repeat(60), 'no match'],
    ['(a|a)*b', `${'a'.repeat(60)}b`, 'match'],
    ['(.*)*x', 'a'.repeat(500), 'no match'],
    ['(\\w+\\s?)+$', `${'word '.repeat(60)}!`, 'no match'],
    ['(\\w+\\s?)+$', 'word '.repeat(60), 'match'],
    ['(?=(a+)+c)(a|b)*', `${'a'.repeat(60)}b`, 'no match'],
    ['(?!(a+)+c)(a|aa)*b{1,3}', `${'a'.repeat(60)}bb`, 'match'],
    ['((a?){20}){2,}(^|b)$', 'a'.repeat(60), 'no match'],
    ['(a|b)*', 'ab'.repeat(5_000), 'match'],
  ] as const) {
    test(`decides ${pattern} in time that grows with the value (${result})`, () => {
      assert.equal(matchPattern(pattern, value, budget()), result)
    })
  }

  for (const [pattern, value] of [
    ['(a+)+\\1!', 'a'.repeat(60)],
    ['(?>b|(a|a)*c)|(a|a)*b', 'a'.repeat(60)],
    ['(a|b)*', 'ab'.repeat(300_000)],
    ['(([a-z]{1,100}){1,100}){1,100}!', 'a'.repeat(60)],
  ] as const) {
    test(`gives up on ${pattern} in time`, () => {
      assert.equal(matchPattern(pattern, value, budget()), 'gave up')
    })
  }

  test('shares one budget between matches', () => {
    const shared = { steps: 100 }
    assert.equal(matchPattern('a*', 'a'.repeat(80), shared), 'match')
    assert.equal(matchPattern('a*', 'a'.repeat(80), shared), 'gave up')
  })
})
