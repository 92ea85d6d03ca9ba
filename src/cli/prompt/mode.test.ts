import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../../test/cli/io.ts'
import { ParamError } from '../errors.ts'
import { run } from '../main.ts'
import { promptMode } from './mode.ts'

test('the options win over the variable, and that over the profile', () => {
  const rows: readonly (readonly [
    words: string,
    variable: string | undefined,
    profile: string | undefined,
    mode: string,
  ])[] = [
    ['a b', undefined, undefined, 'off'],
    ['a b', undefined, 'on', 'on'],
    ['a b', undefined, 'On-Partial', 'on-partial'],
    ['a b', 'off', 'on', 'off'],
    ['a b', 'on-partial', 'on', 'on-partial'],
    ['a b', '', 'on', 'off'],
    ['a b', 'always', undefined, 'off'],
    ['a --cli-auto-prompt', 'off', undefined, 'on'],
    ['a --no-cli-auto-prompt', 'on', 'on', 'off'],
    ['a help', 'on', undefined, 'off'],
    ['--version --cli-auto-prompt', 'on', undefined, 'off'],
    ['completion bash', 'on', undefined, 'off'],
    ['batch --jobs 2', 'on', undefined, 'off'],
  ]
  for (const [words, variable, profile, mode] of rows) {
    const env = variable === undefined ? {} : { AWS_CLI_AUTO_PROMPT: variable }
    assert.equal(
      promptMode(words.split(' '), env, () => profile),
      mode,
      `${words} ${variable} ${profile}`,
    )
  }
  assert.throws(
    () => promptMode(['--cli-auto-prompt', '--no-cli-auto-prompt', 'help'], {}, () => undefined),
    ParamError,
  )
})

const env = { HOME: '/nonexistent', AWS_REGION: 'eu-west-1' }
const refusal = 'Warning: Input is not a terminal (fd=0).\n\naws: [ERROR]: Auto-prompt needs a terminal.'

test('without a terminal a prompt is refused with 255, and nothing is sent', async () => {
  for (const words of [['--cli-auto-prompt'], ['servicecatalog', 'list-portfolios', '--cli-auto-prompt']]) {
    const ran = await capture(io => run(words, io), { env })
    assert.deepEqual([ran.exit, ran.stdout], [255, ''])
    assert.ok(ran.stderr.startsWith(refusal), ran.stderr)
  }
  const piped = await capture(io => run(['--cli-auto-prompt'], { ...io, stdin: { isTTY: true } }), { env })
  assert.match(piped.stderr, /^Warning: Output is not a terminal/)
})

test('on-partial runs what is complete, and says what is wrong where it cannot ask', async () => {
  const partial = { ...env, AWS_CLI_AUTO_PROMPT: 'on-partial' }
  const skeleton = ['servicecatalog', 'list-portfolios', '--generate-cli-skeleton']
  const complete = await capture(io => run(skeleton, io), { env: partial })
  assert.deepEqual([complete.exit, complete.stderr], [0, ''])
  const wrong = await capture(io => run(['servicecatalog', 'describe-record'], io), { env: partial })
  assert.equal(wrong.exit, 255)
  const parts = ['Warning: Input is not a terminal (fd=0).\n', 'required: --id\n', 'Auto-prompt needs a terminal. Use']
  const places = parts.map(part => wrong.stderr.indexOf(part))
  assert.ok(places[0] === 0 && places[1]! > 0 && places[2]! > places[1]!, wrong.stderr)
})
