import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { engineConformance } from './conformance.testsuite.ts'

engineConformance({
  name: 'EXTERNAL, exec',
  backEnd: 'a program on this machine',
  productType: 'EXTERNAL',
  config: ({ directory }) => {
    copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(directory, 'engine.mjs'))
    const engine = { transport: 'exec', command: ['node', './engine.mjs'], afterFailedProvision: 'keep' }
    return { engines: { main: engine, hasty: { ...engine, timeoutSeconds: 2 } } }
  },
  artifact: async () => 's3://tests/v1',
  resourceType: 'Conformance::Thing',
})
