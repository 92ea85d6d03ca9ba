import { wrap } from '../help/layout.ts'
import { type PromptState, shownLine } from './state.ts'
import { columnsOf, cutToColumns, graphemeColumns, graphemes, withoutControls } from './width.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A painted prompt: lines that fit the terminal, and where the cursor stands in them, from 0. */
export interface View {
  readonly lines: readonly string[]
  readonly cursorRow: number
  readonly cursorColumn: number
}

const MENU_ROWS = 8
const HELP_ROWS = 6
const KEYS = 'Enter run · Tab complete · ↑↓ choose · Esc close · Ctrl-C quit'
const KEYS_SELECTED = 'Enter take · Tab/↑↓ choose · Esc back · Ctrl-C quit'

/** The whole prompt for a terminal of this size: the line, the menu, help on what is typed, and the keys. */
export function view(state: PromptState, program: string, { columns, rows }: Size): View {
  const line = inputLines(state, program, columns)
  // The last column is left free, since terminals differ in what they do behind it.
  const width = Math.max(10, columns - 1)
  let room = Math.max(0, rows - line.lines.length)
  const take = (lines: string[], most: number) => {
    const taken = lines.slice(0, Math.max(0, Math.min(most, room)))
    room -= taken.length
    return taken
  }
  const footer = take([dim(cutToColumns(state.selected === undefined ? KEYS : KEYS_SELECTED, width))], 1)
  const notes = take(noteLines(state, width), 2)
  const menu = state.isMenuClosed ? [] : take(menuLines(state, width, Math.min(MENU_ROWS, room)), MENU_ROWS + 1)
  const help = take(helpLines(state, width), HELP_ROWS + 1)
  const lines = [...line.lines, ...menu, ...notes, ...help, ...footer]
  return { lines, cursorRow: line.row, cursorColumn: line.column }
}

/** The line that is left on the screen when the prompt has ended. */
export function finalLine(state: PromptState, program: string): string {
  return withoutControls(`> ${program} ${state.text}`.trimEnd())
}

function inputLines(
  state: PromptState,
  program: string,
  columns: number,
): { lines: string[]; row: number; column: number } {
  const shown = shownLine(state)
  const before = graphemes(withoutControls(`> ${program} ${shown.text.slice(0, shown.cursor)}`))
  const after = graphemes(withoutControls(shown.text.slice(shown.cursor)))
  const lines = ['']
  let column = 0
  const put = (grapheme: string) => {
    const wide = graphemeColumns(grapheme)
    if (column + wide > columns) {
      lines.push('')
      column = 0
    }
    lines[lines.length - 1] += grapheme
    column += wide
  }
  for (const grapheme of before) put(grapheme)
  if (column === columns) {
    lines.push('')
    column = 0
  }
  const cursor = { row: lines.length - 1, column }
  for (const grapheme of after) put(grapheme)
  return { lines, ...cursor }
}

function noteLines({ suggestions, message }: PromptState, width: number): string[] {
  return [message, suggestions?.note]
    .filter(note => note !== undefined)
    .map(note => cutToColumns(`  ${withoutControls(note)}`, width))
}

/** As many candidates as there is room for, around the selected one, and how many there are when not all are shown. */
function menuLines({ suggestions, selected }: PromptState, width: number, most: number): string[] {
  const candidates = suggestions?.candidates ?? []
  if (candidates.length === 0 || most < 2) return []
  const shown = candidates.length <= most ? candidates.length : most - 1
  const first = Math.max(0, Math.min((selected ?? 0) - Math.floor(shown / 2), candidates.length - shown))
  const window = candidates.slice(first, first + shown)
  const texts = window.map(({ text }) => withoutControls(text))
  const column = Math.min(Math.max(...texts.map(columnsOf)), Math.floor(width * 0.6))
  const lines = window.map(({ description = '' }, index) => {
    const text = cutToColumns(texts[index]!, column)
    const padding = ' '.repeat(column - columnsOf(text))
    const about = cutToColumns(withoutControls(description), Math.max(0, width - column - 4))
    return first + index === selected
      ? `\x1b[7m  ${text}${padding}  ${about}\x1b[0m`
      : `  ${text}${padding}  ${dim(about)}`
  })
  const count = `  ${selected === undefined ? '' : `${selected + 1} of `}${candidates.length}`
  return shown === candidates.length ? lines : [...lines, dim(count)]
}

/** Help on the selected candidate, else on what is being typed. */
function helpLines({ suggestions, selected }: PromptState, width: number): string[] {
  const candidate = selected === undefined ? undefined : suggestions?.candidates[selected]
  const texts = candidate?.description ? [candidate.text, candidate.description] : (suggestions?.help ?? [])
  if (texts.length === 0) return []
  const [title = '', ...paragraphs] = texts.map(withoutControls)
  const rule = `── ${cutToColumns(title, width - 6)} `
  const lines = paragraphs.flatMap(paragraph => wrap(paragraph, width - 2).split('\n'))
  const shown = lines.length > HELP_ROWS ? [...lines.slice(0, HELP_ROWS - 1), '…'] : lines
  return [
    dim(rule + '─'.repeat(Math.max(0, width - columnsOf(rule)))),
    ...shown.map(line => cutToColumns(`  ${line}`, width)),
  ]
}

function dim(text: string): string {
  return text === '' ? '' : `\x1b[2m${text}\x1b[0m`
}
