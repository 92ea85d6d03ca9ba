/** How many rows are kept. */
const most = 256

/**
 * Entities as they were read last, by id: a row that says the same as before is not parsed anew. Parsing an entity takes
 * several times as long as comparing its text, and one change reads the same rows several times over. Rows of any length,
 * and not frozen, unlike fromJsonAgain's: these are read to be changed and written, once or twice each.
 */
export class LastRead<T> {
  readonly #rows = new Map<string, { readonly text: string; readonly entity: T }>()
  readonly #parse: (text: string) => T

  constructor(parse: (text: string) => T) {
    this.#parse = parse
  }

  /** The same text gives the same object: nobody may change it. */
  read(id: string, text: string): T {
    const last = this.#rows.get(id)
    if (last?.text === text) return last.entity
    const entity = this.#parse(text)
    if (this.#rows.size >= most) this.#rows.clear()
    this.#rows.set(id, { text, entity })
    return entity
  }
}
