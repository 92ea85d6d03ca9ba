import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { call } from './client.ts'
import { loadCatalog } from './example-catalog.ts'
import { readCredentials, root, startServerProcess } from './server-process.ts'

test('the example catalog is loaded once, however often it is asked for', async () => {
  const data = mkdtempSync(join(tmpdir(), 'example-catalog-'))
  const config = join(root, 'examples/web-service/bellhop.config.json')
  const { child, url } = await startServerProcess(
    ['--port', '0', '--data', data, '--config', config],
    process.env,
    'pipe',
  )
  try {
    const target = { url, credentials: readCredentials(data) }
    const load = () =>
      loadCatalog(
        (service, operation, input) => call(target, service, operation, input),
        'arn:aws:iam::000000000000:user/admin',
      )
    const first = await load()
    assert.deepEqual(Object.keys(first.actions), ['Restart', 'RotateKey', 'Resize', 'Migrate', 'Check'])
    assert.deepEqual(await load(), first)
    const { PortfolioDetails } = await call(target, 'servicecatalog', 'ListPortfolios', {})
    assert.equal(PortfolioDetails.length, 1)
    const { ServiceActionSummaries } = await call(
      target,
      'servicecatalog',
      'ListServiceActionsForProvisioningArtifact',
      {
        ProductId: first.productId,
        ProvisioningArtifactId: first.artifactId,
      },
    )
    assert.equal(ServiceActionSummaries.length, 5)
    const { ProvisioningArtifactParameters } = await call(target, 'servicecatalog', 'DescribeProvisioningParameters', {
      ProductId: first.productId,
      ProvisioningArtifactId: first.artifactId,
    })
    assert.deepEqual(
      ProvisioningArtifactParameters.map((one: { ParameterKey: string }) => one.ParameterKey),
      ['workers', 'greeting'],
    )
  } finally {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
})
