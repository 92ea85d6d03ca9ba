import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { parseJson } from '../src/cli/json.ts'
import { Stub } from '../test/cli/stub.ts'
import { type Bundle, buildHclWorker, buildYamlWorker, bundle, copyData } from './bundle.ts'

const source = join(import.meta.dirname, '../src/bin.ts')
const answer = parseJson('{"RecordDetail": {"RecordId": "rec-1", "Status": "CREATED", "CreatedTime": 1.5}}')
const execute = [
  ...['servicecatalog', 'execute-provisioned-product-service-action', '--provisioned-product-id', 'pp-1'],
  ...['--service-action-id', 'act-1'],
]

let folder: string
let built: string
let stub: Stub
let endpoint: string
let sizes: Bundle['sizes']

interface Ran {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A run of the bundle, or of the file named; its home is fresh unless one is given. */
function run(words: readonly string[], { home = join(folder, 'home'), file = built, node = process.execPath } = {}) {
  const env = {
    HOME: home,
    TZ: 'UTC',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  return new Promise<Ran>(resolve => {
    const child = execFile(node, [file, ...words], { env, timeout: 60_000 }, (_, stdout, stderr) =>
      resolve({ exit: child.exitCode, stdout, stderr }),
    )
  })
}

function codeIn(home: string): string[] {
  const cache = join(home, '.cache/bellhop')
  return existsSync(cache) ? readdirSync(cache).map(name => join(cache, name)) : []
}

suite('the bundle', () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellhop-bundle-'))
    built = join(folder, 'bellhop.cjs')
    const made = await bundle()
    writeFileSync(built, made.text)
    sizes = made.sizes
    copyData(folder)
    stub = new Stub([{ body: answer }])
    endpoint = `http://127.0.0.1:${await stub.listen()}`
  })
  after(async () => {
    await stub.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a signed call prints what the source prints, and compiles only once', async () => {
    const home = mkdtempSync(join(folder, 'home-'))
    const words = [...execute, '--endpoint-url', endpoint]
    const wanted = await run(words, { file: source })
    assert.equal(wanted.exit, 0, wanted.stderr)
    assert.match(wanted.stdout, /"RecordId": "rec-1"/)
    const seen = stub.requests.length
    assert.deepEqual(await run(words, { home }), wanted)
    const [code, ...more] = codeIn(home)
    assert.deepEqual(more, [])
    assert.equal(statSync(code!).mode & 0o777, 0o600)
    assert.equal(statSync(join(home, '.cache/bellhop')).mode & 0o777, 0o700)
    const first = statSync(code!)
    assert.deepEqual(await run(words, { home }), wanted)
    assert.equal(statSync(code!).ino, first.ino, 'compiled code that is good is not written again')
    const signed = stub.requests.slice(seen).map(({ auth }) => (auth as { signature_ok: boolean }).signature_ok)
    assert.deepEqual(signed, [true, true])
  })

  test('compiled code is not run when it is broken or others could have written it', async () => {
    const home = mkdtempSync(join(folder, 'home-'))
    const words = [...execute, '--endpoint-url', endpoint]
    const wanted = await run(words, { home })
    const [code] = codeIn(home)
    const good = readFileSync(code!)

    const broken = Buffer.from(good)
    broken[broken.length >> 1]! ^= 0xff
    for (const bytes of [broken, good.subarray(0, 1000), Buffer.alloc(0)]) {
      writeFileSync(code!, bytes)
      assert.deepEqual(await run(words, { home }), wanted)
      assert.ok(readFileSync(code!).length > 10_000, 'it was written anew')
    }
    const before = statSync(code!).ino
    chmodSync(code!, 0o666)
    assert.deepEqual(await run(words, { home }), wanted)
    assert.notEqual(statSync(code!).ino, before, 'a file that anyone may write is replaced, not used')
  })

  test('a call works where no compiled code can be kept, and one that sends nothing keeps none', async () => {
    const words = [...execute, '--endpoint-url', endpoint]
    const wanted = await run(words)
    for (const home of ['/dev/null', '']) assert.deepEqual(await run(words, { home }), wanted)

    const home = mkdtempSync(join(folder, 'home-'))
    assert.match((await run(['--version'], { home })).stdout, /^bellhop\//)
    assert.deepEqual(codeIn(home), [])

    const shared = mkdtempSync(join(folder, 'home-'))
    await run(words, { home: shared })
    chmodSync(join(shared, '.cache/bellhop'), 0o777)
    for (const file of codeIn(shared)) rmSync(file)
    assert.deepEqual(await run(words, { home: shared }), wanted)
    assert.deepEqual(codeIn(shared), [], 'nothing is kept in a folder that anyone may write to')
  })

  test('what lies in the comment is found: models, formats, queries, YAML, skeletons, usage errors', async () => {
    writeFileSync(join(folder, 'input.yaml'), 'Id: rec-1\n')
    const sent = ['--endpoint-url', endpoint]
    const rows = [
      [...execute, ...sent, '--output', 'table'],
      [...execute, ...sent, '--output', 'text', '--query', 'RecordDetail.[RecordId, Status]'],
      [...execute, ...sent, '--output', 'yaml'],
      ['servicecatalog', 'describe-record', ...sent, '--cli-input-yaml', `file://${join(folder, 'input.yaml')}`],
      ['servicecatalog', 'provision-product', '--generate-cli-skeleton', 'yaml-input'],
      ['ssm', 'start-automation-execution', '--generate-cli-skeleton'],
      ['sqs', 'send-message', '--generate-cli-skeleton', 'input'],
      ['iam', 'create-role'],
      ['sts', 'assume-rol'],
      ['help'],
      ['servicecatalog', 'help'],
      ['servicecatalog', 'describe-record', 'help'],
    ]
    for (const words of rows) {
      const [wanted, printed] = await Promise.all([run(words, { file: source }), run(words)])
      assert.notEqual(wanted.stdout + wanted.stderr, '')
      assert.deepEqual(printed, wanted, words.join(' '))
    }
  })

  test('what lies beside it is found: the models of AWS services, the ready-made documents', async () => {
    const document = join(folder, 'document.yaml')
    const step = '{name: one, action: "aws:executeAwsApi", inputs: {Service: ec2, Api: NoSuchThing}}'
    writeFileSync(document, `schemaVersion: '0.3'\nmainSteps:\n- ${step}\n`)
    const words = ['document', 'validate', document]
    const wanted = await run(words, { file: source })
    assert.match(wanted.stdout + wanted.stderr, /Service ec2 has no operation NoSuchThing/)
    assert.deepEqual(await run(words), wanted)
    assert.ok(readdirSync(join(folder, 'documents')).includes('AWS-RestartEC2Instance.yaml'))
  })

  test('a plain call loads no part of Node and none of the bundle that it does not use', async () => {
    const probe = join(folder, 'probe.cjs')
    writeFileSync(
      probe,
      `const { openSync, writeSync } = require('node:fs')
       const before = new Set(process.moduleLoadList)
       process.on('exit', () => {
         const loaded = process.moduleLoadList.filter(name => name.startsWith('NativeModule ') && !before.has(name))
         writeSync(2, JSON.stringify(loaded.map(name => name.slice(13))))
       })
       `,
    )
    const { exit, stderr } = await run([probe, built, ...execute, '--endpoint-url', endpoint], { file: '--require' })
    assert.equal(exit, 0)
    const loaded: string[] = JSON.parse(stderr)
    assert.ok(loaded.includes('http') && loaded.includes('crypto'), 'the probe sees what is loaded')
    const heavy =
      /undici|webcrypto|webstreams|^(https|tls|http2|zlib|child_process|worker_threads|assert|readline|fs\/promises)$/
    assert.deepEqual(
      loaded.filter(name => heavy.test(name)),
      [],
    )
  })

  test('what every call runs stays small, and what it merely reads, too', () => {
    // Each 10 kB of core cost about half a percent of a call. Load with import() what few calls need.
    assert.ok(sizes.core < 200_000, `the core has ${sizes.core} characters`)
    assert.ok(sizes.stored + sizes.packed < 2_000_000, `the rest has ${sizes.stored + sizes.packed} characters`)
  })

  test('the parser of HCL that lies beside it parses', async () => {
    await buildHclWorker(folder)
    const worker = new Worker(join(folder, 'hcl/build/worker.cjs'))
    const answered = new Promise(resolve => worker.once('message', resolve))
    worker.postMessage({ id: 1, path: 'main.tf', text: 'variable "a" {}' })
    assert.deepEqual(await answered, { id: 1, value: { variable: { a: [{}] } } })
    await worker.terminate()
  })

  test('the reader of YAML that lies beside it reads', async () => {
    await buildYamlWorker(folder)
    const worker = new Worker(join(folder, 'yaml/worker.cjs'))
    const answered = new Promise(resolve => worker.once('message', resolve))
    worker.postMessage({ id: 1, body: 'A: !Ref B' })
    assert.deepEqual(await answered, { id: 1, value: { A: { Ref: 'B' } } })
    await worker.terminate()
  })

  test('it starts the server', async () => {
    const args = [built, 'server', '--port', '0', '--data', join(folder, 'data')]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] },
    })
    const ended = new Promise(resolve => child.once('exit', resolve))
    const line = await Promise.race([
      new Promise<string>(resolve => child.stdout.setEncoding('utf8').once('data', resolve)),
      ended.then(code => `ended with ${code}`),
    ])
    child.kill('SIGTERM')
    await ended
    assert.match(line, /^bellhop: listening on http:\/\/127\.0\.0\.1:\d+\n/)
  })

  test('the CLI runs on the oldest Node it supports, too', async t => {
    const node = await olderNode()
    if (node === undefined) {
      assert.notEqual(
        process.env['BELLHOP_REQUIRE_ALL'],
        '1',
        'Not found: Node 20 or 22 (on the PATH, or BELLHOP_TEST_OLD_NODE)',
      )
      t.skip('not found: Node 20 or 22 (on the PATH, or named by BELLHOP_TEST_OLD_NODE)')
      return
    }
    const home = mkdtempSync(join(folder, 'home-'))
    const words = [...execute, '--endpoint-url', endpoint]
    const wanted = await run(words)
    assert.deepEqual(await run(words, { home, node }), wanted)
    assert.equal(codeIn(home).length, 1)
    assert.deepEqual(await run(words, { home, node }), wanted)
    assert.deepEqual(
      await run([...words, '--output', 'yaml'], { home, node }),
      await run([...words, '--output', 'yaml']),
    )
  })
})

async function olderNode(): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  for (const node of [process.env['BELLHOP_TEST_OLD_NODE'] ?? [], ...onPath.map(path => join(path, 'node'))].flat()) {
    const version = await new Promise<string>(resolve => execFile(node, ['--version'], (_, stdout) => resolve(stdout)))
    if (/^v2[0-3]\./.test(version)) return node
  }
  return undefined
}
