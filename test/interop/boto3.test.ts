import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { account, region, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { requireTool, runTool } from '../kit/tools.ts'

test('boto3 walks the whole path, as administrator, requester, approver and engine', { timeout: 120_000 }, async t => {
  const python = await requireTool(t, 'boto3')
  if (!python) return
  const folder = temporaryFolder(t)
  const server = await startBellhop({ dataDirectory: join(folder, 'data') })
  t.after(() => server.kill())
  const { code, stdout, stderr } = await runTool(
    python,
    ['-B', join(import.meta.dirname, 'boto3_path.py'), server.url],
    {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: join(folder, 'no-configuration'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  )
  assert.equal(code, 0, `${stderr}\n${server.log()}`)
  const { boto3, ...saw } = JSON.parse(stdout)
  t.diagnostic(`boto3 ${boto3}`)
  assert.deepEqual(saw, {
    portfolios: ['Empty 0', 'Empty 1', 'Empty 2', 'Empty 3', 'Pulled'],
    refusal: 'The external engine reported a failure: No room',
    message: {
      operation: 'PROVISION_PRODUCT',
      artifact: { path: 's3://things/v1.tar.gz', type: 'AWS_S3' },
      parameters: [{ key: 'Size', value: '3' }],
      launchRoleArn: `arn:aws:iam::${account}:role/Launch`,
    },
    steps: [
      ['Ask', 'Success'],
      ['Wait', 'Success'],
      ['Say', 'Success'],
    ],
  })
})
