import { isMap, maxDepth } from './plain.ts'

/**
 * Our own small subset of JSONPath: what the selectors of public documents use, and nothing that computes.
 *   $  .name  ..name  [0]  [-1]  ['name']  [*]  .*  .length  [?(@.name == 'text')]
 * The leading `$.` may be missing, as it is in some real documents.
 */
export type Selector = readonly Segment[]

export type Segment =
  | { readonly kind: 'name'; readonly name: string; readonly deep: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all'; readonly deep: boolean }
  | { readonly kind: 'filter'; readonly path: readonly string[]; readonly equal: boolean; readonly value: unknown }

export class SelectorError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SelectorError'
  }
}

/** More nodes than any real answer has; `$..a..a..a` over a wide answer would otherwise grow without end. */
const maxNodes = 10_000
const maxSelectorLength = 1024

const plainName = /[^.[\]\s'"]+/y
const bracket = /\[\s*(?:(-?\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/y
const filter =
  /\[\s*\?\s*\(\s*@((?:\.[^.[\]\s'"=!()]+)+)\s*(==|!=)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?|true|false|null))\s*\)\s*\]/y

/** Parses a selector. Throws SelectorError when it is none of the subset. */
export function parseSelector(text: string): Selector {
  const source = text.trim()
  const bad = () => new SelectorError(`Selector ${text} is not a JSONPath that is understood.`)
  if (source.length === 0 || source.length > maxSelectorLength) throw bad()
  const segments: Segment[] = []
  let at = 0
  const match = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at
    const found = expression.exec(source)
    if (found) at = expression.lastIndex
    return found
  }
  const name = (deep: boolean) => {
    const found = match(plainName)
    if (!found) throw bad()
    segments.push(found[0] === '*' ? { kind: 'all', deep } : { kind: 'name', name: found[0], deep })
  }
  if (source[0] === '$' && (source.length === 1 || source[1] === '.' || source[1] === '[')) at = 1
  else if (source[0] !== '[') name(false)
  while (at < source.length) {
    if (source.startsWith('..', at)) {
      at += 2
      if (source[at] === '[') segments.push({ kind: 'all', deep: true }, bracketSegment())
      else name(true)
    } else if (source[at] === '.') {
      at += 1
      name(false)
    } else segments.push(bracketSegment())
  }
  return segments

  function bracketSegment(): Segment {
    const condition = match(filter)
    if (condition) {
      const [, path, operator, single, double, bare] = condition
      const value = bare === undefined ? unquote(single ?? double ?? '') : JSON.parse(bare)
      return { kind: 'filter', path: path!.slice(1).split('.'), equal: operator === '==', value }
    }
    const found = match(bracket)
    if (!found) throw bad()
    const [, index, star, single, double] = found
    if (index !== undefined) return { kind: 'index', index: Number(index) }
    if (star !== undefined) return { kind: 'all', deep: false }
    return { kind: 'name', name: unquote(single ?? double ?? ''), deep: false }
  }
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}

/**
 * What a selector finds: one value, or undefined when there is none. A deep scan, a wildcard or a filter always gives a
 * list (an empty one when nothing is found).
 */
export function select(selector: Selector, value: unknown): unknown {
  let nodes: unknown[] = [value]
  let many = false
  for (const [position, segment] of selector.entries()) {
    const isLast = position === selector.length - 1
    if (segment.kind === 'name' && segment.name === 'length' && !segment.deep && isLast && many) {
      // `$..x.length`: the length of the list that the path before it gave, unless its items have such a property.
      const own = nodes.flatMap(node => child(node, 'length'))
      return own.length > 0 ? own : nodes.length
    }
    if (segment.kind === 'all' || segment.kind === 'filter' || (segment.kind === 'name' && segment.deep)) many = true
    nodes = nodes.flatMap(node => step(segment, node))
    if (nodes.length > maxNodes) throw new SelectorError(`The selector finds more than ${maxNodes} values.`)
  }
  return many ? nodes : nodes[0]
}

function step(segment: Segment, node: unknown): unknown[] {
  switch (segment.kind) {
    case 'name':
      return segment.deep ? descendants(node).flatMap(each => ownChild(each, segment.name)) : child(node, segment.name)
    case 'index':
      return Array.isArray(node) && node.at(segment.index) !== undefined ? [node.at(segment.index)] : []
    case 'all':
      return segment.deep ? descendants(node) : children(node)
    case 'filter':
      return children(node).filter(item => {
        const found = segment.path.reduce<unknown[]>(
          (nodes, name) => nodes.flatMap(each => ownChild(each, name)),
          [item],
        )
        return (found.length > 0 && found[0] === segment.value) === segment.equal
      })
  }
}

function ownChild(node: unknown, name: string): unknown[] {
  return isMap(node) && Object.hasOwn(node, name) ? [node[name]] : []
}

function child(node: unknown, name: string): unknown[] {
  if (name === 'length' && (Array.isArray(node) || typeof node === 'string')) return [node.length]
  return ownChild(node, name)
}

function children(node: unknown): unknown[] {
  if (Array.isArray(node)) return node
  return isMap(node) ? Object.values(node) : []
}

/** The node and everything in it, parents first. */
function descendants(node: unknown): unknown[] {
  const found: unknown[] = []
  const visit = (each: unknown, depth: number) => {
    if (depth > maxDepth + 1) throw new SelectorError(`The value is nested more than ${maxDepth} levels deep.`)
    found.push(each)
    if (found.length > maxNodes * 10) throw new SelectorError(`The value holds more than ${maxNodes * 10} parts.`)
    for (const item of children(each)) visit(item, depth + 1)
  }
  visit(node, 0)
  return found
}
