import { useEffect, useState } from 'react'
import { session } from '../session/session.ts'

export interface Checked {
  /** The text that was looked at. */
  readonly text: string
  /** What CreateDocument would say; undefined when it would take it. */
  readonly problem?: string
}

const wait = 400

/** What the server says of a document while it is being written: asked when one has stopped typing for a moment. */
export function useDocumentCheck(text: string, format: 'YAML' | 'JSON'): Checked | undefined {
  const [checked, setChecked] = useState<Checked>()
  useEffect(() => {
    const aborted = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const response = await fetch('/console/document-check', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-bellhop-token': session.current().token },
          body: JSON.stringify({ content: text, format }),
          signal: aborted.signal,
        })
        const answered = (await response.json()) as { readonly problem?: string }
        // Where it cannot be asked, what is known here has to do; the server has the last word when it is saved.
        setChecked(response.ok ? { text, problem: answered.problem } : undefined)
      } catch {
        if (!aborted.signal.aborted) setChecked(undefined)
      }
    }, wait)
    return () => {
      clearTimeout(timer)
      aborted.abort()
    }
  }, [text, format])
  return checked
}
