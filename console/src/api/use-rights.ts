import { useQuery } from '@tanstack/react-query'
import type { AdminRight } from '../routes.ts'
import { session } from '../session/session.ts'
import { call } from './client.ts'

const asked: Readonly<Record<AdminRight, () => Promise<unknown>>> = {
  'servicecatalog.ListPortfolios': () => call('servicecatalog.ListPortfolios', { PageSize: 1 }, { background: true }),
  'ssm.ListDocuments': () => call('ssm.ListDocuments', { MaxResults: 1 }, { background: true }),
  'bellhop.DescribeHealth': () => call('bellhop.DescribeHealth', {}, { background: true }),
  'iam.ListUsers': () => call('iam.ListUsers', { MaxItems: 1 }, { background: true }),
}

/**
 * Which kinds of administration somebody may do: found out by asking for a little of each, since the API alone decides.
 * What is not known yet counts as not allowed. It only hides entries: views that are opened all the same say what is refused.
 */
export function useRights(): ReadonlySet<AdminRight> {
  const { data } = useQuery({
    queryKey: ['rights', session.current().region],
    // Rights change seldom; signing in anew looks again.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const rights = Object.keys(asked) as AdminRight[]
      const answers = await Promise.allSettled(rights.map(right => asked[right]()))
      return rights.filter((_, at) => answers[at]!.status === 'fulfilled')
    },
  })
  return new Set(data)
}
