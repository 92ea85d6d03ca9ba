import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture, type Ran } from '../cli/io.ts'
import { type SeenRequest, Stub } from '../cli/stub.ts'
import { requireTool, runTool } from '../kit/tools.ts'
import { type Invocation, invocations } from './invocations.ts'

/** Few enough for every run of the tests; BELLHOP_DIFFERENTIAL=all compares many, with the seed BELLHOP_SEED names. */
const wanted = process.env['BELLHOP_DIFFERENTIAL'] === 'all' ? 400 : 40
const seed = Number(process.env['BELLHOP_SEED'] ?? 1)

test('our CLI and the AWS CLI do the same with the same words, environment and answers', async t => {
  const aws = await requireTool(t, 'aws')
  if (!aws) return
  const queue = [...invocations(seed, wanted).entries()]
  const differences: unknown[] = []
  let sent = 0
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, invocation] = next
      const theirs = await outcome(invocation, (words, env) => runAws(aws, words, env))
      const ours = await outcome(invocation, (words, env) => capture(io => run(words, io), { env, random: () => 0 }))
      sent += theirs.requests.length
      try {
        assert.deepEqual(ours, theirs)
      } catch {
        differences.push({ index, seed, words: invocation.words.join(' '), answers: invocation.answers, theirs, ours })
      }
    }
  }
  await Promise.all([work(), work()])
  t.diagnostic(`${wanted} invocations compared, ${sent} requests; ${differences.length} differ`)
  assert.ok(sent > wanted / 4, 'most invocations reach the service')
  assert.deepEqual(differences, [])
})

interface Outcome {
  readonly exit: number | null
  readonly stdout: string
  /** The texts on stderr changed between the versions; that there is one did not. */
  readonly complains: boolean
  readonly requests: readonly SeenRequest[]
}

type Environment = Readonly<Record<string, string>>

async function outcome(
  { words, env, file, answers }: Invocation,
  execute: (words: string[], env: Environment) => Promise<Ran>,
): Promise<Outcome> {
  const home = mkdtempSync(join(tmpdir(), 'bellhop-differential-'))
  const stub = new Stub(answers)
  try {
    const url = `http://127.0.0.1:${await stub.listen()}`
    const path = join(home, 'input')
    if (file !== undefined) writeFileSync(path, file)
    const { exit, stdout, stderr } = await execute(
      [...words.map(word => word.replace('{FILE}', path)), '--endpoint-url', url],
      { ...environment(home), ...env },
    )
    return { exit, stdout, complains: stderr !== '', requests: stub.requests.map(normal) }
  } finally {
    await stub.close()
    rmSync(home, { recursive: true, force: true })
  }
}

function environment(home: string): Environment {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '2',
    AWS_PAGER: '',
  }
}

async function runAws(aws: string, words: string[], env: Environment): Promise<Ran> {
  const { code, stdout, stderr } = await runTool(aws, words, env)
  assert.notEqual(code, null, `aws was killed: ${words.join(' ')}`)
  return { exit: code!, stdout, stderr }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Without what is each program's own: a token that was filled in, and the retry header that older versions lack. */
function normal({ sdk_request: _, body, ...seen }: SeenRequest): SeenRequest {
  const members = Object.entries(body as object).map(([name, member]) => [
    name,
    /Token$/.test(name) && UUID.test(String(member)) ? '{UUID}' : member,
  ])
  return { ...seen, body: Object.fromEntries(members) }
}
