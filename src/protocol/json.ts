import { SerializationException } from './errors.ts'

/** Deeper than any shape of the models nests, and far from what overflows a stack. */
const MAX_DEPTH = 100

/**
 * Parse a request body of the JSON protocols. An empty body is an empty object, as the SDKs may send none. Depth is
 * counted over the bytes before anything is built, so that deep nesting costs no more than its length. Throws
 * SerializationException.
 */
export function parseJson(bytes: Uint8Array, limits?: { readonly maxDepth?: number }): unknown {
  if (bytes.length === 0) return {}
  const maxDepth = limits?.maxDepth ?? MAX_DEPTH
  if (isDeeperThan(bytes, maxDepth)) {
    throw new SerializationException(`The request body is nested more than ${maxDepth} levels deep.`)
  }
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw new SerializationException('The request body is not valid UTF-8.', { cause })
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the body, which may hold secrets: it is not kept as the cause.
    throw new SerializationException('The request body is not valid JSON.')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}')

/** One pass over the bytes; in UTF-8 no byte of a longer character looks like one of these six. */
function isDeeperThan(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]
    if (inString) {
      if (byte === BACKSLASH) i += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1
    }
  }
  return false
}
