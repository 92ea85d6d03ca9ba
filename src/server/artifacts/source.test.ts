import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type Aws, AwsApiError } from '../../aws/api.ts'
import { SqliteDriver } from '../../storage/sqlite/driver.ts'
import { openStorage } from '../../storage/storage.ts'
import { bind, db, run, write } from '../../storage/verb.ts'
import { artifactsSchema } from './config.ts'
import { createArtifactSource, s3Object } from './source.ts'
import { ArtifactStore } from './store.ts'

const reader = { accountId: '111122223333', region: 'eu-west-1', sessionName: 'test' }
const putter = { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/ada' }

interface S3Call {
  readonly region: string
  readonly roleArn: string | undefined
  readonly operation: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** An S3 that keeps objects in memory and tells what it was asked. */
function memoryS3(refusal?: AwsApiError) {
  const calls: S3Call[] = []
  const objects = new Map<string, Uint8Array>()
  const aws: Aws = {
    as: ({ region, roleArn }) => ({
      region,
      credentials: () => assert.fail('not asked for'),
      async call(service, operation, parameters) {
        assert.equal(service, 's3')
        calls.push({ region, roleArn, operation, parameters })
        if (refusal) throw refusal
        const name = `${parameters['Bucket']}/${parameters['Key']}`
        if (operation === 'PutObject') {
          objects.set(name, parameters['Body'] as Uint8Array)
          return {}
        }
        const found = objects.get(name)
        if (!found) throw s3Error('NoSuchKey', 'The specified key does not exist.', 404)
        const last = /^bytes=0-(\d+)$/.exec(String(parameters['Range'] ?? ''))?.[1]
        return { Body: last === undefined ? found : found.subarray(0, Number(last) + 1) }
      },
    }),
  }
  return { aws, calls, objects }
}

function s3Error(code: string, message: string, statusCode?: number): AwsApiError {
  return new AwsApiError(code, message, { service: 's3', operation: 'GetObject', statusCode })
}

function kit(
  t: { after(fn: () => unknown): void },
  { settings = {}, s3 = memoryS3() }: { settings?: object; s3?: ReturnType<typeof memoryS3> } = {},
) {
  const driver = new SqliteDriver(':memory:', () => 0)
  const storage = openStorage(driver)
  t.after(() => storage.close())
  const config = artifactsSchema.parse(settings)
  const store = new ArtifactStore({ storage, aws: s3.aws, config, now: () => new Date(0), accountId: '000000000000' })
  const source = createArtifactSource({
    aws: s3.aws,
    store,
    allowedHosts: new Set(['127.0.0.1']),
    timeoutMilliseconds: 2_000,
  })
  return { driver, storage, store, source, s3 }
}

describe('the store', () => {
  const content = Buffer.from('Resources: {}\n')
  const digest = '49cbd1e9008e8b67dec76613bb4d6468c822c99701820526928d43b382f35fba'

  test('keeps content under a path made from it, the same for the same', async t => {
    const { store, source } = kit(t)
    const path = await store.put(content, putter)
    assert.equal(path, `bellhop://artifacts/sha256-${digest}`)
    assert.equal(await store.put(content, { ...putter, accountId: '444455556666' }), path)
    assert.deepEqual(Buffer.from(await source.fetch(path, reader)), content)
    assert.ok(await store.has(path))
    assert.ok(!(await store.has(path.replace('49', '50'))))
  })

  test('does not hand out what has been damaged, and takes it in anew', async t => {
    const { driver, store, source } = kit(t)
    const path = await store.put(content, putter)
    const damage = bind(driver, {
      it: write(function* () {
        yield* run(db.updateTable('stored_artifacts').set({ content: 'AAAA' }))
      }),
    })
    await damage.it()
    await assert.rejects(source.fetch(path, reader), { name: 'ArtifactError', message: /sha256-49cb.* is damaged/ })
    await store.put(content, putter)
    assert.deepEqual(Buffer.from(await source.fetch(path, reader)), content)
  })

  test('says what it does not have', async t => {
    const { source } = kit(t)
    await assert.rejects(source.fetch(`bellhop://artifacts/sha256-${digest}`, reader), /has no artifact bellhop:/)
    await assert.rejects(source.fetch('bellhop://artifacts/other', reader), /is not a path of the artifact store/)
  })

  test('keeps content in the bucket where there is one, checks it all the same, and publishes templates there', async t => {
    const settings = { bucket: { name: 'our-bucket', region: 'eu-central-1' } }
    const { storage, store, source, s3 } = kit(t, { settings })
    const path = await store.put(content, putter)
    assert.equal((await storage.storedArtifacts.get(digest))!.content, undefined)
    assert.deepEqual(Buffer.from(await source.fetch(path, reader)), content)
    assert.ok(s3.calls.every(({ region, roleArn }) => region === 'eu-central-1' && roleArn === undefined))
    const key = `bellhop/sha256-${digest}`
    assert.equal(await store.publish(content), `https://our-bucket.s3.eu-central-1.amazonaws.com/${key}`)
    s3.objects.set(`our-bucket/${key}`, Buffer.from('other'))
    await assert.rejects(source.fetch(path, reader), /is damaged/)
    s3.objects.clear()
    await assert.rejects(source.fetch(path, reader), /cannot be read from its bucket: The specified key/)
  })
})

test('paths that mean objects of S3', () => {
  const cases: readonly [path: string, object: ReturnType<typeof s3Object>][] = [
    ['s3://bucket/a/b%20c.yaml', { bucket: 'bucket', key: 'a/b c.yaml', versionId: undefined }],
    ['S3://bucket/key', { bucket: 'bucket', key: 'key', versionId: undefined }],
    [
      'https://my.bucket.s3.amazonaws.com/k',
      { bucket: 'my.bucket', key: 'k', region: undefined, versionId: undefined },
    ],
    [
      'https://b.s3.eu-west-3.amazonaws.com/k?versionId=7',
      { bucket: 'b', key: 'k', region: 'eu-west-3', versionId: '7' },
    ],
    [
      'https://s3-us-west-2.amazonaws.com/b/x/y',
      { bucket: 'b', key: 'x/y', region: 'us-west-2', versionId: undefined },
    ],
    [
      'https://s3.cn-north-1.amazonaws.com.cn/b/k',
      { bucket: 'b', key: 'k', region: 'cn-north-1', versionId: undefined },
    ],
    ['https://s3.amazonaws.com/b', undefined],
    ['https://example.com/s3.amazonaws.com/b/k', undefined],
    ['https://s3.amazonaws.com.example.com/b/k', undefined],
    ['http://s3.amazonaws.com/b/k', undefined],
    ['not a URL', undefined],
  ]
  for (const [path, object] of cases) assert.deepEqual(s3Object(path), object, path)
})

describe('S3', () => {
  test('is read as whoever reads, in the region of the URL', async t => {
    const { source, s3 } = kit(t)
    s3.objects.set('b/k', Buffer.from('template'))
    const role = { ...reader, roleArn: 'arn:aws:iam::111122223333:role/Launch' }
    assert.equal(Buffer.from(await source.fetch('https://b.s3.us-east-2.amazonaws.com/k', role)).toString(), 'template')
    assert.equal(Buffer.from(await source.fetch('s3://b/k', role)).toString(), 'template')
    assert.deepEqual(
      s3.calls.map(({ region, roleArn }) => [region, roleArn]),
      [
        ['us-east-2', role.roleArn],
        ['eu-west-1', role.roleArn],
      ],
    )
  })

  test('says which object could not be had and why', async t => {
    const { source, s3 } = kit(t)
    s3.objects.set('b/large', Buffer.alloc(101))
    await assert.rejects(source.fetch('s3://b/large', reader, { mostBytes: 100 }), /larger than 100 bytes/)
    await assert.rejects(
      source.fetch('s3://b/none', reader),
      /^ArtifactError: s3:\/\/b\/none cannot be read from S3: NoSuchKey: The specified key does not exist\. \(HTTP status 404\)$/,
    )
    const denied = kit(t, { s3: memoryS3(s3Error('NoCredentials', 'There are no credentials.')) })
    await assert.rejects(
      denied.source.fetch('s3://b/k', reader),
      /s3:\/\/b\/k .*NoCredentials: There are no credentials/,
    )
  })
})

describe('URLs', () => {
  let server: Server
  let url: string
  before(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? ''
      if (path === '/template') response.end('template')
      else if (path === '/moved') response.writeHead(302, { Location: '/template' }).end()
      else if (path === '/round') response.writeHead(301, { Location: '/round' }).end()
      else if (path === '/inside') response.writeHead(302, { Location: 'http://127.0.0.2:1/' }).end()
      else if (path === '/endless') {
        const more = () => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', more)
        }
        response.once('error', () => {})
        more()
      } else if (path === '/broken') response.writeHead(500).end('<html>no</html>')
      else if (path === '/cut') {
        response.writeHead(200, { 'Content-Length': '1000' })
        response.write('half')
        setImmediate(() => response.destroy())
      }
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  test('are fetched, over redirects too', async t => {
    const { source } = kit(t)
    for (const path of ['/template', '/moved']) {
      assert.equal(Buffer.from(await source.fetch(url + path, reader)).toString(), 'template')
    }
  })

  const refused: readonly [path: string, reason: RegExp][] = [
    ['/round', /is redirected more than 5 times/],
    ['/inside', /127\.0\.0\.2 is loopback/],
    ['/endless', /larger than 1000 bytes/],
    ['/broken', /HTTP status 500/],
    ['/cut', /aborted/],
  ]
  for (const [path, reason] of refused) {
    test(`that cannot be had are named with the reason: ${path}`, async t => {
      const { source } = kit(t)
      await assert.rejects(source.fetch(url + path, reader, { mostBytes: 1000 }), (error: Error) => {
        assert.equal(error.name, 'ArtifactError')
        assert.ok(error.message.startsWith(url + path), error.message)
        assert.match(error.message, reason)
        return true
      })
    })
  }

  test('inside, of other kinds, and without anybody there', async t => {
    const { source } = kit(t)
    await assert.rejects(source.fetch('http://169.254.169.254/latest/meta-data', reader), /is loopback, link-local/)
    await assert.rejects(source.fetch('file:///etc/passwd', reader), /file: is not http or https/)
    await assert.rejects(source.fetch('http://127.0.0.1:1/', reader), /cannot be fetched: .*ECONNREFUSED/)
  })
})
