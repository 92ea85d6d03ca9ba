import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture, type Ran } from './io.ts'

const env = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-west-1',
  HOME: '/nonexistent',
}
const EXECUTE = [
  'servicecatalog',
  'execute-provisioned-product-service-action',
  '--provisioned-product-id=pp-1',
  '--service-action-id=act-1',
]

interface Answer {
  readonly status: number
  readonly body?: string
  readonly date?: string | false
}

interface Seen {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Calls a stub whose clock and pauses are the test's. */
async function call(
  answers: readonly Answer[],
  extraEnv: Record<string, string> = {},
  words = EXECUTE,
): Promise<Ran & { seen: Seen[]; slept: number[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const { status, body: text = '{}', date = false } = answers[Math.min(seen.length, answers.length - 1)]!
      seen.push({ headers: request.headers, body })
      response.sendDate = false
      response.writeHead(status, date ? { Date: date } : {})
      response.end(text)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  let at = Date.parse('2026-12-01T00:00:00Z')
  const slept: number[] = []
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ran = await capture(io => run([...words, '--endpoint-url', url], io), {
      env: { ...env, ...extraEnv },
      random: () => 0.5,
      now: () => new Date(at),
      sleep: async milliseconds => {
        slept.push(milliseconds)
        at += milliseconds
      },
    })
    return { ...ran, seen, slept }
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

test('tries of one call share their invocation id and token, and each is signed anew', async () => {
  const { exit, seen, slept } = await call([{ status: 503 }, { status: 429 }, { status: 200 }])
  assert.equal(exit, 0)
  assert.equal(seen.length, 3)
  assert.deepEqual(slept, [500, 1000])
  const ids = new Set(seen.map(({ headers }) => headers['amz-sdk-invocation-id']))
  assert.equal(ids.size, 1)
  assert.match(String([...ids][0]), /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  assert.equal(new Set(seen.map(({ body }) => JSON.parse(body).ExecuteToken)).size, 1)
  assert.deepEqual(
    seen.map(({ headers }) => headers['amz-sdk-request']),
    ['attempt=1', 'attempt=2; max=3', 'attempt=3; max=3'],
  )
  assert.equal(new Set(seen.map(({ headers }) => headers.authorization)).size, 3)
  for (const { headers } of seen)
    assert.match(headers.authorization!, /SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;/)
  const other = await call([{ status: 200 }])
  assert.ok(!ids.has(other.seen[0]!.headers['amz-sdk-invocation-id']))
})

test("the moment until which an answer is of use is told by the service's clock", async () => {
  // Our clock is an hour behind.
  const { seen } = await call([{ status: 500, date: 'Tue, 01 Dec 2026 01:00:00 GMT' }, { status: 200 }])
  assert.equal(seen[1]!.headers['amz-sdk-request'], 'ttl=20261201T010100Z; attempt=2; max=3')
})

test('a clock that is wrong is said, not corrected, as in the AWS CLI', async () => {
  const body = '{"__type":"RequestTimeTooSkewed","message":"The difference is too large."}'
  const { exit, seen, stderr } = await call([{ status: 400, body, date: 'Tue, 01 Dec 2026 01:00:00 GMT' }])
  assert.deepEqual([exit, seen.length], [254, 1])
  assert.match(stderr, /\(RequestTimeTooSkewed\)/)
})

test('in the adaptive mode a client that was throttled slows down, and says so with --debug', async () => {
  const throttled = { status: 400, body: '{"__type":"ThrottlingException","message":"slower"}' }
  const answers = [throttled, throttled, { status: 200 }]
  const { exit, slept, seen, stderr } = await call(answers, { AWS_RETRY_MODE: 'adaptive' }, [...EXECUTE, '--debug'])
  assert.deepEqual([exit, seen.length], [0, 3])
  // Pauses between tries, and then the wait for a token at half a request a second.
  assert.deepEqual(slept, [500, 1500, 1000, 1000])
  assert.match(stderr, /adaptive retry mode: waited 1500 ms before sending/)
  const standard = await call(answers, { AWS_RETRY_MODE: 'standard' })
  assert.deepEqual(standard.slept, [500, 1000])
})

test('the adaptive mode holds for the pages of a listing, too', async () => {
  const page = (token: string | undefined) => ({
    status: 200,
    body: JSON.stringify({ PortfolioDetails: [], NextPageToken: token }),
  })
  const throttled = { status: 429, body: '{}' }
  const answers = [throttled, page('a'), page('b'), page(undefined)]
  const { exit, seen, slept } = await call(answers, { AWS_RETRY_MODE: 'adaptive' }, [
    'servicecatalog',
    'list-portfolios',
  ])
  assert.deepEqual([exit, seen.length], [0, 4])
  assert.equal(slept.length, 4)
})

test('--debug says why there is another try, and why not', async () => {
  const { stderr } = await call([{ status: 503, body: '{"__type":"Busy","message":"later"}' }], {}, [
    ...EXECUTE,
    '--debug',
  ])
  assert.match(stderr, /attempt 1 failed, the next one follows in 0\.50 s: An error occurred \(Busy\)/)
  assert.match(stderr, /attempt 3 failed, and is not tried again because 3 attempts were made: /)
  const final = await call([{ status: 400, body: '{"__type":"InvalidParametersException"}' }], {}, [
    ...EXECUTE,
    '--debug',
  ])
  assert.match(
    final.stderr,
    /attempt 1 failed, and is not tried again: An error occurred \(InvalidParametersException\)/,
  )
})
