import Alert from '@cloudscape-design/components/alert'
import { type Position, queueText } from '../words/queue.ts'
import { Text, Time } from './words.tsx'

/** Where a run stands that waits for its turn; nothing for one that does not. */
export function InLine({ position }: { readonly position: Position | undefined }) {
  const text = position && queueText(position)
  if (text === undefined) return null
  return (
    <Alert type="info" header="It waits for its turn">
      <Text>{text}</Text> Since <Time of={position?.Since} />.
    </Alert>
  )
}
