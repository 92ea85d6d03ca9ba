import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture } from '../cli/io.ts'
import { type Bellhop, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { makeUser } from '../kit/identity.ts'

/** `bellhop artifact put`, against a real server. */
describe('the artifact store', () => {
  const cleanups: (() => void)[] = []
  let folder: string
  let server: Bellhop
  before(async () => {
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      config: { artifacts: { mostBytes: 5_000_000, mostBytesPerAccount: 6_000_000 } },
    })
    writeFileSync(join(folder, 'template.yaml'), 'Resources: {}\n')
    writeFileSync(join(folder, 'empty'), '')
    // Larger than what operations take, and than what artifacts may be.
    writeFileSync(join(folder, 'large'), Buffer.alloc(4_500_000, 'x'))
    writeFileSync(join(folder, 'more'), Buffer.alloc(2_000_000, 'y'))
    writeFileSync(join(folder, 'too-large'), Buffer.alloc(5_000_001))
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    for (const clean of cleanups) clean()
  })

  const cli = (
    words: readonly string[],
    { accessKeyId, secretAccessKey } = server.credentials,
    program = 'bellhop',
  ) => {
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_MAX_ATTEMPTS: '1',
      HOME: '/nonexistent',
    }
    return capture(io => run([...words, '--endpoint-url', server.url], io), { env, cwd: folder, program })
  }

  test('a file that is put gets a path made from its content', async () => {
    const put = await cli(['artifact', 'put', 'template.yaml'])
    assert.deepEqual(JSON.parse(put.stdout || put.stderr), {
      Path: 'bellhop://artifacts/sha256-49cbd1e9008e8b67dec76613bb4d6468c822c99701820526928d43b382f35fba',
      Size: 14,
    })
    const text = await cli(['artifact', 'put', 'large', '--query', 'Size', '--output', 'text'])
    assert.deepEqual([text.exit, text.stdout], [0, '4500000\n'])
  })

  test('an account has so much room, and what is there needs none', async () => {
    const full = await cli(['artifact', 'put', 'more'])
    assert.equal(full.exit, 254)
    assert.match(
      full.stderr,
      /LimitExceededException.*may hold 6000000 bytes for account \d+.*no room for 2000000 more/,
    )
    assert.equal((await cli(['artifact', 'put', 'large'])).exit, 0)
    assert.equal((await cli(['artifact', 'put', 'template.yaml'])).exit, 0)
  })

  const refused: readonly [words: readonly string[], exit: number, text: RegExp][] = [
    [['put', 'too-large'], 254, /RequestEntityTooLargeException.*larger than 5000000 bytes/],
    [['put', 'empty'], 254, /InvalidParametersException.*The artifact is empty/],
    [['put', 'absent'], 252, /Unable to load absent: .*No such file or directory/],
    [['put'], 252, /the following arguments are required: FILE/],
    [['put', 'large', 'empty'], 252, /Unknown options: empty/],
    [['get', 'x'], 252, /Found invalid choice 'get'/],
  ]
  for (const [words, exit, text] of refused) {
    test(`bellhop artifact ${words.join(' ')} says what is wrong`, async () => {
      const ran = await cli(['artifact', ...words])
      assert.equal(ran.exit, exit, ran.stderr)
      assert.match(ran.stderr, text)
      assert.equal(ran.stdout, '')
    })
  }

  test('only who may make versions of products may put, and only signed', async () => {
    const stranger = await makeUser(server, 'stranger')
    const denied = await cli(['artifact', 'put', 'template.yaml'], stranger.credentials)
    assert.match(denied.stderr, /AccessDeniedException.*servicecatalog:CreateProvisioningArtifact/)
    const maker = await makeUser(server, 'maker', {
      Effect: 'Allow',
      Action: 'servicecatalog:CreateProvisioningArtifact',
      Resource: '*',
    })
    assert.equal((await cli(['artifact', 'put', 'template.yaml'], maker.credentials)).exit, 0)
    const forged = { ...server.credentials, secretAccessKey: 'x'.repeat(40) }
    assert.equal((await cli(['artifact', 'put', 'template.yaml'], forged)).exit, 254)
    const unsigned = await fetch(`${server.url}/bellhop/artifacts`, { method: 'PUT', body: 'x' })
    assert.equal(unsigned.status, 400)
    assert.match(await unsigned.text(), /MissingAuthenticationToken/)
  })

  test('called as aws, there is no such command', async () => {
    const ran = await cli(['artifact', 'put', 'template.yaml'], undefined, 'aws')
    assert.match(ran.stderr, /Found invalid choice 'artifact'/)
  })
})
