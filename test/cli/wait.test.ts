import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { region, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { externalProduct, serviceAction } from '../kit/catalog.ts'
import { capture } from './io.ts'

const engine = join(import.meta.dirname, '../interop/fixtures/engine.mjs')

test('--wait and wait follow real records of a server, step by step', { timeout: 60_000 }, async t => {
  const folder = temporaryFolder(t)
  copyFileSync(engine, join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const { accessKeyId, secretAccessKey } = server.credentials
  const env = {
    HOME: folder,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const bellhop = (...words: string[]) =>
    capture(io => run(['servicecatalog', ...words], io), { program: 'bellhop', env })

  const product = await externalProduct(server, 'paint')
  const provisioned = await bellhop(
    'provision-product',
    ...['--product-id', product.productId, '--provisioning-artifact-id', product.artifactId],
    ...['--provisioned-product-name', 'mine', '--wait'],
  )
  assert.equal(provisioned.exit, 0, provisioned.stderr)
  const { RecordDetail: record } = JSON.parse(provisioned.stdout)
  assert.equal(record.Status, 'SUCCEEDED')
  assert.match(provisioned.stderr, new RegExp(`${record.RecordId}: SUCCEEDED\\n$`))

  const words = [
    'wait',
    'provisioned-product-available',
    '--name',
    'mine',
    '--query',
    'ProvisionedProductDetail.Status',
  ]
  const available = await bellhop(...words)
  assert.deepEqual([available.exit, available.stdout, available.stderr], [0, '"AVAILABLE"\n', 'mine: AVAILABLE\n'])

  const paint = {
    name: 'Paint',
    action: 'bellhop:invokeEngine',
    inputs: { Action: 'paint', Parameters: { Colour: 'blue' } },
  }
  const good = await serviceAction(server, product, { name: 'Good', document: { mainSteps: [paint] } })
  const fails = { name: 'Fails', action: 'bellhop:invokeEngine', inputs: { Action: 'paint' } }
  const bad = await serviceAction(server, product, { name: 'Bad', document: { mainSteps: [paint, fails] } })
  const execute = (action: string, ...more: string[]) =>
    bellhop(
      'execute-provisioned-product-service-action',
      ...['--provisioned-product-id', record.ProvisionedProductId, '--service-action-id', action, ...more],
    )

  const done = await execute(good, '--wait', '--query', 'RecordDetail.Status')
  assert.deepEqual([done.exit, done.stdout], [0, '"SUCCEEDED"\n'], done.stderr)
  assert.match(done.stderr, /: step Paint \(bellhop:invokeEngine\) Success\n(?:.*\n)*.*: SUCCEEDED\n$/)

  // Without --wait, and waited for by another command.
  const accepted = JSON.parse((await execute(bad)).stdout)
  const failed = await bellhop('wait', 'record-succeeded', '--id', accepted.RecordDetail.RecordId)
  assert.equal(failed.exit, 5)
  const ended = JSON.parse(failed.stdout)
  assert.equal(ended.RecordDetail.Status, 'FAILED')
  assert.match(failed.stderr, /: step Fails \(bellhop:invokeEngine\) Failed: /)
  const [error] = ended.RecordDetail.RecordErrors
  assert.ok(failed.stderr.endsWith(`FAILED\n  ${error.Code}: ${error.Description}\n`), failed.stderr)
})
