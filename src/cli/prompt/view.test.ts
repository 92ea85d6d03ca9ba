import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Suggestions, startState, update } from './state.ts'
import { finalLine, type Size, view } from './view.ts'
import { columnsOf, cutToColumns } from './width.ts'

const plain = (text: string) => text.replace(/\x1b\[\d+m/g, '')

function shown(text: string, suggestions: Partial<Suggestions>, size: Size, ...keys: ('down' | 'escape')[]) {
  let state = startState(text)
  const all = { start: 0, candidates: [], help: [], ...suggestions }
  state = update(state, { suggestions: all, text: state.text, cursor: state.cursor })
  for (const key of keys) state = update(state, { key })
  const painted = view(state, 'bellhop', size)
  return { ...painted, plain: painted.lines.map(plain) }
}

const many = Array.from({ length: 30 }, (_, index) => ({ text: `word-${index}`, description: `Description ${index}.` }))

test('the line, the menu, the help and the keys stand below one another', () => {
  const {
    plain: lines,
    cursorRow,
    cursorColumn,
  } = shown('de', { candidates: many.slice(0, 2), help: ['describe', 'Shows it.'] }, { columns: 60, rows: 24 })
  assert.deepEqual(
    lines,
    [
      '> bellhop de',
      '  word-0  Description 0.',
      '  word-1  Description 1.',
      `── describe ${'─'.repeat(47)}`,
      '  Shows it.',
      'Enter run · Tab complete · ↑↓ choose · Esc close · Ctrl-C q…',
    ].map((line, index) =>
      index === 5 ? cutToColumns('Enter run · Tab complete · ↑↓ choose · Esc close · Ctrl-C quit', 59) : line,
    ),
  )
  assert.deepEqual([cursorRow, cursorColumn], [0, 12])
})

test('the selected candidate is in the line, reversed in the menu, and explained', () => {
  const { lines, plain: texts } = shown('', { candidates: many.slice(0, 2) }, { columns: 60, rows: 24 }, 'down')
  assert.equal(texts[0], '> bellhop word-0')
  assert.equal(lines[1], '\x1b[7m  word-0  Description 0.\x1b[0m')
  assert.match(texts[3]!, /^── word-0 ─+$/)
  assert.equal(texts[4], '  Description 0.')
})

test('a long menu shows the part around the selection, and how long it is', () => {
  const keys = Array.from({ length: 20 }, () => 'down' as const)
  const { plain: texts } = shown('', { candidates: many }, { columns: 60, rows: 24 }, ...keys)
  assert.ok(texts.some(text => text.startsWith('  word-19 ')))
  assert.ok(texts.includes('  20 of 30'))
  assert.ok(!texts.some(text => text.startsWith('  word-2 ')))
})

test('no terminal is too small: nothing is wider or higher than it', () => {
  const help = ['title', 'a long paragraph '.repeat(30)]
  for (const columns of [1, 2, 12, 20, 81]) {
    for (const rows of [1, 2, 3, 5, 24]) {
      const painted = shown('--name 漢字漢字漢字', { candidates: many, help, note: 'note' }, { columns, rows }, 'down')
      // The line itself is always whole.
      const line = Math.max(rows, painted.cursorRow + 1)
      assert.ok(painted.plain.length <= line, `${columns}x${rows}: ${painted.plain.length} lines`)
      if (columns >= 12) for (const text of painted.plain) assert.ok(columnsOf(text) <= columns, `${columns}: ${text}`)
    }
  }
})

test('wide characters take two columns, and do not break over the edge', () => {
  const { plain: texts, cursorRow, cursorColumn } = shown('漢字漢', {}, { columns: 13, rows: 24 })
  assert.deepEqual(texts.slice(0, 2), ['> bellhop 漢', '字漢'])
  assert.deepEqual([cursorRow, cursorColumn], [1, 4])
})

test('a cursor behind a full row stands in the next one', () => {
  const { cursorRow, cursorColumn, plain: texts } = shown('abc', {}, { columns: 13, rows: 24 })
  assert.deepEqual([cursorRow, cursorColumn, texts[0], texts[1]], [1, 0, '> bellhop abc', ''])
})

test('what a service or a paste sends cannot move the cursor', () => {
  const evil = 'x\x1b[2J\x07\u202ey'
  const candidates = [{ text: evil, description: evil }]
  const { lines } = shown(evil, { candidates, note: evil, help: [evil, evil] }, { columns: 60, rows: 24 })
  for (const text of lines) assert.doesNotMatch(plain(text), /[\x00-\x1f\x7f-\x9f\u202e]/)
  assert.doesNotMatch(finalLine(startState(evil), 'bellhop'), /\x1b/)
})

test('columns are those of a terminal', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['Жq', 2],
    ['漢字', 4],
    ['ｆ', 2],
    ['한', 2],
    ['🚨', 2],
    ['❤️', 2],
    ['→', 1],
    ['a\u200b', 1],
  ]
  for (const [text, columns] of rows) assert.equal(columnsOf(text), columns, text)
  assert.equal(cutToColumns('漢字漢字', 6), '漢字…')
  assert.equal(cutToColumns('漢字', 4), '漢字')
  assert.equal(cutToColumns('abc', 0), '')
})
