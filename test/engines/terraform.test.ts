import { conformanceModule, serveFiles } from './artifact-host.ts'
import { engineConformance } from './conformance.testsuite.ts'

engineConformance({
  name: 'TERRAFORM_OPEN_SOURCE, built-in',
  backEnd: 'terraform',
  productType: 'TERRAFORM_OPEN_SOURCE',
  tool: 'terraform',
  config: () => ({ terraform: { main: {}, hasty: { timeoutSeconds: 2 } } }),
  env: () => ({ BELLHOP_ALLOW_HOSTS: '127.0.0.1' }),
  artifact: async () => (await serveFiles({ 'module.tar.gz': await conformanceModule() }))('module.tar.gz'),
  resourceType: 'terraform_data',
})
