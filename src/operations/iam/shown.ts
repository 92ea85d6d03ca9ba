import type { ManagedPolicy } from '../../identity/managed-policies.ts'
import type { AttachedPermissionsBoundary, Group, Policy, Role, User } from '../../model/generated/iam.ts'
import type { StoredIdentity } from '../../storage/verbs/identities.ts'
import type { PolicyUse, StoredPolicy } from '../../storage/verbs/managed-policies.ts'

/** Identities and policies as IAM shows them. Lists leave out tags and boundaries, as IAM's do. */

export function shownUser({ name, id, path, arn, createdAt, ...more }: StoredIdentity): User {
  return {
    Path: path,
    UserName: name,
    UserId: id,
    Arn: arn,
    CreateDate: createdAt,
    PermissionsBoundary: boundary(more.permissionsBoundary),
    Tags: more.tags.length > 0 ? more.tags : undefined,
  }
}

export function shownGroup({ name, id, path, arn, createdAt }: StoredIdentity): Group {
  return { Path: path, GroupName: name, GroupId: id, Arn: arn, CreateDate: createdAt }
}

export function shownRole({ name, id, path, arn, createdAt, ...more }: StoredIdentity): Role {
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: createdAt,
    AssumeRolePolicyDocument: escaped(more.trustPolicy ?? ''),
    Description: more.description,
    MaxSessionDuration: more.maxSessionDuration,
    PermissionsBoundary: boundary(more.permissionsBoundary),
    Tags: more.tags.length > 0 ? more.tags : undefined,
  }
}

export function inList<T extends User | Role>(shown: T): T {
  return { ...shown, PermissionsBoundary: undefined, Tags: undefined }
}

/** A policy of the customer's or of AWS's. */
export function shownPolicy(policy: StoredPolicy | ManagedPolicy, use: PolicyUse | undefined): Policy {
  const stored = 'createdAt' in policy ? policy : undefined
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: stored?.path ?? '/',
    DefaultVersionId: `v${stored?.defaultVersion ?? 1}`,
    AttachmentCount: use?.attachments ?? 0,
    PermissionsBoundaryUsageCount: use?.boundaries ?? 0,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: stored?.createdAt ?? managedSince,
    UpdateDate: stored?.updatedAt ?? stored?.createdAt ?? managedSince,
    Tags: stored && stored.tags.length > 0 ? stored.tags : undefined,
  }
}

/** When our composition of AWS's policies was made. */
export const managedSince = new Date('2026-01-01T00:00:00Z')

function boundary(arn: string | undefined): AttachedPermissionsBoundary | undefined {
  return arn === undefined
    ? undefined
    : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn }
}

/** Documents are shown URL-encoded, by RFC 3986 (API reference, GetRole). */
export function escaped(document: string): string {
  return encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
