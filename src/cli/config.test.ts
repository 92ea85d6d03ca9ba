import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfiguration, parseIni } from './config.ts'

function plain(text: string): unknown {
  return Object.fromEntries([...parseIni(text)].map(([name, section]) => [name, Object.fromEntries(section)]))
}

test('the format is that of configparser', () => {
  const text = `# comment
[default]
Region = us-east-1
output: text # kept
; comment
empty =
long = one
  two

[profile with space]
region=eu-west-1
`
  assert.deepEqual(plain(text), {
    default: { region: 'us-east-1', output: 'text # kept', empty: '', long: 'one\ntwo' },
    'profile with space': { region: 'eu-west-1' },
  })
})

test('indented lines below an empty option are a mapping', () => {
  const services = parseIni('[services dev]\nservice_catalog =\n  endpoint_url = http://127.0.0.1:1\n').get(
    'services dev',
  )
  assert.deepEqual(services?.get('service_catalog'), new Map([['endpoint_url', 'http://127.0.0.1:1']]))
})

for (const [what, text] of [
  ['an option before any section', 'region = x\n'],
  ['a section that is not closed', '[default\nregion = x\n'],
  ['a line without a delimiter', '[default]\nregion\n'],
  ['a repeated option', '[default]\na = 1\nA = 2\n'],
  ['a repeated section', '[default]\n[default]\n'],
]) {
  test(`${what} is refused`, () => {
    assert.throws(() => parseIni(text!))
  })
}

test('profiles merge both files, and the credentials file wins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-config-'))
  try {
    writeFileSync(join(folder, 'config'), '[default]\nregion = a\n[profile two]\nregion = b\naws_access_key_id = X\n')
    writeFileSync(join(folder, 'credentials'), '[two]\naws_access_key_id = Y\n[__proto__]\nregion = c\n')
    const env = { AWS_CONFIG_FILE: 'config', AWS_SHARED_CREDENTIALS_FILE: '$HERE/credentials', HERE: folder }
    const { profiles, configured } = loadConfiguration(env, folder)
    assert.deepEqual([...profiles.keys()], ['default', 'two', '__proto__'])
    assert.equal(profiles.get('two')?.get('aws_access_key_id'), 'Y')
    assert.equal(profiles.get('two')?.get('region'), 'b')
    assert.equal(configured.get('two')?.get('aws_access_key_id'), 'X')
    writeFileSync(join(folder, 'credentials'), 'aws_secret_access_key = very-secret\n')
    assert.throws(() => loadConfiguration(env, folder), {
      message: `Unable to parse config file: ${folder}/credentials`,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('missing files are empty', () => {
  assert.equal(loadConfiguration({ HOME: '/nonexistent' }, '/').profiles.size, 0)
})
