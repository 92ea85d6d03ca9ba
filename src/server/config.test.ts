import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigError, parseConfig } from './config.ts'

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
