/** Runs in a thread of its own (template.ts): reads templates in YAML, some of which are made to keep the parser busy. */
import { parentPort } from 'node:worker_threads'
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, visit } from 'yaml'

parentPort!.on('message', ({ id, body }: { id: number; body: string }) => {
  try {
    parentPort!.postMessage({ id, value: read(body) })
  } catch (error) {
    // The parser's first line says what and where; the rest shows the place.
    parentPort!.postMessage({ id, error: (error as Error).message.split('\n', 1)[0]! })
  }
})

/** The template as data: short-form intrinsics (`!Ref x`) in their long form. */
function read(body: string): unknown {
  // Whether keys are unique is looked at below: the parser's own check takes a time that grows with the square of a map.
  const document = parseDocument(body, { logLevel: 'silent', stringKeys: true, uniqueKeys: false })
  const [error] = document.errors
  if (error) throw error
  visit(document, {
    Alias() {
      throw new Error('YAML aliases are not allowed in CloudFormation templates')
    },
  })
  return plain(document.contents)
}

/** A node's value, with what its tag means around it. */
function plain(node: ParsedNode | null): unknown {
  const value = untagged(node)
  const tag = node && !isAlias(node) ? node.tag : undefined
  if (tag === undefined || !/^![A-Za-z]/.test(tag)) return value
  const name = tag.slice(1)
  if (name === 'Ref' || name === 'Condition') return { [name]: value }
  // `!GetAtt Thing.Some.Attribute` names the resource up to the first dot.
  const split = name === 'GetAtt' && typeof value === 'string' ? /^([^.]*)\.(.*)$/s.exec(value)?.slice(1) : undefined
  return { [`Fn::${name}`]: split ?? value }
}

function untagged(node: ParsedNode | null): unknown {
  if (isMap(node)) {
    const pairs = new Map<string, unknown>()
    for (const { key, value } of node.items) {
      const name = String(untagged(key))
      if (pairs.has(name)) throw new Error(`Map keys must be unique: ${name} is there twice`)
      pairs.set(name, plain(value))
    }
    return Object.fromEntries(pairs)
  }
  if (isSeq(node)) return node.items.map(item => plain(item))
  return isScalar(node) ? node.value : null
}
