import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describeAuthorization } from './stub.ts'

/** One request as a service saw it. */
export interface Asked {
  /** E.g. `sts AssumeRole`, `GET /federation/credentials`. */
  readonly what: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** By whom it is signed; `?` before a key whose signature is wrong. */
  readonly signedBy: string | undefined
}

export interface Given {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** Keys that the services hand out or know, with their secrets. */
export const KEYS = {
  source: ['AKIASOURCEKEY0000001', 'sourceSecretSOURCESECRETsourceSecret0000'],
  role: ['ASIAROLEKEY000000001', 'roleSecret/ROLE+SECRETroleSecretroleSec0'],
  outer: ['ASIAOUTERKEY00000001', 'outerSecretOUTERSECRETouterSecretouter00'],
  web: ['ASIAWEBKEY0000000001', 'webSecretWEBSECRETwebSecretwebSecretwe00'],
  sso: ['ASIASSOKEY0000000001', 'ssoSecretSSOSECRETssoSecretssoSecretss00'],
  container: ['ASIACONTAINER0000001', 'containerSecretCONTAINERSECRETcontainer0'],
  metadata: ['ASIAMETADATA00000001', 'metadataSecretMETADATASECRETmetadataSec0'],
} as const

/** Texts that no trace may show, besides the keys' secrets. */
export const SESSION_TOKEN = 'session/Token+SECRET=='
export const METADATA_TOKEN = 'metadata-session-token-SECRET=='
export const END = '2027-01-01T00:00:00Z'

/**
 * The services that credentials come from, and Service Catalog, on one port of this machine: STS, the SSO portal and its
 * token service, a container's endpoint and the instance metadata service. What it answers can be replaced by what asks.
 */
export class CredentialServices {
  readonly asked: Asked[] = []
  readonly answers = new Map<string, (asked: Asked) => Given>()
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks)
        const auth = describeAuthorization(request, body, new Map(Object.values(KEYS)))
        const path = request.url!
        const asked = {
          what: nameOf(request.method!, path, request.headers, body.toString()),
          path,
          headers: request.headers,
          body: body.toString(),
          signedBy: auth ? `${auth['signature_ok'] ? '' : '?'}${auth['key']}` : undefined,
        }
        this.asked.push(asked)
        const answer = this.answers.get(asked.what) ?? ANSWERS.get(asked.what)
        const given = answer ? answer(asked) : { status: 404, body: 'not here' }
        response.writeHead(given.status ?? 200, given.headers)
        response.end(given.body)
      })
    })
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

function nameOf(method: string, path: string, headers: IncomingHttpHeaders, body: string): string {
  const target = headers['x-amz-target'] as string | undefined
  if (target) return `catalog ${target.split('.')[1]}`
  const action = /^Action=(\w+)/.exec(body)?.[1]
  return action ? `sts ${action}` : `${method} ${path.split('?')[0]}`
}

type Key = readonly [id: string, secret: string]

export function stsAnswer(action: string, [id, secret]: Key, end = END): Given {
  return {
    body:
      `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser>` +
      '<AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>' +
      `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey>` +
      `<SessionToken>${SESSION_TOKEN}</SessionToken><Expiration>${end}</Expiration></Credentials>` +
      `</${action}Result><ResponseMetadata><RequestId>q</RequestId></ResponseMetadata></${action}Response>`,
  }
}

export function servedCredentials([AccessKeyId, SecretAccessKey]: Key, Expiration = END): Given {
  return { body: JSON.stringify({ AccessKeyId, SecretAccessKey, Token: SESSION_TOKEN, Expiration, Code: 'Success' }) }
}

const ANSWERS: ReadonlyMap<string, (asked: Asked) => Given> = new Map<string, (asked: Asked) => Given>([
  ['catalog ListPortfolios', () => ({ body: '{"PortfolioDetails":[]}' })],
  ['sts AssumeRole', asked => stsAnswer('AssumeRole', asked.body.includes('role%2Fouter') ? KEYS.outer : KEYS.role)],
  ['sts AssumeRoleWithWebIdentity', () => stsAnswer('AssumeRoleWithWebIdentity', KEYS.web)],
  [
    'GET /federation/credentials',
    () => ({
      body: JSON.stringify({
        roleCredentials: {
          accessKeyId: KEYS.sso[0],
          secretAccessKey: KEYS.sso[1],
          sessionToken: SESSION_TOKEN,
          expiration: Date.parse(END),
        },
      }),
    }),
  ],
  ['GET /container', () => servedCredentials(KEYS.container)],
  ['PUT /latest/api/token', () => ({ body: METADATA_TOKEN })],
  ['GET /latest/meta-data/iam/security-credentials/', () => ({ body: 'instance-role' })],
  ['GET /latest/meta-data/iam/security-credentials/instance-role', () => servedCredentials(KEYS.metadata)],
  ['GET /latest/meta-data/placement/availability-zone/', () => ({ body: 'eu-west-3c' })],
])
