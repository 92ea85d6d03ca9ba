import type { PolicyVersion } from '../../model/generated/iam.ts'
import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { StoredPolicyVersion } from '../../storage/verbs/managed-policies.ts'
import { attachablePolicy } from './policies.ts'
import { escaped, managedSince } from './shown.ts'

export function shownVersion({ version, createdAt, document }: StoredPolicyVersion, isDefault: boolean): PolicyVersion {
  return { Document: escaped(document), VersionId: `v${version}`, IsDefaultVersion: isDefault, CreateDate: createdAt }
}

/** All versions of a policy, newest first; of AWS's there is one. Throws NoSuchEntityException and InvalidInputException. */
export async function policyVersions(
  storage: Storage,
  accountId: string,
  arn: string,
): Promise<readonly PolicyVersion[]> {
  const policy = await attachablePolicy(storage, accountId, arn)
  if (!('accountId' in policy)) {
    return [shownVersion({ version: 1, createdAt: managedSince, document: policy.document }, true)]
  }
  const versions = await storage.managedPolicies.versions(accountId, arn)
  return versions.map(version => shownVersion(version, version.version === (policy.defaultVersion ?? 1)))
}

/** Sorts versions by number, the newest first, as text. */
export function newestFirst({ VersionId = 'v0' }: PolicyVersion): string {
  return String(Number.MAX_SAFE_INTEGER - Number(VersionId.slice(1))).padStart(16, '0')
}

/** The number of an id such as v3. Throws NoSuchEntityException for an id that no version can have. */
export function versionNumber(arn: string, id: string): number {
  const number = /^v(\d{1,9})$/.exec(id)?.[1]
  if (number === undefined) {
    throw new NoSuchEntityException(`Policy ${arn} version ${id} does not exist or is not attachable.`)
  }
  return Number(number)
}
