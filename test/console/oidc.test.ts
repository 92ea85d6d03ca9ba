import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { account, type Bellhop, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { document, outputOf } from '../kit/identity.ts'
import { type OidcProvider, startOidcProvider } from '../kit/oidc-provider.ts'

const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const many = (i: number) => `Many-${i}-${'x'.repeat(40)}`
const hostile = '<img src=x onerror=alert(1)> \u202e "quoted"'

/** Signing in through an identity provider, as a browser goes it step by step, and as somebody else might try to. */
test('the console: signing in through an identity provider', async t => {
  let server: Bellhop
  let provider: OidcProvider
  const later: (() => void)[] = []
  let folder = ''
  const admin = () => ({ url: server.url, credentials: server.credentials })
  const address = () => provider.issuer.replace('http://', '')

  const settings = () => ({
    name: 'Example Corp',
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: { env: 'OIDC_SECRET' },
    roles: [
      { claim: 'groups', value: 'admins', role: roleArn('Admin') },
      { claim: 'groups', value: 'staff', role: roleArn('Requester') },
      { claim: 'realm_access.roles', value: 'staff', role: roleArn('Requester') },
      { claim: 'groups', value: 'strangers', role: roleArn('Untrusting') },
      { claim: 'groups', value: 'fleeting', role: roleArn('Fleeting') },
      { claim: 'groups', value: 'lost', role: roleArn('NotThere') },
    ],
  })
  const trust = (conditions: object) =>
    document({
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${address()}` },
      Condition: { StringEquals: conditions },
    })
  const setTrust = (RoleName: string, PolicyDocument: string) =>
    outputOf(admin(), 'iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument })

  before(async () => {
    folder = temporaryFolder({ after: fn => void later.push(fn) })
    provider = await startOidcProvider({ path: '/realms/staff' })
    server = await startBellhop({
      dataDirectory: `${folder}/data`,
      config: {
        outbound: { allow: ['127.0.0.1'] },
        console: {
          oidc: {
            corp: settings(),
            down: { ...settings(), name: 'Nobody', issuer: 'http://127.0.0.1:9/' },
            unset: { ...settings(), name: 'Unset', clientSecret: { env: 'NOT_SET' } },
            inner: { ...settings(), name: 'Inner', issuer: 'https://10.255.255.1/' },
            many: {
              ...settings(),
              roles: Array.from({ length: 60 }, (_, i) => ({
                claim: 'groups',
                value: i < 30 ? 'some' : 'many',
                role: roleArn(many(i)),
              })),
            },
            everybody: {
              ...settings(),
              name: 'Everybody',
              sessionName: 'nick',
              roles: [{ role: roleArn('Requester') }],
            },
          },
        },
      },
      env: { OIDC_SECRET: provider.clientSecret },
    })
    provider.redirectUris.push(`${server.url}/`)
    const aud = { [`${address()}:aud`]: provider.clientId }
    for (const [name, policy] of [
      ['Admin', trust(aud)],
      ['Requester', trust(aud)],
      ['Untrusting', document({ Effect: 'Allow', Action: 'sts:*', Principal: { AWS: '*' } })],
    ] as const) {
      await outputOf(admin(), 'iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy })
    }
    await outputOf(admin(), 'iam', 'PutRolePolicy', {
      RoleName: 'Requester',
      PolicyName: 'own',
      PolicyDocument: document({
        Effect: 'Allow',
        Action: 'iam:GetRole',
        Resource: '*',
        Condition: { StringEquals: { [`${address()}:sub`]: 'u-1', 'aws:FederatedProvider': providerArn() } },
      }),
    })
  })
  const providerArn = () => `arn:aws:iam::${account}:oidc-provider/${address()}`
  after(async () => {
    await server.stop()
    await provider.close()
    for (const fn of later) fn()
  })

  /** As much of a browser as this takes: cookies by name, and no address followed that it is not told to. */
  function browser() {
    const jar = new Map<string, string>()
    const send = async (path: string, init: RequestInit = {}) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) }
      const response = await fetch(new URL(path, server.url), { ...init, headers, redirect: 'manual' })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (/Max-Age=0/.test(line)) jar.delete(name)
        else jar.set(name, value)
      }
      return response
    }
    const act = (method: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
      send(path, { method, headers: { origin: server.url, ...headers }, body: JSON.stringify(body) })
    return {
      jar,
      send,
      act,
      begin: (id = 'corp', returnTo = '') => act('POST', `/console/oidc/${id}/begin`, { returnTo }),
      who: async () => (await (await send('/console/session')).json()) as Record<string, any>,
    }
  }

  /** From the button to the address that the provider sends the browser back to. */
  async function toCallback(page: ReturnType<typeof browser>, user: object | undefined, id = 'corp', returnTo = '') {
    provider.user = user as OidcProvider['user']
    const begun = await page.begin(id, returnTo)
    const { url, message } = (await begun.json()) as { url?: string; message?: string }
    assert.equal(begun.status, 200, message)
    const answered = await fetch(url!, { redirect: 'manual' })
    return answered.headers.get('location')!
  }

  async function signIn(user: object | undefined, id = 'corp', returnTo = '') {
    const page = browser()
    const back = await page.send(await toCallback(page, user, id, returnTo))
    assert.equal(back.status, 303)
    return { page, back, said: await page.who() }
  }
  const problemOf = async (user: object | undefined, id?: string) => {
    const { said, page } = await signIn(user, id)
    assert.equal(said['arn'], undefined)
    assert.equal(page.jar.has('bellhop-console'), false)
    return said['problem'] as string
  }
  const alice = { sub: 'u-1', email: 'alice@example.com', email_verified: true, groups: ['staff'] }

  await t.test('whoever has one role is a session of it, named by the claim, where they came from', async () => {
    const { page, back, said } = await signIn(alice, 'corp', '#/records?id=rec-1')
    assert.equal(back.headers.get('location'), '/#/records?id=rec-1')
    assert.equal(said['arn'], `arn:aws:sts::${account}:assumed-role/Requester/alice@example.com`)
    const cookies = back.headers.getSetCookie()
    assert.match(cookies.find(line => line.startsWith('bellhop-console='))!, /; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.ok(!cookies.join().includes(provider.clientSecret))
    // An hour is what the role allows, twelve the console.
    const left = (said['expiresAt'] - Date.now()) / 60_000
    assert.ok(left > 58 && left <= 60, String(left))
    const ask = (name: string, input: object) =>
      page.act('POST', `/console/api/${name}`, input, { 'x-bellhop-token': said['token'] })
    assert.deepEqual(await (await ask('sts/GetCallerIdentity', {})).json(), {
      UserId: `${(await outputOf(admin(), 'iam', 'GetRole', { RoleName: 'Requester' })).Role.RoleId}:alice@example.com`,
      Account: account,
      Arn: said['arn'],
    })
    // Its policies can look at what the provider said.
    assert.equal((await ask('iam/GetRole', { RoleName: 'Requester' })).status, 200)
    assert.equal((await ask('iam/ListRoles', {})).status, 400)
    assert.ok(provider.requests.includes('POST /token'))
  })

  await t.test('the sign-in page is told the ways there are, and names no secret', async () => {
    const said = await browser().who()
    assert.equal(said['accessKeys'], true)
    assert.deepEqual(said['providers'][0], { id: 'corp', name: 'Example Corp' })
    assert.equal(said['providers'].length, 6)
  })

  await t.test('whoever has several roles chooses one of them, once', async () => {
    const { page, said } = await signIn({ ...alice, groups: ['staff', 'admins', 'strangers', 'lost'] })
    const roles = [roleArn('Admin'), roleArn('Requester')]
    assert.deepEqual(said['choice'], { provider: 'Example Corp', name: 'alice@example.com', roles })
    const kept = page.jar.get('bellhop-sign-in')!
    assert.equal((await page.act('POST', '/console/role', { role: roleArn('Untrusting') })).status, 400)
    assert.equal((await page.act('POST', '/console/role', { role: roles[0] }, { origin: 'http://evil' })).status, 403)
    assert.equal((await page.act('POST', '/console/role', { role: roles[0] })).status, 200)
    assert.equal((await page.who())['arn'], `arn:aws:sts::${account}:assumed-role/Admin/alice@example.com`)
    const other = browser()
    other.jar.set('bellhop-sign-in', kept)
    const again = await other.act('POST', '/console/role', { role: roles[1] })
    assert.match(((await again.json()) as { message: string }).message, /chosen before/)
  })

  await t.test('thirty roles can be chosen from; more than a cookie holds are told of', async () => {
    const PolicyDocument = trust({ [`${address()}:aud`]: provider.clientId })
    const make = (RoleName: string) =>
      outputOf(admin(), 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: PolicyDocument })
    await Promise.all(Array.from({ length: 60 }, (_, i) => make(many(i))))
    const { said } = await signIn({ ...alice, groups: ['some'] }, 'many')
    assert.equal(said['choice']['roles'].length, 30)
    assert.match(await problemOf({ ...alice, groups: ['some', 'many'] }, 'many'), /60 roles, which are too many/)
  })

  await t.test('what the session starts is its own, and is judged by what the provider said', async () => {
    const { said, page } = await signIn({ ...alice, groups: ['admins'] })
    const caller = { StringEquals: { [`${address()}:sub`]: 'u-1' } }
    await outputOf(admin(), 'iam', 'PutRolePolicy', {
      RoleName: 'Admin',
      PolicyName: 'own',
      PolicyDocument: document({ Effect: 'Allow', Action: ['ssm:*', 'iam:*'], Resource: '*', Condition: caller }),
    })
    const mainSteps = [
      { name: 'Ask', action: 'aws:executeAwsApi', inputs: { Service: 'ssm', Api: 'DescribeAutomationExecutions' } },
    ]
    await outputOf(admin(), 'ssm', 'CreateDocument', {
      Name: 'Own',
      Content: JSON.stringify({ schemaVersion: '0.3', mainSteps }),
      DocumentType: 'Automation',
      DocumentFormat: 'JSON',
    })
    const ask = async (operation: string, input: object) => {
      const headers = { 'x-bellhop-token': said['token'] }
      return (await (await page.act('POST', `/console/api/ssm/${operation}`, input, headers)).json()) as Record<
        string,
        any
      >
    }
    const { AutomationExecutionId } = await ask('StartAutomationExecution', { DocumentName: 'Own' })
    const ended = await until(async () => {
      const { AutomationExecution: found } = await ask('GetAutomationExecution', { AutomationExecutionId })
      return ['Success', 'Failed'].includes(found.AutomationExecutionStatus) && found
    }, 'the execution ends')
    assert.deepEqual(
      [ended.AutomationExecutionStatus, ended.ExecutedBy],
      ['Success', said['arn']],
      ended.FailureMessage,
    )
  })

  await t.test('sign-ins that were left do not pile up', async () => {
    const page = browser()
    for (let i = 0; i < 30; i++) assert.equal((await page.begin()).status, 200)
    assert.ok(page.jar.size <= 8, String(page.jar.size))
  })

  await t.test('a choice can be left', async () => {
    const { page } = await signIn({ ...alice, groups: ['staff', 'admins'] })
    assert.equal((await page.act('DELETE', '/console/role')).status, 200)
    assert.equal((await page.who())['choice'], undefined)
  })

  await t.test('whoever is mapped to nothing, or to no role that trusts the provider, is told so', async () => {
    assert.match(await problemOf({ ...alice, groups: [] }), /knows you as alice@example.com, but nothing/)
    assert.match(await problemOf({ ...alice, groups: 'STAFF' }), /nothing that it says of you is mapped/)
    assert.match(await problemOf({ ...alice, groups: ['strangers'] }), /role\/Untrusting cannot be used/)
    assert.match(await problemOf({ ...alice, groups: ['lost', 'strangers'] }), /the 2 roles you are mapped to cannot/)
  })

  await t.test('the session’s name is one that nobody else can have', async () => {
    assert.match(await problemOf({ ...alice, email: undefined }), /no verified claim email/)
    assert.match(await problemOf({ ...alice, email_verified: false }), /no verified claim email/)
    assert.match(await problemOf({ ...alice, email: { toString: 1 } }), /no verified claim email/)
    const named = async (nick: string) => (await signIn({ ...alice, nick }, 'everybody')).said['arn'].split('/').at(-1)
    assert.equal(await named('Jo.Doe+x=1@example.com'), 'Jo.Doe+x=1@example.com')
    const names = [
      await named('Jörg Müller'),
      await named('Jorg Muller'),
      await named('x'.repeat(70)),
      await named('x'),
    ]
    for (const name of names) assert.match(name, /^[\w+=,.@-]{2,64}$/)
    assert.match(names[0]!, /^Jorg-Muller-[0-9a-f]{10}$/)
    assert.equal(new Set(names).size, 4)
    assert.match(await named('<b>/../role'), /^-b-[\w.-]+$/)
  })

  await t.test('claims may lie deeper, and at userinfo', async () => {
    const deep = await signIn({ ...alice, groups: undefined, realm_access: { roles: ['staff'] } })
    assert.match(deep.said['arn'], /assumed-role\/Requester/)
    provider.userInfoOnly = ['groups', 'email']
    try {
      assert.match((await signIn(alice)).said['arn'], /Requester\/alice@example.com$/)
    } finally {
      provider.userInfoOnly = []
    }
  })

  await t.test('a place to return to is one of the console’s own', async () => {
    for (const place of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '#/a\r\nX: y',
      '#//',
      `#/${'x'.repeat(2000)}`,
    ]) {
      const { back } = await signIn(alice, 'corp', place)
      assert.match(back.headers.get('location')!, /^\/(#\/\/)?$/, place)
    }
  })

  await t.test('a sign-in is good once, in the browser that began it, at the provider it was begun with', async () => {
    const page = browser()
    const callback = await toCallback(page, alice)
    const stranger = browser()
    await stranger.send(callback)
    assert.match((await stranger.who())['problem'], /not begun in this browser/)
    const kept = new Map(page.jar)
    assert.match([...kept.keys()].join(), /^bellhop-oidc-/)
    const elsewhere = browser()
    for (const [name, value] of kept) elsewhere.jar.set(name, value)
    await elsewhere.send(callback.replace('/corp/', '/everybody/'))
    assert.match((await elsewhere.who())['problem'], /not begun in this browser/)
    await page.send(callback)
    assert.match((await page.who())['arn'], /Requester/)
    // The same browser with everything that it had.
    for (const [name, value] of kept) elsewhere.jar.set(name, value)
    await elsewhere.send(callback)
    assert.match((await elsewhere.who())['problem'], /completed before/)
    // A problem is told once.
    assert.equal((await elsewhere.who())['problem'], undefined)
    // A new sign-in with an old code.
    const code = new URL(callback).searchParams.get('code')!
    const replayed = new URL(await toCallback(page, alice))
    replayed.searchParams.set('code', code)
    page.jar.delete('bellhop-console')
    await page.send(replayed.href)
    assert.match((await page.who())['problem'], /did not complete the sign-in \(invalid_grant\)/)
    for (const query of ['', '?state=%0d%0aSet-Cookie:x=y&code=x', '?code=a&code=b&state=c', '?error=x']) {
      const odd = await page.send(`/console/oidc/corp/callback${query}`)
      assert.equal(odd.status, 303)
    }
    assert.equal((await page.send('/console/oidc/nobody/callback')).status, 303)
  })

  await t.test('another site can begin nothing', async () => {
    const page = browser()
    for (const [name, value] of [
      ['origin', 'http://evil.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ] as const) {
      assert.equal((await page.act('POST', '/console/oidc/corp/begin', {}, { [name]: value })).status, 403)
    }
    assert.equal((await page.begin('constructor')).status, 400)
    const port = new URL(server.url).port
    const other = await page.act(
      'POST',
      '/console/oidc/corp/begin',
      {},
      { origin: `http://localhost:${port}`, host: 'x' },
    )
    assert.equal(other.status, 403)
  })

  await t.test('what the provider refuses is told in its words, as text', async () => {
    const refusal = async (parameters: Record<string, string>) => {
      const page = browser()
      const callback = new URL(await toCallback(page, alice))
      callback.searchParams.delete('code')
      for (const [name, value] of Object.entries(parameters)) callback.searchParams.set(name, value)
      const back = await page.send(callback.href)
      assert.equal(back.status, 303)
      assert.equal(await back.text(), '')
      return (await page.who())['problem'] as string
    }
    assert.match(
      await refusal({ error: 'access_denied', error_description: 'Not you' }),
      /did not let you in.*“Not you”/,
    )
    const long = await refusal({ error: 'server_error', error_description: hostile.repeat(100) })
    assert.match(long, /\(server_error\)/)
    assert.ok(long.length < 500 && !long.includes('\u202e'))
  })

  const badTokens: [name: string, make: NonNullable<OidcProvider['makeToken']>, text: RegExp][] = [
    ['no signature', (claims, { unsigned }) => unsigned(claims), /not understood|checked/],
    ['an HMAC with the public key', (claims, { hmac }) => hmac(claims), /not understood|checked/],
    [
      'an HMAC with the client secret',
      (claims, { hmac }) => hmac(claims, provider.clientSecret),
      /not understood|checked/,
    ],
    ['another key', (claims, { forged }) => forged(claims), /not understood/],
    ['an unknown key', (claims, { signed }) => signed(claims, { kid: 'none' }), /none of its keys/],
    [
      'another issuer',
      (claims, { signed }) => signed({ ...claims, iss: 'http://evil.example' }),
      /not for this server/,
    ],
    ['another audience', (claims, { signed }) => signed({ ...claims, aud: 'other' }), /not for this server/],
    [
      'another party',
      (claims, { signed }) => signed({ ...claims, aud: ['bellhop', 'x'], azp: 'x' }),
      /not for this server/,
    ],
    ['another nonce', (claims, { signed }) => signed({ ...claims, nonce: 'x' }), /not for this server/],
    ['no nonce', (claims, { signed }) => signed({ ...claims, nonce: undefined }), /not understood/],
    ['no subject', (claims, { signed }) => signed({ ...claims, sub: undefined }), /not understood/],
    ['an end that is past', (claims, { signed }) => signed({ ...claims, exp: Date.now() / 1000 - 90 }), /the clocks/],
    ['a beginning to come', (claims, { signed }) => signed({ ...claims, nbf: Date.now() / 1000 + 300 }), /the clocks/],
    ['nonsense', () => 'a.b.c', /not understood/],
    ['no token', () => '', /not understood/],
  ]
  for (const [name, make, text] of badTokens) {
    await t.test(`a token with ${name} is refused`, async () => {
      provider.makeToken = make
      try {
        assert.match(await problemOf(alice), text)
      } finally {
        provider.makeToken = undefined
      }
    })
  }

  await t.test('clocks may differ a little', async () => {
    provider.makeToken = (claims, { signed }) => signed({ ...claims, exp: Math.floor(Date.now() / 1000) - 30 })
    try {
      assert.match((await signIn(alice)).said['arn'], /Requester/)
    } finally {
      provider.makeToken = undefined
    }
  })

  await t.test('a new key counts at once, and the metadata are not asked for each time', async () => {
    const asked = () => provider.requests.filter(each => each.endsWith('/.well-known/openid-configuration')).length
    const before = asked()
    await signIn(alice)
    provider.rotate()
    assert.match((await signIn(alice)).said['arn'], /Requester/)
    assert.equal(asked(), before)
  })

  await t.test('a provider that answers nonsense, too much or nothing makes a text, not a failure', async () => {
    const withFault = async (where: string, fault: NonNullable<OidcProvider['fault']>) => {
      const page = browser()
      const callback = await toCallback(page, alice)
      provider.fault = (request, response, path) => path === where && fault(request, response, path)
      try {
        assert.equal((await page.send(callback)).status, 303)
        return (await page.who())['problem'] as string
      } finally {
        provider.fault = undefined
      }
    }
    for (const [status, body] of [
      [200, '<html>eyJhbGciOi.secret.token'],
      [200, '[]'],
      [200, '{"access_token": 1}'],
      [500, 'oops'],
      [302, ''],
      [204, ''],
      [200, `{"access_token": "${'x'.repeat(600_000)}"}`],
    ] as const) {
      const problem = await withFault('/token', (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', location: 'http://127.0.0.1:9/' }).end(body)
        return true
      })
      assert.match(problem, /not understood/, body.slice(0, 40))
    }
    const hungUp = await withFault('/jwks', request => Boolean(request.socket.destroy()))
    assert.match(hungUp, /cannot be reached/)
    const angry = await withFault('/token', (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: hostile.repeat(50), error_description: hostile.repeat(50) }))
      return true
    })
    assert.ok(angry.length < 700 && !angry.includes('\u202e'), angry)
    assert.doesNotMatch(server.log(), /eyJhbGciOi|secret\.token/)
  })

  await t.test('a provider that is not there, or may not be reached, is said on the page, soon', async () => {
    const text = async (id: string) => {
      const response = await browser().begin(id)
      assert.equal(response.status, 400)
      return ((await response.json()) as { message: string }).message
    }
    const began = performance.now()
    assert.match(await text('down'), /Nobody cannot be reached at the moment/)
    assert.match(await text('inner'), /Inner cannot be reached/)
    assert.match(await text('unset'), /not set up completely/)
    assert.ok(performance.now() - began < 5_000)
    assert.match(server.log(), /10\.255\.255\.1 is loopback, link-local or private/)
    assert.match(server.log(), /NOT_SET holds no client secret/)
  })

  await t.test('any node with the same secret completes it, and may take no access keys at all', async () => {
    const other = await startBellhop({
      dataDirectory: `${folder}/other`,
      config: {
        outbound: { allow: ['127.0.0.1'] },
        console: {
          url: server.url,
          accessKeys: false,
          oidc: { corp: { ...settings(), clientSecret: { file: 'secret' } } },
        },
      },
      env: { BELLHOP_SECRET_KEY: readFileSync(`${folder}/data/secret.key`, 'utf8').trim() },
    })
    writeFileSync(`${folder}/secret`, `${provider.clientSecret}\n`)
    try {
      await outputOf(other, 'iam', 'CreateRole', {
        RoleName: 'Requester',
        AssumeRolePolicyDocument: trust({ [`${address()}:aud`]: provider.clientId }),
      })
      const page = browser()
      const callback = new URL(await toCallback(page, alice))
      await page.send(`${other.url}${callback.pathname}${callback.search}`)
      const at = async (path: string, init: RequestInit) => page.send(`${other.url}${path}`, init)
      const said = (await (await at('/console/session', {})).json()) as Record<string, string>
      assert.match(said['arn']!, /Requester/)
      // A key signs in nobody there, and nobody who came in with one elsewhere stays.
      const key = { method: 'POST', headers: { origin: other.url }, body: JSON.stringify(other.credentials) }
      assert.equal((await at('/console/session', key)).status, 403)
      const byKey = browser()
      await byKey.act('POST', '/console/session', server.credentials)
      assert.match((await byKey.who())['arn'], /user/)
      const elsewhere = (await (await byKey.send(`${other.url}/console/session`)).json()) as Record<string, unknown>
      assert.deepEqual([elsewhere['arn'], elsewhere['accessKeys']], [undefined, false])
    } finally {
      await other.stop()
    }
  })

  await t.test('the session ends when its role no longer trusts the provider, and when the role is gone', async () => {
    const { page } = await signIn(alice)
    assert.match((await page.who())['arn'], /Requester/)
    await setTrust('Requester', trust({ [`${address()}:sub`]: 'somebody else' }))
    assert.equal((await page.who())['arn'], undefined)
    await setTrust('Requester', trust({ [`${address()}:sub`]: 'u-1' }))
    assert.match((await page.who())['arn'], /Requester/)
    await setTrust('Requester', document({ Effect: 'Allow', Action: 'sts:*', Principal: { AWS: '*' } }))
    assert.equal((await page.who())['arn'], undefined)
    await setTrust('Requester', trust({ [`${address()}:aud`]: provider.clientId }))

    const AssumeRolePolicyDocument = trust({ [`${address()}:aud`]: provider.clientId })
    await outputOf(admin(), 'iam', 'CreateRole', { RoleName: 'Fleeting', AssumeRolePolicyDocument })
    const { page: other } = await signIn({ ...alice, groups: ['fleeting'] })
    assert.match((await other.who())['arn'], /Fleeting/)
    await outputOf(admin(), 'iam', 'DeleteRole', { RoleName: 'Fleeting' })
    assert.equal((await other.who())['arn'], undefined)
    // Another role of the same name is another role.
    await outputOf(admin(), 'iam', 'CreateRole', { RoleName: 'Fleeting', AssumeRolePolicyDocument })
    assert.equal((await other.who())['arn'], undefined)
  })

  await t.test('signing out goes on to the provider, which knows whom it signs out', async () => {
    const { page, said } = await signIn(alice)
    const out = await page.act('DELETE', '/console/session', {}, { 'x-bellhop-token': said['token'] })
    const { url } = (await out.json()) as { url: string }
    assert.ok(url.startsWith(`${provider.issuer}/logout?`))
    assert.equal((await fetch(url, { redirect: 'manual' })).headers.get('location'), `${server.url}/`)
    assert.equal((await page.who())['arn'], undefined)
    assert.deepEqual([...page.jar.keys()], [])
  })

  await t.test('nothing of it is in the log but who, how and why not', async () => {
    const log = server.log()
    assert.match(log, /"provider":"corp","principal":"arn:aws:sts::\d+:assumed-role\/Requester\/alice@example.com"/)
    assert.match(log, /"a sign-in to the console failed"/)
    assert.ok(!log.includes(provider.clientSecret))
    assert.doesNotMatch(log, /"level":"error"|code=|eyJ/)
  })
})
