import { describe, findVersion } from './document.ts'
import type { SsmOperation } from './operation.ts'

export const describeDocument: SsmOperation<'DescribeDocument', 'storage'> = async (input, caller, services) => {
  const { document, version } = await findVersion(services, caller, input)
  return { Document: describe(document, version, 'Active') }
}
