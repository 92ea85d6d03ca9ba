import { createHash } from 'node:crypto'
import { type AwsApi, AwsApiError, type AwsIdentity } from '../../aws/api.ts'
import type { ProductResource } from '../../catalog/entities.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { RecordError, RecordOutput } from '../../model/generated/servicecatalog.ts'
import { failureText, isPassing } from '../cloudformation/failures.ts'
import { productName } from '../cloudformation/names.ts'
import { pages } from '../cloudformation/pages.ts'
import { capabilities, stackSetTags } from '../cloudformation/tags.ts'
import { stackParameters, templateParameters } from '../cloudformation/template-parameters.ts'
import { identityOf, type TemplateOptions, Templates } from '../cloudformation/templates.ts'
import type { Engine, EngineProgress, EngineRequest, RequestSource } from '../engine.ts'
import { operationsFor, type Places, type SetOperation } from './operations.ts'

export interface CfnStackSetOptions extends TemplateOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls that may fail one after the other before the work is given up. The default is some eight minutes' worth. */
  readonly mostFailures?: number
}

const shortestLook = 500
const longestLook = 10_000
const defaultMostFailures = 12
const longestPause = 60_000
const mostProgress = 20

/** What the API's ListStackInstancesForProvisionedProduct reads: physical id ACCOUNT/REGION. */
const instanceType = 'AWS::CloudFormation::StackInstance'

interface StackSetHandle {
  readonly identity: AwsIdentity
  readonly work: EngineRequest['work']
  readonly name: string
  readonly token: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** What is to be done; undefined: not decided yet. */
  readonly operations?: readonly SetOperation[]
  /** Which of them is in hand. */
  readonly at: number
  /** CloudFormation's id of it, once it has taken it up. */
  readonly operationId?: string
  readonly progress: readonly string[]
  readonly failures: number
}

/**
 * CloudFormation stack sets: a set and its instances in the accounts and regions that the request names, within those of
 * the STACKSET constraint, whose roles make them. Each of CloudFormation's operations has an id made from the work's token,
 * so that one which was begun before a crash is found again.
 */
export class CfnStackSetEngine implements Engine {
  readonly #options: CfnStackSetOptions
  readonly #templates: Templates

  constructor(options: CfnStackSetOptions) {
    this.#options = options
    this.#templates = new Templates(options)
  }

  async parameters(...[artifact, product]: Parameters<Engine['parameters']>) {
    const { accountId = '', region = 'us-east-1' } = product?.scope ?? {}
    return templateParameters(
      await this.#templates.read(artifact.path, { accountId, region, sessionName: artifact.id }),
    )
  }

  start(request: EngineRequest): Promise<EngineProgress> {
    const handle: StackSetHandle = {
      identity: identityOf(request),
      work: request.work,
      name: productName(request),
      token: request.token,
      startedAt: this.#options.now(),
      at: 0,
      progress: [],
      failures: 0,
    }
    return this.#advance(handle, async () => request)
  }

  poll(handle: unknown, _signals: readonly Signal[], request?: RequestSource): Promise<EngineProgress> {
    return this.#advance(handle as StackSetHandle, request ?? (async () => undefined))
  }

  async cancel(handle: unknown): Promise<void> {
    const { name, operationId } = handle as StackSetHandle
    if (operationId === undefined) return
    const asked = { StackSetName: name, OperationId: operationId }
    await this.#api(handle as StackSetHandle).call('cloudformation', 'StopStackSetOperation', asked)
  }

  #api({ identity }: StackSetHandle): AwsApi {
    return this.#options.aws.as(identity)
  }

  async #advance(handle: StackSetHandle, source: RequestSource): Promise<EngineProgress> {
    try {
      const request = await source()
      if (!request) return { state: 'failed', message: 'The provisioned product is no longer there.' }
      return await this.#step({ ...handle, failures: 0 }, request)
    } catch (error) {
      const message = failureText(error)
      if (!isPassing(error)) return failed(message)
      const failures = handle.failures + 1
      if (failures > (this.#options.mostFailures ?? defaultMostFailures)) {
        return failed(`${message}; given up after ${failures} attempts`)
      }
      const wakeAt = this.#options.now() + Math.min(longestPause, shortestLook * 2 ** failures)
      return { ...this.#running(this.#note({ ...handle, failures }, message)), wakeAt }
    }
  }

  /** Goes as far as it can at once: to the next operation that takes time, or to the end. */
  async #step(given: StackSetHandle, request: EngineRequest): Promise<EngineProgress> {
    let handle = given
    if (!handle.operations) {
      const { name, parameters = {} } = request.action ?? {}
      if (request.work === 'action' && name !== 'UpdateStackSet') {
        return failed(`CloudFormation stack sets have the action UpdateStackSet, not ${name}.`)
      }
      const strange = Object.keys(parameters).filter(key => !Object.hasOwn(request.parameters, key))
      if (strange.length > 0) return failed(`The stack set has no parameters [${strange.join(', ')}].`)
      const there = await this.#instances(handle)
      const places = there?.map(({ physicalId }) => placeOf(physicalId))
      handle = { ...handle, operations: operationsFor(request, places) }
    }
    for (;;) {
      const operation = handle.operations![handle.at]
      if (!operation) return this.#succeeded(handle, request)
      if (handle.operationId === undefined) {
        const begun = await this.#begin(handle, operation, request)
        handle = begun === undefined ? { ...handle, at: handle.at + 1 } : { ...handle, operationId: begun }
        handle = this.#note(handle, `${operation.kind}${placesText(operation)}`)
        continue
      }
      const status = await this.#statusOf(handle)
      if (status === 'SUCCEEDED') {
        const { operationId: _, ...rest } = handle
        handle = { ...rest, at: handle.at + 1 }
      } else if (status === 'FAILED' || status === 'STOPPED') return this.#ended(handle, operation, status)
      else return { ...this.#running(handle), inError: status === 'STOPPING' }
    }
  }

  /** Asks for an operation; answers its id, or undefined when it is done already. Throws AwsApiError and ArtifactError. */
  async #begin(handle: StackSetHandle, operation: SetOperation, request: EngineRequest): Promise<string | undefined> {
    const api = this.#api(handle)
    const named = { StackSetName: handle.name }
    switch (operation.kind) {
      case 'CreateStackSet': {
        const asked = { ...named, ...(await this.#content(request, true)), ClientRequestToken: handle.token }
        await api.call('cloudformation', 'CreateStackSet', asked).catch(unless('NameAlreadyExistsException'))
        return undefined
      }
      case 'DeleteStackSet':
        await api.call('cloudformation', 'DeleteStackSet', named).catch(unless('StackSetNotFoundException'))
        return undefined
    }
    const OperationId = operationIdOf(handle.token, operation)
    if ((await this.#operation(handle, OperationId)) !== undefined) return OperationId
    const asked = { ...named, OperationId, OperationPreferences: pace(request) }
    const where = operation.places && { Accounts: operation.places.accounts, Regions: operation.places.regions }
    switch (operation.kind) {
      case 'UpdateStackSet': {
        const content = operation.keepTemplate ? await this.#keptContent(request) : await this.#content(request, false)
        const answer = await api.call('cloudformation', 'UpdateStackSet', { ...asked, ...content, ...where })
        return answer['OperationId'] as string
      }
      case 'CreateStackInstances': {
        const answer = await api.call('cloudformation', 'CreateStackInstances', { ...asked, ...where })
        return answer['OperationId'] as string
      }
      case 'DeleteStackInstances': {
        const wanted = { ...asked, ...where, RetainStacks: false }
        const answer = await api.call('cloudformation', 'DeleteStackInstances', wanted)
        return answer['OperationId'] as string
      }
    }
  }

  async #content(request: EngineRequest, isNew: boolean) {
    const { artifact, region, parameters, tags } = request
    const template = await this.#templates.read(artifact.path, identityOf(request))
    return {
      ...(await this.#templates.argument(template, artifact.path, region)),
      Parameters: stackParameters(template, parameters, { isNew }),
      Tags: stackSetTags(tags),
      Capabilities: capabilities,
      ...roles(request),
    }
  }

  /** bellhop:invokeEngine: the template that is there, with other values for some of its parameters. */
  async #keptContent(request: EngineRequest) {
    const Parameters = Object.entries(changedParameters(request)).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }))
    return { UsePreviousTemplate: true, Parameters, Capabilities: capabilities, ...roles(request) }
  }

  async #statusOf(handle: StackSetHandle): Promise<string | undefined> {
    return this.#operation(handle, handle.operationId!)
  }

  /** An operation's status; undefined when CloudFormation does not know it. */
  async #operation({ name, ...handle }: StackSetHandle, OperationId: string): Promise<string | undefined> {
    try {
      const asked = { StackSetName: name, OperationId }
      const answer = await this.#api({ name, ...handle }).call('cloudformation', 'DescribeStackSetOperation', asked)
      return (answer['StackSetOperation'] as { Status: string } | undefined)?.Status
    } catch (error) {
      const unknown = error instanceof AwsApiError && /^(?:OperationNotFound|StackSetNotFound)/.test(error.code)
      // moto says it so.
      if (unknown || (error instanceof AwsApiError && /does not exist|not found/.test(error.message))) return undefined
      throw error
    }
  }

  /** The set's instances and their stacks; undefined when there is no such set. Throws AwsApiError. */
  async #instances(handle: StackSetHandle): Promise<readonly ProductResource[] | undefined> {
    interface Summary {
      readonly Account: string
      readonly Region: string
      readonly Status?: string
    }
    const api = this.#api(handle)
    const found: ProductResource[] = []
    try {
      const asked = { StackSetName: handle.name }
      const { StackSet } = await api.call('cloudformation', 'DescribeStackSet', asked)
      if ((StackSet as { Status?: string } | undefined)?.Status === 'DELETED') return undefined
      for await (const page of pages<Summary>(api, 'ListStackInstances', asked, 'Summaries')) {
        for (const { Account, Region, Status } of page) {
          found.push({ type: instanceType, physicalId: `${Account}/${Region}`, status: Status })
        }
      }
      return found
    } catch (error) {
      if (error instanceof AwsApiError && /^StackSetNotFound/.test(error.code)) return undefined
      throw error
    }
  }

  async #succeeded(handle: StackSetHandle, request: EngineRequest): Promise<EngineProgress> {
    if (handle.work === 'terminate') return { state: 'succeeded', outputs: [], resources: [] }
    const outputs = await this.#outputs(handle)
    const resources = (await this.#instances(handle)) ?? []
    if (handle.work !== 'action') return { state: 'succeeded', outputs, resources }
    const response = { StackSetName: handle.name, Instances: resources.length }
    return { state: 'succeeded', outputs, resources, parameters: changedParameters(request), response }
  }

  async #outputs(handle: StackSetHandle): Promise<readonly RecordOutput[]> {
    const answer = await this.#api(handle).call('cloudformation', 'DescribeStackSet', { StackSetName: handle.name })
    const { StackSetARN } = (answer['StackSet'] ?? {}) as { StackSetARN?: string }
    return [
      {
        OutputKey: 'StackSetARN',
        OutputValue: StackSetARN,
        Description: 'The ARN of the launched Cloudformation StackSet',
      },
    ]
  }

  /** An operation did not succeed: what became of each instance is the reason. */
  async #ended(handle: StackSetHandle, operation: SetOperation, status: string): Promise<EngineProgress> {
    interface Result {
      readonly Account: string
      readonly Region: string
      readonly Status: string
      readonly StatusReason?: string
    }
    const errors: RecordError[] = []
    const asked = { StackSetName: handle.name, OperationId: handle.operationId }
    for await (const page of pages<Result>(this.#api(handle), 'ListStackSetOperationResults', asked, 'Summaries')) {
      for (const { Account, Region, Status, StatusReason } of page) {
        if (Status !== 'FAILED') continue
        errors.push({
          Code: Status,
          Description: `CloudFormation: ${Account} ${Region}: ${StatusReason ?? 'no reason is given'}`,
        })
      }
    }
    const message = `${operation.kind} of the CloudFormation stack set ${handle.name} ended as ${status}`
    return {
      ...failed(message),
      ...(errors.length > 0 && { errors: errors.slice(0, 20) }),
      ...(handle.work === 'provision' && { outputs: await this.#outputs(handle) }),
      resources: await this.#instances(handle),
    }
  }

  #note(handle: StackSetHandle, text: string): StackSetHandle {
    const line = `${new Date(this.#options.now()).toISOString()} ${text}`
    return { ...handle, progress: [...handle.progress, line].slice(-mostProgress) }
  }

  #running(handle: StackSetHandle): EngineProgress & { readonly state: 'running' } {
    const now = this.#options.now()
    const pause = Math.max(shortestLook, Math.min(longestLook, (now - handle.startedAt) / 10))
    return { state: 'running', handle, wakeAt: now + Math.round(pause), progress: handle.progress }
  }
}

function failed(message: string): EngineProgress & { readonly state: 'failed' } {
  return { state: 'failed', message }
}

/** The same for the same operation of one piece of work, wherever it stands in the order. */
function operationIdOf(token: string, operation: SetOperation): string {
  const digest = createHash('sha256').update(JSON.stringify(operation)).digest('hex')
  return `${token}-${digest.slice(0, 12)}`
}

/** For `catch`: lets the error of that code pass as done. */
function unless(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof AwsApiError && error.code === code) return undefined
    throw error
  }
}

function roles({ stackSetRoles }: EngineRequest) {
  return {
    AdministrationRoleARN: stackSetRoles?.adminRoleArn,
    ExecutionRoleName: stackSetRoles?.executionRoleName,
  }
}

function changedParameters({ parameters, action }: EngineRequest): Readonly<Record<string, string>> {
  const given = Object.entries(action?.parameters ?? {}).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return { ...parameters, ...Object.fromEntries(given) }
}

/** How fast, and with how many failures, CloudFormation may go over the instances. */
function pace({ provisioningPreferences: preferences = {} }: EngineRequest) {
  return {
    FailureToleranceCount: preferences.StackSetFailureToleranceCount,
    FailureTolerancePercentage: preferences.StackSetFailureTolerancePercentage,
    MaxConcurrentCount: preferences.StackSetMaxConcurrencyCount,
    MaxConcurrentPercentage: preferences.StackSetMaxConcurrencyPercentage,
  }
}

function placeOf(physicalId: string): { account: string; region: string } {
  const [account = '', region = ''] = physicalId.split('/')
  return { account, region }
}

function placesText(operation: SetOperation): string {
  const places: Places | undefined = 'places' in operation ? operation.places : undefined
  return places ? ` ${places.accounts.join(',')} in ${places.regions.join(',')}` : ''
}
