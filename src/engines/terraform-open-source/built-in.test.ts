import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { moduleArchive } from '../../../test/kit/archives.ts'
import type { EngineProgress, EngineRequest } from '../engine.ts'
import { HclParser } from '../terraform/hcl.ts'
import { type BuiltInHandle, BuiltInRunner } from './built-in.ts'
import { defaultTerraform } from './config.ts'
import type { TerraformStates } from './states.ts'

const hcl = new HclParser()

/** A program in Terraform's place: what it is told and given can be looked at, and it leaves what it is told to leave. */
const program = `#!/bin/sh
echo "$@" >> "$NOTES/commands"
[ "$1" = init ] && exit 0
env | sort > "$NOTES/env"
cp *bellhop_override.tf.json "$NOTES/override.json"
cp values.tfvars.json "$NOTES/values.json"
cat "$NOTES/events" 2> /dev/null
[ -e "$NOTES/left" ] && cp "$NOTES/left" errored.tfstate && exit 1
exit 0
`

function workshop(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-terraform-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const notes = join(folder, 'notes')
  for (const name of ['notes', 'jobs', 'engines']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'terraform'), program)
  chmodSync(join(folder, 'terraform'), 0o755)
  const saved: string[] = []
  const calls: string[] = []
  const states: TerraformStates = {
    begin: async run => {
      calls.push(`begin ${run.token}`)
      return { address: 'http://127.0.0.1:1/terraform/state/pp-1', username: 'bellhop', password: 'for-this-run' }
    },
    renew: async () => {},
    end: async run => void calls.push(`end ${run.token}`),
    read: async () => saved.at(-1),
    save: async (_run, state) => void saved.push(state),
    versions: async () => [],
    readVersion: async () => undefined,
    remove: async () => void saved.splice(0),
  }
  let archive: Uint8Array = Buffer.alloc(0)
  const runner = new BuiltInRunner({
    artifacts: { fetch: async () => archive },
    states,
    hcl,
    configDirectory: folder,
    jobsDirectory: join(folder, 'jobs'),
    stateDirectory: join(folder, 'engines'),
    env: { AWS_ACCESS_KEY_ID: 'AKID', HTTPS_PROXY: 'http://proxy', SECRET_OF_THE_SERVER: 'x', TF_CLI_ARGS: '-x' },
    now: Date.now,
    warn: () => {},
  })
  const config = { ...defaultTerraform, binary: './terraform', environment: { NOTES: notes } }
  const run = async (files: Readonly<Record<string, string>>, more: Partial<EngineRequest> = {}) => {
    archive = await moduleArchive(files)
    const engine = { name: 'default', config }
    let progress: EngineProgress = await runner.start(engine, { ...request, ...more })
    while (progress.state === 'running') {
      await pause(20)
      progress = await runner.poll(progress.handle as BuiltInHandle)
    }
    return progress
  }
  return { folder, notes, saved, calls, run, note: (name: string) => readFileSync(join(notes, name), 'utf8') }
}

const request: EngineRequest = {
  work: 'provision',
  token: 'token-1',
  accountId: '111122223333',
  region: 'eu-west-1',
  recordId: 'rec-1',
  provisionedProductId: 'pp-1',
  provisionedProductName: 'shop',
  productId: 'prod-1',
  provisioningArtifactId: 'pa-1',
  artifact: { id: 'pa-1', path: 's3://bucket/key', type: 'AWS_S3' },
  launchRoleArn: 'arn:aws:iam::444455556666:role/Launch',
  principal: 'arn:aws:iam::111122223333:user/ada',
  parameters: { size: '3' },
  tags: [
    { key: 'team', value: 'blue' },
    { key: 'aws:servicecatalog:x', value: 'y' },
  ],
}

const state = (serial: number, lineage = 'one') =>
  JSON.stringify({
    version: 4,
    serial,
    lineage,
    outputs: { url: { value: 'http://x', type: 'string' } },
    resources: [{ mode: 'managed', type: 't', name: 'n', instances: [{ attributes: { id: 'i-1' } }] }],
  })

test('AWS’s provider is the launch role, in the region, with the tags, in all its configurations', async t => {
  const { run, note } = workshop(t)
  const aws = 'provider "aws" {}\nprovider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\nvariable "size" {}\n'
  assert.equal((await run({ 'main.tf': aws })).state, 'succeeded')
  const common = {
    assume_role: [{ role_arn: 'arn:aws:iam::444455556666:role/Launch', session_name: 'pp-1' }],
    default_tags: [{ tags: { team: 'blue', 'SERVICE_CATALOG_TERRAFORM_INTEGRATION-DO_NOT_DELETE': 'pp-1' } }],
  }
  const { terraform, provider } = JSON.parse(note('override.json'))
  assert.deepEqual(provider.aws, [
    { region: 'eu-west-1', ...common },
    { alias: 'west', ...common },
  ])
  assert.equal(terraform.backend.http.lock_address, 'http://127.0.0.1:1/terraform/state/pp-1')
  assert.deepEqual(JSON.parse(note('values.json')), { size: 3 })
})

test('a module without AWS’s provider is not given it', async t => {
  const { run, note, calls } = workshop(t)
  assert.equal((await run({ 'main.tf': 'variable "size" {}\n' })).state, 'succeeded')
  assert.deepEqual(Object.keys(JSON.parse(note('override.json'))), ['terraform'])
  assert.deepEqual(calls, ['begin token-1', 'end token-1'])
})

test('a run gets the server’s settings for AWS, its own credentials for the state, and nothing else', async t => {
  const { run, note, folder } = workshop(t)
  await run({ 'main.tf': '' })
  const env = note('env')
  for (const line of ['AWS_ACCESS_KEY_ID=AKID', 'AWS_REGION=eu-west-1', 'HTTPS_PROXY=http://proxy']) {
    assert.ok(env.includes(`${line}\n`), line)
  }
  assert.match(env, /^TF_HTTP_PASSWORD=for-this-run$/m)
  assert.match(env, /^HOME=.*engines\/\.terraform\/default$/m)
  assert.doesNotMatch(env, /SECRET_OF_THE_SERVER|TF_CLI_ARGS/)
  assert.ok(!existsSync(join(folder, 'jobs/token-1/work/module')), 'the module is gone once the end is known')
})

test('the same token runs once', async t => {
  const { run, note } = workshop(t)
  await run({ 'main.tf': '' })
  await run({ 'main.tf': '' })
  assert.equal(note('commands').trim().split('\n').length, 2)
})

/** As Terraform 1.11 tells that only the state could not be sent. */
const unsent = ['Failed to save state', 'Failed to persist state to backend'].map(summary =>
  JSON.stringify({ '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', summary } }),
)

test('a state that Terraform could not send is taken from where it left it, and the work counts as done', async t => {
  const { run, saved, notes } = workshop(t)
  saved.push(state(1))
  writeFileSync(join(notes, 'left'), state(2))
  writeFileSync(join(notes, 'events'), unsent.join('\n'))
  const done = await run({ 'main.tf': 'output "url" {\n  value = 1\n  description = "Where"\n}\n' })
  assert.deepEqual(saved, [state(1), state(2)])
  assert.deepEqual(done, {
    state: 'succeeded',
    outputs: [{ OutputKey: 'url', OutputValue: 'http://x', Description: 'Where' }],
    resources: [{ type: 't', physicalId: 'i-1', logicalId: 't.n' }],
  })
})

test('what was left counts only where it is the newer state of the same history', async t => {
  for (const [left, known] of [
    [state(1), state(2)],
    [state(9, 'two'), state(2)],
  ] as const) {
    const { run, saved, notes } = workshop(t)
    saved.push(known)
    writeFileSync(join(notes, 'left'), left)
    writeFileSync(join(notes, 'events'), unsent.join('\n'))
    const failed = await run({ 'main.tf': '' })
    assert.equal(failed.state, 'failed')
    assert.deepEqual(saved, [known])
  }
})

test('to terminate what has nothing left, nothing is run', async t => {
  const { run, calls, notes } = workshop(t)
  assert.deepEqual(await run({}, { work: 'terminate' }), { state: 'succeeded', outputs: [], resources: [] })
  assert.deepEqual(calls, [])
  assert.ok(!existsSync(join(notes, 'commands')))
})
