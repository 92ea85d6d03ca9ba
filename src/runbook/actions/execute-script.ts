import type { Action, ActionCall } from '../action.ts'
import { systemVariables } from '../interpolate.ts'
import { isMap, type PlainMap } from '../plain.ts'
import { stepFailure } from '../texts.ts'

const python = /^python3\.\d{1,2}$/i
/** Runtimes that SSM has and that are not run here; a document may name them, a step that runs one fails. */
const otherRuntimes = /^(PowerShell Core 6\.0|PowerShell 7\.\d)$/i

/**
 * aws:executeScript: runs a Python handler with InputPayload. The script is opaque: nothing in it is a reference, so a
 * parameter's value never becomes code. What it prints is the log, kept as the output Log (ours, SSM has no such output).
 */
export const executeScript: Action = {
  name: 'aws:executeScript',
  inputs: { required: ['Runtime', 'Script'], optional: ['Handler', 'InputPayload', 'Attachment'] },
  outputs: ['Payload', 'OutputPayload', 'Log'],
  opaqueInputs: ['Script'],
  defaultTimeoutSeconds: 600,
  check: ({ Runtime, Handler, Script, Attachment }) => {
    if (typeof Runtime !== 'string' || !(python.test(Runtime) || otherRuntimes.test(Runtime))) {
      return `has an unknown Runtime: ${JSON.stringify(Runtime)}`
    }
    if (typeof Script !== 'string') return 'has a Script that is not a string'
    if (python.test(Runtime) && typeof Handler !== 'string') return 'needs the input Handler, the name of a function'
    if (Attachment !== undefined) return 'has an Attachment, which is not supported yet'
    return undefined
  },
  start: async call => {
    const { Runtime, Handler, Script } = call.inputs as Record<string, string>
    if (!python.test(Runtime!)) return invalid(`The runtime ${Runtime} is not available on this server: only Python is`)
    const events = inputPayload(call)
    if (events === undefined) return invalid('InputPayload is not a map')
    const result = await call.tools.runScript(
      {
        runtime: Runtime!,
        script: Script!,
        handler: Handler!,
        events,
        context: scriptContext(call),
        region: call.execution.scope.region,
      },
      call.abort,
    )
    switch (result.state) {
      case 'returned': {
        const { payload, log } = result
        // The shape of a script's OutputPayload is not documented; documents select from it as JSON text.
        const response = { Payload: payload, OutputPayload: JSON.stringify({ Payload: payload }), ...logOutput(log) }
        return { state: 'succeeded', response }
      }
      case 'failed':
        return {
          state: 'failed',
          failure: stepFailure('PostProcessing', 'Failed', result.message),
          response: { Log: result.log },
        }
      case 'aborted':
        return {
          state: 'failed',
          status: 'Cancelled',
          failure: stepFailure('Invocation', 'Cancelled', 'The script was stopped before it ended'),
        }
    }
  },
}

function logOutput(log: string): { readonly Log?: string } {
  return log === '' ? {} : { Log: log }
}

function invalid(cause: string) {
  return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', cause) } as const
}

function inputPayload({ inputs }: ActionCall): PlainMap | undefined {
  const payload = inputs['InputPayload'] ?? {}
  return isMap(payload) ? payload : undefined
}

/** The handler's second argument, with the keys that AWS's own scripts read. */
function scriptContext(call: ActionCall): PlainMap {
  const system = systemVariables(call.execution, call.now)
  const names = ['global:ACCOUNT_ID', 'global:REGION', 'global:AWS_PARTITION', 'automation:EXECUTION_ID']
  return Object.fromEntries(names.map(name => [name, system.get(name)]))
}
