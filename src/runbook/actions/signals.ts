import type { Signal } from '../../catalog/execution.ts'

/** The sequence of the newest signal; 0 when there is none. */
export function lastSignal(signals: readonly Signal[]): number {
  return signals.reduce((last, signal) => Math.max(last, signal.sequence), 0)
}

/** Whether a signal may be meant for a step: it names that step, or none. The API gives names as lists of strings. */
export function isForStep(signal: Signal, step: string): boolean {
  const [name] = [signal.payload['StepName']].flat()
  return name === undefined || name === step
}
