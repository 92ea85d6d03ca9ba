import { type AwsApi, AwsApiError, type AwsResponse } from '../../aws/api.ts'
import type { Signal } from '../../catalog/execution.ts'
import { failureText, isNoChange, isNoStack, isPassing } from '../cloudformation/failures.ts'
import { productName } from '../cloudformation/names.ts'
import { capabilities, stackTags } from '../cloudformation/tags.ts'
import { stackParameters, templateParameters } from '../cloudformation/template-parameters.ts'
import { identityOf, isStackArn, type TemplateOptions, Templates } from '../cloudformation/templates.ts'
import {
  type Engine,
  EngineError,
  type EngineProgress,
  type EngineRequest,
  type Imported,
  type RequestSource,
} from '../engine.ts'
import { describeChangeSet } from './change-set.ts'
import { type ChangeSet, type StackHandle, withEvents, withLine } from './handle.ts'
import { importStack } from './import.ts'
import {
  describeStack,
  eventsSince,
  newestEvents,
  type Stack,
  stackArnOf,
  stackOutputs,
  stackResources,
} from './stack.ts'
import { isBusy, isStillborn, standingOf } from './statuses.ts'

export interface CfnStackOptions extends TemplateOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** What an update that would change nothing comes to. AWS: it fails. */
  readonly unchangedUpdates?: 'fail' | 'succeed'
  /** Calls that may fail one after the other before the work is given up. The default is some eight minutes' worth. */
  readonly mostFailures?: number
}

/** How soon to look again: at first often, for what is done at once, then less. */
const shortestLook = 500
const longestLook = 5_000
const defaultMostFailures = 12
const longestPause = 60_000
/** How long an update may show no event before the stack's status is believed. */
const longestUntilEvents = 15_000

/**
 * CloudFormation stacks, on AWS or whatever stands at AWS_ENDPOINT_URL. A stack's name is made from the provisioned
 * product's id and every request carries a token, so that work which was asked for before a crash is found and not asked
 * for again: a stack that is there was created by us, and an update that has begun shows the token in its events.
 */
export class CfnStackEngine implements Engine {
  readonly #options: CfnStackOptions
  readonly #templates: Templates

  constructor(options: CfnStackOptions) {
    this.#options = options
    this.#templates = new Templates(options)
  }

  async parameters(...[artifact, product]: Parameters<Engine['parameters']>) {
    const { accountId = '', region = 'us-east-1' } = product?.scope ?? {}
    const reader = { accountId, region, roleArn: product?.launchRoleArn, sessionName: artifact.id }
    return templateParameters(await this.#templates.read(artifact.path, reader))
  }

  async snapshot(...[artifact, product]: Parameters<NonNullable<Engine['snapshot']>>) {
    if (!isStackArn(artifact.path)) return undefined
    const { accountId = '', region = 'us-east-1' } = product.scope ?? {}
    const text = await this.#templates.ofStack(artifact.path, { accountId, region, sessionName: artifact.id })
    const bytes = Buffer.from(text)
    await this.#templates.parse(bytes, `The template of ${artifact.path}`)
    return bytes
  }

  start(request: EngineRequest): Promise<EngineProgress> {
    return this.#advance(this.#handle(request, request.work), async () => request)
  }

  plan(request: EngineRequest): Promise<EngineProgress> {
    return this.#advance(this.#handle(request, 'plan'), async () => request)
  }

  poll(handle: unknown, _signals: readonly Signal[], request?: RequestSource): Promise<EngineProgress> {
    return this.#advance(handle as StackHandle, request ?? (async () => undefined))
  }

  async cancel(handle: unknown): Promise<void> {
    const { work, phase, stack, token, changeSet } = handle as StackHandle
    const api = this.#api(handle as StackHandle)
    if (work === 'plan') return changeSet && this.#dropChangeSet(api, changeSet)
    // Before CloudFormation has taken the work up, there is nothing to stop; a deletion cannot be stopped.
    if (phase !== 'working' || work === 'terminate') return
    const operation = work === 'provision' ? 'DeleteStack' : 'CancelUpdateStack'
    await api.call('cloudformation', operation, { StackName: stack, ClientRequestToken: `${token}-cancel` })
  }

  async discardPlan(request: EngineRequest): Promise<void> {
    const changeSet = request.planned as ChangeSet | undefined
    if (!changeSet) return
    try {
      await this.#dropChangeSet(this.#options.aws.as(identityOf(request)), changeSet)
    } catch (error) {
      throw new EngineError(failureText(error), { cause: error })
    }
  }

  import(request: EngineRequest): Promise<Imported> {
    return importStack(this.#options.aws.as(identityOf(request)), this.#templates, request)
  }

  #handle(request: EngineRequest, work: StackHandle['work']): StackHandle {
    return {
      identity: identityOf(request),
      work,
      phase: 'asking',
      stack: stackArnOf(request.previousOutputs) ?? productName(request),
      token: request.token,
      startedAt: this.#options.now(),
      progress: [],
      reasons: [],
      failures: 0,
      changeSet: work === 'plan' ? undefined : (request.planned as ChangeSet | undefined),
    }
  }

  #api({ identity }: StackHandle): AwsApi {
    return this.#options.aws.as(identity)
  }

  /** One look, or one thing asked for. What may succeed later is tried again, all else is the end. */
  async #advance(handle: StackHandle, source: RequestSource): Promise<EngineProgress> {
    try {
      const progress = await this.#step(handle, source)
      if (progress.state !== 'running' || handle.failures === 0) return progress
      return { ...progress, handle: { ...(progress.handle as StackHandle), failures: 0 } }
    } catch (error) {
      const message = failureText(error)
      if (!isPassing(error)) return this.#failed(handle, message)
      const failures = handle.failures + 1
      if (failures > (this.#options.mostFailures ?? defaultMostFailures))
        return this.#failed(handle, `${message}; given up after ${failures} attempts`)
      const wakeAt = this.#options.now() + Math.min(longestPause, shortestLook * 2 ** failures)
      const progress = withLine(handle.progress, `${new Date(this.#options.now()).toISOString()} ${message}`)
      return { ...this.#running({ ...handle, failures, progress }), wakeAt }
    }
  }

  #step(handle: StackHandle, source: RequestSource): Promise<EngineProgress> {
    switch (handle.phase) {
      case 'asking':
        return this.#ask(handle, source)
      case 'waiting':
      case 'clearing':
      case 'mending':
        return this.#prepare(handle, source)
      case 'working':
        return handle.work === 'plan' ? this.#lookAtPlan(handle) : this.#look(handle, source)
      case 'undoing':
        return this.#undo(handle)
    }
  }

  async #ask(handle: StackHandle, source: RequestSource): Promise<EngineProgress> {
    const request = await source()
    if (!request) return this.#failed(handle, 'The provisioned product is no longer there.')
    const stack = await this.#find(handle, request)
    switch (handle.work) {
      case 'provision':
        return this.#provision(handle, request, stack)
      case 'update':
        return this.#update(handle, request, stack)
      case 'terminate':
        return this.#terminate(handle, stack)
      case 'action':
        return this.#act(handle, request, stack)
      case 'plan':
        return this.#plan(handle, request, stack)
    }
  }

  /** The product's stack: by what is known of it, or by its name, which a stack has that was made anew. */
  async #find(handle: StackHandle, request: EngineRequest): Promise<Stack | undefined> {
    const api = this.#api(handle)
    const name = productName(request)
    return (await describeStack(api, handle.stack)) ?? (handle.stack === name ? undefined : describeStack(api, name))
  }

  async #provision(handle: StackHandle, request: EngineRequest, stack: Stack | undefined): Promise<EngineProgress> {
    if (handle.changeSet) return this.#execute(handle, stack)
    if (!stack) return this.#create(handle, request)
    // What a plan left that was dropped without its change set.
    if (stack.StackStatus === 'REVIEW_IN_PROGRESS') return this.#clear(handle, stack)
    return this.#look({ ...handle, phase: 'working', stack: stack.StackId })
  }

  async #create(handle: StackHandle, request: EngineRequest): Promise<EngineProgress> {
    const api = this.#api(handle)
    const content = await this.#content(request, true)
    let stack: string
    try {
      const asked = { ...content, StackName: productName(request), ClientRequestToken: handle.token }
      stack = (await api.call('cloudformation', 'CreateStack', asked))['StackId'] as string
    } catch (error) {
      if (isPassing(error)) throw error
      const left = await describeStack(api, productName(request))
      // The answer to an earlier try was lost; the next look finds the stack.
      if ((error as AwsApiError).code === 'AlreadyExistsException' && left) return this.#running(handle)
      const failure = failureText(error)
      if (!left) return this.#failed(handle, failure)
      // Some endpoints refuse only when they have begun. What is left would stand in the way of the next attempt.
      await api.call('cloudformation', 'DeleteStack', { StackName: left.StackId })
      return this.#undo({ ...handle, phase: 'undoing', stack: left.StackId, failure })
    }
    return this.#look({ ...handle, phase: 'working', stack })
  }

  async #update(handle: StackHandle, request: EngineRequest, stack: Stack | undefined): Promise<EngineProgress> {
    if (!stack) return handle.changeSet ? this.#execute(handle, stack) : this.#create(handle, request)
    const { begun, at } = await this.#beginning(handle, stack)
    if (begun) return this.#look(at)
    if (handle.changeSet) return this.#execute(handle, stack)
    if (isBusy(stack.StackStatus)) return this.#wait(handle, stack)
    if (isStillborn(stack.StackStatus)) return this.#clear(handle, stack)
    if (stack.StackStatus === 'UPDATE_ROLLBACK_FAILED') {
      await this.#api(handle).call('cloudformation', 'ContinueUpdateRollback', { StackName: stack.StackId })
      return this.#running({ ...handle, phase: 'mending', stack: stack.StackId })
    }
    return this.#change(at, stack, await this.#content(request, false))
  }

  /** bellhop:invokeEngine: the stack with other values for some of its parameters. */
  async #act(handle: StackHandle, request: EngineRequest, stack: Stack | undefined): Promise<EngineProgress> {
    const { name, parameters: given = {} } = request.action ?? {}
    if (name !== 'UpdateStack') {
      return this.#failed(handle, `CloudFormation stacks have the action UpdateStack, not ${name}.`)
    }
    if (!stack) return this.#failed(handle, `The stack ${handle.stack} is no longer there.`)
    const { begun, at } = await this.#beginning(handle, stack)
    if (begun) return this.#look(at, async () => request)
    if (isBusy(stack.StackStatus)) return this.#wait(handle, stack)
    const known = (stack.Parameters ?? []).map(({ ParameterKey }) => ParameterKey)
    const strange = Object.keys(given).filter(key => !known.includes(key))
    if (strange.length > 0) {
      return this.#failed(handle, `The stack ${stack.StackName} has no parameters [${strange.join(', ')}].`)
    }
    const Parameters = known.map(key =>
      Object.hasOwn(given, key)
        ? { ParameterKey: key, ParameterValue: asText(given[key]) }
        : { ParameterKey: key, UsePreviousValue: true },
    )
    const content = { UsePreviousTemplate: true, Parameters, Capabilities: capabilities }
    return this.#change(at, stack, content, async () => request)
  }

  async #change(handle: StackHandle, stack: Stack, content: object, source?: RequestSource): Promise<EngineProgress> {
    try {
      const asked = { ...content, StackName: stack.StackId, ClientRequestToken: handle.token }
      await this.#api(handle).call('cloudformation', 'UpdateStack', asked)
    } catch (error) {
      const unchanged = !isPassing(error) && isNoChange(failureText(error))
      if (unchanged && this.#options.unchangedUpdates === 'succeed') return this.#succeeded(handle, stack, source)
      throw error
    }
    return this.#look({ ...handle, phase: 'working' }, source)
  }

  async #terminate(handle: StackHandle, stack: Stack | undefined): Promise<EngineProgress> {
    if (!stack) return { state: 'succeeded', outputs: [], resources: [] }
    const { begun, at } = await this.#beginning(handle, stack)
    if (!begun) {
      // What is being created can be deleted at once, what is being updated cannot.
      if (isBusy(stack.StackStatus) && stack.StackStatus.startsWith('UPDATE')) return this.#wait(handle, stack)
      const asked = { StackName: stack.StackId, ClientRequestToken: handle.token }
      await this.#api(handle).call('cloudformation', 'DeleteStack', asked)
    }
    return this.#look({ ...at, phase: 'working' })
  }

  /** Whether this very work has begun already, before a crash; and the handle, which knows the last event before it. */
  async #beginning(handle: StackHandle, stack: Stack): Promise<{ begun: boolean; at: StackHandle }> {
    const newest = await newestEvents(this.#api(handle), stack.StackId)
    const begun = newest.some(({ ClientRequestToken }) => ClientRequestToken === handle.token)
    const before = newest.find(({ ClientRequestToken }) => ClientRequestToken !== handle.token)?.EventId
    const at = { ...handle, stack: stack.StackId, since: before, before }
    return { begun, at: begun ? { ...at, phase: 'working' } : at }
  }

  /** Somebody else's work, or that of ours which was told to stop, comes to its end first. */
  #wait(handle: StackHandle, stack: Stack): EngineProgress {
    return this.#running({ ...handle, phase: 'waiting', stack: stack.StackId })
  }

  async #clear(handle: StackHandle, stack: Stack): Promise<EngineProgress> {
    await this.#api(handle).call('cloudformation', 'DeleteStack', { StackName: stack.StackId })
    return this.#running({ ...handle, phase: 'clearing', stack: stack.StackId })
  }

  /** Waits for what stands in the way, then asks again. */
  async #prepare(handle: StackHandle, source: RequestSource): Promise<EngineProgress> {
    const stack = await describeStack(this.#api(handle), handle.stack)
    if (stack && isBusy(stack.StackStatus)) return this.#running(handle)
    const failed = stack?.StackStatus === 'DELETE_FAILED' || stack?.StackStatus === 'UPDATE_ROLLBACK_FAILED'
    if (stack && failed && handle.phase !== 'waiting') {
      return this.#ended(await this.#withEvents(handle), stack)
    }
    return this.#ask({ ...handle, phase: 'asking' }, source)
  }

  async #look(handle: StackHandle, source?: RequestSource): Promise<EngineProgress> {
    const stack = await describeStack(this.#api(handle), handle.stack)
    if (!stack) {
      if (handle.work === 'terminate') return { state: 'succeeded', outputs: [], resources: [] }
      return this.#failed(handle, `The stack ${handle.stack} is no longer there.`)
    }
    const seen = await this.#withEvents({ ...handle, phase: 'working' })
    switch (standingOf(handle.work, stack.StackStatus)) {
      case 'working':
        return this.#running(seen)
      case 'undoing':
        return { ...this.#running(seen), inError: true }
      case 'done':
        return this.#hasBegun(seen) ? this.#succeeded(seen, stack, source) : this.#running(seen)
      case 'undone':
      case 'broken':
        return this.#hasBegun(seen) ? this.#ended(seen, stack) : this.#running(seen)
    }
  }

  /** A stack may show its old status for a moment after an update was taken up; its events tell. */
  #hasBegun({ since, before, startedAt }: StackHandle): boolean {
    return since !== before || this.#options.now() - startedAt > longestUntilEvents
  }

  async #withEvents(handle: StackHandle): Promise<StackHandle> {
    return withEvents(handle, await eventsSince(this.#api(handle), handle.stack, handle.since))
  }

  async #undo(handle: StackHandle): Promise<EngineProgress> {
    const stack = await describeStack(this.#api(handle), handle.stack)
    const failure = handle.failure ?? 'The stack could not be created.'
    if (!stack) return this.#failed(handle, failure)
    if (stack.StackStatus === 'DELETE_FAILED') {
      return this.#failed(handle, `${failure} What had been begun could not be removed: stack ${stack.StackName}.`)
    }
    return { ...this.#running(handle), inError: true }
  }

  async #plan(handle: StackHandle, request: EngineRequest, stack: Stack | undefined): Promise<EngineProgress> {
    const api = this.#api(handle)
    const type = !stack || stack.StackStatus === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE'
    const named = { StackName: stack?.StackName ?? productName(request), ChangeSetName: `SC-${request.recordId}` }
    const content = await this.#content(request, type === 'CREATE')
    let answer: AwsResponse
    try {
      const asked = { ...named, ...content, ChangeSetType: type, ClientToken: handle.token }
      answer = await api.call('cloudformation', 'CreateChangeSet', asked)
    } catch (error) {
      const unchanged = !isPassing(error) && isNoChange(failureText(error))
      if (unchanged && this.#options.unchangedUpdates === 'succeed')
        return { state: 'succeeded', outputs: [], changes: [] }
      // Made before a crash, or by a try whose answer was lost: it has this plan's own name.
      if (!(error instanceof AwsApiError) || error.code !== 'AlreadyExistsException') throw error
      const { ChangeSetId, StackId } = await api.call('cloudformation', 'DescribeChangeSet', named)
      answer = { Id: ChangeSetId, StackId }
    }
    const changeSet: ChangeSet = { arn: answer['Id'] as string, stack: answer['StackId'] as string, type }
    return this.#lookAtPlan({ ...handle, phase: 'working', stack: changeSet.stack, changeSet })
  }

  async #lookAtPlan(handle: StackHandle): Promise<EngineProgress> {
    const api = this.#api(handle)
    const changeSet = handle.changeSet!
    const { Status, StatusReason, changes } = await describeChangeSet(api, changeSet.arn)
    if (/_(?:PENDING|IN_PROGRESS)$/.test(Status)) return this.#running(handle)
    if (Status === 'CREATE_COMPLETE') return { state: 'succeeded', outputs: [], changes, planned: changeSet }
    // Nobody will execute it.
    await this.#dropChangeSet(api, changeSet)
    const reason = StatusReason ?? `The change set ended as ${Status}.`
    if (isNoChange(reason) && this.#options.unchangedUpdates === 'succeed') {
      return { state: 'succeeded', outputs: [], changes: [] }
    }
    return this.#failed(handle, reason)
  }

  async #execute(handle: StackHandle, stack: Stack | undefined): Promise<EngineProgress> {
    if (!stack) return this.#failed(handle, 'The stack that the plan was made for is no longer there.')
    const { begun, at } = await this.#beginning(handle, stack)
    if (!begun) {
      const asked = { ChangeSetName: handle.changeSet!.arn, ClientRequestToken: handle.token }
      await this.#api(handle).call('cloudformation', 'ExecuteChangeSet', asked)
    }
    return this.#look({ ...at, phase: 'working' })
  }

  /** A stack that was only planned goes with its change set. */
  async #dropChangeSet(api: AwsApi, { arn, stack, type }: ChangeSet): Promise<void> {
    try {
      await api.call('cloudformation', 'DeleteChangeSet', { ChangeSetName: arn })
    } catch (error) {
      if (!isNoStack(error) && (error as AwsApiError).code !== 'ChangeSetNotFound') throw error
    }
    if (type === 'UPDATE') return
    const planned = await describeStack(api, stack)
    if (planned?.StackStatus !== 'REVIEW_IN_PROGRESS') return
    await api.call('cloudformation', 'DeleteStack', { StackName: stack })
  }

  /** What a stack is made from, as CloudFormation takes it. Throws ArtifactError. */
  async #content(request: EngineRequest, isNew: boolean) {
    const { artifact, region, parameters, tags, notificationArns = [] } = request
    const template = await this.#templates.read(artifact.path, identityOf(request))
    return {
      ...(await this.#templates.argument(template, artifact.path, region)),
      Parameters: stackParameters(template, parameters, { isNew }),
      Tags: stackTags(tags),
      NotificationARNs: notificationArns,
      Capabilities: capabilities,
    }
  }

  #running(handle: StackHandle): EngineProgress & { readonly state: 'running' } {
    const now = this.#options.now()
    const pause = Math.max(shortestLook, Math.min(longestLook, (now - handle.startedAt) / 10))
    return { state: 'running', handle, wakeAt: now + Math.round(pause), progress: handle.progress }
  }

  async #succeeded(handle: StackHandle, stack: Stack, source?: RequestSource): Promise<EngineProgress> {
    const outputs = stackOutputs(stack)
    const resources = await stackResources(this.#api(handle), stack.StackId)
    if (handle.work !== 'action') return { state: 'succeeded', outputs, resources }
    const request = await source?.()
    const given = Object.entries(request?.action?.parameters ?? {}).map(([key, value]) => [key, asText(value)])
    const { StackId, StackStatus } = stack
    return {
      state: 'succeeded',
      outputs,
      resources,
      parameters: { ...request?.parameters, ...Object.fromEntries(given) },
      response: { StackId, StackStatus },
    }
  }

  /** The stack came to rest, and not where it should. */
  async #ended(handle: StackHandle, stack: Stack): Promise<EngineProgress> {
    const { StackName, StackStatus, StackStatusReason } = stack
    const standing = standingOf(handle.work, StackStatus)
    const reasons =
      handle.reasons.map(({ text }) => text).join('; ') || StackStatusReason || 'CloudFormation says no more'
    const message = `The CloudFormation stack ${StackName} ended as ${StackStatus}: ${reasons}`
    const failed = this.#failed(handle, message)
    const isBroken = standing === 'broken'
    return {
      ...failed,
      remediated: standing === 'undone',
      // After a deletion that failed the rest may well run on.
      broken: isBroken && handle.work !== 'terminate',
      ...(handle.work === 'provision' && { outputs: stackOutputs({ StackId: stack.StackId }) }),
      ...(isBroken && { resources: await stackResources(this.#api(handle), stack.StackId) }),
    }
  }

  #failed({ reasons }: StackHandle, message: string): EngineProgress & { readonly state: 'failed' } {
    if (reasons.length === 0) return { state: 'failed', message }
    const errors = reasons.map(({ status, text }) => ({ Code: status, Description: `CloudFormation: ${text}` }))
    return { state: 'failed', message, errors }
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(',') : JSON.stringify(value)
}
