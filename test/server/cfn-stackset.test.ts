import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { account, type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { serviceAction } from '../kit/catalog.ts'
import { type Moto, type MotoAccount, requireMoto } from '../kit/moto.ts'
import { product, requester } from '../kit/provisioning.ts'

const template = {
  Parameters: { Value: { Type: 'String', Default: 'one' } },
  Resources: {
    Setting: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: 'everywhere', Value: { Ref: 'Value' } },
    },
  },
}

/** Stack sets for real, on moto, which makes the stacks in their accounts and regions. */
describe('products with a STACKSET constraint', () => {
  const cleanups: (() => void)[] = []
  let moto: Moto | undefined
  let aws: MotoAccount
  let origin: Server
  let server: Bellhop
  let desk: ReturnType<typeof requester>
  before(async () => {
    moto = await requireMoto({ skip: () => {} })
    if (!moto) return
    aws = await moto.account()
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    origin = createServer((_, response) => response.end(JSON.stringify(template)))
    await new Promise<void>(done => origin.listen(0, '127.0.0.1', done))
    const config = { outbound: { allow: ['127.0.0.1'] } }
    server = await startBellhop({ dataDirectory: join(folder, 'data'), env: aws.env, config })
    desk = requester(server)
  })
  after(async () => {
    if (!moto) return
    origin.close()
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    for (const clean of cleanups) clean()
  })

  test('are provisioned over accounts and regions, changed instance by instance, act, and go', async t => {
    if (!moto) return void (await requireMoto(t))
    const targets = [await moto.account(), await moto.account()]
    const made = await product(server, {
      type: 'CLOUD_FORMATION_TEMPLATE',
      path: `http://127.0.0.1:${(origin.address() as AddressInfo).port}/template`,
      constraints: {
        STACKSET: {
          Version: '2.0',
          Properties: {
            AccountList: targets.map(({ id }) => id),
            RegionList: ['us-east-1', 'eu-west-1'],
            AdminRole: `arn:aws:iam::${aws.id}:role/Admin`,
            ExecutionRole: 'Execution',
          },
        },
      },
    })
    const record = await desk.provision(
      made,
      { Value: 'two' },
      { ProvisioningPreferences: { StackSetRegions: ['us-east-1'], StackSetFailureToleranceCount: 1 } },
    )
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
    assert.equal(record.ProvisionedProductType, 'CFN_STACKSET')
    assert.match(record.outputs.StackSetARN, /:stackset\//)
    const id: string = record.ProvisionedProductId
    const instances = async () => {
      const { StackInstances } = await desk.sc('ListStackInstancesForProvisionedProduct', { ProvisionedProductId: id })
      return StackInstances.map((each: any) => `${each.Account} ${each.Region} ${each.StackInstanceStatus}`)
    }
    assert.deepEqual(
      await instances(),
      targets.map(target => `${target.id} us-east-1 CURRENT`),
    )
    const [target] = targets
    const value = async (region: string) =>
      ((await target!.api.call('ssm', 'GetParameter', { Name: 'everywhere' }, { region }))['Parameter'] as any).Value
    assert.equal(await value('us-east-1'), 'two')
    await assert.rejects(value('eu-west-1'), { code: 'ParameterNotFound' })
    const set = await aws.api.call('cloudformation', 'DescribeStackSet', { StackSetName: `SC-${account}-${id}` })
    assert.equal((set['StackSet'] as any).ExecutionRoleName, 'Execution')

    const more = { StackSetAccounts: [target!.id], StackSetRegions: ['eu-west-1'] }
    const added = await desk.update(id, {}, { ProvisioningPreferences: { ...more, StackSetOperationType: 'CREATE' } })
    assert.equal(added.Status, 'SUCCEEDED', JSON.stringify(added))
    assert.equal(await value('eu-west-1'), 'two')
    assert.equal((await instances()).length, 3)

    const show = await serviceAction(server, made, {
      name: 'ShowInstances',
      targetType: '/AWS::CloudFormation::StackInstance',
      parameters: [{ Name: 'Instances', Type: 'TARGET' }],
      document: {
        parameters: { Instances: { type: 'StringList' } },
        mainSteps: [
          {
            name: 'show',
            action: 'aws:executeScript',
            inputs: {
              Runtime: 'python3.11',
              Handler: 'main',
              Script: 'def main(events, context):\n    return events["instances"]',
              InputPayload: { instances: '{{ Instances }}' },
            },
            outputs: [{ Name: 'Instances', Selector: '$.Payload', Type: 'StringList' }],
          },
        ],
        outputs: ['show.Instances'],
      },
    })
    const shown = await desk.execute(id, show)
    assert.equal(shown.Status, 'SUCCEEDED', JSON.stringify(shown))
    assert.equal(shown.outputs['show.Instances'].split(',').length, 3)

    const removed = await desk.update(id, {}, { ProvisioningPreferences: { ...more, StackSetOperationType: 'DELETE' } })
    assert.equal(removed.Status, 'SUCCEEDED', JSON.stringify(removed))
    await assert.rejects(value('eu-west-1'), { code: 'ParameterNotFound' })

    const updated = await desk.update(id, { Value: 'three' })
    assert.equal(updated.Status, 'SUCCEEDED', JSON.stringify(updated))
    // moto keeps what an update changes, but does not carry it to the stacks.
    const changed = await aws.api.call('cloudformation', 'DescribeStackSet', { StackSetName: `SC-${account}-${id}` })
    assert.deepEqual((changed['StackSet'] as any).Parameters, [{ ParameterKey: 'Value', ParameterValue: 'three' }])

    const gone = await desk.terminate(id)
    assert.equal(gone.Status, 'SUCCEEDED', JSON.stringify(gone))
    await assert.rejects(value('us-east-1'), { code: 'ParameterNotFound' })
  })
})
