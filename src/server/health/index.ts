import type { DescribeHealthOutput } from '../../model/generated/bellhop.ts'
import type { HealthReporter } from '../../operations/operation.ts'
import type { Storage } from '../../storage/storage.ts'
import type { NodeRow } from '../../storage/verbs/nodes.ts'
import type { Clock } from '../../worker/clock.ts'
import type { Role } from '../options.ts'
import type { Commits } from './commits.ts'
import type { ConfiguredEngine } from './configured-engines.ts'
import { type EngineReport, type EngineSightings, together } from './engine-sightings.ts'

/** What a node tells of itself, as JSON. */
interface NodeReport {
  readonly role: Role
  readonly version: string
  readonly address: string
  /** Executions that it advances at this moment; those that wait are in nobody's hands. */
  readonly inHand: number
  readonly commits?: { readonly median: number; readonly p99: number }
  readonly engines: readonly EngineReport[]
}

interface Surroundings {
  readonly storage: Pick<Storage, 'nodes' | 'executions'>
  readonly database: { readonly shared: boolean; bytes(): Promise<number | undefined> }
  readonly clock: Clock
  readonly id: string
  readonly accountId: string
  readonly role: Role
  readonly version: string
  readonly address: () => string
  readonly worker: { readonly inHand: number }
  readonly commits: Commits
  readonly sightings: EngineSightings
  readonly engines: readonly ConfiguredEngine[]
  readonly report: (message: string, error: unknown) => void
}

/** Milliseconds: how often a node says that it is there, and when one that has not said so for long is taken for gone. */
const every = 10_000
const goneAfter = 3 * every
const forgottenAfter = 24 * 3600 * 1000

/**
 * How the server is: its nodes, engines, database and backlog. Where several processes share a database, each writes a row
 * about itself every ten seconds; a process that is alone writes nothing, and tells what it is at this moment.
 */
export function createHealth(surroundings: Surroundings): HealthReporter & {
  start(): Promise<void>
  stop(): Promise<void>
} {
  const { storage, database, clock, id, role, version, address, worker, commits, sightings } = surroundings
  const startedAt = clock.now()
  let stopped = false
  let callOff = () => {}
  let beating = Promise.resolve()

  const self = (): NodeReport => ({
    role,
    version,
    address: address(),
    inHand: worker.inHand,
    commits: commits.report(),
    engines: sightings.report(),
  })

  const beat = async () => {
    const now = clock.now()
    await storage.nodes.beat(id, startedAt, now, self(), new Date(now.getTime() - forgottenAfter))
  }
  const plan = () => {
    callOff = clock.at(clock.now().getTime() + every, () => {
      beating = beat()
        .catch(error => surroundings.report('This node could not say that it is there.', error))
        .then(() => {
          if (!stopped) plan()
        })
    })
  }

  /** Those of the configuration, and others that were seen: a node may know more than this one. */
  async function shownEngines(
    configured: readonly ConfiguredEngine[],
    nodes: readonly NodeRow<NodeReport>[],
  ): Promise<DescribeHealthOutput['Engines']> {
    const now = clock.now()
    const seen = together(nodes.flatMap(({ report }) => report.engines))
    const ids = seen.flatMap(({ work }) => Object.keys(work))
    // What a node last told of may have ended on another.
    const unfinished = new Set(ids.length > 0 ? await storage.executions.unfinishedOf(ids) : [])
    const known = new Set(configured.map(({ type, name }) => `${type} ${name}`))
    const all: readonly (Pick<ConfiguredEngine, 'type' | 'name'> & Partial<ConfiguredEngine>)[] = [
      ...configured,
      ...seen.filter(({ type, name }) => !known.has(`${type} ${name}`)).map(({ type, name }) => ({ type, name })),
    ]
    return all.map(({ type, name, transport, backEnd }) => {
      const report = seen.find(each => each.type === type && each.name === name)
      const since = Object.entries(report?.work ?? {}).flatMap(([id, at]) => (unfinished.has(id) ? [at] : []))
      const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at))
      return {
        ProductType: type,
        Name: name,
        Transport: transport,
        BackEnd: backEnd,
        UnderWay: since.length,
        OldestSeconds: since.length === 0 ? undefined : seconds(Math.min(...since), now),
        LastSuccessTime: time(report?.succeededAt),
        LastFailureTime: time(report?.failedAt),
        LastError: report?.lastError,
      }
    })
  }

  return {
    accountId: surroundings.accountId,

    async start() {
      if (!database.shared) return
      await beat()
      plan()
    },

    async stop() {
      stopped = true
      callOff()
      await beating
      if (database.shared) {
        await storage.nodes.leave(id).catch(error => surroundings.report('This node could not say goodbye.', error))
      }
    },

    async describe() {
      const now = clock.now()
      const others = database.shared ? ((await storage.nodes.list()) as readonly NodeRow<NodeReport>[]) : []
      const own = { id, startedAt, seenAt: now, report: self() }
      const all = [...others.filter(node => node.id !== id), own]
      const backlog = await storage.executions.backlog(now)
      const bytes = await database.bytes()
      return {
        Time: now,
        Nodes: all.map(node => shownNode(node, node.id === id, now)),
        Engines: await shownEngines(surroundings.engines, all),
        Database: {
          Kind: database.shared ? 'POSTGRESQL' : 'SQLITE',
          Bytes: bytes,
          CommitMilliseconds: own.report.commits?.median,
          CommitP99Milliseconds: own.report.commits?.p99,
        },
        Backlog: {
          Unfinished: backlog.running,
          Due: backlog.due,
          OldestDueSeconds: backlog.oldest === undefined ? undefined : seconds(backlog.oldest, now),
        },
      }
    },
  }
}

function shownNode(
  { id, startedAt, seenAt, report }: NodeRow<NodeReport>,
  isSelf: boolean,
  now: Date,
): DescribeHealthOutput['Nodes'][number] {
  const isGone = now.getTime() - seenAt.getTime() > goneAfter
  return {
    NodeId: id,
    Status: isGone ? 'GONE' : 'UP',
    Role: report.role === 'all' ? 'ALL' : report.role === 'api' ? 'API' : 'WORKER',
    Version: report.version,
    Address: report.address,
    StartedTime: startedAt,
    LastSeenTime: seenAt,
    Answering: isSelf,
    ExecutionsInHand: isGone ? undefined : report.inHand,
    CommitMilliseconds: report.commits?.median,
    CommitP99Milliseconds: report.commits?.p99,
  }
}

function seconds(at: number, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - at) / 1000))
}
