import type { AwsIdentity } from '../aws/api.ts'

/** Where engines get templates and modules from. */
export interface ArtifactSource {
  /**
   * The bytes at a path that an administrator gave: `s3://bucket/key` and S3's own URLs are read through S3 as `reader`,
   * `bellhop://artifacts/sha256-...` comes from the artifact store, and other http and https URLs are fetched within the
   * limits of the server's outbound rules. What comes from the store is checked against its name every time.
   * Throws ArtifactError, which says what could not be had and why.
   */
  fetch(path: string, reader: AwsIdentity, limit?: ArtifactLimit): Promise<Uint8Array>
}

export interface ArtifactLimit {
  /** Default: what the artifact store takes. */
  readonly mostBytes?: number
}
