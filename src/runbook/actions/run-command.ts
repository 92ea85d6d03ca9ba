import { createHash } from 'node:crypto'
import { mostAtOnce, mostErrors } from '../../catalog/rate-control.ts'
import type { Action, ActionCall, CommandProgress, Progress } from '../action.ts'
import { builtInCommands } from '../commands/built-in.ts'
import { type CommandDocument, parseCommandDocument, render } from '../commands/command-document.ts'
import { DocumentError, ParameterError } from '../document.ts'
import { asText, isMap } from '../plain.ts'
import { commandFailure } from '../texts.ts'
import { failed } from './aws-step.ts'
import { cancelSent, lookAtSent, passedOn, type SentHandle, send } from './send-command.ts'

type NodeStatus = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'

interface NodeRun {
  readonly id: string
  readonly status: NodeStatus
  readonly exitCode?: number
  readonly output?: string
  /** Why it could not be asked, the last time. */
  readonly problem?: string
}

/** What a step keeps of a command on nodes of our own. */
interface OwnHandle {
  readonly commandId: string
  readonly startedAt: number
  readonly nodes: readonly NodeRun[]
}

/** Seconds in which a node must take the command. */
const deliveryTime = 3600

/**
 * aws:runCommand: a Command document on managed nodes, those of Bellhop's own (configuration, `nodes`) or, for all others,
 * through SSM. Outputs as SSM's invocation has them.
 */
export const runCommand: Action = {
  name: 'aws:runCommand',
  inputs: {
    required: ['DocumentName'],
    optional: [...passedOn.filter(name => name !== 'DocumentName'), 'Parameters', 'Comment'],
  },
  outputs: ['Status', 'ResponseCode', 'Output', 'CommandId', 'OutputPayload'],
  check: ({ InstanceIds, Targets }) =>
    InstanceIds === undefined && Targets === undefined ? 'needs the input InstanceIds or Targets' : undefined,
  start: async call => {
    const ids = ownNodes(call)
    if (typeof ids === 'string') return failed('InputValidation', ids)
    if (ids.length === 0) return send(call)
    for (const name of ['OutputS3BucketName', 'NotificationConfig', 'CloudWatchOutputConfig', 'ServiceRoleArn']) {
      if (call.inputs[name] !== undefined) {
        return failed('InputValidation', `${name} is not supported for commands on nodes of Bellhop's own`)
      }
    }
    const document = await commandDocument(call)
    if (typeof document === 'string') return failed('InputValidation', document)
    const commandId = commandIdFor(call.token)
    const nodes = ids.map((id): NodeRun => ({ id, status: 'Pending' }))
    return advance(call, { commandId, startedAt: call.now, nodes }, document)
  },
  poll: async (call, handle) => {
    if ('sent' in (handle as object)) return lookAtSent(call, handle as SentHandle)
    const document = await commandDocument(call)
    if (typeof document === 'string') return failed('InputValidation', document)
    return advance(call, handle as OwnHandle, document)
  },
  cancel: async (call, handle) => {
    if ('sent' in (handle as object)) return cancelSent(call, handle as SentHandle)
    const { commandId, nodes } = handle as OwnHandle
    const running = nodes.filter(({ status }) => status === 'InProgress')
    await Promise.allSettled(running.map(({ id }) => call.tools.nodes!.cancel(id, commandId)))
  },
}

/** The nodes of ours that are meant; none: they are SSM's; in words what is wrong. */
function ownNodes({ inputs, tools }: ActionCall): string[] | string {
  const { nodes } = tools
  const given = inputs['InstanceIds'] ?? []
  const ids = [...new Set((Array.isArray(given) ? given : [given]).map(asText))]
  const own = ids.filter(id => nodes?.has(id))
  if (own.length > 0 && own.length < ids.length) {
    return `InstanceIds mixes nodes of Bellhop's own (${own.join(', ')}) with others: use a step for each`
  }
  if (own.length > 0 || !nodes) return own
  const targets = inputs['Targets']
  if (!Array.isArray(targets)) return []
  // Every target must hold, as with SSM.
  const meant = targets.map(target => {
    const { Key = '', Values = [] } = isMap(target) ? target : {}
    const values = (Array.isArray(Values) ? Values : [Values]).map(asText)
    if (Key === 'InstanceIds') return values.filter(id => nodes.has(id))
    if (Key === 'tag-key') return values.flatMap(key => nodes.tagged(key, undefined))
    return asText(Key).startsWith('tag:') ? nodes.tagged(asText(Key).slice(4), values) : []
  })
  return [...new Set(meant[0] ?? [])].filter(id => meant.every(list => list.includes(id)))
}

async function commandDocument({ inputs, tools }: ActionCall): Promise<CommandDocument | string> {
  const name = asText(inputs['DocumentName']).replace(/^arn:[^/]*:document\//, '')
  const version = inputs['DocumentVersion']
  const content =
    builtInCommands.get(name) ??
    (await tools.commandDocument?.(name, version === undefined ? undefined : asText(version)))
  if (content === undefined) return `Document with name ${name} does not exist`
  try {
    return parseCommandDocument(content)
  } catch (error) {
    if (error instanceof DocumentError) return `${name}: ${error.message}`
    throw error
  }
}

/** A UUID that is the same whenever this attempt is started: a command that was started before is found by it. */
function commandIdFor(token: string): string {
  const hex = createHash('sha256').update(`command ${token}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Looks at every node in hand and begins with as many more as may run at once. */
async function advance(call: ActionCall, handle: OwnHandle, document: CommandDocument): Promise<Progress> {
  const { commandId, startedAt } = handle
  const limit = (name: string, otherwise: string) => asText(call.inputs[name] ?? otherwise)
  const count = handle.nodes.length
  const errors = handle.nodes.filter(({ status }) => status === 'Failed' || status === 'TimedOut').length
  const tooMany = call.inputs['MaxErrors'] !== undefined && errors > mostErrors(limit('MaxErrors', '0'), count)
  let free = mostAtOnce(limit('MaxConcurrency', '50'), count)
  const nodes = await Promise.all(
    handle.nodes.map(async (node): Promise<NodeRun> => {
      if (node.status !== 'Pending' && node.status !== 'InProgress') return node
      if (node.status === 'Pending' && tooMany) return { ...node, status: 'Cancelled' }
      if (free-- <= 0) return node
      return lookAt(call, node, commandId, startedAt, document)
    }),
  )
  const inHand = nodes.some(({ status }) => status === 'Pending' || status === 'InProgress')
  if (!inHand) return ended(commandId, nodes)
  const elapsed = call.now - startedAt
  const wakeAt = call.now + (elapsed < 2_000 ? 200 : elapsed < 20_000 ? 1_000 : 5_000)
  return { state: 'waiting', handle: { commandId, startedAt, nodes }, wakeAt }
}

async function lookAt(
  call: ActionCall,
  node: NodeRun,
  commandId: string,
  startedAt: number,
  document: CommandDocument,
): Promise<NodeRun> {
  const { id } = node
  const tools = call.tools.nodes!
  if (!tools.has(id)) return { id, status: 'Failed', exitCode: -1, output: `Node ${id} is not there any more.` }
  try {
    const about = { nodeId: id, region: call.execution.scope.region, commandId }
    const { program } = render(document, parametersOf(call), about)
    const progress =
      node.status === 'Pending' ? await tools.start(id, commandId, program) : await tools.poll(id, commandId)
    return nodeRun(id, progress)
  } catch (error) {
    if (error instanceof ParameterError) return { id, status: 'Failed', exitCode: -1, output: error.message }
    const problem = (error as Error).message
    const seconds = Number(call.inputs['TimeoutSeconds'] ?? deliveryTime)
    if (node.status === 'InProgress' || call.now - startedAt < seconds * 1000) return { ...node, problem }
    return { id, status: 'TimedOut', exitCode: -1, output: `Delivery timed out: ${problem}` }
  }
}

function parametersOf({ inputs }: ActionCall): Readonly<Record<string, unknown>> {
  const given = inputs['Parameters'] ?? {}
  if (!isMap(given)) throw new ParameterError('Parameters is not a map.')
  return given
}

function nodeRun(id: string, progress: CommandProgress): NodeRun {
  if (progress.state === 'running') return { id, status: 'InProgress' }
  if (progress.state === 'lost') {
    return { id, status: 'Failed', exitCode: -1, output: 'Nothing of the command is left on the node.' }
  }
  const { exitCode, timedOut, stdout, stderr } = progress as Extract<CommandProgress, { state: 'ended' }>
  const status = timedOut ? 'TimedOut' : exitCode === 0 ? 'Success' : 'Failed'
  const last = exitCode === 0 ? '' : `failed to run commands: exit status ${exitCode}`
  const errors = [stderr.trimEnd(), last].filter(text => text !== '').join('\n')
  const output = errors === '' ? stdout : `${stdout}\n----------ERROR-------\n${errors}`
  return { id, status, exitCode, output }
}

function ended(commandId: string, nodes: readonly NodeRun[]): Progress {
  const worst = nodes.find(({ status }) => status === 'Failed') ?? nodes.find(({ status }) => status === 'TimedOut')
  const { status: Status, exitCode: ResponseCode = -1 } = worst ?? nodes[0]!
  const Output = nodes.map(({ output = '' }) => output).join('\n')
  return commandEnd({ Status, ResponseCode, Output, CommandId: commandId })
}

/** The step's end, from what SSM or a node of ours told of the command. */
export function commandEnd(result: {
  readonly Status: string
  readonly ResponseCode: number
  readonly Output: string
  readonly CommandId: string
}): Progress {
  const response = { ...result, OutputPayload: JSON.stringify(result) }
  if (result.Status === 'Success') return { state: 'succeeded', response }
  return { state: 'failed', failure: commandFailure(response), response }
}
