import { iamArn } from '../catalog/arns.ts'
import { AccessDeniedException } from '../protocol/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { Caller } from './operation.ts'

/** Who is handed the role, as policies name it in the condition iam:PassedToService. */
export type PassedTo = 'servicecatalog.amazonaws.com' | 'ssm.amazonaws.com'

/**
 * Checks that the caller may hand a role to us: iam:PassRole, by the caller's own policies. Without it whoever may write
 * an action or a constraint could act as any role there is. Throws AccessDeniedException, in AWS's words.
 */
export function requirePassRole(caller: Caller, roleArn: string, to: PassedTo): void {
  const keys = new Map([...caller.keys, ['iam:passedtoservice', [to]] as const])
  const decision = caller.decide('iam:PassRole', roleArn, keys)
  if (!decision.allowed) throw new AccessDeniedException(decision.reason)
}

/** The same for a role of the caller's account by its name; one that is not there yet is meant without a path. */
export async function requirePassRoleNamed(
  storage: Storage,
  caller: Caller,
  name: string,
  to: PassedTo,
): Promise<void> {
  const { accountId } = caller.scope
  const role = await storage.identities.get(accountId, 'role', name)
  requirePassRole(caller, role?.arn ?? iamArn(accountId, `role/${name}`), to)
}
