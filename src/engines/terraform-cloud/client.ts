import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CloudConfig } from './config.ts'
import { readBounded } from './read-bounded.ts'

/** A document of JSON:API: what the HCP Terraform API answers with. */
export interface Resource {
  readonly id: string
  readonly type: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly relationships?: Readonly<Record<string, { readonly data?: ResourceId | readonly ResourceId[] | null }>>
}

interface ResourceId {
  readonly id: string
  readonly type: string
}

/** A call that did not succeed. The message names the host and the reason, and never the token. */
export class CloudError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CloudError'
    this.status = status
  }

  /** Whether the same call may well succeed later. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 429 || this.status >= 500
  }
}

const timeoutMilliseconds = 30_000
const mostBytes = 64 * 1024 * 1024
const contentType = 'application/vnd.api+json'

/** The HCP Terraform and Terraform Enterprise API, version 2, as one organization's token may use it. */
export class CloudClient {
  readonly organization: string
  readonly #address: string
  readonly #token: () => string

  constructor(config: CloudConfig, configDirectory: string, env: Readonly<Record<string, string | undefined>>) {
    this.organization = encodeURIComponent(config.organization)
    this.#address = config.address.replace(/\/+$/, '')
    this.#token = () => readToken(config.token, configDirectory, env)
  }

  /** One resource; undefined when there is none (404). Throws CloudError. */
  async find(path: string): Promise<Resource | undefined> {
    try {
      return await this.get(path)
    } catch (error) {
      if (error instanceof CloudError && error.status === 404) return undefined
      throw error
    }
  }

  async get(path: string): Promise<Resource> {
    return this.#one(await this.#call('GET', path), path)
  }

  /** All pages of a list, or as many as `most` resources need. */
  async list(path: string, most = 1000): Promise<readonly Resource[]> {
    const found: Resource[] = []
    for (let page = 1; ; page += 1) {
      const separator = path.includes('?') ? '&' : '?'
      const answer = (await this.#call('GET', `${path}${separator}page[number]=${page}&page[size]=100`)) as {
        data?: readonly Resource[]
        meta?: { pagination?: { 'next-page'?: number | null } }
      }
      if (!Array.isArray(answer?.data)) throw this.#unexpected(path)
      found.push(...answer.data)
      if (!answer.meta?.pagination?.['next-page'] || found.length >= most) return found
    }
  }

  async post(path: string, data: object): Promise<Resource> {
    return this.#one(await this.#call('POST', path, { data }), path)
  }

  async patch(path: string, data: object): Promise<Resource> {
    return this.#one(await this.#call('PATCH', path, { data }), path)
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path)
  }

  /** Something to be done that answers nothing. */
  async act(path: string): Promise<void> {
    await this.#call('POST', path, {})
  }

  /** Puts an archive where the API said: an address that is good by itself. */
  async upload(url: string, body: Uint8Array): Promise<void> {
    await this.#send('PUT', this.#absolute(url), body, { 'content-type': 'application/octet-stream' })
  }

  /** Bytes of a log from an offset on, at an address that is good by itself. */
  async log(url: string, offset: number, limit: number): Promise<Uint8Array> {
    const address = new URL(this.#absolute(url))
    address.searchParams.set('offset', String(offset))
    address.searchParams.set('limit', String(limit))
    return this.#send('GET', address.href, undefined, {})
  }

  /** A document that is not JSON:API's, such as a state; with the token where it lies with the API itself. */
  async download(url: string): Promise<string> {
    const absolute = this.#absolute(url)
    const isOwn = new URL(absolute).origin === new URL(this.#address).origin
    const headers = isOwn ? { authorization: `Bearer ${this.#token()}` } : undefined
    return Buffer.from(await this.#send('GET', absolute, undefined, headers ?? {})).toString('utf8')
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const bytes = await this.#send(method, `${this.#address}/api/v2${path}`, body && JSON.stringify(body), {
      authorization: `Bearer ${this.#token()}`,
      accept: contentType,
      ...(body ? { 'content-type': contentType } : {}),
    })
    if (bytes.length === 0) return undefined
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8'))
    } catch {
      throw new CloudError(`${this.#host()} answered ${method} ${path} with something that is not JSON`)
    }
  }

  async #send(
    method: string,
    url: string,
    body: string | Uint8Array | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    let response: Response
    let bytes: Uint8Array
    try {
      const signal = AbortSignal.timeout(timeoutMilliseconds)
      response = await fetch(url, { method, headers, body: body as BodyInit | undefined, signal } as RequestInit)
      bytes = await readBounded(response, mostBytes)
    } catch (error) {
      throw new CloudError(`${this.#host()} cannot be reached: ${reasonOf(error as Error)}`, undefined, {
        cause: error,
      })
    }
    if (response.ok) return bytes
    const said = errorsIn(bytes)
    const { pathname } = new URL(url)
    throw new CloudError(
      `${this.#host()} answered ${method} ${pathname} with status ${response.status}${said ? `: ${said}` : ''}`,
      response.status,
    )
  }

  #one(answer: unknown, path: string): Resource {
    const { data } = (answer ?? {}) as { data?: Resource }
    if (typeof data?.id !== 'string' || typeof data.attributes !== 'object') throw this.#unexpected(path)
    return data
  }

  #unexpected(path: string): CloudError {
    return new CloudError(`${this.#host()} answered ${path} with JSON that is not as the API has it`)
  }

  #absolute(url: string): string {
    return new URL(url, `${this.#address}/`).href
  }

  #host(): string {
    return new URL(this.#address).host
  }
}

/** The id that a relationship names; undefined: none. */
export function related(resource: Resource, name: string): string | undefined {
  const data = resource.relationships?.[name]?.data
  return (Array.isArray(data) ? data[0] : (data as ResourceId | null | undefined))?.id
}

/** Throws CloudError, which says where the token should have been. */
function readToken(
  token: CloudConfig['token'],
  configDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if ('env' in token) {
    const value = env[token.env]?.trim()
    if (value) return value
    throw new CloudError(`the token is missing: the server has no environment variable ${token.env}`, 401)
  }
  const file = resolve(configDirectory, token.file)
  try {
    const value = readFileSync(file, 'utf8').trim()
    if (value) return value
    throw new Error('it is empty')
  } catch (error) {
    throw new CloudError(`the token cannot be read from ${file}: ${(error as Error).message}`, 401, { cause: error })
  }
}

/** Node says little in the error itself and the reason in its cause. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMilliseconds / 1000} seconds`
  const cause = error.cause as (Error & { code?: string }) | undefined
  return cause?.code ?? cause?.message ?? error.message
}

/** What the API says of an error; a page of HTML says nothing. */
function errorsIn(bytes: Uint8Array): string {
  try {
    const { errors } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { errors?: readonly unknown[] }
    return (errors ?? [])
      .map(error => {
        if (typeof error === 'string') return error
        const { title, detail } = error as { title?: string; detail?: string }
        return [title, detail].filter(Boolean).join(': ')
      })
      .join('; ')
  } catch {
    return ''
  }
}
