import type { AwsApi } from '../../aws/api.ts'

/** Pages that are read of one list at most; nothing that CloudFormation allows is longer. */
const mostPages = 100

/** The pages of one of CloudFormation's lists. Throws AwsApiError. */
export async function* pages<T>(
  api: AwsApi,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
  member: string,
): AsyncGenerator<readonly T[]> {
  let token: unknown
  for (let page = 0; page < mostPages; page += 1) {
    const more = token === undefined ? {} : { NextToken: token }
    const answer = await api.call('cloudformation', operation, { ...parameters, ...more })
    yield (answer[member] ?? []) as readonly T[]
    token = answer['NextToken']
    if (!token) return
  }
}
