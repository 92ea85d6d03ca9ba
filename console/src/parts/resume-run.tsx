import { call } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Text } from './words.tsx'

/** Where a run that failed would be gone on with; asked of those alone that failed. */
export function useResumePoint(recordId: string | undefined, isFailed: boolean) {
  return useApi(
    'bellhop.DescribeResumePoint',
    { RecordId: recordId ?? '' },
    { enabled: isFailed && recordId !== undefined },
  )
}

/** Goes on with a run that failed, from the step that did; says first what is taken over. */
export function ResumeRun({
  recordId,
  point: { StepName, TakenSteps },
}: {
  readonly recordId: string
  readonly point: NonNullable<ReturnType<typeof useResumePoint>['data']>
}) {
  const taken = TakenSteps.filter(step => step.StepStatus !== 'InProgress')
  return (
    <ConfirmButton
      label={`Resume from step ${visible(StepName)}`}
      title={`Resume from step ${visible(StepName)}?`}
      run={async () => {
        const { RecordDetail } = await call('bellhop.ResumeServiceAction', { RecordId: recordId, StepName })
        go(to('/records', RecordDetail?.RecordId ?? ''))
      }}
    >
      A run of its own goes on from step <Text>{StepName}</Text> with the same parameters.{' '}
      {taken.length === 0 ? (
        'Nothing was done before it.'
      ) : (
        <>
          What these steps came to is taken over, and they are not run again:
          <ol className="long">
            {taken.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and steps may run more than once
              <li key={at}>
                <Text>{step.StepName}</Text>
                {step.Iteration !== undefined && `, pass ${step.Iteration}`}
              </li>
            ))}
          </ol>
        </>
      )}
    </ConfirmButton>
  )
}
