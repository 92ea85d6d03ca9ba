import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ArtifactError } from '../engine.ts'
import { ParserError, ParserThread } from '../parser-thread.ts'

/** CloudFormation's limit for a template that it reads from S3. */
export const mostTemplateBytes = 1_048_576

/** A CloudFormation template that could be read. */
export interface Template {
  readonly body: string
  /** The template as data: short-form intrinsics (`!Ref x`) in their long form (`{ Ref: x }`). */
  readonly content: Fields
}

/** Reads YAML in a thread of its own, since the parser can be kept busy for seconds. */
export type YamlParser = Pick<ParserThread<unknown>, 'parse'>

export function yamlParser(): YamlParser {
  return new ParserThread({ file: workerFile, what: 'The YAML' })
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a template, JSON or YAML. `where` names it in errors. Throws ArtifactError for what is none: too large, another
 * kind of file, without resources, or with YAML aliases, which CloudFormation does not take and bombs are made of.
 */
export async function parseTemplate(bytes: Uint8Array, where: string, yaml: YamlParser): Promise<Template> {
  if (bytes.length > mostTemplateBytes) {
    throw new ArtifactError(
      `The template ${where} is larger than ${mostTemplateBytes} bytes, which is CloudFormation's limit.`,
    )
  }
  const body = Buffer.from(bytes).toString('utf8')
  if (body.includes('\0') || body.includes('\uFFFD')) throw notTemplate(where, 'it is not text')
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(body)) throw notTemplate(where, 'it is HTML or XML')
  if (nestsTooDeep(body)) throw notTemplate(where, `it nests more than ${mostNesting} levels deep`)
  if ((body.match(/(?:^|[\s[,])![A-Za-z]/g)?.length ?? 0) > mostTags) {
    throw notTemplate(where, `it has more than ${mostTags} functions in their short form`)
  }
  const content = await read(body, where, yaml)
  if (!isFields(content)) throw notTemplate(where, 'it is not a map')
  const resources = content['Resources']
  if (!isFields(resources) || Object.keys(resources).length === 0) {
    throw notTemplate(where, 'at least one Resources member must be defined')
  }
  const parameters = content['Parameters'] ?? {}
  if (!isFields(parameters)) throw notTemplate(where, 'Parameters is not a map')
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!isFields(parameter) || typeof parameter['Type'] !== 'string') {
      throw notTemplate(where, `parameter ${name} has no Type`)
    }
  }
  return { body, content }
}

async function read(body: string, where: string, yaml: YamlParser): Promise<unknown> {
  try {
    if (body.trimStart().startsWith('{')) return JSON.parse(body)
  } catch {
    // YAML's flow style begins as JSON does; if it is not that either, YAML says where.
  }
  try {
    return await yaml.parse(where, { body })
  } catch (error) {
    if (!(error instanceof ParserError)) throw error
    throw notTemplate(where, error.message)
  }
}

/** The parser notes each tag that it does not know, in a time that grows with their square. */
const mostTags = 10_000
/** Far more than anybody writes, and far less than what makes the parser slow. */
const mostNesting = 500

/**
 * Whether brackets or the marks of lists in lists nest too deep; told from the text, before it is parsed. Brackets in texts
 * count too, which those that close them make up for.
 */
function nestsTooDeep(body: string): boolean {
  // Lists in lists on one line, and tags or anchors one after the other, of which a node has one each.
  if (/^[ \t]*(?:[-?:][ \t]+){100}/m.test(body) || /(?:^|\s)(?:[!&]\S*\s+){10}/.test(body)) return true
  let depth = 0
  for (let i = 0; i < body.length; i += 1) {
    const code = body.charCodeAt(i)
    // [ and {, ] and }
    if (code === 91 || code === 123) depth += 1
    else if ((code === 93 || code === 125) && depth > 0) depth -= 1
    if (depth > mostNesting) return true
  }
  return false
}

function notTemplate(where: string, why: string): ArtifactError {
  return new ArtifactError(`${where} is not a CloudFormation template: ${why}.`)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The thread's program: beside this file, or, in a build, beside the bundle (scripts/build.ts). */
function workerFile(): string {
  const source = join(import.meta.dirname, 'yaml-worker.ts')
  const built = join(import.meta.dirname, 'yaml', 'worker.cjs')
  const file = [source, built].find(existsSync)
  if (!file) throw new ParserError(`YAML cannot be parsed: ${built}, a part of Bellhop, is missing`)
  return file
}
