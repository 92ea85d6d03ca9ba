import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

const keyBytes = 32

/**
 * The key that secrets are sealed with: BELLHOP_SECRET_KEY (32 bytes as base64 or 64 hexadecimal digits), or the one in
 * DIR/secret.key, which is made at the first start, readable by the server's user alone. `inUse` says that secrets are
 * stored already: then a key that is gone is not made anew, as it would open nothing. Throws StartError.
 */
export function readSecretKey(
  dataDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
  randomBytes: (size: number) => Uint8Array,
  inUse: boolean,
): Uint8Array {
  const given = env['BELLHOP_SECRET_KEY']
  if (given) return parseKey(given, 'BELLHOP_SECRET_KEY')
  const file = join(dataDirectory, 'secret.key')
  try {
    return readKeyFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (inUse) {
    throw new StartError(
      `${file} is not there and BELLHOP_SECRET_KEY is not set: without the key, the stored secrets cannot be decrypted. (Nodes that share a database share the key.)`,
    )
  }
  const key = randomBytes(keyBytes)
  writeKeyFile(file, `${Buffer.from(key).toString('base64')}\n`)
  return key
}

function readKeyFile(file: string): Uint8Array {
  const text = readFileSync(file, 'utf8')
  // A key that others could read for a while is still the only one that opens what is stored; from now on they cannot.
  chmodSync(file, 0o600)
  return parseKey(text.trim(), file)
}

function parseKey(text: string, where: string): Uint8Array {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length === keyBytes && /^([0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=?)$/i.test(text)) return key
  throw new StartError(`${where} must hold ${keyBytes} bytes, as base64 or as ${keyBytes * 2} hexadecimal digits.`)
}

/** Whole and synced, or not at all: half a key file would lock every secret away. */
function writeKeyFile(file: string, text: string): void {
  const temporary = `${file}.new`
  const handle = openSync(temporary, 'w', 0o600)
  try {
    chmodSync(temporary, 0o600)
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  linkSync(temporary, file)
  unlinkSync(temporary)
}
