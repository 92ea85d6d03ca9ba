import { iamArn } from '../../catalog/arns.ts'
import type { Tag } from '../../model/generated/iam.ts'
import { InvalidInputException, NoSuchEntityException, ValidationException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { IdentityKind, StoredIdentity } from '../../storage/verbs/identities.ts'
import type { Caller, Services } from '../operation.ts'

/** A new identity with what all kinds have. Throws InvalidInputException for tags that have one key twice. */
export function newIdentity(
  kind: IdentityKind,
  name: string,
  input: { readonly Path?: string; readonly Tags?: readonly Tag[]; readonly PermissionsBoundary?: string },
  caller: Caller,
  { clock, ids }: Pick<Services, 'clock' | 'ids'>,
): StoredIdentity {
  const { accountId } = caller.scope
  const path = input.Path ?? '/'
  return {
    kind,
    accountId,
    name,
    id: ids.iam(kind),
    path,
    arn: iamArn(accountId, `${kind}${path}${name}`),
    createdAt: wholeSeconds(clock.now()),
    tags: checkedTags(input.Tags),
    ...(input.PermissionsBoundary !== undefined && { permissionsBoundary: input.PermissionsBoundary }),
  }
}

/** IAM's and STS's times have no fractions. */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000)
}

/** Tags as they are kept. Throws InvalidInputException when a key is given twice: keys are compared without case. */
export function checkedTags(tags: readonly Tag[] | undefined): readonly Tag[] {
  const keys = (tags ?? []).map(tag => tag.Key.toLowerCase())
  if (new Set(keys).size < keys.length) {
    throw new InvalidInputException('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  return (tags ?? []).map(({ Key, Value }) => ({ Key, Value }))
}

/** The user that is meant: the one named, or the caller. Throws ValidationException when the caller is no user. */
export function userMeant(caller: Caller, named: string | undefined): string {
  const name = named ?? caller.userName
  if (name === undefined) {
    throw new ValidationException('Must specify userName when calling with non-User credentials')
  }
  return name
}

/** Gives a user or a group another name, path or both, and with them another ARN. Throws NoSuchEntityException. */
export async function renameIdentity(
  storage: Storage,
  accountId: string,
  kind: 'user' | 'group',
  name: string,
  to: { readonly name: string | undefined; readonly path: string | undefined },
): Promise<void> {
  const identity = await storage.identities.get(accountId, kind, name)
  if (!identity) throw new NoSuchEntityException(`The ${kind} with name ${name} cannot be found.`)
  const path = to.path ?? identity.path
  const newName = to.name ?? name
  const arn = iamArn(accountId, `${kind}${path}${newName}`)
  await storage.identities.rename(accountId, kind, name, { name: newName, path, arn })
}
