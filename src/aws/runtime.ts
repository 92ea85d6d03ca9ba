// biome-ignore-all lint/suspicious/noExplicitAny: the runtime's inner parts are typed for generated clients, and most of them not at all.
/**
 * The only file that imports the official runtime: its protocols, signing, endpoint rules, retries, transport and credentials.
 * Most of these parts are marked as internal by their authors, so the versions are pinned exactly and
 * test/aws/wire.test.ts holds what they do. Everything around this file speaks in plain data.
 */
import {
  awsEndpointFunctions,
  createDefaultUserAgentProvider,
  getHostHeaderPlugin,
  getUserAgentPlugin,
  resolveHostHeaderConfig,
  resolveUserAgentConfig,
} from '@aws-sdk/core/client'
import { AwsSdkSigV4Signer, resolveAwsSdkSigV4Config } from '@aws-sdk/core/httpAuthSchemes'
import {
  AwsEc2QueryProtocol,
  AwsJson1_0Protocol,
  AwsJson1_1Protocol,
  AwsQueryProtocol,
  AwsRestJsonProtocol,
  AwsRestXmlProtocol,
} from '@aws-sdk/core/protocols'
import {
  DefaultIdentityProviderConfig,
  getHttpAuthSchemeEndpointRuleSetPlugin,
  getHttpSigningPlugin,
  NoAuthSigner,
} from '@smithy/core'
import { Md5, Sha256 } from '@smithy/core/checksum'
import { Client, Command, getSmithyContext, NoOpLogger, normalizeProvider, ServiceException } from '@smithy/core/client'
import { resolveRegionConfig } from '@smithy/core/config'
import {
  customEndpointFunctions,
  EndpointCache,
  getEndpointPlugin,
  resolveEndpoint,
  resolveEndpointConfig,
} from '@smithy/core/endpoints'
import { getContentLengthPlugin, parseUrl } from '@smithy/core/protocols'
import { getRetryPlugin, resolveRetryConfig } from '@smithy/core/retry'
import { getSchemaSerdePlugin, TypeRegistry } from '@smithy/core/schema'
import { calculateBodyLength, fromBase64, fromUtf8, sdkStreamMixin, toBase64, toUtf8 } from '@smithy/core/serde'
import { NodeHttpHandler, streamCollector } from '@smithy/node-http-handler'
import type { AwsCredentials } from './api.ts'
import { protocolOf, type ServiceModel, type Shape } from './model.ts'
import { isErrorShape, Schemas } from './schemas.ts'

customEndpointFunctions['aws'] = awsEndpointFunctions as never

export interface RuntimeOptions {
  readonly region: string
  /** Instead of the one that the endpoint rules give. */
  readonly endpoint?: string
  readonly credentials: () => Promise<AwsCredentials>
  readonly useFips?: boolean
  readonly useDualStack?: boolean
  /** Default: real HTTP. */
  readonly transport?: Transport
}

/** What sends a request; `send` of tests and @smithy/node-http-handler have this form. */
export interface Transport {
  handle(request: any, options?: any): Promise<{ response: any }>
}

export interface SendOptions {
  readonly abort?: AbortSignal
  /** Milliseconds that one request may take. */
  readonly timeout: number
}

/** What a call came to, beside its output. */
export interface CallMetadata {
  readonly requestId?: string
  readonly extendedRequestId?: string
  readonly statusCode?: number
  readonly attempts: number
  readonly headers: Readonly<Record<string, string>>
}

/** Milliseconds; how long a request may take is said with each. */
const connectTimeout = 5_000

const attempts = 5

/** One pool of connections for all clients, so that forgetting a client leaves nothing open. */
const http = new NodeHttpHandler({
  connectionTimeout: connectTimeout,
  throwOnRequestTimeout: true,
  socketAcquisitionWarningTimeout: 600_000,
})

const sharedTransport: Transport = {
  handle: async (request, options) => {
    try {
      return await http.handle(request, options)
    } catch (error: any) {
      // What was sent and not answered in time may be under way: the runtime would send it again.
      if (error.name === 'TimeoutError' && /requestTimeout/.test(error.message)) {
        throw Object.assign(new Error(`no answer within ${options.requestTimeout / 1000} seconds`), {
          name: 'NoAnswer',
        })
      }
      throw error
    }
  },
}

const protocols: Readonly<Record<string, new (options: any) => any>> = {
  ec2: AwsEc2QueryProtocol,
  query: AwsQueryProtocol,
  'rest-json': AwsRestJsonProtocol,
  'rest-xml': AwsRestXmlProtocol,
}

/** The rules' built-in parameters, by what they are called in a client's configuration. */
const builtIns: Readonly<Record<string, string>> = {
  'AWS::Region': 'region',
  'AWS::UseFIPS': 'useFipsEndpoint',
  'AWS::UseDualStack': 'useDualstackEndpoint',
  'SDK::Endpoint': 'endpoint',
  'AWS::S3::ForcePathStyle': 'forcePathStyle',
  'AWS::S3::UseArnRegion': 'useArnRegion',
  'AWS::S3::Accelerate': 'useAccelerateEndpoint',
  'AWS::S3::UseGlobalEndpoint': 'useGlobalEndpoint',
  'AWS::S3::DisableMultiRegionAccessPoints': 'disableMultiregionAccessPoints',
  'AWS::S3Control::UseArnRegion': 'useArnRegion',
  'AWS::STS::UseGlobalEndpoint': 'useGlobalEndpoint',
  'AWS::Auth::AccountId': 'accountId',
  'AWS::Auth::AccountIdEndpointMode': 'accountIdEndpointMode',
  'AWS::Auth::CredentialScope': 'credentialScope',
}

const sigV4 = 'aws.auth#sigv4'
const noAuth = 'smithy.api#noAuth'

/** An endpoint that asks for a signature that is not to be had here. */
export class UnsupportedSignature extends Error {}

/** A service as the runtime sees it: protocol, schemas, commands. Clients of any region and identity share it. */
export class Service {
  readonly #model: ServiceModel
  readonly #protocol: any
  readonly #schemas: Schemas
  readonly #commands = new Map<string, any>()
  readonly #endpoints: EndpointCache
  readonly #extras: Extras

  constructor(name: string, model: ServiceModel, extras: Extras = {}) {
    this.#model = model
    this.#extras = extras
    const { metadata } = model
    const protocol = protocolOf(model)
    // Registries of errors are global by namespace, and some services share everything but their name.
    const namespace = `bellhop.${name}`
    this.#schemas = new Schemas(model, namespace, protocol)
    this.#endpoints = new EndpointCache({ size: 50, params: Object.keys(model.rules.parameters) })
    const json = metadata.jsonVersion === '1.1' ? AwsJson1_1Protocol : AwsJson1_0Protocol
    const Protocol: any = extras.Protocol ?? (protocol === 'json' ? json : protocols[protocol])
    const { xmlNamespace } = metadata
    this.#protocol = new Protocol({
      defaultNamespace: namespace,
      errorTypeRegistries: errorRegistries(model, namespace, this.#schemas),
      xmlNamespace: typeof xmlNamespace === 'object' ? xmlNamespace.uri : xmlNamespace,
      version: metadata.apiVersion,
      serviceTarget: metadata.targetPrefix,
      awsQueryCompatible: Boolean(metadata.awsQueryCompatible),
    })
  }

  client(options: RuntimeOptions): ServiceClient {
    const config = this.#config(options)
    const client = new Client<any, any, any, any>(config)
    ;(client as any).config = config
    const stack = client.middlewareStack
    for (const plugin of [getSchemaSerdePlugin, getUserAgentPlugin, getRetryPlugin, getContentLengthPlugin]) {
      stack.use((plugin as any)(config))
    }
    stack.use(getHostHeaderPlugin(config))
    stack.use(
      getHttpAuthSchemeEndpointRuleSetPlugin(config, {
        httpAuthSchemeParametersProvider: async (c: any, context: any) => ({
          operation: getSmithyContext(context)['operation'] as string,
          region: await normalizeProvider<string>(c.region)(),
        }),
        identityProviderConfigProvider: async (c: any) => new DefaultIdentityProviderConfig({ [sigV4]: c.credentials }),
      } as any),
    )
    stack.use(getHttpSigningPlugin(config))
    stack.add(keepHeaders, { step: 'deserialize', priority: 'high', name: 'keepHeaders' })
    stack.addRelativeTo(refuseOtherSignatures, {
      relation: 'after',
      toMiddleware: 'endpointV2Middleware',
      name: 'refuseOtherSignatures',
    })
    return {
      send: async (operation, input, { abort, timeout }) => {
        const command = new (this.#command(operation))(input)
        const { $metadata, ...output }: any = await client.send(command, {
          abortSignal: abort,
          requestTimeout: timeout,
        })
        return { output, metadata: metadataOf($metadata) }
      },
    }
  }

  #config({ region, endpoint, credentials, useFips = false, useDualStack = false, transport }: RuntimeOptions): any {
    const { metadata, operations, rules } = this.#model
    const signingName = metadata.signingName ?? metadata.endpointPrefix
    const isS3 = metadata.serviceId === 'S3'
    const config: any = {
      apiVersion: metadata.apiVersion,
      serviceId: metadata.serviceId,
      runtime: 'node',
      protocol: this.#protocol,
      region,
      credentials,
      endpoint,
      // AWS_ENDPOINT_URL is read by us; the runtime would read it from this process's environment.
      serviceConfiguredEndpoint: async () => undefined,
      // A host that stands for AWS has no names below it.
      disableHostPrefix: endpoint !== undefined,
      // As boto3 does.
      forcePathStyle: isS3 && endpoint !== undefined,
      useFipsEndpoint: useFips,
      useDualstackEndpoint: useDualStack,
      useGlobalEndpoint: false,
      disableMultiregionAccessPoints: false,
      accountIdEndpointMode: async () => 'preferred',
      clientContextParams: {},
      endpointProvider: (params: any, context: any = {}) =>
        this.#endpoints.get(params, () =>
          resolveEndpoint(rules as any, { endpointParams: params, logger: context.logger }),
        ),
      defaultSigningName: signingName,
      signingEscapePath: !isS3,
      authSchemePreference: async () => [],
      httpAuthSchemes: [
        {
          schemeId: sigV4,
          identityProvider: (c: any) => c.getIdentityProvider(sigV4),
          signer: new AwsSdkSigV4Signer(),
        },
        { schemeId: noAuth, identityProvider: () => async () => ({}), signer: new NoAuthSigner() },
      ],
      httpAuthSchemeProvider: ({ operation, region: signingRegion }: any) => {
        const { auth, authtype } = operations[operation]!
        if (authtype === 'none' || auth?.[0] === noAuth) return [{ schemeId: noAuth }]
        return [
          {
            schemeId: sigV4,
            signingProperties: { name: signingName, region: signingRegion },
            propertiesExtractor: (c: any, context: any) => ({ signingProperties: { config: c, context } }),
          },
        ]
      },
      retryMode: 'standard',
      maxAttempts: attempts,
      // Look-alikes of S3 refuse checksums that they do not know.
      requestChecksumCalculation: async () => 'WHEN_REQUIRED',
      responseChecksumValidation: async () => 'WHEN_REQUIRED',
      requestStreamBufferSize: 65_536,
      requestHandler: transport ?? sharedTransport,
      defaultUserAgentProvider: createDefaultUserAgentProvider({ serviceId: metadata.serviceId, clientVersion: '0' }),
      userAgentAppId: async () => undefined,
      customUserAgent: 'bellhop',
      base64Decoder: fromBase64,
      base64Encoder: toBase64,
      utf8Decoder: fromUtf8,
      utf8Encoder: toUtf8,
      urlParser: parseUrl,
      sha256: Sha256,
      sha1: this.#extras.Sha1,
      md5: Md5,
      bodyLengthChecker: calculateBodyLength,
      streamCollector,
      sdkStreamMixin,
      logger: new NoOpLogger(),
      extensions: [],
    }
    return [
      resolveUserAgentConfig,
      resolveRetryConfig,
      resolveRegionConfig,
      resolveHostHeaderConfig,
      resolveEndpointConfig,
      resolveAwsSdkSigV4Config,
    ].reduce((resolved, resolve: any) => resolve(resolved), config)
  }

  #command(name: string): any {
    const known = this.#commands.get(name)
    if (known) return known
    const endpointParameters = this.#endpointParameters(name)
    const operation = this.#model.operations[name]!
    const made = (Command as any)
      .classBuilder()
      .ep(endpointParameters)
      .m((_command: any, _stack: any, config: any) => [
        getEndpointPlugin(config, endpointParameters),
        ...(this.#extras.plugins?.(name, operation, config) ?? []),
      ])
      .s(this.#model.metadata.serviceId, name, {})
      .n('BellhopClient', `${name}Command`)
      .sc(this.#schemas.operation(name))
      .build()
    this.#commands.set(name, made)
    return made
  }

  /** Where the endpoint rules' parameters come from, for this operation. */
  #endpointParameters(name: string): any {
    const { rules, clientContextParams, operations, shapes } = this.#model
    const { staticContextParams, input } = operations[name]!
    const from: Record<string, unknown> = {}
    for (const [parameter, { builtIn }] of Object.entries(rules.parameters)) {
      if (builtIn && builtIns[builtIn]) from[parameter] = { type: 'builtInParams', name: builtIns[builtIn] }
    }
    for (const parameter of Object.keys(clientContextParams ?? {})) {
      from[parameter] ??= { type: 'clientContextParams', name: parameter[0]!.toLowerCase() + parameter.slice(1) }
    }
    for (const [parameter, { value }] of Object.entries(staticContextParams ?? {})) {
      from[parameter] = { type: 'staticContextParams', value }
    }
    for (const [member, { contextParam }] of Object.entries((input && shapes[input.shape]!.members) ?? {})) {
      if (contextParam) from[contextParam.name] = { type: 'contextParams', name: member }
    }
    return from
  }
}

export interface ServiceClient {
  /** Sends one operation; throws what the runtime throws (see `failureOf`). */
  send(
    operation: string,
    input: unknown,
    options: SendOptions,
  ): Promise<{ readonly output: Readonly<Record<string, unknown>>; readonly metadata: CallMetadata }>
}

/** Every error the model knows as a class, so that the protocol reads its members. */
function errorRegistries(model: ServiceModel, namespace: string, schemas: Schemas): TypeRegistry[] {
  const base = new (TypeRegistry as any)(`smithy.ts.sdk.synthetic.${namespace}`)
  base.registerError([-3, base.namespace, 'ServiceException', 0, [], []], ServiceException)
  const errors = new (TypeRegistry as any)(namespace)
  for (const [name, shape] of Object.entries(model.shapes)) {
    if (!isErrorShape(shape)) continue
    const ModeledException = class extends ServiceException {
      constructor(members: any) {
        super({ name, $fault: 'client', $metadata: {}, ...members })
        this.name = name
      }
    }
    errors.registerError(schemas.of(name), ModeledException)
  }
  return [base, errors]
}

/** The answer's headers, which the runtime drops. */
const keepHeaders: any = (next: any) => async (args: any) => {
  const result = await next(args)
  result.output.$metadata.headers = result.response?.headers
  return result
}

/** Some endpoints (multi-region access points, S3 Express, global endpoints) take other signatures than SigV4. */
const refuseOtherSignatures: any = (next: any, context: any) => async (args: any) => {
  const schemes: { name: string }[] = context.endpointV2?.properties?.authSchemes ?? []
  if (schemes.length > 0 && !schemes.some(({ name }) => name === 'sigv4')) {
    throw new UnsupportedSignature(
      `Its endpoint ${context.endpointV2.url.host} takes ${schemes.map(({ name }) => name).join(' or ')} signatures only`,
    )
  }
  return next(args)
}

function metadataOf({ requestId, extendedRequestId, httpStatusCode, attempts, headers }: any): CallMetadata {
  return { requestId, extendedRequestId, statusCode: httpStatusCode, attempts: attempts ?? 1, headers: headers ?? {} }
}

/** An error of the runtime in plain data; `isAnswer` tells AWS's refusals from everything that kept us from an answer. */
export function failureOf(error: any): {
  readonly isAnswer: boolean
  /** As boto3 shows it. */
  readonly code: string
  readonly message: string
  readonly statusCode?: number
  readonly requestId?: string
} {
  const { $metadata: metadata, $response: response } = error
  const statusCode = metadata?.httpStatusCode ?? response?.statusCode
  if (statusCode !== undefined && error.$fault === undefined) {
    // A page of a proxy, say. What the runtime says of it speaks to programmers.
    const message = `The answer (HTTP ${statusCode}) is not one of AWS's.`
    return { isAnswer: true, code: String(statusCode), message, statusCode, requestId: metadata?.requestId }
  }
  return {
    isAnswer: statusCode !== undefined,
    // error.name is the shape's name (NoSuchEntityException), which the wire's code (NoSuchEntity) may not be.
    code: String(error.Code ?? error.Error?.Code ?? error.code ?? error.name),
    message: String(error.message || error.Message || error.Error?.Message || ''),
    statusCode,
    requestId: metadata?.requestId,
  }
}

/** What single services need in addition. */
interface Extras {
  readonly Protocol?: new (options: any) => any
  readonly Sha1?: unknown
  readonly plugins?: (name: string, operation: ServiceModel['operations'][string], config: any) => readonly any[]
}

/** A service's runtime; what S3 needs in addition is loaded only for it. */
export async function createService(name: string, model: ServiceModel): Promise<Service> {
  return new Service(name, model, model.metadata.serviceId === 'S3' ? await s3Extras(model) : {})
}

async function s3Extras({ shapes }: ServiceModel): Promise<Extras> {
  const [s3, checksums, { Sha1 }]: any[] = await Promise.all([
    import('@aws-sdk/middleware-sdk-s3/s3'),
    import('@aws-sdk/checksums/flexible-checksums'),
    import('@aws-sdk/checksums/sha'),
  ])
  return {
    Protocol: s3.S3RestXmlProtocol,
    Sha1,
    plugins: (name, { httpChecksum, output }, config) => {
      const plugins = [s3.getSsecPlugin(config)]
      // It reads the body in search of an error, which what is streamed is not to be read for.
      const { payload, members = {} } = (output && shapes[output.shape]) ?? ({} as Partial<Shape>)
      const isStreamed = payload !== undefined && shapes[members[payload]!.shape]!.type === 'blob'
      if (!isStreamed) plugins.push(s3.getThrow200ExceptionsPlugin(config))
      if (name === 'CreateBucket') plugins.push(s3.getLocationConstraintPlugin(config))
      if (!httpChecksum) return plugins
      const { requestAlgorithmMember } = httpChecksum
      const checksum = checksums.getFlexibleChecksumsPlugin(config, {
        requestAlgorithmMember: requestAlgorithmMember && {
          httpHeader: 'x-amz-sdk-checksum-algorithm',
          name: requestAlgorithmMember,
        },
        requestChecksumRequired: Boolean(httpChecksum.requestChecksumRequired),
        requestValidationModeMember: httpChecksum.requestValidationModeMember,
        responseAlgorithms: httpChecksum.responseAlgorithms,
      })
      return [checksum, ...plugins]
    },
  }
}

/**
 * The credentials of this machine as every AWS tool finds them: environment, shared files (with SSO, processes, roles and
 * web identities), container, instance. Loaded when first asked for.
 */
export async function ambientCredentials(profile: string | undefined): Promise<() => Promise<AwsCredentials>> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  return defaultProvider(profile === undefined ? {} : { profile })
}
