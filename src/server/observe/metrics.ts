import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is counted, in a registry of this server's own. Names and units as Prometheus advises. */
export interface Metrics {
  readonly requests: Counter<'service' | 'operation' | 'code'>
  readonly requestSeconds: Histogram<'service' | 'operation'>
  readonly steps: Counter<'action' | 'status' | 'failure'>
  readonly stepSeconds: Histogram<'action'>
  readonly executions: Counter<'kind' | 'status'>
  readonly executionSeconds: Histogram<'kind'>
  readonly writeSeconds: Histogram
  /** The text that Prometheus reads. */
  text(): Promise<string>
  readonly contentType: string
}

/** What is looked up when somebody asks. */
export interface Backlog {
  /** By limit, e.g. `account:111122223333`: executions that wait for it, for how long the first has, and those under way. */
  readonly limits: ReadonlyMap<
    string,
    { readonly waiting: number; readonly oldestSeconds: number; readonly underWay: number }
  >
  readonly running: number
  readonly due: number
  /** Seconds that the one waiting longest has been due. */
  readonly oldestSeconds: number
}

const fast = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const slow = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400]

export function createMetrics(backlog: () => Promise<Backlog>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const running = gauge('bellhop_executions_unfinished', 'Executions that have not ended.')
  const due = gauge('bellhop_executions_due', 'Executions that have something to do now.')
  const age = gauge('bellhop_queue_age_seconds', 'How long the execution that waits longest has had something to do.')
  const byLimit = (name: string, help: string) => new Gauge({ name, help, labelNames: ['limit'], registers })
  const limitWaiting = byLimit('bellhop_limit_waiting', 'Executions that wait for their turn under a limit.')
  const limitUnderWay = byLimit('bellhop_limit_under_way', 'Executions that are counted by a limit.')
  const limitAge = byLimit('bellhop_limit_wait_seconds', 'How long the one that waits longest under a limit has.')
  return {
    requests: new Counter({
      name: 'bellhop_requests_total',
      help: 'Requests answered; code is 200 or the code of the error.',
      labelNames: ['service', 'operation', 'code'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'bellhop_request_seconds',
      help: 'From a request to its answer; for an accepted change, the answer follows the commit.',
      labelNames: ['service', 'operation'],
      buckets: fast,
      registers,
    }),
    steps: new Counter({
      name: 'bellhop_steps_total',
      help: 'Steps that ended; failure is the kind of failure (FailureDetails.FailureType).',
      labelNames: ['action', 'status', 'failure'],
      registers,
    }),
    stepSeconds: new Histogram({
      name: 'bellhop_step_seconds',
      help: 'From the start of a step to its end.',
      labelNames: ['action'],
      buckets: slow,
      registers,
    }),
    executions: new Counter({
      name: 'bellhop_executions_total',
      help: 'Executions that ended: automation documents, and the work of engines.',
      labelNames: ['kind', 'status'],
      registers,
    }),
    executionSeconds: new Histogram({
      name: 'bellhop_execution_seconds',
      help: 'From the acceptance of an execution to its end.',
      labelNames: ['kind'],
      buckets: slow,
      registers,
    }),
    writeSeconds: new Histogram({
      name: 'bellhop_write_seconds',
      help: 'From the call of a writing verb of storage to its synced commit.',
      buckets: fast,
      registers,
    }),
    async text() {
      const now = await backlog()
      running.set(now.running)
      due.set(now.due)
      age.set(now.oldestSeconds)
      for (const gauge of [limitWaiting, limitUnderWay, limitAge]) gauge.reset()
      for (const [limit, { waiting, underWay, oldestSeconds }] of now.limits) {
        limitWaiting.set({ limit }, waiting)
        limitUnderWay.set({ limit }, underWay)
        limitAge.set({ limit }, oldestSeconds)
      }
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
