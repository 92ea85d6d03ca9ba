import Button from '@cloudscape-design/components/button'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { type ReactNode, useEffect, useState } from 'react'
import { usePreferences } from '../preferences.ts'
import { signOf, statusText } from '../words/status.ts'
import { isSecretName, shortened, visible } from '../words/text.ts'
import { ago, dateTime } from '../words/time.ts'

const mostShown = 2_000
/** Beyond this, nobody reads it here; what is copied is whole. */
const mostExpanded = 100_000

/** Text from elsewhere, whatever it holds: one line's, or as it is with `mono`. */
export function Text({ children, mono }: { readonly children: string | undefined; readonly mono?: boolean }) {
  const [isOpen, setOpen] = useState(false)
  if (children === undefined || children === '') return <span>-</span>
  const { shown, left } = shortened(children, isOpen ? mostExpanded : mostShown)
  const isLong = children.length > mostShown
  return (
    <span className={`${mono ? 'mono' : 'text'}`}>
      <bdi>{visible(shown)}</bdi>
      {isLong && (
        <>
          {left > 0 && `… (${left.toLocaleString('en')} more characters) `}
          {(!isOpen || left === 0) && (
            <Button variant="inline-link" onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Show less' : 'Show more'}
            </Button>
          )}
        </>
      )}
    </span>
  )
}

/** Text in a table: one line, cut where there is no more room. */
export function OneLine({ children }: { readonly children: string | undefined }) {
  if (!children) return <span>-</span>
  const text = visible(shortened(children, 300).shown)
  return (
    <span className="one-line" title={text}>
      {text}
    </span>
  )
}

export function Status({ of }: { readonly of: string | undefined }) {
  if (!of) return <span>-</span>
  return <StatusIndicator type={signOf(of)}>{visible(statusText(of))}</StatusIndicator>
}

/** A time as it is chosen to be shown, with how long ago that is. */
export function Time({ of, short }: { readonly of: number | undefined; readonly short?: boolean }) {
  const { zone } = usePreferences()
  const now = useNow(10_000)
  const text = of === undefined ? '' : dateTime(of, zone)
  // A time that is none to JavaScript is not shown.
  if (of === undefined || text === '') return <span>-</span>
  const other = dateTime(of, zone === 'utc' ? 'local' : 'utc')
  return (
    <time dateTime={new Date(of * 1000).toISOString()} title={other} className="nowrap">
      {short ? ago(of, now) : text}
    </time>
  )
}

/** Seconds since 1970, now, and again every so many milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}

/** A value with its name: what is likely to be secret is shown when it is asked for. */
export function Value({ name, children }: { readonly name: string; readonly children: string | undefined }) {
  const [isShown, setShown] = useState(false)
  if (!children || !isSecretName(name)) return <Text mono>{children}</Text>
  return (
    <span>
      {isShown ? <Text mono>{children}</Text> : <span aria-hidden>••••••••</span>}{' '}
      <Button
        variant="inline-icon"
        iconName={isShown ? 'lock-private' : 'unlocked'}
        ariaLabel={isShown ? `Hide ${visible(name)}` : `Show ${visible(name)}`}
        onClick={() => setShown(!isShown)}
      />
      <CopyButton what={visible(name)} text={children} />
    </span>
  )
}

/** Puts a text onto the clipboard, all of it and as it is. */
export function CopyButton({
  what,
  text,
  children,
}: {
  readonly what: string
  readonly text: string
  readonly children?: ReactNode
}) {
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(text).then(
      () => setDone(true),
      () => undefined,
    )
    setTimeout(() => setDone(false), 2_000)
  }
  return (
    <Button
      variant={children ? 'normal' : 'inline-icon'}
      iconName={isDone ? 'status-positive' : 'copy'}
      ariaLabel={children ? undefined : isDone ? `Copied ${what}` : `Copy ${what}`}
      onClick={() => void copy()}
    >
      {children}
    </Button>
  )
}
