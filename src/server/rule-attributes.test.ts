import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireMoto } from '../../test/kit/moto.ts'
import { createAws } from '../aws/index.ts'
import { createRuleAttributes } from './rule-attributes.ts'

test('attributes of networks, as EC2 tells them', async t => {
  const moto = await requireMoto(t)
  if (!moto) return
  const { id: accountId, region, env, api } = await moto.account()
  const make = async (operation: string, parameters: object, list?: string) => {
    const answer: any = await api.call('ec2', operation, parameters as Record<string, unknown>)
    return list === undefined ? answer : answer[list]
  }
  const vpc = (await make('CreateVpc', { CidrBlock: '10.1.0.0/16' }, 'Vpc')).VpcId
  const subnet = (
    await make('CreateSubnet', { VpcId: vpc, CidrBlock: '10.1.1.0/24', AvailabilityZone: `${region}a` }, 'Subnet')
  ).SubnetId
  await make('CreateTags', { Resources: [subnet], Tags: [{ Key: 'Team', Value: 'blue' }] })
  const [group] = (await make('DescribeSecurityGroups', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] }))
    .SecurityGroups
  const [acl] = (await make('DescribeNetworkAcls', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] })).NetworkAcls

  const { lookUp } = createRuleAttributes(createAws({ env, now: Date.now }))
  const ask = (type: string, thing: string, name: string) =>
    lookUp({ accountId, region }, `arn:aws:iam::${accountId}:role/Launch`, [{ type, id: thing, name }])
  const rows: [type: string, thing: string, name: string, value: string][] = [
    ['AWS::EC2::Subnet::Id', subnet, 'VpcId', vpc],
    ['AWS::EC2::Subnet::Id', subnet, 'AvailabilityZone', `${region}a`],
    ['AWS::EC2::Subnet::Id', subnet, 'Tags.Team', 'blue'],
    ['AWS::EC2::Subnet::Id', subnet, 'Tags.Other', ''],
    ['AWS::EC2::VPC::Id', vpc, 'DefaultSecurityGroup', group.GroupId],
    ['AWS::EC2::VPC::Id', vpc, 'DefaultNetworkAcl', acl.NetworkAclId],
    ['AWS::EC2::SecurityGroup::Id', group.GroupId, 'Tags.Team', ''],
  ]
  for (const [type, thing, name, value] of rows)
    assert.deepEqual(await ask(type, thing, name), [value], `${type} ${name}`)

  const refused = (message: RegExp) => ({ code: 'InvalidParametersException', message })
  await assert.rejects(
    ask('AWS::EC2::Subnet::Id', 'subnet-0123', 'VpcId'),
    refused(/^A template constraint could not be judged: .*subnet-0123/),
  )
  await assert.rejects(ask('AWS::EC2::Subnet::Id', subnet, 'CidrBlock'), refused(/CidrBlock .* rules cannot ask for/))
  await assert.rejects(ask('String', 'x', 'Tags.a'), refused(/of type String, which rules cannot ask for/))
})
