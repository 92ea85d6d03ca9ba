import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALGORITHM, canonicalRequest, credentialScope, sha256Hex, signature, stringToSign } from './canonical.ts'
import { signRequest } from './sign.ts'
import type { HttpRequest } from './types.ts'
import { headerValues, readVectors, type Vector } from './vectors.testdata.ts'
import { parseAuthorization, SignatureError, verifySignature } from './verify.ts'

const vectors = readVectors()

/** What a server does with the two phases; a key that is not in the map is refused as the server refuses it. */
function authenticate(vector: Vector, secrets = secretsOf(vector), services = [vector.scope.service]): void {
  const parsed = parseAuthorization(vector.request, vector.now, { services })
  const secret = secrets.get(parsed.accessKeyId)
  if (secret === undefined) throw new UnknownKey()
  verifySignature(vector.request, parsed, secret, { normalizePath: vector.normalizePath })
}

class UnknownKey extends Error {}

function secretsOf(vector: Vector): Map<string, string> {
  return new Map([[vector.credentials.accessKeyId, vector.credentials.secretAccessKey]])
}

const withRequest = (vector: Vector, change: Partial<HttpRequest>): Vector => ({
  ...vector,
  request: { ...vector.request, ...change },
})

const withHeaders = (vector: Vector, headers: HttpRequest['headers']) => withRequest(vector, { headers })

const addHeader = (vector: Vector, name: string, value: string) =>
  withHeaders(vector, [...vector.request.headers, [name, value]])

const dropHeader = (vector: Vector, name: string) =>
  withHeaders(
    vector,
    vector.request.headers.filter(([key]) => key.toLowerCase() !== name),
  )

const mapHeader = (vector: Vector, name: string, map: (value: string) => string) =>
  withHeaders(
    vector,
    vector.request.headers.map(([key, value]) => [key, key.toLowerCase() === name ? map(value) : value]),
  )

const authorizationOf = (vector: Vector) => headerValues(vector.request, 'authorization')[0]!

const mapAuthorization = (vector: Vector, map: (value: string) => string) => mapHeader(vector, 'authorization', map)

const mapSignature = (vector: Vector, map: (hex: string) => string) =>
  mapAuthorization(vector, value => value.replace(/(?<=Signature=)[0-9a-f]{64}/, map))

const signedHeadersOf = (vector: Vector) => /SignedHeaders=([^,]*)/.exec(authorizationOf(vector))![1]!.split(';')

const withSignedHeaders = (vector: Vector, names: string[]) =>
  mapAuthorization(vector, value => value.replace(/(?<=SignedHeaders=)[^,]*/, names.join(';')))

const later = (vector: Vector, milliseconds: number): Vector => ({
  ...vector,
  now: new Date(vector.now.getTime() + milliseconds),
})

const minutes = (count: number) => count * 60_000

/** Every way to change a valid request that must be refused, with the vector changed that way. */
function* tamperings(vector: Vector): Generator<readonly [name: string, changed: Vector]> {
  const { request } = vector
  yield ['method', withRequest(vector, { method: request.method === 'GET' ? 'POST' : 'GET' })]
  yield ['method in lower case', withRequest(vector, { method: request.method.toLowerCase() })]
  yield ['path, one segment more', withRequest(vector, { path: `${request.path}/other` })]
  yield ['path, one character more', withRequest(vector, { path: `${request.path}x` })]
  if (!vector.normalizePath) yield ['path, one slash more', withRequest(vector, { path: `${request.path}/` })]

  yield ['query parameter added', withRequest(vector, { query: [request.query, 'a=b'].filter(Boolean).join('&') })]
  const parameters = request.query.split('&').filter(part => part !== '')
  for (const [i, parameter] of parameters.entries()) {
    const replaced = (part: string[]) => withRequest(vector, { query: parameters.toSpliced(i, 1, ...part).join('&') })
    yield [`query ${i} dropped`, replaced([])]
    yield [`query ${i} value`, replaced([`${parameter}x`])]
    yield [`query ${i} name`, replaced([`x${parameter}`])]
    yield [`query ${i} twice`, replaced([parameter, parameter])]
  }

  const signed = signedHeadersOf(vector)
  for (const [i, [name, value]] of request.headers.entries()) {
    const key = name.toLowerCase()
    if (!signed.includes(key)) continue
    const replaced = (headers: [string, string][]) => withHeaders(vector, request.headers.toSpliced(i, 1, ...headers))
    yield [`${key} (${i}) value`, replaced([[name, `${value}x`]])]
    yield [`${key} (${i}) emptied`, replaced([[name, '']])]
    yield [`${key} (${i}) dropped`, replaced([])]
    yield [
      `${key} (${i}) twice`,
      replaced([
        [name, value],
        [name, value],
      ]),
    ]
    if (value !== value.toLowerCase()) yield [`${key} (${i}) case`, replaced([[name, value.toLowerCase()]])]
  }
  for (const name of signed) {
    yield [
      `${name} no longer signed`,
      withSignedHeaders(
        vector,
        signed.filter(other => other !== name),
      ),
    ]
    yield [
      `${name} neither signed nor sent`,
      dropHeader(
        withSignedHeaders(
          vector,
          signed.filter(n => n !== name),
        ),
        name,
      ),
    ]
    yield [
      `${name} signed twice`,
      withSignedHeaders(
        vector,
        signed.flatMap(n => (n === name ? [n, n] : [n])),
      ),
    ]
    yield [
      `${name} in capitals`,
      withSignedHeaders(
        vector,
        signed.map(n => (n === name ? n.toUpperCase() : n)),
      ),
    ]
  }
  yield ['signed headers out of order', withSignedHeaders(vector, signed.toReversed())]
  yield ['signed header not sent', withSignedHeaders(vector, [...signed, 'zzz'])]
  yield ['signed header added', addHeader(withSignedHeaders(vector, [...signed, 'zzz']), 'zzz', '1')]
  yield ['no signed headers', withSignedHeaders(vector, [])]
  yield ['unsigned x-amz-target', addHeader(vector, 'X-Amz-Target', 'AWS242ServiceCatalogService.DeletePortfolio')]
  yield ['unsigned x-amz header in capitals', addHeader(vector, 'X-AMZ-META', '1')]

  const changedBody = Buffer.concat([request.body, Buffer.from('x')])
  yield ['body, one byte more', withRequest(vector, { body: changedBody })]
  for (const [i, byte] of request.body.entries()) {
    const body = Buffer.from(request.body)
    body[i] = byte ^ 1
    yield [`body, byte ${i}`, withRequest(vector, { body })]
  }
  if (request.body.length > 0) yield ['body emptied', withRequest(vector, { body: Buffer.alloc(0) })]
  const rehashed = mapHeader(withRequest(vector, { body: changedBody }), 'x-amz-content-sha256', () =>
    sha256Hex(changedBody),
  )
  yield ['body and its hash', rehashed]
  for (const payload of [
    'UNSIGNED-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  ]) {
    yield [payload, addHeader(dropHeader(vector, 'x-amz-content-sha256'), 'X-Amz-Content-Sha256', payload)]
    yield [
      `${payload}, signed`,
      signedAgain(addHeader(dropHeader(vector, 'x-amz-content-sha256'), 'X-Amz-Content-Sha256', payload)),
    ]
  }
  const wrongHash = sha256Hex('another body')
  yield [
    'hash of another body, signed',
    signedAgain(addHeader(dropHeader(vector, 'x-amz-content-sha256'), 'X-Amz-Content-Sha256', wrongHash)),
  ]

  for (let i = 0; i < 64; i += 3) {
    const flipped = (hex: string) =>
      hex.slice(0, i) + (Number.parseInt(hex[i]!, 16) ^ 1).toString(16) + hex.slice(i + 1)
    yield [`signature, digit ${i}`, mapSignature(vector, flipped)]
  }
  yield ['signature of zeros', mapSignature(vector, () => '0'.repeat(64))]
  yield ['signature in capitals', mapSignature(vector, hex => hex.toUpperCase())]
  yield ['signature one digit short', mapSignature(vector, hex => hex.slice(1))]
  yield ['signature one digit long', mapSignature(vector, hex => `${hex}0`)]
  yield ['signature not hexadecimal', mapSignature(vector, hex => `g${hex.slice(1)}`)]
  yield ['signature empty', mapSignature(vector, () => '')]

  yield ['6 minutes later', later(vector, minutes(6))]
  yield ['6 minutes earlier', later(vector, minutes(-6))]
  yield ['5 minutes and a second later', later(vector, minutes(5) + 1000)]
  yield ['5 minutes and a second earlier', later(vector, minutes(-5) - 1000)]
  yield ['a day later', later(vector, minutes(24 * 60))]
  yield ['date one second on', mapHeader(vector, 'x-amz-date', () => '20150830T123601Z')]
  yield ['date of another day', mapHeader(later(vector, minutes(24 * 60)), 'x-amz-date', () => '20150831T123600Z')]
  const nextDay = mapHeader(later(vector, minutes(24 * 60)), 'x-amz-date', () => '20150831T123600Z')
  yield ['date and scope of another day', mapAuthorization(nextDay, value => value.replace('/20150830/', '/20150831/'))]
  yield ['scope of another day', mapAuthorization(vector, value => value.replace('/20150830/', '/20150831/'))]
  for (const date of [
    '2015-08-30T12:36:00Z',
    'Sun, 30 Aug 2015 12:36:00 GMT',
    '20150830T123600',
    '20150230T123600Z',
    '1440938160',
    '',
  ]) {
    yield [`date '${date}'`, mapHeader(vector, 'x-amz-date', () => date)]
  }
  yield [
    'Date instead of X-Amz-Date',
    addHeader(dropHeader(vector, 'x-amz-date'), 'Date', 'Sun, 30 Aug 2015 12:36:00 GMT'),
  ]

  const scopePart = (from: string, to: string) => mapAuthorization(vector, value => value.replace(from, to))
  yield ['region', scopePart('/us-east-1/', '/eu-west-1/')]
  yield ['region empty', scopePart('/us-east-1/', '//')]
  yield ['region with odd characters', scopePart('/us-east-1/', '/us east 1/')]
  yield ['service not expected', scopePart('/service/', '/ssm/')]
  yield ['service empty', scopePart('/service/', '//')]
  yield ['terminator', scopePart('/aws4_request', '/aws5_request')]
  yield ['no terminator', scopePart('/aws4_request', '')]
  yield ['one scope element more', scopePart('/aws4_request', '/aws4_request/x')]
  yield ['no access key', scopePart('AKIDEXAMPLE/', '/')]
  yield ['access key with odd characters', scopePart('AKIDEXAMPLE/', 'AKID EXAMPLE/')]
  yield ['access key of nobody', scopePart('AKIDEXAMPLE/', 'AKIDEXAMPLF/')]
  yield ['access key __proto__', scopePart('AKIDEXAMPLE/', '__proto__/')]
  yield ['another algorithm', scopePart('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')]
  yield ['algorithm in lower case', scopePart('AWS4-HMAC-SHA256', 'aws4-hmac-sha256')]
  yield ['no algorithm', scopePart('AWS4-HMAC-SHA256 ', '')]
  yield ['only the algorithm', mapAuthorization(vector, () => 'AWS4-HMAC-SHA256')]
  yield ['Basic', mapAuthorization(vector, () => 'Basic QUtJREVYQU1QTEU6c2VjcmV0')]
  yield ['empty Authorization', mapAuthorization(vector, () => '')]
  yield ['no Authorization', dropHeader(vector, 'authorization')]
  yield ['Authorization twice', addHeader(vector, 'authorization', authorizationOf(vector))]
  yield ['two Authorizations in one header', mapAuthorization(vector, value => `${value}, ${value}`)]
  yield [
    'parameter repeated',
    mapAuthorization(vector, value => `${value}, ${value.slice(value.indexOf('Signature='))}`),
  ]
  yield ['unknown parameter', mapAuthorization(vector, value => `${value}, Extra=1`)]
  yield ['parameter in lower case', scopePart('Credential=', 'credential=')]
  yield ['trailing comma', mapAuthorization(vector, value => `${value},`)]
  yield [
    'longer than 8 KB',
    mapAuthorization(vector, value => value.replace('Credential=', `Credential=${'A'.repeat(8192)}`)),
  ]
  for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
    yield [`no ${name}`, mapAuthorization(vector, value => value.replace(new RegExp(`,? ?${name}=[^,]*`), ''))]
  }
  yield [
    'presigned',
    withRequest(vector, { query: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${'0'.repeat(64)}` }),
  ]
  const moved = `X-Amz-Signature=${/[0-9a-f]{64}$/.exec(authorizationOf(vector))![0]}`
  yield ['signature moved to the query', dropHeader(withRequest(vector, { query: moved }), 'authorization')]

  if (vector.credentials.sessionToken === undefined) {
    yield ['token added', addHeader(vector, 'X-Amz-Security-Token', 'FwoGZXIvYXdzEXAMPLE')]
    const signedToo = withSignedHeaders(vector, [...signed, 'x-amz-security-token'])
    yield ['token added and named as signed', addHeader(signedToo, 'X-Amz-Security-Token', 'FwoGZXIvYXdzEXAMPLE')]
  }
}

/** The same request signed with the right key, so that only what the header says can be wrong. */
function signedAgain(vector: Vector): Vector {
  const kept = vector.request.headers.filter(
    ([name]) => !['authorization', 'x-amz-date', 'x-amz-security-token'].includes(name.toLowerCase()),
  )
  const bare = { ...vector.request, headers: kept }
  const { normalizePath } = vector
  return withHeaders(vector, [
    ...kept,
    ...signRequest(bare, vector.credentials, vector.scope, vector.now, { normalizePath }),
  ])
}

/** Changes that mean nothing, so the request stays valid. */
function* harmless(vector: Vector): Generator<readonly [name: string, changed: Vector]> {
  yield ['as published', vector]
  yield ['5 minutes later', later(vector, minutes(5))]
  yield ['5 minutes earlier', later(vector, minutes(-5))]
  yield [
    'header names in lower case',
    withHeaders(
      vector,
      vector.request.headers.map(([n, v]) => [n.toLowerCase(), v]),
    ),
  ]
  yield [
    'header names in capitals',
    withHeaders(
      vector,
      vector.request.headers.map(([n, v]) => [n.toUpperCase(), v]),
    ),
  ]
  yield [
    'other header lines first',
    withHeaders(
      vector,
      [...vector.request.headers].sort(([a], [b]) =>
        a.toLowerCase() < b.toLowerCase() ? 1 : a.toLowerCase() > b.toLowerCase() ? -1 : 0,
      ),
    ),
  ]
  yield ['no blank after the commas', mapAuthorization(vector, value => value.replaceAll(', ', ','))]
  yield ['more blanks after the commas', mapAuthorization(vector, value => value.replaceAll(', ', ' ,   '))]
  yield ['more blanks after the algorithm', mapAuthorization(vector, value => value.replace(' ', '   '))]
  yield ['blanks around the header', mapAuthorization(vector, value => ` ${value} `)]
  yield [
    'parameters in another order',
    mapAuthorization(vector, value => {
      const [first, ...parts] = value.split(/ /)
      return `${first} ${parts
        .map(part => part.replace(/,$/, ''))
        .toReversed()
        .join(', ')}`
    }),
  ]
  yield ['unsigned user-agent', addHeader(vector, 'User-Agent', 'x')]
  yield ['unsigned x-amzn-trace-id', addHeader(vector, 'X-Amzn-Trace-Id', 'x')]
  if (vector.request.query !== '') {
    const reversed = vector.request.query.split('&').toReversed().join('&')
    yield ['query in another order', withRequest(vector, { query: reversed })]
    const escaped = vector.request.query.replace(/(?<!%.?)[aeiou1]/, c => `%${c.charCodeAt(0).toString(16)}`)
    yield ['query with needless escapes', withRequest(vector, { query: escaped })]
  }
  yield ['signed again by our own signer', signedAgain(vector)]
}

describe('verification', () => {
  const accepted = vectors.flatMap(vector =>
    [...harmless(vector)].map(([name, changed]) => ({ vector, name, changed })),
  )
  test(`accepts the ${vectors.length} requests of the public suite, also in ${accepted.length} equivalent forms`, () => {
    for (const { vector, name, changed } of accepted) {
      assert.doesNotThrow(() => authenticate(changed), `${vector.id}: ${name}`)
    }
  })

  const refused = vectors.flatMap(vector =>
    [...tamperings(vector)].map(([name, changed]) => ({ vector, name, changed })),
  )
  test(`refuses ${refused.length} tampered requests`, () => {
    for (const { vector, name, changed } of refused) {
      assert.throws(
        () => authenticate(changed, secretsOf(vector)),
        (error: unknown) => error instanceof UnknownKey || error instanceof SignatureError,
        `${vector.id}: ${name}`,
      )
    }
  })

  test('no message repeats a signature, an Authorization header or a token', () => {
    for (const { vector, changed } of refused) {
      try {
        authenticate(changed, secretsOf(vector))
      } catch (error) {
        const { message } = error as Error
        assert.doesNotMatch(message, /[0-9a-f]{64}|Credential=|QUtJREVYQU1QTEU/)
        for (const token of headerValues(changed.request, 'x-amz-security-token')) {
          assert.ok(token === '' || !message.includes(token))
        }
      }
    }
  })

  test('refuses another secret, and another key whose secret is known', () => {
    for (const vector of vectors) {
      const { accessKeyId, secretAccessKey } = vector.credentials
      for (const secret of [`${secretAccessKey}x`, secretAccessKey.slice(1), secretAccessKey.toLowerCase(), '']) {
        assert.throws(() => authenticate(vector, new Map([[accessKeyId, secret]])), SignatureError, vector.id)
      }
      const other = mapAuthorization(vector, value => value.replace('AKIDEXAMPLE/', 'AKIDOTHER/'))
      assert.throws(() => authenticate(other, new Map([['AKIDOTHER', 'another secret']])), SignatureError, vector.id)
    }
  })

  test('refuses a request for a service that is expected, but was not signed', () => {
    for (const vector of vectors) {
      const other = mapAuthorization(vector, value => value.replace('/service/', '/ssm/'))
      assert.throws(() => authenticate(other, secretsOf(vector), ['service', 'ssm']), SignatureError, vector.id)
    }
  })
})

describe('answers', () => {
  const vector = vectors.find(v => v.id.startsWith('get-vanilla:'))!
  const errorOf = (changed: Vector): readonly [string, string] => {
    try {
      authenticate(changed)
    } catch (error) {
      assert.ok(error instanceof SignatureError)
      return [error.code, error.message]
    }
    throw new Error('The request was accepted.')
  }

  test('clock: the texts of AWS', () => {
    assert.deepEqual(errorOf(later(vector, minutes(6))), [
      'InvalidSignature',
      'Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T124200Z - 5 min.)',
    ])
    assert.deepEqual(errorOf(later(vector, minutes(-6))), [
      'InvalidSignature',
      'Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T123000Z + 5 min.)',
    ])
  })

  test('nothing signed, signed badly, signed wrong: three codes', () => {
    assert.deepEqual(errorOf(dropHeader(vector, 'authorization')), [
      'MissingAuthentication',
      'Missing Authentication Token',
    ])
    assert.deepEqual(errorOf(mapAuthorization(vector, () => 'AWS4-HMAC-SHA256')), [
      'IncompleteSignature',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' parameter. " +
        "Authorization header requires 'Signature' parameter.",
    ])
    const [code, message] = errorOf(mapSignature(vector, hex => hex.split('').toReversed().join('')))
    assert.equal(code, 'InvalidSignature')
    assert.match(message, /^The request signature we calculated does not match the signature you provided\. /)
  })

  test('scope: what it should be', () => {
    const wrong = mapAuthorization(vector, value => value.replace('us-east-1/service', 'us-east-1/sqs'))
    assert.deepEqual(errorOf(wrong), ['InvalidSignature', "Credential should be scoped to correct service: 'service'."])
    const head = vector.request
    assert.throws(
      () => parseAuthorization(head, vector.now, { services: ['service'], regions: ['eu-west-1'] }),
      /Credential should be scoped to a valid region\./,
    )
  })

  test('the first phase tells who claims to call, without key or body', () => {
    const withToken = vectors.find(v => v.id.startsWith('post-sts-header-before'))!
    const { body: _, ...head } = withToken.request
    const parsed = parseAuthorization(head, withToken.now, { services: ['service'] })
    assert.equal(parsed.accessKeyId, 'AKIDEXAMPLE')
    assert.deepEqual(parsed.scope, { date: '20150830', region: 'us-east-1', service: 'service' })
    assert.deepEqual(parsed.signedHeaders, ['host', 'x-amz-date', 'x-amz-security-token'])
    assert.equal(parsed.sessionToken, withToken.credentials.sessionToken)
    assert.equal(parsed.requestDate.toISOString(), '2015-08-30T12:36:00.000Z')
  })
})

/** Each request here is signed with the right key, just as it is: only the rule itself can refuse it. */
describe('rules that a right signature does not excuse', () => {
  const vector = vectors.find(v => v.id.startsWith('get-vanilla:'))!

  function signedAsIs(
    request: Partial<HttpRequest>,
    how: { signedHeaders?: string[]; dateTime?: string; date?: string; now?: Date } = {},
  ): Vector {
    const headers = [...(request.headers ?? dropHeader(vector, 'authorization').request.headers)]
    const whole = { ...vector.request, ...request, headers }
    const names = how.signedHeaders ?? [...new Set(headers.map(([name]) => name.toLowerCase()))].sort()
    const dateTime = how.dateTime ?? '20150830T123600Z'
    const date = how.date ?? dateTime.slice(0, 8)
    const { scope, credentials } = vector
    const text = stringToSign(canonicalRequest(whole, names, sha256Hex(whole.body)), dateTime, scope)
    const hex = signature(credentials.secretAccessKey, date, scope, text).toString('hex')
    const credential = `${credentials.accessKeyId}/${credentialScope(date, scope)}`
    headers.push([
      'Authorization',
      `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${hex}`,
    ])
    return { ...vector, request: { ...whole, headers }, now: how.now ?? vector.now }
  }

  const host: [string, string] = ['Host', 'example.amazonaws.com']
  const date: [string, string] = ['X-Amz-Date', '20150830T123600Z']
  const target: [string, string] = ['X-Amz-Target', 'a']

  test('the helper signs rightly', () => {
    assert.doesNotThrow(() => authenticate(signedAsIs({})))
    assert.doesNotThrow(() => authenticate(signedAsIs({ headers: [host, date, target] })))
  })

  for (const [name, changed, message] of [
    [
      'unsigned payload',
      signedAsIs({ headers: [host, date, ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD']] }),
      /unsigned and streamed payloads are not accepted/,
    ],
    ['host not signed', signedAsIs({}, { signedHeaders: ['x-amz-date'] }), /'Host' or ':authority' must be/],
    [
      'target not signed',
      signedAsIs({ headers: [host, date, target] }, { signedHeaders: ['host', 'x-amz-date'] }),
      /'x-amz-target' must be/,
    ],
    ['signed header not sent', signedAsIs({}, { signedHeaders: ['host', 'x-amz-date', 'zzz'] }), /names 'zzz', which/],
    ['signed headers not sorted', signedAsIs({}, { signedHeaders: ['x-amz-date', 'host'] }), /must be sorted/],
    ['signed header twice', signedAsIs({}, { signedHeaders: ['host', 'host', 'x-amz-date'] }), /each name once/],
    [
      'target twice',
      signedAsIs({ headers: [host, date, target, target] }),
      /'x-amz-target' header must not be repeated/,
    ],
    [
      'long header',
      mapAuthorization(signedAsIs({}), value => value.replace(' ', ' '.repeat(8192))),
      /longer than 8192 bytes/,
    ],
    ['presigned, too', signedAsIs({ query: 'X-Amz-Signature=0' }), /Presigned requests are not accepted/],
    [
      'date that does not exist',
      // Carried over by Date to 2 March, which is what is signed and what the clock says.
      signedAsIs(
        { headers: [host, ['X-Amz-Date', '20150230T123600Z']] },
        { dateTime: '20150302T123600Z', date: '20150230', now: new Date('2015-03-02T12:36:00Z') },
      ),
      /ISO-8601 'basic format'/,
    ],
    ['scope of the day before', signedAsIs({}, { date: '20150829' }), /Date in Credential scope does not match/],
  ] as const) {
    test(name, () => {
      assert.throws(
        () => authenticate(changed),
        (error: unknown) => error instanceof SignatureError && message.test(error.message),
      )
    })
  }
})
