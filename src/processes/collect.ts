import type { Readable } from 'node:stream'

/** What a stream gave so far. */
export interface Output {
  readonly ended: Promise<void>
  text(): string
  isTruncated(): boolean
}

/** Keeps the first `maxBytes` bytes of a stream and reads the rest, so that nobody waits for us. */
export function collect(stream: Readable, maxBytes: number): Output {
  const chunks: Buffer[] = []
  let kept = 0
  let isTruncated = false
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - kept)
    if (part.length < chunk.length) isTruncated = true
    if (part.length > 0) chunks.push(part)
    kept += part.length
  })
  stream.on('error', () => {})
  return {
    ended: new Promise(resolve => stream.once('close', resolve)),
    text: () => Buffer.concat(chunks).toString('utf8'),
    isTruncated: () => isTruncated,
  }
}
