import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readSecretKey } from './secret-key.ts'
import { StartError } from './start-error.ts'

function folder(t: { after(fn: () => void): void }): string {
  const made = mkdtempSync(join(tmpdir(), 'bellhop-test-'))
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

describe('the key that seals secrets', () => {
  test('is made once, readable by nobody else, and read from then on', t => {
    const data = folder(t)
    const key = readSecretKey(data, {}, randomBytes, false)
    assert.equal(key.length, 32)
    assert.deepEqual(readdirSync(data), ['secret.key'])
    const file = join(data, 'secret.key')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    chmodSync(file, 0o644)
    assert.deepEqual(Buffer.from(readSecretKey(data, {}, randomBytes, true)), Buffer.from(key))
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  test('is made although an earlier start was cut short while making it', t => {
    const data = folder(t)
    writeFileSync(join(data, 'secret.key.new'), 'half')
    assert.equal(readSecretKey(data, {}, randomBytes, false).length, 32)
    assert.deepEqual(readdirSync(data), ['secret.key'])
  })

  test('comes from the environment before the file, as base64 or hexadecimal', t => {
    const data = folder(t)
    readSecretKey(data, {}, randomBytes, false)
    const key = randomBytes(32)
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const env = { BELLHOP_SECRET_KEY: key.toString(encoding) }
      assert.deepEqual(Buffer.from(readSecretKey(data, env, randomBytes, true)), key)
    }
  })

  test('must have 32 bytes', t => {
    const data = folder(t)
    const base64 = randomBytes(32).toString('base64')
    for (const value of ['short', `${base64}x`, base64.slice(4), 'g'.repeat(64), 'a'.repeat(63)]) {
      assert.throws(
        () => readSecretKey(data, { BELLHOP_SECRET_KEY: value }, randomBytes, false),
        (error: unknown) => error instanceof StartError && !error.message.includes(value),
      )
    }
  })

  test('that is gone is not made anew while secrets are stored', t => {
    const data = folder(t)
    assert.throws(() => readSecretKey(data, {}, randomBytes, true), StartError)
    assert.deepEqual(readdirSync(data), [])
  })
})
