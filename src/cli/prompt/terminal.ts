import { KeyDecoder } from './keys.ts'
import { type PromptEvent, type Suggestions, startState, update } from './state.ts'
import { finalLine, type Size, type View, view } from './view.ts'

/** The side of a terminal that is read. */
export interface TerminalInput {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  on(event: 'end' | 'close' | 'error', listener: () => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
  resume(): unknown
  pause(): unknown
}

/** The side that is painted. */
export interface TerminalOutput {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

export interface PromptOptions {
  readonly input: TerminalInput
  readonly output: TerminalOutput
  /** Shown before the line. */
  readonly program: string
  readonly text: string
  readonly suggest: (
    text: string,
    cursor: number,
  ) => { readonly now: Suggestions; readonly later?: Promise<Suggestions> | undefined }
}

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'
/** A terminal sends a sequence in one go; an ESC alone for so long is the key. Milliseconds. */
const ESCAPE_DELAY = 50

/** Let the user complete a line in a terminal. Answers the line, or undefined when they gave up with Ctrl-C. */
export function askForLine({ input, output, program, text, suggest }: PromptOptions): Promise<string | undefined> {
  return new Promise(resolve => {
    const decoder = new KeyDecoder()
    let state = startState(text)
    let painted: View | undefined
    let escapeTimer: NodeJS.Timeout | undefined

    input.setRawMode(true)
    output.write(PASTE_ON)
    input.on('data', onData)
    input.on('end', onEnd)
    input.on('close', onEnd)
    input.on('error', onEnd)
    output.on('resize', onResize)
    input.resume()
    lookUp()
    paint()

    function onData(bytes: Uint8Array): void {
      clearTimeout(escapeTimer)
      handle(decoder.push(bytes))
      if (decoder.isWaiting) escapeTimer = setTimeout(() => handle(decoder.flush()), ESCAPE_DELAY)
    }

    /** The terminal is gone. */
    function onEnd(): void {
      handle([{ key: 'interrupt' }])
    }

    function onResize(): void {
      // What was painted has been broken anew by the terminal: nobody knows where it starts.
      output.write('\x1b[2J\x1b[H')
      painted = undefined
      paint()
    }

    function handle(events: readonly PromptEvent[]): void {
      for (const event of events) {
        if (state.outcome !== undefined) return
        if ('key' in event && event.key === 'redraw') onResize()
        const before = state
        state = update(state, event)
        if (state.outcome !== undefined) {
          end()
          return
        }
        if (state.text !== before.text || state.cursor !== before.cursor) lookUp()
      }
      if (events.length > 0) paint()
    }

    function lookUp(): void {
      const asked = { text: state.text, cursor: state.cursor }
      const { now, later } = suggest(asked.text, asked.cursor)
      state = update(state, { suggestions: now, ...asked })
      void later?.then(suggestions => {
        // What was only announced may have been selected from by now; the answer comes first.
        if (state.outcome === undefined) handle([{ suggestions, ...asked }])
      })
    }

    function paint(): void {
      const next = view(state, program, sizeOf(output))
      output.write(toStart(painted) + paintedText(next))
      painted = next
    }

    function end(): void {
      clearTimeout(escapeTimer)
      output.write(`${toStart(painted)}${finalLine(state, program)}\r\n${PASTE_OFF}`)
      input.off('data', onData)
      input.off('end', onEnd)
      input.off('close', onEnd)
      input.off('error', onEnd)
      output.off('resize', onResize)
      input.setRawMode(false)
      input.pause()
      resolve(state.outcome === 'run' ? state.text : undefined)
    }
  })
}

function sizeOf({ columns, rows }: TerminalOutput): Size {
  // A terminal that does not say, or says 0, is taken for the classic one.
  return { columns: columns || 80, rows: rows || 24 }
}

/** To the first column of the first row that was painted, with everything below wiped away. */
function toStart(painted: View | undefined): string {
  const up = painted?.cursorRow ? `\x1b[${painted.cursorRow}A` : ''
  return `${up}\r\x1b[J`
}

function paintedText({ lines, cursorRow, cursorColumn }: View): string {
  const up = lines.length - 1 - cursorRow
  // Lines of the input may be as wide as the terminal: the cursor then waits in the last column, and \r\n is right.
  return `${lines.join('\r\n')}${up > 0 ? `\x1b[${up}A` : ''}\r${cursorColumn > 0 ? `\x1b[${cursorColumn}C` : ''}`
}
