import type { Action, ActionCall, AutomationRun, Progress } from '../action.ts'
import { isMap, type PlainMap } from '../plain.ts'
import { stepFailure } from '../texts.ts'

/** Milliseconds: how often a run is looked at that should have told us of its end. */
const lookAgain = 60_000

/**
 * aws:executeAutomation: runs another document, once or for many targets, and waits for its end. The run is an execution
 * of its own, whose id comes from the step's token: a server that dies in between finds it and does not begin another.
 * With `bellhop:async` (ours) the step succeeds as soon as the run is accepted.
 */
export const executeAutomation: Action = {
  name: 'aws:executeAutomation',
  idle: true,
  inputs: {
    required: ['DocumentName'],
    optional: [
      'DocumentVersion',
      'RuntimeParameters',
      'Tags',
      'TargetParameterName',
      'Targets',
      'TargetMaps',
      'TargetLocations',
      'MaxConcurrency',
      'MaxErrors',
      'bellhop:async',
    ],
  },
  outputs: ['Output', 'ExecutionId', 'Status'],
  check: inputs => {
    const { RuntimeParameters } = inputs
    if (RuntimeParameters !== undefined && !isMap(RuntimeParameters) && !isReference(RuntimeParameters)) {
      return 'has RuntimeParameters that are not a map'
    }
    if (inputs['Targets'] !== undefined && inputs['TargetMaps'] !== undefined) {
      return 'has both Targets and TargetMaps'
    }
    return undefined
  },
  start: async call => {
    const request = requestOf(call.inputs)
    if (typeof request === 'string') return invalid(request)
    const begun = await call.tools.automations.start(request, call.token)
    if ('problem' in begun) return invalid(begun.problem)
    if (isTrue(call.inputs['bellhop:async'])) {
      return { state: 'succeeded', response: { ExecutionId: begun.executionId, Status: 'InProgress', Output: [] } }
    }
    return look(call, begun)
  },
  poll: (call, handle) => look(call, handle as Handle),
  cancel: ({ tools }, handle) => tools.automations.cancel((handle as Handle).executionId),
}

interface Handle {
  readonly executionId: string
}

async function look({ tools, now, inputs }: ActionCall, handle: Handle): Promise<Progress> {
  const run = await tools.automations.look(handle.executionId)
  if (run?.status === undefined) return failed(`The execution ${handle.executionId} is no longer there`)
  const { status } = run
  if (status === 'InProgress') return { state: 'waiting', handle, wakeAt: now + lookAgain }
  const response = { ExecutionId: handle.executionId, Status: status, Output: outputList(run) }
  if (status === 'Success') return { state: 'succeeded', response }
  const why = run.failureMessage === undefined ? '' : `: ${run.failureMessage}`
  const cause = `The execution ${handle.executionId} of document ${String(inputs['DocumentName'])} ended as ${status}${why}`
  const type = status === 'TimedOut' ? 'TimedOut' : 'Failed'
  return { state: 'failed', status: type, failure: stepFailure('PostProcessing', type, cause), response }
}

/** One entry per output, in the order of the document's outputs; an output of several values is their JSON. */
function outputList({ outputs }: AutomationRun): string[] {
  return Object.values(outputs).map(values => (values.length === 1 ? values[0]! : JSON.stringify(values)))
}

/** What is to be run, or what is wrong with it. */
function requestOf(inputs: PlainMap): Parameters<ActionCall['tools']['automations']['start']>[0] | string {
  const { DocumentName, DocumentVersion, RuntimeParameters = {} } = inputs
  if (typeof DocumentName !== 'string') return 'DocumentName is not a string'
  if (!isMap(RuntimeParameters)) return 'RuntimeParameters is not a map'
  const limits = ['MaxConcurrency', 'MaxErrors'] as const
  for (const name of limits) {
    const limit = inputs[name]
    if (limit !== undefined && !/^(\d{1,7}|\d{1,2}%|100%)$/.test(String(limit))) {
      return `${name} must be a number or a percentage, not ${JSON.stringify(limit)}`
    }
  }
  const maps = inputs['TargetMaps']
  if (maps !== undefined && !(Array.isArray(maps) && maps.every(isMap))) return 'TargetMaps is not a list of maps'
  const lists = ['Targets', 'TargetLocations', 'Tags'] as const
  for (const name of lists) {
    const list = inputs[name]
    if (list !== undefined && !(Array.isArray(list) && list.every(isMap))) return `${name} is not a list of maps`
  }
  const text = (name: string) => (inputs[name] === undefined ? undefined : String(inputs[name]))
  return {
    documentName: DocumentName,
    documentVersion: DocumentVersion === undefined ? '$DEFAULT' : String(DocumentVersion),
    parameters: asParameters(RuntimeParameters),
    tags: (inputs['Tags'] ?? []) as never,
    targetParameterName: text('TargetParameterName'),
    targets: inputs['Targets'] as never,
    targetMaps: (maps as readonly PlainMap[] | undefined)?.map(asParameters),
    targetLocations: inputs['TargetLocations'] as never,
    maxConcurrency: text('MaxConcurrency'),
    maxErrors: text('MaxErrors'),
  }
}

/** Values as the API takes them: lists of strings, maps as JSON text. */
function asParameters(map: PlainMap): Record<string, string[]> {
  const asString = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(
    Object.entries(map)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(asString)]),
  )
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{')
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True'
}

function invalid(cause: string): Progress {
  return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', cause) }
}

function failed(cause: string): Progress {
  return { state: 'failed', failure: stepFailure('PostProcessing', 'Failed', cause) }
}
