import { DocumentError, type FileDefinition, type StepDefinition } from '../document.ts'
import { isMap } from '../plain.ts'
import { checkProperties } from './properties.ts'

/**
 * The document's attachments: `files: {code.zip: {checksums: {sha256: ...}}}`. Also checks that steps name no others.
 */
export function parseFiles(source: unknown, steps: readonly StepDefinition[]): Map<string, FileDefinition> {
  const files = new Map<string, FileDefinition>()
  if (source !== undefined && source !== null && !isMap(source)) throw new DocumentError('files must be a map.')
  for (const [name, definition] of Object.entries(source ?? {})) {
    const where = `File "${name}"`
    if (!/^[\w.-]{1,255}$/.test(name) || /^\.+$/.test(name)) throw new DocumentError(`${where}: the name is not valid.`)
    files.set(name, parseFile(definition, where))
  }
  for (const { name, inputs } of steps) {
    const attachment = inputs['Attachment']
    if (typeof attachment === 'string' && !attachment.includes('{{') && !files.has(attachment)) {
      throw new DocumentError(`Step "${name}": Attachment names "${attachment}", which is not listed under files.`)
    }
  }
  return files
}

function parseFile(definition: unknown, where: string): FileDefinition {
  if (definition === null) return {}
  if (!isMap(definition)) throw new DocumentError(`${where} must be a map.`)
  checkProperties(definition, ['checksums'], where)
  const checksums = definition['checksums'] ?? {}
  if (!isMap(checksums)) throw new DocumentError(`${where}: checksums must be a map.`)
  const sha256 = checksums['sha256'] ?? undefined
  if (sha256 === undefined) return {}
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new DocumentError(`${where}: sha256 must be 64 hexadecimal digits.`)
  }
  return { sha256: sha256.toLowerCase() }
}
