/** An element of a parsed document: its local name, its child elements in order and its own text. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** A text that is not the XML we read; `message` tells where, in characters, and never quotes the document. */
export class XmlError extends Error {
  constructor(reason: string, position: number) {
    super(`${reason} at character ${position}`)
    this.name = 'XmlError'
  }
}

/**
 * Text as the content of an element. What XML 1.0 cannot hold in any form (control characters, unpaired surrogates,
 * U+FFFE, U+FFFF) becomes U+FFFD; a carriage return is written as a reference, or a parser would read a newline.
 */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\r]/g, character => ESCAPES[character]!)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#xD;',
}

const MAX_DEPTH = 100
const NAME = /[A-Za-z_:\u0080-\uffff][-A-Za-z0-9._:\u0080-\uffff]*/y
const ATTRIBUTE = /\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')/y
const BLANKS = /\s*/y

/**
 * Parse a document as the query protocol's answers need it: elements and text. Namespaces' prefixes and attributes are
 * dropped; document types are refused, so the only entities are XML's own five and numbers. Throws XmlError.
 */
export function parseXml(document: string): XmlElement {
  interface OpenElement {
    readonly qualifiedName: string
    readonly name: string
    readonly children: XmlElement[]
    text: string
  }
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let at = document.startsWith('\ufeff') ? 1 : 0

  while (at < document.length) {
    const next = document.indexOf('<', at)
    const end = next < 0 ? document.length : next
    if (end > at) addText(unescapeXml(document.slice(at, end), at))
    at = end
    if (at >= document.length) break
    if (document.startsWith('<?', at)) skipPast('?>')
    else if (document.startsWith('<!--', at)) skipPast('-->')
    else if (document.startsWith('<![CDATA[', at)) {
      const start = at + '<![CDATA['.length
      skipPast(']]>')
      addText(document.slice(start, at - ']]>'.length))
    } else if (document.startsWith('<!', at)) throw new XmlError('A document type is not accepted', at)
    else if (document.startsWith('</', at)) closeElement()
    else openElement()
  }
  if (open.length > 0 || root === undefined) throw new XmlError('The document ends too early', at)
  return root

  function match(expression: RegExp): string | undefined {
    expression.lastIndex = at
    const found = expression.exec(document)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  function skipPast(mark: string): void {
    const found = document.indexOf(mark, at)
    if (found < 0) throw new XmlError(`No '${mark}' follows`, at)
    at = found + mark.length
  }

  function addText(text: string): void {
    const element = open.at(-1)
    if (element) element.text += text
    else if (text.trim() !== '') throw new XmlError('Text outside of the root element', at)
  }

  function openElement(): void {
    if (root !== undefined) throw new XmlError('A second root element', at)
    if (open.length >= MAX_DEPTH) throw new XmlError(`More than ${MAX_DEPTH} elements deep`, at)
    at += 1
    const qualifiedName = match(NAME)
    if (qualifiedName === undefined) throw new XmlError('No element name', at)
    while (match(ATTRIBUTE) !== undefined);
    match(BLANKS)
    const isEmpty = document.startsWith('/>', at)
    if (!isEmpty && document[at] !== '>') throw new XmlError('A start tag that does not end', at)
    at += isEmpty ? 2 : 1
    const name = qualifiedName.slice(qualifiedName.indexOf(':') + 1)
    open.push({ qualifiedName, name, children: [], text: '' })
    if (isEmpty) finishElement()
  }

  function closeElement(): void {
    at += 2
    const name = match(NAME)
    match(BLANKS)
    if (name === undefined || name !== open.at(-1)?.qualifiedName || document[at] !== '>') {
      throw new XmlError('An end tag that does not match', at)
    }
    at += 1
    finishElement()
  }

  function finishElement(): void {
    const { name, children, text } = open.pop()!
    const parent = open.at(-1)
    if (parent) parent.children.push({ name, children, text })
    else root = { name, children, text }
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function unescapeXml(text: string, position: number): string {
  const newlines = text.replace(/\r\n?/g, '\n')
  if (!newlines.includes('&')) return newlines
  return newlines.replace(/&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{1,8}))?(;?)/g, (_, dec, hex, name, end) => {
    const code = dec === undefined ? hex && Number.parseInt(hex, 16) : Number.parseInt(dec, 10)
    const value = name === undefined ? code && code <= 0x10ffff && String.fromCodePoint(code) : ENTITIES.get(name)
    if (!end || !value) throw new XmlError('An entity that is not known', position)
    return value
  })
}
