import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A type of resource that really does something. */
export type ResourceType = (
  work: 'create' | 'update' | 'delete',
  properties: Readonly<Record<string, string>>,
) => /** Looked at until it is done. */ () => 'working' | 'done' | { readonly failed: string }

interface Options {
  /** Types of resources besides those that only say what becomes of them. */
  readonly types?: Readonly<Record<string, ResourceType>>
  /** How many steps a look moves a stack on. */
  readonly stepsPerLook?: number
}

/**
 * CloudFormation as a contract: its query wire, and what moto lacks of it: work that takes time, events of every resource,
 * rollbacks, tokens, deletions and updates that fail. Time is looks: each DescribeStacks moves a stack one step on.
 *
 * What a resource does, its Properties say: `Fail` (created), `FailUpdate`, `FailRollback` (of an update), `FailDelete`:
 * the reason. STS is here too; a role whose name begins with Refused cannot be assumed.
 */
export class CloudFormation {
  readonly #server: Server
  readonly #stacks = new Map<string, Stack>()
  readonly #changeSets = new Map<string, ChangeSet>()
  readonly #sets = new Map<string, StackSet>()
  readonly #faults = new Map<string, Fault[]>()
  readonly #options: Options
  #count = 0
  /** What was asked, in order. */
  readonly calls: { readonly operation: string; readonly parameters: Parameters; readonly key: string }[] = []

  private constructor(options: Options) {
    this.#options = options
    this.#server = createServer((request, response) => {
      void bodyOf(request).then(body => {
        const answer = this.#answer(new URLSearchParams(body), keyOf(request))
        response.writeHead(answer.status, { 'Content-Type': answer.type ?? 'text/xml' }).end(answer.body)
      })
    })
  }

  static async start(options: Options = {}): Promise<CloudFormation> {
    const made = new CloudFormation(options)
    await new Promise<void>(done => made.#server.listen(0, '127.0.0.1', done))
    return made
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(done => this.#server.close(done))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The next so many calls of an operation are answered like this; `after`: they take effect nevertheless. */
  fault(
    operation: string,
    answer: { readonly status: number; readonly body: string; readonly type?: string; readonly after?: boolean },
    times = 1,
  ): void {
    this.#faults.set(operation, [...(this.#faults.get(operation) ?? []), ...Array(times).fill(answer)])
  }

  /** No more faults. */
  heal(): void {
    this.#faults.clear()
  }

  /** The stack of that name that is there, or was last. */
  stack(
    name: string,
  ): { readonly status: string; readonly resources: readonly string[]; readonly tags: readonly unknown[] } | undefined {
    const found = [...this.#stacks.values()].findLast(stack => stack.name === name)
    return found && { status: found.status, resources: [...found.resources.keys()], tags: found.tags }
  }

  called(operation: string): number {
    return this.calls.filter(call => call.operation === operation).length
  }

  /** A stack that somebody made by hand. */
  make(
    name: string,
    template: object,
    status = 'CREATE_COMPLETE',
    parameters: Readonly<Record<string, string>> = {},
  ): string {
    const stack = this.#new(name, { StackName: name, TemplateBody: JSON.stringify(template) }, status)
    stack.parameters = parameters
    for (const [logicalId, resource] of Object.entries((template as Template).Resources))
      stack.resources.set(logicalId, resource)
    this.#event(stack, status)
    return stack.id
  }

  #answer(query: URLSearchParams, key: string): Answer {
    const operation = query.get('Action') ?? ''
    const parameters = nested(query)
    this.calls.push({ operation, parameters, key })
    const fault = this.#faults.get(operation)?.shift()
    if (fault && !fault.after) return fault
    try {
      const result = this.#perform(operation, parameters)
      if (fault) return fault
      return {
        status: 200,
        body: `<${operation}Response><${operation}Result>${xml(result)}</${operation}Result></${operation}Response>`,
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return errorAnswer(error.code, error.message, error.status)
    }
  }

  #perform(operation: string, given: Parameters): object {
    switch (operation) {
      case 'AssumeRole': {
        const role = String(given['RoleArn'])
        if (role.includes('role/Refused')) {
          throw new Refused(
            'AccessDenied',
            `User is not authorized to perform: sts:AssumeRole on resource: ${role}`,
            403,
          )
        }
        const Expiration = new Date(Date.now() + 3_600_000).toISOString()
        return {
          Credentials: {
            AccessKeyId: `ASIA${role.split('/').at(-1)}`,
            SecretAccessKey: 's',
            SessionToken: 't',
            Expiration,
          },
        }
      }
      case 'CreateStack': {
        const there = this.#named(given['StackName'] as string)
        if (there && there.status !== 'DELETE_COMPLETE') {
          if (there.token === given['ClientRequestToken']) return { StackId: there.id }
          throw new Refused('AlreadyExistsException', `Stack [${there.name}] already exists`)
        }
        const stack = this.#new(given['StackName'] as string, given, 'CREATE_IN_PROGRESS')
        stack.work = this.#create(stack)
        return { StackId: stack.id }
      }
      case 'UpdateStack': {
        const stack = this.#require(given['StackName'])
        if (stack.token === given['ClientRequestToken']) return { StackId: stack.id }
        if (!/^(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(stack.status)) {
          throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`)
        }
        const next = this.#asked(stack, given)
        if (same(stack, next)) throw invalid('No updates are to be performed.')
        stack.token = given['ClientRequestToken'] as string
        stack.status = 'UPDATE_IN_PROGRESS'
        stack.cancelled = false
        stack.work = this.#update(stack, next)
        return { StackId: stack.id }
      }
      case 'DeleteStack': {
        const stack = this.#find(given['StackName'] as string)
        if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {}
        stack.token = given['ClientRequestToken'] as string
        stack.work = this.#delete(stack)
        return {}
      }
      case 'CancelUpdateStack': {
        const stack = this.#require(given['StackName'])
        if (stack.status !== 'UPDATE_IN_PROGRESS') {
          throw invalid(`CancelUpdateStack cannot be called from current stack status: ${stack.status}`)
        }
        stack.cancelled = true
        return {}
      }
      case 'ContinueUpdateRollback': {
        const stack = this.#require(given['StackName'])
        stack.work = this.#steps(stack, ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'])
        return {}
      }
      case 'DescribeStacks': {
        const stack = this.#require(given['StackName'])
        for (let step = 0; step < (this.#options.stepsPerLook ?? 1) && stack.work; step += 1) moveOn(stack)
        return { Stacks: [shown(stack)] }
      }
      case 'DescribeStackEvents': {
        const { events } = this.#require(given['StackName'])
        // Pages of five, newest first.
        const from = Number(given['NextToken'] ?? 0)
        const newest = events.toReversed()
        const next = from + 5 < newest.length ? { NextToken: String(from + 5) } : {}
        return { StackEvents: newest.slice(from, from + 5), ...next }
      }
      case 'ListStackResources': {
        const { resources, name } = this.#require(given['StackName'])
        return {
          StackResourceSummaries: [...resources].map(([LogicalResourceId, { Type }]) => ({
            LogicalResourceId,
            PhysicalResourceId: `${name}-${LogicalResourceId}`,
            ResourceType: Type,
            ResourceStatus: 'CREATE_COMPLETE',
          })),
        }
      }
      case 'GetTemplate':
        return { TemplateBody: JSON.stringify(this.#require(given['StackName']).template) }
      case 'CreateChangeSet':
        return this.#plan(given)
      case 'DescribeChangeSet': {
        const set = this.#changeSet(given['ChangeSetName'] as string)
        const [status] = set.statuses.length > 1 ? set.statuses.splice(0, 1) : set.statuses
        return {
          ChangeSetId: set.id,
          StackId: set.stack.id,
          Status: status,
          StatusReason: set.reason,
          Changes: status === 'CREATE_COMPLETE' ? set.changes : [],
        }
      }
      case 'ExecuteChangeSet': {
        const { stack, next, id } = this.#changeSet(given['ChangeSetName'] as string)
        this.#changeSets.delete(id)
        const isNew = stack.status === 'REVIEW_IN_PROGRESS'
        Object.assign(stack, { token: given['ClientRequestToken'] }, isNew ? next : {})
        // The status shows it a look later, as on AWS.
        stack.work = isNew ? this.#create(stack) : this.#update(stack, next, true)
        return {}
      }
      case 'DeleteChangeSet':
        this.#changeSets.delete(this.#changeSet(given['ChangeSetName'] as string).id)
        return {}
      default:
        return this.#performOnSet(operation, given)
    }
  }

  /** Operations on stack sets take three looks or more; in the account 999999999999 they fail. */
  #performOnSet(operation: string, given: Parameters): object {
    const name = given['StackSetName'] as string
    if (operation === 'CreateStackSet') {
      if (this.#sets.has(name)) throw new Refused('NameAlreadyExistsException', `${name} exists`, 409)
      const template = this.#new(`${name}-template`, given, 'CREATE_COMPLETE')
      this.#sets.set(name, { template, instances: new Map(), operations: new Map() })
      return { StackSetId: `${name}:1` }
    }
    const set = this.#sets.get(name)
    if (!set) throw new Refused('StackSetNotFoundException', `StackSet ${name} not found`, 404)
    // What was told to stop stops without being looked at.
    for (const operation of set.operations.values()) if (operation.stopping) this.#lookAtSet(set, operation)
    const accounts = Object.values((given['Accounts'] ?? {}) as Readonly<Record<string, string>>)
    const regions = Object.values((given['Regions'] ?? {}) as Readonly<Record<string, string>>)
    const places = accounts.flatMap(account => regions.map(region => `${account}/${region}`))
    const id = given['OperationId'] as string
    switch (operation) {
      case 'DescribeStackSet':
        return {
          StackSet: {
            StackSetName: name,
            Status: 'ACTIVE',
            StackSetARN: `arn:aws:cloudformation:us-east-1:123456789012:stackset/${name}:1`,
          },
        }
      case 'CreateStackInstances':
      case 'UpdateStackSet':
      case 'DeleteStackInstances':
        if ([...set.operations.values()].some(({ ended }) => !ended)) {
          throw new Refused('OperationInProgressException', 'Another operation is in progress', 409)
        }
        if (operation === 'UpdateStackSet') Object.assign(set.template, this.#asked(set.template, given))
        set.operations.set(id, {
          kind: operation,
          places: places.length > 0 ? places : [...set.instances.keys()],
          looks: 0,
          stacks: new Map(),
          reasons: new Map(),
        })
        return { OperationId: id }
      case 'StopStackSetOperation':
        set.operations.get(id)!.stopping = true
        return {}
      case 'DescribeStackSetOperation': {
        const found = set.operations.get(id)
        if (!found) throw new Refused('OperationNotFoundException', `Operation ${id} not found`, 404)
        this.#lookAtSet(set, found)
        const { looks, ended, stopping, reasons } = found
        const end = stopping ? 'STOPPED' : reasons.size > 0 ? 'FAILED' : 'SUCCEEDED'
        const Status = ended ? end : stopping ? 'STOPPING' : looks < 2 ? 'QUEUED' : 'RUNNING'
        return { StackSetOperation: { OperationId: id, Status } }
      }
      case 'ListStackSetOperationResults':
        return {
          Summaries: set.operations.get(id)!.places.map(place => {
            const [Account, Region] = place.split('/')
            const StatusReason = set.operations.get(id)!.reasons.get(place)
            return { Account, Region, Status: StatusReason ? 'FAILED' : 'SUCCEEDED', StatusReason }
          }),
        }
      case 'ListStackInstances':
        return {
          Summaries: [...set.instances].map(([place, { status: Status }]) => {
            const [Account, Region] = place.split('/')
            return { Account, Region, Status }
          }),
        }
      case 'DeleteStackSet':
        if (set.instances.size > 0) throw new Refused('StackSetNotEmptyException', `StackSet ${name} is not empty`, 409)
        this.#sets.delete(name)
        return {}
      default:
        throw new Refused('InvalidAction', `${operation} is not here.`)
    }
  }

  /** The stacks of an operation's places, moved on; the third look may be the last. */
  #lookAtSet(set: StackSet, operation: SetOperation): void {
    if (operation.ended) return
    const { kind, places, stacks, reasons } = operation
    operation.looks += 1
    for (const place of places) {
      if (isBad(place)) reasons.set(place, 'The execution role does not exist')
      else if (!stacks.has(place)) stacks.set(place, this.#begin(set, kind, place))
    }
    for (const stack of stacks.values()) {
      if (operation.stopping) stack.cancelled = true
      for (let step = 0; step < (this.#options.stepsPerLook ?? 1) && stack.work; step += 1) moveOn(stack)
    }
    if (operation.looks < 3 || [...stacks.values()].some(({ work }) => work)) return
    operation.ended = true
    for (const place of places) {
      const stack = stacks.get(place)
      if (stack && !/^(?:CREATE|UPDATE|DELETE)_COMPLETE$/.test(stack.status)) {
        const event = stack.events.find(({ ResourceStatus }) => ResourceStatus.endsWith('_FAILED'))
        reasons.set(place, `${event?.LogicalResourceId}: ${event?.ResourceStatusReason}`)
      }
      if (stack?.status === 'DELETE_COMPLETE') set.instances.delete(place)
      else if (stack || kind !== 'DeleteStackInstances') {
        set.instances.set(place, { status: reasons.has(place) ? 'OUTDATED' : 'CURRENT', stack })
      }
    }
  }

  /** A stack that was rolled back is made anew. */
  #begin(set: StackSet, kind: string, place: string): Stack {
    const there = set.instances.get(place)?.stack
    const isThere = there && !/^(?:ROLLBACK|DELETE)_COMPLETE$/.test(there.status)
    const stack = isThere
      ? there
      : this.#new(`StackSet-${place.replace('/', '-')}`, {}, 'CREATE_IN_PROGRESS', set.template)
    const { template, parameters, tags } = set.template
    stack.cancelled = false
    if (kind === 'DeleteStackInstances') stack.work = this.#delete(stack)
    else stack.work = isThere ? this.#update(stack, { template, parameters, tags }) : this.#create(stack)
    return stack
  }

  #plan(given: Parameters): object {
    const there = this.#find(given['StackName'] as string)
    const isNew = given['ChangeSetType'] === 'CREATE'
    const stack =
      there && there.status !== 'DELETE_COMPLETE'
        ? there
        : this.#new(given['StackName'] as string, given, 'REVIEW_IN_PROGRESS')
    const next = this.#asked(stack, given)
    const unchanged = !isNew && same(stack, next)
    this.#count += 1
    const id = `arn:aws:cloudformation:us-east-1:123456789012:changeSet/${given['ChangeSetName']}/${this.#count}`
    const before = new Set(isNew ? [] : stack.resources.keys())
    const changes = Object.entries(next.template.Resources).map(([LogicalResourceId, { Type: ResourceType }]) => ({
      Type: 'Resource',
      ResourceChange: before.has(LogicalResourceId)
        ? {
            Action: 'Modify',
            LogicalResourceId,
            PhysicalResourceId: `${stack.name}-${LogicalResourceId}`,
            ResourceType,
            Replacement: 'Conditional',
            Scope: ['Properties', 'UpdateReplacePolicy'],
            Details: [
              {
                Target: { Attribute: 'Properties', Name: 'Value', RequiresRecreation: 'Never' },
                Evaluation: 'Static',
                ChangeSource: 'ParameterReference',
                CausingEntity: 'Value',
              },
            ],
          }
        : { Action: 'Add', LogicalResourceId, ResourceType, Scope: [], Details: [] },
    }))
    const statuses = unchanged
      ? ['CREATE_IN_PROGRESS', 'FAILED']
      : ['CREATE_PENDING', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE']
    const reason = unchanged
      ? "The submitted information didn't contain changes. Submit different information to create a change set."
      : undefined
    this.#changeSets.set(id, { id, name: given['ChangeSetName'] as string, stack, next, changes, statuses, reason })
    return { Id: id, StackId: stack.id }
  }

  *#create(stack: Stack): Work {
    stack.status = 'CREATE_IN_PROGRESS'
    this.#event(stack, 'CREATE_IN_PROGRESS', 'User Initiated')
    yield
    let failed = false
    for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
      this.#event(stack, 'CREATE_IN_PROGRESS', undefined, logicalId)
      if (failed) {
        this.#event(stack, 'CREATE_FAILED', 'Resource creation cancelled', logicalId)
        continue
      }
      yield
      const reason = yield* this.#do('create', stack, resource, stack.parameters)
      if (reason) this.#event(stack, 'CREATE_FAILED', reason, logicalId)
      else {
        stack.resources.set(logicalId, resource)
        this.#event(stack, 'CREATE_COMPLETE', undefined, logicalId)
      }
      failed ||= reason !== undefined
    }
    if (failed) {
      this.#become(stack, 'ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create.')
      yield
      yield* this.#removeAll(stack, 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED')
    } else this.#become(stack, 'CREATE_COMPLETE')
  }

  *#update(stack: Stack, next: Content, late = false): Work {
    if (late) yield
    this.#become(stack, 'UPDATE_IN_PROGRESS', 'User Initiated')
    yield
    for (const [logicalId, resource] of Object.entries(next.template.Resources)) {
      const { Properties = {} } = resource
      this.#event(stack, 'UPDATE_IN_PROGRESS', undefined, logicalId)
      yield
      const reason = yield* this.#do('update', stack, resource, next.parameters, stack.resources.get(logicalId))
      if (!reason) {
        this.#event(stack, 'UPDATE_COMPLETE', undefined, logicalId)
        continue
      }
      this.#event(stack, 'UPDATE_FAILED', reason, logicalId)
      this.#become(stack, 'UPDATE_ROLLBACK_IN_PROGRESS')
      yield
      if (Properties.FailRollback) {
        this.#event(stack, 'UPDATE_FAILED', Properties.FailRollback, logicalId)
        this.#become(stack, 'UPDATE_ROLLBACK_FAILED')
        return
      }
      yield* this.#steps(stack, ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'])
      return
    }
    Object.assign(stack, next)
    stack.resources.clear()
    for (const [logicalId, resource] of Object.entries(next.template.Resources))
      stack.resources.set(logicalId, resource)
    yield* this.#steps(stack, ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'])
  }

  *#delete(stack: Stack): Work {
    this.#become(stack, 'DELETE_IN_PROGRESS', 'User Initiated')
    yield
    yield* this.#removeAll(stack, 'DELETE_COMPLETE', 'DELETE_FAILED')
  }

  *#removeAll(stack: Stack, done: string, failed: string): Work {
    let reason: string | undefined
    for (const [logicalId, resource] of [...stack.resources].reverse()) {
      this.#event(stack, 'DELETE_IN_PROGRESS', undefined, logicalId)
      yield
      const own = yield* this.#do('delete', stack, resource, stack.parameters)
      if (own) this.#event(stack, 'DELETE_FAILED', own, logicalId)
      else {
        stack.resources.delete(logicalId)
        this.#event(stack, 'DELETE_COMPLETE', undefined, logicalId)
      }
      reason ??= own
    }
    this.#become(stack, reason ? failed : done)
  }

  /** What a resource does; answers why it failed. A change that changes nothing of it does nothing. */
  *#do(
    work: 'create' | 'update' | 'delete',
    stack: Stack,
    resource: Resource,
    parameters: Content['parameters'],
    before?: Resource,
  ): Generator<undefined, string | undefined> {
    const { Type, Properties = {} } = resource
    const said = { create: Properties.Fail, update: Properties.FailUpdate, delete: Properties.FailDelete }[work]
    const type = this.#options.types?.[Type]
    if (!type) return said
    const properties = valuesOf(Properties, parameters)
    if (before && JSON.stringify(properties) === JSON.stringify(valuesOf(before.Properties ?? {}, stack.parameters))) {
      return undefined
    }
    const look = type(work, properties)
    for (;;) {
      if (stack.cancelled) return 'Resource update cancelled'
      const seen = look()
      if (seen === 'done') return undefined
      if (seen !== 'working') return seen.failed
      yield
    }
  }

  *#steps(stack: Stack, statuses: readonly string[]): Work {
    for (const [i, status] of statuses.entries()) {
      if (i > 0) yield
      this.#become(stack, status)
    }
  }

  #become(stack: Stack, status: string, reason?: string): void {
    stack.status = status
    stack.reason = reason
    this.#event(stack, status, reason)
  }

  #event(stack: Stack, ResourceStatus: string, ResourceStatusReason?: string, logicalId?: string): void {
    this.#count += 1
    stack.events.push({
      StackId: stack.id,
      StackName: stack.name,
      EventId: `event-${this.#count}`,
      LogicalResourceId: logicalId ?? stack.name,
      PhysicalResourceId: logicalId ? `${stack.name}-${logicalId}` : stack.id,
      ResourceType: logicalId
        ? (stack.template.Resources[logicalId]?.Type ?? 'Test::Resource')
        : 'AWS::CloudFormation::Stack',
      Timestamp: new Date(Date.UTC(2026, 0, 1) + this.#count * 1000).toISOString(),
      ResourceStatus,
      ResourceStatusReason,
      ClientRequestToken: stack.token,
    })
  }

  #new(name: string, given: Parameters, status: string, like?: Content): Stack {
    this.#count += 1
    const id = `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/${this.#count}`
    const stack: Stack = {
      id,
      name,
      status,
      token: given['ClientRequestToken'] as string | undefined,
      resources: new Map(),
      events: [],
      template: { Resources: {} },
      parameters: {},
      tags: [],
    }
    this.#stacks.set(id, stack)
    const { template, parameters, tags } = like ?? this.#asked(stack, given)
    Object.assign(stack, { template, parameters, tags })
    return stack
  }

  #asked(stack: Stack, given: Parameters): Content {
    const template =
      given['UsePreviousTemplate'] === 'true' ? stack.template : (JSON.parse(String(given['TemplateBody'])) as Template)
    const pairs = Object.values((given['Parameters'] ?? {}) as Readonly<Record<string, Parameters>>)
    const values = pairs.map(({ ParameterKey, ParameterValue, UsePreviousValue }) => [
      ParameterKey,
      UsePreviousValue ? stack.parameters[ParameterKey as string] : ParameterValue,
    ])
    return { template, parameters: Object.fromEntries(values), tags: Object.values((given['Tags'] ?? {}) as object) }
  }

  #named(name: string): Stack | undefined {
    return [...this.#stacks.values()].findLast(stack => stack.name === name)
  }

  /** By ARN also what was deleted, by name only what is there. */
  #find(nameOrArn: string): Stack | undefined {
    const named = this.#named(nameOrArn)
    return this.#stacks.get(nameOrArn) ?? (named?.status === 'DELETE_COMPLETE' ? undefined : named)
  }

  #require(nameOrArn: unknown): Stack {
    const stack = this.#find(String(nameOrArn))
    if (!stack) throw invalid(`Stack with id ${nameOrArn} does not exist`)
    return stack
  }

  #changeSet(arnOrName: string): ChangeSet {
    const found =
      this.#changeSets.get(arnOrName) ?? [...this.#changeSets.values()].find(({ name }) => name === arnOrName)
    if (!found) throw new Refused('ChangeSetNotFound', `ChangeSet [${arnOrName}] does not exist`, 404)
    return found
  }
}

type Parameters = { readonly [name: string]: string | Parameters }
type Work = Generator<undefined, void>
interface Answer {
  readonly status: number
  readonly body: string
  readonly type?: string
}
interface Fault extends Answer {
  readonly after?: boolean
}

interface Resource {
  readonly Type: string
  readonly Properties?: {
    readonly Fail?: string
    readonly FailUpdate?: string
    readonly FailRollback?: string
    readonly FailDelete?: string
  }
}
interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Description?: string }>>
}
interface Event {
  readonly ResourceStatus: string
  readonly LogicalResourceId: string
  readonly ResourceStatusReason: string | undefined
  readonly [member: string]: unknown
}
interface Content {
  template: Template
  parameters: Readonly<Record<string, string | undefined>>
  tags: readonly unknown[]
}
interface Stack extends Content {
  readonly id: string
  readonly name: string
  status: string
  reason?: string
  token: string | undefined
  work?: Work | undefined
  /** Its update is to be rolled back. */
  cancelled?: boolean
  readonly resources: Map<string, Resource>
  readonly events: Event[]
}
interface ChangeSet {
  readonly id: string
  readonly name: string
  readonly stack: Stack
  readonly next: Content
  readonly changes: readonly object[]
  readonly statuses: string[]
  readonly reason: string | undefined
}

interface SetOperation {
  readonly kind: string
  readonly places: readonly string[]
  looks: number
  stopping?: boolean
  ended?: boolean
  readonly stacks: Map<string, Stack>
  /** Why it failed, by place. */
  readonly reasons: Map<string, string>
}
interface StackSet {
  readonly template: Stack
  readonly instances: Map<string, { readonly status: string; readonly stack: Stack | undefined }>
  readonly operations: Map<string, SetOperation>
}

function isBad(place: string): boolean {
  return place.startsWith('999999999999')
}

class Refused extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

function invalid(message: string): Refused {
  return new Refused('ValidationError', message)
}

function same(stack: Stack, next: Content): boolean {
  const { template, parameters, tags } = stack
  return JSON.stringify([template, parameters, tags]) === JSON.stringify([next.template, next.parameters, next.tags])
}

function shown({ id, name, status, reason, parameters, template }: Stack): object {
  return {
    StackId: id,
    StackName: name,
    StackStatus: status,
    StackStatusReason: reason,
    CreationTime: '2026-01-01T00:00:00Z',
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Outputs: status.endsWith('_COMPLETE')
      ? Object.entries(template.Outputs ?? {}).map(([OutputKey, { Value, Description }]) => ({
          OutputKey,
          OutputValue: value(Value, parameters),
          Description,
        }))
      : [],
  }
}

function value(of: unknown, parameters: Content['parameters']): string {
  const { Ref, 'Fn::Sub': sub } = (of ?? {}) as { readonly Ref?: string; readonly 'Fn::Sub'?: string }
  if (sub !== undefined) return sub.replaceAll(/\$\{(\w+)\}/g, (_, name) => String(parameters[name]))
  return Ref === undefined ? String(of) : String(parameters[Ref])
}

function valuesOf(properties: object, parameters: Content['parameters']): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, value(of, parameters)]))
}

function moveOn(stack: Stack): void {
  if (stack.work?.next().done) stack.work = undefined
}

export function errorAnswer(code: string, message: string, status = 400): Answer {
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

function keyOf(request: IncomingMessage): string {
  return /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** `Parameters.member.1.ParameterKey=x` as objects in objects. */
function nested(query: URLSearchParams): Parameters {
  const result: Record<string, unknown> = {}
  for (const [path, text] of query) {
    const names = path.split('.').filter(name => name !== 'member')
    let at = result
    for (const name of names.slice(0, -1)) {
      at[name] ??= {}
      at = at[name] as Record<string, unknown>
    }
    at[names.at(-1)!] = text
  }
  return result as Parameters
}

function xml(of: unknown): string {
  if (Array.isArray(of)) return of.map(item => `<member>${xml(item)}</member>`).join('')
  if (typeof of !== 'object' || of === null) return escaped(String(of))
  return Object.entries(of)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `<${name}>${xml(item)}</${name}>`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
