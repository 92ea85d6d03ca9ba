import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigError, parseConfig } from './config.ts'
import { hasLimits } from './limits.ts'

test('what the documentation shows of organization and notifications can be used as it stands', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/sharing-and-notifications.md'), 'utf8')
  const [accounts, first, second, ...others] = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block!)
  assert.equal(others.length, 0)
  const config = parseConfig(`${accounts}${first}${second}`, 'example.yaml')
  assert.deepEqual(config.accounts, ['222222222222', '333333333333'])
  assert.deepEqual(
    config.organization?.nodes.map(({ id, parent }) => [id, parent]),
    [
      ['ou-abcd-11111111', undefined],
      ['ou-abcd-22222222', 'ou-abcd-11111111'],
    ],
  )
  assert.deepEqual(Object.values(config.notifications), [
    { webhook: 'https://hooks.example.com/catalog' },
    { webhook: 'https://hooks.example.com/teams', secretEnv: 'TEAMS_HOOK_KEY' },
    { sns: 'https://sns.us-east-1.amazonaws.com/' },
  ])
})

test('what the documentation shows of the console can be used as it stands', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/console.md'), 'utf8')
  const [settings, providers] = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) =>
    parseConfig(block!, 'c.yaml'),
  )
  assert.equal(settings!.console.accessKeys, true)
  assert.equal(providers!.console.url, 'https://bellhop.example.com')
  assert.deepEqual(providers!.console.oidc['corp']?.roles[2], { role: 'arn:aws:iam::000000000000:role/Visitor' })
})

const role = 'arn:aws:iam::000000000000:role/Visitor'
const corp = { name: 'Corp', issuer: 'https://example.com', clientId: 'x', roles: [{ role }] }
const oidc = (more: object, name = 'corp') => ({ console: { oidc: { [name]: { ...corp, ...more } } } })
const organization = { id: 'o-exampleorg1', managementAccount: '111122223333' }
const refused: [config: object, message: RegExp][] = [
  [{ accounts: ['1'] }, /accounts\.0: .*12 digits/],
  [{ accounts: ['222222222222', '222222222222'] }, /accounts: names an account twice/],
  [{ organization: { ...organization, id: 'org' } }, /organization\.id: must be the id of an organization/],
  [{ organization: { ...organization, managementAccount: '1' } }, /organization\.managementAccount: .*12 digits/],
  [
    { organization: { ...organization, nodes: [{ id: 'ou-abcd-11111111', parent: 'ou-abcd-99999999' }] } },
    /ou-abcd-99/,
  ],
  [{ organization: { ...organization, accounts: ['222222222222', '222222222222'] } }, /organization: .* twice/],
  [{ organization: { ...organization, units: [] } }, /organization.*units/],
  [{ notifications: { '*': { webhook: 'https://example.com', sns: 'https://example.com' } } }, /notifications\.\*/],
  [{ console: { accessKeys: false } }, /console\.accessKeys: .*no other way/],
  [{ console: { url: 'https://example.com/bellhop' } }, /console\.url: must be an address without a path/],
  [oidc({}, 'Corp'), /console\.oidc\.Corp: .*/],
  [oidc({ issuer: 'http://example.com' }), /console\.oidc\.corp\.issuer: must be https/],
  [oidc({ issuer: 'https://example.com/?x' }), /issuer: must have neither query/],
  [oidc({ clientSecret: 'in the clear' }), /console\.oidc\.corp\.clientSecret/],
  [oidc({ scopes: ['profile'] }), /scopes: must name openid/],
  [oidc({ roles: [] }), /console\.oidc\.corp\.roles/],
  [oidc({ roles: [{ role: 'Visitor' }] }), /roles\.0\.role: must be the ARN of a role/],
  [oidc({ roles: [{ role, claim: 'groups' }] }), /roles\.0: claim and value go together/],
  [{ notifications: { '*': 'file:///etc/passwd' } }, /notifications\.\*/],
]

for (const [config, message] of refused) {
  test(`the configuration ${JSON.stringify(config)} is refused`, () => {
    assert.throws(
      () => parseConfig(JSON.stringify(config), 'c.json'),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    )
  })
}

test('limits are whole numbers by what there is to limit', () => {
  const parse = (limits: object, more: object = {}) => parseConfig(JSON.stringify({ limits, ...more }), 'bellhop.json')
  const all = {
    node: 8,
    accounts: { default: 10, '111122223333': 2 },
    actions: { default: 5, 'act-abcdefghijklm': 1, 'Restart the service': 3 },
    engines: { EXTERNAL: 4, 'EXTERNAL/web': 2, CFN_STACK: 6, 'TERRAFORM_OPEN_SOURCE/default': 1 },
  }
  const engines = { web: { transport: 'pull' } }
  assert.deepEqual(parse(all, { engines }).limits, all)
  const none = parse({}).limits
  assert.deepEqual(none, { node: 64, accounts: {}, actions: {}, engines: {} })
  assert.deepEqual([hasLimits(none), hasLimits(parse(all, { engines }).limits)], [false, true])
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ accounts: { default: 0 } }, /limits\.accounts\.default: must be 1 or more/],
    [{ accounts: { default: -1 } }, /limits\.accounts\.default: must be 1 or more/],
    [{ accounts: { default: 1.5 } }, /limits\.accounts\.default: .*whole number/],
    [{ actions: { Restart: '2' } }, /limits\.actions\.Restart: .*whole number/],
    [{ actions: { Restart: null } }, /limits\.actions\.Restart: .*whole number/],
    [{ accounts: { '12': 1 } }, /limits\.accounts\.12: must be `default` or an account id of 12 digits/],
    [{ engines: { NOTHING: 1 } }, /limits\.engines\.NOTHING: is no engine: write one of CFN_STACK, /],
    [{ engines: { 'EXTERNAL/web/x': 1 } }, /limits\.engines\.EXTERNAL\/web\/x: is no engine/],
    [{ engines: { 'EXTERNAL/mail': 1 } }, /names an engine that `engines` does not have/],
    [{ engines: { 'CFN_STACK/web': 1 } }, /CFN_STACK has one engine, without a name/],
    [{ node: 0 }, /limits\.node/],
    [{ account: { default: 1 } }, /limits: .*account/],
    [{ accounts: 5 }, /limits\.accounts/],
  ]
  for (const [limits, message] of refused) assert.throws(() => parse(limits, { engines }), message)
})
