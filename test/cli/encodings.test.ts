import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture } from './io.ts'
import { Stub } from './stub.ts'

const base = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-west-1',
  HOME: '/nonexistent',
}

async function call(words: readonly string[], env: Record<string, string>, answer: object = {}) {
  const stub = new Stub([{ body: JSON.stringify(answer) }])
  const url = `http://127.0.0.1:${await stub.listen()}`
  const written: (string | Uint8Array)[] = []
  const errors: (string | Uint8Array)[] = []
  try {
    const { exit } = await capture(io => run(['servicecatalog', ...words, '--endpoint-url', url], io), {
      env: { ...base, ...env },
      stdout: { write: part => void written.push(part) },
      stderr: { write: part => void errors.push(part) },
    })
    const bytes = (parts: readonly (string | Uint8Array)[]) => Buffer.concat(parts.map(part => Buffer.from(part)))
    return { exit, stdout: bytes(written), stderr: bytes(errors), requests: stub.requests }
  } finally {
    await stub.close()
  }
}

test('AWS_CLI_FILE_ENCODING says how files of text are read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-encoding-'))
  try {
    const file = join(folder, 'id.txt')
    writeFileSync(file, Buffer.from('caf\u00e9', 'latin1'))
    const words = ['describe-record', '--id', `file://${file}`]
    const read = await call(words, { AWS_CLI_FILE_ENCODING: 'latin-1' })
    assert.deepEqual(read.requests[0]!['body'], { Id: 'café' })
    const utf8 = await call(words, { AWS_CLI_FILE_ENCODING: 'UTF-8' })
    assert.equal(utf8.exit, 252)
    assert.match(utf8.stderr.toString(), /text contents could not be decoded/)
    const unknown = await call(words, { AWS_CLI_FILE_ENCODING: 'nonsense' })
    assert.deepEqual([unknown.exit, unknown.stderr.toString()], [255, '\naws: [ERROR]: unknown encoding: nonsense\n'])
    // As long as no file is read, the variable does not matter.
    assert.equal((await call(['describe-record', '--id', 'r'], { AWS_CLI_FILE_ENCODING: 'nonsense' })).exit, 0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('AWS_CLI_OUTPUT_ENCODING says how answers and errors are written', async () => {
  const words = ['describe-record', '--id', 'r', '--query', 'RecordDetail.RecordId']
  const answer = { RecordDetail: { RecordId: 'café' } }
  const latin = await call(words, { AWS_CLI_OUTPUT_ENCODING: 'ISO-8859-1' }, answer)
  assert.deepEqual([latin.exit, latin.stdout], [0, Buffer.from('"caf\u00e9"\n', 'latin1')])
  const utf8 = await call(words, { AWS_CLI_OUTPUT_ENCODING: 'utf-8' }, answer)
  assert.deepEqual(utf8.stdout, Buffer.from('"café"\n'))
  const ascii = await call(words, { AWS_CLI_OUTPUT_ENCODING: 'ascii' }, answer)
  assert.deepEqual([ascii.exit, ascii.stdout.length], [255, 0])
  assert.match(ascii.stderr.toString(), /'ascii' codec can't encode character '\\xe9' in position 4: ordinal not in/)
  const option = await call(['describe-record', '--id', 'r', '--über'], { AWS_CLI_OUTPUT_ENCODING: 'ascii' })
  assert.match(option.stderr.toString(), /Unknown options: --\\xfcber\n$/)
  const unknown = await call(words, { AWS_CLI_OUTPUT_ENCODING: 'nonsense' })
  assert.deepEqual([unknown.exit, unknown.stderr.toString()], [255, '\naws: [ERROR]: unknown encoding: nonsense\n'])
})
