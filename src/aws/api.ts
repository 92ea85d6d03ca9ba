/**
 * Calls of AWS (or of what stands for it at AWS_ENDPOINT_URL) as one identity in one region. Actions and engines are handed
 * one of these; how it signs, retries and finds its way is this room's business.
 */
export interface AwsApi {
  readonly region: string
  /**
   * Any operation of any service. Names are matched as loosely as documents written for boto3 need: `ec2`, `EC2`,
   * `stepfunctions`; `StopInstances`, `stop_instances`. Scalars are coerced to what the model wants.
   * @returns the answer's members in the model's order, dates as Date, blobs as Uint8Array, and `ResponseMetadata` as boto3
   * has it (RequestId, HTTPStatusCode, HTTPHeaders, RetryAttempts). What boto3's handlers change is changed here too
   * (policies of IAM as maps, ...).
   * Throws AwsApiError.
   */
  call(
    service: string,
    operation: string,
    parameters: Readonly<Record<string, unknown>>,
    options?: AwsCallOptions,
  ): Promise<AwsResponse>
  /** What a script or a program of its own needs in order to call AWS as this identity. Throws AwsApiError. */
  credentials(): Promise<AwsCredentials>
}

export interface AwsCallOptions {
  readonly region?: string
  readonly abort?: AbortSignal
  /** Milliseconds that one request may take; default 60,000. */
  readonly timeout?: number
  /** The same whenever the same attempt of a step calls: the idempotency token where Bellhop itself is called. */
  readonly token?: string
}

export type AwsResponse = Readonly<Record<string, unknown>>

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Whom calls are made as. */
export interface AwsIdentity {
  readonly accountId: string
  readonly region: string
  /** The role to assume through STS; absent: the server's own credentials for the account. */
  readonly roleArn?: string
  /** Shown in AWS's trail; cut and cleaned to what STS takes. */
  readonly sessionName: string
}

export interface Aws {
  as(identity: AwsIdentity): AwsApi
}

/** A call that did not succeed: AWS's refusal, or no way to it. */
export class AwsApiError extends Error {
  /** AWS's code as boto3 shows it (NoSuchEntity), or one of ours: UnknownService, UnknownOperation, InvalidParameter, NoCredentials, Unreachable, Aborted, NotSupported. */
  readonly code: string
  readonly service: string
  readonly operation: string
  /** HTTP status; undefined when there was no answer. */
  readonly statusCode: number | undefined
  readonly requestId: string | undefined

  constructor(code: string, message: string, { service, operation, statusCode, requestId, cause }: AwsFailure) {
    super(message, { cause })
    this.name = 'AwsApiError'
    this.code = code
    this.service = service
    this.operation = operation
    this.statusCode = statusCode
    this.requestId = requestId
  }
}

interface AwsFailure {
  readonly service: string
  readonly operation: string
  readonly statusCode?: number
  readonly requestId?: string
  readonly cause?: unknown
}
