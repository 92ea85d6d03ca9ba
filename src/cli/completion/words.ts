/** A command line up to the cursor, taken apart as a shell would, without expanding anything. */
export interface SplitLine {
  /** The words that are complete, unquoted. */
  readonly words: readonly string[]
  /** The word the cursor stands at the end of, unquoted; empty after a blank. */
  readonly current: string
  /** Where that word starts in the text, its quotes included. */
  readonly start: number
  /** The quote that is still open, if any. */
  readonly open: "'" | '"' | undefined
}

/** Split a line into words with a POSIX shell's quotes and backslashes. An open quote is told, not refused. */
export function splitLine(text: string): SplitLine {
  const words: string[] = []
  let word: string | undefined
  let start = text.length
  let open: SplitLine['open']
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (open === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    if (word === undefined) {
      word = ''
      start = at
    }
    if (open === "'") {
      if (char === "'") open = undefined
      else word += char
    } else if (char === '\\' && (open === undefined || /["\\$`]/.test(text[at + 1] ?? ''))) {
      at += 1
      word += text[at] ?? ''
    } else if (char === '"' || (char === "'" && open === undefined)) {
      open = open === undefined ? char : undefined
    } else {
      word += char
    }
  }
  return { words, current: word ?? '', start: word === undefined ? text.length : start, open }
}

/** A word as it is typed into a shell: in single quotes when anything in it would not be taken as it stands. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
