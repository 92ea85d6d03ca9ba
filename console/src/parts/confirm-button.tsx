import Button, { type ButtonProps } from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ReactNode, useState } from 'react'
import { useDo } from '../api/use-api.ts'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { notify } from './notices.tsx'

interface Props {
  readonly label: string
  readonly ariaLabel?: string
  readonly variant?: ButtonProps.Variant
  readonly disabled?: boolean
  readonly title: string
  /** What it means. */
  readonly children: ReactNode
  readonly run: () => Promise<unknown>
  readonly done?: string
  readonly then?: () => void
}

/** A button that asks whether it is meant, and then does it. */
export function ConfirmButton(props: Props) {
  const { label, ariaLabel, variant, disabled, title, children, run, done, then } = props
  const [isAsking, setAsking] = useState(false)
  const doing = useDo(run)
  const close = () => {
    setAsking(false)
    doing.reset()
  }
  return (
    <>
      <Button variant={variant} disabled={disabled} ariaLabel={ariaLabel} onClick={() => setAsking(true)}>
        {label}
      </Button>
      {isAsking && (
        <Dialog
          header={title}
          close={close}
          submit={label}
          button={{
            loading: doing.isPending,
            onClick: () =>
              doing.mutate(undefined, {
                onSuccess: () => {
                  close()
                  if (done) notify('success', done)
                  then?.()
                },
              }),
          }}
        >
          <SpaceBetween size="s">
            <div>{children}</div>
            {doing.error && <Failure error={doing.error} />}
          </SpaceBetween>
        </Dialog>
      )}
    </>
  )
}
