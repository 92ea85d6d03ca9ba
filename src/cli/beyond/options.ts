import type { ServiceName } from '../../model/services.ts'
import type { OperationSlice } from '../../model/slices.ts'
import type { OptionSpec } from '../arguments.ts'
import { hasExtras } from '../commands.ts'

/** The options of what the AWS CLI does not have; the parsers, help and completions read them here. */

function option(name: string, extra: Partial<OptionSpec> = {}): OptionSpec {
  return { flag: `--${name}`, dest: name, takes: 'one', ...extra }
}

/** What can be waited for. */
export const WAITERS = ['record-succeeded', 'provisioned-product-available'] as const

export function waiterOptions(waiter: (typeof WAITERS)[number]): readonly OptionSpec[] {
  const named = waiter === 'record-succeeded' ? [option('id', { required: true })] : [option('id'), option('name')]
  return [...named, option('timeout', { type: 'float' }), option('interval', { type: 'float' })]
}

export const BATCH_OPTIONS: readonly OptionSpec[] = [
  option('jobs', { type: 'int' }),
  option('stop-on-error', { takes: 'flag', constant: true }),
]

export const EXPLAIN_OPTIONS: readonly OptionSpec[] = [
  option('request-id'),
  option('operation'),
  option('input'),
  option('principal'),
]

/** What is done to an execution. */
export const SIGNAL_VERBS = ['approve', 'reject', 'resume', 'stop'] as const
export type SignalVerb = (typeof SIGNAL_VERBS)[number]

export function isSignalVerb(command: string): command is SignalVerb {
  return SIGNAL_VERBS.some(verb => verb === command)
}

export const SIGNAL_OPTIONS: Readonly<Record<SignalVerb, readonly OptionSpec[]>> = {
  approve: [option('comment')],
  reject: [option('comment')],
  resume: [option('start-step', { takes: 'flag', constant: true })],
  stop: [option('complete', { takes: 'flag', constant: true })],
}

export const EXECUTIONS_OPTIONS: readonly OptionSpec[] = [
  option('waiting', { takes: 'flag', constant: true }),
  option('document-name'),
  option('limit', { type: 'int' }),
]

export const ACTIVITY_OPTIONS: readonly OptionSpec[] = [
  option('mine', { takes: 'flag', constant: true }),
  option('principal'),
  option('type'),
  option('status'),
  option('provisioned-product-id'),
  option('product-id'),
  option('from'),
  option('to'),
  option('limit', { type: 'int' }),
]

export const RESUME_RUN_OPTIONS: readonly OptionSpec[] = [
  option('show', { takes: 'flag', constant: true }),
  option('step-name'),
]

const WAIT_OPTIONS: readonly OptionSpec[] = [
  option('wait', { takes: 'flag', constant: true }),
  option('wait-timeout', { type: 'float' }),
  option('wait-interval', { type: 'float' }),
]

/** The options of ours that an operation takes: one that answers a record can wait for it. */
export function extraOptions(
  { service, model, operation }: OperationSlice & { readonly service: ServiceName },
  program: string,
): readonly OptionSpec[] {
  if (service !== 'servicecatalog' || !hasExtras(program) || operation.name === 'DescribeRecord') return []
  const shape = operation.output && model.shapes[operation.output.shape]
  return shape?.type === 'structure' && Object.hasOwn(shape.members, 'RecordDetail') ? WAIT_OPTIONS : []
}
