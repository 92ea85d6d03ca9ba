import { useRef } from 'react'
import { ApiError, call } from '../api/client.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { notify } from './notices.tsx'

interface Props {
  readonly planId: string
  readonly name: string
  readonly variant?: 'inline-link'
  /** What the buttons are called; a list says which row's they are. */
  readonly label: string
  readonly disabled?: boolean
}

/** Does what was planned. What follows is done at once: once it is asked how far the plan is, the button is gone. */
export function ExecutePlan(props: Props & { readonly then: (recordId: string) => void }) {
  const { planId, name, variant, label, disabled, then } = props
  return (
    <ConfirmButton
      label={label}
      ariaLabel={variant && `${label} ${visible(name)}`}
      variant={variant ?? 'primary'}
      disabled={disabled}
      title={`${label}: ${visible(name)}?`}
      run={async () => {
        const { RecordDetail } = await call('servicecatalog.ExecuteProvisionedProductPlan', { PlanId: planId })
        then(RecordDetail?.RecordId ?? '')
      }}
    >
      What the plan says is what is done. If the product has changed since it was made, it is refused.
    </ConfirmButton>
  )
}

/**
 * Deletes a plan, and the product that was only planned. Where the engine cannot let go of what it keeps for the plan, the
 * second try leaves that behind.
 */
export function DeletePlan(props: Props & { readonly then?: () => void }) {
  const { planId, name, variant, label, disabled, then } = props
  const isHeldBack = useRef(false)
  return (
    <ConfirmButton
      label={label}
      ariaLabel={variant && `${label} ${visible(name)}`}
      variant={variant}
      disabled={disabled}
      title={`${label}: ${visible(name)}?`}
      run={async () => {
        try {
          await call('servicecatalog.DeleteProvisionedProductPlan', {
            PlanId: planId,
            ...(isHeldBack.current && { IgnoreErrors: true }),
          })
        } catch (error) {
          isHeldBack.current = error instanceof ApiError && error.code === 'ValidationException'
          throw error
        }
        notify('success', 'The plan is gone.')
        then?.()
      }}
    >
      Nothing that runs changes. If the engine cannot drop what it keeps for the plan, doing it once more leaves that
      behind.
    </ConfirmButton>
  )
}
