import Button, { type ButtonProps } from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ReactNode, useId, useState } from 'react'
import { useDo } from '../api/use-api.ts'
import type { Field } from '../words/fields.ts'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { Fields, useFields, type Values } from './fields.tsx'
import { notify } from './notices.tsx'

interface FormProps<Made> {
  readonly title: string
  readonly note?: ReactNode
  readonly fields: readonly Field[]
  /** What the button that sends it is called. */
  readonly submit: string
  /** Only what was given is in the values. */
  readonly run: (values: Values) => Promise<Made>
  /** What is told once it is done. */
  readonly done?: string
  readonly then?: (made: Made) => void
}

interface Props<Made> extends FormProps<Made> {
  readonly label: string
  /** Said by screen readers, where the label alone does not tell what it is about. */
  readonly ariaLabel?: string
  readonly variant?: ButtonProps.Variant
  readonly disabled?: boolean
}

/** A button that asks for some values and then does something with them. What goes wrong is told where they are. */
export function FormButton<Made>(props: Props<Made>) {
  const { label, ariaLabel, variant, disabled } = props
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant={variant} disabled={disabled} ariaLabel={ariaLabel} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {/* Made anew each time, so that it begins empty. */}
      {isOpen && <FormDialog {...props} close={() => setOpen(false)} />}
    </>
  )
}

/** The same without the button, for who opens it in another way. */
export function FormDialog<Made>(props: FormProps<Made> & { readonly close: () => void }) {
  const { title, note, fields, submit, run, done, then, close } = props
  const form = useId()
  const state = useFields(fields)
  const doing = useDo(run)
  const send = () => {
    if (!state.check()) return
    const given = fields.flatMap(field => (state.value(field) === '' ? [] : [[field.name, state.value(field)]]))
    doing.mutate(Object.fromEntries(given) as Values, {
      onSuccess: made => {
        close()
        if (done) notify('success', done)
        then?.(made)
      },
    })
  }
  return (
    <Dialog
      header={title}
      size={fields.some(field => field.isLong) ? 'large' : 'medium'}
      close={close}
      submit={submit}
      button={{ form, formAction: 'submit', loading: doing.isPending }}
    >
      <form
        id={form}
        onSubmit={event => {
          event.preventDefault()
          if (!doing.isPending) send()
        }}
      >
        <SpaceBetween size="m">
          {note && <div>{note}</div>}
          <Fields state={state} />
          {doing.error && <Failure error={doing.error} />}
        </SpaceBetween>
      </form>
    </Dialog>
  )
}
