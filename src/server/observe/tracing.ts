import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/**
 * Spans by OpenTelemetry's API. They cost next to nothing unless somebody registers a provider: start the server with
 * `node --import` of an OpenTelemetry set-up of yours (docs/observability.md).
 */
const tracer = trace.getTracer('bellhop')

const carrier = {
  get: (headers: Readonly<Record<string, string>>, key: string) => headers[key],
  keys: (headers: Readonly<Record<string, string>>) => Object.keys(headers),
}

/** The span of a request, below the caller's where the request names one (traceparent). */
export function requestSpan(traceparent: string | undefined): Span {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }, carrier) : ROOT_CONTEXT
  return tracer.startSpan('request', { kind: SpanKind.SERVER }, parent)
}

/** What an execution keeps to be found in the trace of the request that it came from; undefined when nobody traces. */
export function traceparentOf(span: Span): string | undefined {
  if (!span.isRecording()) return undefined
  const headers: Record<string, string> = {}
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers)
  return headers['traceparent']
}

export function executionSpan(traceparent: string | undefined, attributes: Record<string, string>): Span {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }, carrier) : ROOT_CONTEXT
  return tracer.startSpan('execution', { kind: SpanKind.CONSUMER, attributes }, parent)
}

interface StepSpan {
  readonly name: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly attributes: Record<string, string | number>
  readonly failure?: string | undefined
}

/** A step that has ended, below its execution. */
export function recordStep(execution: Span, { name, startedAt, endedAt, attributes, failure }: StepSpan): void {
  const below: Context = trace.setSpan(context.active(), execution)
  const span = tracer.startSpan(name, { startTime: startedAt, attributes }, below)
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
  span.end(endedAt)
}

export function endSpan(span: Span, error?: string): void {
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
  span.end()
}
