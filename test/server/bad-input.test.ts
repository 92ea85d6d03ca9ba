import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { signRequest } from '../../src/sigv4/sign.ts'
import { type Answer, type Bellhop, call, fetchAnswer, send, startBellhop, temporaryFolder } from '../kit/bellhop.ts'

/** Everything a caller can do wrong at the door: always an error in AWS's form, never a 5xx, never a hang. */
describe('bad input through HTTP', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data') })
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  interface Change {
    readonly target?: string
    readonly body?: string | Uint8Array
    readonly secret?: string
    readonly accessKeyId?: string
    readonly region?: string
    readonly service?: string
    readonly clock?: number
    readonly token?: string
    /** What becomes of the headers after signing. */
    readonly tamper?: (headers: [string, string][]) => [string, string][]
    readonly sentBody?: string | Uint8Array
  }

  /** A ListPortfolios that is right but for what is changed. */
  async function changed(change: Change): Promise<Answer> {
    const url = new URL(server.url)
    const body = Buffer.from(change.body ?? '{}')
    const headers: [string, string][] = [
      ['Content-Type', 'application/x-amz-json-1.1'],
      ['X-Amz-Target', change.target ?? 'AWS242ServiceCatalogService.ListPortfolios'],
    ]
    const signature = signRequest(
      { method: 'POST', path: '/', query: '', headers: [['Host', url.host], ...headers], body },
      {
        accessKeyId: change.accessKeyId ?? server.credentials.accessKeyId,
        secretAccessKey: change.secret ?? server.credentials.secretAccessKey,
        sessionToken: change.token,
      },
      { region: change.region ?? 'us-east-1', service: change.service ?? 'servicecatalog' },
      new Date(Date.now() + (change.clock ?? 0)),
    )
    const all = [...headers, ...signature.map(([name, value]): [string, string] => [name, value])]
    const sent = Buffer.from(change.sentBody ?? body)
    return fetchAnswer(url, { method: 'POST', headers: change.tamper?.(all) ?? all, body: sent })
  }

  function assertError(answer: Answer, code: string, text: RegExp, status = 400): void {
    assert.equal(answer.json?.__type, code, answer.text)
    assert.match(answer.json.message ?? answer.json.Message, text)
    assert.equal(answer.status, status)
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/x-amz-json-1\.1/)
  }

  const replaceAuthorization = (change: (value: string) => string) => (headers: [string, string][]) =>
    headers.map(([name, value]): [string, string] => (name === 'Authorization' ? [name, change(value)] : [name, value]))

  test('the unchanged request is answered', async () => {
    const answer = await changed({})
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.json, { PortfolioDetails: [] })
  })

  test('unsigned', async () => {
    const answer = await changed({ tamper: headers => headers.filter(([name]) => name !== 'Authorization') })
    assertError(answer, 'MissingAuthenticationTokenException', /Missing Authentication Token/)
  })

  test('a wrong secret', async () => {
    assertError(
      await changed({ secret: 'wrong' }),
      'InvalidSignatureException',
      /does not match the signature you provided/,
    )
  })

  test('an unknown access key', async () => {
    assertError(
      await changed({ accessKeyId: 'AKIAUNKNOWNUNKNOWNUN' }),
      'UnrecognizedClientException',
      /security token .* is invalid/,
    )
  })

  test('a session token that nobody gave', async () => {
    const answer = await changed({ token: 'FwoGZXIvYXdzEXAMPLE' })
    assert.equal(answer.status, 400)
    assert.match(answer.json.__type, /^(UnrecognizedClientException|InvalidClientTokenId|ExpiredTokenException)$/)
  })

  test('signed for one region, sent as for another', async () => {
    const answer = await changed({ tamper: replaceAuthorization(value => value.replace('/us-east-1/', '/eu-west-1/')) })
    assertError(answer, 'InvalidSignatureException', /does not match the signature you provided/)
  })

  test('a region that is none', async () => {
    assertError(await changed({ region: 'Nowhere!' }), 'InvalidSignatureException', /region/i)
  })

  test('the scope of another service', async () => {
    assertError(await changed({ service: 'ssm' }), 'InvalidSignatureException', /servicecatalog/)
  })

  test('a clock off by six minutes, either way', async () => {
    assertError(
      await changed({ clock: -6 * 60_000 }),
      'InvalidSignatureException',
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    )
    assertError(
      await changed({ clock: 6 * 60_000 }),
      'InvalidSignatureException',
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 5 min\.\)$/,
    )
  })

  test('a body changed after signing', async () => {
    assertError(await changed({ sentBody: '{"PageSize":1}' }), 'InvalidSignatureException', /does not match/)
  })

  test('a header of another operation than was signed', async () => {
    const answer = await changed({
      tamper: headers =>
        headers.map(([name, value]): [string, string] => [
          name,
          name === 'X-Amz-Target' ? 'AWS242ServiceCatalogService.ListServiceActions' : value,
        ]),
    })
    assertError(answer, 'InvalidSignatureException', /does not match/)
  })

  test('a body of 5 MiB', async () => {
    const answer = await changed({ body: Buffer.alloc(5 * 1024 * 1024, 0x20) })
    assertError(answer, 'RequestEntityTooLargeException', /larger than/, 413)
    assert.equal((await changed({})).status, 200)
  })

  test('a body of 5 MiB that does not say how long it is', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        server.url,
        {
          method: 'POST',
          headers: { 'Transfer-Encoding': 'chunked', 'X-Amz-Target': 'AWS242ServiceCatalogService.ListPortfolios' },
        },
        response => {
          response.resume()
          resolve(response.statusCode!)
        },
      )
      request.on('error', reject)
      for (let i = 0; i < 5; i += 1) request.write(Buffer.alloc(1024 * 1024, 0x20))
      request.end()
    })
    // It is not signed either, which is found first.
    assert.equal(status, 400)
  })

  test('JSON nested 100,000 deep', async () => {
    const answer = await changed({ body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })
    assertError(answer, 'SerializationException', /nested/)
  })

  test('bodies that are no JSON, no object, no UTF-8', async () => {
    for (const body of ['{"PageSize":', 'null x', '[]', '"text"', '7', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
      const answer = await changed({ body })
      assert.equal(answer.json?.__type, 'SerializationException', `${body}: ${answer.text}`)
      assert.equal(answer.status, 400)
    }
  })

  test('an unknown operation, service, or none', async () => {
    for (const target of [
      'AWS242ServiceCatalogService.Fly',
      'AWS242ServiceCatalogService.__proto__',
      'Nobody.ListPortfolios',
      'x',
      'AWS242ServiceCatalogService.',
    ]) {
      assertError(await changed({ target }), 'UnknownOperationException', /not known/)
    }
    const none = await fetchAnswer(server.url, { method: 'POST', body: '{}' })
    assert.equal(none.json.__type, 'UnknownOperationException')
    assert.equal((await fetchAnswer(`${server.url}/anything`, {})).status, 400)
  })

  test('wrong types', async () => {
    for (const body of [
      '{"PageSize":"ten"}',
      '{"PageSize":{}}',
      '{"PageToken":1}',
      '{"AcceptLanguage":[]}',
      '{"PageSize":1.5}',
    ]) {
      const answer = await changed({ body })
      assert.equal(answer.json?.__type, 'SerializationException', `${body}: ${answer.text}`)
    }
  })

  test('broken constraints are all named, in AWS’s words', async () => {
    const answer = await send(server, 'servicecatalog', 'CreatePortfolio', {
      DisplayName: '',
      Tags: [{ Key: 'k'.repeat(129), Value: 'v' }],
    })
    assertError(answer, 'ValidationException', /^\d validation errors detected: /)
    for (const part of [
      'displayName',
      'providerName',
      'idempotencyToken',
      'Member must not be null',
      'length less than or equal to 128',
    ]) {
      assert.ok(answer.json.message.includes(part), `${part} in ${answer.json.message}`)
    }
  })

  test('__proto__ keys do nothing', async () => {
    const body = '{"__proto__":{"PageSize":"ten"},"constructor":{"prototype":{"polluted":true}}}'
    assert.equal((await changed({ body })).status, 200)
    const answer = await changed({
      target: 'AWS242ServiceCatalogService.ExecuteProvisionedProductServiceAction',
      body: '{"ProvisionedProductId":"pp-a","ServiceActionId":"act-a","ExecuteToken":"t","Parameters":{"__proto__":["x"],"constructor":["y"]}}',
    })
    assertError(answer, 'ResourceNotFoundException', /pp-a/)
    assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  })

  test('unknown ids', async () => {
    const unknown: [operation: string, input: object][] = [
      ['DescribePortfolio', { Id: 'port-aaaaaaaaaaaaa' }],
      ['DescribeProduct', { Id: 'prod-aaaaaaaaaaaaa' }],
      ['DescribeProductAsAdmin', { Id: 'prod-aaaaaaaaaaaaa' }],
      ['DescribeProvisioningArtifact', { ProductId: 'prod-aaaaaaaaaaaaa', ProvisioningArtifactId: 'pa-aaaaaaaaaaaaa' }],
      ['ListProvisioningArtifacts', { ProductId: 'prod-aaaaaaaaaaaaa' }],
      ['DescribeConstraint', { Id: 'cons-aaaaaaaaaaaaa' }],
      ['DescribeServiceAction', { Id: 'act-aaaaaaaaaaaaa' }],
      ['ListLaunchPaths', { ProductId: 'prod-aaaaaaaaaaaaa' }],
      ['DescribeProvisionedProduct', { Id: 'pp-aaaaaaaaaaaaa' }],
      ['TerminateProvisionedProduct', { ProvisionedProductId: 'pp-aaaaaaaaaaaaa', TerminateToken: 't' }],
      ['UpdateProvisionedProduct', { ProvisionedProductId: 'pp-aaaaaaaaaaaaa', UpdateToken: 't' }],
      ['DescribeRecord', { Id: 'rec-aaaaaaaaaaaaa' }],
      [
        'DescribeServiceActionExecutionParameters',
        { ProvisionedProductId: 'pp-aaaaaaaaaaaaa', ServiceActionId: 'act-aaaaaaaaaaaaa' },
      ],
      [
        'AssociatePrincipalWithPortfolio',
        {
          PortfolioId: 'port-aaaaaaaaaaaaa',
          PrincipalARN: 'arn:aws:iam::123456789012:user/admin',
          PrincipalType: 'IAM',
        },
      ],
      [
        'NotifyProvisionProductEngineWorkflowResult',
        { WorkflowToken: 'QUJD', RecordId: 'rec-aaaaaaaaaaaaa', Status: 'SUCCEEDED', IdempotencyToken: 't' },
      ],
    ]
    for (const [operation, input] of unknown) {
      const answer = await send(server, 'servicecatalog', operation, input)
      assert.equal(answer.json?.__type, 'ResourceNotFoundException', `${operation}: ${answer.text}`)
    }
  })

  test('a page token that this server did not make', async () => {
    for (const token of [
      'x',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('{"at":1}').toString('base64url'),
    ]) {
      assertError(
        await send(server, 'servicecatalog', 'ListPortfolios', { PageToken: token }),
        'InvalidParametersException',
        /page token/,
      )
    }
  })

  test('the same token: the same answer, another input: refused', async () => {
    const input = { DisplayName: 'one', ProviderName: 'p', IdempotencyToken: 'the-token' }
    const [first, ...others] = await Promise.all(
      Array.from({ length: 10 }, () => call(server, 'servicecatalog', 'CreatePortfolio', input)),
    )
    for (const other of others) assert.deepEqual(other, first)
    const answer = await send(server, 'servicecatalog', 'CreatePortfolio', { ...input, DisplayName: 'two' })
    assertError(answer, 'InvalidParametersException', /the-token/)
    assert.equal((await call(server, 'servicecatalog', 'ListPortfolios', {})).PortfolioDetails.length, 1)
  })

  test('documents that cannot be run', async () => {
    const bad = {
      'an unknown action': '{"schemaVersion":"0.3","mainSteps":[{"name":"one","action":"aws:fly","inputs":{}}]}',
      'an internal action':
        '{"schemaVersion":"0.3","mainSteps":[{"name":"one","action":"bellhop:runEngine","inputs":{"Work":"terminate"}}]}',
      'no steps': '{"schemaVersion":"0.3","mainSteps":[]}',
      'no YAML': 'a: [',
    }
    for (const [what, content] of Object.entries(bad)) {
      const answer = await send(server, 'ssm', 'CreateDocument', {
        Name: 'Bad',
        Content: content,
        DocumentType: 'Automation',
        DocumentFormat: content.startsWith('{') ? 'JSON' : 'YAML',
      })
      assert.equal(answer.json?.__type, 'InvalidDocumentContent', `${what}: ${answer.text}`)
    }
  })

  test('bytes that are no HTTP', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(server.url)
      const socket = connect(Number(port), hostname, () => socket.write('\x16\x03\x01\x02\x00 nonsense\r\n\r\n'))
      let got = ''
      socket.on('data', chunk => {
        got += chunk
      })
      socket.on('close', () => resolve(got))
      socket.on('error', reject)
    })
    assert.match(text, /^HTTP\/1\.1 400 /)
  })

  test('the health check needs no signature, and nothing was our fault', async () => {
    assert.equal((await fetchAnswer(`${server.url}/healthz`, {})).status, 200)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    assert.ok(!server.log().includes(server.credentials.secretAccessKey))
  })
})
