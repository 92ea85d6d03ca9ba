import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { startTimeOf } from './detached.ts'
import { type ProcessRequest, runProcess } from './run.ts'
import { childUser } from './user.ts'

const run = (script: string, changes: Partial<ProcessRequest> = {}) =>
  runProcess({
    command: '/bin/sh',
    args: ['-c', script],
    cwd: tmpdir(),
    env: { PATH: process.env['PATH']! },
    maxOutputBytes: 1000,
    ...changes,
  })

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 5_000
  while (startTimeOf(pid) !== undefined) {
    assert.ok(Date.now() < deadline, `process ${pid} is still there`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

describe('runProcess', () => {
  test('gives what was printed, the exit code and the extra channel', async () => {
    const result = await run('cat; echo oops >&2; echo secret >&3; exit 3', { stdin: 'hello', channel: true })
    assert.deepEqual(result, {
      exitCode: 3,
      signal: null,
      stdout: 'hello',
      stderr: 'oops\n',
      channel: 'secret\n',
      truncated: false,
      aborted: false,
    })
  })

  test('hands on its own environment and nothing else', async () => {
    const { stdout } = await run('env', { command: 'env', args: [], env: { PATH: process.env['PATH']!, X: 'y' } })
    assert.deepEqual(stdout.trim().split('\n').sort(), [`PATH=${process.env['PATH']}`, 'X=y'])
  })

  test('says which signal ended it', async () => {
    const { exitCode, signal, aborted } = await run('kill -TERM $$')
    assert.deepEqual({ exitCode, signal, aborted }, { exitCode: null, signal: 'SIGTERM', aborted: false })
  })

  test('kills what the process left behind in its group', async () => {
    const { stdout } = await run('sleep 600 & echo $!')
    await untilGone(Number(stdout))
  })

  test('kills the whole group when aborted', async () => {
    const controller = new AbortController()
    const script = 'sleep 600 & echo $! $$; trap "" TERM INT; wait; sleep 600'
    const running = run(script, { abort: controller.signal })
    setTimeout(() => controller.abort(), 100)
    const { stdout, aborted, signal } = await running
    assert.deepEqual({ aborted, signal }, { aborted: true, signal: 'SIGKILL' })
    for (const pid of stdout.trim().split(' ')) await untilGone(Number(pid))
  })

  test('starts nothing when it is aborted already', async () => {
    const result = await run('echo started', { abort: AbortSignal.abort() })
    assert.deepEqual([result.aborted, result.stdout], [true, ''])
  })

  test('does not wait for a pipe that a process outside of the group keeps open', async t => {
    if (process.platform !== 'linux') return t.skip('needs setsid(1)')
    const began = performance.now()
    const { stdout, exitCode } = await run('setsid sleep 20 & echo $!; sleep 0.05', { channel: true })
    assert.equal(exitCode, 0)
    assert.ok(performance.now() - began < 5_000)
    process.kill(Number(stdout), 'SIGKILL')
  })

  test('keeps the beginning of an endless output and goes on reading', async () => {
    const result = await run('yes | head -c 2000000; echo end >&2')
    assert.equal(result.stdout.length, 1000)
    assert.equal(result.stderr, 'end\n')
    assert.equal(result.truncated, true)
  })

  test('takes no harm when the process does not read its input', async () => {
    const result = await run('exit 0', { stdin: 'x'.repeat(5_000_000) })
    assert.equal(result.exitCode, 0)
  })

  test('rejects when the command cannot be started', async () => {
    await assert.rejects(run('', { command: '/nowhere/at/all', args: [] }), /ENOENT/)
    await assert.rejects(run('', { cwd: '/nowhere/at/all' }), /ENOENT/)
  })

  test('runs as another user, without the groups of root', {
    skip: process.getuid?.() !== 0 && 'needs root',
  }, async () => {
    const user = childUser()!
    const { stdout } = await run('id -u; id -G', { user })
    assert.equal(stdout, `${user.uid}\n${user.gid}\n`)
  })
})
