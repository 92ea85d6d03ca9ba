import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testCaller, testDocument, testKit } from '../testing.ts'

const documentOf = (text: string) => ({ Content: text, DocumentFormat: 'YAML' }) as const
const role = 'arn:aws:iam::111122223333:role/Operator'
const withRole = testDocument.replace(
  'parameters:\n',
  "assumeRole: '{{ AutomationAssumeRole }}'\nparameters:\n  AutomationAssumeRole:\n    type: String\n    default: ''\n",
)
const given = { InstanceId: ['i-1'] }

async function kitWith(t: Parameters<typeof testKit>[0], content = testDocument) {
  const kit = testKit(t)
  await kit.documents('CreateDocument', { Name: 'Resize', ...documentOf(content), TargetType: '/AWS::EC2::Instance' })
  const start = (more: object = {}, caller = kit.admin) =>
    kit.documents('StartAutomationExecution', { DocumentName: 'Resize', Parameters: given, ...more }, caller)
  return { ...kit, start }
}

describe('validation', () => {
  test('what cannot be started is refused in AWS’s words', async t => {
    const { start } = await kitWith(t, withRole)
    const parameters = 'InvalidAutomationExecutionParametersException'
    const targets = [{ Key: 'ParameterValues', Values: ['a'] }]
    const rows: [more: object, code: string, text: RegExp][] = [
      [{ DocumentName: 'None' }, 'AutomationDefinitionNotFoundException', /Document with name None does not exist/],
      [{ DocumentVersion: '9' }, 'AutomationDefinitionVersionNotFoundException', /no version 9/],
      [{ Parameters: {} }, parameters, /^Missing required parameter: InstanceId in user inputs\.$/],
      [{ Parameters: { ...given, X: ['1'] } }, parameters, /^Undefined execution inputs: \[X\]$/],
      [
        { Parameters: { ...given, AutomationAssumeRole: ['Operator'] } },
        parameters,
        /^The format of the supplied assume role ARN isn't valid\.$/,
      ],
      [{ MaxErrors: '1' }, parameters, /need targets/],
      [{ TargetLocationsURL: 'https://x' }, parameters, /not supported/],
      [{ AlarmConfiguration: { Alarms: [{ Name: 'a' }] } }, parameters, /not supported/],
      [{ Targets: targets }, 'InvalidTarget', /need TargetParameterName/],
      [{ TargetParameterName: 'InstanceId' }, 'InvalidTarget', /needs Targets/],
      [{ Targets: targets, TargetMaps: [{ InstanceId: ['a'] }] }, 'InvalidTarget', /cannot be given together/],
      [{ TargetParameterName: 'InstanceId', Targets: [{ Key: 'Names', Values: ['a'] }] }, 'InvalidTarget', /not known/],
      [{ TargetParameterName: 'InstanceId', Targets: targets }, parameters, /cannot be given besides/],
      [{ TargetParameterName: 'Nothing', Targets: targets }, parameters, /no parameter Nothing/],
      [
        { TargetParameterName: 'InstanceId', Targets: targets, Parameters: {}, Mode: 'Interactive' },
        parameters,
        /mode Auto only/,
      ],
      [{ TargetLocations: [{ Accounts: ['999999999999'], Regions: ['eu-west-1'] }] }, 'InvalidTarget', /has no role/],
      [{ TargetLocations: [{ Accounts: ['ou-abcd-11111111'] }] }, 'InvalidTarget', /no account/],
      [{ TargetLocations: [{ Regions: ['moon'] }] }, 'InvalidTarget', /moon is no region/],
    ]
    for (const [more, code, message] of rows) await assert.rejects(start(more), { code, message }, JSON.stringify(more))
  })

  test('a role is handed over only by who may pass it', async t => {
    const { start, alice, services } = await kitWith(t, withRole)
    const Parameters = { ...given, AutomationAssumeRole: [role] }
    await assert.rejects(start({ Parameters }, alice), { code: 'AccessDeniedException' })
    const { AutomationExecutionId: id } = await start({ Parameters })
    assert.equal((await services.storage.executions.get(id!))?.roleArn, role)
    const { AutomationExecutionId: own } = await start({}, alice)
    assert.equal((await services.storage.executions.get(own!))?.roleArn, undefined)
  })

  test('filters and tokens that are not right are refused', async t => {
    const { documents, start } = await kitWith(t)
    const { AutomationExecutionId } = await start()
    const list = (Filters: object[]) => documents('DescribeAutomationExecutions', { Filters: Filters as never })
    for (const [filters, code] of [
      [[{ Key: 'ExecutionStatus', Values: ['Done'] }], 'InvalidFilterValue'],
      [[{ Key: 'AutomationType', Values: ['Global'] }], 'InvalidFilterValue'],
      [[{ Key: 'StartTimeBefore', Values: ['soon'] }], 'InvalidFilterValue'],
      [
        [
          { Key: 'ExecutionId', Values: ['a'] },
          { Key: 'ExecutionId', Values: ['b'] },
        ],
        'InvalidFilterKey',
      ],
    ] as const) {
      await assert.rejects(list(filters as never), { code })
    }
    await assert.rejects(documents('DescribeAutomationExecutions', { NextToken: 'x' }), { code: 'InvalidNextToken' })
    const steps = (more: object) =>
      documents('DescribeAutomationStepExecutions', { AutomationExecutionId: AutomationExecutionId!, ...more })
    await assert.rejects(steps({ NextToken: 'x' }), { code: 'InvalidNextToken' })
    await assert.rejects(steps({ Filters: [{ Key: 'StartTimeAfter', Values: ['soon'] }] }), {
      code: 'InvalidFilterValue',
    })
  })
})

describe('functionality', () => {
  test('the same token starts one execution; with another input it is refused', async t => {
    const { start } = await kitWith(t)
    const ClientToken = '11111111-2222-4333-8444-555555555555'
    const first = await start({ ClientToken })
    assert.deepEqual(await start({ ClientToken }), first)
    await assert.rejects(start({ ClientToken, Parameters: { InstanceId: ['i-2'] } }), {
      code: 'IdempotentParameterMismatch',
    })
  })

  test('executions are listed by every filter, a page at a time, and only one’s own to who may not see all', async t => {
    const { documents, start, alice, admin, clock, services } = await kitWith(t)
    await documents('CreateDocument', { Name: 'Other', ...documentOf(testDocument) })
    const ids: string[] = []
    for (const [more, caller] of [
      [{ Tags: [{ Key: 'team', Value: 'blue' }] }, admin],
      [{ DocumentName: 'Other' }, alice],
      [
        { Parameters: {}, TargetParameterName: 'InstanceId', Targets: [{ Key: 'ResourceGroup', Values: ['web'] }] },
        admin,
      ],
      [{ TargetLocations: [{ Regions: ['eu-west-1'] }] }, admin],
    ] as const) {
      ids.push((await start(more, caller)).AutomationExecutionId!)
      clock.advance(1000)
    }
    const found = async (filters: readonly object[], caller = admin) => {
      const answer = await documents('DescribeAutomationExecutions', { Filters: filters as never }, caller)
      return answer.AutomationExecutionMetadataList!.map(each => ids.indexOf(each.AutomationExecutionId!))
    }
    const by = (Key: string, ...Values: string[]) => found([{ Key, Values }])
    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
    assert.deepEqual(await found([]), [3, 2, 1, 0])
    assert.deepEqual(await found([], alice), [1])
    assert.deepEqual(await by('DocumentNamePrefix', 'Oth'), [1])
    assert.deepEqual(await by('DocumentNamePrefix', 'oth', 'Re'), [3, 2, 0])
    assert.deepEqual(await by('ExecutionStatus', 'Pending'), [3, 2, 1, 0])
    assert.deepEqual(await by('ExecutionStatus', 'Success'), [])
    assert.deepEqual(await by('ExecutionId', ids[2]!), [2])
    assert.deepEqual(await by('ParentExecutionId', ids[2]!), [])
    assert.deepEqual(await by('CurrentAction', 'aws:sleep'), [])
    assert.deepEqual(await by('StartTimeBefore', at(1)), [0])
    assert.deepEqual(await by('StartTimeAfter', at(1)), [3, 2])
    assert.deepEqual(await by('AutomationType', 'CrossAccount'), [3])
    assert.deepEqual(await by('TagKey', 'team'), [0])
    assert.deepEqual(await by('TargetResourceGroup', 'web'), [2])
    assert.deepEqual(await by('AutomationSubtype', 'ChangeRequest'), [])
    assert.deepEqual(await by('OpsItemId', 'oi-1'), [])
    const both = [
      { Key: 'DocumentNamePrefix', Values: ['Resize'] },
      { Key: 'AutomationType', Values: ['Local'] },
    ]
    assert.deepEqual(await found(both), [2, 0])
    // Two of alice's own to a page, although others' lie between them.
    for (let i = 0; i < 6; i++) {
      clock.advance(1000)
      ids.push((await start({}, i % 2 ? alice : admin)).AutomationExecutionId!)
    }
    const pages: number[][] = []
    let NextToken: string | undefined
    do {
      const input = { MaxResults: 2, ...(NextToken && { NextToken }) }
      const answer = await documents('DescribeAutomationExecutions', input, alice)
      pages.push(answer.AutomationExecutionMetadataList!.map(each => ids.indexOf(each.AutomationExecutionId!)))
      NextToken = answer.NextToken
    } while (NextToken)
    assert.deepEqual(pages, [
      [9, 7],
      [5, 1],
    ])
    assert.ok(services)
  })

  test('an execution shows what it was started with', async t => {
    const { documents, start } = await kitWith(t)
    const Targets = [{ Key: 'ParameterValues', Values: ['i-1', 'i-2'] }]
    const { AutomationExecutionId: id } = await start({
      Parameters: { Size: ['large'] },
      TargetParameterName: 'InstanceId',
      Targets,
      MaxConcurrency: '50%',
      MaxErrors: '0',
    })
    const { AutomationExecution: shown } = await documents('GetAutomationExecution', { AutomationExecutionId: id! })
    assert.equal(shown?.Mode, 'Auto')
    assert.deepEqual(shown?.Targets, Targets)
    assert.deepEqual([shown?.TargetParameterName, shown?.MaxConcurrency, shown?.MaxErrors], ['InstanceId', '50%', '0'])
    const plain = await start({ Mode: 'Interactive' })
    const other = await documents('GetAutomationExecution', { AutomationExecutionId: plain.AutomationExecutionId! })
    assert.equal(other.AutomationExecution?.Mode, 'Interactive')
    assert.deepEqual(other.AutomationExecution?.StepExecutions?.[0]?.ValidNextSteps, [])
  })

  test('signals are refused where nothing waits for them', async t => {
    const { documents, start } = await kitWith(t)
    const AutomationExecutionId = (await start({ Mode: 'Interactive' })).AutomationExecutionId!
    const signal = (SignalType: string, Payload?: object) =>
      documents('SendAutomationSignal', { AutomationExecutionId, SignalType, Payload } as never)
    const invalid = { code: 'InvalidAutomationSignalException' }
    for (const type of ['Approve', 'Reject', 'Resume', 'Revoke', 'StartStep', 'StopStep']) {
      await assert.rejects(signal(type), invalid, type)
    }
    await assert.rejects(signal('StartStep', { StepName: ['none'] }), { code: 'AutomationStepNotFoundException' })
    await assert.rejects(signal('StopStep', { StepExecutionId: ['none'] }), { code: 'AutomationStepNotFoundException' })
    const stranger = testCaller('user/eve', true, '999999999999')
    await assert.rejects(documents('SendAutomationSignal', { AutomationExecutionId, SignalType: 'Resume' }, stranger), {
      code: 'AutomationExecutionNotFoundException',
    })
  })
})
