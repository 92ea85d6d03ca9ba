import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { moduleArchive } from '../kit/archives.ts'
import { engineConformance } from './conformance.testsuite.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures/module', name), 'utf8')

engineConformance({
  name: 'TERRAFORM_OPEN_SOURCE, built-in',
  backEnd: 'terraform',
  productType: 'TERRAFORM_OPEN_SOURCE',
  tool: 'terraform',
  config: () => ({ terraform: { main: {}, hasty: { timeoutSeconds: 2 } } }),
  env: () => ({ BELLHOP_ALLOW_HOSTS: '127.0.0.1' }),
  artifact: async (_, { directory }) => {
    const archive = await moduleArchive({ 'main.tf': fixture('main.tf'), 'work.sh': fixture('work.sh') })
    const http = createServer((_request, response) => response.end(archive)).listen(0, '127.0.0.1')
    http.unref()
    await new Promise(done => http.once('listening', done))
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}/${directory.length}.tar.gz`
  },
  resourceType: 'terraform_data',
})
