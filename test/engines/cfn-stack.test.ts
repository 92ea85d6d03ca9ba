import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAws } from '../../src/aws/index.ts'
import { CfnStackEngine } from '../../src/engines/cfn-stack/index.ts'
import { ArtifactError, type EngineProgress, type EngineRequest } from '../../src/engines/engine.ts'
import { CloudFormation, errorAnswer } from '../kit/cloudformation.ts'

/** What moto cannot show: work that takes time, rollbacks, lost answers, pages of HTML. Against CloudFormation's contract. */
describe('the engine of CFN_STACK', () => {
  let cloud: CloudFormation
  let now = 0
  let count = 0
  before(async () => {
    cloud = await CloudFormation.start()
  })
  after(() => cloud.stop())

  const thing = (Properties: object = {}) => ({ Type: 'Test::Thing', Properties })
  const template = (resources: object = { One: thing(), Two: thing() }) => ({
    Parameters: { Value: { Type: 'String', Default: 'one' }, Secret: { Type: 'String', NoEcho: true, Default: 'x' } },
    Resources: resources,
    Outputs: { Value: { Value: { Ref: 'Value' } } },
  })

  /** Templates by their path. */
  const templates = new Map<string, unknown>()

  function engine(options: Partial<ConstructorParameters<typeof CfnStackEngine>[0]> = {}): CfnStackEngine {
    const env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: 'AKIASERVER', AWS_SECRET_ACCESS_KEY: 'x' }
    return new CfnStackEngine({
      aws: createAws({ env, now: Date.now }),
      now: () => now,
      artifacts: {
        async fetch(path) {
          const content = templates.get(path)
          if (content === undefined) throw new ArtifactError(`${path} cannot be fetched: HTTP status 404.`)
          return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
        },
      },
      publish: async () => undefined,
      ...options,
    })
  }

  function request(content: unknown, more: Partial<EngineRequest> = {}): EngineRequest {
    count += 1
    const path = `https://example.com/${count}`
    templates.set(path, content)
    return {
      work: 'provision',
      token: `token-${count}`,
      accountId: '123456789012',
      region: 'us-east-1',
      recordId: `rec-${count}`,
      provisionedProductId: `pp-${count}`,
      provisionedProductName: 'shop',
      productId: 'prod-bbbbbbbbbbbbb',
      provisioningArtifactId: 'pa-ccccccccccccc',
      artifact: { id: 'pa-ccccccccccccc', path, type: 'AWS_S3' },
      launchRoleArn: 'arn:aws:iam::123456789012:role/Launch',
      principal: 'arn:aws:iam::123456789012:user/ada',
      parameters: { Value: 'one' },
      tags: [
        { key: 'team', value: 'blue' },
        { key: 'aws:servicecatalog:productArn', value: 'arn:p' },
      ],
      ...more,
    }
  }

  const nameOf = ({ provisionedProductId }: EngineRequest) => `SC-123456789012-${provisionedProductId}`

  /** The same product, asked for something else. */
  function then(before: EngineRequest, more: Partial<EngineRequest>, content?: unknown): EngineRequest {
    const { provisionedProductId } = before
    return request(content ?? templates.get(before.artifact.path), { provisionedProductId, work: 'update', ...more })
  }

  type Ended = Exclude<EngineProgress, { state: 'running' }>

  /** Looks until it has ended, the handle going through JSON and another engine each time, as after restarts. */
  async function finish(
    started: Promise<EngineProgress>,
    asked: EngineRequest,
    options: Parameters<typeof engine>[0] = {},
  ): Promise<{ ended: Ended; looks: EngineProgress[] }> {
    const looks: EngineProgress[] = []
    let progress = await started
    while (progress.state === 'running') {
      looks.push(progress)
      assert.ok(looks.length < 100, JSON.stringify(progress))
      assert.ok(progress.wakeAt! > now && progress.wakeAt! <= now + 60_000, `${progress.wakeAt} after ${now}`)
      now = progress.wakeAt!
      const handle = JSON.parse(JSON.stringify(progress.handle))
      progress = await engine(options).poll(handle, [], async () => asked)
    }
    return { ended: progress, looks }
  }

  const perform = (asked: EngineRequest, options: Parameters<typeof engine>[0] = {}) =>
    finish(engine(options).start(asked), asked, options)

  async function provisioned(content: unknown = template()): Promise<EngineRequest> {
    const asked = request(content)
    const { ended } = await perform(asked)
    assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
    return { ...asked, previousOutputs: ended.state === 'succeeded' ? ended.outputs : [] }
  }

  function assertFailed(ended: Ended, message: RegExp): Extract<Ended, { state: 'failed' }> {
    assert.equal(ended.state, 'failed', JSON.stringify(ended))
    if (ended.state !== 'failed') throw ended
    assert.match(ended.message, message)
    return ended
  }

  describe('functionality', () => {
    test('a stack is created with what was asked for, as the launch role, and its events are the progress', async () => {
      const asked = request(template(), { notificationArns: ['arn:aws:sns:us-east-1:123456789012:t'] })
      const { ended, looks } = await perform(asked)
      const arn = ended.state === 'succeeded' ? ended.outputs[0]!.OutputValue! : ''
      assert.match(arn, new RegExp(`:stack/${nameOf(asked)}/`))
      assert.deepEqual(ended, {
        state: 'succeeded',
        outputs: [
          {
            OutputKey: 'CloudformationStackARN',
            OutputValue: arn,
            Description: 'The ARN of the launched Cloudformation Stack',
          },
          { OutputKey: 'Value', OutputValue: 'one', Description: undefined },
        ],
        resources: [
          { type: 'Test::Thing', physicalId: `${nameOf(asked)}-One`, logicalId: 'One' },
          { type: 'Test::Thing', physicalId: `${nameOf(asked)}-Two`, logicalId: 'Two' },
        ],
      })
      const { parameters, key } = cloud.calls.findLast(({ operation }) => operation === 'CreateStack')!
      assert.equal(key, 'ASIALaunch')
      assert.deepEqual(Object.values(parameters['Capabilities']!), [
        'CAPABILITY_IAM',
        'CAPABILITY_NAMED_IAM',
        'CAPABILITY_AUTO_EXPAND',
      ])
      assert.deepEqual(parameters['Tags'], {
        1: { Key: 'team', Value: 'blue' },
        2: { Key: 'bellhop:productArn', Value: 'arn:p' },
      })
      assert.deepEqual(parameters['Parameters'], { 1: { ParameterKey: 'Value', ParameterValue: 'one' } })
      assert.deepEqual(parameters['NotificationARNs'], { 1: 'arn:aws:sns:us-east-1:123456789012:t' })
      assert.ok(looks.length >= 3)
      const lines = (looks.at(-1) as unknown as { progress: string[] }).progress
      assert.ok(
        lines.some(line => /^2026-\S+Z CREATE_COMPLETE Test::Thing One$/.test(line)),
        lines.join('\n'),
      )
    })

    test('a stack is updated with the values given, and hidden ones stay', async () => {
      const before = await provisioned()
      const { ended, looks } = await perform(
        then(before, { parameters: { Value: 'two', Secret: '****' }, previousOutputs: before.previousOutputs }),
      )
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
      const { parameters } = cloud.calls.findLast(({ operation }) => operation === 'UpdateStack')!
      assert.deepEqual(parameters['Parameters'], {
        1: { ParameterKey: 'Value', ParameterValue: 'two' },
        2: { ParameterKey: 'Secret', UsePreviousValue: 'true' },
      })
      assert.ok(looks.every(look => look.state === 'running' && !look.inError))
      assert.deepEqual(ended.state === 'succeeded' && ended.outputs[1]?.OutputValue, 'two')
    })

    test('a stack is deleted, and so is one that is not there', async () => {
      const before = await provisioned()
      const terminate = then(before, { work: 'terminate', previousOutputs: before.previousOutputs })
      assert.deepEqual((await perform(terminate)).ended, { state: 'succeeded', outputs: [], resources: [] })
      assert.equal(cloud.stack(nameOf(before))!.status, 'DELETE_COMPLETE')
      assert.deepEqual((await perform({ ...terminate, token: 'again' })).ended, {
        state: 'succeeded',
        outputs: [],
        resources: [],
      })
    })

    test('the action UpdateStack changes some parameters and keeps the others', async () => {
      const before = await provisioned()
      const action = { name: 'UpdateStack', parameters: { Value: 'two' } }
      const asked = then(before, { work: 'action', action, previousOutputs: before.previousOutputs })
      const { ended } = await perform(asked)
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
      if (ended.state !== 'succeeded') return
      assert.deepEqual(ended.parameters, { Value: 'two' })
      assert.equal(ended.response?.['StackStatus'], 'UPDATE_COMPLETE')
      const unknown = { name: 'UpdateStack', parameters: { Colour: 'red' } }
      assertFailed((await perform({ ...asked, token: 'b', action: unknown })).ended, /has no parameters \[Colour\]/)
      const strange = { name: 'Reboot', parameters: {} }
      assertFailed(
        (await perform({ ...asked, token: 'c', action: strange })).ended,
        /have the action UpdateStack, not Reboot/,
      )
    })

    test('an update that changes nothing fails as on AWS, or succeeds where that is configured', async () => {
      const before = await provisioned()
      const asked = then(before, { previousOutputs: before.previousOutputs })
      assertFailed(
        (await perform(asked)).ended,
        /^CloudFormation UpdateStack failed: ValidationError: No updates are to be performed\.$/,
      )
      const { ended } = await perform({ ...asked, token: 'other' }, { unchangedUpdates: 'succeed' })
      assert.equal(ended.state, 'succeeded')
    })
  })

  describe('plans', () => {
    const plan = (asked: EngineRequest, options = {}) => finish(engine(options).plan(asked), asked, options)

    test('of a new product: a change set, which is what is executed', async () => {
      const asked = request(template())
      const { ended } = await plan(asked)
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
      if (ended.state !== 'succeeded') return
      assert.deepEqual(
        ended.changes?.map(({ Action, LogicalResourceId, ResourceType }) => [Action, LogicalResourceId, ResourceType]),
        [
          ['ADD', 'One', 'Test::Thing'],
          ['ADD', 'Two', 'Test::Thing'],
        ],
      )
      assert.equal(cloud.stack(nameOf(asked))!.status, 'REVIEW_IN_PROGRESS')
      const created = cloud.called('CreateStack')
      const executed = await perform({ ...asked, token: 'execute-new', planned: ended.planned })
      assert.equal(executed.ended.state, 'succeeded', JSON.stringify(executed.ended))
      assert.equal(cloud.called('CreateStack'), created)
      assert.equal(cloud.stack(nameOf(asked))!.status, 'CREATE_COMPLETE')
    })

    test('of an update: the changes in Service Catalog’s words', async () => {
      const before = await provisioned()
      const { previousOutputs } = before
      const asked = then(before, { parameters: { Value: 'two' }, previousOutputs })
      const { ended } = await plan(asked)
      if (ended.state !== 'succeeded') assert.fail(JSON.stringify(ended))
      assert.deepEqual(ended.changes?.[0], {
        Action: 'MODIFY',
        LogicalResourceId: 'One',
        PhysicalResourceId: `${nameOf(before)}-One`,
        ResourceType: 'Test::Thing',
        Replacement: 'CONDITIONAL',
        Scope: ['PROPERTIES'],
        Details: [
          {
            Target: { Attribute: 'PROPERTIES', Name: 'Value', RequiresRecreation: 'NEVER' },
            Evaluation: 'STATIC',
            CausingEntity: 'Value',
          },
        ],
      })
      // Executed, the stack shows its old status for a look: that is not the end.
      const executed = await perform({ ...asked, token: 'execute-update', planned: ended.planned })
      assert.deepEqual(executed.ended.state === 'succeeded' && executed.ended.outputs[1]?.OutputValue, 'two')
    })

    test('that change nothing fail with CloudFormation’s words and leave nothing', async () => {
      const before = await provisioned()
      const asked = then(before, { previousOutputs: before.previousOutputs })
      const deleted = cloud.called('DeleteChangeSet')
      assertFailed((await plan(asked)).ended, /didn't contain changes/)
      assert.equal(cloud.called('DeleteChangeSet'), deleted + 1)
      const { ended } = await plan({ ...asked, recordId: 'plan-other' }, { unchangedUpdates: 'succeed' })
      assert.deepEqual(ended, { state: 'succeeded', outputs: [], changes: [] })
    })

    test('that are discarded take their change set along, and the stack that was only planned', async () => {
      const asked = request(template())
      const { ended } = await plan(asked)
      if (ended.state !== 'succeeded') assert.fail(JSON.stringify(ended))
      await engine().discardPlan({ ...asked, planned: ended.planned })
      assert.equal(await stackAfterALook(asked), 'DELETE_COMPLETE')
      assertFailed(
        (await perform({ ...asked, token: 'late', planned: ended.planned })).ended,
        /no longer there|does not exist/,
      )
    })

    test('found again after a crash', async () => {
      const asked = request(template())
      await engine().plan(asked)
      const { ended } = await plan(asked)
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
    })
  })

  /** Deletions take a look or two. */
  async function stackAfterALook(asked: EngineRequest): Promise<string | undefined> {
    await perform({ ...asked, work: 'terminate', token: `look-${asked.token}` })
    return cloud.stack(nameOf(asked))?.status
  }

  describe('failures', () => {
    test('a rollback is told while it goes on, and its reasons when it has ended', async () => {
      const resources = {
        Good: thing(),
        Bad: thing({ Fail: "The subnet ID 'subnet-x' does not exist" }),
        Late: thing(),
      }
      const asked = request(template(resources))
      const { ended, looks } = await perform(asked)
      const failed = assertFailed(
        ended,
        /ended as ROLLBACK_COMPLETE: Test::Thing Bad: The subnet ID 'subnet-x' does not exist$/,
      )
      assert.deepEqual(failed.errors, [
        {
          Code: 'CREATE_FAILED',
          Description: "CloudFormation: Test::Thing Bad: The subnet ID 'subnet-x' does not exist",
        },
      ])
      assert.equal(failed.remediated, true)
      assert.match(failed.outputs![0]!.OutputValue!, /:stack\//)
      assert.ok(looks.some(look => look.state === 'running' && look.inError))
      assert.ok(looks.some(look => look.state === 'running' && !look.inError))

      // The product is in ERROR, and an update makes it: what is left goes first.
      const mended = await perform(then(asked, { previousOutputs: failed.outputs }, template()))
      assert.equal(mended.ended.state, 'succeeded', JSON.stringify(mended.ended))
      assert.deepEqual(cloud.stack(nameOf(asked))!.resources, ['One', 'Two'])
    })

    test('a failed update that is rolled back leaves things as they were', async () => {
      const before = await provisioned()
      const bad = template({ One: thing({ FailUpdate: 'Quota exceeded' }) })
      const { ended, looks } = await perform(then(before, { previousOutputs: before.previousOutputs }, bad))
      const failed = assertFailed(ended, /ended as UPDATE_ROLLBACK_COMPLETE: Test::Thing One: Quota exceeded$/)
      assert.deepEqual([failed.remediated, failed.broken, failed.outputs], [true, false, undefined])
      assert.ok(looks.some(look => look.state === 'running' && look.inError))
    })

    test('a rollback that fails leaves something broken, which can be updated nevertheless', async () => {
      const before = await provisioned()
      const { previousOutputs } = before
      const bad = template({ One: thing({ FailUpdate: 'Quota exceeded', FailRollback: 'Gone' }), Two: thing() })
      const failed = assertFailed(
        (await perform(then(before, { previousOutputs }, bad))).ended,
        /ended as UPDATE_ROLLBACK_FAILED: Test::Thing One: Quota exceeded; Test::Thing One: Gone$/,
      )
      assert.equal(failed.broken, true)
      const mended = await perform(then(before, { previousOutputs, parameters: { Value: 'two' } }))
      assert.equal(mended.ended.state, 'succeeded', JSON.stringify(mended.ended))
      assert.equal(cloud.called('ContinueUpdateRollback'), 1)
    })

    test('a deletion that fails says which resource stays', async () => {
      const before = await provisioned(
        template({ Stays: thing({ FailDelete: 'The bucket is not empty' }), Goes: thing() }),
      )
      const asked = then(before, { work: 'terminate', previousOutputs: before.previousOutputs })
      const failed = assertFailed(
        (await perform(asked)).ended,
        /DELETE_FAILED: Test::Thing Stays: The bucket is not empty$/,
      )
      assert.deepEqual(failed.resources, [
        { type: 'Test::Thing', physicalId: `${nameOf(before)}-Stays`, logicalId: 'Stays' },
      ])
      // Once more, it is asked for once more.
      assertFailed((await perform({ ...asked, token: 'again-2' })).ended, /The bucket is not empty/)
    })

    test('a refusal is told in CloudFormation’s words', async () => {
      cloud.fault('CreateStack', errorAnswer('ValidationError', 'Parameters: [KeyName] must have values'))
      assertFailed(
        (await perform(request(template()))).ended,
        /^CloudFormation CreateStack failed: ValidationError: Parameters: \[KeyName\] must have values$/,
      )
    })

    test('a refusal that comes when the stack is there already leaves nothing of it', async () => {
      cloud.fault('CreateStack', {
        ...errorAnswer('InvalidSubnetID.NotFound', 'The subnet does not exist'),
        after: true,
      })
      const asked = request(template())
      const { ended, looks } = await perform(asked)
      assertFailed(ended, /^CloudFormation CreateStack failed: InvalidSubnetID\.NotFound: The subnet does not exist$/)
      assert.ok(looks.every(look => look.state === 'running' && look.inError))
      assert.equal(cloud.stack(nameOf(asked))!.status, 'DELETE_COMPLETE')
    })

    test('a launch role that is refused', async () => {
      const launchRoleArn = 'arn:aws:iam::123456789012:role/Refused'
      assertFailed(
        (await perform(request(template(), { launchRoleArn }))).ended,
        /^STS AssumeRole failed: AccessDenied: .*role\/Refused$/,
      )
    })

    const passing: readonly [name: string, answer: { status: number; body: string }][] = [
      ['throttling', errorAnswer('Throttling', 'Rate exceeded')],
      [
        'a page of HTML',
        { status: 500, body: '<html><head><title>500</title></head><body><h1>Oops</h1></body></html>' },
      ],
      ['an answer that is empty', { status: 503, body: '' }],
    ]
    for (const [name, answer] of passing) {
      test(`passes: ${name}`, async () => {
        cloud.fault('DescribeStacks', answer, 2)
        const asked = request(template())
        const { ended } = await perform(asked)
        assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
      })
    }

    test('an endpoint that never gets well is given up, saying what it said', async () => {
      const asked = request(template())
      const started = await engine().start(asked)
      cloud.fault(
        'DescribeStacks',
        { status: 500, body: '<html><body><h1>Internal Server Error</h1></body></html>' },
        60,
      )
      const { ended } = await finish(Promise.resolve(started), asked, { mostFailures: 2 })
      cloud.heal()
      const failed = assertFailed(
        ended,
        /^CloudFormation DescribeStacks failed: the answer is not one of the service.* \(HTTP status 500\); given up after 3 attempts$/,
      )
      assert.doesNotMatch(failed.message, /[<>]/)
    })

    test('nobody at the endpoint', async () => {
      const asked = request(template())
      const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
      const options = { aws: createAws({ env, now: Date.now }), mostFailures: 1 }
      assertFailed(
        (await perform({ ...asked, launchRoleArn: undefined }, options)).ended,
        /did not get an answer: .*given up/,
      )
    })
  })

  describe('templates', () => {
    const bad: readonly [name: string, content: unknown, reason: RegExp][] = [
      ['not there', undefined, /cannot be fetched: HTTP status 404/],
      ['HTML', '<!DOCTYPE html><html></html>', /is not a CloudFormation template: it is HTML or XML/],
      ['prose', 'hello there', /is not a CloudFormation template: it is not a map/],
      ['binary', '\0\0\0', /it is not text/],
      ['without resources', 'Parameters: {}', /at least one Resources member must be defined/],
      ['broken YAML', 'Resources:\n  a: [1', /is not a CloudFormation template: .* at line 2/],
      ['twice the same key', 'Resources: {A: {Type: x}}\nResources: {}', /Map keys must be unique/],
      ['a parameter without a type', 'Parameters: {P: {}}\nResources: {A: {Type: x}}', /parameter P has no Type/],
      ['10 MB', `Resources: {A: {Type: x}}\n${'#'.repeat(10_000_000)}`, /larger than 1048576 bytes/],
      [
        'a bomb',
        'a: &a [x,x]\nb: &b [*a,*a]\nResources: {A: *b}',
        /YAML aliases are not allowed in CloudFormation templates/,
      ],
      ['deep', `Resources: ${'['.repeat(200_000)}`, /nests more than 500 levels deep/],
      ['tag upon tag', `Resources: {A: ${'!Sub '.repeat(100_000)}}`, /nests more than 500 levels deep/],
      ['full of tags', `Resources: {A: [${'!Sub a, '.repeat(100_000)}]}`, /more than 10000 functions/],
      [
        '60 KB and no bucket',
        `Resources: {A: {Type: x}}\n${'#'.repeat(60_000)}`,
        /60026 bytes.*configure artifacts\.bucket/,
      ],
    ]
    for (const [name, content, reason] of bad) {
      test(`that cannot be used fail the record and say why: ${name}`, async () => {
        const asked = request(content)
        if (content === undefined) templates.delete(asked.artifact.path)
        const failed = assertFailed((await perform(asked)).ended, reason)
        assert.ok(failed.message.includes(asked.artifact.path), failed.message)
        assert.equal(cloud.stack(nameOf(asked)), undefined)
      })
    }

    test('in YAML with short forms give their parameters', async () => {
      const content = `AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/ami
  Size: {Type: Number, Default: 3, MinValue: 1, MaxValue: 5, AllowedValues: [1, 3, 5], ConstraintDescription: odd}
  Names: {Type: CommaDelimitedList, Default: 'a,b'}
  Password: {Type: String, NoEcho: 'true', MinLength: 8, AllowedPattern: '[a-z]+', Default: changeme}
Resources:
  A:
    Type: Test::Thing
    Properties: {Name: !Sub '\${AWS::StackName}-a', Other: !GetAtt B.Endpoint.Address, List: !Join [',', [!Ref Size]]}
`
      const { artifact } = request(content)
      assert.deepEqual(await engine().parameters(artifact), [
        {
          ParameterKey: 'Image',
          DefaultValue: '/aws/service/ami',
          ParameterType: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
          IsNoEcho: false,
          Description: undefined,
          ParameterConstraints: none,
        },
        {
          ParameterKey: 'Size',
          DefaultValue: '3',
          ParameterType: 'Number',
          IsNoEcho: false,
          Description: undefined,
          ParameterConstraints: {
            ...none,
            AllowedValues: ['1', '3', '5'],
            ConstraintDescription: 'odd',
            MaxValue: '5',
            MinValue: '1',
          },
        },
        {
          ParameterKey: 'Names',
          DefaultValue: 'a,b',
          ParameterType: 'CommaDelimitedList',
          IsNoEcho: false,
          Description: undefined,
          ParameterConstraints: none,
        },
        {
          ParameterKey: 'Password',
          DefaultValue: '****',
          ParameterType: 'String',
          IsNoEcho: true,
          Description: undefined,
          ParameterConstraints: { ...none, AllowedPattern: '[a-z]+', MinLength: '8' },
        },
      ])
    })

    test('that are too large to be sent go by their URL, or by the bucket’s', async () => {
      const content = { ...template(), Metadata: 'x'.repeat(60_000) }
      const published: number[] = []
      const publish = async (bytes: Uint8Array) => {
        published.push(bytes.length)
        return 'https://bucket.s3.us-east-1.amazonaws.com/t'
      }
      cloud.fault('CreateStack', errorAnswer('ValidationError', 'seen'), 2)
      await perform(request(content), { publish })
      const sent = () => cloud.calls.findLast(({ operation }) => operation === 'CreateStack')!.parameters
      assert.deepEqual(
        [sent()['TemplateURL'], sent()['TemplateBody']],
        ['https://bucket.s3.us-east-1.amazonaws.com/t', undefined],
      )
      assert.equal(published.length, 1)
      const asked = request(content)
      templates.set('s3://mine/dir/t.json', content)
      await perform({ ...asked, artifact: { ...asked.artifact, path: 's3://mine/dir/t.json' } })
      assert.equal(sent()['TemplateURL'], 'https://mine.s3.us-east-1.amazonaws.com/dir/t.json')
    })

    test('may be taken from a running stack', async () => {
      const arn = cloud.make('by-hand', template())
      const asked = request('')
      const artifact = { ...asked.artifact, path: arn }
      assert.deepEqual(
        (await engine().parameters(artifact)).map(({ ParameterKey }) => ParameterKey),
        ['Value', 'Secret'],
      )
      const { ended } = await perform({ ...asked, artifact })
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
    })
  })

  describe('imports', () => {
    const yaml = `Outputs: {Value: {Value: !Ref Value}}
Resources: {Two: {Type: Test::Thing, Properties: {}}, One: {Type: Test::Thing, Properties: {}}}
Parameters:
  Secret: {Type: String, NoEcho: 'true', Default: x}
  Value: {Type: String, Default: one}
`
    const asked = (physicalId: string) => request(yaml, { physicalId })

    test('a stack whose template means the same is taken over with what it has', async () => {
      const arn = cloud.make('mine', template(), 'UPDATE_ROLLBACK_COMPLETE', { Value: 'two', Secret: '****' })
      assert.deepEqual(await engine().import(asked(arn)), {
        outputs: [
          {
            OutputKey: 'CloudformationStackARN',
            OutputValue: arn,
            Description: 'The ARN of the launched Cloudformation Stack',
          },
          { OutputKey: 'Value', OutputValue: 'two', Description: undefined },
        ],
        resources: [
          { type: 'Test::Thing', physicalId: 'mine-One', logicalId: 'One' },
          { type: 'Test::Thing', physicalId: 'mine-Two', logicalId: 'Two' },
        ],
        parameters: { Value: 'two', Secret: '****' },
      })
    })

    test('what cannot be taken over is refused with the reason', async () => {
      const failed = cloud.make('failed', template(), 'ROLLBACK_COMPLETE')
      await assert.rejects(engine().import(asked(failed)), {
        reason: 'InvalidState',
        message: /is in status ROLLBACK_COMPLETE/,
      })
      const other = cloud.make('other', template({ One: thing() }))
      await assert.rejects(engine().import(asked(other)), { reason: 'InvalidParameters', message: /is not that of/ })
      const none = other.replace('/other/', '/none/')
      await assert.rejects(engine().import(asked(none)), { reason: 'NotFound', message: /does not exist in account/ })
      cloud.fault('DescribeStacks', errorAnswer('AccessDenied', 'not for you', 403))
      await assert.rejects(engine().import(asked(other)), {
        reason: 'InvalidParameters',
        message: /AccessDenied: not for you/,
      })
    })
  })

  describe('crashes', () => {
    test('started again, a stack is not created twice', async () => {
      const asked = request(template())
      await engine().start(asked)
      const created = cloud.called('CreateStack')
      const { ended } = await perform(asked)
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
      assert.equal(cloud.called('CreateStack'), created)
    })

    test('an answer that was lost is looked for', async () => {
      cloud.fault('CreateStack', { status: 500, body: '', after: true })
      const asked = request(template())
      const { ended } = await perform(asked)
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended))
    })

    test('started again, an update goes on that had begun, also when it has ended', async () => {
      const before = await provisioned()
      const asked = then(before, { parameters: { Value: 'two' }, previousOutputs: before.previousOutputs })
      await engine().start(asked)
      const updated = cloud.called('UpdateStack')
      assert.equal((await perform(asked)).ended.state, 'succeeded')
      assert.equal((await perform(asked)).ended.state, 'succeeded')
      assert.equal(cloud.called('UpdateStack'), updated)
    })

    test('cancelled, a stack that is being made is deleted', async () => {
      const asked = request(template())
      const started = await engine().start(asked)
      assert.equal(started.state, 'running')
      if (started.state === 'running') await engine().cancel(started.handle)
      const terminate = then(asked, { work: 'terminate' })
      assert.equal((await perform(terminate)).ended.state, 'succeeded')
      assert.equal(cloud.stack(nameOf(asked))!.status, 'DELETE_COMPLETE')
    })
  })
})

const none = {
  AllowedValues: undefined,
  AllowedPattern: undefined,
  ConstraintDescription: undefined,
  MaxLength: undefined,
  MinLength: undefined,
  MaxValue: undefined,
  MinValue: undefined,
}
