import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useSyncExternalStore } from 'react'
import { visible } from '../words/text.ts'

let notices: readonly FlashbarProps.MessageDefinition[] = []
const listeners = new Set<() => void>()

function become(next: readonly FlashbarProps.MessageDefinition[]): void {
  notices = next
  for (const tell of listeners) tell()
}

/** Says something at the top of the page until it is dismissed; a success goes by itself. */
export function notify(type: 'success' | 'error' | 'info', text: string): void {
  const id = crypto.randomUUID()
  const dismiss = () => become(notices.filter(each => each.id !== id))
  become([
    ...notices.slice(-3),
    {
      id,
      type,
      content: <span className="text">{visible(text)}</span>,
      dismissible: true,
      dismissLabel: 'Dismiss',
      onDismiss: dismiss,
    },
  ])
  if (type === 'success') setTimeout(dismiss, 6_000)
}

export function Notices() {
  const items = useSyncExternalStore(
    tell => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => notices,
  )
  return <Flashbar items={items} />
}
