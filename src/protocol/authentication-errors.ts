import type { ServiceMetadata } from '../model/service-model.ts'
import { ServiceError } from './errors.ts'

/** Why a caller is not known. The first three are what a signature's verifier says, the others are about its key. */
export type AuthenticationFailure =
  | 'MissingAuthentication'
  | 'IncompleteSignature'
  | 'InvalidSignature'
  | 'UnknownAccessKey'
  | 'InvalidToken'
  | 'ExpiredToken'

type ProtocolFamily = 'json' | 'query'
type Answer = readonly [code: string, status: number]

/**
 * The one table of names and statuses. JSON 1.1 services were seen to answer 400 for all of them (aws-sdk-php#1780,
 * aws-sdk-go#2194); for the token and key errors that is from memory, as AWS's pages on common errors say 403. Query
 * services (STS, IAM): their pages on common errors. SDKs act on the code, so a wrong status costs little.
 */
const ANSWERS: Readonly<Record<AuthenticationFailure, Readonly<Record<ProtocolFamily, Answer>>>> = {
  MissingAuthentication: {
    json: ['MissingAuthenticationTokenException', 400],
    query: ['MissingAuthenticationToken', 403],
  },
  IncompleteSignature: {
    json: ['IncompleteSignatureException', 400],
    query: ['IncompleteSignature', 400],
  },
  InvalidSignature: {
    json: ['InvalidSignatureException', 400],
    query: ['SignatureDoesNotMatch', 403],
  },
  UnknownAccessKey: {
    json: ['UnrecognizedClientException', 400],
    query: ['InvalidClientTokenId', 403],
  },
  InvalidToken: {
    json: ['UnrecognizedClientException', 400],
    query: ['InvalidClientTokenId', 403],
  },
  ExpiredToken: {
    json: ['ExpiredTokenException', 400],
    query: ['ExpiredToken', 403],
  },
}

/** What is said where the verifier gives no text of its own. An unknown key and a bad token read alike: no oracle. */
const TEXTS: Readonly<Record<AuthenticationFailure, string>> = {
  MissingAuthentication: 'Missing Authentication Token',
  IncompleteSignature: 'The request signature does not conform to AWS standards.',
  InvalidSignature: 'The request signature we calculated does not match the signature you provided.',
  UnknownAccessKey: 'The security token included in the request is invalid.',
  InvalidToken: 'The security token included in the request is invalid.',
  ExpiredToken: 'The security token included in the request is expired',
}

/** The error that a service answers for a failed authentication, by the protocol the service speaks. */
export function authenticationError(
  failure: AuthenticationFailure,
  metadata: Pick<ServiceMetadata, 'protocol'>,
  message?: string,
): ServiceError {
  const [code, status] = ANSWERS[failure][metadata.protocol === 'query' ? 'query' : 'json']
  return new ServiceError(code, message ?? TEXTS[failure], status)
}
