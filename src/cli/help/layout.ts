/** A heading at the margin and text below it, indented. */
export interface Section {
  readonly heading: string
  readonly text: string
}

const INDENT = 4

/** A page of plain text out of sections; those without text are left out. */
export function layOut(sections: readonly Section[]): string {
  return sections
    .filter(({ text }) => text !== '')
    .map(({ heading, text }) => `${heading}\n${indent(text, INDENT)}`)
    .join('\n')
}

/** Every line that is not empty, moved right by `columns`; ends with a newline. */
export function indent(text: string, columns: number): string {
  const blanks = ' '.repeat(columns)
  return `${text
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? '' : blanks + line))
    .join('\n')}\n`
}

/** Break a paragraph at blanks, so that no line is longer than `width` unless one word is; `hanging` indents the rest. */
export function wrap(paragraph: string, width: number, hanging = 0): string {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(/\s+/)) {
    if (word === '') continue
    const blanks = lines.length > 0 && line === '' ? ' '.repeat(hanging) : ''
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '.repeat(hanging) + word
    } else {
      line = line === '' ? blanks + word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}

/** Rows of a name and what it is, in two columns; a long name gets a line of its own. */
export function twoColumns(rows: readonly (readonly [name: string, text: string])[], width: number): string {
  const longest = Math.max(0, ...rows.map(([name]) => name.length))
  const column = Math.min(longest, 34, Math.floor(width / 2)) + 2
  return rows
    .map(([name, text]) => {
      if (text === '') return name
      const body = wrap(text, Math.max(20, width - column)).split('\n')
      const rest = body.map(line => ' '.repeat(column) + line)
      return name.length + 2 > column
        ? [name, ...rest].join('\n')
        : [name.padEnd(column) + body[0]!, ...rest.slice(1)].join('\n')
    })
    .join('\n')
}
