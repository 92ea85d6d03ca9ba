/**
 * Columns on a terminal, which counts other than the tables of the AWS CLI do: East Asian Wide and Fullwidth are two,
 * Ambiguous is one, marks that join the character before are none. Source: Unicode's EastAsianWidth.txt, by blocks.
 */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A text as what a reader takes for its characters, in order; each is where the cursor can stand. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Columns of a text without control characters. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const grapheme of graphemes(text)) columns += graphemeColumns(grapheme)
  return columns
}

export function graphemeColumns(grapheme: string): number {
  if (WIDE.test(grapheme) || grapheme.includes('\ufe0f')) return 2
  return NONE.test(grapheme) ? 0 : 1
}

/** The text if it fits, else its start with an ellipsis. */
export function cutToColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let cut = ''
  let used = 1
  for (const grapheme of graphemes(text)) {
    used += graphemeColumns(grapheme)
    if (used > columns) break
    cut += grapheme
  }
  return columns <= 0 ? '' : `${cut}…`
}

/** What others wrote, fit for a terminal: control characters, which could move the cursor, are shown as a sign. */
export function withoutControls(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
