import type { Span } from '@opentelemetry/api'
import type { StepExecution } from '../../catalog/execution.ts'
import type { GateObserver } from '../../worker/gate.ts'
import type { WorkerObserver } from '../../worker/observer.ts'
import type { Log } from '../log.ts'
import type { Metrics } from './metrics.ts'
import { endSpan, executionSpan, recordStep, requestSpan, traceparentOf } from './tracing.ts'

/** A request while it is answered. */
export interface ObservedRequest {
  /** For the execution that comes of it; undefined when nobody traces. */
  readonly traceparent: string | undefined
  known(what: { readonly service: string; readonly operation: string }): void
  by(arn: string): void
  /** `code`: 200, or the code of the error. */
  answered(code: string): void
}

export interface Observer extends WorkerObserver, GateObserver {
  request(requestId: string, traceparent: string | undefined): ObservedRequest
}

/** One line, one count and one span for each request and each step. Never what was sent or answered: it may be secret. */
export function createObserver(log: Log, metrics: Metrics | undefined): Observer {
  /** Spans of the executions that this process has in hand. */
  const spans = new Map<string, Span>()
  return {
    request(requestId, traceparent) {
      const begun = performance.now()
      const span = requestSpan(traceparent)
      // What was not routed is nobody's: one label for all of it, or callers could make as many as they like.
      let service = 'none'
      let operation = 'none'
      let arn: string | undefined
      return {
        traceparent: traceparentOf(span),
        known(what) {
          ;({ service, operation } = what)
          if (span.isRecording()) span.updateName(`${service}.${operation}`)
        },
        by(given) {
          arn = given
        },
        answered(code) {
          const seconds = (performance.now() - begun) / 1000
          metrics?.requests.inc({ service, operation, code })
          metrics?.requestSeconds.observe({ service, operation }, seconds)
          log.info('request', { requestId, service, operation, code, arn, milliseconds: milliseconds(seconds) })
          if (span.isRecording()) span.setAttributes({ 'aws.request_id': requestId, ...(arn && { 'enduser.id': arn }) })
          endSpan(span, code === '200' ? undefined : code)
        },
      }
    },
    taken(execution) {
      if (spans.has(execution.id)) return
      const { id, recordId, document, kind, trace } = execution
      const attributes = { 'bellhop.execution': id, 'bellhop.record': recordId ?? '', 'bellhop.kind': kind }
      const span = executionSpan(trace, { ...attributes, 'bellhop.document': document.name })
      if (span.isRecording()) spans.set(id, span)
    },
    waits({ id: executionId, recordId, kind }, keys) {
      log.info('waits for its turn', { executionId, recordId, kind, limits: keys })
    },
    stepEnded(execution, step) {
      const { action, status, failure } = step
      const seconds = secondsOf(step)
      metrics?.steps.inc({ action, status, failure: failure?.type ?? '' })
      metrics?.stepSeconds.observe({ action }, seconds)
      const { id: executionId, recordId } = execution
      const { name, attempt } = step
      const fields = { executionId, recordId, step: name, action, attempt, status, milliseconds: milliseconds(seconds) }
      log.info('step', { ...fields, ...(failure && { failure: failure.type }) })
      const span = spans.get(executionId)
      if (!span) return
      const attributes = { 'bellhop.action': action, 'bellhop.attempt': attempt, 'bellhop.status': status }
      const { startedAt, endedAt = startedAt } = step
      recordStep(span, { name, startedAt, endedAt, attributes, failure: failure?.type })
    },
    ended(execution, status) {
      const { kind, id: executionId, recordId, createdAt, endedAt = new Date() } = execution
      const seconds = (endedAt.getTime() - createdAt.getTime()) / 1000
      metrics?.executions.inc({ kind, status })
      metrics?.executionSeconds.observe({ kind }, seconds)
      log.info('execution', { executionId, recordId, kind, status, milliseconds: milliseconds(seconds) })
      const span = spans.get(executionId)
      spans.delete(executionId)
      if (span) endSpan(span, status === 'Success' ? undefined : status)
    },
  }
}

function secondsOf({ startedAt, endedAt = startedAt }: StepExecution): number {
  return (endedAt.getTime() - startedAt.getTime()) / 1000
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 10_000) / 10
}
