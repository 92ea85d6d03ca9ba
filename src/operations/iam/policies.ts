import { managedPolicy } from '../../identity/managed-policies.ts'
import { PolicyError, parsePolicy } from '../../identity/policy.ts'
import {
  AccessDeniedException,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
} from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import { policySize } from '../../storage/verbs/identities.ts'
import type { Caller } from '../operation.ts'

/** Refuses a policy document that may not be saved. Throws MalformedPolicyDocumentException, saying why. */
export function checkPolicy(document: string, kind: 'identity' | 'trust'): void {
  try {
    parsePolicy(document, kind)
  } catch (error) {
    if (error instanceof PolicyError) throw new MalformedPolicyDocumentException(error.message, { cause: error })
    throw error
  }
}

/** IAM's quota for a role's trust policy. */
const mostTrustCharacters = 2048

/** Refuses a trust policy that may not be saved. Throws MalformedPolicyDocumentException and LimitExceededException. */
export function checkTrustPolicy(document: string): void {
  checkPolicy(document, 'trust')
  if (policySize(document) > mostTrustCharacters) {
    throw new LimitExceededException(`Cannot exceed quota for ACLSizePerRole: ${mostTrustCharacters}`)
  }
}

/**
 * The managed policy of this ARN, AWS's or the account's, or undefined. Throws InvalidInputException for what is no
 * policy's ARN.
 */
export async function findPolicy(storage: Storage, accountId: string, arn: string) {
  checkPolicyArn(arn)
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

/**
 * The ARN of a policy that is to be changed. Throws InvalidInputException for what is no policy's ARN, and
 * AccessDeniedException for one of AWS's, which nobody may change.
 */
export function ownPolicyArn(caller: Caller, operation: string, arn: string): string {
  checkPolicyArn(arn)
  if (arn.includes(':iam::aws:')) {
    throw new AccessDeniedException(
      `User: ${caller.arn} is not authorized to perform: iam:${operation} on resource: policy ${arn}`,
    )
  }
  return arn
}

function checkPolicyArn(arn: string): void {
  if (!/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) {
    throw new InvalidInputException(`ARN ${arn} is not valid.`)
  }
}
