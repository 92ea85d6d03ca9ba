import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Io, run } from '../../src/cli/main.ts'
import {
  CredentialServices,
  END,
  type Given,
  KEYS,
  METADATA_TOKEN,
  SESSION_TOKEN,
  servedCredentials,
  stsAnswer,
} from './credential-services.ts'
import { capture, type Ran } from './io.ts'

const NOW = new Date('2026-12-01T00:00:00Z')
const [sourceKey, sourceSecret] = KEYS.source
const SOURCE = `aws_access_key_id = ${sourceKey}\naws_secret_access_key = ${sourceSecret}\n`

interface Setting {
  readonly config?: string
  readonly credentials?: string
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  readonly io?: Partial<Io>
}

/** A home of its own, and the services that credentials come from. */
async function withServices(
  use: (tools: {
    readonly services: CredentialServices
    readonly home: string
    readonly url: string
    readonly call: (setting?: Setting) => Promise<Ran>
  }) => Promise<void>,
): Promise<void> {
  const services = new CredentialServices()
  const url = await services.listen()
  const home = mkdtempSync(join(tmpdir(), 'bellhop-credentials-'))
  const put = (path: string, text: string) => {
    mkdirSync(join(home, path, '..'), { recursive: true })
    writeFileSync(join(home, path), text.replaceAll('{URL}', url).replaceAll('{HOME}', home))
  }
  const call = async ({ config, credentials, files = {}, env = {}, argv = [], io = {} }: Setting = {}) => {
    if (config !== undefined) put('.aws/config', config)
    if (credentials !== undefined) put('.aws/credentials', credentials)
    for (const [path, text] of Object.entries(files)) put(path, text)
    const given = Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll('{URL}', url).replaceAll('{HOME}', home),
    ])
    const surroundings = {
      HOME: home,
      PATH: process.env['PATH'],
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...Object.fromEntries(given),
    }
    const words = ['servicecatalog', 'list-portfolios', '--no-paginate', ...argv]
    return capture(extra => run(words, extra), { env: surroundings, now: () => NOW, sleep: async () => {}, ...io })
  }
  try {
    await use({ services, home, url, call })
  } finally {
    await services.close()
    rmSync(home, { recursive: true, force: true })
  }
}

const ok = (ran: Ran) => assert.deepEqual([ran.exit, ran.stderr], [0, ''])
const failsWith = (ran: Ran, text: string, exit = 255) =>
  assert.deepEqual([ran.exit, ran.stdout, ran.stderr], [exit, '', `\naws: [ERROR]: ${text}\n`])

const ROLE = `[default]\nrole_arn = arn:aws:iam::123456789012:role/inner\nsource_profile = keys\n[profile keys]\n${SOURCE}`
const ssoSession = (extra = '') =>
  '[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n' +
  `[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://corp.example/start\n${extra}`
const SSO_TOKEN = 'sso-access-token-SECRET'
const REFRESH_TOKEN = 'sso-refresh-token-SECRET'
const CLIENT_SECRET = 'sso-client-SECRET'
const WEB_TOKEN = 'web.identity-token.SECRET'
const CONTAINER_TOKEN = 'Basic container-token-SECRET'
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
const tokenFile = (name: string, expiresAt: string, extra: object = {}) => ({
  [`.aws/sso/cache/${sha1(name)}.json`]: JSON.stringify({ accessToken: SSO_TOKEN, expiresAt, ...extra }),
})

describe('a profile that assumes a role', () => {
  test('asks STS with the source profile, and signs with what it is given', () =>
    withServices(async ({ services, call }) => {
      const config = ROLE.replace('source_profile', 'external_id = ex/1 ü\nduration_seconds = 900\nsource_profile')
      ok(await call({ config }))
      assert.deepEqual(
        services.asked.map(({ what, signedBy }) => [what, signedBy]),
        [
          ['sts AssumeRole', sourceKey],
          ['catalog ListPortfolios', KEYS.role[0]],
        ],
      )
      const form = new URLSearchParams(services.asked[0]!.body)
      assert.deepEqual(Object.fromEntries(form), {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::123456789012:role/inner',
        RoleSessionName: `botocore-session-${NOW.getTime() / 1000}`,
        ExternalId: 'ex/1 ü',
        DurationSeconds: '900',
      })
      assert.match(services.asked[0]!.headers.authorization!, /\/eu-west-1\/sts\/aws4_request/)
      assert.equal(services.asked[1]!.headers['x-amz-security-token'], SESSION_TOKEN)
    }))

  test('keeps the credentials in the cache of the AWS CLI, for their owner alone, until they are about to expire', () =>
    withServices(async ({ services, home, call }) => {
      const config = ROLE.replace('source_profile', 'external_id = xü\nduration_seconds = 900\nsource_profile')
      ok(await call({ config }))
      const folder = join(home, '.aws/cli/cache')
      // The name is SHA-1 of what Python's json.dumps(sort_keys=True) writes.
      const args =
        '{"DurationSeconds": 900, "ExternalId": "x\\u00fc", "RoleArn": "arn:aws:iam::123456789012:role/inner"}'
      assert.deepEqual(readdirSync(folder), [`${sha1(args)}.json`])
      const file = join(folder, `${sha1(args)}.json`)
      assert.equal(statSync(file).mode & 0o777, 0o600)
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
        Credentials: {
          AccessKeyId: KEYS.role[0],
          SecretAccessKey: KEYS.role[1],
          SessionToken: SESSION_TOKEN,
          Expiration: '2027-01-01T00:00:00UTC',
          AccountId: '123456789012',
        },
        AssumedRoleUser: { AssumedRoleId: 'AROA:s', Arn: 'arn:aws:sts::123456789012:assumed-role/r/s' },
      })
      ok(await call({ config }))
      assert.deepEqual(
        services.asked.map(({ what }) => what),
        ['sts AssumeRole', 'catalog ListPortfolios', 'catalog ListPortfolios'],
      )
      ok(await call({ config, io: { now: () => new Date('2026-12-31T23:46:00Z') } }))
      assert.equal(services.asked.filter(({ what }) => what === 'sts AssumeRole').length, 2)
      writeFileSync(file, '{"broken')
      ok(await call({ config }))
      assert.equal(services.asked.filter(({ what }) => what === 'sts AssumeRole').length, 3)
    }))

  test('works where the cache cannot be written', () =>
    withServices(async ({ call }) => {
      ok(await call({ config: ROLE, files: { '.aws/cli': 'a file where the folder should be' } }))
    }))

  test('chains: the source profile may assume a role itself', () =>
    withServices(async ({ services, call }) => {
      const outer =
        '[profile top]\nrole_arn = arn:aws:iam::1:role/outer\nrole_session_name = me\nsource_profile = default\n'
      ok(await call({ config: outer + ROLE, argv: ['--profile', 'top'] }))
      assert.deepEqual(
        services.asked.map(({ what, signedBy }) => [what, signedBy]),
        [
          ['sts AssumeRole', sourceKey],
          ['sts AssumeRole', KEYS.role[0]],
          ['catalog ListPortfolios', KEYS.outer[0]],
        ],
      )
      assert.match(services.asked[1]!.body, /RoleSessionName=me/)
    }))

  test('takes its own keys from the environment, the container or the instance when credential_source says so', () =>
    withServices(async ({ services, call }) => {
      const role = (source: string) =>
        `[default]\nrole_arn = arn:aws:iam::1:role/${source}\ncredential_source = ${source}\n`
      const keys = { AWS_ACCESS_KEY_ID: sourceKey, AWS_SECRET_ACCESS_KEY: sourceSecret }
      // --profile: else the environment's own keys come first.
      ok(await call({ config: role('Environment'), env: keys, argv: ['--profile', 'default'] }))
      const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{URL}/container' }
      ok(await call({ config: role('EcsContainer'), env: container }))
      const metadata = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{URL}' }
      ok(await call({ config: role('Ec2InstanceMetadata'), env: metadata }))
      assert.deepEqual(
        services.asked.filter(({ what }) => what === 'sts AssumeRole').map(({ signedBy }) => signedBy),
        [sourceKey, KEYS.container[0], KEYS.metadata[0]],
      )
    }))

  test('asks for the MFA code on the terminal, and only when STS must be asked', () =>
    withServices(async ({ services, call }) => {
      const prompts: string[] = []
      const io = {
        readSecret: async (prompt: string) => {
          prompts.push(prompt)
          return '123456'
        },
      }
      const config = ROLE.replace('source_profile', 'mfa_serial = arn:aws:iam::1:mfa/me\nsource_profile')
      ok(await call({ config, io }))
      ok(await call({ config, io }))
      assert.deepEqual(prompts, ['Enter MFA code for arn:aws:iam::1:mfa/me: '])
      assert.match(services.asked[0]!.body, /SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456/)
      failsWith(await call({ config: config.replace('inner', 'other') }), 'EOF when reading a line')
    }))

  for (const [name, config, text] of [
    [
      'no source',
      '[default]\nrole_arn = r\n',
      'Partial credentials found in assume-role, missing: source_profile or credential_source',
    ],
    [
      'two sources',
      '[default]\nrole_arn = r\nsource_profile = a\ncredential_source = Environment\n',
      'The profile "default" contains both source_profile and credential_source.',
    ],
    [
      'an unknown credential_source',
      '[default]\nrole_arn = r\ncredential_source = environment\n',
      'The credential source "environment" referenced in profile "default" is not valid.',
    ],
    [
      'a credential_source that has none',
      '[default]\nrole_arn = r\ncredential_source = Environment\n',
      'Error when retrieving credentials from Environment: No credentials found in credential_source referenced in profile default',
    ],
    [
      'a missing source_profile',
      '[default]\nrole_arn = r\nsource_profile = gone\n',
      'The source_profile "gone" referenced in the profile "default" does not exist.',
    ],
    [
      'a source_profile without credentials',
      '[default]\nrole_arn = r\nsource_profile = empty\n[profile empty]\nregion = x\n',
      'The source profile "empty" must have credentials.',
    ],
    [
      'a loop',
      '[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = s\nsource_profile = default\n',
      "Infinite loop in credential configuration detected. Attempting to load from profile default which has already been visited. Visited profiles: ['default', 'b']",
    ],
    [
      'itself as source, without keys',
      '[default]\nrole_arn = r\nsource_profile = default\n',
      "Infinite loop in credential configuration detected. Attempting to load from profile default which has already been visited. Visited profiles: ['default']",
    ],
  ] as const) {
    test(`with ${name} is refused, and nothing is sent`, () =>
      withServices(async ({ services, call }) => {
        failsWith(await call({ config }), text)
        assert.deepEqual(services.asked, [])
      }))
  }

  test('may hold its own keys', () =>
    withServices(async ({ services, call }) => {
      ok(await call({ config: `[default]\nrole_arn = arn:aws:iam::1:role/self\nsource_profile = default\n${SOURCE}` }))
      assert.equal(services.asked[0]!.signedBy, sourceKey)
    }))

  test("shows STS's refusal as the AWS CLI does, and asks again when STS is busy", () =>
    withServices(async ({ services, call }) => {
      const refusal = (status: number, code: string) => (): Given => ({
        status,
        body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
      })
      services.answers.set('sts AssumeRole', refusal(403, 'AccessDenied'))
      failsWith(
        await call({ config: ROLE }),
        'An error occurred (AccessDenied) when calling the AssumeRole operation: no',
        254,
      )
      assert.equal(services.asked.length, 1)
      services.answers.set('sts AssumeRole', refusal(400, 'Throttling'))
      const ran = await call({ config: ROLE })
      failsWith(
        ran,
        'An error occurred (Throttling) when calling the AssumeRole operation (reached max retries: 2): no',
        254,
      )
      assert.equal(services.asked.length, 4)
    }))

  test('refuses credentials that are already over', () =>
    withServices(async ({ services, call }) => {
      services.answers.set('sts AssumeRole', () => stsAnswer('AssumeRole', KEYS.role, '2026-01-01T00:00:00Z'))
      failsWith(
        await call({ config: ROLE }),
        'Credentials were refreshed, but the refreshed credentials are still expired.',
      )
    }))
})

describe('a web identity', () => {
  const files = { token: WEB_TOKEN }
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/web' }

  test('of the environment assumes the role without a signature', () =>
    withServices(async ({ services, home, call }) => {
      ok(await call({ files, env: { ...env, AWS_ROLE_SESSION_NAME: 'pod' } }))
      const [asked, used] = services.asked
      assert.deepEqual([asked!.what, asked!.signedBy], ['sts AssumeRoleWithWebIdentity', undefined])
      assert.equal(asked!.headers.authorization, undefined)
      const form = Object.fromEntries(new URLSearchParams(asked!.body))
      assert.equal(form['WebIdentityToken'], WEB_TOKEN)
      assert.equal(form['RoleSessionName'], 'pod')
      assert.equal(used!.signedBy, KEYS.web[0])
      const args = '{"RoleArn": "arn:aws:iam::1:role/web", "RoleSessionName": "pod"}'
      assert.deepEqual(readdirSync(join(home, '.aws/cli/cache')), [`${sha1(args)}.json`])
    }))

  test('of a profile does so too, also as the source of another role', () =>
    withServices(async ({ services, call }) => {
      const web = '[profile web]\nrole_arn = arn:aws:iam::1:role/web\nweb_identity_token_file = {HOME}/token\n'
      const config = `[default]\nrole_arn = arn:aws:iam::1:role/outer\nsource_profile = web\n${web}`
      ok(await call({ config, files }))
      assert.deepEqual(
        services.asked.map(({ what, signedBy }) => [what, signedBy]),
        [
          ['sts AssumeRoleWithWebIdentity', undefined],
          ['sts AssumeRole', KEYS.web[0]],
          ['catalog ListPortfolios', KEYS.outer[0]],
        ],
      )
    }))

  test('is asked for again when the identity provider cannot be reached', () =>
    withServices(async ({ services, call }) => {
      let count = 0
      services.answers.set('sts AssumeRoleWithWebIdentity', () => {
        count += 1
        return count < 3
          ? { status: 400, body: '<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>' }
          : stsAnswer('AssumeRoleWithWebIdentity', KEYS.web)
      })
      ok(await call({ files, env }))
      assert.equal(count, 3)
    }))

  test('without role or file is refused', () =>
    withServices(async ({ home, call }) => {
      const ran = await call({ files, env: { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token' } })
      assert.match(ran.stderr, /configured to assume role with web identity but has no role ARN configured/)
      const gone = await call({ env: { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/gone' } })
      failsWith(gone, `[Errno 2] No such file or directory: '${home}/gone'`)
      const short = await call({ env, files: { token: 'abc' } })
      assert.equal(short.exit, 252)
      assert.match(short.stderr, /Invalid length for parameter WebIdentityToken, value: 3, valid min length: 4/)
    }))
})

describe('an SSO profile', () => {
  test('of the newer form uses the token of its session', () =>
    withServices(async ({ services, home, call }) => {
      ok(await call({ config: ssoSession(), files: tokenFile('corp', '2026-12-01T08:00:00Z') }))
      const [asked, used] = services.asked
      assert.equal(asked!.path, '/federation/credentials?role_name=Dev&account_id=123456789012')
      assert.equal(asked!.headers['x-amz-sso_bearer_token'], SSO_TOKEN)
      assert.equal(asked!.signedBy, undefined)
      assert.equal(used!.signedBy, KEYS.sso[0])
      const name = sha1('{"accountId":"123456789012","roleName":"Dev","sessionName":"corp"}')
      const stored = JSON.parse(readFileSync(join(home, `.aws/cli/cache/${name}.json`), 'utf8'))
      assert.deepEqual([stored.ProviderType, stored.Credentials.Expiration], ['sso', END])
      ok(await call({ config: ssoSession() }))
      assert.equal(services.asked.length, 3)
    }))

  const legacy =
    '[default]\nsso_start_url = https://old.example/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = R\n'

  test('of the older form uses the token of its start URL', () =>
    withServices(async ({ services, call }) => {
      ok(await call({ config: legacy, files: tokenFile('https://old.example/start', '2026-12-01T08:00:00UTC') }))
      assert.equal(services.asked[0]!.headers['x-amz-sso_bearer_token'], SSO_TOKEN)
    }))

  test('names `aws sso login` when the token is missing, broken, expired or refused', () =>
    withServices(async ({ services, call }) => {
      const expired =
        'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session ' +
        'run aws sso login with the corresponding profile.'
      const hint = '\nSign in with: aws sso login --sso-session corp'
      const ownHint = '\nSign in with: aws sso login --profile default'
      failsWith(await call({ config: ssoSession() }), `Error loading SSO Token: Token for corp does not exist${hint}`)
      failsWith(
        await call({ config: legacy }),
        `Error loading SSO Token: Token for https://old.example/start does not exist${ownHint}`,
      )
      const broken = { [`.aws/sso/cache/${sha1('corp')}.json`]: '{"accessToken":1}' }
      failsWith(
        await call({ config: ssoSession(), files: broken }),
        `Error loading SSO Token: Token for https://corp.example/start is invalid${hint}`,
      )
      failsWith(
        await call({ config: ssoSession(), files: tokenFile('corp', '2026-11-30T00:00:00Z') }),
        `Error when retrieving token from sso: Token has expired and refresh failed${hint}`,
      )
      const old = tokenFile('https://old.example/start', '2026-11-30T00:00:00Z')
      failsWith(await call({ config: legacy, files: old }), expired)
      assert.deepEqual(services.asked, [])
      services.answers.set('GET /federation/credentials', () => ({
        status: 401,
        headers: { 'x-amzn-ErrorType': 'UnauthorizedException:' },
        body: '{"message":"Session token not found or invalid"}',
      }))
      failsWith(await call({ config: ssoSession(), files: tokenFile('corp', '2026-12-01T08:00:00Z') }), expired)
      services.answers.set('GET /federation/credentials', () => ({
        status: 403,
        body: '{"message":"No access","__type":"com.amazonaws.switchboard.portal#ForbiddenException"}',
      }))
      failsWith(
        await call({ config: ssoSession() }),
        'An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access',
        254,
      )
    }))

  test('renews a token that is about to expire, and keeps the new one', () =>
    withServices(async ({ services, home, call }) => {
      const registration = {
        clientId: 'client',
        clientSecret: CLIENT_SECRET,
        refreshToken: REFRESH_TOKEN,
        registrationExpiresAt: '2027-01-01T00:00:00Z',
      }
      services.answers.set('POST /token', () => ({
        body: JSON.stringify({ accessToken: 'renewed', expiresIn: 3600, refreshToken: 'next' }),
      }))
      const files = tokenFile('corp', '2026-11-30T00:00:00Z', registration)
      ok(await call({ config: ssoSession(), files }))
      assert.deepEqual(JSON.parse(services.asked[0]!.body), {
        grantType: 'refresh_token',
        clientId: 'client',
        clientSecret: CLIENT_SECRET,
        refreshToken: REFRESH_TOKEN,
      })
      assert.equal(services.asked[1]!.headers['x-amz-sso_bearer_token'], 'renewed')
      const path = join(home, `.aws/sso/cache/${sha1('corp')}.json`)
      const stored = JSON.parse(readFileSync(path, 'utf8'))
      assert.deepEqual(
        [stored.accessToken, stored.expiresAt, stored.refreshToken],
        ['renewed', '2026-12-01T01:00:00Z', 'next'],
      )
      assert.equal(statSync(path).mode & 0o777, 0o600)
      // A refusal to renew is the end only when the token is over.
      services.answers.set('POST /token', () => ({ status: 400, body: '{"error":"invalid_grant"}' }))
      rmSync(join(home, '.aws/cli'), { recursive: true })
      ok(await call({ config: ssoSession(), files: tokenFile('corp', '2026-12-01T00:10:00Z', registration) }))
      assert.equal(services.asked.at(-2)!.headers['x-amz-sso_bearer_token'], SSO_TOKEN)
    }))

  for (const [name, config, text] of [
    [
      'a missing session',
      '[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = R\n',
      'The specified sso-session does not exist: "gone"',
    ],
    [
      'missing settings',
      '[default]\nsso_account_id = 1\n',
      'The profile "default" is configured to use SSO but is missing required configuration: sso_role_name, sso_start_url, sso_region',
    ],
    [
      'a session that says something else',
      `${ssoSession()}`.replace('sso_session = corp', 'sso_session = corp\nsso_region = us-east-1'),
      'The value for sso_region is inconsistent between profile (us-east-1) and sso-session (eu-central-1).',
    ],
  ] as const) {
    test(`with ${name} is refused`, () => withServices(async ({ call }) => failsWith(await call({ config }), text)))
  }
})

describe('a container', () => {
  const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{URL}/container' }

  test('serves credentials, with the token of the variable or, first, of the file', () =>
    withServices(async ({ services, call }) => {
      ok(await call({ env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN } }))
      assert.equal(services.asked[0]!.headers.authorization, CONTAINER_TOKEN)
      assert.equal(services.asked[1]!.signedBy, KEYS.container[0])
      const both = {
        ...env,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{HOME}/token',
      }
      ok(await call({ env: both, files: { token: 'from-the-file' } }))
      assert.equal(services.asked[2]!.headers.authorization, 'from-the-file')
      const broken = { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a\r\nb: c' }
      failsWith(await call({ env: broken }), 'Auth token value is not a legal header value')
      assert.equal(services.asked.length, 4)
    }))

  test('is asked three times, a second apart', () =>
    withServices(async ({ services, call }) => {
      const slept: number[] = []
      const io = { sleep: async (milliseconds: number) => void slept.push(milliseconds) }
      services.answers.set('GET /container', () => ({ status: 500, body: 'oops' }))
      const prefix = 'Error when retrieving credentials from container-role: Error retrieving metadata: '
      failsWith(await call({ env, io }), `${prefix}Received non 200 response 500 from container metadata: oops`)
      assert.deepEqual(slept, [1000, 1000])
      services.answers.set('GET /container', () => ({ body: '<html>' }))
      failsWith(await call({ env, io }), `${prefix}Unable to parse JSON returned from container metadata services`)
      services.answers.set('GET /container', () => ({ body: '{}' }))
      failsWith(
        await call({ env, io }),
        "Error when retrieving credentials from container-role: Missing required key in response: 'AccessKeyId'",
      )
      await services.close()
      const gone = await call({ env, io })
      assert.match(
        gone.stderr,
        /Received error when attempting to retrieve container metadata: Could not connect to the/,
      )
    }))

  test('is not looked for elsewhere than on this machine, unless over TLS', () =>
    withServices(async ({ call }) => {
      failsWith(
        await call({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/c' } }),
        "Unsupported host 'example.com'.  Can only retrieve metadata from a loopback address or one of these hosts: " +
          '169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost',
      )
    }))
})

describe('the instance metadata service', () => {
  const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{URL}/' }

  test('gives credentials by its second version, and the region', () =>
    withServices(async ({ services, url }) => {
      const ran = await capture(io => run(['servicecatalog', 'list-portfolios', '--no-paginate'], io), {
        env: Object.fromEntries(
          Object.entries({ ...env, HOME: '/nonexistent', AWS_ENDPOINT_URL: '{URL}' }).map(([name, value]) => [
            name,
            value.replace('{URL}', url),
          ]),
        ),
        now: () => NOW,
      })
      ok(ran)
      assert.deepEqual(
        services.asked.map(({ what }) => what),
        [
          'PUT /latest/api/token',
          'GET /latest/meta-data/placement/availability-zone/',
          'PUT /latest/api/token',
          'GET /latest/meta-data/iam/security-credentials/',
          'GET /latest/meta-data/iam/security-credentials/instance-role',
          'catalog ListPortfolios',
        ],
      )
      assert.equal(services.asked[0]!.headers['x-aws-ec2-metadata-token-ttl-seconds'], '21600')
      assert.equal(services.asked[4]!.headers['x-aws-ec2-metadata-token'], METADATA_TOKEN)
      assert.equal(services.asked[5]!.signedBy, KEYS.metadata[0])
      assert.match(services.asked[5]!.headers.authorization!, /\/eu-west-3\/servicecatalog\//)
    }))

  test('gives them by its first version where it has no second, unless that is switched off', () =>
    withServices(async ({ services, call }) => {
      services.answers.set('PUT /latest/api/token', () => ({ status: 404, body: '' }))
      ok(await call({ env }))
      assert.equal(services.asked[1]!.headers['x-aws-ec2-metadata-token'], undefined)
      failsWith(
        await call({ env: { ...env, AWS_EC2_METADATA_V1_DISABLED: 'true' } }),
        'Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled',
      )
    }))

  test('goes on with credentials that are over while it has no others', () =>
    withServices(async ({ services, call }) => {
      const path = 'GET /latest/meta-data/iam/security-credentials/instance-role'
      services.answers.set(path, () => servedCredentials(KEYS.metadata, '2026-11-30T23:00:00Z'))
      ok(await call({ env }))
      assert.equal(services.asked.at(-1)!.signedBy, KEYS.metadata[0])
    }))

  test('without a role, with an error for an answer, or not there at all: no credentials', () =>
    withServices(async ({ services, call }) => {
      const none =
        'An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running "aws login".'
      const path = 'GET /latest/meta-data/iam/security-credentials/instance-role'
      services.answers.set(path, () => ({ body: '{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}' }))
      failsWith(await call({ env }), none, 253)
      services.answers.set('GET /latest/meta-data/iam/security-credentials/', () => ({ status: 404, body: 'no' }))
      const twice = { ...env, AWS_METADATA_SERVICE_NUM_ATTEMPTS: '2' }
      const before = services.asked.length
      failsWith(await call({ env: twice }), none, 253)
      assert.equal(services.asked.length, before + 3)
      services.answers.set('PUT /latest/api/token', () => ({ status: 400, body: 'no' }))
      failsWith(await call({ env }), none, 253)
      await services.close()
      failsWith(await call({ env }), none, 253)
    }))
})

test('the providers are asked in the order of the AWS CLI', () =>
  withServices(async ({ services, call }) => {
    const [containerKey] = KEYS.container
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: '{URL}/container',
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: '{URL}',
    }
    const usedBy = async (setting: Setting) => {
      ok(await call({ ...setting, env: { ...env, ...setting.env } }))
      return services.asked.at(-1)!.signedBy
    }
    const [roleKey] = KEYS.role
    const program = `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"${KEYS.web[0]}","SecretAccessKey":"${KEYS.web[1]}"}'\n`
    const keys = (id: string, secret: string) => `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
    const config = `[default]\n${keys(...KEYS.sso)}`
    const withProcess = `${config}credential_process = sh {HOME}/give.sh\n`
    const credentials = `[default]\n${keys(...KEYS.outer)}`
    const files = { 'give.sh': program }
    assert.equal(await usedBy({ config: '[default]\n' }), containerKey)
    assert.equal(await usedBy({ config }), KEYS.sso[0])
    assert.equal(await usedBy({ config: withProcess, files }), KEYS.web[0])
    assert.equal(await usedBy({ credentials }), KEYS.outer[0])
    assert.equal(
      await usedBy({ config: `${config}role_arn = arn:aws:iam::1:role/r\nsource_profile = default\n` }),
      roleKey,
    )
    assert.equal(
      await usedBy({ env: { AWS_ACCESS_KEY_ID: sourceKey, AWS_SECRET_ACCESS_KEY: sourceSecret } }),
      sourceKey,
    )
    const named = { AWS_ACCESS_KEY_ID: sourceKey, AWS_SECRET_ACCESS_KEY: sourceSecret }
    assert.equal(await usedBy({ env: named, argv: ['--profile', 'default'] }), roleKey)
  }))

test('a credential_process that fails shows what it wrote, and never what it printed', () =>
  withServices(async ({ call }) => {
    const run = async (script: string) =>
      call({
        config: '[default]\ncredential_process = sh {HOME}/give.sh a-SECRET-word\n',
        files: { 'give.sh': script },
      })
    const prefix = 'Error when retrieving credentials from custom-process: '
    failsWith(await run('echo broken >&2; exit 3'), `${prefix}broken`)
    failsWith(await run('echo SECRET'), 'Expecting value: line 1 column 1 (char 0)')
    failsWith(
      await run(`echo '{"Version":2}'`),
      `${prefix}Unsupported version '2' for credential process provider, supported versions: 1`,
    )
    failsWith(
      await run(`echo '{"Version":1,"AccessKeyId":"a"}'`),
      `${prefix}Missing required key in response: 'SecretAccessKey'`,
    )
    const missing = await call({ config: '[default]\ncredential_process = /nonexistent/program\n' })
    failsWith(missing, "[Errno 2] No such file or directory: '/nonexistent/program'")
  }))

test('what `aws login` left is used while it lasts', () =>
  withServices(async ({ services, call }) => {
    const name = createHash('sha256').update('arn:aws:iam::1:user/me').digest('hex')
    const file = (expiresAt: string) => ({
      [`.aws/login/cache/${name}.json`]: JSON.stringify({
        accessToken: { accessKeyId: KEYS.sso[0], secretAccessKey: KEYS.sso[1], sessionToken: SESSION_TOKEN, expiresAt },
      }),
    })
    const config = '[default]\nlogin_session = arn:aws:iam::1:user/me\n'
    assert.match((await call({ config })).stderr, /Please reauthenticate with 'aws login'\.\n$/)
    ok(await call({ config, files: file(END) }))
    assert.equal(services.asked[0]!.signedBy, KEYS.sso[0])
    failsWith(
      await call({ config, files: file('2026-01-01T00:00:00Z') }),
      "Your session has expired. Please reauthenticate with 'aws login'.",
    )
  }))

test('--debug names the way and shows no secret, token or signature, whichever way it is', () =>
  withServices(async ({ services, call }) => {
    const registration = {
      clientId: 'client',
      clientSecret: CLIENT_SECRET,
      refreshToken: REFRESH_TOKEN,
      registrationExpiresAt: '2027-01-01T00:00:00Z',
    }
    const renewed = 'sso-renewed-token-SECRET'
    services.answers.set('POST /token', () => ({
      body: JSON.stringify({ accessToken: renewed, expiresIn: 3600, refreshToken: REFRESH_TOKEN }),
    }))
    const code = '918273'
    const program = `echo '${JSON.stringify({ Version: 1, AccessKeyId: KEYS.web[0], SecretAccessKey: KEYS.web[1], SessionToken: SESSION_TOKEN })}'`
    const ways: readonly (readonly [provider: string, setting: Setting])[] = [
      [
        'env',
        {
          env: { AWS_ACCESS_KEY_ID: sourceKey, AWS_SECRET_ACCESS_KEY: sourceSecret, AWS_SESSION_TOKEN: SESSION_TOKEN },
        },
      ],
      [
        'assume-role',
        {
          config: ROLE.replace('source_profile', 'mfa_serial = arn:aws:iam::1:mfa/m\nsource_profile'),
          io: { readSecret: async () => code },
        },
      ],
      ['assume-role', { config: ROLE.replace('source_profile', 'mfa_serial = arn:aws:iam::1:mfa/m\nsource_profile') }],
      [
        'assume-role-with-web-identity',
        {
          config: '',
          files: { token: WEB_TOKEN },
          env: { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/w' },
        },
      ],
      ['sso', { config: ssoSession(), files: tokenFile('corp', '2026-12-01T00:05:00Z', registration) }],
      [
        'shared-credentials-file',
        { config: '', credentials: `[default]\n${SOURCE}aws_session_token = ${SESSION_TOKEN}\n` },
      ],
      [
        'custom-process',
        {
          credentials: '',
          config: '[default]\ncredential_process = sh {HOME}/give.sh a-word-SECRET\n',
          files: { 'give.sh': program },
        },
      ],
      ['config-file', { config: `[default]\n${SOURCE}` }],
      [
        'container-role',
        {
          config: '',
          env: {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: '{URL}/container',
            AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN,
          },
        },
      ],
      ['iam-role', { env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{URL}' } }],
    ]
    for (const [provider, setting] of ways) {
      const before = services.asked.length
      const ran = await call({ ...setting, argv: ['--debug'] })
      assert.equal(ran.exit, 0, `${provider}: ${ran.stderr}`)
      assert.match(
        ran.stderr,
        new RegExp(`credentials: A\\w+\\*\\*\\*\\w*(?: with a session token)? from ${provider}\\b`),
      )
      const signatures = services.asked
        .slice(before)
        .map(({ headers }) => /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1])
        .filter(signature => signature !== undefined)
      assert.ok(signatures.length > 0)
      const secrets = [
        ...Object.values(KEYS).map(([, secret]) => secret),
        ...signatures,
        ...[SESSION_TOKEN, METADATA_TOKEN, SSO_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, WEB_TOKEN, CONTAINER_TOKEN],
        ...[renewed, code],
      ]
      for (const secret of secrets) {
        for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
          assert.ok(!ran.stderr.includes(form), `${provider}: ${secret} in ${ran.stderr}`)
        }
      }
      for (const [id] of Object.values(KEYS)) assert.ok(!ran.stderr.includes(id), `${provider}: ${id} in full`)
      assert.doesNotMatch(ran.stderr, /SECRET/)
    }
  }))
