import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { documentMain } from '../../src/authoring/main.ts'
import { createAws } from '../../src/aws/index.ts'
import { run } from '../../src/cli/main.ts'
import { capture } from '../cli/io.ts'
import { account, type Bellhop, call, region, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { makeUser } from '../kit/identity.ts'
import { requireMoto } from '../kit/moto.ts'
import {
  type Actors,
  type Case,
  differences,
  matches,
  type Provisioned,
  provision,
  readCases,
  runCase,
} from './runner.ts'

const folder = new URL('../cases/runbook/semantic/', import.meta.url)
const cases = readCases(folder)

/** Cases that call AWS: they read of moto's own account, which has the number that they name. */
const callsAws = new Set([
  's16-max-attempts-all-fail',
  's15-ssm-default',
  's17-wait-times-out',
  's18-timeout-continue',
  's33-assert-boolean-capital',
  's36-response-metadata',
])

/** Where a case that must not start is refused: at the first operation that can know. */
const refusedAt: ReadonlyMap<string, readonly [refusedAt: string, text: RegExp]> = new Map([
  ['s11-unknown-operator-refused', ['CreateDocument', /^InvalidDocumentContent: .*MatchesRegex/]],
  [
    's27-required-parameter-missing',
    ['ExecuteProvisionedProductServiceAction', /^InvalidParametersException: .*\bP\b/],
  ],
  ['s28-parameter-limits', ['ExecuteProvisionedProductServiceAction', /^InvalidParametersException: .*\bP\b/]],
  ['s29-bad-integer', ['ExecuteProvisionedProductServiceAction', /^InvalidParametersException: .*\bP\b/]],
  ['s30-duplicate-step-names', ['CreateDocument', /^InvalidDocumentContent: .*step_a/]],
  ['s31-unknown-next-step', ['CreateDocument', /^InvalidDocumentContent: .*nowhere/]],
])

describe('semantic cases through the API', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let actors: Actors
  let product: Provisioned
  before(async () => {
    const temporary = temporaryFolder({ after: clean => cleanups.push(clean) })
    const writable = join(temporary, 'writable')
    mkdirSync(writable)
    server = await startBellhop({
      dataDirectory: join(temporary, 'data'),
      // The cases name no role; their scripts call moto.
      config: { scripts: { serverCredentials: true } },
      env: {
        ...(await requireMoto({ skip: () => {} }))?.env,
        BELLHOP_SCRIPT_WRITABLE: writable,
        BELLHOP_ADMIN_ACCESS_KEY_ID: 'AKIAADMIN',
        BELLHOP_ADMIN_SECRET_ACCESS_KEY: 'the secret of admin',
      },
    })
    // User alice, whom the documents name as approver.
    const approver = await makeUser(server, 'alice', { Effect: 'Allow', Action: 'ssm:*', Resource: '*' })
    actors = { server, approver }
    product = await provision(server)
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  /** What the CLI finds in its environment when it calls the server. */
  function clientEnvironment(home: string) {
    const { accessKeyId, secretAccessKey } = server.credentials
    return {
      HOME: home,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    }
  }

  test('are all there', () => {
    assert.equal(cases.length, 36)
    const known = new Set(cases.map(({ id }) => id))
    for (const id of [...callsAws, ...refusedAt.keys()]) assert.ok(known.has(id), id)
  })

  for (const each of cases) {
    const { id } = each
    test(id, { timeout: 60_000 }, async t => {
      if (callsAws.has(id)) {
        const moto = await requireMoto(t)
        if (!moto) return
        const aws = createAws({ env: moto.env, now: Date.now }).as({ accountId: account, region, sessionName: 'cases' })
        for (const { service, operation, args } of each.setup) await aws.call(service, operation, args)
      }
      const contentOf = (document: string) => readFileSync(new URL(document, folder), 'utf8')
      // It counts its attempts in a queue.
      const queue = id === 's16-max-attempts-all-fail' ? await newQueue() : undefined
      const parameters = queue ? { U: [queue.url] } : each.parameters
      const outcome = await runCase(actors, product, { ...each, parameters }, contentOf(each.document), { contentOf })
      if ('refusedAt' in outcome) {
        const [operation, text] = refusedAt.get(id) ?? []
        assert.equal(outcome.refusedAt, operation, outcome.message)
        assert.match(outcome.message, text!)
      } else {
        assertRecord(outcome, each)
      }
      assert.deepEqual(differences(each, outcome), [])
      if (queue) assert.equal(await queue.messages(), '3')
    })
  }

  async function newQueue() {
    const { env } = (await requireMoto({ skip: () => {} }))!
    const identity = { accountId: '123456789012', region: 'us-east-1', sessionName: 'cases' }
    const sqs = createAws({ env, now: Date.now }).as(identity)
    const { QueueUrl } = await sqs.call('sqs', 'CreateQueue', { QueueName: `tick-${randomUUID()}` })
    const attribute = 'ApproximateNumberOfMessages'
    return {
      url: String(QueueUrl),
      messages: async () => {
        const { Attributes } = await sqs.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: [attribute] })
        return (Attributes as Record<string, string>)[attribute]
      },
    }
  }

  /** The record tells what the execution came to, and the product is as it was. */
  function assertRecord({ status, record }: { status: string; record: any }, { expect }: Case): void {
    assert.equal(record.RecordDetail.Status, status === 'Success' ? 'SUCCEEDED' : 'FAILED')
    assert.equal(record.RecordDetail.RecordErrors.length > 0, status !== 'Success')
    const keys = record.RecordOutputs.map((output: any) => output.OutputKey)
    for (const name of ['AutomationExecutionId', ...Object.keys(expect.outputs)]) {
      assert.ok(keys.includes(name), `no ${name} among the record's outputs: ${keys}`)
    }
  }

  test('steps inside a loop are shown with what is around them', async () => {
    const content = `schemaVersion: '0.3'
variables:
  seen: {type: String, default: none}
  rest: {type: StringList, default: [a, b]}
mainSteps:
- name: each
  action: aws:loop
  inputs:
    Iterators: [x, y]
    Steps:
    - {name: nap, action: aws:sleep, inputs: {Duration: PT0S}}
    - {name: keep, action: aws:updateVariable, inputs: {Name: variable:seen, Value: '{{ each.CurrentIteratorValue }}'}}
- {name: last, action: aws:sleep, inputs: {Duration: PT0S}}
`
    const loop = { id: 'loop', documentName: 'Loop', parameters: {}, signals: [] } as unknown as Case
    const outcome = await runCase(actors, product, loop, content)
    assert.ok('record' in outcome)
    const id = outcome.record.RecordOutputs[0].OutputValue
    const { AutomationExecution } = await call(server, 'ssm', 'GetAutomationExecution', { AutomationExecutionId: id })
    const [each, ...others] = AutomationExecution.StepExecutions
    assert.equal(each.StepName, 'each')
    assert.deepEqual(each.Outputs, { CurrentIteration: ['2'], CurrentIteratorValue: ['y'] })
    const around = (Iteration: number, IteratorValue: string) => ({
      StepExecutionId: each.StepExecutionId,
      StepName: 'each',
      Action: 'aws:loop',
      Iteration,
      IteratorValue,
    })
    assert.deepEqual(
      others.map((step: any) => [step.StepName, step.ParentStepDetails]),
      [
        ['nap', around(1, 'x')],
        ['keep', around(1, 'x')],
        ['nap', around(2, 'y')],
        ['keep', around(2, 'y')],
        ['last', undefined],
      ],
    )
    const { StepExecutions } = await call(server, 'ssm', 'DescribeAutomationStepExecutions', {
      AutomationExecutionId: id,
      Filters: [
        { Key: 'ParentStepExecutionId', Values: [each.StepExecutionId] },
        { Key: 'ParentStepIteratorValue', Values: ['y'] },
      ],
    })
    assert.deepEqual(StepExecutions, others.slice(2, 4))
    assert.deepEqual(AutomationExecution.Variables, { seen: ['y'], rest: ['a', 'b'] })
  })

  test('an execution that was recorded is replayed by bellhop document test', async t => {
    const directory = temporaryFolder(t)
    const content = `schemaVersion: '0.3'
parameters:
  Names: {type: StringList}
mainSteps:
- name: each
  action: aws:loop
  inputs:
    Iterators: '{{ Names }}'
    Steps:
    - name: greet
      action: aws:executeScript
      onFailure: Continue
      inputs:
        Runtime: python3.11
        Handler: h
        InputPayload: {name: '{{ each.CurrentIteratorValue }}'}
        Script: |
          def h(events, context):
              if events['name'] == 'eve': raise ValueError('no')
              return {'n': len(events['name'])}
      outputs:
      - {Name: n, Selector: $.Payload.n, Type: Integer}
- {name: nap, action: aws:sleep, inputs: {Duration: PT0S}}
outputs: [greet.n]
`
    const recorded = { id: 'recorded', documentName: 'Recorded', parameters: { Names: ['eve', 'bob'] }, signals: [] }
    const toolCall = async (words: readonly string[]) => {
      const io = { env: clientEnvironment(directory), cwd: directory }
      const { exit, ...rest } = await capture(each => run(words, each), io)
      return { exitCode: exit, ...rest }
    }
    const document = async (...words: string[]) => {
      const out: string[] = []
      const sink = { write: (text: string) => out.push(text) }
      const around = { cwd: directory, stdout: sink, stderr: sink, call: toolCall }
      return { exitCode: await documentMain(words, around), text: out.join('') }
    }
    // While the document is there, so that it can be recorded, too.
    const outcome = await runCase(actors, product, recorded as unknown as Case, content, {
      look: async execution => {
        const made = await document(
          'record',
          '--execution-id',
          execution,
          '--document',
          'd.yaml',
          '--answers',
          'a.yaml',
        )
        assert.equal(made.exitCode, 0, made.text)
      },
    })
    assert.ok('status' in outcome && outcome.status === 'Success')
    assert.equal(readFileSync(join(directory, 'd.yaml'), 'utf8'), content)
    const replayed = await document('test', '--answers', 'a.yaml')
    assert.equal(replayed.exitCode, 0, replayed.text)
    assert.match(replayed.text, /each\[1\]\.greet +aws:executeScript +Failed/)
    assert.match(replayed.text, /each\[2\]\.greet +aws:executeScript +Success +.*n=3/)
  })

  test('a script that came as an attachment runs', async t => {
    const directory = temporaryFolder(t)
    const source = 'def greet(events, context):\n    return "hello " + events["who"]\n'
    writeFileSync(join(directory, 'greet.py'), source)
    const put = await capture(io => run(['artifact', 'put', 'greet.py'], io), {
      env: clientEnvironment(directory),
      cwd: directory,
      program: 'bellhop',
    })
    const { Path } = JSON.parse(put.stdout || put.stderr)
    const sha256 = createHash('sha256').update(source).digest('hex')
    const content = (checksum: string) => `schemaVersion: '0.3'
mainSteps:
- name: greet
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: greet.greet, Attachment: greet.py, InputPayload: {who: bob}}
  outputs: [{Name: Said, Selector: $.Payload, Type: String}]
outputs: [greet.Said]
files:
  greet.py: {checksums: {sha256: ${checksum}}}
`
    const create = (checksum: string) =>
      send(server, 'ssm', 'CreateDocument', {
        Name: 'Attached',
        Content: content(checksum),
        DocumentType: 'Automation',
        DocumentFormat: 'YAML',
        Attachments: [{ Key: 'S3FileUrl', Values: [Path], Name: 'greet.py' }],
      })
    const wrong = await create('a'.repeat(64))
    assert.equal(wrong.status, 400)
    assert.match(wrong.text, /Attachment greet\.py has the SHA-256 \w{64}, but the document says a{64}\./)
    const right = await create(sha256)
    assert.deepEqual(right.json.DocumentDescription?.AttachmentsInformation, [{ Name: 'greet.py' }], right.text)
    const started = await call(server, 'ssm', 'StartAutomationExecution', { DocumentName: 'Attached' })
    const execution = await until(async () => {
      const { AutomationExecution } = await call(server, 'ssm', 'GetAutomationExecution', started)
      return AutomationExecution.ExecutionEndTime && AutomationExecution
    }, 'the script runs')
    assert.deepEqual(execution.Outputs, { 'greet.Said': ['hello bob'] }, execution.FailureMessage)
    await call(server, 'ssm', 'DeleteDocument', { Name: 'Attached' })
  })

  test('leave the product AVAILABLE and nothing behind', async () => {
    const { ProvisionedProductDetail } = await call(server, 'servicecatalog', 'DescribeProvisionedProduct', {
      Id: product.provisionedProductId,
    })
    assert.equal(ProvisionedProductDetail.Status, 'AVAILABLE')
    const { ServiceActionSummaries } = await call(server, 'servicecatalog', 'ListServiceActions', {})
    assert.deepEqual(ServiceActionSummaries, [])
    const { DocumentIdentifiers } = await call(server, 'ssm', 'ListDocuments', {
      Filters: [{ Key: 'Owner', Values: ['Self'] }],
    })
    assert.deepEqual(DocumentIdentifiers, [])
  })
})

test('a value that came is held against the one expected', () => {
  const rows: [expected: unknown, got: unknown, does: boolean][] = [
    ['a', 'a', true],
    ['a', ['a'], true],
    ['a', ['b'], false],
    ['a', ['a', 'a'], false],
    [4, ['4'], true],
    [true, ['true'], true],
    [true, ['True'], false],
    [['x', 'y'], ['x', 'y'], true],
    [['x', 'y'], ['y', 'x'], false],
    [['x'], 'x', false],
    [{ a: [1] }, ['{"a":[1]}'], true],
    [{ $matches: '^ab' }, 'abc', true],
    [{ $matches: '^b' }, 'abc', false],
    [{ $matches: '^a' }, ['abc'], false],
    [{ $contains: { a: 1 } }, ['{"a":1,"b":2}'], true],
    [{ $contains: { a: 2 } }, { a: 1 }, false],
    [{ $contains: { a: 1 } }, 'not JSON', false],
    [{ $matches_any: true }, '', true],
    [{ $matches_any: true }, undefined, false],
    ['undefined', undefined, false],
  ]
  for (const [expected, got, does] of rows) {
    assert.equal(matches(expected, got), does, `${JSON.stringify(expected)} and ${JSON.stringify(got)}`)
  }
})

test('every difference from a case is told', () => {
  const expect = {
    status: 'Success',
    trace: [
      ['a', 'Failed'],
      ['b', 'Success'],
    ],
    steps: { a: 'Failed', b: 'Success' },
    notRun: ['c'],
    outputs: { 'b.n': 1 },
    outputsUnset: ['c.n'],
  } as const
  const right = {
    status: 'Success',
    failureMessage: undefined,
    steps: [
      { name: 'a', status: 'Failed' },
      { name: 'b', status: 'Success' },
      { name: 'c', status: 'Pending' },
    ],
    outputs: { 'b.n': ['1'], 'c.n': ['No output available yet because the step is not successfully executed'] },
  }
  const [a, b, c] = right.steps as [object, object, object]
  const rows: [change: object, told: RegExp[]][] = [
    [{}, []],
    [{ status: 'Failed', failureMessage: 'why' }, [/^status Failed, not Success \(why\)$/]],
    [{ steps: [{ ...a, status: 'Success' }, b, c] }, [/^step a: Success, not Failed$/]],
    [{ steps: [b, a, c] }, [/^order b,a, not a,b$/]],
    [{ steps: [a, b, { ...c, status: 'Success' }] }, [/^step c ran: Success$/]],
    [{ outputs: {} }, [/^output b\.n: undefined, not 1$/]],
    [{ outputs: { 'b.n': ['2'], 'c.n': ['x'] } }, [/^output b\.n: \["2"\], not 1$/, /^output c\.n should be unset/]],
  ]
  for (const [change, told] of rows) {
    const found = differences({ expect } as unknown as Case, { ...right, ...change, record: undefined })
    assert.equal(found.length, told.length, found.join('; '))
    for (const [index, text] of told.entries()) assert.match(found[index]!, text)
  }
  const refused = { refusedAt: 'CreateDocument', message: 'no' }
  assert.deepEqual(differences({ expect } as unknown as Case, refused), ['refused at CreateDocument: no'])
})
