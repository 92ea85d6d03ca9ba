import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import type { Step } from '../api/run.ts'
import { useAct } from '../api/use-api.ts'
import { visible } from '../words/text.ts'
import { Failure } from './failure.tsx'
import { notify } from './notices.tsx'
import { Text } from './words.tsx'

/** What a step that waits for a person asks, and the answers that can be given. */
export function Answer({ step, executionId }: { readonly step: Step; readonly executionId: string }) {
  const [comment, setComment] = useState('')
  const signal = useAct('ssm.SendAutomationSignal')
  const isApproval = step.Action === 'aws:approve'
  const send = (SignalType: 'Approve' | 'Reject' | 'Resume') =>
    signal.mutate(
      {
        AutomationExecutionId: executionId,
        SignalType,
        Payload: { ...(comment && { Comment: [comment] }), StepName: [step.StepName ?? ''] },
      },
      { onSuccess: () => notify('success', `${SignalType} was sent.`) },
    )
  return (
    <Alert type="warning" header={isApproval ? 'Waits for approval' : `Step ${visible(step.StepName ?? '')} waits`}>
      <SpaceBetween size="s">
        {isApproval && (
          <div>
            <div>
              <Text>{plain(step.Inputs?.['Message'])}</Text>
            </div>
            <small>
              Approvers: <Text>{list(step.Inputs?.['Approvers']).join(', ')}</Text>, of whom{' '}
              {plain(step.Inputs?.['MinRequiredApprovals']) || '1'} must approve
            </small>
          </div>
        )}
        {isApproval && (
          <FormField label="Comment">
            <Textarea value={comment} rows={2} onChange={({ detail }) => setComment(detail.value)} />
          </FormField>
        )}
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={signal.isPending} onClick={() => send(isApproval ? 'Approve' : 'Resume')}>
            {isApproval ? 'Approve' : 'Resume'}
          </Button>
          {isApproval && (
            <Button disabled={signal.isPending} onClick={() => send('Reject')}>
              Reject
            </Button>
          )}
        </SpaceBetween>
        {signal.error && <Failure error={signal.error} />}
      </SpaceBetween>
    </Alert>
  )
}

/** Inputs of steps are shown as JSON text. */
function plain(json: string | undefined): string {
  if (json === undefined) return ''
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : JSON.stringify(value)
  } catch {
    return json
  }
}

function list(json: string | undefined): readonly string[] {
  try {
    return [JSON.parse(json ?? '[]')].flat().map(String)
  } catch {
    return json ? [json] : []
  }
}
