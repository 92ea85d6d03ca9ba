import { type KeyboardEvent, type RefObject, useRef } from 'react'

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  /** Lines with something wrong, counted from 1. */
  readonly marked: ReadonlySet<number>
  readonly field: RefObject<HTMLTextAreaElement | null>
}

/** A field for text of many lines, with their numbers. Tab goes on to the next field, as everywhere: keys are not taken away. */
export function TextEditor({ label, value, onChange, marked, field }: Props) {
  const numbers = useRef<HTMLDivElement>(null)
  const lines = value.split('\n').length
  return (
    <div className="editor">
      <div className="editor-numbers" ref={numbers} aria-hidden>
        {Array.from({ length: Math.min(lines, mostNumbered) }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing but their number
          <div key={at} data-marked={marked.has(at + 1) || undefined}>
            {at + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={field}
        aria-label={label}
        className="editor-text"
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        onChange={event => onChange(event.target.value)}
        onKeyDown={keepIndent(onChange)}
        onScroll={event => {
          numbers.current?.style.setProperty('transform', `translateY(${-event.currentTarget.scrollTop}px)`)
        }}
      />
    </div>
  )
}

const mostNumbered = 10_000

/** A new line begins where the one before it did. */
const keepIndent = (onChange: (text: string) => void) => (event: KeyboardEvent<HTMLTextAreaElement>) => {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.shiftKey) return
  const field = event.currentTarget
  const before = field.value.slice(0, field.selectionStart)
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const indent = /^ */.exec(line)![0]
  if (indent === '') return
  event.preventDefault()
  field.setRangeText(`\n${indent}`, field.selectionStart, field.selectionEnd, 'end')
  onChange(field.value)
}

/** Puts the cursor onto a line, in sight. */
export function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (!field) return
  const lines = field.value.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  field.focus()
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  const height = field.scrollHeight / Math.max(1, lines.length)
  field.scrollTop = Math.max(0, (line - 4) * height)
  field.scrollLeft = 0
}
