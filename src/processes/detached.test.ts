import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { isAlive, killGroup, type ProcessIdentity, readExitCode, readIdentity, startDetached } from './detached.ts'
import { readUntrusted, readUntrustedEnd } from './files.ts'
import { childUser, closedPath, reachable } from './user.ts'

let folder: string
let count = 0

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'detached-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

function newDirectory(): string {
  const directory = join(folder, String(++count))
  mkdirSync(directory)
  return directory
}

const env = { PATH: process.env.PATH! }
const sh = (script: string, directory: string, onExit?: () => void) =>
  startDetached({ command: 'sh', args: ['-c', script], directory, env, onExit })

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
const ended = (directory: string) => until(() => readExitCode(directory) !== undefined)

describe('startDetached', () => {
  test('keeps stdout, stderr and the exit code in the directory', async () => {
    const directory = newDirectory()
    const { promise, resolve } = Promise.withResolvers<void>()
    const identity = await sh('echo \'{"message":"a"}\'; echo oops >&2; exit 3', directory, resolve)
    await promise
    assert.equal(readExitCode(directory), 3)
    assert.equal(readFileSync(join(directory, 'events.jsonl'), 'utf8'), '{"message":"a"}\n')
    assert.equal(readFileSync(join(directory, 'stderr.log'), 'utf8'), 'oops\n')
    assert.deepEqual(readIdentity(directory), identity)
    assert.equal(isAlive(identity), false)
    assert.equal(statSync(join(directory, 'events.jsonl')).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(directory).sort(), ['events.jsonl', 'exit-code', 'identity', 'stderr.log'])
  })

  test('reads nothing of command, arguments and directory as shell text', async () => {
    const directory = join(folder, `a b;$(touch ${folder}/evil)'"`.replaceAll('/', '|'))
    mkdirSync(directory)
    await startDetached({ command: 'printf', args: ['%s\n', '$(id)', '`id`;', 'a  b', '-n', "'"], directory, env })
    await ended(directory)
    assert.equal(readFileSync(join(directory, 'events.jsonl'), 'utf8'), "$(id)\n`id`;\na  b\n-n\n'\n")
  })

  test('takes a command that is called like a word of the shell for a program', async () => {
    const directory = newDirectory()
    await startDetached({ command: 'exit', args: ['0'], directory, env })
    await ended(directory)
    assert.equal(readExitCode(directory), 127)
  })

  test('hands on its own environment and nothing else', async () => {
    const directory = newDirectory()
    await startDetached({ command: 'env', args: [], directory, env: { ...env, ENGINE_X: 'a b' } })
    await ended(directory)
    const names = readFileSync(join(directory, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split('=')[0])
    // The shell adds its own three.
    assert.deepEqual(names.filter(name => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name!)).sort(), [
      'ENGINE_X',
      'PATH',
    ])
  })

  test('runs in a group of its own and writes the exit code when the whole group is terminated', async () => {
    const directory = newDirectory()
    const identity = await sh('sleep 60 & echo started; wait', directory)
    // The file is made after the process is claimed, so it may not be there yet.
    const events = join(directory, 'events.jsonl')
    await until(() => existsSync(events) && readFileSync(events, 'utf8') !== '')
    assert.equal(isAlive(identity), true)
    assert.equal(killGroup(identity, 'SIGTERM'), true)
    await ended(directory)
    assert.equal(readExitCode(directory), 128 + 15)
    await until(() => !killGroup(identity, 'SIGTERM'))
  })

  test('leaves no exit code when the group is killed', async () => {
    const directory = newDirectory()
    const identity = await sh('sleep 60', directory)
    killGroup(identity, 'SIGKILL')
    await until(() => !isAlive(identity))
    assert.equal(readExitCode(directory), undefined)
  })

  test('never takes another process for its own, whatever its pid', async () => {
    const directory = newDirectory()
    const identity = await sh('sleep 60', directory)
    const other: ProcessIdentity = { pid: identity.pid, startTime: `${identity.startTime}0` }
    assert.equal(isAlive(other), false)
    assert.equal(killGroup(other, 'SIGKILL'), false)
    assert.equal(isAlive(identity), true)
    killGroup(identity, 'SIGKILL')
    for (const pid of [1, 0, -1, Number.NaN]) assert.equal(killGroup({ pid, startTime: '0' }, 'SIGKILL'), false)
  })

  test('reads no link, no pipe and nothing large in place of its files', () => {
    const directory = newDirectory()
    symlinkSync('/etc/hostname', join(directory, 'exit-code'))
    assert.throws(() => readExitCode(directory), /is a symbolic link/)
    execFileSync('mkfifo', [join(directory, 'identity')])
    assert.throws(() => readIdentity(directory), /is not a file/)
    writeFileSync(join(directory, 'large'), 'x'.repeat(11))
    assert.throws(() => readUntrusted(join(directory, 'large'), 10), /is larger than 10 bytes/)
    assert.equal(readUntrustedEnd(join(directory, 'large'), 3), 'xxx')
    assert.equal(readUntrusted(join(directory, 'missing'), 10), undefined)
  })

  test('many starts in one directory run the command once, and all name the same process', async () => {
    const directory = newDirectory()
    const identities = await Promise.all(Array.from({ length: 8 }, () => sh('echo run >> runs; sleep 0.2', directory)))
    await ended(directory)
    assert.equal(readFileSync(join(directory, 'runs'), 'utf8'), 'run\n')
    assert.equal(new Set(identities.map(({ pid }) => pid)).size, 1)
    assert.deepEqual(await sh('echo run >> runs', directory), identities[0])
    assert.equal(readFileSync(join(directory, 'runs'), 'utf8'), 'run\n')
  })

  test('a server killed at any moment of the start leaves nothing that runs twice', async t => {
    const program = `import { startDetached } from ${JSON.stringify(new URL('detached.ts', import.meta.url).href)}
      console.log('ready')
      await startDetached({ command: 'sh', args: ['-c', 'echo run >> runs'], directory: process.argv[1], env: ${JSON.stringify(env)} })`
    let cutShort = 0
    for (let round = 0; round < 16; round++) {
      const directory = newDirectory()
      const server = spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise(resolve => server.stdout.once('data', resolve))
      // From at once to somewhat later than a start takes: before the wrapper, in it, after it.
      const killAt = process.hrtime.bigint() + BigInt(round) * 500_000n
      while (process.hrtime.bigint() < killAt);
      server.kill('SIGKILL')
      await new Promise(resolve => server.on('exit', resolve))
      if (!existsSync(join(directory, 'identity'))) cutShort++
      await sh('echo run >> runs', directory)
      await ended(directory)
      assert.equal(readFileSync(join(directory, 'runs'), 'utf8'), 'run\n', `round ${round}`)
    }
    t.diagnostic(`${cutShort} of 16 servers died before the process was claimed`)
  })

  test('says what is wrong when the directory cannot be written', async () => {
    const directory = newDirectory()
    rmSync(directory, { recursive: true })
    await assert.rejects(sh('true', directory), /ENOENT|could not be started/)
  })
})

describe('another user', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
  test('children do not run as root', async () => {
    chmodSync(folder, 0o755)
    const directory = newDirectory()
    chmodSync(directory, 0o777)
    const user = childUser()
    await startDetached({ command: 'id', args: ['-u'], directory, env, user })
    await ended(directory)
    assert.equal(readFileSync(join(directory, 'events.jsonl'), 'utf8'), `${user!.uid}\n`)
  })

  test('a closed directory on the way is named', () => {
    const user = childUser()!
    const closed = join(folder, 'closed')
    mkdirSync(join(closed, 'inside'), { recursive: true })
    chmodSync(closed, 0o700)
    assert.equal(closedPath(join(closed, 'inside'), user, 'execute'), closed)
    assert.equal(reachable(join(closed, 'inside'), user, 'execute'), false)
    chmodSync(closed, 0o711)
    assert.equal(closedPath(join(closed, 'inside'), user, 'execute'), undefined)
    assert.equal(closedPath(join(closed, 'inside'), user, 'write'), join(closed, 'inside'))
    assert.equal(closedPath(join(closed, 'missing'), user, 'read'), join(closed, 'missing'))
    assert.equal(reachable('/bin/sh', user, 'execute'), true)
  })
})
