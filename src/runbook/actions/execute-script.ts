import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall, Attachment, ScriptRequest } from '../action.ts'
import { systemVariables } from '../interpolate.ts'
import { isMap, type PlainMap } from '../plain.ts'
import { runtimeNamed } from '../scripts/runtimes.ts'
import { stepFailure } from '../texts.ts'

/**
 * aws:executeScript: runs a handler with InputPayload. The script is opaque: nothing in it is a reference, so a parameter's
 * value never becomes code. What it prints is the log, kept as the output Log, and what held it in is the output Isolation
 * (both ours, SSM has no such outputs).
 */
export const executeScript: Action = {
  name: 'aws:executeScript',
  inputs: { required: ['Runtime'], optional: ['Script', 'Handler', 'InputPayload', 'Attachment'] },
  outputs: ['Payload', 'OutputPayload', 'Log', 'Isolation'],
  opaqueInputs: ['Script'],
  defaultTimeoutSeconds: 600,
  check: ({ Runtime, Handler, Script, Attachment }) => {
    const runtime = typeof Runtime === 'string' ? runtimeNamed(Runtime) : undefined
    if (!runtime) return `has an unknown Runtime: ${JSON.stringify(Runtime)}`
    if (Script === undefined && Attachment === undefined) return 'needs the input Script or Attachment'
    if (Script !== undefined && typeof Script !== 'string') return 'has a Script that is not a string'
    if (Attachment !== undefined && typeof Attachment !== 'string') return 'has an Attachment that is not a string'
    if (runtime.needsHandler && typeof Handler !== 'string') return 'needs the input Handler, the name of a function'
    return undefined
  },
  start: async call => {
    const request = await requestOf(call)
    if (typeof request === 'string') {
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', request) }
    }
    const result = await call.tools.runScript(request, call.abort)
    switch (result.state) {
      case 'returned': {
        const { payload } = result
        // The shape of a script's OutputPayload is not documented; documents select from it as JSON text.
        const outputs = { Payload: payload, OutputPayload: JSON.stringify({ Payload: payload }) }
        return { state: 'succeeded', response: { ...outputs, ...aboutRun(result) } }
      }
      case 'failed': {
        const failure = stepFailure('PostProcessing', 'Failed', result.message)
        return { state: 'failed', failure, response: aboutRun(result) }
      }
      case 'aborted': {
        const failure = stepFailure('Invocation', 'Cancelled', 'The script was stopped before it ended')
        return { state: 'failed', status: 'Cancelled', failure }
      }
    }
  },
}

function aboutRun({ log, isolation }: { readonly log: string; readonly isolation?: string }) {
  return { ...(log !== '' && { Log: log }), ...(isolation !== undefined && { Isolation: isolation }) }
}

/** The request, or in words what is wrong with the step's inputs. */
async function requestOf(call: ActionCall): Promise<ScriptRequest | string> {
  const { Runtime, Handler = '', Script = '', Attachment: name } = call.inputs as Record<string, string | undefined>
  const events = call.inputs['InputPayload'] ?? {}
  if (!isMap(events)) return 'InputPayload is not a map'
  let attachment: Attachment | undefined
  if (name !== undefined) {
    // A path in the name would lead out of the script's directory.
    if (!/^[A-Za-z0-9_.-]{1,255}$/.test(name) || name.startsWith('.')) return `Attachment ${name} is not a file's name`
    const content = await call.tools.attachment?.(name)
    if (!content) return `The document has no attachment ${name}`
    attachment = { name, content }
  }
  const request = {
    runtime: Runtime!,
    script: Script,
    handler: Handler,
    events,
    context: scriptContext(call),
    region: call.execution.scope.region,
    attachment,
  }
  try {
    return { ...request, credentials: await scriptCredentials(call) }
  } catch (error) {
    if (error instanceof AwsApiError) return `Failed to retrieve credentials for role: ${error.message}`
    throw error
  }
}

/**
 * Whom a script is at AWS: the role of the execution. Without a role it has no credentials, unless the operator says so: the
 * server's own are not for code that somebody else wrote.
 */
async function scriptCredentials({ execution, tools }: ActionCall): Promise<ScriptRequest['credentials']> {
  if (execution.roleArn === undefined && !tools.serverCredentialsForScripts) return undefined
  try {
    return await tools.aws.credentials()
  } catch (error) {
    // A server that has nothing to do with AWS: most scripts have neither, and one that does says so itself.
    if (error instanceof AwsApiError && error.code === 'NoCredentials') return undefined
    throw error
  }
}

/** The handler's second argument, with the keys that AWS's own scripts read. */
function scriptContext(call: ActionCall): PlainMap {
  const system = systemVariables(call.execution, call.now)
  const names = ['global:ACCOUNT_ID', 'global:REGION', 'global:AWS_PARTITION', 'automation:EXECUTION_ID']
  return Object.fromEntries(names.map(name => [name, system.get(name)]))
}
