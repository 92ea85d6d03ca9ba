import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Configuration, CustomFetch } from 'openid-client'
import type { TokenClaims } from '../../../identity/web-identity.ts'
import { claimIn } from './claims.ts'
import type { ProviderConfig } from './config.ts'
import { Problem, unusable } from './problem.ts'

/** What a sign-in must remember until the browser comes back. */
export interface Checks {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Somebody whom a provider has vouched for. */
export interface Vouched {
  readonly claims: TokenClaims & Readonly<Record<string, unknown>>
  /** The token itself, which signing out at the provider asks for. */
  readonly idToken: string
}

/** An identity provider, spoken to as an OpenID Connect client. Its methods throw Problem. */
export interface Provider {
  readonly id: string
  readonly config: ProviderConfig
  /** Where the browser is to go, and what to remember meanwhile. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly checks: Checks }>
  /** Exchanges what the browser came back with for who it is. */
  complete(returned: URL, checks: Checks): Promise<Vouched>
  /** Where the browser is to go to be signed out there as well; undefined where the provider offers nothing of the kind. */
  signOutUrl(idToken: string | undefined, returnTo: string): Promise<string | undefined>
}

interface Surroundings {
  readonly fetch: CustomFetch
  readonly now: () => number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly configDirectory: string
}

/** Seconds that a request may take; those of `fetch` are fewer. */
const timeout = 10
/** Milliseconds that a provider's metadata are taken for true. */
const freshFor = 3_600_000
/** After looking in vain it is not looked again so soon, or everybody who presses the button would wait. */
const restFor = 3_000
type Client = typeof import('openid-client')
type Metadata = ConstructorParameters<typeof Configuration>[0]

export function createProvider(id: string, config: ProviderConfig, surroundings: Surroundings): Provider {
  const { fetch, now, env, configDirectory } = surroundings
  let known: { readonly metadata: Metadata; readonly until: number } | undefined
  let looking: Promise<Metadata> | undefined
  let failed: { readonly error: unknown; readonly until: number } | undefined

  /** What the provider says of itself, asked for once an hour; what it said before counts while it is out of reach. */
  async function metadata(client: Client): Promise<Metadata> {
    if (known && now() < known.until) return known.metadata
    if (failed && now() < failed.until) {
      if (known) return known.metadata
      throw failed.error
    }
    looking ??= discover(client).finally(() => {
      looking = undefined
    })
    try {
      return await looking
    } catch (error) {
      if (known) return known.metadata
      throw error
    }
  }

  async function discover(client: Client): Promise<Metadata> {
    try {
      const found = await client.discovery(new URL(config.issuer), config.clientId, undefined, undefined, {
        ...options(client),
        timeout,
      })
      known = { metadata: { ...found.serverMetadata() }, until: now() + freshFor }
      failed = undefined
      return known.metadata
    } catch (error) {
      failed = { error, until: now() + restFor }
      throw error
    }
  }

  function options({ customFetch, allowInsecureRequests }: Client) {
    const isPlain = config.issuer.startsWith('http:')
    return { [customFetch]: fetch, ...(isPlain && { execute: [allowInsecureRequests] }) }
  }

  /** A client of its own for each sign-in: it fetches the provider's keys anew, so that a new key is known at once. */
  async function connect(): Promise<{ client: Client; connection: Configuration }> {
    // Loaded by the first sign-in: most servers never need it.
    const client = await import('openid-client')
    const server = await metadata(client)
    const { clockTolerance, allowInsecureRequests } = client
    const secret = readSecret()
    const connection = new client.Configuration(
      server,
      config.clientId,
      { [clockTolerance]: config.clockToleranceSeconds },
      secret === undefined ? client.None() : authentication(client, server, secret),
    )
    connection[client.customFetch] = fetch
    connection.timeout = timeout
    if (config.issuer.startsWith('http:')) allowInsecureRequests(connection)
    // Without it a token is believed for the connection it came through.
    client.enableNonRepudiationChecks(connection)
    return { client, connection }
  }

  /** Read each time: a secret that was changed counts at once. */
  function readSecret(): string | undefined {
    const { clientSecret } = config
    if (clientSecret === undefined) return undefined
    const missing = (detail: string) =>
      new Problem(`${config.name} is not set up completely on this server. Tell your administrator.`, detail)
    if ('env' in clientSecret) {
      const value = env[clientSecret.env]?.trim()
      if (value) return value
      throw missing(`The environment variable ${clientSecret.env} holds no client secret.`)
    }
    const file = resolve(configDirectory, clientSecret.file)
    try {
      const value = readFileSync(file, 'utf8').trim()
      if (value) return value
    } catch (error) {
      throw missing(`The client secret cannot be read from ${file}: ${(error as Error).message}`)
    }
    throw missing(`The file ${file} holds no client secret.`)
  }

  /** Whoever signs in, with what the provider tells apart from the token where the token lacks what we look at. */
  async function withUserInfo(client: Client, connection: Configuration, token: string, claims: Vouched['claims']) {
    const looked = [config.sessionName, ...config.roles.flatMap(({ claim }) => claim ?? [])]
    const isWhole = looked.every(name => claimIn(claims, name) !== undefined)
    if (isWhole || connection.serverMetadata().userinfo_endpoint === undefined) return claims
    const told = await client.fetchUserInfo(connection, token, claims.sub)
    return { ...told, ...claims }
  }

  /** Everything that goes wrong becomes a text for people. */
  async function understood<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw unusable(config.name, error)
    }
  }

  return {
    id,
    config,

    begin: redirectUri =>
      understood(async () => {
        const { client, connection } = await connect()
        const checks = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          codeVerifier: client.randomPKCECodeVerifier(),
        }
        const url = client.buildAuthorizationUrl(connection, {
          redirect_uri: redirectUri,
          scope: config.scopes.join(' '),
          state: checks.state,
          nonce: checks.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(checks.codeVerifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, checks }
      }),

    complete: (returned, { state, nonce, codeVerifier }) =>
      understood(async () => {
        const { client, connection } = await connect()
        const tokens = await client.authorizationCodeGrant(connection, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        const claims = await withUserInfo(client, connection, tokens.access_token, tokens.claims()!)
        return { claims, idToken: tokens.id_token! }
      }),

    signOutUrl: (idToken, returnTo) =>
      understood(async () => {
        const { client, connection } = await connect()
        if (connection.serverMetadata().end_session_endpoint === undefined) return undefined
        return client.buildEndSessionUrl(connection, {
          post_logout_redirect_uri: returnTo,
          ...(idToken !== undefined && { id_token_hint: idToken }),
        }).href
      }),
  }
}

/** What the provider takes a secret by: in the header, unless it says that it takes it in the body alone. */
function authentication(client: Client, server: Metadata, secret: string) {
  const taken = server.token_endpoint_auth_methods_supported
  const byHeader = !taken || taken.includes('client_secret_basic') || !taken.includes('client_secret_post')
  return byHeader ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
}
