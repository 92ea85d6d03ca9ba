import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodingOf } from './encoding.ts'
import { CliError } from './errors.ts'

// Source of the bytes and texts: Python's codecs.
for (const [name, text, hex] of [
  ['latin-1', 'é', 'e9'],
  ['ISO-8859-1', '\u0080', '80'],
  ['cp1252', '€ ü', '80 20 fc'],
  ['iso8859-15', '€', 'a4'],
  ['koi8-r', 'привет', 'd0 d2 c9 d7 c5 d4'],
  ['shift_jis', '日本', '93 fa 96 7b'],
  ['cp932', '日本', '93 fa 96 7b'],
  ['gbk', '中', 'd6 d0'],
  ['euc-jp', '日', 'c6 fc'],
  ['utf-16-le', 'é', 'e9 00'],
  ['UTF_8', 'é', 'c3 a9'],
  ['us-ascii', 'a', '61'],
] as const) {
  test(`${name} is written and read as Python does`, () => {
    const encoding = encodingOf(name)
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    assert.deepEqual(Buffer.from(encoding.encode(text)), bytes)
    assert.equal(encoding.decode(bytes), text)
  })
}

test('byte order marks belong to utf-8-sig and utf-16', () => {
  const mark = Buffer.from('efbbbf61', 'hex')
  assert.equal(encodingOf('utf-8-sig').decode(mark), 'a')
  assert.equal(encodingOf('utf-8').decode(mark), '\ufeffa')
  assert.equal(encodingOf('utf-16').decode(Buffer.from('feff0061', 'hex')), 'a')
  assert.equal(encodingOf('utf-16').decode(Buffer.from('fffe6100', 'hex')), 'a')
})

test("what an encoding does not have is refused with Python's text", () => {
  for (const [name, text, message] of [
    ['latin-1', 'a€', "'latin-1' codec can't encode character '\\u20ac' in position 1: ordinal not in range(256)"],
    ['ascii', '\u00e9', "'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)"],
    [
      'cp1252',
      '🚨',
      "'charmap' codec can't encode character '\\U0001f6a8' in position 0: character maps to <undefined>",
    ],
  ] as const) {
    assert.throws(() => encodingOf(name).encode(text), new CliError(message))
  }
  assert.throws(() => encodingOf('ascii').decode(Buffer.from([0xe9])), TypeError)
  assert.throws(() => encodingOf('nonsense'), new CliError('unknown encoding: nonsense'))
})
