import Box from '@cloudscape-design/components/box'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { barOf, type Step } from '../api/run.ts'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { isEnded, signOf, statusText } from '../words/status.ts'
import { visible } from '../words/text.ts'
import { duration } from '../words/time.ts'
import { LogView } from './log-view.tsx'
import { Status, Text, Time, useNow, Value } from './words.tsx'

/** A run's steps as bars in its time. One of them is open, named in the address. */
export function Timeline({
  steps,
  isTakenOver = () => false,
}: {
  readonly steps: readonly Step[]
  /** Whether a step was run by an earlier run, whose work this one goes on with. */
  readonly isTakenOver?: (step: Step) => boolean
}) {
  const { query, setQuery } = useLocation()
  const isRunning = steps.some(step => step.ExecutionStartTime !== undefined && step.ExecutionEndTime === undefined)
  const now = useNow(isRunning ? 500 : 60_000)
  const own = steps.filter(step => !isTakenOver(step))
  const started = own.flatMap(step => step.ExecutionStartTime ?? [])
  const ended = own.flatMap(step => step.ExecutionEndTime ?? [])
  const all = { begin: Math.min(...started), end: isRunning ? Math.max(now, ...ended) : Math.max(...ended, ...started) }
  return (
    <ol className="timeline">
      {steps.map(step => {
        const id = step.StepExecutionId ?? step.StepName ?? ''
        const isOpen = query['step'] === id
        const isOwn = !isTakenOver(step)
        const bar = started.length > 0 && isOwn ? barOf(step, all) : undefined
        const status = step.StepStatus ?? 'Pending'
        const seconds =
          step.ExecutionStartTime === undefined ? undefined : (step.ExecutionEndTime ?? now) - step.ExecutionStartTime
        return (
          <li key={id} className="timeline-step">
            <button
              type="button"
              className="timeline-head"
              data-row
              aria-expanded={isOpen}
              onClick={() => setQuery({ step: isOpen ? '' : id })}
            >
              <span className="timeline-name" data-inner={step.ParentStepDetails && ''}>
                <strong>{visible(step.StepName ?? '')}</strong>
                <small>
                  {visible(step.Action ?? '')}
                  {subtitle(step)}
                  {!isOwn && ' · taken over, not run again'}
                </small>
              </span>
              <Status of={status} />
              <span className="timeline-track" aria-hidden>
                {bar && (
                  <span
                    className="timeline-bar"
                    data-sign={signOf(status)}
                    style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
                  />
                )}
              </span>
              <span className="timeline-time">{seconds === undefined ? '' : duration(seconds)}</span>
            </button>
            {isOpen && <StepDetail step={step} />}
          </li>
        )
      })}
    </ol>
  )
}

function subtitle({ ParentStepDetails: parent, MaxAttempts, FailureDetails }: Step): string {
  const words: string[] = []
  if (parent) {
    const pass = `pass ${(parent.Iteration ?? 0) + 0} of ${parent.StepName ?? ''}`
    words.push(parent.IteratorValue === undefined ? pass : `${pass} (${parent.IteratorValue.slice(0, 60)})`)
  }
  const attempt = FailureDetails?.Details?.['Attempt']?.[0]
  if (attempt !== undefined && (MaxAttempts ?? 1) > 1) words.push(`attempt ${attempt} of ${MaxAttempts}`)
  return words.map(word => ` · ${visible(word)}`).join('')
}

function onFailureText(onFailure = 'Abort'): string {
  if (onFailure === 'Abort') return 'The run fails'
  return onFailure === 'Continue' ? 'The run goes on' : `Goes on with ${onFailure.replace(/^step:/, '')}`
}

function StepDetail({ step }: { readonly step: Step }) {
  const child = step.Action === 'aws:executeAutomation' ? step.Outputs?.['ExecutionId']?.[0] : undefined
  return (
    <div className="timeline-detail">
      <SpaceBetween size="m">
        {step.FailureMessage !== undefined && (
          <div>
            <Box variant="awsui-key-label">Why it failed</Box>
            <Text mono>{step.FailureMessage}</Text>
          </div>
        )}
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Started', value: <Time of={step.ExecutionStartTime} /> },
            {
              label: isEnded(step.StepStatus ?? '') ? 'Ended' : 'State',
              value: step.ExecutionEndTime ? <Time of={step.ExecutionEndTime} /> : statusText(step.StepStatus ?? ''),
            },
            {
              label: 'If it fails',
              value: (
                <Text>{`${onFailureText(step.OnFailure)}${(step.MaxAttempts ?? 1) > 1 ? `, after ${step.MaxAttempts} attempts` : ''}`}</Text>
              ),
            },
            ...(child ? [{ label: 'Runs', value: <a href={to('/executions', child)}>{visible(child)}</a> }] : []),
          ]}
        />
        <Pairs title="Inputs" values={step.Inputs} />
        <Pairs title="Outputs" values={step.Outputs} />
        {step.Response && (
          <div>
            <Box variant="awsui-key-label">Log</Box>
            <LogView text={step.Response} name={step.StepName ?? 'step'} />
          </div>
        )}
      </SpaceBetween>
    </div>
  )
}

/** Names and values, as inputs and outputs have them. */
export function Pairs({
  title,
  values,
}: {
  readonly title?: string
  readonly values: Readonly<Record<string, string | readonly string[]>> | undefined
}) {
  const entries = Object.entries(values ?? {})
  if (entries.length === 0) return null
  return (
    <div>
      {title && <Box variant="awsui-key-label">{title}</Box>}
      <dl className="pairs">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt className="text">{visible(name)}</dt>
            <dd className="long">
              <Value name={name}>{typeof value === 'string' ? value : value.join('\n')}</Value>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
