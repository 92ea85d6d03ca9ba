import { createHash } from 'node:crypto'
import type { Aws, AwsApi } from '../../aws/api.ts'
import { ArtifactError } from '../../engines/engine.ts'
import { LimitExceededException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { ArtifactsConfig } from './config.ts'

export interface ArtifactStoreOptions {
  readonly storage: Storage
  readonly aws: Aws
  readonly config: ArtifactsConfig
  readonly now: () => Date
  /** The account whose credentials the bucket is used with. */
  readonly accountId: string
}

const scheme = 'bellhop:'
const pathForm = /^bellhop:\/\/artifacts\/sha256-([0-9a-f]{64})$/

/** Whether a path is of the store's kind, well-formed or not. */
export function isStorePath(path: string): boolean {
  return path.startsWith(scheme)
}

/**
 * Artifacts by their content: the path of one is made from its SHA-256, so it can never come to mean something else, and
 * what is read is checked against it each time. Kept in the database, or in the configured bucket.
 */
export class ArtifactStore {
  readonly #options: ArtifactStoreOptions

  constructor(options: ArtifactStoreOptions) {
    this.#options = options
  }

  get mostBytes(): number {
    return this.#options.config.mostBytes
  }

  /**
   * Answers the path under which it is found from now on. The same content again is the same artifact. Throws
   * LimitExceededException when the account has as much as it may have.
   */
  async put(content: Uint8Array, by: { readonly accountId: string; readonly arn: string }): Promise<string> {
    const { storage, config, now } = this.#options
    const digest = sha256(content)
    const { bucket, mostBytesPerAccount } = config
    const full = () =>
      new LimitExceededException(
        `The artifact store may hold ${mostBytesPerAccount} bytes for account ${by.accountId} (artifacts.mostBytesPerAccount): there is no room for ${content.length} more.`,
      )
    // Asked before the bucket is written to, and again with the row.
    if (bucket && !(await storage.storedArtifacts.has(digest))) {
      if ((await storage.storedArtifacts.sizeOf(by.accountId)) + content.length > mostBytesPerAccount) throw full()
    }
    if (bucket) await this.#bucket().call('s3', 'PutObject', { ...this.#object(digest), Body: content })
    const artifact = {
      digest,
      size: content.length,
      createdAt: now(),
      accountId: by.accountId,
      putBy: by.arn,
      ...(!bucket && { content }),
    }
    if (!(await storage.storedArtifacts.put(artifact, mostBytesPerAccount))) throw full()
    return `bellhop://artifacts/sha256-${digest}`
  }

  /** Whether a path of the store's kind leads to an artifact. */
  async has(path: string): Promise<boolean> {
    const digest = pathForm.exec(path)?.[1]
    return digest !== undefined && this.#options.storage.storedArtifacts.has(digest)
  }

  /** Throws ArtifactError. */
  async get(path: string): Promise<Uint8Array> {
    const digest = pathForm.exec(path)?.[1]
    if (!digest) throw new ArtifactError(`${path} is not a path of the artifact store: bellhop://artifacts/sha256-...`)
    const stored = await this.#options.storage.storedArtifacts.get(digest)
    if (!stored) throw new ArtifactError(`The artifact store has no artifact ${path}.`)
    const content = stored.content ?? (await this.#fromBucket(path, digest))
    if (sha256(content) !== digest) {
      throw new ArtifactError(`The artifact ${path} is damaged: its content does not have the checksum it is named by.`)
    }
    return content
  }

  /** A URL at which CloudFormation finds this content; undefined without a bucket. Throws AwsApiError. */
  async publish(content: Uint8Array): Promise<string | undefined> {
    const { bucket } = this.#options.config
    if (!bucket) return undefined
    const object = this.#object(sha256(content))
    await this.#bucket().call('s3', 'PutObject', { ...object, Body: content })
    return `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${object.Key}`
  }

  async #fromBucket(path: string, digest: string): Promise<Uint8Array> {
    if (!this.#options.config.bucket) {
      throw new ArtifactError(
        `The artifact ${path} lies in a bucket, and the configuration has none (artifacts.bucket).`,
      )
    }
    try {
      const { Body } = await this.#bucket().call('s3', 'GetObject', this.#object(digest))
      return Body as Uint8Array
    } catch (error) {
      throw new ArtifactError(`The artifact ${path} cannot be read from its bucket: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  #object(digest: string): { Bucket: string; Key: string } {
    const { name, prefix } = this.#options.config.bucket!
    return { Bucket: name, Key: `${prefix}sha256-${digest}` }
  }

  #bucket(): AwsApi {
    const { aws, accountId, config } = this.#options
    return aws.as({ accountId, region: config.bucket!.region, sessionName: 'bellhop-artifacts' })
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
