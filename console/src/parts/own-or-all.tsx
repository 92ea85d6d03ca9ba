import { useLocation } from '../routing/use-location.ts'
import { QuerySelect } from './query-select.tsx'

/** Whether a list holds what is the caller's own or what is everybody's, by the address; and what one asks for then. */
export function useOwnOrAll() {
  const mine = useLocation().query['of'] !== 'all'
  return { mine, AccessLevelFilter: { Key: mine ? 'User' : 'Account', Value: 'self' } } as const
}

/** The choice between the two. */
export function OwnOrAll({ label }: { readonly label: string }) {
  return <QuerySelect name="of" label={label} options={choices} value={useOwnOrAll().mine ? 'mine' : 'all'} />
}

const choices = [
  { value: 'mine', label: 'Mine' },
  { value: 'all', label: "Everybody's in the account" },
]
