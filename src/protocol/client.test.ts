import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type ServiceName, services } from '../model/services.ts'
import { decodeAnswer, decodeError, encodeRequest } from './client.ts'
import { decodeInput } from './codec.ts'
import { parseJson } from './json.ts'
import { decodeQueryInput, parseQueryRequest } from './query.ts'

interface WireCase {
  readonly s: ServiceName
  readonly op: string
  readonly a: unknown
  readonly b: string
  readonly w: {
    readonly method: string
    readonly path: string
    readonly headers: Record<string, string>
    readonly body: { readonly form: Record<string, string>; readonly raw: string }
  }
}

function readCases(name: string): WireCase[] {
  const text = readFileSync(new URL(`../../test/cases/wire/${name}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}

/** Replace every value the function has an answer for, at any depth; objects lose their prototypes. */
function mapValues(value: unknown, map: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const mapped = map(value)
  if (mapped !== undefined) return mapped
  if (Array.isArray(value)) return value.map(item => mapValues(item, map))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValues(item, map)]))
}

const fromCase = (value: unknown) =>
  mapValues(value, item =>
    '$date' in item
      ? new Date(item.$date as string)
      : '$b' in item
        ? Buffer.from(item.$b as string, 'base64')
        : undefined,
  )

/** Dates and bytes in a form in which equal ones are equal, wherever they came from. */
const comparable = (value: unknown) =>
  mapValues(value, item =>
    item instanceof Date
      ? item.toISOString()
      : item instanceof Uint8Array
        ? Buffer.from(item).toString('base64')
        : undefined,
  )

/** The query protocol has no form for an empty structure, nor so for a list of them. */
const withoutEmpty = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, item) => {
    const kept = Array.isArray(item) ? item.filter(() => true) : item // Members left out leave holes.
    return /^(\[\]|\{\})$/.test(JSON.stringify(kept)) ? undefined : kept
  })

describe('requests', () => {
  const cases = readCases('requests')
  test(`are botocore's for ${cases.length} inputs, and the server reads the inputs back`, () => {
    assert.ok(cases.length > 250)
    for (const { s, op, a, w } of cases) {
      const model = services[s]
      const input = fromCase(a)
      const request = encodeRequest(model, op, input)
      assert.equal(request.path, w.path)
      assert.deepEqual(
        Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value])),
        Object.fromEntries(Object.entries(w.headers).map(([name, value]) => [name.toLowerCase(), value])),
      )
      if (model.metadata.protocol === 'query') {
        const form = parseQueryRequest(request.body)
        const fields = Object.entries(w.body.form).map(([name, value]) => [name, String(value)])
        assert.deepEqual(Object.fromEntries(form.fields), Object.fromEntries(fields))
        assert.deepEqual(withoutEmpty(comparable(decodeQueryInput(model, op, form))), withoutEmpty(comparable(input)))
      } else {
        const body = parseJson(request.body)
        assert.deepEqual(body, JSON.parse(Buffer.from(w.body.raw, 'base64').toString()))
        assert.deepEqual(comparable(decodeInput(model, op, body)), comparable(input))
      }
    }
  })

  test('hold integers of any size, and no more than the model names', () => {
    const { body } = encodeRequest(services.servicecatalog, 'ListPortfolios', {
      PageSize: 2n ** 64n,
      Unknown: 1,
      PageToken: null,
      AcceptLanguage: undefined,
    })
    assert.equal(Buffer.from(body).toString(), '{"PageSize":18446744073709551616}')
  })

  test('hold keys that are special elsewhere', () => {
    const parameters = JSON.parse('{"__proto__": ["a"], "constructor": ["b"]}')
    const { body } = encodeRequest(services.servicecatalog, 'ExecuteProvisionedProductServiceAction', {
      Parameters: parameters,
    })
    assert.equal(Buffer.from(body).toString(), '{"Parameters":{"__proto__":["a"],"constructor":["b"]}}')
  })

  test('an empty list is sent as one in the query protocol', () => {
    const { body } = encodeRequest(services.iam, 'CreateUser', { UserName: "a'b c", Tags: [] })
    assert.equal(Buffer.from(body).toString(), 'Action=CreateUser&Version=2010-05-08&UserName=a%27b%20c&Tags=')
  })
})

describe('answers', () => {
  const cases = readCases('responses')
  test(`are read as botocore reads ${cases.length} of them`, () => {
    assert.ok(cases.length > 100)
    for (const { s, op, b, w } of cases) {
      const answer = decodeAnswer(services[s], op, Buffer.from(b, 'base64'))
      assert.deepEqual(sameDates(comparable(answer), comparable(fromCase(w))), comparable(fromCase(w)), `${s} ${op}`)
    }
  })

  /** Our timestamps are left as they were sent: give them the form of those they are compared with. */
  function sameDates(ours: unknown, theirs: unknown): unknown {
    if (typeof theirs === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(theirs)) {
      const date = typeof ours === 'number' ? new Date(ours * 1000) : new Date(ours as string)
      return date.toISOString()
    }
    if (Array.isArray(ours)) return ours.map((item, i) => sameDates(item, (theirs as unknown[])?.[i]))
    if (typeof ours !== 'object' || ours === null) return ours
    const other = Object(theirs) as Record<string, unknown>
    return Object.fromEntries(Object.entries(ours).map(([key, item]) => [key, sameDates(item, other[key])]))
  }

  const read = (text: string, parse?: (text: string) => unknown) =>
    decodeAnswer(services.servicecatalog, 'DescribeRecord', Buffer.from(text), parse)

  test("members come in the model's order; unknown ones and nulls do not come", () => {
    const answer = read(
      '{"Odd":1,"RecordOutputs":[null,{"OutputValue":"v","OutputKey":"k","X":1}],"NextPageToken":null,"RecordDetail":{"Status":"SUCCEEDED","RecordId":"r"}}',
    )
    assert.equal(
      JSON.stringify(answer),
      '{"RecordDetail":{"RecordId":"r","Status":"SUCCEEDED"},"RecordOutputs":[{"OutputKey":"k","OutputValue":"v"}]}',
    )
  })

  test('what is not JSON, or no object, is an empty answer', () => {
    for (const text of ['', '<html>', '{"RecordDetail":', '[]', 'null', '"x"']) assert.deepEqual(read(text), {})
  })

  test("a parser of the caller's own keeps the order of a map's keys", () => {
    const parse = () =>
      new Map([
        [
          'ServiceActionDetail',
          new Map([
            [
              'Definition',
              new Map([
                ['2', 'b'],
                ['1', 'a'],
              ]),
            ],
          ]),
        ],
      ])
    const answer = decodeAnswer(services.servicecatalog, 'DescribeServiceAction', Buffer.from('x'), parse)
    const { Definition } = answer.ServiceActionDetail as { Definition: Map<string, string> }
    assert.deepEqual([...Definition.keys()], ['2', '1'])
  })
})

describe('errors', () => {
  const decode = (status: number, body: string, headers: Record<string, string> = {}) =>
    decodeError(status, new Headers(headers), Buffer.from(body))

  for (const [name, args, code, message] of [
    [
      'type and message',
      [400, '{"__type":"ResourceNotFoundException","message":"no"}'],
      'ResourceNotFoundException',
      'no',
    ],
    ['Message', [400, '{"__type":"InvalidDocument","Message":"no"}'], 'InvalidDocument', 'no'],
    ['namespace', [400, '{"__type":"com.amazon.coral.service#Oops"}'], 'Oops', ''],
    ['namespace and address', [400, '{"__type":"a#Oops:http://b/c#d"}'], 'Oops', ''],
    ['neither code nor X-Amzn-ErrorType', [400, '{"code":"A"}', { 'x-amzn-errortype': 'B' }], '400', ''],
    ['query error header', [400, '{"__type":"A"}', { 'x-amzn-query-error': 'AWS.B;Sender' }], 'AWS.B', ''],
    ['query error header of another form', [400, '{"__type":"A"}', { 'x-amzn-query-error': 'B' }], 'A', ''],
    ['empty 400', [400, ''], '400', ''],
    ['empty 503', [503, ''], '503', 'Service Unavailable'],
    ['page of a proxy, 5xx', [502, ' <html><body>bad</body></html>'], '502', 'Bad Gateway'],
    ['page of a proxy, 4xx', [403, '<html><body>no</body></html>'], '403', '<html><body>no</body></html>'],
    ['text', [500, 'oops'], '500', 'oops'],
    ['a list', [400, '[1]'], '400', ''],
    ['null', [400, 'null'], '400', ''],
    ['members that are no text', [400, '{"__type":1,"message":{"a":1}}'], '400', ''],
    ['__proto__', [400, '{"__proto__":{"message":"x","__type":"Y"}}'], '400', ''],
    [
      'query',
      [
        404,
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no &amp; no</Message></Error><RequestId>r</RequestId></ErrorResponse>',
      ],
      'NoSuchEntity',
      'no & no',
    ],
  ] as const) {
    test(name, () => {
      const [status, body, headers] = args as readonly [number, string, Record<string, string>?]
      assert.deepEqual(decode(status, body, headers), { code, message })
    })
  }
})
