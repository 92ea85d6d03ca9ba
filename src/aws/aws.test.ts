import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { AwsApiError, type AwsOptions, createAws } from './index.ts'

const identity = { accountId: '123456789012', region: 'us-east-1', sessionName: 'tests' }
const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hidden' }

async function rejection(work: Promise<unknown>): Promise<AwsApiError> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof AwsApiError, String(error))
  return error
}

describe('calls to something that stands for AWS', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void
  const seen: { readonly url: string; readonly body: string; readonly authorization: string }[] = []
  let answers: Answer[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ url: request.url!, body, authorization: request.headers.authorization ?? '' })
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    answer(request, response, body)
  })
  let endpoint: string
  before(async () => {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    seen.length = 0
    answers = []
  })

  const json =
    (value: object, status = 200): Answer =>
    (_, response) =>
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value))
  const hang: Answer = () => {}
  const session =
    (key: string, end: string): Answer =>
    (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/xml' }).end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>${end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      )
  const awsOf = (options: Partial<AwsOptions> = {}) => createAws({ env: keys, endpoint, now: Date.now, ...options })
  const callOf = (options: Partial<AwsOptions> = {}) => {
    const api = awsOf(options).as(identity)
    return (settings = {}) => api.call('logs', 'DescribeLogGroups', {}, settings)
  }

  test('faults and throttling are tried again, refusals are not', async () => {
    answers = [
      json({}, 500),
      json({ __type: 'ThrottlingException', message: 'slow down' }, 400),
      json({ logGroups: [] }),
    ]
    const { ResponseMetadata, ...answer } = (await callOf()()) as any
    assert.deepEqual(answer, { logGroups: [] })
    assert.equal(ResponseMetadata.RetryAttempts, 2)
    answers = [json({ __type: 'com.amazonaws.logs#InvalidParameterException', message: 'no' }, 400)]
    seen.length = 0
    const error = await rejection(callOf()())
    assert.deepEqual([error.code, error.message, error.statusCode], ['InvalidParameterException', 'no', 400])
    assert.equal(seen.length, 1)
  })

  test('a request that is not answered in time ends, and is not sent twice', async () => {
    answers = [hang]
    const error = await rejection(callOf()({ timeout: 150 }))
    assert.equal(error.code, 'Unreachable')
    assert.match(
      error.message,
      /^DescribeLogGroups of logs in us-east-1 did not get an answer: no answer within 0\.15 s/,
    )
    assert.equal(seen.length, 1)
  })

  test('a call ends at once when it is called off: in hand, before a further attempt, and before it began', async () => {
    for (const answer of [hang, json({}, 500)]) {
      answers = [answer]
      const controller = new AbortController()
      const work = rejection(callOf()({ abort: controller.signal }))
      while (seen.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
      controller.abort()
      assert.equal((await work).code, 'Aborted')
      seen.length = 0
    }
    assert.equal((await rejection(callOf()({ abort: AbortSignal.abort() }))).code, 'Aborted')
  })

  test('an answer that is none of AWS’s is said so, without what the runtime says to programmers', async () => {
    const page: Answer = (_, response) =>
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><title>No</html>')
    for (const [service, operation] of [
      ['sts', 'GetCallerIdentity'],
      ['logs', 'DescribeLogGroups'],
    ] as const) {
      answers = [page]
      const error = await rejection(awsOf().as(identity).call(service, operation, {}))
      assert.deepEqual([error.code, error.statusCode], ['404', 404], service)
      assert.equal(error.message, "The answer (HTTP 404) is not one of AWS's.")
    }
  })

  test('an object that is too large is not read', { timeout: 10_000 }, async () => {
    answers = [(_, response) => response.writeHead(200, { 'Content-Length': '99999999999' }).write('x')]
    const error = await rejection(awsOf().as(identity).call('s3', 'GetObject', { Bucket: 'things', Key: 'k' }))
    assert.equal(error.code, 'NotSupported')
    assert.match(error.message, /^GetObject of s3: Its answer has 99999999999 bytes; at most 268435456 are taken in\.$/)
  })

  test('nobody there is said so', async () => {
    const error = await rejection(callOf({ endpoint: 'http://127.0.0.1:1' })())
    assert.equal(error.code, 'Unreachable')
    assert.match(error.message, /ECONNREFUSED/)
    assert.equal(error.statusCode, undefined)
  })

  test('the endpoint is the service’s, then that of all, then the configuration’s', async () => {
    answers = [json({})]
    const wrong = 'http://127.0.0.1:1'
    await callOf({ env: { ...keys, AWS_ENDPOINT_URL: wrong, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `${endpoint}/own` } })()
    await callOf({ env: { ...keys, AWS_ENDPOINT_URL: `${endpoint}/all` }, endpoint: wrong })()
    await callOf({ env: { ...keys, AWS_ENDPOINT_URL: wrong, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } })()
    assert.deepEqual(
      seen.map(({ url }) => url),
      ['/own/', '/all/', '/'],
    )
  })

  test('a role is assumed once, for its account, and again before its session ends', async () => {
    let now = Date.parse('2026-01-31T08:00:00Z')
    const api = awsOf({ now: () => now }).as({ ...identity, roleArn: 'arn:aws:iam::123456789012:role/r' })
    answers = [session('ASIA1', '2026-01-31T09:00:00Z'), session('ASIA2', '2026-01-31T10:00:00Z')]
    const [first, again] = await Promise.all([api.credentials(), api.credentials()])
    assert.equal(first, again)
    assert.equal(first.accessKeyId, 'ASIA1')
    const asked = new URLSearchParams(seen[0]!.body)
    assert.deepEqual(
      ['RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds'].map(name => asked.get(name)),
      ['arn:aws:iam::123456789012:role/r', 'tests', '123456789012', '3600'],
    )
    assert.match(seen[0]!.authorization, /Credential=AKIDEXAMPLE\//)
    now += 54 * 60_000
    assert.equal((await api.credentials()).accessKeyId, 'ASIA1')
    now += 60_000
    const renewed = await Promise.all([api.credentials(), api.credentials()])
    assert.deepEqual(
      renewed.map(({ accessKeyId }) => accessKeyId),
      ['ASIA2', 'ASIA2'],
    )
    assert.equal(seen.length, 2)
  })

  test('calls of a role are signed with its session', async () => {
    answers = [session('ASIA1', new Date(Date.now() + 3_600_000).toISOString()), json({})]
    const api = awsOf().as({ ...identity, roleArn: 'arn:aws:iam::123456789012:role/r' })
    await api.call('logs', 'DescribeLogGroups', {}, { region: 'eu-west-1' })
    assert.match(seen[1]!.authorization, /Credential=ASIA1\/\d{8}\/eu-west-1\/logs\//)
  })

  test('a role that cannot be assumed is asked for again the next time', async () => {
    const denied: Answer = (_, response) =>
      response
        .writeHead(403, { 'Content-Type': 'text/xml' })
        .end('<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>')
    answers = [denied, session('ASIA1', new Date(Date.now() + 3_600_000).toISOString()), json({})]
    const api = awsOf().as({ ...identity, roleArn: 'arn:aws:iam::123456789012:role/r' })
    const error = await rejection(api.call('logs', 'DescribeLogGroups', {}))
    assert.deepEqual([error.code, error.service, error.operation], ['AccessDenied', 'sts', 'AssumeRole'])
    assert.equal((await api.credentials()).accessKeyId, 'ASIA1')
  })

  test('roles are left alone where the configuration says so', async () => {
    answers = [json({})]
    const api = awsOf({ assumeRoles: false }).as({ ...identity, roleArn: 'arn:aws:iam::123456789012:role/r' })
    await api.call('logs', 'DescribeLogGroups', {})
    assert.equal(seen.length, 1)
    assert.match(seen[0]!.authorization, /Credential=AKIDEXAMPLE/)
  })

  test('credentials that are not there are said so, by account and profile', async () => {
    const accounts = { '123456789012': { profile: 'no-such-profile' } }
    const error = await rejection(callOf({ accounts })())
    assert.equal(error.code, 'NoCredentials')
    assert.match(error.message, /no AWS credentials for the account 123456789012 from the profile no-such-profile/)
    assert.equal(seen.length, 0)
  })

  test('what cannot be done is refused before anything is sent', async () => {
    const api = awsOf().as(identity)
    for (const [service, operation, parameters, why] of [
      ['sdb', 'ListDomains', {}, /signatures of version 2/],
      ['codecatalyst', 'ListSpaces', {}, /bearer tokens/],
      ['s3', 'ListObjectsV2', { Bucket: 'b--use1-az4--x-s3' }, /S3 Express/],
      [
        's3',
        'SelectObjectContent',
        {
          Bucket: 'b',
          Key: 'k',
          Expression: 'x',
          ExpressionType: 'SQL',
          InputSerialization: {},
          OutputSerialization: {},
        },
        /streams events/,
      ],
      ['glacier', 'UploadArchive', { vaultName: 'v', accountId: '-' }, /tree hashes/],
      [
        'rds',
        'CopyDBSnapshot',
        { SourceDBSnapshotIdentifier: 'a', TargetDBSnapshotIdentifier: 'b', SourceRegion: 'eu-west-1' },
        /PreSignedUrl/,
      ],
    ] as const) {
      const error = await rejection(api.call(service, operation, parameters))
      assert.equal(error.code, 'NotSupported', `${service} ${operation}: ${error.message}`)
      assert.match(error.message, why)
    }
    assert.equal(seen.length, 0)
  })
})

test('without an endpoint, services are where the rules say', async () => {
  const hosts: string[] = []
  const transport = {
    handle: async (request: { hostname: string }) => {
      hosts.push(request.hostname)
      return { response: { statusCode: 400, headers: {}, body: new Uint8Array() } }
    },
  }
  const aws = createAws({ env: keys, now: Date.now, transport })
  for (const [region, service, operation, parameters] of [
    ['eu-central-1', 'ec2', 'DescribeInstances', {}],
    ['eu-central-1', 'iam', 'ListRoles', {}],
    ['cn-north-1', 'ec2', 'DescribeInstances', {}],
    ['eu-central-1', 's3', 'ListObjectsV2', { Bucket: 'things' }],
    ['eu-central-1', 'timestream-query', 'Query', { QueryString: 'x' }],
  ] as const) {
    await rejection(aws.as({ ...identity, region }).call(service, operation, parameters))
  }
  assert.deepEqual(hosts, [
    'ec2.eu-central-1.amazonaws.com',
    'iam.amazonaws.com',
    'ec2.cn-north-1.amazonaws.com.cn',
    'things.s3.eu-central-1.amazonaws.com',
  ])
})
