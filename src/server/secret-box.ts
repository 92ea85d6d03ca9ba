import { createCipheriv, createDecipheriv, createHash, createSecretKey } from 'node:crypto'
import type { Secrets } from '../operations/operation.ts'
import type { SealedSecret } from '../storage/verbs/access-keys.ts'

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/** A sealed text that does not open: made with another key, for another purpose, or changed. */
export class SecretError extends Error {}

/**
 * Seals with AES-256-GCM. A sealed text is `v1.KEY.DATA`: KEY tells keys apart without giving anything of them away, DATA
 * is nonce, ciphertext and tag; the context is authenticated, not stored. `key` is 32 bytes.
 */
export function createSecretBox(key: Uint8Array, randomBytes: (size: number) => Uint8Array): Secrets {
  const keyId = createHash('sha256').update('bellhop secret key id').update(key).digest('hex').slice(0, 8)
  // As an object: Node takes longer to look at any other than to use it.
  const secretKey = createSecretKey(key)
  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', secretKey, nonce).setAAD(Buffer.from(context))
      const data = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [version, keyId, data.toString('base64url')].join('.') as SealedSecret
    },
    open(sealed, context) {
      const [form, sealedWith, text, ...more] = sealed.split('.')
      if (form !== version || text === undefined || more.length > 0) throw new SecretError('This is no sealed secret.')
      if (sealedWith !== keyId) throw new SecretError('The secret was sealed with another key.')
      const data = Buffer.from(text, 'base64url')
      // One spelling only: base64 has several for the same bytes.
      if (data.length < nonceBytes + tagBytes || data.toString('base64url') !== text) {
        throw new SecretError('This is no sealed secret.')
      }
      const decipher = createDecipheriv('aes-256-gcm', secretKey, data.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(Buffer.from(context)).setAuthTag(data.subarray(-tagBytes))
      try {
        const plain = decipher.update(data.subarray(nonceBytes, -tagBytes))
        return Buffer.concat([plain, decipher.final()]).toString('utf8')
      } catch (error) {
        throw new SecretError('The secret was changed, or sealed for another purpose.', { cause: error })
      }
    },
  }
}
