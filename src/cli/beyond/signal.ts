import { operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import type { Value, ValueMap } from '../values.ts'
import { SIGNAL_OPTIONS, type SignalVerb } from './options.ts'
import { ask } from './shared.ts'

interface Signal {
  readonly synopsis: string
  readonly does: string
  /** What is said when it is done. */
  readonly done: string
  readonly operation: 'SendAutomationSignal' | 'StopAutomationExecution'
  readonly input: (given: { has(name: string): boolean }) => readonly (readonly [name: string, value: string])[]
}

const comment = '[--comment TEXT]'

/** One row for each verb. */
const SIGNALS: Readonly<Record<SignalVerb, Signal>> = {
  approve: {
    synopsis: comment,
    does: 'Approves the step that waits for it, as one of its approvers.',
    done: 'Approved.',
    operation: 'SendAutomationSignal',
    input: () => [['SignalType', 'Approve']],
  },
  reject: {
    synopsis: comment,
    does: 'Rejects the step that waits for an approval: it fails.',
    done: 'Rejected.',
    operation: 'SendAutomationSignal',
    input: () => [['SignalType', 'Reject']],
  },
  resume: {
    synopsis: '[--start-step]',
    does: 'Lets the aws:pause step that waits go on; with --start-step the next step of an execution in Interactive mode.',
    done: 'Resumed.',
    operation: 'SendAutomationSignal',
    input: given => [['SignalType', given.has('start-step') ? 'StartStep' : 'Resume']],
  },
  stop: {
    synopsis: '[--complete]',
    does: 'Cancels the execution, and the step in hand; with --complete that step is let finish.',
    done: 'Told to stop.',
    operation: 'StopAutomationExecution',
    input: given => [['Type', given.has('complete') ? 'Complete' : 'Cancel']],
  },
}

function usage(verb: SignalVerb): string {
  const { does, synopsis, operation } = SIGNALS[verb]
  return `NAME
    ${verb}

    ${does} It calls ssm:${operation}.

SYNOPSIS
    ${verb} EXECUTION ${synopsis}

    EXECUTION is an id as \`executions\` lists it, and as the record of a service action has it among its outputs.

EXIT CODES
    those of a call: 0, 252, 253, 254, 255, 130
`
}

/** `bellhop approve|reject|resume|stop EXECUTION`. Throws as the command of its operation fails. */
export async function runSignal(verb: SignalVerb, words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(usage(verb))
    return
  }
  const { operation, input: members, done } = SIGNALS[verb]
  const { values, rest } = parseKnownArguments(words, SIGNAL_OPTIONS[verb], [{ name: 'EXECUTION', required: true }])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const input: ValueMap = new Map<string, Value>([
    ['AutomationExecutionId', values.get('EXECUTION') as string],
    ...members(values),
  ])
  const said = values.get('comment') as string | undefined
  if (said !== undefined) input.set('Payload', new Map<string, Value>([['Comment', [said]]]))
  const answer = await ask(surroundings, 'ssm', operation, input)
  if (globals.output !== undefined || globals.query !== undefined) {
    return printAnswer({ ...surroundings, ...operationSlice('ssm', operation) }, answer)
  }
  io.stdout.write(`${done}\n`)
}
