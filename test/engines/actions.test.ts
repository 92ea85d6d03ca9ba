import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { moduleArchive } from '../kit/archives.ts'
import { account, type Bellhop, call, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { type CatalogProduct, catalogProduct, serviceAction } from '../kit/catalog.ts'
import { makeUser, outputOf } from '../kit/identity.ts'
import { type MotoAccount, requireMoto } from '../kit/moto.ts'
import { requester } from '../kit/provisioning.ts'
import { type ContractServer, startContractServer } from '../kit/terraform-cloud.ts'
import { requireTool, type ToolName } from '../kit/tools.ts'
import { serveFiles } from './conformance/artifact-host.ts'

const examples = join(import.meta.dirname, '../../examples')
const anyTool = { skip: () => {} } as unknown as TestContext

const stack = {
  Parameters: { Size: { Type: 'String', Default: 't3.micro' } },
  Resources: {
    Server: { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'ami-12345678' } },
    Setting: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: 'size', Value: { Ref: 'Size' } } },
  },
}
const settings = { Parameters: stack.Parameters, Resources: { Setting: stack.Resources.Setting } }

interface ProductType {
  /** The provisioned product's type. */
  readonly name: string
  readonly tool?: ToolName
  readonly make: () => Promise<CatalogProduct>
  readonly parameters?: () => Readonly<Record<string, string>>
  /** The type of the resource that the action is for. */
  readonly targetType: string
  /** The action's steps; `{{ Target }}` is the resource. */
  readonly steps: readonly object[]
  readonly outputs?: readonly string[]
  /** Whether the action was done, seen from outside. */
  readonly verify: (seen: {
    readonly target: string
    /** The TARGET's default after the action. */
    readonly now: string
    readonly outputs: Readonly<Record<string, string>>
  }) => Promise<void> | void
}

const invoke = (name: string, Action: string, Parameters: object) => ({
  name,
  action: 'bellhop:invokeEngine',
  inputs: { Action, Parameters },
})

/**
 * What a requester comes for, on a product of each of the five types: they may provision and run actions and nothing else,
 * the product is launched by its role, and the action is run by that role on what the product is really made of.
 */
describe('self-service actions on products of all five types', { concurrency: false }, () => {
  const cleanups: (() => Promise<unknown> | unknown)[] = []
  let aws: MotoAccount | undefined
  let cloud: ContractServer | undefined
  let folder: string
  let server: Bellhop
  let ada: Awaited<ReturnType<typeof makeUser>>
  let at: (name: string) => string

  before(async () => {
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    const terraform = await requireTool(anyTool, 'terraform')
    cloud = terraform ? await startContractServer(folder, terraform) : undefined
    aws = await (await requireMoto(anyTool))?.account()
    const page = readFileSync(join(examples, 'terraform/module/main.tf'), 'utf8')
    at = await serveFiles({
      'page.tar.gz': await moduleArchive({ 'main.tf': page }),
      'stack.json': Buffer.from(JSON.stringify(stack)),
      'settings.json': Buffer.from(JSON.stringify(settings)),
    })
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      config: {
        engines: { web: { transport: 'exec', command: ['node', join(examples, 'web-service/engine.mjs')] } },
        ...(cloud && {
          terraformCloud: {
            default: { address: cloud.url, organization: 'acme', token: { env: 'TFE_TOKEN' }, pollSeconds: 0.1 },
          },
        }),
      },
      env: { ...aws?.env, BELLHOP_ALLOW_HOSTS: '127.0.0.1', TFE_TOKEN: cloud?.token ?? '' },
    })
    ada = await makeUser(server, 'Ada')
    await outputOf(server, 'iam', 'AttachUserPolicy', {
      UserName: 'Ada',
      PolicyArn: 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess',
    })
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    await cloud?.close()
    for (const clean of cleanups) await clean()
  })

  const pages = () => {
    mkdirSync(join(folder, 'pages'), { recursive: true })
    // Terraform is another user where the tests are root.
    chmodSync(join(folder, 'pages'), 0o777)
    return { folder: join(folder, 'pages', 'one') }
  }
  /** A role of the account that moto keeps for this test. */
  const launch = () => ({ type: 'LAUNCH', parameters: { RoleArn: `arn:aws:iam::${aws!.id}:role/Launch` } })
  const value = async () => {
    const { Parameter } = await aws!.api.call('ssm', 'GetParameter', { Name: 'size' })
    return (Parameter as { readonly Value: string }).Value
  }

  const types: readonly ProductType[] = [
    {
      name: 'EXTERNAL',
      make: () => catalogProduct(server, { type: 'EXTERNAL', engine: 'web', path: 's3://examples/web' }),
      targetType: 'WebService::Service',
      steps: [invoke('restart', 'restart', {})],
      outputs: ['restart.oldPid', 'restart.newPid'],
      verify: ({ target, now }) => {
        assert.match(target, /^pp-/)
        assert.equal(now, target)
      },
    },
    ...(['TERRAFORM_OPEN_SOURCE', 'TERRAFORM_CLOUD'] as const).map(
      (type): ProductType => ({
        name: type,
        tool: 'terraform',
        make: () => catalogProduct(server, { type, path: at('page.tar.gz') }),
        parameters: pages,
        targetType: 'terraform_data',
        steps: [invoke('retitle', 'apply', { Variables: { title: 'for {{ Target }}' } }), invoke('drift', 'drift', {})],
        outputs: ['drift.DriftStatus'],
        verify: ({ target, now, outputs }) => {
          assert.notEqual(now, target, 'the page was made anew')
          assert.equal(readFileSync(join(folder, 'pages/one/index.html'), 'utf8'), `<h1>for ${target}</h1>\n`)
          assert.equal(outputs['drift.DriftStatus'], 'IN_SYNC')
        },
      }),
    ),
    {
      name: 'CFN_STACK',
      tool: 'moto',
      make: () =>
        catalogProduct(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: at('stack.json'), constraint: launch() }),
      parameters: () => ({ Size: 't3.small' }),
      targetType: 'AWS::EC2::Instance',
      steps: [
        {
          name: 'stop',
          action: 'aws:executeAwsApi',
          inputs: { Service: 'ec2', Api: 'StopInstances', InstanceIds: ['{{ Target }}'] },
        },
        invoke('record', 'UpdateStack', { Size: 't3.large' }),
      ],
      outputs: ['record.StackStatus'],
      verify: async ({ target, outputs }) => {
        assert.match(target, /^i-/)
        const { Reservations } = await aws!.api.call('ec2', 'DescribeInstances', { InstanceIds: [target] })
        assert.equal((Reservations as any)[0].Instances[0].State.Name, 'stopped')
        assert.equal(await value(), 't3.large')
        assert.equal(outputs['record.StackStatus'], 'UPDATE_COMPLETE')
      },
    },
    {
      name: 'CFN_STACKSET',
      tool: 'moto',
      make: () => {
        const Properties = {
          AccountList: [aws!.id],
          RegionList: ['us-east-1'],
          AdminRole: `arn:aws:iam::${aws!.id}:role/Admin`,
          ExecutionRole: 'Execution',
        }
        const constraint = { type: 'STACKSET', parameters: { Version: '2.0', Properties } }
        return catalogProduct(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: at('settings.json'), constraint })
      },
      targetType: 'AWS::CloudFormation::StackInstance',
      steps: [invoke('everywhere', 'UpdateStackSet', { Size: 't3.nano' })],
      verify: async ({ target }) => {
        assert.equal(target, `${aws!.id}/us-east-1`)
        // moto changes the set and not what its instances made; test/engines/conformance has one that changes both.
        const { Summaries } = await aws!.api.call('cloudformation', 'ListStackSets', { Status: 'ACTIVE' })
        const [{ StackSetName }] = Summaries as [{ readonly StackSetName: string }]
        const { StackSet } = await aws!.api.call('cloudformation', 'DescribeStackSet', { StackSetName })
        const { Parameters } = StackSet as { readonly Parameters: readonly { readonly ParameterValue: string }[] }
        assert.deepEqual(
          Parameters.map(({ ParameterValue }) => ParameterValue),
          ['t3.nano'],
        )
      },
    },
  ]

  for (const { name, tool, make, parameters, targetType, steps, outputs, verify } of types) {
    test(name, async t => {
      if (tool && !(await requireTool(t, tool))) return
      const product = await make()
      await call(server, 'servicecatalog', 'AssociatePrincipalWithPortfolio', {
        PortfolioId: product.portfolioId,
        PrincipalARN: `arn:aws:iam::${account}:user/Ada`,
        PrincipalType: 'IAM',
      })
      const action = await serviceAction(server, product, {
        name: `Act-${name}`,
        targetType: `/${targetType}`,
        parameters: [{ Name: 'Target', Type: 'TARGET' }],
        // A stack set has no launch role, so its action names one.
        assumeRole: name === 'CFN_STACKSET' ? `arn:aws:iam::${aws!.id}:role/Acts` : 'LAUNCH_ROLE',
        document: {
          assumeRole: '{{ AutomationAssumeRole }}',
          parameters: {
            Target: { type: 'String' },
            AutomationAssumeRole: { type: 'String', default: '' },
          },
          mainSteps: steps,
          ...(outputs && { outputs }),
        },
      })

      const desk = requester(ada)
      const made = await desk.provision(product, parameters?.() ?? {})
      assert.equal(made.Status, 'SUCCEEDED', JSON.stringify(made))
      assert.equal(made.ProvisionedProductType, name)
      const id: string = made.ProvisionedProductId
      const target = async () => {
        const input = { ProvisionedProductId: id, ServiceActionId: action }
        const { ServiceActionParameters } = await desk.sc('DescribeServiceActionExecutionParameters', input)
        const [{ DefaultValues }] = ServiceActionParameters
        assert.equal(DefaultValues.length, 1, JSON.stringify(ServiceActionParameters))
        return DefaultValues[0] as string
      }
      const before = await target()
      const acted = await desk.execute(id, action)
      assert.equal(acted.Status, 'SUCCEEDED', JSON.stringify(acted))
      await verify({ target: before, now: await target(), outputs: acted.outputs })
      assert.equal((await desk.describe(id)).Status, 'AVAILABLE')
      const gone = await desk.terminate(id)
      assert.equal(gone.Status, 'SUCCEEDED', JSON.stringify(gone))
      assert.ok(!existsSync(join(folder, 'pages/one/index.html')))
    })
  }
})
