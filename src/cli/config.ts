import { readFileSync } from 'node:fs'
import { CliError } from './errors.ts'
import { expandPath, resolvePath } from './paramfile.ts'
import { strip, stripEnd, stripStart } from './values.ts'

/** An option's value; indented lines below an empty one make a nested mapping. */
export type IniValue = string | ReadonlyMap<string, string>
export type IniSection = ReadonlyMap<string, IniValue>

/** A line of a configuration file that is no section, no option and no continuation. */
export class IniSyntaxError extends Error {}

/**
 * Parse the AWS configuration format with the rules of Python's configparser, which the AWS CLI reads it with: `=` or
 * `:`, whole-line comments with # or ;, no inline comments, option names in lower case, repeated sections or options
 * refused, indented lines continue a value.
 */
export function parseIni(text: string): ReadonlyMap<string, IniSection> {
  const sections = new Map<string, Map<string, string[]>>()
  let section: Map<string, string[]> | undefined
  let option: string[] | undefined
  let indent = 0
  for (const line of text.split(/\r\n?|\n/)) {
    const isComment = /^\s*[#;]/.test(line)
    const value = isComment ? '' : strip(line)
    if (value === '') {
      if (!isComment) option?.push('')
      continue
    }
    const lineIndent = line.length - stripStart(line).length
    if (option !== undefined && lineIndent > indent) {
      option.push(value)
      continue
    }
    indent = lineIndent
    const header = /^\[(.+)\]/.exec(value)?.[1]
    if (header !== undefined) {
      if (sections.has(header)) throw new IniSyntaxError(`section ${header} is repeated`)
      section = new Map()
      sections.set(header, section)
      option = undefined
      continue
    }
    if (section === undefined) throw new IniSyntaxError('an option stands before the first section')
    const match = /^(.*?)\s*[=:]\s*(.*)$/.exec(value)
    const name = match?.[1]?.toLowerCase() ?? ''
    if (!match || name === '') throw new IniSyntaxError('a line is neither section nor option')
    if (section.has(name)) throw new IniSyntaxError(`option ${name} is repeated`)
    option = [match[2]!]
    section.set(name, option)
  }
  return new Map([...sections].map(([name, options]) => [name, finish(options)]))
}

function finish(options: ReadonlyMap<string, readonly string[]>): IniSection {
  return new Map([...options].map(([name, lines]) => [name, nestedOrText(stripEnd(lines.join('\n')))]))
}

/** A value that starts on the line below its name is a mapping, e.g. the service blocks of a `services` section. */
function nestedOrText(text: string): IniValue {
  if (!text.startsWith('\n')) return text
  const nested = new Map<string, string>()
  for (const line of text.split('\n')) {
    const trimmed = strip(line)
    if (trimmed === '') continue
    const equals = trimmed.indexOf('=')
    if (equals < 0) throw new IniSyntaxError('a nested line has no equals sign')
    nested.set(trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim())
  }
  return nested
}

/** The two files of an AWS set-up, merged per profile. */
export interface Configuration {
  /** Options by profile: the configuration file's, overlaid by the credentials file's. */
  readonly profiles: ReadonlyMap<string, IniSection>
  /** The credentials file alone, by profile. */
  readonly credentials: ReadonlyMap<string, IniSection>
  /** The configuration file alone, by profile. */
  readonly configured: ReadonlyMap<string, IniSection>
  /** `[services NAME]` blocks by NAME. */
  readonly services: ReadonlyMap<string, IniSection>
  /** `[sso-session NAME]` blocks by NAME. */
  readonly ssoSessions: ReadonlyMap<string, IniSection>
}

/**
 * Read ~/.aws/config and ~/.aws/credentials, or the files AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name. A
 * missing file is an empty one; one that does not parse is a CliError naming the file, never its content.
 */
export function loadConfiguration(env: Readonly<Record<string, string | undefined>>, cwd: string): Configuration {
  const config = readIni(env['AWS_CONFIG_FILE'] ?? '~/.aws/config', env, cwd)
  const credentials = readIni(env['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials', env, cwd)
  const configured = new Map<string, IniSection>()
  const services = new Map<string, IniSection>()
  const ssoSessions = new Map<string, IniSection>()
  for (const [name, section] of config) {
    const [kind, label, ...more] = name.split(/\s+/).map(word => word.replace(/^(["'])(.*)\1$/, '$2'))
    if (name === 'default') configured.set('default', section)
    else if (kind === 'profile' && label !== undefined) configured.set([label, ...more].join(' '), section)
    else if (kind === 'services' && label !== undefined && more.length === 0) services.set(label, section)
    else if (kind === 'sso-session' && label !== undefined && more.length === 0) ssoSessions.set(label, section)
  }
  const profiles = new Map(configured)
  for (const [name, section] of credentials) profiles.set(name, new Map([...(profiles.get(name) ?? []), ...section]))
  return { profiles, credentials, configured, services, ssoSessions }
}

function readIni(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ReadonlyMap<string, IniSection> {
  const path = resolvePath(expandPath(file, env), cwd)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return new Map()
  }
  try {
    return parseIni(text)
  } catch (error) {
    throw new CliError(`Unable to parse config file: ${path}`, { cause: error })
  }
}
