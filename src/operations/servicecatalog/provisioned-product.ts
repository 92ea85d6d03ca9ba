import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { type AccessLevel, accessLevels, reaches, roleSessions } from '../../identity/access-level.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { AccessFilter } from '../../storage/verbs/owned.ts'
import type { Caller } from '../operation.ts'

/**
 * The provisioned product that an input names by id, by name or by ARN. One that belongs to somebody else is answered as
 * one that is not there, so that ids give nothing away. Throws ResourceNotFoundException and InvalidParametersException.
 */
export async function findProvisionedProduct(
  storage: Storage,
  caller: Caller,
  named: { readonly id?: string; readonly name?: string },
): Promise<ProvisionedProduct> {
  if ((named.id === undefined) === (named.name === undefined)) {
    throw new InvalidParametersException('Specify either the id or the name of the provisioned product, not both.')
  }
  const found =
    named.id !== undefined
      ? await storage.provisionedProducts.get(caller.scope, named.id)
      : named.name!.startsWith('arn:')
        ? await storage.provisionedProducts.get(caller.scope, named.name!.split('/').at(-1)!)
        : await storage.provisionedProducts.getByName(caller.scope, named.name!)
  const rightArn = !named.name?.startsWith('arn:') || found?.detail.Arn === named.name
  if (!found || !rightArn || !maySee(caller, found.userArn)) {
    throw new ResourceNotFoundException(`Provisioned product ${named.id ?? named.name} not found.`)
  }
  return found
}

/** Whether what belongs to `userArn` may be shown to the caller: how far that goes, their policies say. */
export function maySee(caller: Caller, userArn: string): boolean {
  return reaches(caller, userArn)
}

/** AccessLevelFilter's keys. */
const levels: Readonly<Record<string, AccessLevel>> = { Account: 'account', Role: 'role', User: 'user' }

/**
 * What a list may show, from AccessLevelFilter. It is an authorisation input: a caller who asks for more than they may see
 * gets what they may see. AWS's default is User; `self` is the only value it knows.
 */
export function accessFilter(
  caller: Caller,
  filter: { readonly Key?: string; readonly Value?: string } | undefined,
): AccessFilter {
  if (filter?.Value !== undefined && filter.Value !== 'self') {
    throw new InvalidParametersException(`AccessLevelFilter takes the value self, not ${filter.Value}.`)
  }
  const asked = levels[filter?.Key ?? 'User'] ?? 'user'
  const level = accessLevels[Math.min(accessLevels.indexOf(asked), accessLevels.indexOf(caller.accessLevel))]!
  return filterOf(caller, level)
}

/** Everything within the caller's reach. */
export function reachFilter(caller: Caller): AccessFilter {
  return filterOf(caller, caller.accessLevel)
}

function filterOf(caller: Caller, level: AccessLevel): AccessFilter {
  if (level === 'account') return {}
  const sessions = roleSessions(caller)
  if (level === 'user' || sessions === undefined) return { userArn: caller.arn }
  return { ownerRole: sessions }
}
