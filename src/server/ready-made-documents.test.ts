import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readReadyMadeDocuments } from '../runbook/ready-made.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage } from '../storage/storage.ts'
import { withReadyMadeDocuments } from './ready-made-documents.ts'

const scope = { accountId: '111122223333', region: 'eu-west-1' }
const names = [
  'AWS-AttachEBSVolume',
  'AWS-CreateImage',
  'AWS-CreateRdsSnapshot',
  'AWS-CreateSnapshot',
  'AWS-DeleteSnapshot',
  'AWS-DetachEBSVolume',
  'AWS-PublishSNSNotification',
  'AWS-RebootRdsInstance',
  'AWS-ResizeInstance',
  'AWS-RestartEC2Instance',
  'AWS-StartEC2Instance',
  'AWS-StartRdsInstance',
  'AWS-StopEC2Instance',
  'AWS-StopRdsInstance',
]

describe('ready-made documents', () => {
  const storage = () =>
    withReadyMadeDocuments(openStorage(new SqliteDriver(':memory:', () => 0)), readReadyMadeDocuments())

  test('are there in every account and region, and take parameters under the names of AWS', async t => {
    const { documents, close } = storage()
    t.after(close)
    const listed = await documents.list(scope)
    assert.deepEqual(
      listed.map(({ document }) => document.name),
      names,
    )
    for (const { document, version } of listed) {
      assert.deepEqual(document.scope, { accountId: 'Amazon', region: 'eu-west-1' })
      assert.equal(version.version, '1')
      assert.ok(version.description)
      const role = version.parameters.find(({ Name }) => Name === 'AutomationAssumeRole')
      assert.equal(role?.DefaultValue, '', document.name)
    }
  })

  test('are found by name, by ARN and by version', async t => {
    const { documents, close } = storage()
    t.after(close)
    const arn = 'arn:aws:ssm:eu-west-1::document/AWS-StopEC2Instance'
    for (const name of ['AWS-StopEC2Instance', arn]) {
      assert.equal((await documents.get(scope, name))?.name, 'AWS-StopEC2Instance')
      for (const choice of ['$DEFAULT', '$LATEST', '1']) {
        const version = await documents.getVersion(scope, name, choice)
        assert.deepEqual([version?.version, version?.targetType], ['1', '/AWS::EC2::Instance'])
      }
      assert.equal(await documents.getVersion(scope, name, '2'), undefined)
      assert.equal(await documents.getVersion(scope, name, { versionName: '1' }), undefined)
    }
    assert.equal(await documents.get(scope, arn.replace('eu-west-1', 'us-east-1')), undefined)
    assert.equal(await documents.get(scope, 'AWS-Nothing'), undefined)
    assert.equal((await documents.versions(scope, 'AWS-StopEC2Instance')).length, 1)
  })

  test('cannot be changed or deleted', async t => {
    const { documents, close } = storage()
    t.after(close)
    const missing = { name: 'Refusal', reason: 'NotFound' }
    await assert.rejects(documents.delete(scope, 'AWS-StopEC2Instance'), missing)
    await assert.rejects(documents.setDefaultVersion(scope, 'AWS-StopEC2Instance', '1'), missing)
    const version = (await documents.getVersion(scope, 'AWS-StopEC2Instance', '1'))!
    await assert.rejects(documents.addVersion(scope, 'AWS-StopEC2Instance', '1', version), missing)
    assert.ok(await documents.get(scope, 'AWS-StopEC2Instance'))
  })
})
