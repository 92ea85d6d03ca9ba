import { readFileSync } from 'node:fs'
import { ParamError } from './errors.ts'
import { Bytes, stringRepr } from './values.ts'

/** What a file's name is resolved with: `~` and `$VAR` come from the environment, relative names from `cwd`. */
export interface FileContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** How text is read; UTF-8 when absent. */
  readonly fileEncoding?: (() => { decode(bytes: Uint8Array): string }) | undefined
}

/**
 * The content of `file://name` (text, nothing trimmed) or `fileb://name` (bytes); undefined for any other text.
 * The prefix is case-sensitive. Throws a ParamError with CPython's wording for a file that cannot be read.
 */
export function loadParameterFile(text: string, context: FileContext): string | Bytes | undefined {
  const prefix = ['file://', 'fileb://'].find(candidate => text.startsWith(candidate))
  if (prefix === undefined) return undefined
  const path = expandPath(text.slice(prefix.length), context.env)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(resolvePath(path, context.cwd))
  } catch (error) {
    throw new ParamError(`Unable to load paramfile ${text}: ${systemErrorText(error, path)}`, { cause: error })
  }
  if (prefix === 'fileb://') return new Bytes(bytes)
  const encoding = context.fileEncoding?.() ?? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return encoding.decode(bytes).replace(/\r\n?/g, '\n')
  } catch (error) {
    throw new ParamError(
      `Unable to load paramfile (${path}), text contents could not be decoded.  If this is a binary file, please use ` +
        'the fileb:// prefix instead of the file:// prefix.',
      { cause: error },
    )
  }
}

/** A leading `~` and `$NAME` or `${NAME}` as Python's expanduser and expandvars treat them; unknown names stay. */
export function expandPath(path: string, env: FileContext['env']): string {
  const home = env['HOME']
  const withHome = home !== undefined && /^~(?=\/|$)/.test(path) ? home.replace(/\/+$/, '') + path.slice(1) : path
  return withHome.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare, braced) => env[bare ?? braced] ?? whole)
}

export function resolvePath(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`
}

const ERRNO: ReadonlyMap<string, string> = new Map([
  ['ENOENT', '[Errno 2] No such file or directory'],
  ['EACCES', '[Errno 13] Permission denied'],
  ['ENOTDIR', '[Errno 20] Not a directory'],
  ['EISDIR', '[Errno 21] Is a directory'],
  ['EMFILE', '[Errno 24] Too many open files'],
  ['ENAMETOOLONG', '[Errno 36] File name too long'],
  ['ELOOP', '[Errno 40] Too many levels of symbolic links'],
])

/** An operating system error as CPython prints it. */
export function systemErrorText(error: unknown, path?: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const text = ERRNO.get(code) ?? (error as Error).message
  return path === undefined ? text : `${text}: ${stringRepr(path)}`
}
