import { managedPolicy } from '../../identity/managed-policies.ts'
import { PolicyError, parsePolicy } from '../../identity/policy.ts'
import {
  InvalidInputException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
} from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'

/** Refuses a policy document that may not be saved. Throws MalformedPolicyDocumentException, saying why. */
export function checkPolicy(document: string, kind: 'identity' | 'trust'): void {
  try {
    parsePolicy(document, kind)
  } catch (error) {
    if (error instanceof PolicyError) throw new MalformedPolicyDocumentException(error.message, { cause: error })
    throw error
  }
}

/**
 * The managed policy of this ARN, AWS's or the account's, or undefined. Throws InvalidInputException for what is no
 * policy's ARN.
 */
export async function findPolicy(storage: Storage, accountId: string, arn: string) {
  if (!/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) {
    throw new InvalidInputException(`ARN ${arn} is not valid.`)
  }
  return managedPolicy(arn) ?? (await storage.managedPolicies.get(accountId, arn))
}

/** For attaching. Throws NoSuchEntityException and InvalidInputException. */
export async function attachablePolicy(storage: Storage, accountId: string, arn: string) {
  const policy = await findPolicy(storage, accountId, arn)
  if (!policy) throw new NoSuchEntityException(`Policy ${arn} does not exist or is not attachable.`)
  return policy
}

/** Checks that a permissions boundary is a policy there is. Throws NoSuchEntityException and InvalidInputException. */
export async function checkBoundary(storage: Storage, accountId: string, arn: string | undefined): Promise<void> {
  if (arn === undefined) return
  if (!(await findPolicy(storage, accountId, arn))) {
    throw new NoSuchEntityException(`Scope ARN: ${arn} does not exist or is not attachable.`)
  }
}
