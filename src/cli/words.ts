/** Split a command into words as a POSIX shell would, with quotes and backslashes, without expanding anything. */
export function splitWords(command: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (const match of command.matchAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|(\s+)|([^\s'"\\]+)/gs)) {
    const [, single, double, escaped, blank, bare] = match
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare)
    }
  }
  if (word !== undefined) words.push(word)
  return words
}
