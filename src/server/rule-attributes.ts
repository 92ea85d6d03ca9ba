import { type Aws, AwsApiError, type AwsResponse } from '../aws/index.ts'
import type { RuleAttribute } from '../catalog/template-rules.ts'
import type { RuleAttributes } from '../operations/operation.ts'
import { InvalidParametersException } from '../protocol/errors.ts'

type Ask = (operation: string, parameters: Readonly<Record<string, unknown>>) => Promise<AwsResponse>
type Fields = Readonly<Record<string, unknown>>

/** What can be asked of things of one type. */
interface Kind {
  /** The thing itself, as EC2 describes it. */
  describe(ask: Ask, id: string): Promise<Fields | undefined>
  /** Its attributes, besides Tags.KEY, which each kind has. */
  readonly attributes: Readonly<Record<string, (ask: Ask, thing: Fields) => unknown>>
}

/** The types and attributes that AWS's guide names for Fn::ValueOf (from memory of "Rule-specific intrinsic functions"). */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::EC2::VPC::Id': {
    describe: async (ask, id) => first(await ask('DescribeVpcs', { VpcIds: [id] }), 'Vpcs'),
    attributes: {
      DefaultNetworkAcl: async (ask, { VpcId }) =>
        first(
          await ask('DescribeNetworkAcls', { Filters: [is('vpc-id', VpcId), is('default', 'true')] }),
          'NetworkAcls',
        )?.['NetworkAclId'],
      DefaultSecurityGroup: async (ask, { VpcId }) =>
        first(
          await ask('DescribeSecurityGroups', { Filters: [is('vpc-id', VpcId), is('group-name', 'default')] }),
          'SecurityGroups',
        )?.['GroupId'],
    },
  },
  'AWS::EC2::Subnet::Id': {
    describe: async (ask, id) => first(await ask('DescribeSubnets', { SubnetIds: [id] }), 'Subnets'),
    attributes: {
      AvailabilityZone: (_, { AvailabilityZone }) => AvailabilityZone,
      VpcId: (_, { VpcId }) => VpcId,
    },
  },
  'AWS::EC2::SecurityGroup::Id': {
    describe: async (ask, id) => first(await ask('DescribeSecurityGroups', { GroupIds: [id] }), 'SecurityGroups'),
    attributes: {},
  },
}

/** Attributes for the rules of TEMPLATE constraints, from AWS. */
export function createRuleAttributes(aws: Aws): RuleAttributes {
  return {
    async lookUp({ accountId, region }, roleArn, attributes) {
      const api = aws.as({ accountId, region, roleArn, sessionName: 'template-constraint' })
      const ask: Ask = (operation, parameters) => api.call('ec2', operation, parameters)
      try {
        return await Promise.all(attributes.map(attribute => lookUp(ask, attribute)))
      } catch (error) {
        if (!(error instanceof AwsApiError)) throw error
        throw new InvalidParametersException(`A template constraint could not be judged: ${error.message}`, {
          cause: error,
        })
      }
    },
  }
}

async function lookUp(ask: Ask, { type, id, name }: RuleAttribute): Promise<string> {
  const kind = Object.hasOwn(kinds, type) ? kinds[type]! : undefined
  const tag = /^Tags\.(.+)$/.exec(name)?.[1]
  const attribute = kind && Object.hasOwn(kind.attributes, name) ? kind.attributes[name]! : undefined
  if (!kind || (tag === undefined && !attribute)) {
    throw new InvalidParametersException(
      `A template constraint asks for attribute ${name} of a parameter of type ${type}, which rules cannot ask for.`,
    )
  }
  const thing = await kind.describe(ask, id)
  if (!thing) return ''
  const value = tag === undefined ? await attribute!(ask, thing) : tagOf(thing, tag)
  return value === undefined ? '' : String(value)
}

function tagOf({ Tags }: Fields, key: string): unknown {
  return (Tags as readonly { Key?: string; Value?: string }[] | undefined)?.find(({ Key }) => Key === key)?.Value
}

function first(answer: AwsResponse, list: string): Fields | undefined {
  return (answer[list] as readonly Fields[] | undefined)?.[0]
}

function is(Name: string, value: unknown) {
  return { Name, Values: [value] }
}
