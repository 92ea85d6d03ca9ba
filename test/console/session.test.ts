import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Bellhop, call, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { makeUser, outputOf } from '../kit/identity.ts'

/** The console's way to the API, as a browser would go it, and as somebody else might try to. */
test('the console: sessions and what they may do', async t => {
  let server: Bellhop
  let admin: { url: string; credentials: Bellhop['credentials'] }
  const later: (() => void)[] = []
  before(async () => {
    const folder = temporaryFolder({ after: fn => void later.push(fn) })
    server = await startBellhop({ dataDirectory: `${folder}/data` })
    admin = { url: server.url, credentials: server.credentials }
  })
  after(async () => {
    await server.stop()
    for (const fn of later) fn()
  })

  const origin = () => ({ origin: server.url })
  const signIn = (key: object, headers: Record<string, string> = origin()) =>
    fetch(`${server.url}/console/session`, { method: 'POST', headers, body: JSON.stringify(key) })
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

  async function session(key: object = server.credentials) {
    const response = await signIn(key)
    assert.equal(response.status, 200)
    const { token } = (await response.json()) as { token: string }
    const cookie = cookieOf(response)
    const ask = (name: string, input: object, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/console/api/${name}`, {
        method: 'POST',
        headers: { ...origin(), cookie, 'x-bellhop-token': token, ...headers },
        body: JSON.stringify(input),
      })
    return { response, token, cookie, ask }
  }
  const codeOf = async (response: Response) => ((await response.json()) as { __type?: string }).__type

  await t.test('a key is exchanged for a cookie that scripts cannot read and other sites do not send', async () => {
    const { response, cookie } = await session()
    assert.match(response.headers.get('set-cookie')!, /; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.doesNotMatch(cookie, new RegExp(server.credentials.accessKeyId))
    const secure = await signIn(server.credentials, { ...origin(), 'x-forwarded-proto': 'https' })
    assert.match(secure.headers.get('set-cookie')!, /; Secure$/)
    const who = await fetch(`${server.url}/console/session`, { headers: { cookie } })
    assert.match(((await who.json()) as { arn: string }).arn, /^arn:aws:iam::123456789012:user\//)
    const nobody = await fetch(`${server.url}/console/session`)
    assert.deepEqual(await nobody.json(), { accessKeys: true, providers: [] })
  })

  await t.test('a wrong secret, an unknown key and no key are refused alike', async () => {
    const texts = new Set<string>()
    const { accessKeyId } = server.credentials
    for (const key of [
      { accessKeyId, secretAccessKey: 'x'.repeat(40) },
      { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' },
      { accessKeyId, secretAccessKey: '' },
      { accessKeyId: { toString: 1 }, secretAccessKey: [] },
      { ...server.credentials, sessionToken: 'v1.x.y' },
      [],
    ]) {
      const response = await signIn(key)
      assert.equal(response.status, 400)
      assert.equal(response.headers.get('set-cookie'), null)
      texts.add(await response.text())
    }
    assert.equal(texts.size, 1)
    const notJson = await fetch(`${server.url}/console/session`, { method: 'POST', headers: origin(), body: '{' })
    assert.equal(notJson.status, 400)
    const large = await fetch(`${server.url}/console/session`, {
      method: 'POST',
      headers: origin(),
      body: 'x'.repeat(100_000),
    })
    assert.equal(large.status, 413)
  })

  await t.test('another site can neither sign in nor call, with or without the cookie', async () => {
    const { ask, token, cookie } = await session()
    assert.equal((await signIn(server.credentials, { origin: 'http://evil.example' })).status, 403)
    assert.equal((await signIn(server.credentials, {})).status, 403)
    const whoAmI = (headers: Record<string, string>) => ask('sts/GetCallerIdentity', {}, headers)
    assert.equal((await whoAmI({})).status, 200)
    assert.equal(await codeOf(await whoAmI({ origin: 'http://evil.example' })), 'AccessDeniedException')
    assert.equal(await codeOf(await whoAmI({ origin: 'null' })), 'AccessDeniedException')
    assert.equal(await codeOf(await whoAmI({ 'sec-fetch-site': 'same-site' })), 'AccessDeniedException')
    assert.equal(await codeOf(await whoAmI({ 'x-bellhop-token': 'x' })), 'AccessDeniedException')
    assert.equal(await codeOf(await whoAmI({ cookie: '' })), 'ExpiredTokenException')
    assert.equal(await codeOf(await whoAmI({ cookie: `${cookie}x` })), 'ExpiredTokenException')
    const signOut = await fetch(`${server.url}/console/session`, {
      method: 'DELETE',
      headers: { cookie, 'x-bellhop-token': token, origin: 'http://evil.example' },
    })
    assert.equal(signOut.status, 403)
  })

  await t.test('it may do what its user may, in JSON for every service, and no more', async () => {
    const alice = await makeUser(admin, 'alice', { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' })
    const { ask } = await session(alice.credentials)
    const got = (await (await ask('iam/GetUser', { UserName: 'alice' })).json()) as { User: { CreateDate: number } }
    assert.equal(typeof got.User.CreateDate, 'number')
    assert.equal(await codeOf(await ask('iam/ListUsers', {})), 'AccessDeniedException')
    assert.equal(await codeOf(await ask('servicecatalog/ListPortfolios', {})), 'AccessDeniedException')
    assert.equal(await codeOf(await ask('iam/GetUser', { UserName: 1 })), 'SerializationException')
    assert.equal(await codeOf(await ask('servicecatalog/NoSuchThing', {})), 'UnknownOperationException')
    assert.equal(await codeOf(await ask('constructor/x', {})), 'UnknownOperationException')
    const abroad = await (await session()).ask('servicecatalog/ListPortfolios', {}, { 'x-bellhop-region': 'eu-west-1' })
    assert.equal(abroad.status, 200)
  })

  await t.test('files and documents are taken from the page alone, as far as its user may', async () => {
    const { cookie, token } = await session()
    const headers = { ...origin(), cookie, 'x-bellhop-token': token }
    const put = (more: Record<string, string>, body = 'Resources: {}') =>
      fetch(`${server.url}/console/artifacts`, { method: 'PUT', headers: { ...headers, ...more }, body })
    const stored = (await (await put({})).json()) as { Path: string }
    assert.match(stored.Path, /^bellhop:\/\/artifacts\/sha256-/)
    for (const [name, value] of [
      ['cookie', ''],
      ['x-bellhop-token', 'x'],
      ['origin', 'https://elsewhere.example'],
    ] as const) {
      assert.equal((await put({ [name]: value })).status, 400)
    }
    assert.equal((await put({}, '')).status, 400)
    const carol = await makeUser(admin, 'carol', { Effect: 'Allow', Action: 'ssm:*', Resource: '*' })
    const hers = await session(carol.credentials)
    const denied = await put({ cookie: hers.cookie, 'x-bellhop-token': hers.token })
    assert.equal(await codeOf(denied), 'AccessDeniedException')

    const check = (given: unknown, more: Record<string, string> = {}) =>
      fetch(`${server.url}/console/document-check`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify(given),
      })
    const content = "schemaVersion: '0.3'\nmainSteps: [{name: A, action: 'aws:sleep', inputs: {Duration: PT1S}}]"
    assert.deepEqual(await (await check({ content, format: 'YAML' })).json(), {})
    const wrong = await check({ content: content.replace('sleep', 'slep'), format: 'YAML' })
    assert.match(((await wrong.json()) as { problem: string }).problem, /aws:slep/)
    assert.equal((await check({ content, format: 'XML' })).status, 400)
    assert.equal((await check({ content, format: 'YAML' }, { 'x-bellhop-token': 'x' })).status, 400)
  })

  await t.test('signing out ends it, wherever its cookie is; so does taking the key away', async () => {
    const one = await session()
    const other = await session()
    const out = await fetch(`${server.url}/console/session`, {
      method: 'DELETE',
      headers: { ...origin(), cookie: one.cookie, 'x-bellhop-token': one.token },
    })
    assert.match(out.headers.get('set-cookie')!, /Max-Age=0/)
    assert.equal(await codeOf(await one.ask('sts/GetCallerIdentity', {})), 'ExpiredTokenException')
    assert.equal((await other.ask('sts/GetCallerIdentity', {})).status, 200)

    const bob = await makeUser(admin, 'bob')
    const { ask } = await session(bob.credentials)
    assert.equal((await ask('sts/GetCallerIdentity', {})).status, 200)
    const { accessKeyId: AccessKeyId } = bob.credentials
    await outputOf(admin, 'iam', 'UpdateAccessKey', { UserName: 'bob', AccessKeyId, Status: 'Inactive' })
    assert.equal(await codeOf(await ask('sts/GetCallerIdentity', {})), 'ExpiredTokenException')
  })

  await t.test("a role's session signs in with its token, and stays that role's", async () => {
    const role = await outputOf(admin, 'iam', 'CreateRole', {
      RoleName: 'Visitor',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
      }),
    })
    const { Credentials: given } = await outputOf(admin, 'sts', 'AssumeRole', {
      RoleArn: role.Role.Arn,
      RoleSessionName: 'visit',
    })
    const key = { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey }
    assert.equal((await signIn(key)).status, 400)
    assert.equal((await signIn({ ...key, secretAccessKey: 'x', sessionToken: given.SessionToken })).status, 400)
    const { ask } = await session({ ...key, sessionToken: given.SessionToken })
    const who = (await (await ask('sts/GetCallerIdentity', {})).json()) as { Arn: string }
    assert.equal(who.Arn, 'arn:aws:sts::123456789012:assumed-role/Visitor/visit')
    assert.equal(await codeOf(await ask('servicecatalog/ListPortfolios', {})), 'AccessDeniedException')
  })

  await t.test('events tell of an execution until it has ended, to whoever may see it', async () => {
    await call(admin, 'ssm', 'CreateDocument', {
      Name: 'Wait',
      Content: JSON.stringify({
        schemaVersion: '0.3',
        mainSteps: [
          { name: 'Ask', action: 'aws:pause', inputs: {} },
          { name: 'Rest', action: 'aws:sleep', inputs: { Duration: 'PT1S' } },
        ],
      }),
      DocumentType: 'Automation',
      DocumentFormat: 'JSON',
    })
    const { AutomationExecutionId: id } = await call(admin, 'ssm', 'StartAutomationExecution', { DocumentName: 'Wait' })
    const { cookie } = await session()
    const path = `${server.url}/console/events?executionId=${id}`
    const stranger = await makeUser(admin, 'stranger')
    const refused = await fetch(path, { headers: { cookie: (await session(stranger.credentials)).cookie } })
    assert.equal(((await refused.json()) as { code: string }).code, 'AccessDeniedException')
    assert.equal((await fetch(path)).status, 400)

    const response = await fetch(path, { headers: { cookie } })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    let text = ''
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString()
      if (/"StepStatus":"Waiting"/.test(text)) break
    }
    await call(admin, 'ssm', 'SendAutomationSignal', { AutomationExecutionId: id, SignalType: 'Resume' })
    // Whoever comes back with the last state's id is told what came since, and nothing twice.
    const lastId = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
    const rest = await (await fetch(path, { headers: { cookie, 'last-event-id': lastId } })).text()
    assert.match(rest, /"AutomationExecutionStatus":"Success"/)
    assert.match(rest, /event: state\ndata: ended\n\n$/)
    const finalId = [...rest.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
    const again = await (await fetch(path, { headers: { cookie, 'last-event-id': finalId } })).text()
    assert.doesNotMatch(again, /event: part/)
    assert.match(again, /data: ended/)
  })

  await t.test('pages come with a policy that runs nothing written into them, and no file beside them', async () => {
    const page = await fetch(`${server.url}/`)
    assert.equal(page.status, 200)
    if (page.headers.get('content-type')?.startsWith('text/html')) {
      assert.match(page.headers.get('content-security-policy')!, /script-src 'self';.*style-src 'self';/)
      assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    } else assert.match(await page.text(), /npm run build:console/)
    for (const path of [
      '/assets/../index.html',
      '/assets/%2e%2e%2findex.html',
      '/assets/..%2f..%2fpackage.json',
      '/assets/',
    ]) {
      const { status } = await fetch(`${server.url}${path}`)
      assert.notEqual(status, 500, path)
    }
    assert.equal((await fetch(`${server.url}/assets/none.js`)).status, 404)
  })
})
