import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Candidate } from '../completion/candidates.ts'
import { splitLine } from '../completion/words.ts'
import type { Key, KeyName } from './keys.ts'
import { type PromptState, shownLine, startState, update } from './state.ts'
import { fitting } from './suggest.ts'

const words: Candidate[] = [
  { text: 'describe-portfolio' },
  { text: 'describe-product' },
  { text: 'list-portfolios' },
  { text: 'portfolio-access' },
  { text: 'portfolio-share' },
  { text: 'file://', isPartial: true },
  { text: 'two words' },
  { text: '漢字' },
]

/** The state after text and keys (`<tab>`), with suggestions from `words` that arrive at once. */
function typed(...events: string[]): PromptState {
  let state = suggested(startState(''))
  for (const event of events) {
    const name = /^<(.+)>$/.exec(event)?.[1]
    const key: Key = name === undefined ? { text: event } : { key: name as KeyName }
    const before = state
    state = update(state, key)
    if (state.text !== before.text || state.cursor !== before.cursor) state = suggested(state)
  }
  return state
}

function suggested(state: PromptState): PromptState {
  const { text, cursor } = state
  const line = splitLine(text.slice(0, cursor))
  const candidates = fitting(words, line.current, false)
  return update(state, { suggestions: { start: line.start, candidates, help: [] }, text, cursor })
}

/** The line as shown, with a bar for the cursor. */
function line(state: PromptState): string {
  const { text, cursor } = shownLine(state)
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

const rows: readonly (readonly [keys: readonly string[], line: string])[] = [
  [['abc'], 'abc|'],
  [['abc', '<left>', '<left>', 'X'], 'aX|bc'],
  [['abc', '<home>', '<delete>', '<end>'], 'bc|'],
  [['one two', '<word-left>'], 'one |two'],
  [['one two', '<delete-word>'], 'one |'],
  [['one two', '<home>', '<word-right>'], 'one| two'],
  [['one two', '<left>', '<delete-to-start>'], '|o'],
  [['one two', '<home>', '<delete-to-end>'], '|'],
  // A character of the reader is one step, however many units it has.
  [['a👨‍👩‍👧é', '<backspace>', '<backspace>'], 'a|'],
  [['漢字', '<left>', '<backspace>'], '|字'],
  [['<backspace>', '<left>', '<right>'], '|'],
  // Tab takes the only candidate, else types what all share, else goes into the menu.
  [['list', '<tab>'], 'list-portfolios |'],
  [['desc', '<tab>'], 'describe-p|'],
  [['desc', '<tab>', '<tab>'], 'describe-portfolio|'],
  [['desc', '<tab>', '<tab>', '<tab>'], 'describe-product|'],
  [['desc', '<tab>', '<tab>', '<back-tab>'], 'describe-product|'],
  [['desc', '<down>', '<up>'], 'describe-product|'],
  // What only holds the letters does not stand in the way of what starts with them.
  [['port', '<tab>'], 'portfolio-|'],
  [['portfolio-s', '<tab>'], 'portfolio-share |'],
  // Enter takes what is selected; a word that goes on gets no blank.
  [['desc', '<down>', '<enter>'], 'describe-portfolio |'],
  [['--x f', '<tab>'], '--x file://|'],
  [['desc', '<down>', ' --id'], 'describe-portfolio --id|'],
  [['desc', '<down>', '<backspace>'], 'describe-portfoli|'],
  [['desc', '<down>', '<escape>'], 'desc|'],
  // A word with a blank in it is quoted.
  [['--name two', '<tab>'], "--name 'two words' |"],
  [["--name 'two w", '<tab>'], "--name 'two words' |"],
  [['漢', '<tab>'], "'漢字' |"],
  // What stands behind the cursor stays, and a blank there is not doubled.
  [
    ['desc --id x', '<home>', '<right>', '<right>', '<right>', '<right>', '<down>', '<enter>'],
    'describe-portfolio |--id x',
  ],
  // The menu closes, and comes back with the next key that asks for it.
  [['desc', '<escape>', '<down>'], 'desc|'],
  [['desc', '<escape>', '<down>', '<down>'], 'describe-portfolio|'],
  [['desc', '<page-down>', '<page-down>'], 'describe-product|'],
]

test('keys edit and complete the line', () => {
  for (const [keys, wanted] of rows) assert.equal(line(typed(...keys)), wanted, keys.join(' '))
})

test('Enter runs the line as it is typed, Ctrl-C and Ctrl-D on an empty line give up', () => {
  assert.equal(typed('desc', '<enter>').outcome, 'run')
  assert.equal(typed('desc', '<down>', '<enter>').outcome, undefined)
  assert.equal(typed('desc', '<down>', '<enter>', '<enter>').outcome, 'run')
  assert.equal(typed('desc', '<interrupt>').outcome, 'quit')
  assert.equal(typed('desc', '<down>', '<interrupt>').outcome, 'quit')
  assert.equal(typed('<end-of-input>').outcome, 'quit')
  assert.equal(typed('a', '<home>', '<end-of-input>').outcome, undefined)
})

test('a line with an open quote is not run, and says why until it is changed', () => {
  const state = typed("--name 'x", '<enter>')
  assert.equal(state.outcome, undefined)
  assert.match(state.message!, /quote ' is not closed/)
  assert.equal(update(state, { text: "'" }).message, undefined)
})

test('suggestions that come late for another line are dropped', () => {
  const state = typed('desc')
  const late = { start: 0, candidates: [{ text: 'other' }], help: [] }
  assert.equal(update(state, { suggestions: late, text: 'des', cursor: 3 }), state)
  assert.equal(update(state, { suggestions: late, text: 'desc', cursor: 4 }).suggestions, late)
})
