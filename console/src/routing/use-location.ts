import { useCallback, useSyncExternalStore } from 'react'
import { formatLocation, parseLocation } from './location.ts'

const subscribe = (tell: () => void) => {
  addEventListener('hashchange', tell)
  return () => removeEventListener('hashchange', tell)
}
const hash = () => location.hash

/** Where one is, and how to change its parameters; that replaces the entry of the history, so that Back leaves the view. */
export function useLocation() {
  const { path, query } = parseLocation(useSyncExternalStore(subscribe, hash))
  const setQuery = useCallback((changes: Readonly<Record<string, string>>) => {
    const now = parseLocation(location.hash)
    history.replaceState(null, '', formatLocation({ ...now, query: { ...now.query, ...changes } }))
    dispatchEvent(new HashChangeEvent('hashchange'))
  }, [])
  return { path, query, setQuery }
}

/** Goes to an address of the console. */
export function go(address: string): void {
  location.hash = address.replace(/^#/, '')
}
