import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Claims = Readonly<Record<string, unknown>>

/**
 * An OpenID Connect provider as the specifications have it: discovery, authorization code with PKCE, client authentication,
 * keys that change, userinfo and RP-initiated logout. What is asked of it wrongly it refuses; what it is told to do wrongly it
 * does.
 */
export interface OidcProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whoever signs in next, where no page asks; undefined: the page does. */
  user: Claims | undefined
  /** Claims that it tells at userinfo instead of in the token. */
  userInfoOnly: readonly string[]
  /** Addresses it may send browsers back to, by their beginning. */
  readonly redirectUris: string[]
  /** Method and path of everything that was asked. */
  readonly requests: string[]
  /** Makes a new key and forgets the old one. */
  rotate(): void
  /** What the metadata say besides, or instead. */
  metadata: Claims
  /** Makes the token of its claims; as long as it is set, instead of signing it properly. */
  makeToken: ((claims: Claims, provider: Tools) => string) | undefined
  /** Answers instead of it, where it answers true. */
  fault: ((request: IncomingMessage, response: ServerResponse, path: string) => boolean) | undefined
  close(): Promise<void>
}

/** With what tokens are made, well or badly. */
export interface Tools {
  /** Signs with the key that is published. */
  signed(claims: Claims, header?: Claims): string
  /** Signs with a key that nobody publishes. */
  forged(claims: Claims): string
  unsigned(claims: Claims): string
  /** Signs with HMAC, with the public key or the given secret as its key. */
  hmac(claims: Claims, secret?: string): string
}

interface Code {
  readonly clientId: string
  readonly redirectUri: string
  readonly nonce: string | null
  readonly challenge: string | null
  readonly user: Claims
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** `host` is how browsers name this machine: another name than the console's makes it another site. */
export async function startOidcProvider({ host = '127.0.0.1', path = '' } = {}): Promise<OidcProvider> {
  const clientId = 'bellhop'
  const clientSecret = randomBytes(16).toString('hex')
  const codes = new Map<string, Code>()
  const accessTokens = new Map<string, Claims>()
  let keys = newKeys()
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}${path}`

  const tools: Tools = {
    signed: (claims, header = {}) => jws(claims, { alg: 'RS256', kid: keys.kid, ...header }, keys.privateKey),
    forged: claims => jws(claims, { alg: 'RS256', kid: keys.kid }, newKeys().privateKey),
    unsigned: claims => `${encoded({ alg: 'none' })}.${encoded(claims)}.`,
    hmac: (claims, secret = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string) => {
      const text = `${encoded({ alg: 'HS256', kid: keys.kid })}.${encoded(claims)}`
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    },
  }

  const provider: OidcProvider = {
    issuer,
    clientId,
    clientSecret,
    user: undefined,
    userInfoOnly: [],
    redirectUris: [],
    requests: [],
    rotate: () => {
      keys = newKeys()
    },
    metadata: {},
    makeToken: undefined,
    fault: undefined,
    close: () => {
      server.closeAllConnections()
      return new Promise(done => server.close(() => done()))
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    const name = url.pathname.slice(path.length)
    provider.requests.push(`${request.method} ${name}`)
    if (provider.fault?.(request, response, name)) return
    const form = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : url.searchParams
    const routes: Readonly<Record<string, () => void>> = {
      '/.well-known/openid-configuration': () => json(response, 200, { ...metadataOf(issuer), ...provider.metadata }),
      '/jwks': () => json(response, 200, { keys: [keys.jwk] }),
      '/authorize': () => authorize(form, response),
      '/token': () => token(request, form, response),
      '/userinfo': () => {
        const user = accessTokens.get((request.headers.authorization ?? '').replace('Bearer ', ''))
        if (user) json(response, 200, user)
        else json(response, 401, { error: 'invalid_token' })
      },
      '/logout': () => logout(form, response),
    }
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined
    if (route) route()
    else json(response, 404, { error: 'not_found' })
  }

  function authorize(given: URLSearchParams, response: ServerResponse): ServerResponse {
    const redirectUri = given.get('redirect_uri') ?? ''
    const isKnown = provider.redirectUris.some(uri => redirectUri.startsWith(uri))
    if (given.get('client_id') !== clientId || !isKnown) {
      return html(response, 400, '<h1>This client or its address is not registered here</h1>')
    }
    const back = (parameters: Readonly<Record<string, string>>) => {
      const to = new URL(redirectUri)
      const all = { state: given.get('state') ?? '', ...parameters }
      for (const [name, value] of Object.entries(all)) to.searchParams.set(name, value)
      return response.writeHead(302, { location: to.href }).end()
    }
    const isProper =
      given.get('response_type') === 'code' &&
      given.get('code_challenge_method') === 'S256' &&
      given.get('scope')?.split(' ').includes('openid')
    if (!isProper) return back({ error: 'invalid_request' })
    if (given.get('decision') === 'deny') return back({ error: 'access_denied', error_description: 'Not today' })
    const typed = given.get('user')
    const user = provider.user ?? (typed ? (JSON.parse(typed) as Claims) : undefined)
    if (!user) return html(response, 200, loginPage(given))
    const code = randomBytes(16).toString('hex')
    codes.set(code, {
      clientId,
      redirectUri,
      nonce: given.get('nonce'),
      challenge: given.get('code_challenge'),
      user,
    })
    return back({ code })
  }

  function token(request: IncomingMessage, form: URLSearchParams, response: ServerResponse): ServerResponse {
    const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? []
    const given = basic
      ? Buffer.from(basic, 'base64').toString()
      : `${form.get('client_id')}:${form.get('client_secret')}`
    if (given !== `${clientId}:${clientSecret}`) {
      response.setHeader('www-authenticate', 'Basic realm="token"')
      return json(response, 401, { error: 'invalid_client' })
    }
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const fits =
      form.get('grant_type') === 'authorization_code' &&
      code?.redirectUri === form.get('redirect_uri') &&
      code.challenge === verifier
    if (!code || !fits)
      return json(response, 400, { error: 'invalid_grant', error_description: 'Used or unknown code' })
    const now = Math.floor(Date.now() / 1000)
    const told = Object.entries(code.user).filter(([name]) => !provider.userInfoOnly.includes(name))
    const claims = {
      iss: issuer,
      aud: clientId,
      iat: now,
      exp: now + 300,
      ...(code.nonce !== null && { nonce: code.nonce }),
      ...Object.fromEntries(told),
    }
    const accessToken = randomBytes(16).toString('hex')
    accessTokens.set(accessToken, code.user)
    return json(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: provider.makeToken ? provider.makeToken(claims, tools) : tools.signed(claims),
    })
  }

  function logout(given: URLSearchParams, response: ServerResponse): void {
    const to = given.get('post_logout_redirect_uri') ?? ''
    const [, payload = ''] = (given.get('id_token_hint') ?? '').split('.')
    const { iss } = Object(JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}')) as { iss?: string }
    const isKnown = provider.redirectUris.some(uri => to.startsWith(uri))
    if (iss === issuer && isKnown) response.writeHead(302, { location: to }).end()
    else html(response, 200, '<h1>Signed out</h1>')
  }

  return provider
}

function metadataOf(issuer: string): Claims {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}

function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomBytes(4).toString('hex')
  return { privateKey, publicKey, kid, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } }
}

function jws(claims: Claims, header: Claims, key: KeyObject): string {
  const text = `${encoded(header)}.${encoded(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

function json(response: ServerResponse, status: number, value: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function html(response: ServerResponse, status: number, body: string): ServerResponse {
  return response
    .writeHead(status, { 'content-type': 'text/html' })
    .end(`<!doctype html><title>Provider</title>${body}`)
}

/** Asks who it is, as JSON: it is a page for tests. */
function loginPage(given: URLSearchParams): string {
  const kept = [...given].map(
    ([name, value]) => `<input type="hidden" name="${attribute(name)}" value="${attribute(value)}">`,
  )
  return `<h1>Provider</h1><form method="get">${kept.join('')}<label>Claims <input name="user"></label>
    <button name="decision" value="allow">Continue</button><button name="decision" value="deny">Deny</button></form>`
}

function attribute(text: string): string {
  return text.replace(/[&"<]/g, character => `&#${character.charCodeAt(0)};`)
}
