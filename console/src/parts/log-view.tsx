import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Toggle from '@cloudscape-design/components/toggle'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { visible, withoutEscapes } from '../words/text.ts'
import { CopyButton } from './words.tsx'

/** What is drawn of a line; copied and downloaded lines are whole. */
const mostOfLine = 2_000
const lineHeight = 20

/** Lines of a log: only those in sight are drawn. Follows the end until somebody scrolls away from it. */
export function LogView({ text, name }: { readonly text: string; readonly name: string }) {
  const lines = useMemo(() => text.replace(/\n$/, '').split('\n'), [text])
  const scroller = useRef<HTMLDivElement>(null)
  const [follows, setFollows] = useState(true)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  useEffect(() => {
    if (follows && lines.length > 0) rows.scrollToIndex(lines.length - 1)
  }, [follows, lines.length, rows])
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    link.download = `${name.replace(/[^\w.-]+/g, '_')}.log`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
  return (
    <SpaceBetween size="xs">
      <div
        className="log"
        ref={scroller}
        role="log"
        aria-label={`Log of ${visible(name)}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        style={{ height: Math.min(320, lines.length * lineHeight + 20) }}
        onWheel={event => event.deltaY < 0 && setFollows(false)}
        onKeyDown={event => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && setFollows(false)}
      >
        <div className="log-rows" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <div key={index} className="log-row" style={{ top: start }}>
              <span className="log-number" aria-hidden>
                {index + 1}
              </span>
              {lineText(lines[index]!)}
            </div>
          ))}
        </div>
      </div>
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Toggle checked={follows} onChange={({ detail }) => setFollows(detail.checked)}>
          Follow
        </Toggle>
        <span>{lines.length.toLocaleString('en')} lines</span>
        <CopyButton what="the log" text={text} />
        <Button variant="inline-icon" iconName="download" ariaLabel="Download the log" onClick={save} />
      </SpaceBetween>
    </SpaceBetween>
  )
}

function lineText(line: string): string {
  const cut = line.slice(0, mostOfLine)
  const more = line.length - cut.length
  return visible(withoutEscapes(cut)) + (more > 0 ? ` … (${more.toLocaleString('en')} more characters)` : '')
}
