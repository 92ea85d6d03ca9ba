import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

/** A regular file of an archive. */
export interface ArchiveFile {
  /** Relative, with forward slashes, and inside: it has no `..`, no `.` and no empty part. */
  readonly path: string
  readonly contents: Uint8Array
  readonly isExecutable: boolean
}

export interface ArchiveLimits {
  /** Files and folders. */
  readonly entries: number
  /** Of all files together, unpacked. */
  readonly bytes: number
}

const defaultLimits: ArchiveLimits = { entries: 10_000, bytes: 64 * 1024 * 1024 }

/** What a tar may hold beside its files' bytes: headers, padding and long names, at most so much for an entry. */
const overheadBytes = 8 * 1024

/** An archive that cannot be read, or must not be unpacked; the message says why. */
export class ArchiveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ArchiveError'
  }
}

/**
 * The files of a .tar.gz or .zip, one after the other, whatever hand packed it: regular files only, each path inside and
 * once, within the limits. Throws ArchiveError as soon as something is wrong, so what came before must not be used then.
 */
export async function* readArchive(bytes: Uint8Array, limits = defaultLimits): AsyncGenerator<ArchiveFile> {
  const gate = new Gate(limits)
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield* readTar(bytes, limits, gate)
    else if (bytes[0] === 0x50 && bytes[1] === 0x4b) yield* readZip(Buffer.from(bytes), gate)
    else throw new ArchiveError('The archive is neither a .tar.gz nor a .zip')
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    throw new ArchiveError(`The archive is damaged: ${(error as Error).message}`, { cause: error })
  }
}

/** What may pass: counts entries and bytes, and knows the paths that were seen. */
class Gate {
  readonly #limits: ArchiveLimits
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()
  #entries = 0
  #bytes = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  entry(): void {
    this.#entries += 1
    if (this.#entries > this.#limits.entries) {
      throw new ArchiveError(`The archive has more than ${this.#limits.entries} entries`)
    }
  }

  bytes(count: number): void {
    this.#bytes += count
    if (!(this.#bytes <= this.#limits.bytes)) {
      throw new ArchiveError(`The archive holds more than ${this.#limits.bytes} bytes`)
    }
  }

  /** A file's path, as it may be used. */
  file(name: string): string {
    const path = insidePath(name)
    if (path === '') throw new ArchiveError('The archive has a file without a name')
    if (this.#files.has(path)) throw new ArchiveError(`The archive has ${shown(name)} twice`)
    const parts = path.split('/').slice(0, -1)
    const folders = parts.map((_, i) => parts.slice(0, i + 1).join('/'))
    const inTheWay = this.#folders.has(path) ? path : folders.find(folder => this.#files.has(folder))
    if (inTheWay !== undefined) throw new ArchiveError(`The archive has ${shown(inTheWay)} as a file and as a folder`)
    this.#files.add(path)
    for (const folder of folders) this.#folders.add(folder)
    return path
  }

  /** A folder's name; folders are made for the files in them, so nothing else is kept of it. */
  folder(name: string): void {
    insidePath(name)
  }
}

const longestPath = 1024
const longestPart = 255

/** The path without what means nothing (`./`, a slash at the end); refuses what would lead out of the folder. */
function insidePath(name: string): string {
  const refuse = (why: string) => new ArchiveError(`The archive has an entry ${shown(name)}, which ${why}`)
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw refuse('has an absolute name')
  if (/[\u0000-\u001f\u007f\\]/.test(name)) throw refuse('has a backslash or a control character in its name')
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw refuse('leads out of its folder')
  const path = parts.join('/')
  if (Buffer.byteLength(path) > longestPath || parts.some(part => Buffer.byteLength(part) > longestPart)) {
    throw refuse('has too long a name')
  }
  return path
}

function shown(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name)
}

async function* readTar(bytes: Uint8Array, limits: ArchiveLimits, gate: Gate): AsyncGenerator<ArchiveFile> {
  const most = limits.bytes + limits.entries * overheadBytes
  let unpacked = 0
  const tar = Readable.from([bytes]).pipe(createGunzip())
  const counted = new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        for await (const chunk of tar as AsyncIterable<Buffer>) {
          unpacked += chunk.length
          if (unpacked > most) throw new ArchiveError(`The archive holds more than ${limits.bytes} bytes`)
          controller.enqueue(new Uint8Array(chunk))
          while ((controller.desiredSize ?? 0) <= 0) await new Promise(resolve => setImmediate(resolve))
        }
        controller.close()
      } catch (error) {
        controller.error(error)
      }
    },
  })
  try {
    for await (const entry of counted.pipeThrough(
      createTarDecoder({ strict: true }),
    ) as unknown as AsyncIterable<ParsedTarEntry>) {
      const { name, type, size, mode = 0 } = entry.header
      if (type === 'pax-global-header') {
        // `git archive` writes its commit there.
        await entry.body.cancel()
        continue
      }
      gate.entry()
      if (type === 'directory') {
        gate.folder(name)
        await entry.body.cancel()
        continue
      }
      if (type !== 'file' && type !== undefined) {
        throw new ArchiveError(`The archive has ${shown(name)}, which is a ${type} and no regular file`)
      }
      gate.bytes(size)
      const path = gate.file(name)
      const chunks: Uint8Array[] = []
      for await (const chunk of entry.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
      yield { path, contents: Buffer.concat(chunks), isExecutable: (mode & 0o100) !== 0 }
    }
  } finally {
    tar.destroy()
  }
}

async function* readZip(bytes: Buffer, gate: Gate): AsyncGenerator<ArchiveFile> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    // Names are judged by the same rules as a tar's, in the same words: yauzl is to hand them out as they are.
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true } as const
    fromBuffer(bytes, options, (error, opened) => (error ? reject(error) : resolve(opened)))
  })
  for (;;) {
    const entry = await nextEntry(zip)
    if (!entry) return
    gate.entry()
    const name = (entry.fileName as unknown as Buffer).toString('utf8')
    const mode = entry.externalFileAttributes >>> 16
    const kind = mode & 0o170000
    if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) {
      const what = kind === 0o120000 ? 'symlink' : 'device or pipe'
      throw new ArchiveError(`The archive has ${shown(name)}, which is a ${what} and no regular file`)
    }
    if (name.endsWith('/') || kind === 0o040000) {
      gate.folder(name)
      continue
    }
    if (entry.isEncrypted()) throw new ArchiveError(`The archive has ${shown(name)}, which is encrypted`)
    // Checked while it is unpacked, too: yauzl stops where an entry is longer than it says.
    gate.bytes(entry.uncompressedSize)
    const path = gate.file(name)
    const stream = await new Promise<Readable>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    const chunks: Buffer[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
    yield { path, contents: Buffer.concat(chunks), isExecutable: (mode & 0o100) !== 0 }
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      zip.off('entry', onEntry)
      zip.off('end', onEnd)
      zip.off('error', onError)
      done()
    }
    const onEntry = (entry: Entry) => settle(() => resolve(entry))
    const onEnd = () => settle(() => resolve(undefined))
    const onError = (error: Error) => settle(() => reject(error))
    zip.on('entry', onEntry)
    zip.on('end', onEnd)
    zip.on('error', onError)
    zip.readEntry()
  })
}
