import type { Aws, AwsIdentity } from '../../aws/api.ts'
import type { ArtifactSource } from '../artifacts.ts'
import { ArtifactError, type EngineRequest } from '../engine.ts'
import { failureText } from './failures.ts'
import { mostTemplateBytes, parseTemplate, type Template, yamlParser } from './template.ts'

export interface TemplateOptions {
  readonly aws: Aws
  readonly artifacts: ArtifactSource
  /** Puts a template where CloudFormation can read it, and answers its URL; undefined where there is no such place. */
  readonly publish: (content: Uint8Array) => Promise<string | undefined>
}

/** The most that can be sent as TemplateBody. */
const mostBodyBytes = 51_200

/** The templates of products: where they lie, and how CloudFormation is given them. */
export class Templates {
  readonly #options: TemplateOptions
  readonly #yaml = yamlParser()

  constructor(options: TemplateOptions) {
    this.#options = options
  }

  /** The template at a path, or that of a stack when the path is a stack's ARN. Throws ArtifactError. */
  async read(path: string, reader: AwsIdentity): Promise<Template> {
    const bytes = isStackArn(path)
      ? Buffer.from(await this.ofStack(path, reader))
      : await this.#options.artifacts.fetch(path, reader, { mostBytes: mostTemplateBytes })
    return this.parse(bytes, path)
  }

  /** `where` names it in errors. Throws ArtifactError. */
  parse(bytes: Uint8Array, where: string): Promise<Template> {
    return parseTemplate(bytes, where, this.#yaml)
  }

  /** The text of a running stack's template, as it was given. Throws ArtifactError. */
  async ofStack(arn: string, reader: AwsIdentity): Promise<string> {
    const region = arn.split(':')[3] || reader.region
    try {
      const api = this.#options.aws.as({ ...reader, region })
      const answer = await api.call('cloudformation', 'GetTemplate', { StackName: arn, TemplateStage: 'Original' })
      const body = answer['TemplateBody']
      return typeof body === 'string' ? body : JSON.stringify(body)
    } catch (error) {
      throw new ArtifactError(`The template of stack ${arn} cannot be read: ${failureText(error)}`, { cause: error })
    }
  }

  /** The member by which CloudFormation is given a template. Throws ArtifactError. */
  async argument(template: Template, path: string, region: string): Promise<Readonly<Record<string, string>>> {
    const bytes = Buffer.from(template.body)
    if (bytes.length <= mostBodyBytes) return { TemplateBody: template.body }
    const known = s3Url(path, region)
    if (known) return { TemplateURL: known }
    try {
      const url = await this.#options.publish(bytes)
      if (url) return { TemplateURL: url }
    } catch (error) {
      throw new ArtifactError(`The template ${path} cannot be put where CloudFormation reads it: ${failureText(error)}`)
    }
    throw new ArtifactError(
      `The template ${path} has ${bytes.length} bytes. CloudFormation reads templates of more than ${mostBodyBytes} bytes from S3 only: put it there, or configure artifacts.bucket.`,
    )
  }
}

export function isStackArn(path: string): boolean {
  return /^arn:[^:]+:cloudformation:[^:]+:[0-9]{12}:stack\/[^/]+\/.+/.test(path)
}

/** The URL by which CloudFormation reads an object of S3; undefined for what lies elsewhere. */
function s3Url(path: string, region: string): string | undefined {
  const { protocol, hostname, pathname } = new URL(path)
  if (protocol === 's3:') return `https://${hostname}.s3.${region}.amazonaws.com${pathname}`
  return protocol === 'https:' && /(?:^|\.)s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?$/.test(hostname)
    ? path
    : undefined
}

/** As whom a request's calls are made: the launch role, or the server itself in the product's account. */
export function identityOf(
  request: Pick<EngineRequest, 'accountId' | 'region' | 'launchRoleArn' | 'recordId'>,
): AwsIdentity {
  const { accountId, region, launchRoleArn, recordId } = request
  return { accountId, region, roleArn: launchRoleArn, sessionName: recordId }
}
