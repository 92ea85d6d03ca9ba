import { readFileSync } from 'node:fs'
import type { Credentials, HttpRequest, SigningKeyScope } from './types.ts'

/** One request of the public test suite; see test/cases/sigv4/README.md. */
export interface Vector {
  readonly id: string
  readonly request: HttpRequest
  readonly credentials: Credentials
  readonly scope: SigningKeyScope
  readonly now: Date
  readonly normalizePath: boolean
}

export function readVectors(): Vector[] {
  const file = new URL('../../test/cases/sigv4/vectors.jsonl', import.meta.url)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const raw = JSON.parse(line)
      return {
        id: raw.id,
        request: {
          method: raw.method,
          path: raw.path,
          query: raw.query,
          headers: raw.headers,
          body: Buffer.from(raw.bodyB64, 'base64'),
        },
        credentials: { accessKeyId: raw.accessKey, secretAccessKey: raw.secret, sessionToken: raw.token ?? undefined },
        scope: { region: raw.region, service: raw.service },
        now: new Date(raw.now * 1000),
        normalizePath: raw.normalizePath,
      }
    })
}

/** The values of a header, whatever its case. */
export function headerValues(request: Pick<HttpRequest, 'headers'>, name: string): string[] {
  return request.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}
