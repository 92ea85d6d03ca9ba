import { newIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { shownGroup } from './shown.ts'

export const createGroup: IamOperation<'CreateGroup', 'storage' | 'clock' | 'ids'> = async (
  input,
  caller,
  services,
) => {
  const group = newIdentity('group', input.GroupName, input, caller, services)
  await services.storage.identities.create(group)
  return { Group: shownGroup(group) }
}
