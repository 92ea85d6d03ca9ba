import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Io, run } from '../../src/cli/main.ts'
import { capture, type Ran } from './io.ts'
import { type SeenRequest, Stub, type StubAnswer } from './stub.ts'

const env = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-west-1',
  HOME: '/nonexistent',
}

/** A clock that moves when somebody sleeps. */
function clock(): Pick<Io, 'now' | 'sleep'> & { readonly slept: number[] } {
  let at = Date.parse('2026-12-01T00:00:00Z')
  const slept: number[] = []
  return {
    slept,
    now: () => new Date(at),
    sleep: async milliseconds => {
      slept.push(milliseconds)
      at += milliseconds
    },
  }
}

interface Called extends Ran {
  readonly requests: readonly SeenRequest[]
  readonly operations: readonly string[]
  readonly slept: readonly number[]
}

async function call(argv: readonly string[], answers: readonly StubAnswer[], extra: Partial<Io> = {}): Promise<Called> {
  const stub = new Stub(answers)
  const url = `http://127.0.0.1:${await stub.listen()}`
  const { slept, ...time } = clock()
  try {
    const ran = await capture(io => run([...argv, '--endpoint-url', url], io), {
      program: 'bellhop',
      env: { ...env, AWS_MAX_ATTEMPTS: '1' },
      ...time,
      ...extra,
    })
    const operations = stub.requests.map(({ target }) => String(target).split('.')[1]!)
    return { ...ran, requests: stub.requests, operations, slept }
  } finally {
    await stub.close()
  }
}

const EXECUTION = '11111111-2222-3333-4444-555555555555'
const body = (value: object) => ({ body: JSON.stringify(value) })
const record = (Status: string, extra: object = {}, outputs: object[] = []) =>
  body({ RecordDetail: { RecordId: 'rec-1', Status, ...extra }, RecordOutputs: outputs })
const execution = [{ OutputKey: 'AutomationExecutionId', OutputValue: EXECUTION }]
const steps = (...states: [name: string, status: string, message?: string][]) =>
  body({
    StepExecutions: states.map(([StepName, StepStatus, FailureMessage]) => ({
      StepExecutionId: `id-${StepName}`,
      StepName,
      Action: 'aws:executeScript',
      StepStatus,
      FailureMessage,
    })),
  })

const EXECUTE = [
  'servicecatalog',
  'execute-provisioned-product-service-action',
  '--provisioned-product-id=pp-1',
  '--service-action-id=act-1',
]

describe('--wait', () => {
  test('follows the record and its steps, and prints the record as it ended', async () => {
    const ran = await call(
      [...EXECUTE, '--wait', '--query', 'RecordDetail.Status'],
      [
        body({ RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' } }),
        record('CREATED'),
        record('IN_PROGRESS', {}, execution),
        steps(['Stop', 'InProgress'], ['Start', 'Pending']),
        record('SUCCEEDED', {}, execution),
        steps(['Stop', 'Success'], ['Start', 'Success']),
      ],
    )
    assert.deepEqual([ran.exit, ran.stdout], [0, '"SUCCEEDED"\n'])
    assert.equal(
      ran.stderr,
      'rec-1: CREATED\nrec-1: IN_PROGRESS\nrec-1: step Stop (aws:executeScript) InProgress\n' +
        'rec-1: step Stop (aws:executeScript) Success\nrec-1: step Start (aws:executeScript) Success\nrec-1: SUCCEEDED\n',
    )
    assert.deepEqual(ran.operations, [
      'ExecuteProvisionedProductServiceAction',
      'DescribeRecord',
      'DescribeRecord',
      'DescribeAutomationStepExecutions',
      'DescribeRecord',
      'DescribeAutomationStepExecutions',
    ])
    assert.deepEqual(ran.requests[3]!['body'], { AutomationExecutionId: EXECUTION })
    assert.deepEqual(ran.slept, [500, 750])
  })

  test('ends with 5 and the errors of a record that failed, which is printed all the same', async () => {
    const errors = [{ Code: 'ServiceActionFailed', Description: 'Step Stop: exit code 3' }]
    const ran = await call(
      [...EXECUTE, '--wait'],
      [
        body({ RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' } }),
        record('FAILED', { RecordErrors: errors }, execution),
        steps(['Stop', 'Failed', 'exit code 3']),
      ],
    )
    assert.equal(ran.exit, 5)
    assert.deepEqual(JSON.parse(ran.stdout), {
      RecordDetail: { RecordId: 'rec-1', Status: 'FAILED', RecordErrors: errors },
    })
    assert.equal(
      ran.stderr,
      'rec-1: step Stop (aws:executeScript) Failed: exit code 3\nrec-1: FAILED\n' +
        '\nbellhop: [ERROR]: Record rec-1 FAILED\n  ServiceActionFailed: Step Stop: exit code 3\n',
    )
  })

  test('ends with 3 when the time is up', async () => {
    const words = [...EXECUTE, '--wait', '--wait-timeout', '10', '--wait-interval', '4']
    const ran = await call(words, [body({ RecordDetail: { RecordId: 'rec-1' } }), record('IN_PROGRESS')])
    assert.equal(ran.exit, 3)
    assert.equal(JSON.parse(ran.stdout).RecordDetail.Status, 'IN_PROGRESS')
    assert.match(ran.stderr, /ERROR\]: rec-1 is still IN_PROGRESS after 10 s\./)
    assert.deepEqual(ran.slept, [4000, 4000, 2000])
  })

  test('rides out a service that is away for a while, and gives one up that stays away', async () => {
    const start = body({ RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' } })
    const away = { status: 503, body: '' }
    const back = await call([...EXECUTE, '--wait'], [start, { action: 'close' }, away, record('SUCCEEDED')])
    assert.equal(back.exit, 0)
    assert.match(
      back.stderr,
      /^rec-1: no answer \(Connection was closed before .*\); trying on\nrec-1: no answer \(.*\(503\)/,
    )
    const gone = await call([...EXECUTE, '--wait', '--wait-interval', '100'], [start, away])
    assert.equal(gone.exit, 254)
    assert.equal(JSON.parse(gone.stdout).RecordDetail.RecordId, 'rec-1')
    assert.equal(gone.slept.length, 4)
  })

  test('ends with the error of a look that is refused, after printing what was accepted', async () => {
    const denied = { status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' }
    const start = body({ RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' } })
    const ran = await call(
      [...EXECUTE, '--wait', '--output', 'text', '--query', 'RecordDetail.RecordId'],
      [start, denied],
    )
    assert.deepEqual([ran.exit, ran.stdout], [254, 'rec-1\n'])
    assert.match(ran.stderr, /\(AccessDeniedException\) when calling the DescribeRecord operation: no/)
  })

  test('goes on without steps for who may not see them', async () => {
    const denied = { status: 400, body: '{"__type":"AccessDeniedException"}' }
    const start = body({ RecordDetail: { RecordId: 'rec-1' } })
    const answers = [start, record('IN_PROGRESS', {}, execution), denied, record('SUCCEEDED', {}, execution)]
    const ran = await call([...EXECUTE, '--wait'], answers)
    assert.deepEqual([ran.exit, ran.operations.length], [0, 4])
  })

  test('is there wherever a record is answered, and nowhere else', async () => {
    const has = async (words: string[]) =>
      (await call(words, [{}])).stderr.includes('Unknown options: --wait') === false
    assert.ok(await has(['servicecatalog', 'terminate-provisioned-product', '--wait', '--wait-timeout', '-1']))
    assert.ok(
      await has([
        'servicecatalog',
        'provision-product',
        '--wait',
        '--wait-timeout',
        '-1',
        '--provisioned-product-name=a',
      ]),
    )
    assert.ok(!(await has(['servicecatalog', 'describe-record', '--id=r', '--wait'])))
    assert.ok(!(await has(['servicecatalog', 'list-portfolios', '--wait'])))
  })

  test('with a time that is none is refused before anything is sent', async () => {
    for (const value of ['-1', 'nan', 'inf']) {
      const ran = await call([...EXECUTE, '--wait', `--wait-timeout=${value}`], [{}])
      assert.deepEqual([ran.exit, ran.stdout, ran.operations], [252, '', []])
    }
  })
})

describe('wait', () => {
  test('record-succeeded prints what DescribeRecord answers', async () => {
    const ran = await call(
      ['servicecatalog', 'wait', 'record-succeeded', '--id', 'rec-1'],
      [record('SUCCEEDED', {}, [])],
    )
    assert.equal(ran.exit, 0)
    assert.deepEqual(JSON.parse(ran.stdout).RecordDetail, { RecordId: 'rec-1', Status: 'SUCCEEDED' })
    assert.equal(ran.stderr, 'rec-1: SUCCEEDED\n')
  })

  test('provisioned-product-available ends with 0 when it is, and with 5 when it is tainted or in error', async () => {
    const product = (Status: string, StatusMessage?: string) =>
      body({ ProvisionedProductDetail: { Id: 'pp-1', Name: 'web', Status, StatusMessage } })
    const words = ['servicecatalog', 'wait', 'provisioned-product-available']
    const ready = await call([...words, '--name', 'web'], [product('UNDER_CHANGE'), product('AVAILABLE')])
    assert.deepEqual([ready.exit, ready.stderr], [0, 'web: UNDER_CHANGE\nweb: AVAILABLE\n'])
    assert.deepEqual(ready.requests[0]!['body'], { Name: 'web' })
    const tainted = await call([...words, '--id', 'pp-1'], [product('TAINTED', 'left over')])
    assert.equal(tainted.exit, 5)
    assert.match(tainted.stderr, /Provisioned product pp-1 is TAINTED: left over\n$/)
    assert.equal((await call([...words, '--id', 'pp-1'], [product('ERROR')])).exit, 5)
  })

  test('refuses what it cannot wait for', async () => {
    const words = ['servicecatalog', 'wait']
    for (const [more, text] of [
      [[], 'the following arguments are required: waiter'],
      [
        ['record-suceeded'],
        "argument waiter: Found invalid choice 'record-suceeded'\n\nMaybe you meant:\n\n  * record-succeeded",
      ],
      [['record-succeeded'], 'the following arguments are required: --id'],
      [['record-succeeded', '--id', 'r', '--nmae', 'x'], 'Unknown options: --nmae, x'],
      [['provisioned-product-available'], 'Either --id or --name names the provisioned product, and not both.'],
      [['record-succeeded', '--id', ''], 'Invalid length for parameter Id, value: 0, valid min length: 1'],
    ] as const) {
      const ran = await call([...words, ...more], [{}])
      assert.deepEqual([ran.exit, ran.stdout, ran.operations], [252, '', []])
      assert.ok(ran.stderr.includes(text), ran.stderr)
    }
    const missing = { status: 400, body: '{"__type":"ResourceNotFoundException","message":"Record r not found."}' }
    assert.equal((await call([...words, 'record-succeeded', '--id', 'r'], [missing])).exit, 254)
  })
})

test('called as aws, there is nothing beyond aws', async () => {
  const asAws = { program: 'aws' }
  const wait = await call(['servicecatalog', 'wait', 'record-succeeded', '--id', 'r'], [{}], asAws)
  assert.match(wait.stderr, /^\naws: \[ERROR\]: .*argument operation: Found invalid choice 'wait'\n/)
  const option = await call([...EXECUTE, '--wait'], [{}], asAws)
  assert.match(option.stderr, /\naws: \[ERROR\]: Unknown options: --wait\n$/)
  const batch = await call(['batch'], [{}], asAws)
  assert.match(batch.stderr, /argument command: Found invalid choice 'batch'\n/)
  for (const verb of ['approve', 'executions', 'reject', 'resume', 'stop']) {
    assert.match((await call([verb, EXECUTION], [{}], asAws)).stderr, /argument command: Found invalid choice/)
  }
  for (const ran of [wait, option, batch]) assert.deepEqual([ran.exit, ran.stdout, ran.operations], [252, '', []])
})

describe('executions', () => {
  const sent = ({ requests }: Called) => requests.map(request => request.body)

  test('are approved, rejected, resumed and stopped by short verbs', async () => {
    const rows: readonly (readonly [words: readonly string[], operation: string, input: object])[] = [
      [['approve', EXECUTION], 'SendAutomationSignal', { SignalType: 'Approve' }],
      [
        ['reject', EXECUTION, '--comment', 'not today'],
        'SendAutomationSignal',
        { SignalType: 'Reject', Payload: { Comment: ['not today'] } },
      ],
      [['resume', EXECUTION], 'SendAutomationSignal', { SignalType: 'Resume' }],
      [['resume', '--start-step', EXECUTION], 'SendAutomationSignal', { SignalType: 'StartStep' }],
      [['stop', EXECUTION], 'StopAutomationExecution', { Type: 'Cancel' }],
      [['stop', EXECUTION, '--complete'], 'StopAutomationExecution', { Type: 'Complete' }],
    ]
    for (const [words, operation, input] of rows) {
      const ran = await call(words, [body({})])
      assert.deepEqual([ran.exit, ran.operations], [0, [operation]], ran.stderr)
      assert.deepEqual(sent(ran), [{ AutomationExecutionId: EXECUTION, ...input }])
      assert.match(ran.stdout, /^[A-Z][a-z ]+\.\n$/)
    }
    const none = await call(['approve'], [{}])
    assert.deepEqual([none.exit, none.operations], [252, []])
    assert.match(none.stderr, /the following arguments are required: EXECUTION/)
    assert.equal((await call(['stop', EXECUTION, '--comment', 'x'], [{}])).exit, 252)
    const refused = { status: 400, body: '{"__type":"InvalidAutomationSignalException","Message":"nothing waits"}' }
    const wrong = await call(['approve', EXECUTION], [refused])
    assert.equal(wrong.exit, 254)
    assert.match(wrong.stderr, /nothing waits/)
    assert.match((await call(['reject', 'help'], [{}])).stdout, /reject EXECUTION \[--comment TEXT\]/)
  })

  test('are listed, with what those that wait ask and how to answer', async () => {
    const metadata = {
      AutomationExecutionId: EXECUTION,
      AutomationExecutionStatus: 'Waiting',
      DocumentName: 'Restart',
      ExecutedBy: 'arn:aws:iam::123456789012:user/alice',
      CurrentStepName: 'ask',
      CurrentAction: 'aws:approve',
    }
    const list = body({ AutomationExecutionMetadataList: [metadata] })
    const waiting = (Action: string, Inputs: object) =>
      body({ StepExecutions: [{ StepName: 'ask', Action, StepStatus: 'Waiting', Inputs }] })
    const inputs = { Approvers: '["bob","carl"]', Message: '"Restart the shop?"', MinRequiredApprovals: '2' }
    const ran = await call(['executions', '--waiting'], [list, waiting('aws:approve', inputs)])
    assert.equal(ran.exit, 0, ran.stderr)
    assert.deepEqual(sent(ran)[0], { MaxResults: 20, Filters: [{ Key: 'ExecutionStatus', Values: ['Waiting'] }] })
    const [first, ...rest] = ran.stdout.split('\n')
    assert.match(first!, new RegExp(`^${EXECUTION}  Waiting +Restart .*user/alice  in step ask$`))
    assert.deepEqual(rest, [
      '    asks: Restart the shop?',
      '    approvers: bob, carl (2 needed)',
      `    answer: bellhop approve ${EXECUTION} | bellhop reject ${EXECUTION} [--comment TEXT]`,
      '',
    ])
    const paused = await call(['executions', '--waiting'], [list, waiting('aws:pause', {})])
    assert.match(paused.stdout, new RegExp(`answer: bellhop resume ${EXECUTION}\n`))
    const interactive = await call(['executions', '--waiting'], [list, body({ StepExecutions: [] })])
    assert.match(interactive.stdout, /bellhop resume \S+ --start-step/)
    const plain = await call(['executions', '--document-name', 'Re', '--limit', '2', '--output', 'json'], [list])
    assert.equal(JSON.parse(plain.stdout).AutomationExecutionMetadataList[0].DocumentName, 'Restart')
    assert.deepEqual(sent(plain), [{ MaxResults: 2, Filters: [{ Key: 'DocumentNamePrefix', Values: ['Re'] }] }])
    assert.equal(
      (await call(['executions'], [body({ AutomationExecutionMetadataList: [] })])).stdout,
      'There is none.\n',
    )
  })
})

test('health is told in lines, and as it was answered', async () => {
  const health = {
    Time: 1_767_225_600,
    Nodes: [
      {
        NodeId: 'n1',
        Status: 'UP',
        Role: 'ALL',
        Version: '1',
        Address: 'http://x',
        StartedTime: 1_767_225_600,
        LastSeenTime: 1_767_225_600,
        Answering: true,
        ExecutionsInHand: 2,
      },
    ],
    Engines: [
      {
        ProductType: 'EXTERNAL',
        Name: 'web',
        Transport: 'exec',
        BackEnd: 'engine',
        UnderWay: 1,
        OldestSeconds: 5,
        LastFailureTime: 1_767_225_600,
        LastError: 'no\nroom',
      },
    ],
    Database: { Kind: 'SQLITE', Bytes: 2 ** 21, CommitMilliseconds: 1.5, CommitP99Milliseconds: 9 },
    Backlog: { Unfinished: 3, Due: 1, OldestDueSeconds: 4 },
  }
  const ran = await call(['health'], [body(health)])
  assert.equal(ran.exit, 0, ran.stderr)
  const [database, backlog, , node, engine] = ran.stdout.split('\n')
  assert.equal(database, 'database  SQLITE  2 MiB  commits 1.5 ms (p99 9)')
  assert.equal(backlog, 'backlog   3 not ended, 1 with something to do, the oldest for 4 s')
  assert.match(node!, /^node {4}UP {4}n1 {2}ALL {2}1 {2}http:\/\/x {2}since \S+ {2}2 in hand$/)
  assert.match(
    engine!,
    /^engine {2}EXTERNAL web {2}exec engine {2}1 under way for 5 s {2}last failure \S+: "no\\nroom"$/,
  )
  const json = await call(['health', '--query', 'Backlog.Due'], [body(health)])
  assert.equal(json.stdout, '1\n')
  assert.equal((await call(['health', '--all'], [{}])).exit, 252)
})

test('a run that failed is gone on with, and shown before', async () => {
  const ran = await call(['resume-run', 'rec-1', '--step-name', 'two'], [body({ RecordDetail: { RecordId: 'rec-2' } })])
  assert.deepEqual([ran.exit, ran.operations, ran.stdout], [0, ['ResumeServiceAction'], 'Resumed as rec-2.\n'])
  const { ExecuteToken, ...sent } = ran.requests[0]!.body as Record<string, string>
  assert.deepEqual(sent, { RecordId: 'rec-1', StepName: 'two' })
  assert.match(ExecuteToken!, /^[0-9a-f-]{36}$/)
  const steps = [{ StepName: 'one', Action: 'aws:sleep', StepStatus: 'Success', Iteration: 2 }]
  const shown = await call(['resume-run', 'rec-1', '--show'], [body({ StepName: 'two', TakenSteps: steps })])
  assert.deepEqual(shown.operations, ['DescribeResumePoint'])
  assert.equal(shown.stdout, 'It would go on from step two. Taken over:\n    one (aws:sleep), pass 2: Success\n')
  const refused = { status: 400, body: '{"__type":"InvalidStateException","Message":"its document is another"}' }
  const wrong = await call(['resume-run', 'rec-1'], [refused])
  assert.equal(wrong.exit, 254)
  assert.match(wrong.stderr, /its document is another/)
  assert.match((await call(['resume-run', 'help'], [{}])).stdout, /resume-run RECORD/)
  assert.equal((await call(['resume-run'], [{}])).exit, 252)
})

describe('activity', () => {
  const told = {
    Id: 'rec-1',
    Kind: 'RECORD',
    Type: 'PROVISION_PRODUCT',
    Time: 1_767_225_600,
    Principal: 'arn:aws:iam::123456789012:user/alice',
    Status: 'FAILED',
    RecordId: 'rec-1',
    ProvisionedProductName: 'shop',
    ErrorMessage: 'No\nroom',
  }
  const approval = {
    Id: 'x',
    Kind: 'INTERVENTION',
    Type: 'APPROVE',
    Time: 1_767_225_600,
    Principal: 'arn:aws:iam::123456789012:user/bob',
    AutomationExecutionId: EXECUTION,
    DocumentName: 'Restart',
    StepName: 'ask',
    Comment: 'Fine',
  }

  test('is asked for until there is enough of it, and told in lines', async () => {
    const ran = await call(
      ['activity', '--principal', told.Principal, '--from', '2026-01-01', '--limit', '3'],
      [body({ Activities: [told], NextPageToken: 'more' }), body({ Activities: [approval] })],
    )
    assert.equal(ran.exit, 0, ran.stderr)
    const account = { Key: 'Account', Value: 'self' }
    const asked = { AccessLevelFilter: account, Principal: told.Principal, From: 1_767_225_600 }
    assert.deepEqual(
      ran.requests.map(request => request.body),
      [
        { ...asked, PageSize: 3 },
        { ...asked, PageSize: 2, PageToken: 'more' },
      ],
    )
    const [first, second, ...rest] = ran.stdout.split('\n')
    assert.match(first!, /user\/alice {2}PROVISION_PRODUCT {2}shop {2}FAILED {2}rec-1 {2}"No\\nroom"$/)
    assert.match(second!, new RegExp(`user/bob  APPROVE Restart, step ask  ${EXECUTION}  "Fine"$`))
    assert.deepEqual(rest, [''])
  })

  test('as JSON, and where there is none', async () => {
    const json = await call(['activity', '--mine', '--query', 'Activities[].Id'], [body({ Activities: [told] })])
    assert.deepEqual(JSON.parse(json.stdout), ['rec-1'])
    assert.deepEqual(json.requests[0]!.body, { AccessLevelFilter: { Key: 'User', Value: 'self' }, PageSize: 20 })
    assert.equal((await call(['activity'], [body({ Activities: [] })])).stdout, 'There is none.\n')
    assert.match((await call(['activity', 'help'], [{}])).stdout, /Says who did what/)
    assert.equal((await call(['activity', '--until', 'x'], [{}])).exit, 252)
  })
})

describe('batch', () => {
  const batch = (lines: readonly string[], words: readonly string[] = [], answers: readonly StubAnswer[] = [{}]) =>
    call(['batch', ...words], answers, {
      stdin: {
        async *[Symbol.asyncIterator]() {
          const text = lines.join('\n')
          // In pieces that do not end where lines end.
          for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
        },
      },
    })
  const results = ({ stdout }: Ran) =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))

  test('runs words, lists and calls, and answers each in its order', async () => {
    const ran = await batch(
      [
        '# what is there',
        '',
        "bellhop servicecatalog describe-record --id 'rec 1' --query RecordDetail.Status",
        '["servicecatalog","describe-record","--id","rec-2","--output","text","--query","RecordDetail.Status"]',
        '{"operation":"DescribeRecord","input":{"Id":"rec-3","PageSize":18446744073709551616},"id":{"n":7},"options":{"region":"eu-west-2"}}',
        '{"service":"sts","operation":"get-caller-identity","options":{"output":"off"}}',
      ],
      [],
      [record('SUCCEEDED'), record('FAILED'), record('CREATED'), { body: '<r/>' }],
    )
    assert.deepEqual([ran.exit, ran.stderr], [0, ''])
    assert.deepEqual(results(ran), [
      { line: 3, exitCode: 0, output: 'SUCCEEDED' },
      { line: 4, exitCode: 0, output: 'FAILED\n' },
      {
        line: 5,
        id: { n: 7 },
        exitCode: 0,
        output: { RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' }, RecordOutputs: [] },
      },
      { line: 6, exitCode: 0, output: null },
    ])
    const [first, , third] = ran.requests
    assert.deepEqual(first!['body'], { Id: 'rec 1' })
    assert.equal((third!['auth'] as SeenRequest)['scope'], 'eu-west-2/servicecatalog/aws4_request')
  })

  test('tells what failed, goes on, and ends with the first code', async () => {
    const lines = [
      'servicecatalog list-portfolios --no-paginate',
      '{"operation":"DescribeRecord","input":{"Id":"gone"}}',
      'servicecatalog describe-record',
      '{"operation":"DescribeRecord","input":{"Id":"x"}',
      '{"operation":"DescribeRecord","inputs":{}}',
      '[1]',
      'batch',
      '--version',
    ]
    const missing = { status: 400, body: '{"__type":"ResourceNotFoundException","message":"No such record."}' }
    const ran = await batch(lines, [], [{}, missing])
    assert.equal(ran.exit, 254)
    const all = results(ran)
    assert.deepEqual(
      all.map(({ line, exitCode }) => [line, exitCode]),
      [
        [1, 0],
        [2, 254],
        [3, 252],
        [4, 252],
        [5, 252],
        [6, 252],
        [7, 252],
        [8, 0],
      ],
    )
    assert.deepEqual(all[1].error, { code: 'ResourceNotFoundException', message: 'No such record.' })
    assert.deepEqual(all[2].error, {
      code: 'ParamValidation',
      message: 'the following arguments are required: --id',
    })
    assert.match(all[3].error.message, /^The line is not JSON: /)
    assert.match(all[7].output, /^bellhop\//)
  })

  test('--stop-on-error starts no more', async () => {
    const lines = ['servicecatalog describe-record', 'servicecatalog list-portfolios --no-paginate']
    const ran = await batch(lines, ['--stop-on-error'])
    assert.deepEqual([ran.exit, results(ran).length, ran.operations], [252, 1, []])
  })

  test('keeps its connection, and the order when several run at once', async () => {
    const ports = new Set<unknown>()
    const { createServer } = await import('node:http')
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort)
      let text = ''
      request.on('data', chunk => {
        text += chunk
      })
      request.on('end', () => {
        const { Id } = JSON.parse(text)
        const answer = () => response.end(JSON.stringify({ RecordDetail: { RecordId: Id } }))
        // The first answers come last.
        if (Id.endsWith('0')) setImmediate(() => setImmediate(answer))
        else answer()
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const lines = Array.from(
      { length: 40 },
      (_, i) => `servicecatalog describe-record --id r${i} --query RecordDetail.RecordId`,
    )
    const runWith = (jobs: string) =>
      capture(io => run(['batch', '--jobs', jobs, '--endpoint-url', `http://127.0.0.1:${port}`], io), {
        program: 'bellhop',
        env,
        stdin: {
          async *[Symbol.asyncIterator]() {
            yield lines.join('\n')
          },
        },
      })
    try {
      for (const jobs of ['1', '4']) {
        ports.clear()
        const ran = await runWith(jobs)
        assert.equal(ran.exit, 0)
        assert.deepEqual(
          results(ran).map(({ output }) => output),
          lines.map((_, i) => `r${i}`),
        )
        assert.ok(ports.size <= Number(jobs), `${ports.size} connections for ${jobs} jobs`)
      }
    } finally {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  })

  test('refuses options that are none', async () => {
    assert.equal((await batch([], ['--jobs', '0'])).exit, 252)
    assert.equal((await batch([], ['--parallel'])).exit, 252)
    assert.deepEqual((await batch([])).stdout, '')
  })
})
