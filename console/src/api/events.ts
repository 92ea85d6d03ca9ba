import { useEffect, useState } from 'react'
import { session } from '../session/session.ts'
import { type Run, readParts } from './run.ts'

/** How a run is known: by its record, or by its execution. */
export type Followed = { readonly recordId: string } | { readonly executionId: string }

export interface Following {
  readonly run: Run | undefined
  /** Whether the connection stands, or the run has ended. */
  readonly isLive: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

const shortest = 500
const longest = 10_000

/** A run as it is now, kept up to date by server-sent events; what was missed while a connection was lost is told again. */
export function useRun(followed: Followed): Following {
  const [following, setFollowing] = useState<Following>({ run: undefined, isLive: false })
  const key = JSON.stringify(followed)
  const { region } = session.current()
  useEffect(() => {
    const parts = new Map<string, unknown>()
    let source: EventSource | undefined
    let wait = shortest
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const query = new URLSearchParams({ ...(JSON.parse(key) as Record<string, string>), region })
    const address = `/console/events?${query}`

    const open = () => {
      source = new EventSource(address)
      source.addEventListener('part', ({ data }: MessageEvent<string>) => {
        const end = data.indexOf('\n')
        parts.set(JSON.parse(data.slice(0, end)) as string, JSON.parse(data.slice(end + 1)))
      })
      // Shown when all that changed together has come, so that nothing is seen half changed.
      source.addEventListener('state', ({ data }: MessageEvent<string>) => {
        wait = shortest
        isOver = data === 'ended'
        setFollowing({ run: readParts(parts), isLive: true })
        if (isOver) source?.close()
      })
      source.addEventListener('error', () => {
        if (isOver) return
        setFollowing(now => ({ ...now, isLive: false }))
        // The browser tries again by itself, unless it was refused.
        if (source?.readyState === EventSource.CLOSED) void refused()
      })
    }
    const refused = async () => {
      const response = await fetch(address, { headers: { accept: 'text/event-stream' } }).catch(() => undefined)
      const isStream = response?.headers.get('content-type')?.startsWith('text/event-stream')
      const reason = isStream ? undefined : ((await response?.json().catch(() => undefined)) as Following['error'])
      void response?.body?.cancel().catch(() => undefined)
      if (isOver) return
      if (reason?.code === 'ExpiredTokenException') return session.ended()
      if (reason && reason.code !== 'TooManyStreams') {
        isOver = true
        return setFollowing({ run: undefined, isLive: false, error: reason })
      }
      timer = setTimeout(open, wait)
      wait = Math.min(longest, wait * 2)
    }
    open()
    return () => {
      isOver = true
      source?.close()
      clearTimeout(timer)
    }
  }, [key, region])
  return following
}
