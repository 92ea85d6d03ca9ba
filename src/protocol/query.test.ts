import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceModel } from '../model/service-model.ts'
import { services } from '../model/services.ts'
import { decodeAnswer, decodeError, encodeRequest } from './client.ts'
import {
  AccessDeniedException,
  InternalFailure,
  LimitExceededException,
  NoSuchEntityException,
  SerializationException,
  type ServiceError,
  UnknownOperationException,
  ValidationException,
} from './errors.ts'
import { decodeQueryInput, encodeQueryError, encodeQueryOutput, parseQueryRequest } from './query.ts'

/** Every form of the protocol; STS and IAM have neither maps nor flattened lists. */
const model: ServiceModel = {
  metadata: {
    apiVersion: '2026-01-01',
    endpointPrefix: 'every',
    protocol: 'query',
    serviceFullName: 'Every Form',
    serviceId: 'Every Form',
    xmlNamespace: 'https://example.com/?a&b',
  },
  operations: {
    Do: {
      name: 'Do',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'All' },
      output: { shape: 'All', resultWrapper: 'DoResult' },
    },
  },
  shapes: {
    All: {
      type: 'structure',
      members: {
        S: { shape: 'S' },
        B: { shape: 'B' },
        I: { shape: 'I' },
        L: { shape: 'L' },
        D: { shape: 'D' },
        T: { shape: 'T' },
        Blob: { shape: 'Blob' },
        List: { shape: 'List' },
        Flat: { shape: 'Flat' },
        Map: { shape: 'Map' },
        FlatMap: { shape: 'FlatMap' },
        Named: { shape: 'S', locationName: 'Other' },
        Inner: { shape: 'All' },
      },
    },
    S: { type: 'string' },
    B: { type: 'boolean' },
    I: { type: 'integer' },
    L: { type: 'long' },
    D: { type: 'double' },
    T: { type: 'timestamp' },
    Blob: { type: 'blob' },
    List: { type: 'list', member: { shape: 'All' } },
    Flat: { type: 'list', member: { shape: 'S' }, flattened: true },
    Map: { type: 'map', key: { shape: 'S' }, value: { shape: 'I' } },
    FlatMap: {
      type: 'map',
      key: { shape: 'S', locationName: 'Name' },
      value: { shape: 'S', locationName: 'Value' },
      flattened: true,
    },
  },
}

const everything = {
  S: ' a&b=c+d %41 <x> ü😀\r\n',
  B: true,
  I: -1,
  L: 2 ** 40,
  D: 1.5,
  T: new Date('2026-01-02T03:04:05.678Z'),
  Blob: Buffer.from([0, 255]),
  List: [{ S: '1' }, { S: '2', List: [{ S: '3' }] }],
  Flat: ['a', 'b'],
  Map: Object.assign(Object.create(null), { one: 1, two: 2 }),
  FlatMap: Object.assign(Object.create(null), { a: 'b' }),
  Named: 'n',
  Inner: { S: 'inner' },
}

const decode = (form: string) => decodeQueryInput(model, 'Do', parseQueryRequest(Buffer.from(form)))

describe('input', () => {
  test('what the caller encodes, the server reads', () => {
    const request = parseQueryRequest(encodeRequest(model, 'Do', everything).body)
    assert.equal(request.action, 'Do')
    assert.equal(request.version, '2026-01-01')
    const decoded = decodeQueryInput(model, 'Do', request)
    assert.deepEqual(Buffer.from(decoded.Blob as Uint8Array), everything.Blob)
    assert.deepEqual({ ...decoded, Blob: 0 }, { ...everything, Blob: 0 })
  })

  test('a form of any client', () => {
    assert.deepEqual(decode('S=a+b%20c&Unknown=1&Inner.S=x&List.member.10.S=b&List.member.2.S=a&&Inner.Unknown.1=y'), {
      S: 'a b c',
      List: [{ S: 'a' }, { S: 'b' }],
      Inner: { S: 'x' },
    })
    assert.deepEqual(decode('List=&Flat='), { List: [], Flat: [] })
    assert.deepEqual(decode('S'), { S: '' })
    assert.deepEqual(decode(''), {})
    assert.deepEqual(decode('__proto__.S=x&constructor=y'), {})
  })

  test('keys of a map are only keys', () => {
    const { Map: map } = decode('Map.entry.1.key=__proto__&Map.entry.1.value=1')
    assert.deepEqual(Object.entries(map as object), [['__proto__', 1]])
  })

  for (const form of [
    'S=%',
    'S=%zz',
    'S=%ff',
    'S=%ed%a0%80',
    'S=\u00fc',
    'S=%00',
    'S=1&S=2',
    'S.x=1',
    'S=1&S.x=1',
    'B=yes',
    'B=TRUE',
    'I=',
    'I=1.5',
    'I=0x10',
    'I=2147483648',
    'I=1e3',
    'L=99999999999999999',
    'D=NaN',
    'T=yesterday',
    'Blob=AP8',
    'List.member.x.S=1',
    'List.member.0.S=1',
    'List.member.01.S=1',
    'List.member.-1.S=1',
    'Map.entry.1.value=1',
    `${'a.'.repeat(300)}=1`,
  ]) {
    test(`refuses ${form.slice(0, 60)}`, () => {
      assert.throws(() => decode(form), SerializationException)
    })
  }

  test('many fields and long names are refused soon', () => {
    assert.throws(() => decode(Array.from({ length: 200_000 }, (_, i) => `a${i}=`).join('&')), /more than 10000 fields/)
    assert.throws(() => decode(`${'a.'.repeat(2_000_000)}=`), /too long a name/)
  })
})

describe('output', () => {
  test('what the server encodes, the caller reads', () => {
    const xml = encodeQueryOutput(model, 'Do', { ...everything, Unknown: 1, I: undefined }, 'r-1')
    const decoded = decodeAnswer(model, 'Do', Buffer.from(xml))
    assert.deepEqual(Buffer.from(decoded.Blob as Uint8Array), everything.Blob)
    const { I: _, ...sent } = everything
    assert.deepEqual({ ...decoded, Blob: 0 }, { ...sent, T: '2026-01-02T03:04:05.678Z', Blob: 0 })
  })

  test('GetCallerIdentity looks as on AWS', () => {
    const identity = { UserId: 'AIDA', Account: '000000000000', Arn: 'arn:aws:iam::000000000000:user/admin' }
    assert.equal(
      encodeQueryOutput(services.sts, 'GetCallerIdentity', identity, 'r-1'),
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        '<UserId>AIDA</UserId><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/admin</Arn>' +
        '</GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n',
    )
  })

  test('lists, whole seconds, and nothing at all', () => {
    const output = {
      Users: [{ Path: '/', UserName: 'a', CreateDate: new Date('2026-01-02T03:04:05Z') }],
      IsTruncated: false,
    }
    const xml = encodeQueryOutput(services.iam, 'ListUsers', output, 'r')
    assert.match(
      xml,
      /<ListUsersResult><Users><member>.*<CreateDate>2026-01-02T03:04:05Z<\/CreateDate>.*<\/member><\/Users><IsTruncated>false</,
    )
    assert.match(encodeQueryOutput(services.iam, 'ListUsers', { Users: [] }, 'r'), /<Users><\/Users>/)
    assert.equal(
      encodeQueryOutput(services.iam, 'DeleteUser', undefined, 'r'),
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>\n',
    )
  })

  test('what XML cannot hold does not break the document', () => {
    const xml = encodeQueryOutput(model, 'Do', { S: '\u0000\u000b\ud800]]>' }, 'r')
    assert.equal(decodeAnswer(model, 'Do', Buffer.from(xml)).S, '\ufffd\ufffd\ufffd]]>')
  })
})

describe('errors', () => {
  for (const [error, status, code, type] of [
    [new NoSuchEntityException('no <user>'), 404, 'NoSuchEntity', 'Sender'],
    [new LimitExceededException('x'), 409, 'LimitExceeded', 'Sender'],
    [new ValidationException('x'), 400, 'ValidationError', 'Sender'],
    [new SerializationException('x'), 400, 'MalformedInput', 'Sender'],
    [new UnknownOperationException('x'), 400, 'InvalidAction', 'Sender'],
    [new AccessDeniedException('x'), 403, 'AccessDenied', 'Sender'],
    [new InternalFailure('x'), 500, 'InternalFailure', 'Receiver'],
  ] as const satisfies (readonly [ServiceError, number, string, string])[]) {
    test(`${error.code} is ${code} ${status}`, () => {
      const answer = encodeQueryError(error, services.iam, 'r-1')
      assert.equal(answer.status, status)
      assert.match(answer.body, new RegExp(`^<ErrorResponse xmlns="https://iam[^"]*"><Error><Type>${type}</Type>`))
      assert.match(answer.body, /<\/Error><RequestId>r-1<\/RequestId><\/ErrorResponse>\n$/)
      const decoded = decodeError(status, new Headers(), Buffer.from(answer.body))
      assert.deepEqual(decoded, { code, message: error.message })
    })
  }
})
