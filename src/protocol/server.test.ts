import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceModel } from '../model/service-model.ts'
import { services } from '../model/services.ts'
import { type AuthenticationFailure, authenticationError } from './authentication-errors.ts'
import { decodeAnswer, decodeError, encodeRequest } from './client.ts'
import { ResourceNotFoundException, SerializationException, ValidationException } from './errors.ts'
import { readInput, validateInput, writeError, writeOutput } from './server.ts'

/** Both steps of the pipeline, between which it asks whether the caller may. */
function validInput(model: ServiceModel, operation: string, body: Uint8Array) {
  const input = readInput(model, operation, body)
  validateInput(model, operation, input)
  return input
}

describe('input', () => {
  test('is decoded and validated, in either protocol', () => {
    const record = encodeRequest(services.servicecatalog, 'DescribeRecord', { Id: 'rec-1' }).body
    assert.deepEqual(validInput(services.servicecatalog, 'DescribeRecord', record), { Id: 'rec-1' })
    const user = encodeRequest(services.iam, 'DeleteUser', { UserName: 'a' }).body
    assert.deepEqual(validInput(services.iam, 'DeleteUser', user), { UserName: 'a' })
    assert.deepEqual(validInput(services.sts, 'GetCallerIdentity', Buffer.alloc(0)), {})
  })

  test('is refused with the error of its first fault', () => {
    const read = (body: string) => () => validInput(services.servicecatalog, 'DescribeRecord', Buffer.from(body))
    assert.throws(read('{'), SerializationException)
    assert.throws(read('{"Id":1}'), SerializationException)
    assert.throws(read('{"Id":""}'), ValidationException)
    assert.throws(read(''), /Value null at 'id'/)
    const query = () => validInput(services.iam, 'DeleteUser', Buffer.from('UserName=a%20b'))
    assert.throws(
      query,
      /Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression/,
    )
  })
})

describe('answers', () => {
  test('have the content type of the protocol', () => {
    const types = Object.values(services).map(model => {
      const operation = Object.keys(model.operations)[0]!
      return writeOutput(model, operation, {}, 'r').headers[0]![1]
    })
    const json = 'application/x-amz-json-1.1'
    assert.deepEqual(types, [json, json, 'application/x-amz-json-1.0', 'text/xml', 'text/xml', json])
  })

  test('reach the caller', () => {
    const output = { RecordDetail: { RecordId: 'rec-1', CreatedTime: new Date(1500) }, RecordOutputs: [] }
    const { status, body } = writeOutput(services.servicecatalog, 'DescribeRecord', output, 'r')
    assert.equal(status, 200)
    assert.deepEqual(decodeAnswer(services.servicecatalog, 'DescribeRecord', Buffer.from(body)), {
      RecordDetail: { RecordId: 'rec-1', CreatedTime: 1.5 },
      RecordOutputs: [],
    })
  })

  test('so do errors', () => {
    for (const model of [services.servicecatalog, services.sqs, services.sts]) {
      const { status, headers, body } = writeError(model, new ResourceNotFoundException('not "here" <&>'), 'r')
      assert.equal(status, 400)
      assert.deepEqual(decodeError(status, new Headers(headers.map(([n, v]) => [n, v])), Buffer.from(body)), {
        code: 'ResourceNotFoundException',
        message: 'not "here" <&>',
      })
    }
  })
})

describe('authentication errors', () => {
  for (const [failure, json, query] of [
    ['MissingAuthentication', '400 MissingAuthenticationTokenException', '403 MissingAuthenticationToken'],
    ['IncompleteSignature', '400 IncompleteSignatureException', '400 IncompleteSignature'],
    ['InvalidSignature', '400 InvalidSignatureException', '403 SignatureDoesNotMatch'],
    ['UnknownAccessKey', '400 UnrecognizedClientException', '403 InvalidClientTokenId'],
    ['InvalidToken', '400 UnrecognizedClientException', '403 InvalidClientTokenId'],
    ['ExpiredToken', '400 ExpiredTokenException', '403 ExpiredToken'],
  ] as const satisfies (readonly [AuthenticationFailure, string, string])[]) {
    test(`${failure}: ${json} in JSON, ${query} in XML`, () => {
      for (const [model, expected] of [
        [services.servicecatalog, json],
        [services.sts, query],
        [services.iam, query],
      ] as const) {
        const error = authenticationError(failure, model.metadata, 'why')
        const { status, headers, body } = writeError(model, error, 'r')
        const decoded = decodeError(status, new Headers(headers.map(([n, v]) => [n, v])), Buffer.from(body))
        assert.equal(`${status} ${decoded.code}`, expected)
        assert.equal(decoded.message, 'why')
      }
      assert.notEqual(authenticationError(failure, services.sts.metadata).message, '')
    })
  }
})
