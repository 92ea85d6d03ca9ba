import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Request } from '../pipeline.ts'
import { type HttpAnswer, plainText } from '../routes.ts'

/** Where the built pages lie: beside the bundle, or, from the source, where `npm run build:console` puts them. */
export const pagesDirectory = join(
  import.meta.dirname,
  basename(import.meta.dirname) === 'dist' ? 'console' : '../../../dist/console',
)

/**
 * Scripts and styles come from here and nowhere else, and nothing of a page is run that is written into it. What is not
 * listed is not loaded. `data:` images are the icons in the components' style sheets.
 */
const securityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const alwaysHeaders = [
  ['Content-Security-Policy', securityPolicy],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Vary', 'Accept-Encoding'],
] as const

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
}

/** Best first. */
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

const notBuilt = `Bellhop answers the API at this address. Its console has not been built here:

    npm run build:console

builds it into dist/console; reload this page then.
`

/** Answers the built pages: one page for every view, and its scripts and styles, which never change under their names. */
export function createPages(directory = pagesDirectory): (request: Request) => Promise<HttpAnswer> {
  return async request => {
    const { path } = request.head
    const name = /^\/assets\/[\w.-]+$/.test(path) ? path.slice(1) : path === '/favicon.svg' ? 'favicon.svg' : undefined
    const file = join(directory, name ?? 'index.html')
    const found = await fileFor(file, request.header('accept-encoding') ?? '')
    if (!found) return name ? plainText(404, 'Not found\n') : plainText(200, notBuilt, 'text/plain; charset=utf-8')
    const extension = file.slice(file.lastIndexOf('.') + 1)
    const cache = name?.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    const headers = [
      ...alwaysHeaders,
      ['Content-Type', types[extension] ?? 'application/octet-stream'] as const,
      ['Cache-Control', cache] as const,
      ...(found.encoding ? [['Content-Encoding', found.encoding] as const] : []),
    ]
    return { status: 200, headers, body: found.body }
  }
}

async function fileFor(file: string, accepted: string): Promise<{ body: Uint8Array; encoding?: string } | undefined> {
  const takes = new Set(accepted.split(',').map(each => each.split(';')[0]!.trim()))
  for (const [encoding, suffix] of encodings) {
    if (!takes.has(encoding)) continue
    const body = await readFile(file + suffix).catch(() => undefined)
    if (body) return { body, encoding }
  }
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined
  return { body: await readFile(file) }
}
