import { type Candidate, type CandidateSources, candidatesOf, optionText } from '../completion/candidates.ts'
import { type Situation, situationOf } from '../completion/situation.ts'
import { type SplitLine, splitLine } from '../completion/words.ts'
import { COMMAND_TEXTS, WAITER_TEXTS } from '../help/command-texts.ts'
import { parameterDescription } from '../help/pages.ts'
import { type ListResources, type ResourceQuery, type Resources, resourcesAt } from './resources.ts'
import type { Suggestions } from './state.ts'

/** What is known at once, and what comes when the service has answered. */
export interface Suggested {
  readonly now: Suggestions
  readonly later?: Promise<Suggestions>
}

/** Options that make no sense in a prompt. */
const NOT_OFFERED = new Set(['--cli-auto-prompt', '--no-cli-auto-prompt', '--version'])

/**
 * Says what may stand at the cursor. `listWith` makes the caller of the service for a command's global options; each
 * question is asked once.
 */
export class Suggester {
  readonly #program: string
  readonly #sources: CandidateSources
  readonly #listWith: (given: ReadonlyMap<string, string>) => ListResources
  readonly #asked = new Map<string, Promise<Resources>>()
  readonly #answered = new Map<string, Resources | Error>()

  constructor(
    program: string,
    sources: CandidateSources,
    listWith: (given: ReadonlyMap<string, string>) => ListResources,
  ) {
    this.#program = program
    this.#sources = sources
    this.#listWith = listWith
  }

  /** Suggestions for a line without its program, at a cursor. */
  at(text: string, cursor: number): Suggested {
    const line = splitLine(text.slice(0, cursor))
    const situation = withLaterOptions(situationOf(line.words, line.current, this.#program), text.slice(cursor))
    const query = resourcesAt(situation)
    if (query === undefined || line.current.startsWith('file://')) {
      const all = candidatesOf(situation, line.current, this.#sources)
      return { now: this.#suggestions(situation, line, fitting(all, line.current, false)) }
    }
    if (query.missing.length > 0) {
      const note = `Give ${query.missing.map(name => `--${name}`).join(' and ')} first, to choose from ${query.what}.`
      return { now: this.#suggestions(situation, line, [], note) }
    }
    return this.#resources(query, situation, line)
  }

  #resources(query: ResourceQuery, situation: Situation, line: SplitLine): Suggested {
    const globals = ['endpoint-url', 'region', 'profile', 'no-sign-request'].map(name => situation.given.get(name))
    const key = JSON.stringify([query.key, globals])
    const answer = this.#answered.get(key)
    if (answer !== undefined) return { now: this.#fromAnswer(query, answer, situation, line) }
    let asked = this.#asked.get(key)
    if (asked === undefined) {
      asked = query.list(this.#listWith(situation.given))
      this.#asked.set(key, asked)
    }
    const later = asked
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .then(settled => {
        this.#answered.set(key, settled)
        return this.#fromAnswer(query, settled, situation, line)
      })
    return { now: this.#suggestions(situation, line, [], `Asking for ${query.what} …`), later }
  }

  #fromAnswer(query: ResourceQuery, answer: Resources | Error, situation: Situation, line: SplitLine): Suggestions {
    const led = situation.position.kind === 'value' ? situation.position.lead : ''
    if (answer instanceof Error) {
      const reason = answer.message.replace(/\s+/g, ' ').trim()
      return this.#suggestions(situation, line, [], `No list of ${query.what}: ${reason}`)
    }
    const all = answer.candidates.map(candidate => ({ ...candidate, text: led + candidate.text }))
    const candidates = fitting(all, line.current, true)
    const note =
      all.length === 0
        ? `There are no ${query.what} to choose from.`
        : answer.isCut
          ? `There are more ${query.what} than these.`
          : undefined
    return this.#suggestions(situation, line, candidates, note)
  }

  #suggestions(
    situation: Situation,
    line: SplitLine,
    candidates: readonly Candidate[],
    note?: string | undefined,
  ): Suggestions {
    const offered = candidates.filter(({ text }) => !NOT_OFFERED.has(text))
    // What is typed to its end needs no menu of itself.
    const isDone = offered.length === 1 && offered[0]!.text === line.current && !offered[0]!.isPartial
    return {
      start: line.start,
      candidates: isDone && situation.position.kind === 'value' ? [] : offered,
      note,
      help: this.#help(situation, line.current),
    }
  }

  /** A title and paragraphs on what is being typed. */
  #help(situation: Situation, typed: string): string[] {
    const { operation, service, position, options, parameters } = situation
    const option = position.kind === 'value' ? position.option : options.find(({ flag }) => flag === typed)
    if (option !== undefined) {
      const parameter = parameters.find(({ name }) => name === option.dest)
      const required = option.required ? ' [required]' : ''
      if (parameter && operation) {
        return [`${option.flag} (${parameter.shape.type})${required}`, ...parameterDescription(operation, parameter)]
      }
      return [`${option.flag}${required}`, optionText(situation, option, this.#sources) ?? '']
    }
    if (operation !== undefined) {
      const text = this.#sources.describeOperation(operation.service, operation.operation.name) ?? ''
      const missing = options.filter(({ required, dest }) => required && !situation.given.has(dest))
      const still = missing.length === 0 ? [] : [`Still required: ${missing.map(({ flag }) => flag).join(', ')}`]
      return [operation.name, text, ...still]
    }
    if (situation.waiter !== undefined) return [situation.waiter, WAITER_TEXTS.get(situation.waiter) ?? '']
    const text = service === undefined ? undefined : COMMAND_TEXTS.get(service)
    return text === undefined ? [] : [service!, text]
  }
}

/** Options behind the cursor count as given, too; they change no word's meaning before it. */
function withLaterOptions(situation: Situation, rest: string): Situation {
  if (situation.operation === undefined || rest.trim() === '') return situation
  const { service, name } = situation.operation
  const later = situationOf(
    [service, name, ...splitLine(`${rest} `).words.filter((_, at) => at > 0 || /^\s/.test(rest))],
    '',
    situation.program,
  )
  return { ...situation, given: new Map([...later.given, ...situation.given]) }
}

/**
 * Those that fit what is typed, best first: that start with it, that hold it, that hold its letters in order.
 * Resources are found by their names, too.
 */
export function fitting(candidates: readonly Candidate[], typed: string, byDescription: boolean): Candidate[] {
  const wanted = typed.toLowerCase()
  const rank = ({ text, description = '' }: Candidate): number => {
    const word = text.toLowerCase()
    if (word.startsWith(wanted)) return 0
    if (word.includes(wanted)) return 1
    if (byDescription && description.toLowerCase().includes(wanted)) return 2
    return isSubsequence(wanted.replace(/^--/, ''), word) ? 3 : 4
  }
  const ranked = candidates.map((candidate, index) => ({ candidate, index, rank: rank(candidate) }))
  const found = ranked.filter(entry => entry.rank < 4)
  // Letters strewn over a word are a last resort.
  const best = found.some(entry => entry.rank < 3) ? found.filter(entry => entry.rank < 3) : found
  return best.sort((a, b) => a.rank - b.rank || a.index - b.index).map(entry => entry.candidate)
}

function isSubsequence(letters: string, word: string): boolean {
  let at = 0
  for (const letter of letters) {
    at = word.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
