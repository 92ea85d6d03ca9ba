import assert from 'node:assert/strict'
import { test } from 'node:test'
import { externalEnginesSchema } from './config.ts'

test('an engine has a command, and 30 minutes unless it says otherwise', () => {
  assert.deepEqual(
    externalEnginesSchema.parse({ 'web-service': { transport: 'exec', command: ['node', './engine.mjs'] } }),
    {
      'web-service': {
        transport: 'exec',
        command: ['node', './engine.mjs'],
        timeoutSeconds: 1800,
        environment: {},
        afterFailedProvision: 'terminate',
      },
    },
  )
})

test("an engine of AWS's contract has AWS's names unless it says otherwise", () => {
  const { deployed } = externalEnginesSchema.parse({ deployed: { transport: 'sqs', queues: { update: 'Mine' } } })
  assert.deepEqual(deployed, {
    transport: 'sqs',
    queues: {
      provision: 'ServiceCatalogExternalProvisionOperationQueue',
      update: 'Mine',
      terminate: 'ServiceCatalogExternalTerminateOperationQueue',
    },
    parser: 'ServiceCatalogExternalParameterParser',
    timeoutSeconds: 86_400,
  })
})

const engine = { transport: 'exec', command: ['x'] }
const web = { transport: 'http', url: 'https://engine.example/', secretEnv: 'KEY' }
for (const [what, value] of [
  ['a name that is a path', { '../x': engine }],
  ['an empty name', { '': engine }],
  ['an unknown transport', { x: { ...engine, transport: 'telnet' } }],
  ['no command', { x: { transport: 'exec' } }],
  ['an empty command', { x: { ...engine, command: [] } }],
  ['a command as one text', { x: { ...engine, command: 'rm -rf' } }],
  ['a member that is not known', { x: { ...engine, timeout: 3 } }],
  ['no time', { x: { ...engine, timeoutSeconds: 0 } }],
  ['a variable that is ours', { x: { ...engine, environment: { ENGINE_REQUEST: '/x' } } }],
  ['a URL that is none', { x: { ...web, url: 'ftp://engine.example/' } }],
  ['requests without a key', { x: { transport: 'http', url: web.url } }],
  ['a key in the configuration itself', { x: { ...web, secret: 'hunter2' } }],
  ['a queue without a name', { x: { transport: 'sqs', queues: { update: '' } } }],
  ['a name that is no variable', { x: { ...engine, environment: { 'A B': '1' } } }],
] as const) {
  test(`${what} is refused`, () => assert.equal(externalEnginesSchema.safeParse(value).success, false))
}

test('a key __proto__ makes no engine', () => {
  const parsed = externalEnginesSchema.safeParse(JSON.parse(`{"__proto__":${JSON.stringify(engine)}}`))
  assert.equal(Object.keys(parsed.data ?? {}).length, 0)
  assert.equal(({} as Record<string, unknown>)['transport'], undefined)
})
