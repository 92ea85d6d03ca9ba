import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { builtInCommands } from './built-in.ts'
import { parseCommandDocument, render } from './command-document.ts'

const about = { nodeId: 'mi-0123456789abcdef0', region: 'eu-west-1', commandId: 'c' }
const shellScript = builtInCommands.get('AWS-RunShellScript')!

/** Runs what is rendered, as a node does. */
function run(content: string, parameters: Record<string, unknown>) {
  const directory = mkdtempSync(join(tmpdir(), 'command-'))
  try {
    const { program } = render(parseCommandDocument(content), parameters, about)
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', program], { cwd: directory, encoding: 'utf8' })
    const timedOut = spawnSync('ls', [directory], { encoding: 'utf8' }).stdout.includes('timed-out')
    return { status, stdout, stderr, timedOut }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const steps = (...inputs: object[]) =>
  JSON.stringify({
    schemaVersion: '2.2',
    mainSteps: inputs.map((each, i) => ({ action: 'aws:runShellScript', name: `s${i}`, inputs: each })),
  })

describe('a command document as a program', () => {
  test('runs lines in one shell, where they are told to', () => {
    const result = run(shellScript, { commands: ['a=5', 'echo "$a"', 'pwd', 'exit 4'], workingDirectory: '/usr' })
    assert.deepEqual([result.status, result.stdout], [4, '5\n/usr\n'])
  })

  test('takes a script that names its interpreter', () => {
    assert.equal(run(shellScript, { commands: ['#!/bin/cat', 'hello'] }).stdout, '#!/bin/cat\nhello\n')
  })

  test('gives ENV_VAR parameters as variables, whatever is in them', () => {
    const content = `
schemaVersion: '2.2'
parameters:
  Message: {type: String, interpolationType: ENV_VAR}
mainSteps:
- action: aws:runShellScript
  name: say
  inputs:
    runCommand: ['printf "%s\\n" "{{ Message }}" "$SSM_Message"']
`
    for (const evil of [`'; touch /tmp/x; '`, '$(id)', '`id`', '"; id; "', '{{ Message }}', 'two\nlines', '\\', '-n']) {
      assert.equal(run(content, { Message: evil }).stdout, `${evil}\n${evil}\n`)
    }
  })

  test('holds what is pasted against its pattern first', () => {
    const content = JSON.stringify({
      schemaVersion: '2.2',
      parameters: { Name: { type: 'String', allowedPattern: '[a-z]+' } },
      mainSteps: [{ action: 'aws:runShellScript', name: 's', inputs: { runCommand: ['echo {{Name}}'] } }],
    })
    assert.equal(run(content, { Name: 'abc' }).stdout, 'abc\n')
    assert.throws(() => run(content, { Name: 'a;id' }), /Name/)
    assert.throws(() => run(content, {}), /Missing required parameter: Name/)
    assert.throws(() => run(content, { Name: 'a', Other: 'b' }), /no parameter Other/)
  })

  test('ends what takes too long', () => {
    execFileSync('timeout', ['--version'])
    const result = run(shellScript, { commands: ['sleep 60'], executionTimeout: '1' })
    assert.deepEqual([result.status, result.timedOut], [124, true])
  })

  test('goes on after a step that failed, unless it says exit, and has the first failure', () => {
    const say = (text: string, rest = {}) => ({ runCommand: [`echo ${text}`], ...rest })
    const fail = (code: number, rest = {}) => ({ runCommand: [`exit ${code}`], ...rest })
    assert.deepEqual(run(steps(fail(3), fail(4), say('a')), {}).status, 3)
    assert.equal(run(steps(fail(3), say('a')), {}).stdout, 'a\n')
    const exits = run(steps(fail(3, { onFailure: 'exit' }), say('a'), say('last', { finallyStep: true })), {})
    assert.deepEqual([exits.status, exits.stdout], [3, 'last\n'])
    assert.equal(run(steps(fail(3, { onFailure: 'successAndExit' }), say('a')), {}).status, 0)
    assert.equal(run(steps(say('a', { onSuccess: 'exit' }), say('b')), {}).stdout, 'a\n')
  })

  test('leaves out steps for another platform, and reads schemaVersion 1.2', () => {
    const step = (platform: string) => ({
      ...{ action: 'aws:runShellScript', name: platform, inputs: { runCommand: [`echo ${platform}`] } },
      precondition: { StringEquals: ['platformType', platform] },
    })
    const both = JSON.stringify({ schemaVersion: '2.2', mainSteps: [step('Windows'), step('Linux')] })
    assert.equal(run(both, {}).stdout, 'Linux\n')
    const old = JSON.stringify({
      schemaVersion: '1.2',
      parameters: { commands: { type: 'StringList' } },
      runtimeConfig: { 'aws:runShellScript': { properties: [{ id: 'a', runCommand: '{{ commands }}' }] } },
    })
    assert.equal(run(old, { commands: ['echo 1', 'echo 2'] }).stdout, '1\n2\n')
  })

  for (const [what, content] of [
    ['an automation document', '{"schemaVersion":"0.3"}'],
    ['another plugin', '{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runDocument","name":"a","inputs":{}}]}'],
    ['no steps', '{"schemaVersion":"2.2"}'],
    ['a list', '[]'],
    ['rubbish', '{'],
    ['a reference to nothing', steps({ runCommand: ['{{ x }}'] })],
    [
      'a variable that is no name',
      '{"schemaVersion":"2.2","parameters":{"a-b":{"type":"String","interpolationType":"ENV_VAR"}},"mainSteps":[]}',
    ],
  ] as const) {
    test(`refuses ${what}`, () => assert.throws(() => parseCommandDocument(content), { name: 'DocumentError' }))
  }
})
