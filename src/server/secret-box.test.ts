import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { createSecretBox, SecretError } from './secret-box.ts'

describe('sealed secrets', () => {
  const key = randomBytes(32)
  const box = createSecretBox(key, randomBytes)
  const sealed = box.seal('the secret: ünïcode', 'access-key:A')

  test('open to what they were, also with another box of the same key', () => {
    assert.equal(box.open(sealed, 'access-key:A'), 'the secret: ünïcode')
    assert.equal(createSecretBox(key, randomBytes).open(sealed, 'access-key:A'), 'the secret: ünïcode')
    assert.equal(box.open(box.seal('', 'x'), 'x'), '')
  })

  test('are another text each time, without the secret in it', () => {
    assert.notEqual(box.seal('secret', 'a'), box.seal('secret', 'a'))
    assert.ok(!sealed.includes(Buffer.from('the secret').toString('base64url')))
  })

  const [version, id, data] = sealed.split('.') as [string, string, string]
  const rows: [name: string, text: string, context: string, opened?: typeof box][] = [
    ['another context', sealed, 'access-key:B'],
    ['another key', sealed, 'access-key:A', createSecretBox(randomBytes(32), randomBytes)],
    ['plain text', 'the secret', 'access-key:A'],
    ['nothing', '', 'access-key:A'],
    ['another version', `v2.${id}.${data}`, 'access-key:A'],
    ['more after it', `${sealed}.x`, 'access-key:A'],
    ['cut short', sealed.slice(0, -1), 'access-key:A'],
    ['almost nothing', `${version}.${id}.AAAA`, 'access-key:A'],
    ['another spelling of the same bytes', `${sealed}=`, 'access-key:A'],
  ]
  for (const [name, text, context, other = box] of rows) {
    test(`do not open: ${name}`, () => {
      assert.throws(
        () => other.open(text, context),
        (error: unknown) => error instanceof SecretError && !error.message.includes('the secret:'),
      )
    })
  }

  test('do not open when any one bit was changed', () => {
    const bytes = Buffer.from(data, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i]! ^= 1 << (i % 8)
      assert.throws(() => box.open([version, id, changed.toString('base64url')].join('.'), 'access-key:A'), SecretError)
    }
  })
})
