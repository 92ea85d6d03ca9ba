import Box from '@cloudscape-design/components/box'
import Button, { type ButtonProps } from '@cloudscape-design/components/button'
import Modal, { type ModalProps } from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'

interface Props {
  readonly header: string
  readonly visible?: boolean
  readonly size?: ModalProps.Size
  readonly close: () => void
  /** What the button is called that leaves everything as it is. */
  readonly cancel?: string
  /** What the button is called that does it, and what else it has. */
  readonly submit: string
  readonly button: ButtonProps
  readonly children: ReactNode
}

/** A question or a form over the page, with a button that does it and one that does not. */
export function Dialog({ header, visible = true, size, close, cancel = 'Cancel', submit, button, children }: Props) {
  return (
    <Modal
      visible={visible}
      size={size}
      onDismiss={close}
      header={header}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {cancel}
            </Button>
            <Button variant="primary" {...button}>
              {submit}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  )
}
