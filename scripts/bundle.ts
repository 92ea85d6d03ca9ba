/**
 * The bundle: one CommonJS file whose start costs little. A JavaScript engine reads a file to its end before it runs
 * the first line, so all but a small loader lies in a comment, which costs next to nothing, and is compiled when it is
 * asked for:
 *
 *     loader                                       see part-loader.cjs
 *     / * core: the parts that every call runs     compiled once, and kept as V8's code cache
 *         other parts of the CLI                   as they are
 *         the slices of the services' models       as JSON
 *         the server, and what is large            packed * /
 *
 * Parts are esbuild's chunks: whatever a dynamic `import()` reaches, and what several of those share.
 */
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, normalize } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build, type Metafile, type Plugin, transform } from 'esbuild'
import { type Paginator, paginators, type ServiceName, services } from '../src/model/services.ts'
import { operationNames, sliceOf } from '../src/model/slices.ts'

const root = join(import.meta.dirname, '..')
const entry = 'src/bin.ts'

/** Dynamically imported, and yet part of every call that is sent and printed. */
const common = ['src/cli/http.ts', 'src/protocol/client.ts', 'src/sigv4/sign.ts', 'src/cli/formatters/json.ts']

/** Needed rarely and large: packed, with whatever only they need, so that the file which every call reads is short. */
const packed = [
  'src/server/main.ts',
  'src/server/maintenance/main.ts',
  'src/authoring/main.ts',
  'src/relaunch.ts',
  'package:yaml',
]

export interface Bundle {
  readonly text: string
  /** Characters by where they lie, for whoever watches the size. */
  readonly sizes: { readonly core: number; readonly stored: number; readonly packed: number }
}

/** Build the bundle. */
export async function bundle(): Promise<Bundle> {
  const chunks = await chunksOf()
  const inCore = reachable(chunks, [entry, ...common], false)
  const ofCli = reachable(chunks, [entry, ...common], true, packed)
  const core = `({${[...inCore]
    .map(name => `${JSON.stringify(name)}:(function(exports,require,module,__dirname){${chunks.get(name)!.code}})`)
    .join(',\n')}})`
  const parts = new Map<string, StoredPart>([['core', { text: escaped(core) }]])
  for (const [name, { code }] of chunks) {
    if (inCore.has(name)) continue
    parts.set(name, ofCli.has(name) ? { text: escaped(code) } : { text: pack(code), isPacked: true })
  }
  for (const [name, text] of modelParts()) parts.set(name, { text: escaped(text) })

  const index = new Map<string, readonly number[]>()
  let tail = ''
  for (const [name, { text, isPacked }] of parts) {
    index.set(name, [tail.length, text.length, ...(isPacked ? [1] : [])])
    tail += `${text}\n`
  }
  const head = await headOf({
    STORED: `JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(index)))})`,
    CORE: '"core"',
    CORE_ID: JSON.stringify(createHash('sha256').update(core).digest('hex').slice(0, 16)),
    START: JSON.stringify(chunkOf(chunks, entry)),
    WORTH_CACHING: JSON.stringify(chunkOf(chunks, 'src/cli/formatters/json.ts')),
  })
  const text = `${head}${tail}*/\n`
  if (/[^\0-\x7f]/.test(text)) throw new Error('The bundle must be ASCII: offsets in it count bytes.')
  const packedSize = [...parts.values()].reduce((sum, part) => sum + (part.isPacked ? part.text.length : 0), 0)
  return { text, sizes: { core: core.length, stored: tail.length - packedSize - core.length, packed: packedSize } }
}

/**
 * Folders that are read file by file and would make the bundle heavy. Their code looks for them where it lies itself,
 * which is beside the bundle then.
 */
const dataFolders = ['src/aws/services', 'src/runbook/documents']

/** Lays the data beside the bundle. */
export function copyData(directory: string): void {
  for (const folder of dataFolders) {
    const copy = join(directory, basename(folder))
    rmSync(copy, { recursive: true, force: true })
    cpSync(join(root, folder), copy, { recursive: true })
  }
}

/**
 * Builds the parser of HCL beside the bundle: a thread's own program (src/engines/terraform/hcl-worker.ts), which finds its
 * WebAssembly one folder above itself, as in its package.
 */
export async function buildHclWorker(directory: string): Promise<void> {
  const folder = join(directory, 'hcl')
  rmSync(folder, { recursive: true, force: true })
  // `performance` is what it would load on a Node too old to have it; there is no such module.
  await buildThread('src/engines/terraform/hcl-worker.ts', join(folder, 'build', 'worker.cjs'), ['performance'])
  cpSync(join(root, 'node_modules/@cdktn/hcl2json/main.wasm.gz'), join(folder, 'main.wasm.gz'))
}

/** Builds the reader of templates in YAML beside the bundle: a thread's own program, too. */
export async function buildYamlWorker(directory: string): Promise<void> {
  await buildThread('src/engines/cloudformation/yaml-worker.ts', join(directory, 'yaml', 'worker.cjs'))
}

/** A thread's own program, in one file. */
async function buildThread(source: string, outfile: string, external: string[] = []): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
    external,
  })
}

/** Everything before the comment's content. */
async function headOf(constants: Readonly<Record<string, string>>): Promise<string> {
  const loader = readFileSync(join(import.meta.dirname, 'part-loader.cjs'), 'utf8')
  const { code } = await transform(loader, { minifyWhitespace: true, target: 'node20' })
  const named = Object.entries(constants).map(([name, value]) => `const ${name}=${value};`)
  const head = (tail: string) => `#!/usr/bin/env node\n"use strict";const TAIL=${tail};${named.join('')}\n${code}/*\n`
  // Where the content starts depends on that number's own length: it is written with a fixed width.
  return head(String(head('00000000').length).padStart(8))
}

function chunkOf(chunks: ReadonlyMap<string, Chunk>, source: string): string {
  const found = [...chunks].find(([, chunk]) => chunk.source === source)
  if (!found) throw new Error(`${source} is no part of its own: it is imported statically.`)
  return found[0]
}

interface Chunk {
  readonly code: string
  /** The source it is the entry of, if any. */
  readonly source: string | undefined
  readonly imports: readonly { readonly name: string; readonly isDynamic: boolean }[]
}

interface StoredPart {
  readonly text: string
  readonly isPacked?: boolean
}

/** esbuild's chunks as CommonJS, by name. */
async function chunksOf(): Promise<ReadonlyMap<string, Chunk>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Not keepNames: it wraps every function where it is made, closures of every request too. Names stay as they are anyway,
    // but for a number behind one of which there are two.
    minifySyntax: true,
    legalComments: 'none',
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
    external: ['bellhop:parts'],
    plugins: [storedModel, namedExports],
  })
  const chunks = new Map<string, Chunk>()
  for (const file of outputFiles) {
    const path = relativeTo(root, file.path)
    const output = metafile.outputs[path]!
    const { code } = await transform(file.text, {
      format: 'cjs',
      target: 'node20',
      minifyWhitespace: true,
      charset: 'ascii',
      // `import()` would start the loader of ES modules, which costs more than the whole call.
      supported: { 'dynamic-import': false },
      logLevel: 'warning',
    })
    const name = relativeTo(join(root, 'dist'), file.path)
    chunks.set(name, { code, source: output.entryPoint, imports: importsOf(output) })
  }
  return chunks
}

function importsOf(output: Metafile['outputs'][string]): Chunk['imports'] {
  return output.imports
    .filter(({ external }) => !external)
    .map(({ path, kind }) => ({ name: relativeTo('dist', path), isDynamic: kind === 'dynamic-import' }))
}

function relativeTo(folder: string, path: string): string {
  return normalize(path)
    .replaceAll('\\', '/')
    .slice(folder.length + 1)
}

/** The chunks that the named sources reach, through dynamic imports too if so wanted, but not into `except`. */
function reachable(
  chunks: ReadonlyMap<string, Chunk>,
  sources: readonly string[],
  throughDynamic: boolean,
  except: readonly string[] = [],
): ReadonlySet<string> {
  const avoided = new Set(except.map(source => chunkOf(chunks, source)))
  const found = new Set(sources.map(source => chunkOf(chunks, source)))
  for (const name of found) {
    for (const { name: next, isDynamic } of chunks.get(name)!.imports) {
      if ((throughDynamic || !isDynamic) && !avoided.has(next)) found.add(next)
    }
  }
  return found
}

/** Replaces src/model/slices.ts: the same functions, over texts that are read and parsed when they are asked for. */
const storedModel: Plugin = {
  name: 'stored-model',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]model[\\/]slices\.ts$/ }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `
        import { partText } from 'bellhop:parts'
        export const operationNames = ${JSON.stringify(operationNames)}
        export const operationSlice = (service, name) => {
          const { model, paginator } = JSON.parse(partText(\`\${service}/\${name}.json\`))
          return { model, operation: model.operations[name], paginator }
        }`,
    }))
    // The models as a whole, which the server and the help of the CLI read: a text is parsed faster than a literal.
    onLoad({ filter: /[\\/]src[\\/]model[\\/]facts[\\/].*\.json$/ }, ({ path }) => {
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))
      return { contents: `export default JSON.parse(${JSON.stringify(text)})` }
    })
  },
}

/**
 * A CommonJS package behind `import()`: its part would export nothing but a default, since esbuild leaves it to Node to
 * find the names. They are what the package has when it is loaded here.
 */
const namedExports: Plugin = {
  name: 'named-exports',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || isBuiltin(path) || pluginData === resolving) return undefined
      const found = await resolve(path, { kind, resolveDir, pluginData: resolving })
      // A package of ES modules says itself what it exports.
      if (found.errors.length > 0 || /^export\b/m.test(readFileSync(found.path, 'utf8'))) return found
      return { path, namespace: 'package' }
    })
    onLoad({ filter: /./, namespace: 'package' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(name => name !== 'default' && name !== 'module.exports')
      const contents = `import whole from ${JSON.stringify(path)}; export const { ${names.join(', ')} } = whole`
      return { contents, resolveDir: root }
    })
  },
}

const resolving = Symbol('a package is being resolved')

function modelParts(): [name: string, text: string][] {
  return (Object.keys(services) as ServiceName[]).flatMap(service =>
    operationNames[service].map((name): [string, string] => {
      const paginator: Paginator | undefined = paginators[service]?.[name]
      const { model } = sliceOf(services[service], name, paginator)
      return [`${service}/${name}.json`, asciiJson({ model, paginator })]
    }),
  )
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** So that a part does not end the comment it lies in; the loader undoes it. */
function escaped(text: string): string {
  return text.replaceAll('\x01', '\x01.').replaceAll('*/', '*\x01/')
}

function pack(code: string): string {
  return brotliCompressSync(code).toString('base64')
}
