import { type Encoding, encodingOf } from './encoding.ts'
import { CliError } from './errors.ts'
import type { Io, Stream } from './io.ts'

/**
 * Surroundings whose output is written in another encoding than UTF-8 (AWS_CLI_OUTPUT_ENCODING). A character that the
 * encoding does not have ends the command on stdout, and is escaped on stderr, as Python does it. Throws a CliError for
 * an unknown encoding.
 */
export function encoded(io: Io, name: string): Io {
  const encoding = encodingOf(name)
  const { AWS_CLI_OUTPUT_ENCODING: _, ...env } = io.env
  return {
    ...io,
    env,
    stdout: through(io.stdout, text => encoding.encode(text)),
    stderr: through(io.stderr, text => encoding.encode(escapeUnknown(text, encoding))),
  }
}

function through(stream: Stream, encode: (text: string) => Uint8Array): Stream {
  // The streams of a process take bytes as well.
  const sink = stream as unknown as { write(bytes: Uint8Array): void }
  return {
    isTTY: stream.isTTY,
    columns: stream.columns,
    fd: stream.fd,
    write: text => sink.write(encode(text)),
  } as Stream
}

function escapeUnknown(text: string, encoding: Encoding): string {
  return [...text].map(char => (isKnown(char, encoding) ? char : escaped(char))).join('')
}

function isKnown(char: string, encoding: Encoding): boolean {
  try {
    return encoding.encode(char).length > 0
  } catch (error) {
    if (error instanceof CliError) return false
    throw error
  }
}

function escaped(char: string): string {
  const hex = char.codePointAt(0)!.toString(16)
  return hex.length <= 2
    ? `\\x${hex.padStart(2, '0')}`
    : hex.length <= 4
      ? `\\u${hex.padStart(4, '0')}`
      : `\\U${hex.padStart(8, '0')}`
}
