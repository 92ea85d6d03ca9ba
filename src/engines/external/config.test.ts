import assert from 'node:assert/strict'
import { test } from 'node:test'
import { externalEnginesSchema } from './config.ts'

test('an engine has a command, and 30 minutes unless it says otherwise', () => {
  assert.deepEqual(
    externalEnginesSchema.parse({ 'web-service': { transport: 'exec', command: ['node', './engine.mjs'] } }),
    {
      'web-service': { transport: 'exec', command: ['node', './engine.mjs'], timeoutSeconds: 1800, environment: {} },
    },
  )
})

const engine = { transport: 'exec', command: ['x'] }
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
  ['a name that is no variable', { x: { ...engine, environment: { 'A B': '1' } } }],
] as const) {
  test(`${what} is refused`, () => assert.equal(externalEnginesSchema.safeParse(value).success, false))
}

test('a key __proto__ makes no engine', () => {
  const parsed = externalEnginesSchema.safeParse(JSON.parse(`{"__proto__":${JSON.stringify(engine)}}`))
  assert.equal(Object.keys(parsed.data ?? {}).length, 0)
  assert.equal(({} as Record<string, unknown>)['transport'], undefined)
})
