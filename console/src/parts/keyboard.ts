import { useEffect } from 'react'

/** `/` goes to the filter, `r` to the actions, arrows (or j and k) walk through a table's rows, Esc leaves a field. */
export function useKeyboard(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const target = event.target as HTMLElement
      const isTyping = target.matches('input, textarea, select, [contenteditable]')
      if (event.key === 'Escape' && isTyping) {
        // Browsers empty a field that searches, too; what was looked for stays.
        event.preventDefault()
        return target.blur()
      }
      // Dialogs that are not open are in the page, too.
      const isAsked = [...document.querySelectorAll('[role=dialog]')].some(each => each.checkVisibility())
      if (isAsked || isTyping) return
      if (event.key === '/') {
        const field = document.querySelector<HTMLElement>('[data-filter] input')
        if (!field) return
        event.preventDefault()
        field.focus()
      } else if (event.key === 'r') {
        document.querySelector<HTMLElement>('[data-run] button, [data-run] a')?.focus()
      } else if (['ArrowDown', 'ArrowUp', 'j', 'k'].includes(event.key)) {
        const rows = [...document.querySelectorAll<HTMLElement>('[data-row] a, [data-row] button, button[data-row]')]
        const at = rows.indexOf(document.activeElement as HTMLElement)
        const isArrow = event.key.startsWith('Arrow')
        // Where no row has the focus, arrows scroll, as everywhere.
        if (rows.length === 0 || (isArrow && at < 0 && !document.querySelector('[data-filter] input:focus'))) {
          if (at < 0 && document.activeElement !== document.body) return
        }
        const next =
          rows[at + (event.key === 'ArrowDown' || event.key === 'j' ? 1 : -1)] ?? (at < 0 ? rows[0] : undefined)
        if (!next) return
        event.preventDefault()
        next.focus()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
