import { setTimeout as pause } from 'node:timers/promises'
import type { ProductResource } from '../../catalog/entities.ts'
import type { RecordOutput, ResourceChange } from '../../model/generated/servicecatalog.ts'
import type { ArtifactSource } from '../artifacts.ts'
import type { EngineProgress, EngineRequest, RequestSource } from '../engine.ts'
import { failed } from '../external/result.ts'
import type { NamedEngine } from '../external/transport.ts'
import { CommandError } from '../terraform/command.ts'
import type { ModuleRunner } from '../terraform/engine.ts'
import type { HclParser } from '../terraform/hcl.ts'
import { readModule, type TerraformModule } from '../terraform/module.ts'
import { redact } from '../terraform/redact.ts'
import { isModuleProblem, requestedFiles } from '../terraform/source.ts'
import {
  hiddenValue,
  isEmpty,
  parseState,
  StateError,
  sensitiveOutputs,
  stateOutputs,
  stateResources,
  type TerraformState,
} from '../terraform/state-file.ts'
import { resourceChanges, type UiChange } from '../terraform/ui-log.ts'
import { CloudClient, CloudError, type Resource, related } from './client.ts'
import type { CloudConfig } from './config.ts'
import { planChanges } from './plan-output.ts'
import { readRunLog } from './run-log.ts'
import { type RunOrder, runOrder } from './run-order.ts'
import { ensureWorkspace, findWorkspace, setVariables, uploadModule } from './workspace.ts'

export interface CloudOptions {
  readonly artifacts: ArtifactSource
  readonly hcl: HclParser
  readonly configDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface CloudHandle {
  readonly transport: 'api'
  readonly engine: string
  readonly token: string
  readonly workspaceId: string
  readonly order: RunOrder
  /** What is uploaded for the run; absent: it runs what the workspace has. */
  readonly configurationVersionId?: string | undefined
  /** Absent: the run is not there yet. */
  readonly runId?: string | undefined
  /** Variables whose values are not to be shown, by name. */
  readonly sensitive: readonly string[]
  readonly outputDescriptions: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** Bytes of the logs that have been read. */
  readonly read: { readonly plan: number; readonly apply: number }
  /** Since when the API is out of reach (milliseconds since 1970). */
  readonly failingSince?: number | undefined
  /** When its time was up, and it was told to stop. */
  readonly stoppedAt?: number | undefined
}

type Engine = NamedEngine<CloudConfig>

/** As the official engine maps them; every other status is on the way to one of these. */
const succeededStatuses = new Set(['applied', 'planned_and_finished'])
const failedStatuses = new Set(['errored', 'canceled', 'force_canceled', 'discarded', 'post_plan_awaiting_decision'])

const stopMilliseconds = 60_000
const logBytes = 64 * 1024
const mostLogBytes = 8 * 1024 * 1024
const mostLines = 20

/**
 * Provisions through the API of HCP Terraform or Terraform Enterprise: a project for each product, a workspace for each
 * provisioned product, and a run for each piece of work. Everything that is going on is there, so any server can go on with
 * it; a run is found again by the token in its message.
 */
export class CloudRunner implements ModuleRunner<CloudConfig, CloudHandle> {
  readonly #options: CloudOptions

  constructor(options: CloudOptions) {
    this.#options = options
  }

  start(engine: Engine, request: EngineRequest): Promise<EngineProgress> {
    return this.#start(engine, request, () => runOrder(request))
  }

  plan(engine: Engine, request: EngineRequest): Promise<EngineProgress> {
    return this.#start(engine, request, () => runOrder({ ...request, work: 'action', action: drift }))
  }

  async poll(handle: CloudHandle, engine: Engine | undefined, source?: RequestSource): Promise<EngineProgress> {
    if (!engine) return failed(`Terraform Cloud: engine ${handle.engine} is not configured any more`)
    const { name, config } = engine
    const now = this.#options.now()
    const later = now + config.pollSeconds * 1000
    const client = this.#client(config)
    const { failingSince, ...steady } = handle
    try {
      return await this.#look(client, engine, steady, source)
    } catch (error) {
      if (error instanceof StateError) return failed(`Terraform Cloud (engine ${name}): ${error.message}`)
      if (!(error instanceof CloudError)) throw error
      const since = failingSince ?? now
      if (!error.isPassing || now - since >= config.patienceSeconds * 1000) {
        return failed(`Terraform Cloud (engine ${name}) failed: ${error.message}`)
      }
      const progress = [`Terraform Cloud does not answer as it should, trying again: ${error.message}`]
      return { state: 'running', handle: { ...handle, failingSince: since }, wakeAt: later, progress }
    }
  }

  /** Resolves when the run has ended, or could not be made to. */
  async cancel(handle: CloudHandle, engine: Engine | undefined): Promise<void> {
    if (!engine || handle.runId === undefined) return
    const client = this.#client(engine.config)
    await client.act(`/runs/${handle.runId}/actions/cancel`).catch(() => {})
    const impatient = Date.now() + stopMilliseconds
    while (Date.now() < impatient) {
      const run = await client.find(`/runs/${handle.runId}`).catch(() => undefined)
      if (run && hasEnded(run)) return
      await pause(Math.min(engine.config.pollSeconds * 1000, 1000))
    }
    await client.act(`/runs/${handle.runId}/actions/force-cancel`).catch(() => {})
  }

  async #start({ name, config }: Engine, request: EngineRequest, ordered: () => RunOrder): Promise<EngineProgress> {
    const component = `Terraform Cloud (engine ${name})`
    try {
      const order = ordered()
      const client = this.#client(config)
      const handle = await this.#prepare(client, { name, config }, request, order)
      return handle
        ? await this.poll(handle, { name, config }, async () => request)
        : { state: 'succeeded', outputs: [] }
    } catch (error) {
      const isExpected =
        error instanceof CloudError ||
        error instanceof CommandError ||
        error instanceof StateError ||
        isModuleProblem(error)
      if (!isExpected) throw error
      return failed(`${component} could not start the run: ${error.message}`)
    }
  }

  /** Everything before the run; undefined: there is nothing to be done. */
  async #prepare(
    client: CloudClient,
    { name, config }: Engine,
    request: EngineRequest,
    order: RunOrder,
  ): Promise<CloudHandle | undefined> {
    const common = {
      transport: 'api',
      engine: name,
      token: request.token,
      order,
      deadline: this.#options.now() + config.timeoutSeconds * 1000,
      read: { plan: 0, apply: 0 },
    } as const
    if (order.isDestroy) {
      const workspace = await findWorkspace(client, request)
      if (!workspace) return undefined
      const run = await findRun(client, workspace.id, request.token)
      const state = run ? undefined : await this.#state(client, workspace.id)
      const seemsEmpty = !run && (!state || isEmpty(state))
      if (seemsEmpty && (await deletedSafely(client, workspace.id))) return undefined
      return { ...common, workspaceId: workspace.id, sensitive: [], outputDescriptions: {}, runId: run?.id }
    }
    const files = await requestedFiles(this.#options.artifacts, request)
    const module = await readModule(files, this.#options.hcl)
    const workspace = await ensureWorkspace(client, config, request)
    const about = {
      workspaceId: workspace.id,
      sensitive: sensitiveNames(module),
      outputDescriptions: module.outputDescriptions,
    }
    const run = await findRun(client, workspace.id, request.token)
    if (run) return { ...common, ...about, runId: run.id }
    const parameters = { ...request.parameters, ...order.variables }
    await setVariables(client, workspace.id, module, parameters, request.launchRoleArn)
    const version = await uploadModule(client, workspace.id, files, module, request, order.isPlan)
    return { ...common, ...about, configurationVersionId: version.id }
  }

  async #look(
    client: CloudClient,
    { name, config }: Engine,
    handle: CloudHandle,
    source: RequestSource | undefined,
  ): Promise<EngineProgress> {
    const now = this.#options.now()
    const wakeAt = now + config.pollSeconds * 1000
    if (handle.runId === undefined) {
      const version = handle.configurationVersionId
      const status = version
        ? (await client.get(`/configuration-versions/${version}`)).attributes['status']
        : 'uploaded'
      if (status === 'errored') return failed(`Terraform Cloud (engine ${name}) could not take the module in`)
      if (status !== 'uploaded') {
        if (now < handle.deadline) return { state: 'running', handle, wakeAt: now + 250 }
        return failed(`Terraform Cloud (engine ${name}) did not take the module in time`)
      }
      const run = await createRun(client, handle)
      return { state: 'running', handle: { ...handle, runId: run.id }, wakeAt }
    }
    const run = await client.get(`/runs/${handle.runId}`)
    const request = await source?.()
    const secrets = handle.sensitive.map(
      variable => ({ ...request?.parameters, ...handle.order.variables })[variable] ?? '',
    )
    if (hasEnded(run)) return this.#ended(client, name, config, handle, run, request, secrets)
    if (handle.stoppedAt !== undefined) {
      if (now - handle.stoppedAt >= stopMilliseconds) return failed(timedOut(name, config))
    } else if (now >= handle.deadline) {
      await client.act(`/runs/${run.id}/actions/cancel`)
      return { state: 'running', handle: { ...handle, stoppedAt: now }, wakeAt }
    }
    const { read, lines } = await this.#newLines(client, handle, run)
    const progress = lines.slice(-mostLines).map(line => redact(line, secrets))
    return { state: 'running', handle: { ...handle, read }, wakeAt, ...(progress.length > 0 ? { progress } : {}) }
  }

  async #ended(
    client: CloudClient,
    name: string,
    config: CloudConfig,
    { order, workspaceId, outputDescriptions, stoppedAt }: CloudHandle,
    run: Resource,
    request: EngineRequest | undefined,
    secrets: readonly string[],
  ): Promise<EngineProgress> {
    const status = String(run.attributes['status'])
    const isPlan = order.isPlan || run.attributes['plan-only'] === true
    const state = isPlan ? undefined : await this.#state(client, workspaceId)
    const made = state ? madeOf(state, outputDescriptions) : isPlan ? {} : await this.#outputs(client, workspaceId)
    if (succeededStatuses.has(status)) {
      if (order.isDestroy) await deleteWorkspace(client, workspaceId)
      const isAction = request?.action !== undefined
      const planned = isPlan ? await planOutput(client, run) : { planned: [], drifted: [] }
      const changed = isAction && Object.keys(order.variables).length > 0
      return {
        state: 'succeeded',
        outputs: order.isDestroy ? [] : (made.outputs ?? []),
        ...(made.resources && !order.isDestroy ? { resources: made.resources } : {}),
        ...(isAction ? { response: isPlan ? driftResponse(planned) : await this.#counts(client, run) } : {}),
        ...(changed ? { parameters: { ...request.parameters, ...order.variables } } : {}),
        ...(isPlan && !isAction ? { changes: await this.#changes(client, workspaceId, planned.planned) } : {}),
      }
    }
    const hidden = [...secrets, ...(state ? sensitiveOutputs(state) : [])]
    const reasons = stoppedAt === undefined ? await this.#reasons(client, run, status) : []
    const failure = stoppedAt === undefined ? `Terraform Cloud (engine ${name}) could not ${order.what} the module` : ''
    const text = stoppedAt === undefined ? `${failure}: ${reasons.join('; ')}` : timedOut(name, config)
    const told = failed(redact(text, hidden))
    if (reasons.length < 2 || told.state !== 'failed') return { ...told, ...made }
    const errors = reasons.map(reason => ({
      Code: 'TERRAFORM_ERROR',
      Description: redact(`${failure}: ${reason}`, hidden),
    }))
    return { ...told, ...made, errors }
  }

  async #reasons(client: CloudClient, run: Resource, status: string): Promise<readonly string[]> {
    const url = `run ${run.id} ended as ${status}`
    if (status === 'post_plan_awaiting_decision')
      return [`${url}: it requires approval, which nobody can give from here`]
    const errors: string[] = []
    for (const phase of ['apply', 'plan'] as const) {
      const log = await this.#log(client, run, phase, 0, mostLogBytes).catch(() => undefined)
      if (log) errors.push(...readRunLog(log.text).errors)
    }
    return errors.length > 0 ? errors : [url]
  }

  /** What the run has logged since it was last looked at. */
  async #newLines(client: CloudClient, { read }: CloudHandle, run: Resource) {
    const status = String(run.attributes['status'])
    const phase = status === 'applying' ? 'apply' : 'plan'
    if (status === 'pending' || status === 'plan_queued') return { read, lines: [] }
    const log = await this.#log(client, run, phase, read[phase], logBytes)
    if (!log) return { read, lines: [] }
    // The last line may not be whole yet.
    const whole = log.text.slice(0, log.text.lastIndexOf('\n') + 1)
    const next = { ...read, [phase]: read[phase] + Buffer.byteLength(whole) }
    return { read: next, lines: readRunLog(whole).lines }
  }

  async #log(client: CloudClient, run: Resource, phase: 'plan' | 'apply', offset: number, limit: number) {
    const id = related(run, phase)
    const about = id === undefined ? undefined : await client.find(`/${phase === 'plan' ? 'plans' : 'applies'}/${id}`)
    const url = about?.attributes['log-read-url']
    if (typeof url !== 'string') return undefined
    return { text: Buffer.from(await client.log(url, offset, limit)).toString('utf8') }
  }

  /** The workspace's state; undefined when there is none, or none that this token may read. */
  async #state(client: CloudClient, workspaceId: string): Promise<TerraformState | undefined> {
    try {
      const current = await client.find(`/workspaces/${workspaceId}/current-state-version`)
      const url = current?.attributes['hosted-state-download-url']
      return typeof url === 'string' ? parseState(await client.download(url)) : undefined
    } catch (error) {
      if (error instanceof CloudError && (error.status === 401 || error.status === 403)) return undefined
      throw error
    }
  }

  /** The outputs alone, for tokens that may not read states. */
  async #outputs(client: CloudClient, workspaceId: string): Promise<Made> {
    const path = `/workspaces/${workspaceId}/current-state-version-outputs`
    const found = await client.list(path).catch((error: unknown) => {
      if (error instanceof CloudError && !error.isPassing) return []
      throw error
    })
    return {
      outputs: found.map(({ attributes: { name, value, sensitive } }) => ({
        OutputKey: String(name),
        OutputValue: sensitive ? hiddenValue : typeof value === 'string' ? value : JSON.stringify(value ?? null),
      })),
    }
  }

  async #counts(client: CloudClient, run: Resource): Promise<Record<string, unknown>> {
    const id = related(run, 'apply')
    const { attributes = {} } = (id === undefined ? undefined : await client.find(`/applies/${id}`)) ?? {}
    const count = (name: string) => Number(attributes[name] ?? 0)
    return {
      Added: count('resource-additions'),
      Changed: count('resource-changes'),
      Destroyed: count('resource-destructions'),
    }
  }

  async #changes(
    client: CloudClient,
    workspaceId: string,
    planned: readonly UiChange[],
  ): Promise<readonly ResourceChange[]> {
    const state = await this.#state(client, workspaceId)
    return resourceChanges(planned, state ? stateResources(state) : [])
  }

  #client(config: CloudConfig): CloudClient {
    return new CloudClient(config, this.#options.configDirectory, this.#options.env)
  }
}

const drift = { name: 'drift', parameters: {} }

interface Made {
  readonly outputs?: readonly RecordOutput[]
  readonly resources?: readonly ProductResource[]
}

function madeOf(state: TerraformState, descriptions: Readonly<Record<string, string>>): Made {
  return { outputs: stateOutputs(state, descriptions), resources: stateResources(state) }
}

function sensitiveNames({ variables }: TerraformModule): string[] {
  return variables.filter(({ isSensitive }) => isSensitive).map(({ name }) => name)
}

function hasEnded({ attributes: { status } }: Resource): boolean {
  return succeededStatuses.has(String(status)) || failedStatuses.has(String(status))
}

function timedOut(name: string, { timeoutSeconds }: CloudConfig): string {
  return `Terraform Cloud (engine ${name}): the run did not end within ${timeoutSeconds} seconds`
}

/** The run that an earlier start of this work has made, by the token in its message. */
async function findRun(client: CloudClient, workspaceId: string, token: string): Promise<Resource | undefined> {
  const runs = await client.list(`/workspaces/${workspaceId}/runs`, 100)
  return runs.find(({ attributes: { message } }) => String(message).includes(mark(token)))
}

async function createRun(client: CloudClient, handle: CloudHandle): Promise<Resource> {
  const { workspaceId, token, order, configurationVersionId: version } = handle
  // A server that died here has made it, perhaps.
  const made = await findRun(client, workspaceId, token)
  if (made) return made
  return client.post('/runs', {
    type: 'runs',
    attributes: { ...order.attributes, message: `Bellhop: ${order.what} ${mark(token)}` },
    relationships: {
      workspace: { data: { type: 'workspaces', id: workspaceId } },
      ...(version ? { 'configuration-version': { data: { type: 'configuration-versions', id: version } } } : {}),
    },
  })
}

function mark(token: string): string {
  return `[${token}]`
}

async function deleteWorkspace(client: CloudClient, id: string): Promise<void> {
  await client.delete(`/workspaces/${id}`).catch((error: unknown) => {
    if (!(error instanceof CloudError && error.status === 404)) throw error
  })
}

/** Deletes a workspace unless it manages resources; whether it does is for the API to say, which sees states that we may not. */
async function deletedSafely(client: CloudClient, id: string): Promise<boolean> {
  try {
    await client.act(`/workspaces/${id}/actions/safe-delete`)
    return true
  } catch (error) {
    if (error instanceof CloudError && error.status === 404) return true
    if (error instanceof CloudError && error.status === 409) return false
    throw error
  }
}

async function planOutput(client: CloudClient, run: Resource) {
  const id = related(run, 'plan')
  return id === undefined
    ? { planned: [], drifted: [] }
    : planChanges(await client.download(`/api/v2/plans/${id}/json-output-redacted`))
}

function driftResponse({ planned, drifted }: { planned: readonly UiChange[]; drifted: readonly UiChange[] }) {
  const shown = (changes: readonly UiChange[]) =>
    changes.map(({ address, type, action }) => ({ Address: address, ResourceType: type, Action: action }))
  return {
    DriftStatus: drifted.length > 0 ? 'DRIFTED' : 'IN_SYNC',
    Drifted: shown(drifted),
    PlannedChanges: shown(planned),
  }
}
