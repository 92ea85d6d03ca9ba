import Alert from '@cloudscape-design/components/alert'
import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { ApiError } from '../api/client.ts'
import { type Followed, useRun } from '../api/events.ts'
import { type Execution, failingStep, isTakenOver, type Run, resumedFrom } from '../api/run.ts'
import { useAct } from '../api/use-api.ts'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { isEnded, recordTypeText, statusText } from '../words/status.ts'
import { nameOfArn, visible } from '../words/text.ts'
import { Answer } from './answer.tsx'
import { FailurePage } from './failure.tsx'
import { InLine } from './in-line.tsx'
import { LogView } from './log-view.tsx'
import { ResumeRun, useResumePoint } from './resume-run.tsx'
import { Pairs, Timeline } from './timeline.tsx'
import { Waiting } from './waiting.tsx'
import { Status, Text, Time } from './words.tsx'

/** A run: who, as whom, what, on what, since when; then what is asked of people, what failed, and its steps, live. */
export function RunView({ followed, title }: { readonly followed: Followed; readonly title: string }) {
  const { run, isLive, error } = useRun(followed)
  if (error) return <FailurePage error={new ApiError(error.code, error.message)} title="This run cannot be shown" />
  if (!run) return <Waiting />
  return <Shown run={run} isLive={isLive} title={title} />
}

/** Outputs that the page shows otherwise: as its log, and as links. */
const shownElsewhere: ReadonlySet<string> = new Set(['Progress', 'ResumedFrom', 'AutomationExecutionId'])

function Shown({ run, isLive, title }: { readonly run: Run; readonly isLive: boolean; readonly title: string }) {
  const { record, by, execution, steps, refused, queue } = run
  const detail = record?.RecordDetail
  const resumed = resumedFrom(run)
  const status = detail?.Status ?? execution?.AutomationExecutionStatus ?? ''
  const waiting = steps.findLast(step => step.StepStatus === 'Waiting')
  const progress = record?.RecordOutputs?.find(output => output.OutputKey === 'Progress')?.OutputValue
  const outputs = Object.fromEntries(
    (record?.RecordOutputs ?? [])
      .filter(({ OutputKey }) => !shownElsewhere.has(OutputKey ?? ''))
      .map(output => [output.OutputKey ?? '', output.OutputValue ?? '']),
  )
  return (
    <SpaceBetween size="l">
      <span role="status" className="visually-hidden">
        {visible(statusText(status))}
      </span>
      <Header
        variant="h1"
        actions={
          execution &&
          !isEnded(execution.AutomationExecutionStatus ?? '') && <Stop id={execution.AutomationExecutionId ?? ''} />
        }
      >
        {detail ? visible(recordTypeText(detail.RecordType ?? '')) : title}
        {execution?.DocumentName && `: ${visible(execution.DocumentName)}`}{' '}
        {!isEnded(status) && <Badge color={isLive ? 'green' : 'grey'}>{isLive ? 'Live' : 'Reconnecting'}</Badge>}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            {
              label: 'Status',
              value: (
                <Status
                  of={execution?.AutomationExecutionStatus === 'Waiting' && !isEnded(status) ? 'Waiting' : status}
                />
              ),
            },
            {
              label: 'On',
              value: detail?.ProvisionedProductId ? (
                <a href={to('/provisioned-products', detail.ProvisionedProductId)}>
                  {visible(detail.ProvisionedProductName ?? detail.ProvisionedProductId)}
                </a>
              ) : (
                <Text>{execution?.Target}</Text>
              ),
            },
            { label: 'Started by', value: <Text>{nameOfArn(by ?? execution?.ExecutedBy ?? '')}</Text> },
            {
              label: 'Acts as',
              value: (
                <Text>
                  {nameOfArn(execution?.Parameters?.['AutomationAssumeRole']?.[0] ?? detail?.LaunchRoleArn ?? '') ||
                    'whoever started it'}
                </Text>
              ),
            },
            ...(resumed === undefined
              ? []
              : [{ label: 'Goes on with', value: <a href={to('/records', resumed)}>{visible(resumed)}</a> }]),
            { label: 'Since', value: <Time of={detail?.CreatedTime ?? execution?.ExecutionStartTime} /> },
            { label: 'Last change', value: <Time of={execution?.ExecutionEndTime ?? detail?.UpdatedTime} /> },
            {
              label: 'Document',
              value: execution ? <DocumentOf execution={execution} isLinked={detail !== undefined} /> : '-',
            },
            {
              label: detail ? 'Record' : 'Execution',
              value: <Text>{detail?.RecordId ?? execution?.AutomationExecutionId}</Text>,
            },
          ]}
        />
      </Container>
      <InLine position={queue} />
      {waiting && execution && <Answer step={waiting} executionId={execution.AutomationExecutionId ?? ''} />}
      <Failed run={run} />
      {refused && (
        <Alert type="info" header="The steps are not shown to you">
          <Text>{refused.message}</Text>
        </Alert>
      )}
      {steps.length > 0 && (
        <Container
          header={
            <Header variant="h2" counter={`(${steps.length})`}>
              Steps
            </Header>
          }
        >
          <Timeline steps={steps} isTakenOver={step => isTakenOver(step, run)} />
        </Container>
      )}
      {progress !== undefined && (
        <Container header={<Header variant="h2">Progress</Header>}>
          <LogView text={progress} name={detail?.RecordId ?? 'progress'} />
        </Container>
      )}
      {Object.keys(outputs).length > 0 && (
        <Container header={<Header variant="h2">Outputs</Header>}>
          <Pairs values={outputs} />
        </Container>
      )}
      {execution?.Outputs && Object.keys(execution.Outputs).length > 0 && !detail && (
        <Container header={<Header variant="h2">Outputs</Header>}>
          <Pairs values={execution.Outputs} />
        </Container>
      )}
      {execution?.Parameters && Object.keys(execution.Parameters).length > 0 && (
        <Container header={<Header variant="h2">Parameters</Header>}>
          <Pairs values={execution.Parameters} />
        </Container>
      )}
    </SpaceBetween>
  )
}

/** What is run, leading from a record to its execution. */
function DocumentOf({ execution, isLinked }: { readonly execution: Execution; readonly isLinked: boolean }) {
  const text = <Text>{`${execution.DocumentName}, version ${execution.DocumentVersion ?? '-'}`}</Text>
  if (!isLinked) return text
  return <a href={to('/executions', execution.AutomationExecutionId ?? '')}>{text}</a>
}

/** The failing step, why, and what to do next. */
function Failed({ run: { record, actionId, execution, steps } }: { readonly run: Run }) {
  const { setQuery } = useLocation()
  const errors = record?.RecordDetail?.RecordErrors ?? []
  const step = failingStep(steps)
  const isFailed = record
    ? record.RecordDetail?.Status === 'FAILED'
    : /^(Failed|TimedOut)$/.test(execution?.AutomationExecutionStatus ?? '')
  const recordId = record?.RecordDetail?.RecordId
  const point = useResumePoint(recordId, isFailed && actionId !== undefined)
  if (!isFailed) return null
  const message = step?.FailureMessage ?? execution?.FailureMessage ?? errors.map(error => error.Description).join('\n')
  const product = record?.RecordDetail?.ProvisionedProductId
  return (
    <Alert
      type="error"
      header={step ? `Step ${visible(step.StepName ?? '')} failed` : 'It failed'}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          {step && (
            <Button onClick={() => setQuery({ step: step.StepExecutionId ?? step.StepName ?? '' })}>
              Show the step
            </Button>
          )}
          {product && actionId !== undefined && (
            <Button href={to('/provisioned-products', product, 'actions', actionId)}>Run again</Button>
          )}
          {recordId !== undefined && point.data && <ResumeRun recordId={recordId} point={point.data} />}
          {product && <Button href={to('/provisioned-products', product)}>To the product</Button>}
        </SpaceBetween>
      }
    >
      <SpaceBetween size="xs">
        <Text mono>{message}</Text>
        <span>
          {step?.OnFailure === 'Continue'
            ? 'The run went on after this step.'
            : `Steps before it are done and stay done. When its cause is mended, ${point.data ? 'resume it from the step that failed, or run all of it again' : 'run the action again'}.`}
        </span>
        {point.error?.code === 'InvalidStateException' && <Text>{point.error.message}</Text>}
      </SpaceBetween>
    </Alert>
  )
}

function Stop({ id }: { readonly id: string }) {
  const stop = useAct('ssm.StopAutomationExecution')
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {stop.error && <Text>{stop.error.message}</Text>}
      <Button
        loading={stop.isPending}
        disabled={stop.isSuccess}
        onClick={() => stop.mutate({ AutomationExecutionId: id, Type: 'Cancel' })}
      >
        {stop.isSuccess ? 'Cancelling' : 'Cancel'}
      </Button>
    </SpaceBetween>
  )
}
