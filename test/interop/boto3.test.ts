import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { account, region, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { requireTool, runTool, type ToolName } from '../kit/tools.ts'

const seen = {
  portfolios: ['Empty 0', 'Empty 1', 'Empty 2', 'Empty 3', 'Painted'],
  steps: [
    ['Ask', 'Success'],
    ['Wait', 'Success'],
    ['Say', 'Success'],
  ],
}

/** Runs boto3_path.py against a server of its own; answers what it saw. */
async function walk(t: TestContext, tool: ToolName, transport: 'exec' | 'pull'): Promise<unknown> {
  const python = await requireTool(t, tool)
  if (!python) return undefined
  const folder = temporaryFolder(t)
  copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const script = join(import.meta.dirname, 'boto3_path.py')
  const { code, stdout, stderr } = await runTool(python, ['-B', script, server.url, transport], {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: join(folder, 'no-configuration'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  assert.equal(code, 0, `${stderr}\n${server.log()}`)
  const { boto3, ...saw } = JSON.parse(stdout)
  t.diagnostic(`boto3 ${boto3}`)
  return saw
}

test('boto3 walks the whole path, as administrator, requester and approver', { timeout: 120_000 }, async t => {
  const saw = await walk(t, 'boto3', 'exec')
  if (saw) assert.deepEqual(saw, seen)
})

test('boto3 walks the whole path, as an engine that pulls its work too', { timeout: 120_000 }, async t => {
  const saw = await walk(t, 'boto3 that pulls', 'pull')
  if (!saw) return
  assert.deepEqual(saw, {
    ...seen,
    refusal: 'The external engine reported a failure: No room',
    message: {
      operation: 'PROVISION_PRODUCT',
      artifact: { path: 's3://things/v1.tar.gz', type: 'AWS_S3' },
      parameters: [{ key: 'Colour', value: 'yellow' }],
      launchRoleArn: `arn:aws:iam::${account}:role/Launch`,
    },
  })
})
