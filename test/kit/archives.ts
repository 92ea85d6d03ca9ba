import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'

/** An entry of an archive that a test makes, hostile ones too. */
export interface Packed {
  readonly name: string
  readonly text?: string
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'block-device'
  readonly target?: string
  readonly mode?: number
}

/** A .tar.gz of the entries, as they are. */
export async function tarGz(entries: readonly Packed[]): Promise<Buffer> {
  const tar = await packTar(
    entries.map(({ name, text = '', type = 'file', target, mode }) => ({
      header: { name, type, mode, size: type === 'file' ? Buffer.byteLength(text) : 0, linkname: target },
      body: type === 'file' ? text : undefined,
    })),
  )
  return gzipSync(tar)
}

/** A module's archive out of its files' texts. */
export function moduleArchive(files: Readonly<Record<string, string>>): Promise<Buffer> {
  return tarGz(Object.entries(files).map(([name, text]) => ({ name, text })))
}

/** A .zip of the entries, as they are. */
export function zip(entries: readonly Packed[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, text = '', type = 'file', target, mode = 0o644 } of entries) {
    const plain = Buffer.from(target ?? text)
    const data = deflateRawSync(plain)
    const fileName = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x0800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(plain.length, 18)
    common.writeUInt16LE(fileName.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, fileName, data])
    const central = Buffer.alloc(14)
    const kinds = { file: 0o100000, directory: 0o040000, symlink: 0o120000, fifo: 0o010000, 'block-device': 0o060000 }
    central.writeUInt32LE((((kinds[type as keyof typeof kinds] ?? 0) | mode) << 16) >>> 0, 6)
    central.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, central, fileName)
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}
