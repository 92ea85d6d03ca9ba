import { CliError } from './errors.ts'

/**
 * Text encodings by the names Python gives them, for AWS_CLI_FILE_ENCODING and AWS_CLI_OUTPUT_ENCODING. Those of a byte
 * or two for each character are known by Node's decoders; writing goes by the table that reading makes.
 */
export interface Encoding {
  /** Throws a TypeError for bytes that are no text. */
  decode(bytes: Uint8Array): string
  /** Throws a CliError with Python's text for a character that the encoding does not have. */
  encode(text: string): Uint8Array
}

/** Throws a CliError for a name that nothing is known by. */
export function encodingOf(name: string): Encoding {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const compact = plain.replaceAll('-', '')
  if (/^(?:utf8|u8|utf|cp65001)$/.test(compact)) return utf8(false)
  if (compact === 'utf8sig') return utf8(true)
  if (/^(?:latin1|latin|l1|iso88591|88591|cp819)$/.test(compact)) return byCode('latin-1', 256)
  if (/^(?:ascii|usascii|646)$/.test(compact)) return byCode('ascii', 128)
  if (/^(?:utf16|u16)$/.test(compact)) return utf16(true)
  if (/^utf16le$/.test(compact)) return utf16(false)
  const label = LABELS.get(compact) ?? [name, plain, compact.replace(/^cp(125\d|874)$/, 'windows-$1')].find(isKnown)
  if (label === undefined || !isKnown(label)) throw new CliError(`unknown encoding: ${name}`)
  return byTable(name, label)
}

/** Python's names that are not the web's. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['mskanji', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp866', 'ibm866'],
  ['macroman', 'macintosh'],
])

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label) !== undefined
  } catch {
    return false
  }
}

function utf8(withMark: boolean): Encoding {
  return {
    decode: bytes => new TextDecoder('utf-8', { fatal: true, ignoreBOM: !withMark }).decode(bytes),
    encode: text => Buffer.from(text, 'utf8'),
  }
}

function utf16(withMark: boolean): Encoding {
  return {
    decode: bytes => {
      const label = withMark && bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-16le'
      return new TextDecoder(label, { fatal: true, ignoreBOM: !withMark }).decode(bytes)
    },
    // The mark is for the start of a file; a stream's pieces go without.
    encode: text => Buffer.from(text, 'utf16le'),
  }
}

function byCode(name: string, limit: number): Encoding {
  return {
    decode: bytes => {
      if (bytes.some(byte => byte >= limit)) throw new TypeError(`'${name}' codec can't decode`)
      return Buffer.from(bytes).toString('latin1')
    },
    encode: text => {
      const at = [...text].findIndex(char => char.codePointAt(0)! >= limit)
      if (at >= 0) throw cannotEncode(name, text, at, `ordinal not in range(${limit})`)
      return Buffer.from(text, 'latin1')
    },
  }
}

function byTable(name: string, label: string): Encoding {
  let table: ReadonlyMap<string, readonly number[]> | undefined
  return {
    decode: bytes => new TextDecoder(label, { fatal: true }).decode(bytes),
    encode: text => {
      table ??= tableOf(label)
      const bytes: number[] = []
      for (const [at, char] of [...text].entries()) {
        const code = table.get(char)
        if (code === undefined) throw cannotEncode(name, text, at, 'character maps to <undefined>')
        bytes.push(...code)
      }
      return Uint8Array.from(bytes)
    },
  }
}

function tableOf(label: string): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder(label, { fatal: true })
  const table = new Map<string, readonly number[]>()
  const add = (...bytes: number[]) => {
    try {
      const char = decoder.decode(Uint8Array.from(bytes))
      if ([...char].length === 1 && !table.has(char)) table.set(char, bytes)
      return char !== ''
    } catch {
      return false
    }
  }
  for (let byte = 0; byte < 256; byte += 1) {
    if (add(byte)) continue
    for (let second = 0; second < 256; second += 1) add(byte, second)
  }
  return table
}

function cannotEncode(name: string, text: string, at: number, reason: string): CliError {
  const code = [...text][at]!.codePointAt(0)!
  const hex = code.toString(16)
  const shown =
    code < 0x100
      ? `\\x${hex.padStart(2, '0')}`
      : code < 0x10000
        ? `\\u${hex.padStart(4, '0')}`
        : `\\U${hex.padStart(8, '0')}`
  const codec = /^cp\d|windows/i.test(name) ? 'charmap' : name
  return new CliError(`'${codec}' codec can't encode character '${shown}' in position ${at}: ${reason}`)
}
