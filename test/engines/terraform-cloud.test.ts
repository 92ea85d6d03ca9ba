import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../kit/bellhop.ts'
import { startContractServer } from '../kit/terraform-cloud.ts'
import { requireTool, runTool } from '../kit/tools.ts'

const module = `
terraform {
  cloud {
    hostname     = "tfe.local"
    organization = "acme"
    workspaces {
      name = "by-cli"
    }
  }
}
resource "terraform_data" "x" {
  input = "made"
}
output "made" {
  value = terraform_data.x.output
}
`

test('HashiCorp’s own CLI takes the contract server for HCP Terraform', async t => {
  const terraform = await requireTool(t, 'terraform')
  if (!terraform) return
  const folder = temporaryFolder(t)
  const server = await startContractServer(folder, terraform)
  t.after(() => server.close())
  const services = `{ "tfe.v2" = "${server.url}/api/v2/" }`
  writeFileSync(
    join(folder, 'cli.tfrc'),
    `host "tfe.local" {\n  services = ${services}\n}\ncredentials "tfe.local" {\n  token = "${server.token}"\n}\n`,
  )
  const directory = join(folder, 'module')
  mkdirSync(directory)
  writeFileSync(join(directory, 'main.tf'), module)
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TF_CLI_CONFIG_FILE: join(folder, 'cli.tfrc'),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
  }
  const run = async (...args: string[]) => {
    const done = await runTool(terraform, [`-chdir=${directory}`, ...args, '-no-color'], env)
    assert.equal(done.code, 0, `terraform ${args[0]}: ${done.stdout}${done.stderr}`)
    return done.stdout
  }
  await run('init', '-input=false')
  assert.deepEqual(server.workspaces(), ['by-cli'])
  assert.match(await run('plan', '-input=false'), /Plan: 1 to add/)
  assert.match(await run('apply', '-input=false', '-auto-approve'), /Apply complete! Resources: 1 added/)
  assert.match(await run('output'), /made = "made"/)
  assert.match(await run('plan', '-input=false'), /No changes/)
  assert.match(await run('destroy', '-input=false', '-auto-approve'), /0 added, 0 changed, 1 destroyed/)
  assert.deepEqual(server.unknown, [])
})
