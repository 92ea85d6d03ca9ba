import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { moduleArchive, tarGz } from '../kit/archives.ts'
import { account, type Bellhop, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type CatalogProduct, catalogProduct, serviceAction } from '../kit/catalog.ts'
import { assertFailed, assertSucceeded, Changes, outputsOf } from '../kit/changes.ts'
import { type ContractServer, startContractServer } from '../kit/terraform-cloud.ts'
import { requireTool } from '../kit/tools.ts'

const main = `
variable "size" {
  type    = number
  default = 1
}
variable "labels" {
  type    = list(string)
  default = []
}
variable "token" {
  type      = string
  default   = ""
  sensitive = true
}
resource "terraform_data" "one" {
  input = var.size
}
resource "terraform_data" "many" {
  for_each = toset(var.labels)
  input    = each.key
}
output "Size" {
  value = terraform_data.one.output
}
output "Labels" {
  value = [for one in terraform_data.many : one.output]
}
`

/** One folder again and again: 512 bytes each, and next to nothing when packed, as packed archives may follow each other. */
async function aMillionEntries(): Promise<Uint8Array> {
  const header = gunzipSync(await tarGz([{ name: 'a/', type: 'directory' }])).subarray(0, 512)
  const some = gzipSync(Buffer.concat(Array(20_000).fill(header)))
  return Buffer.concat(Array(50).fill(some))
}

/** What only Terraform's products have, on both of their engines: one server, one contract server. */
describe('products made of Terraform modules', { concurrency: false }, () => {
  const cleanups: (() => void)[] = []
  /** What the artifacts' host answers, by name. */
  const files = new Map<string, Uint8Array | ((response: ServerResponse) => void)>()
  let missing = false
  let folder: string
  let server: Bellhop
  let cloud: ContractServer
  let host: Server
  const changes = new Changes(() => server)

  before(async () => {
    const terraform = await requireTool({ skip: () => {} } as unknown as TestContext, 'terraform')
    missing = terraform === undefined
    if (!terraform) return
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    cloud = await startContractServer(folder, terraform)
    host = createServer((request, response) => {
      const answer = files.get((request.url ?? '').slice(1))
      if (typeof answer === 'function') answer(response)
      else if (answer) response.end(answer)
      else response.writeHead(404).end()
    }).listen(0, '127.0.0.1')
    await new Promise(done => host.once('listening', done))
    mkdirSync(join(folder, 'mirror'))
    const mirror = `provider_installation {\n  filesystem_mirror {\n    path = "${folder}/mirror"\n  }\n}\n`
    writeFileSync(join(folder, 'cli.tfrc'), mirror, { mode: 0o644 })
    const api = { address: cloud.url, organization: 'acme', token: { file: 'token' }, pollSeconds: 0.1 }
    writeFileSync(join(folder, 'token'), `${cloud.token}\n`)
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      config: {
        terraform: {
          default: { cliConfigFile: './cli.tfrc' },
          absent: { binary: './nothing-here' },
          queue: { transport: 'pull' },
        },
        terraformCloud: {
          default: api,
          strangers: { ...api, token: { env: 'NOBODY_SET_THIS' } },
          unreachable: { ...api, address: 'http://127.0.0.1:9' },
        },
      },
      env: { BELLHOP_ALLOW_HOSTS: '127.0.0.1' },
    })
  })
  after(async () => {
    if (!missing) {
      assert.equal(await server.stop(), 0)
      assert.doesNotMatch(server.log(), /"level":"error"/)
      assert.ok(!server.log().includes(cloud.token))
      assert.deepEqual(cloud.unknown, [])
      await cloud.close()
      host.closeAllConnections()
      host.close()
    }
    for (const clean of cleanups) clean()
  })

  const hosted = (name: string, content: Uint8Array | ((response: ServerResponse) => void)) => {
    files.set(name, content)
    return `http://127.0.0.1:${(host.address() as AddressInfo).port}/${name}`
  }

  const product = async (
    type: string,
    module: Readonly<Record<string, string>> = { 'main.tf': main },
    engine?: string,
  ) =>
    catalogProduct(server, {
      type,
      path: hosted(`${randomUUID()}.tar.gz`, await moduleArchive(module)),
      ...(engine === undefined ? {} : { engine }),
    })

  /** What the actions answer. */
  const answers: Readonly<Record<string, readonly string[]>> = {
    drift: ['DriftStatus', 'Drifted', 'PlannedChanges'],
    'state-versions': ['Versions'],
    apply: ['Added', 'Destroyed'],
    replace: ['Added', 'Destroyed'],
  }

  const act = async (of: CatalogProduct, id: string, Action: string, Parameters: object = {}): Promise<any> => {
    const serviceActionId = await serviceAction(server, of, {
      name: `Act-${randomUUID()}`,
      document: {
        mainSteps: [{ name: 'act', action: 'bellhop:invokeEngine', inputs: { Action, Parameters } }],
        outputs: (answers[Action] ?? []).map(name => `act.${name}`),
      },
    })
    return changes.ended(await changes.execute(id, serviceActionId))
  }

  const resourcesOf = async (of: CatalogProduct, id: string): Promise<readonly string[]> => {
    const action = await serviceAction(server, of, {
      name: `Look-${randomUUID()}`,
      targetType: '/terraform_data',
      parameters: [{ Name: 'Targets', Type: 'TARGET' }],
      document: {
        parameters: { Targets: { type: 'StringList' } },
        mainSteps: [{ name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }],
      },
    })
    const shown = await changes.call('DescribeServiceActionExecutionParameters', {
      ProvisionedProductId: id,
      ServiceActionId: action,
    })
    return shown.ServiceActionParameters[0].DefaultValues
  }

  for (const type of ['TERRAFORM_OPEN_SOURCE', 'TERRAFORM_CLOUD']) {
    describe(type, { concurrency: false }, () => {
      test('service actions: targeted apply with other values, replace, refresh and drift', async t => {
        if (missing) return t.skip('not found: terraform')
        const made = await product(type)
        const id = await changes.available(made, { labels: '["a","b"]' })
        const before = await resourcesOf(made, id)
        assert.equal(before.length, 3)

        const applied = await act(made, id, 'apply', {
          Variables: { size: 5, labels: ['a', 'b', 'c'] },
          Targets: ['terraform_data.one'],
        })
        assertSucceeded(applied)
        const { Outputs } = await changes.call('GetProvisionedProductOutputs', { ProvisionedProductId: id })
        assert.equal(Outputs.find((each: any) => each.OutputKey === 'Size').OutputValue, '5')
        assert.deepEqual([...(await resourcesOf(made, id))].sort(), [...before].sort())

        // What was left out by the target is still to be done, and drift says so.
        const drift = await act(made, id, 'drift')
        assertSucceeded(drift)
        assert.equal(outputsOf(drift)['act.DriftStatus'], 'IN_SYNC')
        assert.match(outputsOf(drift)['act.PlannedChanges'] ?? '', /many\[\\?"c\\?"\].*create/)

        const replaced = await act(made, id, 'replace', { Addresses: 'terraform_data.many["a"]' })
        assertSucceeded(replaced)
        const now = await resourcesOf(made, id)
        assert.equal(now.length, 4)
        assert.equal(before.filter(one => now.includes(one)).length, 2)
        assertSucceeded(await act(made, id, 'refresh'))
        assert.match(outputsOf(await act(made, id, 'drift'))['act.PlannedChanges'] ?? '[]', /^(\[\])?$/)

        for (const [action, parameters, reason] of [
          ['fly', {}, /no action "fly"; there are apply, replace, refresh, drift/],
          ['replace', {}, /replace needs Addresses/],
          ['replace', { Addresses: '-destroy' }, /must be addresses of resources/],
          ['drift', { Deep: true }, /takes no parameters, not Deep/],
          ['apply', { Variables: 'x' }, /Variables must be a map/],
          ['replace', { Addresses: 'terraform_data.none[' }, /terraform_data\.none|[Ii]nvalid/],
        ] as const) {
          assertFailed(await act(made, id, action, parameters), reason)
          assert.equal(await changes.statusOf(id), 'AVAILABLE')
        }
        assertSucceeded(await changes.terminate(id))
      })

      test('a plan shows what Terraform would do, and its execution does it', async t => {
        if (missing) return t.skip('not found: terraform')
        const made = await product(type)
        const id = await changes.available(made, { labels: '["a"]' })
        const { ProvisionedProductDetail } = await changes.call('DescribeProvisionedProduct', { Id: id })
        const { PlanId } = await changes.call('CreateProvisionedProductPlan', {
          PlanName: `plan-${randomUUID()}`,
          PlanType: 'CLOUDFORMATION',
          ProductId: made.productId,
          ProvisioningArtifactId: made.artifactId,
          ProvisionedProductName: ProvisionedProductDetail.Name,
          ProvisioningParameters: [
            { Key: 'labels', Value: '["b"]' },
            { Key: 'size', Value: '2' },
          ],
          IdempotencyToken: randomUUID(),
        })
        const plan = await until(async () => {
          const described = await changes.call('DescribeProvisionedProductPlan', { PlanId })
          return described.ProvisionedProductPlanDetails.Status !== 'CREATE_IN_PROGRESS' && described
        }, 'the plan')
        assert.equal(plan.ProvisionedProductPlanDetails.Status, 'CREATE_SUCCESS', JSON.stringify(plan))
        const shown = plan.ResourceChanges.map((each: any) => `${each.Action} ${each.LogicalResourceId}`).sort()
        assert.deepEqual(shown, [
          'ADD terraform_data.many["b"]',
          'MODIFY terraform_data.one',
          'REMOVE terraform_data.many["a"]',
        ])
        const { RecordDetail } = await changes.call('ExecuteProvisionedProductPlan', {
          PlanId,
          IdempotencyToken: randomUUID(),
        })
        const record = await changes.ended(RecordDetail.RecordId)
        assertSucceeded(record)
        assert.equal(outputsOf(record)['Labels'], '["b"]')
        assertSucceeded(await changes.terminate(id))
      })
    })
  }

  test('states are kept version by version, encrypted, and can be gone back to', async t => {
    if (missing) return t.skip('not found: terraform')
    const made = await product('TERRAFORM_OPEN_SOURCE')
    const id = await changes.available(made, { size: '41', token: 'state-secret-value' })
    assertSucceeded(await changes.update(id, { size: '42' }))
    const database = ['bellhop.db', 'bellhop.db-wal']
      .map(name => readFileSync(join(folder, 'data', name), 'latin1'))
      .join()
    assert.ok(!database.includes('"terraform_version"'), 'a state lies open in the database')
    const versions = await act(made, id, 'state-versions')
    assertSucceeded(versions)
    assertSucceeded(await act(made, id, 'restore-state', { Version: '1' }))
    assertFailed(await act(made, id, 'restore-state', { Version: '99' }), /no version 99 of the state/)
    // Terraform takes the older state for the truth, and does again what it does not know of.
    assertSucceeded(await changes.update(id, { size: '43' }))
    assertSucceeded(await changes.terminate(id))
  })

  describe('bad input', { concurrency: false }, () => {
    const refused: [what: string, archive: () => Promise<Uint8Array> | Uint8Array, reason: RegExp][] = [
      ['a link', () => tarGz([{ name: 'main.tf', type: 'symlink', target: '/etc/passwd' }]), /is a symlink/],
      ['a way out', () => tarGz([{ name: '../main.tf', text: '' }]), /leads out of its folder/],
      ['an absolute name', () => tarGz([{ name: '/etc/main.tf', text: '' }]), /leads out of its folder|absolute/],
      ['a bomb', () => tarGz([{ name: 'main.tf', text: '#'.repeat(80 * 1024 * 1024) }]), /more than 67108864 bytes/],
      ['a million entries', aMillionEntries, /more than 10000 entries/],
      ['a page', () => Buffer.from('<html>moved</html>'), /neither a \.tar\.gz nor a \.zip/],
      ['no module', () => moduleArchive({ 'README.md': '' }), /no \.tf file in its root folder/],
      ['no HCL', () => moduleArchive({ 'main.tf': 'variable "x" {' }), /main\.tf:1,/],
      ['deep brackets', () => moduleArchive({ 'main.tf': `x = ${'('.repeat(100_000)}` }), /too much for the parser/],
    ]
    for (const type of ['TERRAFORM_OPEN_SOURCE', 'TERRAFORM_CLOUD']) {
      test(`${type}: an archive that must not be unpacked, or does not parse, is refused with the reason`, async t => {
        if (missing) return t.skip('not found: terraform')
        for (const [what, archive, reason] of refused) {
          const path = hosted(`${randomUUID()}.tar.gz`, await archive())
          const { productId, artifactId } = await catalogProduct(server, { type, path })
          const answer = await send(server, 'servicecatalog', 'ProvisionProduct', {
            ProductId: productId,
            ProvisioningArtifactId: artifactId,
            ProvisionedProductName: `name-${randomUUID()}`,
            ProvisionToken: randomUUID(),
          })
          assert.equal(answer.json?.__type, 'InvalidParametersException', `${what}: ${answer.text}`)
          assert.match(answer.json.message, /^Error occurred during parameter parsing: /)
          assert.match(answer.json.message, reason, what)
        }
      })

      test(`${type}: an artifact that goes bad once it was looked at fails the record; the product goes on`, async t => {
        if (missing) return t.skip('not found: terraform')
        const good = await moduleArchive({ 'main.tf': main })
        const html = (response: ServerResponse) =>
          response.writeHead(500, { 'content-type': 'text/html' }).end('<html>')
        const turns: ((response: ServerResponse) => void)[] = []
        const path = hosted(`${randomUUID()}.tar.gz`, response => (turns.shift() ?? (r => r.end(good)))(response))
        const made = await catalogProduct(server, { type, path })
        turns.push(response => response.end(good), html)
        const record = await changes.provision(made, {})
        assertFailed(record, /Terraform.*engine default.*cannot be fetched: HTTP status 500/)
        const id = record.RecordDetail.ProvisionedProductId
        assert.equal(await changes.statusOf(id), 'ERROR')
        assertSucceeded(await changes.update(id, {}))
        turns.push(response => response.end(good), html)
        assertFailed(await changes.update(id, { size: '2' }), /HTTP status 500/)
        assert.equal(await changes.statusOf(id), 'TAINTED')
        assertSucceeded(await changes.terminate(id))
        // And what has made nothing needs no artifact to be terminated.
        turns.push(response => response.end(good), html)
        const failed = await changes.provision(made, {})
        hosted(path.split('/').at(-1)!, html)
        assertSucceeded(await changes.terminate(failed.RecordDetail.ProvisionedProductId))
      })
    }

    test('a provider that cannot be had, and a module that Terraform refuses', async t => {
      if (missing) return t.skip('not found: terraform')
      const provider = 'terraform {\n  required_providers {\n    nothing = { source = "example/nothing" }\n  }\n}\n'
      const none = await product('TERRAFORM_OPEN_SOURCE', { 'main.tf': provider })
      const record = await changes.provision(none, {})
      assertFailed(record, /^Terraform \(engine default\) could not initialise the module: Error: .*example\/nothing/)
      assertSucceeded(await changes.terminate(record.RecordDetail.ProvisionedProductId))

      const wrong = await product('TERRAFORM_OPEN_SOURCE', {
        'main.tf': 'variable "n" {\n  type = number\n}\nresource "terraform_data" "x" {\n  input = var.n\n}\n',
      })
      const failed = await changes.provision(wrong, { n: 'many' })
      assertFailed(
        failed,
        /Terraform \(engine default\) could not apply the module: Invalid value for input variable: .*a number is required/,
      )
      assertSucceeded(await changes.update(failed.RecordDetail.ProvisionedProductId, { n: '3' }))
    })

    test('a program that is not there, and an engine that is not configured', async t => {
      if (missing) return t.skip('not found: terraform')
      const absent = await product('TERRAFORM_OPEN_SOURCE', { 'main.tf': main }, 'absent')
      assertFailed(await changes.provision(absent, {}), /Terraform \(engine absent\).*nothing-here was not found/)
      const path = hosted('unknown.tar.gz', await moduleArchive({ 'main.tf': main }))
      const unknown = await catalogProduct(server, { type: 'TERRAFORM_CLOUD', engine: 'unheard-of', path })
      const answer = await send(server, 'servicecatalog', 'DescribeProvisioningParameters', {
        ProductId: unknown.productId,
        ProvisioningArtifactId: unknown.artifactId,
      })
      assert.match(answer.json.message, /Engine unheard-of, which the product names, is not configured/)
    })

    test('an API that answers pages, nothing, or that the token is wrong', async t => {
      if (missing) return t.skip('not found: terraform')
      const made = await product('TERRAFORM_CLOUD')
      cloud.fault = (_request, response) => {
        response.writeHead(500, { 'content-type': 'text/html' }).end('<html>Internal error</html>')
        return true
      }
      const record = await changes.provision(made, {})
      cloud.fault = undefined
      assertFailed(record, /Terraform Cloud \(engine default\).*127\.0\.0\.1:\d+ answered .* with status 500/)
      const id = record.RecordDetail.ProvisionedProductId

      // In the middle of a run it is waited for.
      let faults = 0
      cloud.fault = (request, response) => {
        if (faults >= 3 || !/^\/api\/v2\/runs\/run-/.test(request.url ?? '')) return false
        faults += 1
        if (faults === 1) response.destroy()
        else response.writeHead(faults === 2 ? 502 : 200).end('<html>')
        return true
      }
      const updated = await changes.update(id, {})
      cloud.fault = undefined
      assert.equal(faults, 3)
      assertSucceeded(updated)

      const wrong = cloud.token.replaceAll(/./g, 'x')
      writeFileSync(join(folder, 'token'), wrong)
      assertFailed(await changes.update(id, { size: '3' }), /with status 401: unauthorized/)
      writeFileSync(join(folder, 'token'), cloud.token)
      assertSucceeded(await changes.terminate(id))
      const strangers = await product('TERRAFORM_CLOUD', { 'main.tf': main }, 'strangers')
      assertFailed(await changes.provision(strangers, {}), /no environment variable NOBODY_SET_THIS/)
      const unreachable = await product('TERRAFORM_CLOUD', { 'main.tf': main }, 'unreachable')
      assertFailed(
        await changes.provision(unreachable, {}),
        /127\.0\.0\.1:9 cannot be reached: (ECONNREFUSED|bad port)/,
      )
    })
  })

  test('a workspace is named, filed and given its variables as the official engine has it', async t => {
    if (missing) return t.skip('not found: terraform')
    const made = await product('TERRAFORM_CLOUD')
    const id = await changes.available(made, { size: '2', token: 'cloud-secret-value' })
    const name = `${account}-${id}`
    assert.ok(cloud.workspaces().includes(name))
    assert.ok(cloud.projects().includes(made.productId))
    const shown = cloud
      .variables(name)
      .map(one => [one['category'], one['key'], one['value'], one['hcl'], one['sensitive']])
    assert.deepEqual(shown.sort(), [
      ['env', 'TFC_AWS_PROVIDER_AUTH', 'true', false, false],
      ['env', 'TFC_AWS_RUN_ROLE_ARN', `arn:aws:iam::${account}:role/Launch`, false, false],
      ['terraform', 'labels', '[]', false, false],
      ['terraform', 'size', '2', false, false],
      ['terraform', 'token', 'cloud-secret-value', false, true],
    ])
    const path = hosted('less.tar.gz', await moduleArchive({ 'main.tf': 'output "Size" {\n  value = 0\n}\n' }))
    const { ProvisioningArtifactDetail } = await changes.call('CreateProvisioningArtifact', {
      ProductId: made.productId,
      Parameters: { Name: 'less', Type: 'TERRAFORM_CLOUD', Info: { LoadTemplateFromURL: path } },
      IdempotencyToken: randomUUID(),
    })
    assertSucceeded(await changes.update(id, {}, { ProvisioningArtifactId: ProvisioningArtifactDetail.Id }))
    assert.deepEqual(
      cloud.variables(name).map(one => one['category']),
      ['env', 'env'],
    )
    assertSucceeded(await changes.terminate(id))
    assert.ok(!cloud.workspaces().includes(name))
  })

  test('a token that may not read states deletes no workspace that manages resources', async t => {
    if (missing) return t.skip('not found: terraform')
    const made = await product('TERRAFORM_CLOUD')
    const unreadable = (status: number) => {
      cloud.fault = (request, response) => {
        if (!/current-state-version$|^\/state\//.test(request.url ?? '')) return false
        response.writeHead(status).end()
        return true
      }
    }
    unreadable(403)
    const record = await changes.provision(made, { size: '4' })
    assertSucceeded(record)
    assert.deepEqual(outputsOf(record), { Size: '4', Labels: '[]' })
    // The API says of what is not for everybody's eyes that it is not there.
    unreadable(404)
    const before = cloud.requests.length
    assertSucceeded(await changes.terminate(record.RecordDetail.ProvisionedProductId))
    cloud.fault = undefined
    const asked = cloud.requests.slice(before)
    assert.ok(asked.includes('POST /api/v2/runs'), 'it was destroyed by a run')
    assert.match(asked.findLast(one => one.startsWith('DELETE')) ?? '', /^DELETE \/api\/v2\/workspaces\/ws-/)
  })

  test('with an engine of one’s own, a module that does not parse is refused before any message goes out', async t => {
    if (missing) return t.skip('not found: terraform')
    // What the published engine was sent once: a block on one line, which HCL does not take.
    const line = 'resource "terraform_data" "x" { provisioner "local-exec" { command = "exit 7" } }'
    const { productId, artifactId } = await product('TERRAFORM_OPEN_SOURCE', { 'main.tf': line }, 'queue')
    const answer = await send(server, 'servicecatalog', 'ProvisionProduct', {
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: `name-${randomUUID()}`,
      ProvisionToken: randomUUID(),
    })
    assert.equal(answer.json?.__type, 'InvalidParametersException', answer.text)
    assert.match(
      answer.json.message,
      /^Error occurred during parameter parsing: main\.tf:1,.*Argument definition required/,
    )
  })

  test('with an engine of one’s own the work waits in AWS’s queues for Terraform', async t => {
    if (missing) return t.skip('not found: terraform')
    const made = await product('TERRAFORM_OPEN_SOURCE', { 'main.tf': main }, 'queue')
    const { RecordId } = await changes.begin(made, { size: '3' })
    const queue = `${server.url}/${account}/ServiceCatalogTerraformOSProvisionOperationQueue`
    const message = await until(async () => {
      const { json } = await send(server, 'sqs', 'ReceiveMessage', { QueueUrl: queue })
      return json.Messages?.[0]
    }, 'the message')
    const body = JSON.parse(message.Body)
    assert.equal(body.operation, 'PROVISION_PRODUCT')
    assert.deepEqual(
      body.parameters.find(({ key }: any) => key === 'size'),
      { key: 'size', value: '3' },
    )
    const notify = () =>
      send(server, 'servicecatalog', 'NotifyProvisionProductEngineWorkflowResult', {
        WorkflowToken: body.token,
        RecordId,
        Status: 'SUCCEEDED',
        Outputs: [{ OutputKey: 'Size', OutputValue: '3' }],
        IdempotencyToken: randomUUID(),
      })
    // The published engine repeats itself.
    assert.deepEqual([(await notify()).status, (await notify()).status], [200, 200])
    const record = await changes.ended(RecordId)
    assertSucceeded(record)
    assert.deepEqual(outputsOf(record), { Size: '3' })
    assert.equal((await notify()).status, 200)
  })
})
