import { type ParsedNode, parseDocument as parseYaml } from 'yaml'
import { DocumentError } from '../document.ts'
import { plain } from '../plain.ts'

/** Characters; SSM's own limit of a document is 64 KB. */
export const maxDocumentSize = 65_536

/**
 * The content as data. Throws DocumentError when it is too large or not well-formed.
 * @param format without it, content is JSON when it starts with a brace and is well-formed JSON, else YAML
 */
export function read(content: string, format: 'YAML' | 'JSON' | undefined): unknown {
  if (content.length > maxDocumentSize || Buffer.byteLength(content) > maxDocumentSize) {
    throw new DocumentError(`The document is larger than ${maxDocumentSize / 1024} KB.`)
  }
  if (format !== undefined) return format === 'JSON' ? readJson(content) : readYaml(content)
  if (!content.trimStart().startsWith('{')) return readYaml(content)
  try {
    return readJson(content)
  } catch (error) {
    // YAML has maps in braces too, with keys that JSON does not take.
    try {
      return readYaml(content)
    } catch {
      throw error
    }
  }
}

function readJson(content: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch (error) {
    throw new DocumentError(`JSON not well-formed. ${(error as Error).message}`)
  }
  return plain(parsed)
}

/**
 * YAML 1.1 as SSM's parser takes it: lenient about indentation and about keys that occur twice, but without the tags and
 * implicit types (timestamps, binary) that make objects. `yaml` refuses too many aliases by itself.
 */
function readYaml(content: string): unknown {
  const document = parseYaml<ParsedNode>(content, {
    version: '1.1',
    schema: 'core',
    merge: true,
    strict: false,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    if (problem.message.includes('call stack')) throw new DocumentError('The document is nested too deep.')
    const before = content.slice(0, problem.pos[0]).split('\n')
    throw new DocumentError(
      `YAML not well-formed. At Line: ${before.length}, Column: ${before.at(-1)!.length + 1}: ${problem.message}`,
    )
  }
  try {
    return plain(document.toJS({ maxAliasCount: 50 }))
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentError('The document is nested too deep.')
    if (error instanceof DocumentError) throw error
    throw new DocumentError(`YAML not well-formed. ${(error as Error).message}`)
  }
}
