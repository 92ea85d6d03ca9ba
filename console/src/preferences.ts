import { applyMode, Mode } from '@cloudscape-design/global-styles'
import { useSyncExternalStore } from 'react'
import type { Zone } from './words/time.ts'

/** What somebody likes to see, kept in their browser. */
export interface Preferences {
  readonly zone: Zone
  readonly mode: 'system' | 'light' | 'dark'
}

const key = 'bellhop.preferences'
const listeners = new Set<() => void>()
const systemDark = matchMedia('(prefers-color-scheme: dark)')
let preferences: Preferences = { zone: 'local', mode: 'system', ...read() }

function read(): Partial<Preferences> {
  try {
    return Object(JSON.parse(localStorage.getItem(key) ?? '{}'))
  } catch {
    return {}
  }
}

/** Light or dark, as chosen or as the system is. */
export function applyPreferences(): void {
  const { mode } = preferences
  const isDark = mode === 'dark' || (mode === 'system' && systemDark.matches)
  applyMode(isDark ? Mode.Dark : Mode.Light)
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light'
}
systemDark.addEventListener('change', applyPreferences)

export function setPreferences(changes: Partial<Preferences>): void {
  preferences = { ...preferences, ...changes }
  localStorage.setItem(key, JSON.stringify(preferences))
  applyPreferences()
  for (const tell of listeners) tell()
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    tell => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => preferences,
  )
}
