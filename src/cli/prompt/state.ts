import type { Candidate } from '../completion/candidates.ts'
import { quoteWord, splitLine } from '../completion/words.ts'
import type { Key } from './keys.ts'
import { graphemes } from './width.ts'

/** What is offered at one place of one line. */
export interface Suggestions {
  /** Where the word starts that a candidate replaces; it ends at the cursor. */
  readonly start: number
  /** Best first, and only what fits the word. */
  readonly candidates: readonly Candidate[]
  /** Shown instead of or below candidates: that the service is asked, or what went wrong. */
  readonly note?: string | undefined
  /** On what is being typed, a paragraph a line; the first is a title. */
  readonly help: readonly string[]
}

export interface PromptState {
  /** What was typed, without the program's name. A selected candidate is not in it yet: see `shownLine`. */
  readonly text: string
  /** In UTF-16 units, never inside a character. */
  readonly cursor: number
  /** Undefined until they have come for this text and cursor. */
  readonly suggestions: Suggestions | undefined
  /** Index of a candidate; undefined when none is selected. */
  readonly selected: number | undefined
  readonly isMenuClosed: boolean
  /** Why Enter did not run the line. */
  readonly message: string | undefined
  readonly outcome: 'run' | 'quit' | undefined
}

export type PromptEvent =
  | Key
  /** Suggestions for a line as it was when they were asked for; late ones are dropped. */
  | { readonly suggestions: Suggestions; readonly text: string; readonly cursor: number }

const MENU_PAGE = 8

export function startState(text: string): PromptState {
  return {
    text,
    cursor: text.length,
    suggestions: undefined,
    selected: undefined,
    isMenuClosed: false,
    message: undefined,
    outcome: undefined,
  }
}

/** What an event makes of a state. Pure; the caller asks for suggestions whenever text or cursor have changed. */
export function update(state: PromptState, event: PromptEvent): PromptState {
  if ('suggestions' in event) {
    const isCurrent = event.text === state.text && event.cursor === state.cursor
    return isCurrent && state.selected === undefined ? { ...state, suggestions: event.suggestions } : state
  }
  if ('text' in event) return insert(accepted(state, false), event.text)
  switch (event.key) {
    case 'enter':
      return state.selected === undefined ? finish(state) : accepted(state, true)
    case 'tab':
      return state.selected === undefined ? complete(state) : select(state, 1)
    case 'back-tab':
    case 'up':
      return select(state, -1)
    case 'down':
      return select(state, 1)
    case 'page-down':
      return select(state, MENU_PAGE)
    case 'page-up':
      return select(state, -MENU_PAGE)
    case 'escape':
      return state.selected === undefined ? { ...state, isMenuClosed: true } : { ...state, selected: undefined }
    case 'interrupt':
      return { ...state, selected: undefined, outcome: 'quit' }
    case 'end-of-input':
      return state.text === '' ? { ...state, outcome: 'quit' } : edit(state, 'delete')
    case 'redraw':
      return state
    default:
      return edit(state, event.key)
  }
}

/** The line as it is shown: with the selected candidate in the place of the word being typed. */
export function shownLine(state: PromptState): { readonly text: string; readonly cursor: number } {
  const { text, cursor, suggestions, selected } = state
  const candidate = selected === undefined ? undefined : suggestions?.candidates[selected]
  if (candidate === undefined) return { text, cursor }
  const start = text.slice(0, suggestions!.start) + wordOf(candidate)
  return { text: start + text.slice(cursor), cursor: start.length }
}

/** A word that goes on is left without its closing quote. */
function wordOf({ text, isPartial }: Candidate): string {
  const quoted = quoteWord(text)
  return isPartial && quoted.endsWith("'") ? quoted.slice(0, -1) : quoted
}

/** Take the selected candidate over; a blank goes behind a word that is complete. */
function accepted(state: PromptState, withBlank: boolean): PromptState {
  if (state.selected === undefined) return state
  const candidate = state.suggestions!.candidates[state.selected]!
  const { text, cursor } = shownLine(state)
  const blank = withBlank && !candidate.isPartial && !text.slice(cursor).startsWith(' ') ? ' ' : ''
  // Where a blank is there already, the cursor goes behind it.
  const step = withBlank && !candidate.isPartial ? 1 : 0
  return changed(state, text.slice(0, cursor) + blank + text.slice(cursor), cursor + step)
}

function insert(state: PromptState, text: string): PromptState {
  return changed(
    state,
    state.text.slice(0, state.cursor) + text + state.text.slice(state.cursor),
    state.cursor + text.length,
  )
}

function changed(state: PromptState, text: string, cursor: number): PromptState {
  return {
    ...state,
    text,
    cursor,
    suggestions: undefined,
    selected: undefined,
    isMenuClosed: false,
    message: undefined,
  }
}

function select(state: PromptState, step: number): PromptState {
  const count = state.isMenuClosed ? 0 : (state.suggestions?.candidates.length ?? 0)
  if (count === 0) return state.isMenuClosed ? { ...state, isMenuClosed: false } : state
  const { selected } = state
  if (selected === undefined) return { ...state, selected: step > 0 ? 0 : count - 1 }
  if (Math.abs(step) > 1) return { ...state, selected: Math.max(0, Math.min(count - 1, selected + step)) }
  return { ...state, selected: (selected + step + count) % count }
}

/**
 * Tab: take the only candidate, or the only one that starts with what is typed; else type as far as those agree that
 * do; else go into the menu.
 */
function complete(state: PromptState): PromptState {
  const candidates = state.suggestions?.candidates ?? []
  const typed = splitLine(state.text.slice(0, state.cursor))
  const going = candidates.filter(({ text }) => text.startsWith(typed.current))
  const only =
    going.length === 1 && typed.current !== '' ? going[0]! : candidates.length === 1 ? candidates[0]! : undefined
  if (only !== undefined) {
    return accepted({ ...state, selected: candidates.indexOf(only), isMenuClosed: false }, true)
  }
  const shared = sharedStart(going.map(({ text }) => text))
  if (shared.length > typed.current.length && typed.open === undefined && quoteWord(shared) === shared) {
    return insert(state, shared.slice(typed.current.length))
  }
  return select(state, 1)
}

function sharedStart(texts: readonly string[]): string {
  let shared = texts[0] ?? ''
  for (const text of texts) {
    while (!text.startsWith(shared)) shared = shared.slice(0, -1)
  }
  return shared
}

function finish(state: PromptState): PromptState {
  const { open } = splitLine(state.text)
  if (open === undefined) return { ...state, outcome: 'run' }
  return { ...state, message: `The quote ${open} is not closed.` }
}

type EditKey = Exclude<
  Extract<Key, { key: string }>['key'],
  | 'enter'
  | 'tab'
  | 'back-tab'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'escape'
  | 'interrupt'
  | 'end-of-input'
  | 'redraw'
>

function edit(before: PromptState, key: EditKey): PromptState {
  const state = accepted(before, false)
  const { text, cursor } = state
  const cut = (from: number, to: number) => changed(state, text.slice(0, from) + text.slice(to), from)
  const move = (to: number) => (to === cursor ? state : changed(state, text, to))
  switch (key) {
    case 'left':
      return move(previous(text, cursor))
    case 'right':
      return move(next(text, cursor))
    case 'word-left':
      return move(wordStart(text, cursor))
    case 'word-right':
      return move(cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0))
    case 'home':
      return move(0)
    case 'end':
      return move(text.length)
    case 'backspace':
      return cursor === 0 ? state : cut(previous(text, cursor), cursor)
    case 'delete':
      return cursor === text.length ? state : cut(cursor, next(text, cursor))
    case 'delete-word':
      return cut(wordStart(text, cursor), cursor)
    case 'delete-to-start':
      return cut(0, cursor)
    case 'delete-to-end':
      return cut(cursor, text.length)
  }
}

function previous(text: string, cursor: number): number {
  return cursor - (graphemes(text.slice(0, cursor)).at(-1)?.length ?? 0)
}

function next(text: string, cursor: number): number {
  return cursor + (graphemes(text.slice(cursor))[0]?.length ?? 0)
}

function wordStart(text: string, cursor: number): number {
  return /\S*\s*$/.exec(text.slice(0, cursor))?.index ?? 0
}
