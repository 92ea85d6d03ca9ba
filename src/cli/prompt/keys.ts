/** A key that does something; anything else that is typed or pasted comes as text. */
export type KeyName =
  | 'enter'
  | 'tab'
  | 'back-tab'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'backspace'
  | 'delete'
  | 'delete-word'
  | 'delete-to-start'
  | 'delete-to-end'
  | 'escape'
  | 'interrupt'
  | 'end-of-input'
  | 'redraw'

export type Key = { readonly key: KeyName } | { readonly text: string }

const CONTROL: ReadonlyMap<string, KeyName> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x01', 'home'],
  ['\x02', 'left'],
  ['\x03', 'interrupt'],
  ['\x04', 'end-of-input'],
  ['\x05', 'end'],
  ['\x06', 'right'],
  ['\x0b', 'delete-to-end'],
  ['\x0c', 'redraw'],
  ['\x0e', 'down'],
  ['\x10', 'up'],
  ['\x15', 'delete-to-start'],
  ['\x17', 'delete-word'],
])

/** What follows ESC. Source: xterm's control sequences, and what the Linux console and rxvt send instead. */
const ESCAPED: ReadonlyMap<string, KeyName> = new Map([
  ['[A', 'up'],
  ['[B', 'down'],
  ['[C', 'right'],
  ['[D', 'left'],
  ['OA', 'up'],
  ['OB', 'down'],
  ['OC', 'right'],
  ['OD', 'left'],
  ['[H', 'home'],
  ['[F', 'end'],
  ['OH', 'home'],
  ['OF', 'end'],
  ['[1~', 'home'],
  ['[4~', 'end'],
  ['[7~', 'home'],
  ['[8~', 'end'],
  ['[3~', 'delete'],
  ['[5~', 'page-up'],
  ['[6~', 'page-down'],
  ['[Z', 'back-tab'],
  ['[1;3C', 'word-right'],
  ['[1;3D', 'word-left'],
  ['[1;5C', 'word-right'],
  ['[1;5D', 'word-left'],
  ['b', 'word-left'],
  ['f', 'word-right'],
  ['\x7f', 'delete-word'],
])

const PASTE_START = '[200~'
const PASTE_END = '\x1b[201~'

/**
 * Takes what a terminal sends and answers keys. Sequences may be cut anywhere between two chunks; an ESC that nothing
 * follows is told apart by `flush`, which the caller calls when nothing came for a moment.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder()
  #pending = ''

  /** Whether `flush` would answer a key. */
  get isWaiting(): boolean {
    return this.#pending.startsWith('\x1b') && !this.#pending.startsWith(`\x1b${PASTE_START}`)
  }

  push(bytes: Uint8Array): Key[] {
    this.#pending += this.#utf8.decode(bytes, { stream: true })
    return this.#take(false)
  }

  flush(): Key[] {
    return this.isWaiting ? this.#take(true) : []
  }

  #take(isLast: boolean): Key[] {
    const keys: Key[] = []
    while (this.#pending !== '') {
      const taken = this.#takeOne(isLast)
      if (taken === undefined) break
      if (taken !== 'unknown') keys.push(taken)
    }
    return keys
  }

  #takeOne(isLast: boolean): Key | 'unknown' | undefined {
    const text = this.#pending
    if (text[0] === '\x1b') return this.#takeEscaped(text, isLast)
    const control = CONTROL.get(text[0]!)
    if (control !== undefined) {
      this.#pending = text.slice(1)
      return { key: control }
    }
    const plain = /^[^\x00-\x1f\x7f]+/.exec(text)?.[0]
    this.#pending = text.slice(plain?.length ?? 1)
    return plain === undefined ? 'unknown' : { text: plain }
  }

  #takeEscaped(text: string, isLast: boolean): Key | 'unknown' | undefined {
    const rest = text.slice(1)
    if (rest.startsWith(PASTE_START)) {
      const end = text.indexOf(PASTE_END)
      if (end < 0) return undefined
      this.#pending = text.slice(end + PASTE_END.length)
      // A pasted command may be many lines, joined by backslashes; pasting never runs it.
      const pasted = text.slice(1 + PASTE_START.length, end).replace(/\\?[\r\n]+/g, ' ')
      return { text: pasted.replace(/[\x00-\x1f\x7f]+/g, ' ') }
    }
    const sequence = /^\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|^O[\x40-\x7e]|^[^[O\x1b]/.exec(rest)?.[0]
    if (sequence === undefined && !isLast && !rest.startsWith('\x1b')) return undefined
    if (sequence === undefined) {
      this.#pending = rest
      return { key: 'escape' }
    }
    this.#pending = rest.slice(sequence.length)
    const key = ESCAPED.get(sequence)
    return key === undefined ? 'unknown' : { key }
  }
}
