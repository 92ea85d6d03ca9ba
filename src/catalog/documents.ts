import type { DocumentParameter, Tag } from '../model/generated/ssm.ts'
import type { Scope } from './scope.ts'

/** An SSM document: what all its versions share. */
export interface AutomationDocumentEntity {
  readonly scope: Scope
  readonly name: string
  readonly createdAt: Date
  readonly displayName?: string
  readonly defaultVersion: string
  readonly latestVersion: string
  /** The number of the next version: numbers count up from 1, and one that was deleted never comes back. */
  readonly nextVersion: number
  readonly tags: readonly Tag[]
}

export interface DocumentVersion {
  /** The document's. */
  readonly name: string
  readonly version: string
  /** The caller's own name for the version. */
  readonly versionName?: string
  readonly displayName?: string
  readonly createdAt: Date
  readonly format: 'YAML' | 'JSON'
  readonly content: string
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly hash: string
  /** As given, e.g. `/AWS::EC2::Instance`. */
  readonly targetType?: string
  readonly schemaVersion: string
  readonly description?: string
  readonly parameters: readonly DocumentParameter[]
  /** Absent: none. */
  readonly attachments?: readonly DocumentAttachment[]
}

/** A file that came with a version. Its content is kept by the artifact store. */
export interface DocumentAttachment {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly hash: string
  /** Where the artifact store has it. */
  readonly path: string
}

/**
 * The name in what may be a document's name or its ARN (`arn:aws:ssm:REGION:ACCOUNT:document/NAME`). Undefined for an ARN
 * of another account or region: nothing is shared across them here.
 */
export function documentName(scope: Scope, nameOrArn: string): string | undefined {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn
  const arn = /^arn:[^:]+:ssm:([^:]*):([^:]*):(?:document|automation-definition)\/([^:]+)$/.exec(nameOrArn)
  return arn && arn[1] === scope.region && arn[2] === scope.accountId ? arn[3]! : undefined
}
