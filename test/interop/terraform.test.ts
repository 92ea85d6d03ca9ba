import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { runTool } from '../kit/tools.ts'

/** A folder laid out as `terraform init -plugin-dir` wants it, with hashicorp/aws in it. */
const plugins = process.env['BELLHOP_TEST_TERRAFORM_PLUGINS']
const skip = plugins
  ? false
  : 'BELLHOP_TEST_TERRAFORM_PLUGINS names no folder of Terraform plugins with hashicorp/aws (700 MB; minutes of processor time)'

test('Terraform with its AWS provider makes, reads, changes and destroys everything', {
  skip,
  timeout: 600_000,
}, async t => {
  const folder = temporaryFolder(t)
  const fixtures = join(import.meta.dirname, 'fixtures')
  const work = join(folder, 'work')
  mkdirSync(work)
  copyFileSync(join(fixtures, 'terraform/main.tf'), join(work, 'main.tf'))
  copyFileSync(join(fixtures, 'engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const document = {
    schemaVersion: '0.3',
    mainSteps: [{ name: 'Wait', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }],
  }
  await call(server, 'ssm', 'CreateDocument', {
    Name: 'Paint',
    Content: JSON.stringify(document),
    DocumentType: 'Automation',
    DocumentFormat: 'JSON',
  })
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: '/dev/null',
    TF_VAR_endpoint: server.url,
    TF_VAR_me: /<Arn>([^<]+)</.exec(await call(server, 'sts', 'GetCallerIdentity', {}))![1],
  }
  /** What it printed; its exit code must be as expected. */
  const terraform = async (args: readonly string[], expected = 0) => {
    const { code, stdout, stderr } = await runTool('terraform', [`-chdir=${work}`, ...args, '-no-color'], env)
    assert.equal(code, expected, `terraform ${args[0]}\n${stdout}\n${stderr}\n${server.log()}`)
    return stdout
  }
  const question = '-input=false'

  await terraform(['init', question, `-plugin-dir=${plugins}`])
  assert.match(await terraform(['apply', question, '-auto-approve']), /Resources: 12 added[\s\S]*"blue",/)
  // 0: what is there is what was asked for; 2 would be a difference.
  await terraform(['plan', question, '-detailed-exitcode'])
  const changed = await terraform(['apply', question, '-auto-approve', '-var', 'colour=white'])
  assert.match(changed, /0 added, 1 changed, 0 destroyed[\s\S]*"white",/)
  assert.match(await terraform(['destroy', question, '-auto-approve']), /Destroy complete! Resources: 12 destroyed/)
})
