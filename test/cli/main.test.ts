import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { operationsOf } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/main.ts'
import { capture, type Ran } from './io.ts'
import { type SeenRequest, Stub, type StubAnswer } from './stub.ts'

const env = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-west-1',
  HOME: '/nonexistent',
}

async function call(argv: string[], ...answers: StubAnswer[]): Promise<Ran & { requests: readonly SeenRequest[] }> {
  const stub = new Stub(answers.length > 0 ? answers : [{}])
  const url = `http://127.0.0.1:${await stub.listen()}`
  try {
    const ran = await capture(io => run([...argv, '--endpoint-url', url], io), { env })
    return { ...ran, requests: stub.requests }
  } finally {
    await stub.close()
  }
}

test('every operation of every service is a command that shows its skeleton', async () => {
  let count = 0
  for (const service of ['servicecatalog', 'ssm', 'sqs', 'sts', 'iam'] as const) {
    for (const name of operationsOf(service).keys()) {
      for (const kind of ['input', 'yaml-input']) {
        const ran = await capture(io => run([service, name, '--generate-cli-skeleton', kind], io), { env })
        assert.deepEqual([ran.exit, ran.stderr], [0, ''], `${service} ${name} ${kind}`)
        assert.notEqual(ran.stdout, '')
      }
      count += 1
    }
  }
  assert.equal(operationsOf('servicecatalog').size, 90)
  assert.equal(count, 90 + 14 + 7 + 2 + 69)
})

test('an operation called with the input its own skeleton suggests is sent as it stands', async () => {
  const skeleton = await capture(io => run(['servicecatalog', 'create-product', '--generate-cli-skeleton'], io), {
    env,
  })
  const input = JSON.parse(skeleton.stdout)
  Object.assign(input, { Name: 'n', Owner: 'o', IdempotencyToken: 't' })
  for (const name of Object.keys(input))
    if (!['Name', 'Owner', 'ProductType', 'IdempotencyToken'].includes(name)) delete input[name]
  const { exit, stderr, requests } = await call([
    'servicecatalog',
    'create-product',
    '--cli-input-json',
    JSON.stringify(input),
  ])
  assert.deepEqual([exit, stderr], [0, ''])
  assert.deepEqual(requests[0]?.['body'], input)
})

test('SSM: the content of a document comes from a file, JSON 1.1', async () => {
  const { exit, stdout, requests } = await call(
    [
      'ssm',
      'create-document',
      '--name',
      'Restart',
      '--content',
      '{"schemaVersion":"0.3"}',
      '--document-type',
      'Automation',
    ],
    { body: new Map([['DocumentDescription', new Map([['Name', 'Restart']])]]) },
  )
  assert.equal(exit, 0)
  assert.equal(JSON.parse(stdout).DocumentDescription.Name, 'Restart')
  assert.equal(requests[0]?.['target'], 'AmazonSSM.CreateDocument')
  assert.deepEqual(requests[0]?.['body'], {
    Content: '{"schemaVersion":"0.3"}',
    Name: 'Restart',
    DocumentType: 'Automation',
  })
  assert.deepEqual(requests[0]?.['auth'], {
    key: 'AKIDEXAMPLE',
    scope: 'eu-west-1/ssm/aws4_request',
    signature_ok: true,
  })
})

test('SQS: JSON 1.0, binary values from base64, errors by their old codes', async () => {
  const attributes = '{"a":{"DataType":"Binary","BinaryValue":"AQI="}}'
  const words = ['sqs', 'send-message', '--queue-url', 'q', '--message-body', 'b', '--message-attributes', attributes]
  const error: StubAnswer = {
    status: 400,
    headers: new Map([['x-amzn-query-error', 'AWS.SimpleQueueService.NonExistentQueue;Sender']]),
    body: new Map([
      ['__type', 'com.amazonaws.sqs#QueueDoesNotExist'],
      ['message', 'no queue'],
    ]),
  }
  const { exit, stderr, requests } = await call(words, error)
  assert.equal(exit, 254)
  assert.match(
    stderr,
    /\(AWS\.SimpleQueueService\.NonExistentQueue\) when calling the SendMessage operation: no queue\n$/,
  )
  assert.equal(requests[0]?.['content_type'], 'application/x-amz-json-1.0')
  assert.deepEqual(requests[0]?.['body'], {
    QueueUrl: 'q',
    MessageBody: 'b',
    MessageAttributes: { a: { DataType: 'Binary', BinaryValue: 'AQI=' } },
  })
  const bad = await call([...words.slice(0, -1), attributes.replace('AQI=', 'not base64')])
  assert.deepEqual([bad.exit, bad.requests.length], [252, 0])
  assert.match(bad.stderr, /Invalid base64: "not base64"/)
})

test('IAM: query and XML, lists and errors', async () => {
  const created = `<CreateUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateUserResult><User>
    <Path>/</Path><UserName>u</UserName><UserId>AIDA</UserId><Arn>arn:aws:iam::1:user/u</Arn>
    <CreateDate>2020-01-02T03:04:05Z</CreateDate></User></CreateUserResult></CreateUserResponse>`
  const { exit, stdout, requests } = await call(['iam', 'create-user', '--user-name', 'u', '--tags', 'Key=a,Value=1'], {
    body: created,
    headers: new Map([['Content-Type', 'text/xml']]),
  })
  assert.equal(exit, 0)
  assert.equal(JSON.parse(stdout).User.CreateDate, '2020-01-02T03:04:05+00:00')
  const body = new URLSearchParams((requests[0]!['body'] as { raw: string }).raw)
  assert.deepEqual([body.get('Action'), body.get('Tags.member.1.Key')], ['CreateUser', 'a'])

  const missing =
    '<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>'
  const failed = await call(['iam', 'get-user', '--user-name', 'u'], { status: 404, body: missing })
  assert.equal(failed.exit, 254)
  assert.match(failed.stderr, /An error occurred \(NoSuchEntity\) when calling the GetUser operation: gone\n$/)
})

test('a body that is not XML is an explained failure', async () => {
  const ran = await call(['sts', 'get-caller-identity'], { body: 'not xml' })
  assert.equal(ran.exit, 255)
  assert.match(ran.stderr, /^\naws: \[ERROR\]: /)
})

test('--debug shows what happens and no secret', async () => {
  const words = ['servicecatalog', 'list-portfolios', '--debug', '--no-paginate']
  const { exit, stderr } = await call(words)
  assert.equal(exit, 0)
  assert.match(stderr, /DEBUG - request: POST \/ to http:/)
  assert.doesNotMatch(stderr, /Signature=[0-9a-f]|wJalrXUtnFEMI/)
})

test('--no-sign-request sends without credentials', async () => {
  const stub = new Stub([{}])
  const url = `http://127.0.0.1:${await stub.listen()}`
  const words = [
    'servicecatalog',
    'describe-record',
    '--id',
    'r',
    '--no-sign-request',
    '--region',
    'x',
    '--endpoint-url',
    url,
  ]
  const ran = await capture(io => run(words, io), { env: { HOME: '/nonexistent' } })
  await stub.close()
  assert.equal(ran.exit, 0)
  assert.equal(stub.requests[0]?.['auth'], null)
})

test('keys that are special in JavaScript are keys like any other', async () => {
  const words = ['servicecatalog', 'create-service-action', '--name', 'n', '--definition-type', 'SSM_AUTOMATION']
  const { exit, requests } = await call([
    ...words,
    '--definition',
    '__proto__=a,constructor=b',
    '--idempotency-token',
    't',
  ])
  assert.equal(exit, 0)
  assert.deepEqual(Object.entries((requests[0]!['body'] as Record<string, object>)['Definition']!), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
})

test('nothing is sent after a client-side error', async () => {
  for (const words of [
    ['servicecatalog', 'describe-record'],
    ['servicecatalog', 'describe-record', '--id', ''],
    ['servicecatalog', 'describe-record', '--id', 'a', '--query', '['],
    ['servicecatalog', 'describe-record', '--id', 'a', '--profile', 'nope'],
    ['servicecatalog', 'describe-record', '--id', 'a', 'stray'],
    ['servicecatalog', 'describe-record', '--id', 'file:///nonexistent'],
    ['servicecatalog', 'describe-record', '--cli-input-json', '['.repeat(100_000)],
    ['servicecatalog', 'describe-record', '--cli-input-yaml', '['.repeat(10_000)],
  ]) {
    const ran = await call(words)
    assert.ok(ran.exit === 252 || ran.exit === 255, `${words}: ${ran.exit}`)
    assert.match(ran.stderr, /\[ERROR\]/)
    assert.equal(ran.requests.length, 0)
  }
})

test('the idempotency token is the same on every try', async () => {
  const busy: StubAnswer = { status: 503, body: '' }
  const { exit, requests } = await call(
    ['servicecatalog', 'execute-provisioned-product-plan', '--plan-id', 'p'],
    busy,
    busy,
    {},
  )
  assert.equal(exit, 0)
  const tokens = requests.map(request => (request['body'] as Record<string, unknown>)['IdempotencyToken'])
  assert.equal(tokens.length, 3)
  assert.match(String(tokens[0]), /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  assert.equal(new Set(tokens).size, 1)
})

test('messages carry the name the program was called by', async () => {
  const ran = await capture(io => run(['servicecatalog', 'describe-record'], { ...io, program: 'bellhop' }), { env })
  assert.equal(ran.exit, 252)
  assert.match(ran.stderr, /^\nbellhop: \[ERROR\]: /)
  assert.match(ran.stderr, /\n {2}bellhop <command> <subcommand> help\n$/)
  assert.doesNotMatch(ran.stderr, /aws/)
})

test('a profile names its own endpoint for a service', async () => {
  const stub = new Stub([{}])
  const port = await stub.listen()
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-profile-'))
  writeFileSync(
    join(folder, 'config'),
    `[profile dev]\nregion = r\nservices = local\nendpoint_url = http://127.0.0.1:1\n` +
      `[services local]\nservice_catalog =\n  endpoint_url = http://127.0.0.1:${port}\n`,
  )
  const own = { ...env, AWS_REGION: undefined, AWS_CONFIG_FILE: join(folder, 'config'), AWS_PROFILE: 'dev' }
  try {
    const ran = await capture(io => run(['servicecatalog', 'describe-record', '--id', 'r'], io), { env: own })
    assert.deepEqual([ran.exit, ran.stderr], [0, ''])
    assert.deepEqual(stub.requests[0]?.['auth'], {
      key: 'AKIDEXAMPLE',
      scope: 'r/servicecatalog/aws4_request',
      signature_ok: true,
    })
  } finally {
    await stub.close()
    rmSync(folder, { recursive: true })
  }
})

test('an error for programs to read is the AWS CLI’s to the byte, one for people has the name they called', async () => {
  const words = ['servicecatalog', 'execute-provisioned-product-service-action']
  const json = await capture(io => run([...words, '--cli-error-format', 'json'], io), { program: 'bellhop' })
  assert.equal(json.exit, 252)
  assert.match(JSON.parse(json.stderr).Message, /usage: aws \[options\].*aws help/s)
  const text = await capture(io => run(words, io), { program: 'bellhop' })
  assert.match(text.stderr, /^\nbellhop: \[ERROR\].*usage: bellhop \[options\]/s)
})
