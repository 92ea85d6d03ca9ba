import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Key, KeyDecoder } from './keys.ts'

function decode(...chunks: (string | Uint8Array)[]): string[] {
  const decoder = new KeyDecoder()
  const keys = chunks.flatMap(chunk => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  return [...keys, ...decoder.flush()].map(shown)
}

function shown(key: Key): string {
  return 'key' in key ? `<${key.key}>` : key.text
}

const rows: readonly (readonly [sent: readonly string[], keys: readonly string[]])[] = [
  [['ab'], ['ab']],
  [['a\r'], ['a', '<enter>']],
  [['\x03\x04'], ['<interrupt>', '<end-of-input>']],
  [['\x1b[A\x1b[B\x1b[C\x1b[D'], ['<up>', '<down>', '<right>', '<left>']],
  [['\x1bOA\x1b[Z\x1b[3~'], ['<up>', '<back-tab>', '<delete>']],
  [['\x1b[1;5C\x1bb\x1bf\x1b\x7f'], ['<word-right>', '<word-left>', '<word-right>', '<delete-word>']],
  // A sequence may be cut anywhere.
  [['\x1b', '[', 'A'], ['<up>']],
  [['\x1b[1', ';5D'], ['<word-left>']],
  // An ESC that nothing follows is the key, and so is one before a sequence.
  [['\x1b'], ['<escape>']],
  [['\x1b\x1b[A'], ['<escape>', '<up>']],
  [['\x1b\r'], []],
  // What nobody knows does nothing, and does not reach the line.
  [['\x1b[15~x\x1b[<0;1;1Mx\x00y'], ['x', 'x', 'y']],
]

test('what a terminal sends becomes keys', () => {
  for (const [sent, keys] of rows) assert.deepEqual(decode(...sent), keys, JSON.stringify(sent))
})

test('a character may be cut between two chunks', () => {
  const bytes = Buffer.from('é漢')
  assert.deepEqual(decode(bytes.subarray(0, 1), bytes.subarray(1, 3), bytes.subarray(3)).join(''), 'é漢')
})

test('a pasted text never runs, and its lines become one', () => {
  assert.deepEqual(decode('\x1b[200~list-portfolios \\\r  --page-', 'size 2\x1b[201~\r'), [
    'list-portfolios    --page-size 2',
    '<enter>',
  ])
})

test('an unfinished paste is no escape key', () => {
  const decoder = new KeyDecoder()
  assert.deepEqual(decoder.push(Buffer.from('\x1b[200~abc')), [])
  assert.equal(decoder.isWaiting, false)
  assert.deepEqual(decoder.flush(), [])
})
