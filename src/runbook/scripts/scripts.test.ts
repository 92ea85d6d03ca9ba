import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTimeOf } from '../../processes/detached.ts'
import { childUser, type ProcessUser } from '../../processes/user.ts'
import type { ScriptRequest, ScriptResult } from '../action.ts'
import { findBubblewrap } from './bubblewrap.ts'
import { createScriptRunner, defaultScriptSettings, type ScriptRunner, type ScriptSettings } from './runner.ts'

const root = process.getuid?.() === 0
const own = "the server's own user"
const hasBubblewrap = typeof (await findBubblewrap(process.env, childUser())) !== 'string'
assert.ok(hasBubblewrap || process.env['BELLHOP_REQUIRE_ALL'] !== '1', 'Not found: bubblewrap (bwrap)')
const warm = defaultScriptSettings
/** Every level that there is here; each has to hold the same scripts in. */
const levels: readonly (readonly [name: string, user: ProcessUser | undefined, settings: ScriptSettings])[] = [
  ...(root ? ([['another user, forked', childUser(), warm]] as const) : []),
  [`${own}, forked`, undefined, warm],
  [root ? 'another user, started' : `${own}, started`, childUser(), { ...warm, warm: false }],
  ...(hasBubblewrap
    ? ([['another user, in bubblewrap', childUser(), { ...warm, isolation: 'bubblewrap' }]] as const)
    : []),
]
if (!hasBubblewrap) test('Python scripts in bubblewrap', { skip: 'not found: bubblewrap (bwrap)' }, () => {})

for (const [name, user, settings] of levels) {
  const bubblewrapped = settings.isolation === 'bubblewrap'
  describe(`Python scripts as ${name}`, () => {
    let folder: string
    let directory: string
    let writable: string
    let secret: string
    let runner: ScriptRunner
    let isolation: string
    const warnings: string[] = []

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'scripts-'))
      chmodSync(folder, 0o755)
      directory = join(folder, 'scripts')
      writable = join(folder, 'writable')
      for (const each of [directory, writable]) mkdirSync(each)
      secret = join(folder, 'secret')
      writeFileSync(secret, 'top secret', { mode: 0o644 })
      // Left behind by a server that was killed: before and after it gave the directory to the script's user.
      for (const left of ['run-new', 'run-old']) {
        mkdirSync(join(directory, left), { mode: 0o700 })
        writeFileSync(join(directory, left, 'x'), '')
      }
      if (user) chownSync(join(directory, 'run-old'), user.uid, user.gid)
      const env = {
        ...process.env,
        BELLHOP_SCRIPT_WRITABLE: `${writable}:${join(folder, 'missing')}:relative`,
        SECRET: 'x',
      }
      runner = createScriptRunner({ settings, directory, user, env, warn: text => warnings.push(text) })
      isolation = await runner.describeIsolation()
    })
    after(async () => {
      await runner.close()
      assert.deepEqual(readdirSync(directory), [], 'work directories are left')
      rmSync(folder, { recursive: true, force: true })
    })

    type Changes = Partial<ScriptRequest> & { readonly abort?: AbortSignal }
    const run = (body: string, changes: Changes = {}) => runWith(runner, body, changes)
    const runWith = (by: ScriptRunner, body: string, { abort, ...changes }: Changes = {}) =>
      by.run(
        {
          runtime: 'python3.11',
          script: body,
          handler: 'h',
          events: {},
          context: { 'global:REGION': 'eu-west-1' },
          region: 'eu-west-1',
          ...changes,
        },
        abort ?? new AbortController().signal,
      )
    const handler = (...lines: string[]) => `def h(events, context):\n${lines.map(line => `    ${line}\n`).join('')}`
    const payloadOf = (result: ScriptResult) => {
      assert.equal(result.state, 'returned', JSON.stringify(result).slice(0, 2000))
      return (result as { payload: unknown }).payload
    }
    const failureOf = (result: ScriptResult) => {
      assert.equal(result.state, 'failed', JSON.stringify(result).slice(0, 2000))
      return (result as { message: string }).message
    }
    const untilGone = async (pid: number) => {
      // A number of the script's own namespace names nothing here; its processes go with the namespace.
      if (bubblewrapped) return
      const deadline = Date.now() + 5_000
      while (startTimeOf(pid) !== undefined) {
        assert.ok(Date.now() < deadline, `process ${pid} is still there`)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    }

    test('says what holds scripts in', () => {
      assert.match(isolation, /^Scripts run with \/.* \(Python 3\.\d+\.\d+\)/)
      assert.match(isolation, user ? /held in by (bubblewrap, )?uid 65534/ : /\(the server's own user\)/)
      assert.match(isolation, /resource limits/)
      if (process.platform === 'linux') assert.match(isolation, /no_new_privs, (no Landlock|Landlock \(ABI \d+\))/)
    })

    test('hands over events and context, and takes what the handler returns', async () => {
      const events = JSON.parse('{"n": 1, "list": ["\\u00e9", null, true, 1.5], "__proto__": {"x": 1}}')
      const body = handler('return {"events": events, "region": context["global:REGION"], "n": events["n"] + 1}')
      const payload = payloadOf(await run(body, { events }))
      assert.equal(JSON.stringify(payload), JSON.stringify({ events, region: 'eu-west-1', n: 2 }))
    })

    test('gives scalars, lists and nothing at all', async () => {
      for (const [value, expected] of [
        ['5', 5],
        ['"x"', 'x'],
        ['None', null],
        ['[1, (2, 3)]', [1, [2, 3]]],
        ['{1: "a"}', { '1': 'a' }],
        ['"\\ud800"', '\ud800'],
      ] as const) {
        assert.deepEqual(payloadOf(await run(handler(`return ${value}`))), expected)
      }
    })

    test('keeps what the script prints as the log, in order, apart from the result', async () => {
      const body = `import os, sys\nprint('{"payload": "no"}')\n${handler(
        'sys.stderr.write("oops\\n")',
        'os.write(1, b"raw \\xff\\n")',
        'os.system("echo from a child")',
        'print("\\u20ac", "\\ud800")',
        'sys.stdout = None',
        'return 1',
      )}`
      const result = await run(body)
      assert.equal(payloadOf(result), 1)
      assert.equal('log' in result && result.log, '{"payload": "no"}\noops\nraw \ufffd\nfrom a child\n\u20ac \\ud800\n')
    })

    test('gives it an environment of its own', async () => {
      const payload = payloadOf(await run(`import os\n${handler('return [dict(os.environ), os.getcwd()]')}`))
      const [environment, cwd] = payload as [Record<string, string>, string]
      assert.deepEqual(Object.keys(environment).sort(), [
        'AWS_DEFAULT_REGION',
        'AWS_EC2_METADATA_DISABLED',
        'AWS_REGION',
        'HOME',
        ...(bubblewrapped ? ['HTTPS_PROXY', 'HTTP_PROXY'] : []),
        'LANG',
        'MALLOC_ARENA_MAX',
        'PATH',
        'TMPDIR',
        ...(bubblewrapped ? ['http_proxy', 'https_proxy'] : []),
      ])
      assert.equal(environment['AWS_REGION'], 'eu-west-1')
      assert.equal(environment['HOME'], cwd)
      assert.ok(bubblewrapped ? cwd === '/script' : cwd.includes('/run-'))
    })

    test("says where a script raised, in SSM's form", async () => {
      const message = failureOf(
        await run(`def parse(events):\n    return events['x']\n\n${handler('return parse(events)')}`),
      )
      assert.match(message, /^Traceback \(most recent call last\):\n {2}File "customer_script\.py", line 5, in h\n/)
      assert.match(message, / {2}File "customer_script\.py", line 2, in parse\n {4}return events\['x'\]\n/)
      assert.match(message, /\n\nKeyError - 'x'$/)
      assert.doesNotMatch(message, /<string>/)
    })

    const failing: readonly [what: string, script: string, message: RegExp][] = [
      [
        'raises at import',
        'import nothing_like_this\n',
        /line 1, in <module>[\s\S]*ModuleNotFoundError - No module named/,
      ],
      ['is no Python', 'def h(:\n', /^SyntaxError - .*\(customer_script\.py, line 1\)$/],
      ['has no handler', 'def other(): pass\n', /^The script has no function h\.$/],
      ['has a handler that is no function', 'h = 5\n', /^The script has no function h\.$/],
      [
        'exits',
        `import sys\n${handler('sys.exit(3)')}`,
        /^The script ended itself with exit code 3 instead of returning\.$/,
      ],
      [
        'exits at once',
        `import os\n${handler('os._exit(7)')}`,
        /^The script ended with exit code 7 before its handler returned\.$/,
      ],
      ['kills itself', `import os\n${handler('os.kill(os.getpid(), 9)')}`, /^The script was killed by SIGKILL before/],
      ['crashes', `import ctypes\n${handler('ctypes.string_at(0)')}`, /^The script was killed by SIGSEGV before/],
      ['recurses for ever', handler('return h(events, context)'), /RecursionError - maximum recursion depth exceeded/],
      ['returns NaN', handler('return float("nan")'), /^What the handler returned is not JSON: ValueError/],
      ['returns bytes', handler('return {"b": b"x"}'), /is not JSON: TypeError - Object of type bytes/],
      ['returns a set', handler('return {1, 2}'), /is not JSON: TypeError - Object of type set/],
      [
        'returns a circle',
        handler('a = []', 'a.append(a)', 'return a'),
        /is not JSON: (ValueError - Circular|RecursionError)/,
      ],
      ['returns a coroutine', `async ${handler('return 1')}`, /is not JSON: TypeError - Object of type coroutine/],
      [
        'returns too much',
        handler('return "x" * 200000'),
        /^What the handler returned has 200002 bytes of JSON; at most 102400 are taken\.$/,
      ],
      [
        'returns what is nested too deep',
        handler('a = []', 'for i in range(500): a = [a]', 'return a'),
        /more than 100 levels deep/,
      ],
      [
        'wants too much memory',
        handler('return len(bytearray(3 * 1024 ** 3))'),
        /^MemoryError - the script needs more memory/,
      ],
      [
        'eats memory bit by bit',
        handler('a = []', 'while True: a.append("x" * 10000000)'),
        /^MemoryError|was killed|exit code/,
      ],
      [
        'writes an endless file',
        handler('f = open("big", "wb")', 'while True: f.write(b"x" * 1000000)'),
        /OSError - \[Errno 27\] File too large/,
      ],
      [
        'writes to descriptor 3',
        `import os\n${handler('os.write(3, b"{}")')}`,
        /OSError - \[Errno 9\] Bad file descriptor/,
      ],
      [
        'raises an error that cannot be shown',
        `class E(Exception):\n    def __str__(self): raise ValueError()\n${handler('raise E()')}`,
        /E - \(no text\)$/,
      ],
      ['raises a long error', handler('raise ValueError("x" * 1000000)'), /^Traceback[\s\S]{1,8300}$/],
      ['raises what is no error', handler('raise KeyboardInterrupt("stop")'), /KeyboardInterrupt - stop$/],
    ]
    for (const [what, script, message] of failing) {
      test(`fails clearly when the script ${what}`, async () => assert.match(failureOf(await run(script)), message))
    }

    test('cuts an endless log and goes on', async () => {
      const result = await run(handler('for i in range(20000): print("x" * 100)', 'return "done"'))
      assert.equal(payloadOf(result), 'done')
      const log = 'log' in result ? result.log : ''
      assert.ok(log.length < 110_000)
      assert.match(log, /\[The log is longer than 100 KB; the rest is not kept\.\]$/)
    })

    test('ends a script that never ends when it is told to', async () => {
      const controller = new AbortController()
      const started = join(writable, 'started')
      const body = `import signal, subprocess, os\n${handler(
        'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
        'child = subprocess.Popen(["sleep", "600"])',
        `open(${JSON.stringify(`${started}.new`)}, "w").write("%d %d" % (os.getpid(), child.pid))`,
        `os.chmod(${JSON.stringify(`${started}.new`)}, 0o644)`,
        `os.rename(${JSON.stringify(`${started}.new`)}, ${JSON.stringify(started)})`,
        'while True: pass',
      )}`
      const running = run(body, { abort: controller.signal })
      const deadline = Date.now() + 10_000
      while (!existsSync(started)) {
        assert.ok(Date.now() < deadline, 'it did not start within 10 s')
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      controller.abort()
      assert.deepEqual(await running, { state: 'aborted' })
      for (const pid of readFileSync(started, 'utf8').split(' ')) await untilGone(Number(pid))
      rmSync(started)
    })

    test('has one result when the script forks and both return, and leaves no process', async () => {
      const result = await run(
        `import os, time\n${handler('pid = os.fork()', 'if pid == 0: return "child"', 'time.sleep(0.1)', 'return pid')}`,
      )
      await untilGone(payloadOf(result) as number)
      const left = await run(
        `import os, time\n${handler('pid = os.fork()', 'if pid == 0:', '    while True: time.sleep(1)', 'return pid')}`,
      )
      await untilGone(payloadOf(left) as number)
    })

    test('does not wait for threads', async () => {
      const body = `import threading, time\n${handler('threading.Thread(target=time.sleep, args=(600,)).start()', 'return 1')}`
      assert.equal(payloadOf(await run(body)), 1)
    })

    // There is no limit for the server's own user: it may have any number of processes already.
    if (user) {
      test('stops a script that makes processes without end', async () => {
        const body = `import os, time\n${handler(
          'n = 0',
          'try:',
          '    while n < 2000:',
          '        if os.fork() == 0: time.sleep(600)',
          '        n += 1',
          'except BlockingIOError:',
          '    return "stopped" if n <= 512 else n',
        )}`
        assert.equal(payloadOf(await run(body)), 'stopped')
      })
    }

    test('writes to its own directory and to the directories it may write to', async () => {
      const file = join(writable, 'made')
      const body = handler(
        'open("own", "w").write("x")',
        'import os; os.mkdir("closed"); open("closed/file", "w"); os.chmod("closed", 0); os.chmod(".", 0)',
        `os.makedirs(${JSON.stringify(join(writable, 'a', 'b'))})`,
        `return open(${JSON.stringify(file)}, "w").write("by a script")`,
      )
      assert.equal(payloadOf(await run(body)), 11)
      assert.equal(readFileSync(file, 'utf8'), 'by a script')
      if (!user) return
      assert.equal(statSync(file).uid, user.uid)
      assert.equal(statSync(writable).uid, process.getuid!())
      assert.equal(statSync(writable).mode & 0o777, 0o775)
      assert.equal(warnings.filter(text => text.includes(`${writable} was given to group ${user.gid}`)).length, 1)
    })

    test('warns of directories that cannot be written to', () => {
      assert.ok(warnings.some(text => text.includes(`${join(folder, 'missing')} is not a directory`)))
      assert.ok(warnings.some(text => text.includes('relative is not an absolute path')))
    })

    const landlocked = () => isolation.includes('Landlock (ABI')
    const forbidden: readonly [what: string, line: () => string][] = [
      ['read a file that is open to everybody', () => `return open(${JSON.stringify(secret)}).read()`],
      ['list the data directory', () => `import os; return os.listdir(${JSON.stringify(folder)})`],
      ['write beside its directory', () => 'open("../beside", "w")'],
      [
        'write to the folder for temporary files',
        () => `open(${JSON.stringify(join(tmpdir(), `bellhop-${process.pid}`))}, "w")`,
      ],
      ['read /etc/shadow', () => 'return open("/etc/shadow").read()'],
      ["read the server's environment", () => `return open("/proc/${process.pid}/environ").read()`],
      ['signal the server', () => `import os; os.kill(${process.pid}, 0)`],
      ['change the system', () => 'open("/usr/lib/bellhop-test", "w")'],
      ['make a device', () => 'import os; os.mknod("null", 0o20666, os.makedev(1, 3)); open("null")'],
    ]
    for (const [what, line] of forbidden) {
      test(`may not ${what}`, async t => {
        if (!landlocked()) return t.skip('this kernel has no Landlock')
        assert.match(
          failureOf(await run(handler(line()))),
          bubblewrapped
            ? /(PermissionError|FileNotFoundError|ProcessLookupError|OSError) - /
            : /PermissionError - \[Errno (1|13)\]/,
        )
      })
    }

    test('may not become another user or get privileges', async t => {
      if (process.platform !== 'linux') return t.skip('needs Linux')
      const body = handler('return [l for l in open("/proc/self/status") if l.startswith("NoNewPrivs")]')
      assert.deepEqual(payloadOf(await run(body)), ['NoNewPrivs:\t1\n'])
      if (!user) return
      assert.match(failureOf(await run(`import os\n${handler('os.setuid(0)')}`)), /PermissionError|OSError/)
    })

    test('may call the endpoints of AWS, and no other port', async t => {
      const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
      await new Promise(resolve => server.once('listening', resolve))
      const { port } = server.address() as AddressInfo
      const body = `import urllib.request\n${handler(`return urllib.request.urlopen("http://127.0.0.1:${port}/").read().decode()`)}`
      const env = { ...process.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }
      const open = createScriptRunner({ settings, directory, user, env, warn: () => {} })
      assert.equal(payloadOf(await runWith(open, body)), 'hello')
      await open.close()
      if (bubblewrapped) assert.match(failureOf(await run(body)), /HTTP Error 403/)
      else if (/TCP to port/.test(isolation)) {
        const message = failureOf(await run(body))
        assert.match(message, /Permission denied>\n\(Scripts here may open TCP connections to ports 443 only/)
      } else t.diagnostic('this kernel cannot keep scripts to ports')
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    })

    test('runs several scripts at once, each on its own', async () => {
      const body = `import os\n${handler('open("file", "a").write(events["v"])', 'return [open("file").read(), os.listdir(".")]')}`
      const results = await Promise.all(['a', 'b', 'c'].map(v => run(body, { events: { v } })))
      assert.deepEqual(results.map(payloadOf), [
        ['a', ['file']],
        ['b', ['file']],
        ['c', ['file']],
      ])
    })

    test('ends what a script put into a session of its own', async () => {
      const body = `import os, time\n${handler(
        'read, write = os.pipe()',
        'if os.fork() == 0:',
        '    os.setsid()',
        '    if os.fork() != 0: os._exit(0)',
        '    os.write(write, b"%d" % os.getpid())',
        '    time.sleep(600)',
        'return int(os.read(read, 20))',
      )}`
      await untilGone(payloadOf(await run(body)) as number)
    })

    test('stops a script that fills the disk with many files', async () => {
      const body = handler('n = 0', 'while True:', '    n += 1', '    open("f%d" % n, "wb").write(b"x" * 30000000)')
      assert.match(failureOf(await run(body)), /No space left on device|wrote more than 256 MB/)
    })

    test('takes lists of a hundred items and no longer ones', async () => {
      assert.equal((payloadOf(await run(handler('return list(range(100))'))) as unknown[]).length, 100)
      assert.match(failureOf(await run(handler('return {"a": list(range(101))}'))), /a list of 101 items; at most 100/)
    })

    test('gives the credentials it was given, and says what held the script in', async () => {
      const credentials = { accessKeyId: 'ASIAX', secretAccessKey: 'secret', sessionToken: 'token' }
      const body = `import os\n${handler('return [os.environ["AWS_" + n] for n in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")]')}`
      const result = await run(body, { credentials })
      assert.deepEqual(payloadOf(result), ['ASIAX', 'secret', 'token'])
      const told = 'isolation' in result ? (result.isolation ?? '') : ''
      if (process.platform === 'linux') assert.match(told, /^uid \d+, no_new_privs, /)
      assert.ok(isolation.includes(told), `${isolation} / ${told}`)
    })

    test('imports what is attached: a file, and an archive', async () => {
      const module = { name: 'tools_of_ours.py', content: Buffer.from('def twice(e, c): return e["n"] * 2\n') }
      const events = { n: 4 }
      const script = 'import tools_of_ours\ndef h(e, c): return tools_of_ours.twice(e, c) + 1\n'
      assert.equal(payloadOf(await run(script, { attachment: module, events })), 9)
      assert.equal(payloadOf(await run('', { attachment: module, handler: 'twice', events })), 8)
      assert.equal(payloadOf(await run('', { attachment: module, handler: 'tools_of_ours.twice', events })), 8)
      // "x.py" with "def f(e, c): return 'zipped'", as a zip with nothing compressed.
      const zip = Buffer.from(
        'UEsDBBQAAAAAAAAAIQA5nBEmHQAAAB0AAAAEAAAAeC5weWRlZiBmKGUsIGMpOiByZXR1cm4gJ3ppcHBlZCcKUEsBAhQDFAAAAAAAAAAhADmcESYdAAAAHQAAAAQAAAAAAAAAAAAAAIABAAAAAHgucHlQSwUGAAAAAAEAAQAyAAAAPwAAAAAA',
        'base64',
      )
      assert.equal(payloadOf(await run('', { attachment: { name: 'a.zip', content: zip }, handler: 'x.f' })), 'zipped')
    })

    test('runs JavaScript with Node.js, as held in as Python', async () => {
      const node = { runtime: 'nodejs24', events: { n: 2 } }
      const good =
        'exports.h = async (events, context) => { console.log("hi"); return { n: events.n + 1, r: context["global:REGION"] } }'
      const result = await run(good, node)
      if (result.state === 'failed' && /no Node\.js that scripts can run/.test(result.message)) return
      assert.deepEqual(payloadOf(result), { n: 3, r: 'eu-west-1' })
      assert.equal('log' in result && result.log, 'hi\n')
      assert.match(
        failureOf(await run('exports.h = () => { throw new TypeError("no") }', node)),
        /^TypeError: no\n.*customer_script/,
      )
      assert.match(failureOf(await run('exports.g = 1', node)), /exports no function h/)
      assert.match(failureOf(await run('process.exit(4)', node)), /ended with exit code 4 before/)
      const secretly = `exports.h = () => require('fs').readFileSync(${JSON.stringify(secret)}, 'utf8')`
      if (landlocked()) assert.match(failureOf(await run(secretly, node)), /EACCES|ENOENT/)
    })

    test('says that PowerShell is not there', async t => {
      const result = await run('return 1', { runtime: 'PowerShell 7.4' })
      if (result.state === 'returned') return t.diagnostic('it is there')
      assert.match(failureOf(result), /^PowerShell \(pwsh\) is not on the PATH of this server\.$/)
    })

    test('removes what an earlier server left behind', () => {
      for (const left of ['run-new', 'run-old']) assert.equal(existsSync(join(directory, left)), false)
    })
  })
}

describe('the Python that is kept ready', { skip: process.platform !== 'linux' && 'needs Linux' }, () => {
  const request = (script: string): ScriptRequest => ({
    ...{ runtime: 'python3.11', handler: 'h', events: {}, context: {}, region: 'eu-west-1' },
    script: `import os\ndef h(events, context):\n    ${script}\n`,
  })
  const never = new AbortController().signal

  test('is started again when it has died; what it ran has failed, clearly', async t => {
    const directory = mkdtempSync(join(tmpdir(), 'scripts-'))
    chmodSync(directory, 0o755)
    const warnings: string[] = []
    const runner = createScriptRunner({ directory, user: childUser(), env: process.env, warn: w => warnings.push(w) })
    t.after(async () => {
      await runner.close()
      rmSync(directory, { recursive: true, force: true })
    })
    assert.match(await runner.describeIsolation(), /a Python is kept ready/)
    const [before] = keptReady()
    assert.ok(before)
    const lasting = runner.run(request('import time; time.sleep(600)'), never)
    while (childrenOf(before).length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    process.kill(before, 'SIGKILL')
    const failed = await lasting
    assert.equal(failed.state, 'failed')
    const result = await runner.run(request('return os.getppid()'), never)
    assert.equal(result.state, 'returned', JSON.stringify(result))
    assert.notEqual(keptReady()[0], before)
    await runner.close()
    assert.deepEqual(keptReady(), [])
  })
})

const childrenOf = (pid: number): number[] => {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}
/** Our children that are Pythons waiting to fork. */
const keptReady = () =>
  childrenOf(process.pid).filter(pid => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0serve\0'))

describe('finding Python', () => {
  const find = async (env: Record<string, string>, user?: ProcessUser) => {
    const warnings: string[] = []
    const runner = createScriptRunner({ directory: tmpdir(), user, env, warn: text => warnings.push(text) })
    const isolation = await runner.describeIsolation()
    await runner.close()
    return { isolation, warnings }
  }
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'python-'))
    writeFileSync(join(folder, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('goes on to the next when one cannot be run, and says so of the one that was wanted', async t => {
    if (!existsSync('/usr/bin/python3')) return t.skip('needs /usr/bin/python3')
    const { isolation, warnings } = await find({ PATH: folder, BELLHOP_PYTHON: join(folder, 'none') })
    assert.match(isolation, /^Scripts run with \/usr\/bin\/python3/)
    assert.match(warnings.join(), /BELLHOP_PYTHON \(.*none\) cannot be run/)
  })

  test('takes one the user can run', { skip: !root && 'needs root' }, async t => {
    if (!existsSync('/usr/bin/python3')) return t.skip('needs /usr/bin/python3')
    const { isolation, warnings } = await find({ PATH: folder }, childUser())
    assert.match(isolation, /\/usr\/bin\/python3 .* by uid 65534/)
    assert.deepEqual(warnings, [])
  })
})

test('a writable directory that the other user cannot reach is written to as the server’s own user, and it is said', {
  skip: !root && 'needs root',
}, async t => {
  const closed = mkdtempSync(join(tmpdir(), 'scripts-closed-'))
  t.after(() => rmSync(closed, { recursive: true, force: true }))
  const writable = join(closed, 'effects')
  for (const each of [writable, join(closed, 'scripts')]) mkdirSync(each)
  const warnings: string[] = []
  const runner = createScriptRunner({
    directory: join(closed, 'scripts'),
    user: childUser(),
    env: { ...process.env, BELLHOP_SCRIPT_WRITABLE: writable },
    warn: text => warnings.push(text),
  })
  const result = await runner.run(
    {
      runtime: 'python3.11',
      handler: 'h',
      script: `def h(events, context):\n  open('${writable}/it', 'w').write('done')\n  return 1`,
      events: {},
      context: {},
      region: 'us-east-1',
    },
    new AbortController().signal,
  )
  await runner.close()
  assert.equal(result.state, 'returned', JSON.stringify(result))
  assert.deepEqual(readdirSync(writable), ['it'])
  assert.match(warnings.join('\n'), /closed to uid 65534, so scripts run as the server's own user/)
})
