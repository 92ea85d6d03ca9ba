import type { Paginator } from '../model/services.ts'
import { CliError } from './errors.ts'
import { parseJson, printJson } from './json.ts'
import { isInteger, pythonRepr, type Value, type ValueMap } from './values.ts'

/** What --max-items and --starting-token ask for. */
export interface PagingOptions {
  readonly maxItems?: number
  readonly startingToken?: string
}

export type CallPage = (input: ValueMap) => Promise<ValueMap>

const TRUNCATED = 'boto_truncate_amount'

/**
 * The pages of a paginated call, fetched as they are asked for, with botocore's rules for --max-items and
 * --starting-token: a page cut short leaves a token that remembers how much of it was shown. No paginator of the services
 * we speak has keys beside its items (non_aggregate_keys), so pages are merged by their result keys alone.
 */
export class Pages {
  /** Base64 of JSON; set when --max-items ended the paging early. */
  resumeToken: string | undefined
  readonly resultKeys: readonly string[]
  readonly #call: CallPage
  readonly #paginator: Paginator
  readonly #input: ValueMap
  readonly #options: PagingOptions

  constructor(call: CallPage, paginator: Paginator, input: ValueMap, options: PagingOptions) {
    this.#call = call
    this.#paginator = paginator
    this.#input = input
    this.#options = options
    this.resultKeys = typeof paginator.result_key === 'string' ? [paginator.result_key] : paginator.result_key
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ValueMap> {
    const { input_token: inputToken, output_token: outputToken } = this.#paginator
    const { maxItems } = this.#options
    const start = this.#options.startingToken === undefined ? undefined : this.#decodeToken(this.#options.startingToken)
    const primary = this.resultKeys[0]!
    let token: Value = start?.token ?? null
    let previous: Value = null
    let skipped = start?.skip ?? 0
    let seen = 0
    if (start) this.#setToken(token)
    for (let first = true; ; first = false) {
      const page = await this.#call(new Map(this.#input))
      if (first && start) this.#skipShown(page, skipped)
      if (!first) skipped = 0
      const found = page.get(primary) ?? []
      const items = Array.isArray(found) ? found : []
      const excess = maxItems === undefined ? 0 : seen + items.length - maxItems
      if (excess > 0) {
        const kept = items.length - excess
        // A slice end below zero counts from the end, as it does in Python.
        page.set(primary, items.slice(0, kept))
        this.resumeToken = encodeToken(
          new Map<string, Value>([
            [inputToken, token],
            [TRUNCATED, kept + skipped],
          ]),
        )
      }
      yield page
      if (excess > 0) return
      seen += items.length
      const next = page.get(outputToken) ?? null
      if (next === null || next === '') return
      token = next
      if (maxItems !== undefined && seen === maxItems) {
        this.resumeToken = encodeToken(new Map([[inputToken, token]]))
        return
      }
      if (previous !== null && previous === token) {
        const shown = pythonRepr(new Map([[inputToken, token]]))
        throw new CliError(`Error during pagination: The same next token was received twice: ${shown}`)
      }
      this.#setToken(token)
      previous = token
    }
  }

  /** All pages as one answer; a token to go on with is its NextToken. */
  async fullResult(): Promise<ValueMap> {
    const result: ValueMap = new Map()
    for await (const page of this) {
      for (const key of this.resultKeys) {
        const value = page.get(key) ?? null
        if (value === null) continue
        const existing = result.get(key)
        if (Array.isArray(value) && Array.isArray(existing)) existing.push(...value)
        else if (isInteger(value) && existing !== undefined && isInteger(existing))
          result.set(key, Number(existing) + Number(value))
        else if (typeof value === 'string' && typeof existing === 'string') result.set(key, existing + value)
        else result.set(key, Array.isArray(value) ? [...value] : value)
      }
    }
    if (this.resumeToken !== undefined) result.set('NextToken', this.resumeToken)
    return result
  }

  #setToken(token: Value): void {
    if (token === null || token === 'None') this.#input.delete(this.#paginator.input_token)
    else this.#input.set(this.#paginator.input_token, token)
  }

  /** Drop what an earlier run already showed of this page. */
  #skipShown(page: ValueMap, shown: number): void {
    this.resultKeys.forEach((key, index) => {
      const value = page.get(key) ?? null
      if (index === 0) page.set(key, Array.isArray(value) ? value.slice(shown) : null)
      else if (Array.isArray(value)) page.set(key, [])
    })
  }

  #decodeToken(text: string): { readonly token: Value; readonly skip: number } {
    try {
      const bytes = decodeBase64(text)
      const decoded = bytes === undefined ? null : parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      if (decoded instanceof Map) {
        const skip = decoded.get(TRUNCATED)
        return { token: decoded.get(this.#paginator.input_token) ?? null, skip: typeof skip === 'number' ? skip : 0 }
      }
    } catch {
      // Not one of our tokens: it is the service's own and sent as it is.
    }
    return this.#decodeDeprecatedToken(text)
  }

  /** The form before base64: the service's token, or token___amount. */
  #decodeDeprecatedToken(text: string): { readonly token: Value; readonly skip: number } {
    const parts = text.split('___')
    const amount = parts.length === 2 && /^\d+$/.test(parts[1]!) ? Number(parts[1]) : undefined
    return amount === undefined
      ? { token: text, skip: 0 }
      : { token: parts[0] === 'None' ? null : parts[0]!, skip: amount }
  }
}

function encodeToken(token: ValueMap): string {
  return Buffer.from(printJson(token, { ascii: true })).toString('base64')
}

function decodeBase64(text: string): Uint8Array | undefined {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined
}
