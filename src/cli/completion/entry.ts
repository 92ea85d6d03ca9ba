import { UsageError } from '../errors.ts'
import type { Io } from '../io.ts'
import { type Candidate, candidatesOf } from './candidates.ts'
import { completionScript, SHELLS } from './scripts.ts'
import { situationOf } from './situation.ts'
import { localSources } from './sources.ts'
import { splitLine } from './words.ts'

/** `bellhop completion bash|zsh|fish`. Throws a UsageError for another word, too many or none. */
export function printCompletionScript(words: readonly string[], io: Io): void {
  const shell = SHELLS.find(known => known === words[0])
  if (words[0] === undefined) throw new UsageError(`the following arguments are required: ${SHELLS.join('|')}`)
  if (shell === undefined) throw new UsageError(`argument shell: Found invalid choice '${words[0]}'\n`)
  if (words.length > 1) throw new UsageError(`unrecognized arguments: ${words.slice(1).join(' ')}`)
  io.stdout.write(completionScript(shell, io.program))
}

/**
 * `bellhop __complete <shell> ...`, which the scripts call: print the words that may stand at the cursor, one a line.
 * For bash the other words are its COMP_WORDBREAKS and the line up to the cursor; for zsh and fish the line's words
 * without the program, the last one as far as it is typed.
 */
export async function printCandidates(words: readonly string[], io: Io): Promise<void> {
  const [shell, ...rest] = words
  const lines = shell === 'bash' ? bashLines(rest[0] ?? '', rest[1] ?? '', io) : await describedLines(rest, shell, io)
  io.stdout.write(lines.map(line => `${line}\n`).join(''))
}

/** Bash shows no descriptions and is spared the reading of them. */
function bashLines(wordBreaks: string, line: string, io: Io): string[] {
  const { words, current, start, open } = splitLine(line)
  const silent = { describeOperation: () => undefined, describeMember: () => undefined }
  const candidates = matching(io.program, words.slice(1), current, { ...localSources(io.env, io.cwd), ...silent })
  const raw = line.slice(start)
  if (open !== undefined) {
    // Inside quotes bash replaces what stands behind the opening one.
    if (raw[0] !== open) return []
    const unsafe = open === '"' ? /["\\$`]/g : /'/g
    const inside = (text: string) => text.replace(unsafe, char => (char === "'" ? `'\\''` : `\\${char}`))
    return candidates.map(({ text, isPartial }) => inside(text) + (isPartial ? '' : `${open} `))
  }
  const kept = afterLastBreak(raw, wordBreaks)
  const known = splitLine(raw.slice(0, kept)).current.length
  return candidates.map(({ text, isPartial }) => escapeForBash(text.slice(known)) + (isPartial ? '' : ' '))
}

/** Where the part of a word starts that bash will replace: behind the last of its word breaks that is not escaped. */
function afterLastBreak(raw: string, wordBreaks: string): number {
  for (let at = raw.length - 1; at >= 0; at -= 1) {
    const char = raw[at]!
    if (wordBreaks.includes(char) && !/["'\s]/.test(char) && raw[at - 1] !== '\\') return at + 1
  }
  return 0
}

function escapeForBash(text: string): string {
  return text.replace(/[^\w@%+=:,./~\u{80}-\u{10ffff}-]/gu, char => `\\${char}`)
}

async function describedLines(words: readonly string[], shell: string | undefined, io: Io): Promise<string[]> {
  const { describeMember, describeOperation, firstSentence } = await import('../descriptions/index.ts')
  // Fish hands the word over as it is typed, with its quotes.
  const typed = words.at(-1) ?? ''
  const current = shell === 'fish' ? splitLine(typed).current : typed
  const sources = { ...localSources(io.env, io.cwd), describeMember, describeOperation }
  return matching(io.program, words.slice(0, -1), current, sources).map(({ text, description, isPartial }) => {
    const sentence = firstSentence(description ?? '').replace(/\s+/g, ' ')
    return [text, ...(shell === 'zsh' ? [isPartial ? 'partial' : 'whole'] : []), sentence].join('\t')
  })
}

/** What fits the start of the word. Options are offered when a dash is there, files when their folder is. */
function matching(
  program: string,
  words: readonly string[],
  current: string,
  sources: Parameters<typeof candidatesOf>[2],
): Candidate[] {
  const situation = situationOf(words, current, program)
  // A name with a line's end in it cannot be told to a shell line by line.
  return candidatesOf(situation, current, sources).filter(
    ({ text }) => text.startsWith(current) && !/[\n\r\t]/.test(text),
  )
}
