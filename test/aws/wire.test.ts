import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createGunzip } from 'node:zlib'
import { plainAnswer } from '../../src/aws/answer.ts'
import { coerceInput } from '../../src/aws/coerce.ts'
import { loadModel } from '../../src/aws/models.ts'
import { createService, type ServiceClient, type Transport } from '../../src/aws/runtime.ts'
import exceptions from '../cases/aws-wire/exceptions.json' with { type: 'json' }

/**
 * The contract of the pinned runtime: requests are what botocore writes, answers are read as botocore reads them. The cases
 * in test/cases/aws-wire are a sample of all services and protocols; BELLHOP_AWS_WIRE names a folder with the whole set.
 * What differs is named in exceptions.json, with the reason, and must go on to differ.
 */
const folder = process.env['BELLHOP_AWS_WIRE'] ?? join(import.meta.dirname, '../cases/aws-wire')

interface RequestCase {
  readonly s: string
  readonly op: string
  readonly p: string
  readonly a: Record<string, unknown>
  readonly w: {
    readonly method: string
    readonly path: string
    readonly query: Record<string, unknown> | ''
    readonly headers: Record<string, unknown>
    readonly body: { readonly form?: Record<string, unknown>; readonly raw?: string }
    readonly host: string | null
  }
}

interface ResponseCase {
  readonly s: string
  readonly op: string
  readonly p: string
  readonly st: number
  readonly h: Record<string, string>
  readonly b: string
  readonly w: unknown
}

async function* cases<T>(name: string): AsyncGenerator<T> {
  const lines = createReadStream(join(folder, name)).pipe(createGunzip())
  for await (const line of createInterface({ input: lines })) yield JSON.parse(line) as T
}

test('requests are what botocore writes', async () => {
  const found = new Map<string, string>()
  let count = 0
  let differing = 0
  let client: { readonly key: string; readonly get: ServiceClient } | undefined
  let sent: any
  const transport: Transport = {
    handle: async request => {
      sent = request
      throw Object.assign(new Error('enough'), { name: 'Captured', $metadata: {} })
    },
  }
  for await (const { s, op, a, w } of cases<RequestCase>('requests.jsonl.gz')) {
    count += 1
    const model = await loadModel(s)
    const key = `${s} ${w.host}`
    if (client?.key !== key) client = { key, get: await clientOf(s, transport, w.host !== null) }
    sent = undefined
    let thrown: unknown
    try {
      await client.get.send(op, coerceInput(model, model.operations[op]!.input, revive(a)), { timeout: 1000 })
    } catch (error) {
      thrown = error
    }
    const difference = sent ? requestDifference(w, sent) : `refused: ${(thrown as Error).message}`
    if (!difference) continue
    found.set(`${s}.${op}`, difference)
    differing += 1
  }
  assert.ok(count > 1000)
  report('requests', count, differing, found, exceptions.requests)
})

test('answers are read as botocore reads them', async () => {
  const found = new Map<string, string>()
  let count = 0
  let differing = 0
  let client: { readonly key: string; readonly get: ServiceClient } | undefined
  let answer: ResponseCase
  const transport: Transport = {
    handle: async () => ({
      response: {
        statusCode: answer.st,
        headers: answer.h,
        body: Readable.from([Buffer.from(answer.b, 'base64')]),
      },
    }),
  }
  for await (answer of cases<ResponseCase>('responses.jsonl.gz')) {
    count += 1
    const { s, op, w } = answer
    const model = await loadModel(s)
    if (client?.key !== s) client = { key: s, get: await clientOf(s, transport, false) }
    let read: unknown
    try {
      const input = placeholders(model, model.operations[op]!.input?.shape)
      read = (await client.get.send(op, input, { timeout: 1000 })).output
      // What boto3's handlers change, its parser leaves alone: their services are compared as the parser reads them.
      const handled = ['IAM', 'CloudFormation', 'S3', 'EC2'].includes(model.metadata.serviceId)
      read = await plainAnswer(
        handled ? { ...model, metadata: { ...model.metadata, serviceId: '' } } : model,
        op,
        read as Record<string, unknown>,
      )
    } catch (error) {
      read = `threw: ${(error as Error).message}`
    }
    const [wanted, got] = [canonical(w), canonical(marked(read))]
    if (wanted === got) continue
    found.set(`${s}.${op}`, `${wanted} but ${got}`.slice(0, 500))
    differing += 1
  }
  assert.ok(count > 500)
  report('answers', count, differing, found, exceptions.responses)
})

async function clientOf(name: string, transport: Transport, atAws: boolean): Promise<ServiceClient> {
  const service = await createService(name, await loadModel(name))
  return service.client({
    region: 'us-east-1',
    // The cases were written without endpoint rules, which may put things before the path, or a bucket into the host.
    endpoint: atAws ? undefined : 'http://localhost',
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    transport,
  })
}

function report(
  what: string,
  count: number,
  differing: number,
  found: Map<string, string>,
  named: Readonly<Record<string, string>>,
): void {
  if (process.env['BELLHOP_AWS_WIRE']) {
    process.stdout.write(`${what}: ${count} cases, ${differing} of ${found.size} operations differ\n`)
  }
  const unnamed = [...found].filter(([name]) => !(name in named)).map(([name, difference]) => `${name}: ${difference}`)
  assert.deepEqual(unnamed, [], `${unnamed.length} ${what} differ and are not named`)
  const gone = Object.keys(named).filter(name => !found.has(name))
  assert.deepEqual(gone, [], 'named, but they do not differ')
}

/** {"$date"} and {"$b"} of the cases. */
function revive(value: any): any {
  if (Array.isArray(value)) return value.map(revive)
  if (typeof value !== 'object' || value === null) return value
  if ('$date' in value) return new Date(value.$date)
  if ('$b' in value) return Buffer.from(value.$b, 'base64')
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]))
}

function marked(value: any): any {
  if (value instanceof Date) return { $date: value.toISOString().replace('.000Z', 'Z') }
  if (value instanceof Uint8Array) return { $b: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item)]))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

/** Enough for the path and the host of a request whose answer is what matters. */
function placeholders(model: any, shape: string | undefined): Record<string, unknown> {
  const { members = {}, required = [] } = shape === undefined ? {} : model.shapes[shape]
  return Object.fromEntries(
    Object.entries<any>(members)
      .filter(
        ([name, { location, hostLabel, contextParam }]) =>
          location === 'uri' || hostLabel || (contextParam && required.includes(name)),
      )
      .map(([name, reference]) => [name, placeholder(name, model.shapes[reference.shape].type)]),
  )
}

function placeholder(name: string, type: string): unknown {
  if (name === 'KvsARN') return 'arn:aws:cloudfront::123456789012:key-value-store/abc'
  return ['integer', 'long'].includes(type) ? 1 : 'abc'
}

const ownHeaders =
  /^(host|user-agent|x-amz-user-agent|authorization|x-amz-date|x-amz-security-token|x-amz-content-sha256|content-length|amz-sdk-.*|x-amz-trailer|content-encoding|x-amz-decoded-content-length|transfer-encoding|content-md5|x-amz-checksum-.*|x-amz-sdk-checksum-algorithm|x-amzn-query-mode|content-type|accept|expect)$/

function requestDifference(w: RequestCase['w'], sent: any): string | undefined {
  if (sent.method !== w.method) return `method ${sent.method}`
  const [path, inPath = ''] = w.path.split('?')
  if (sent.path !== path && sent.path !== `${path}/`) return `path ${sent.path} instead of ${path}`
  const wanted = new Map([...new URLSearchParams(inPath), ...queryOf(w.query)].map(([k, v]) => [k, asList(v)]))
  const query = new Map(Object.entries<unknown>(sent.query ?? {}).map(([k, v]) => [k, asList(v)]))
  if (canonical(Object.fromEntries(wanted)) !== canonical(Object.fromEntries(query))) {
    return `query ${canonical(Object.fromEntries(query))}`
  }
  if (w.host !== null && !sent.hostname.startsWith(w.host)) return `host ${sent.hostname}`
  const headers = new Map(Object.entries<any>(sent.headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
  for (const [name, value] of Object.entries(w.headers)) {
    const got = headers.get(name.toLowerCase())
    if (got?.replaceAll(', ', ',') !== String(value).replaceAll(', ', ',') && !sameType(name, got, value))
      return `header ${name}: ${got}`
    headers.delete(name.toLowerCase())
  }
  const extra = [...headers.keys()].filter(name => !ownHeaders.test(name))
  if (extra.length > 0) return `headers ${extra}`
  return bodyDifference(w.body, sent.body)
}

/** `; charset=utf-8` says nothing. */
function sameType(name: string, got: string | undefined, value: unknown): boolean {
  return name.toLowerCase() === 'content-type' && got?.split(';')[0] === String(value).split(';')[0]
}

function queryOf(query: RequestCase['w']['query']): [string, unknown][] {
  return query === '' ? [] : Object.entries(query)
}

function asList(value: unknown): readonly string[] {
  return [value].flat().map(item => (item === null || item === undefined ? '' : String(item)))
}

function bodyDifference({ form, raw }: RequestCase['w']['body'], body: any): string | undefined {
  // A view of it: the runtime warns of whatever takes a body for text.
  const isBytes = body instanceof Uint8Array
  const bytes = isBytes ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : Buffer.from(body ?? '')
  if (form) {
    const got = Object.fromEntries(new URLSearchParams(bytes.toString()))
    const wanted = Object.fromEntries(Object.entries(form).map(([k, v]) => [k, String(v)]))
    return canonical(got) === canonical(wanted) ? undefined : `form ${canonical(got)}`
  }
  const wanted = Buffer.from(raw ?? '', 'base64')
  if (wanted.equals(bytes)) return undefined
  const [a, b] = [wanted.toString(), bytes.toString()]
  // No body, and JSON of nothing, mean the same.
  if ([a, b].every(text => text === '' || text === '{}')) return undefined
  try {
    if (canonical(JSON.parse(a)) === canonical(JSON.parse(b))) return undefined
  } catch {
    if (xmlForm(a) === xmlForm(b)) return undefined
  }
  return `body ${b.slice(0, 200)} instead of ${a.slice(0, 200)}`
}

/** XML without what may be written in two ways. */
function xmlForm(text: string): string {
  return text
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(/<([\w:.-]+)([^>]*?)\s*\/>/g, '<$1$2></$1>')
    .replace(/ (xmlns:xsi="[^"]*")| (xsi:type="[^"]*")/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
}
