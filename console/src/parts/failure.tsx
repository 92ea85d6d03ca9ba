import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import type { ApiError } from '../api/client.ts'
import { Text } from './words.tsx'

const denied = 'Your policies do not allow this. `bellhop explain` with the request id says which one is missing.'
const advice: Readonly<Record<string, string>> = {
  AccessDeniedException: denied,
  // As IAM calls it.
  AccessDenied: denied,
  NoConnection: 'It is asked again when you reload.',
}

/** What went wrong, in the server's words, and what can be done. */
export function Failure({
  error,
  title,
  again,
}: {
  readonly error: ApiError
  readonly title?: string
  readonly again?: () => void
}) {
  return (
    <Alert
      type={advice[error.code] === denied ? 'warning' : 'error'}
      header={title ?? 'This could not be done'}
      action={again && <Button onClick={again}>Try again</Button>}
    >
      <div>
        <Text>{error.message}</Text>
      </div>
      <small>
        {error.code}
        {error.requestId && <> · request {error.requestId}</>}
      </small>
      {Object.hasOwn(advice, error.code) && <div>{advice[error.code]}</div>}
    </Alert>
  )
}

/** A view that cannot be shown at all: what went wrong is its heading, too. */
export function FailurePage({ error, title }: { readonly error: ApiError; readonly title: string }) {
  return (
    <>
      <h1 className="visually-hidden">{title}</h1>
      <Failure error={error} title={title} />
    </>
  )
}
