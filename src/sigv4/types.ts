/** What a Signature Version 4 signature is computed with. Source: AWS, "Signature Version 4 signing process". */
export interface SigningKeyScope {
  readonly region: string
  /** The signing name: servicecatalog, ssm, sqs, sts, iam. */
  readonly service: string
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A request as it goes over the wire, before or after signing. Header names may have any case. */
export interface HttpRequest {
  readonly method: string
  /** Path as sent, without the query, e.g. '/'. */
  readonly path: string
  /** Query string as sent, without '?', e.g. '' or 'a=b&c'. */
  readonly query: string
  /** In order, as sent; one entry per header line, so that repeated headers stay apart. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}
