import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { NodeConfig } from './config.ts'
import { type CommandState, createNodes, type Nodes } from './index.ts'

const account = '123456789012'
const id = 'mi-0123456789abcdef0'
const sshd = '/usr/sbin/sshd'
const hasSshd = existsSync(sshd) && existsSync('/usr/bin/ssh-keygen')
assert.ok(hasSshd || process.env['BELLHOP_REQUIRE_ALL'] !== '1', 'Not found: sshd (openssh-server)')

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodes-'))
  chmodSync(folder, 0o755)
})
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

const nodesWith = (node: object): Nodes =>
  createNodes({
    config: { [id]: { tags: { role: 'web' }, accounts: [account], ...node } as unknown as NodeConfig },
    configDirectory: folder,
    directory: join(folder, 'commands'),
    env: { PATH: process.env['PATH'], HOME: folder },
  })(account)

/** The same for a node on this host and for one behind ssh. */
function commands(name: string, make: () => Nodes | Promise<Nodes>) {
  let nodes: Nodes
  let count = 0
  before(async () => {
    mkdirSync(join(folder, 'commands'), { recursive: true, mode: 0o755 })
    nodes = await make()
  })
  const newId = () => `${name}-${++count}`
  const toEnd = async (commandId: string) => {
    const deadline = Date.now() + 20_000
    for (;;) {
      const state = await nodes.poll(id, commandId)
      if (state.state !== 'running') return state as Extract<CommandState, { state: 'ended' }>
      assert.ok(Date.now() < deadline, 'it did not end within 20 s')
    }
  }
  const run = async (program: string) => {
    const commandId = newId()
    await nodes.start(id, commandId, program)
    return toEnd(commandId)
  }

  test('keeps output and exit code apart', async () => {
    const state = await run(`printf 'a\\nb'; echo "it's" >&2; exit 3\n`)
    assert.deepEqual(state, { state: 'ended', exitCode: 3, timedOut: false, stdout: 'a\nb', stderr: "it's\n" })
  })

  test('cuts an endless output and takes rubbish', async () => {
    const state = await run('head -c 1000000 /dev/zero | tr "\\0" x; printf "\\377" >&2')
    assert.equal(state.stdout.length, 24_000)
    assert.equal(state.stderr, '\ufffd')
  })

  test('runs a command once, however often it is started', async () => {
    const commandId = newId()
    const mark = join(folder, 'shared', commandId)
    mkdirSync(join(folder, 'shared'), { recursive: true })
    chmodSync(join(folder, 'shared'), 0o777)
    await Promise.all([1, 2, 3].map(() => nodes.start(id, commandId, `echo run >> '${mark}'; sleep 0.3`)))
    await toEnd(commandId)
    await nodes.start(id, commandId, `echo again >> '${mark}'`)
    assert.equal(readFileSync(mark, 'utf8'), 'run\n')
  })

  test('ends a command with all it started', async () => {
    const commandId = newId()
    assert.deepEqual(await nodes.start(id, commandId, 'sleep 600 & sleep 600; wait'), { state: 'running' })
    await nodes.cancel(id, commandId)
    const { exitCode } = await toEnd(commandId)
    assert.ok(exitCode >= 128, String(exitCode))
  })

  test('knows that it does not know a command', async () => {
    assert.deepEqual(await nodes.poll(id, newId()), { state: 'lost' })
  })
}

describe('commands on this host', () => {
  commands('local', () => nodesWith({ connection: 'local' }))

  test('run as the user that is configured', { skip: process.getuid?.() !== 0 && 'needs root' }, async () => {
    const as = async (node: object, command: string) => {
      const nodes = nodesWith({ connection: 'local', ...node })
      let state = await nodes.start(id, command, 'id -u')
      while (state.state === 'running') state = await nodes.poll(id, command)
      return state.state === 'ended' && state.stdout
    }
    assert.equal(await as({}, 'a-1'), '65534\n')
    assert.equal(await as({ user: 'root' }, 'a-2'), '0\n')
    await assert.rejects(as({ user: 'nobody-of-that-name' }, 'a-3'), /There is no user nobody-of-that-name/)
  })

  test('are for the accounts that are named', () => {
    const nodes = createNodes({
      config: { [id]: { tags: {}, accounts: ['111111111111'], connection: 'local' } },
      ...{ configDirectory: folder, directory: folder, env: {} },
    })
    assert.deepEqual([nodes(account).has(id), nodes('111111111111').has(id)], [false, true])
  })

  test('are found by tags', () => {
    const nodes = nodesWith({ connection: 'local' })
    assert.deepEqual(nodes.tagged('role', ['db', 'web']), [id])
    assert.deepEqual(nodes.tagged('role', ['db']), [])
    assert.deepEqual(nodes.tagged('role', undefined), [id])
    assert.deepEqual(nodes.tagged('constructor', undefined), [])
  })
})

describe('commands over SSH', { skip: !hasSshd && 'not found: sshd (openssh-server)' }, () => {
  let server: ReturnType<typeof spawn> | undefined
  let node: object
  after(() => void server?.kill('SIGTERM'))

  const start = async () => {
    const keys = join(folder, 'ssh')
    mkdirSync(keys, { mode: 0o700 })
    for (const name of ['host', 'client', 'other']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)])
    }
    const port = await freePort()
    const known = (name: string) => `[127.0.0.1]:${port} ${readFileSync(join(keys, `${name}.pub`), 'utf8')}`
    writeFileSync(join(keys, 'known'), known('host'))
    writeFileSync(join(keys, 'known-other'), known('other'))
    writeFileSync(join(keys, 'authorized'), readFileSync(join(keys, 'client.pub')), { mode: 0o600 })
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    const options = {
      ...{ ListenAddress: '127.0.0.1', HostKey: join(keys, 'host'), AuthorizedKeysFile: join(keys, 'authorized') },
      ...{ PidFile: 'none', StrictModes: 'no', UsePAM: 'no', PasswordAuthentication: 'no', PermitRootLogin: 'yes' },
      // The folder of the commands is below HOME: not that of whoever runs the tests.
      SetEnv: `HOME=${folder}`,
    }
    const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    server = spawn(sshd, ['-D', '-e', '-f', '/dev/null', '-p', String(port), ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await new Promise<void>((resolve, reject) => {
      let log = ''
      server!.once('exit', code => reject(new Error(`sshd ended with ${code}: ${log}`)))
      server!.stderr!.on('data', chunk => {
        log += chunk
        if (log.includes('listening on')) resolve()
      })
    })
    const { username } = userInfo()
    node = {
      ...{ connection: 'ssh', host: '127.0.0.1', port, user: username },
      ...{ identityFile: 'ssh/client', knownHostsFile: 'ssh/known' },
    }
    return nodesWith(node)
  }
  commands('ssh', start)

  test('are not sent to a host whose key is another, nor with a key it does not know', async () => {
    await assert.rejects(
      nodesWith({ ...node, knownHostsFile: 'ssh/known-other' }).poll(id, 'x-1'),
      /Node mi-.*: .*(Host key verification failed|IDENTIFICATION HAS CHANGED)/s,
    )
    await assert.rejects(nodesWith({ ...node, identityFile: 'ssh/other' }).poll(id, 'x-1'), /Permission denied/)
  })
})

function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  return new Promise(resolve =>
    server.once('listening', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    }),
  )
}
