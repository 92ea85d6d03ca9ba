import assert from 'node:assert/strict'
import { type ContractServer, startContractServer } from '../../kit/terraform-cloud.ts'
import { conformanceModule, serveFiles } from './artifact-host.ts'
import type { Subject } from './subject.ts'

const apply = (values: object) => ({ Action: 'apply', Parameters: { Variables: values } })
const artifact = async () => (await serveFiles({ 'module.tar.gz': await conformanceModule() }))('module.tar.gz')

const builtIn: Subject = {
  name: 'TERRAFORM_OPEN_SOURCE built-in',
  backEnd: 'terraform',
  productType: 'TERRAFORM_OPEN_SOURCE',
  tool: 'terraform',
  config: () => ({ terraform: { main: {}, hasty: { timeoutSeconds: 2 } } }),
  env: () => ({ BELLHOP_ALLOW_HOSTS: '127.0.0.1' }),
  artifact,
  resourceType: 'terraform_data',
  action: apply,
}

let api: ContractServer

const cloud: Subject = {
  name: 'TERRAFORM_CLOUD',
  backEnd: 'a contract server that runs terraform',
  productType: 'TERRAFORM_CLOUD',
  tool: 'terraform',
  start: async ({ directory }, terraform) => {
    api = await startContractServer(directory, terraform!)
    return async () => {
      assert.deepEqual(api.unknown, [])
      await api.close()
    }
  },
  config: () => {
    const engine = {
      address: api.url,
      organization: 'acme',
      token: { env: 'TERRAFORM_CLOUD_TOKEN' },
      pollSeconds: 0.1,
    }
    return { terraformCloud: { main: engine, hasty: { ...engine, timeoutSeconds: 2 } } }
  },
  env: () => ({ BELLHOP_ALLOW_HOSTS: '127.0.0.1', TERRAFORM_CLOUD_TOKEN: api.token }),
  artifact,
  resourceType: 'terraform_data',
  action: apply,
}

export const terraform: readonly Subject[] = [builtIn, cloud]
