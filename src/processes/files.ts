import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A file that is not what was expected there: a link, a pipe, or too large. */
export class FileRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FileRefused'
  }
}

/**
 * Reads a file that a process of another user wrote: at most `limit` bytes, never through a link that would make us read
 * for that user what it may not read, and never a pipe that would make us wait. Undefined when there is none; throws
 * FileRefused.
 */
export function readUntrusted(path: string, limit: number): string | undefined {
  return open(path, file => {
    const { size } = fstatSync(file)
    if (size > limit) throw new FileRefused(`is larger than ${limit} bytes`)
    return readAt(file, 0, size)
  })
}

/** The last bytes of such a file, at most `limit`. */
export function readUntrustedEnd(path: string, limit: number): string | undefined {
  return open(path, file => {
    const { size } = fstatSync(file)
    return readAt(file, Math.max(0, size - limit), Math.min(size, limit))
  })
}

function open(path: string, read: (file: number) => string): string | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') throw new FileRefused('is a symbolic link')
    throw error
  }
  try {
    if (!fstatSync(file).isFile()) throw new FileRefused('is not a file')
    return read(file)
  } finally {
    closeSync(file)
  }
}

function readAt(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length)
  const read = readSync(file, bytes, 0, length, position)
  return bytes.toString('utf8', 0, read)
}
