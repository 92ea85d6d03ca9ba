import type { ServiceName } from '../../model/services.ts'
import { operationSlice } from '../../model/slices.ts'
import type { OptionSpec } from '../arguments.ts'
import {
  ACTIVITY_OPTIONS,
  BATCH_OPTIONS,
  EXECUTIONS_OPTIONS,
  EXPLAIN_OPTIONS,
  extraOptions,
  RESUME_RUN_OPTIONS,
  SIGNAL_OPTIONS,
  WAITERS,
  waiterOptions,
} from '../beyond/options.ts'
import { hasExtras, isService, operationsOf } from '../commands.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import type { OperationCommand } from '../operation.ts'
import { operationOptions, type Parameter, parametersOf } from '../parameters.ts'

/** What the word at the cursor is. */
export type Position =
  | { readonly kind: 'command' }
  | { readonly kind: 'operation'; readonly service: ServiceName }
  | { readonly kind: 'shell' }
  | { readonly kind: 'waiter' }
  | { readonly kind: 'option' }
  /** `lead` is what the word has before the value, `--output=` for one; `orOption`: it may be an option instead. */
  | { readonly kind: 'value'; readonly option: OptionSpec; readonly lead: string; readonly orOption: boolean }
  | { readonly kind: 'nothing' }

/** What a command line says up to the cursor. It may be incomplete or wrong: nothing is refused here. */
export interface Situation {
  /** The name the program is called by; called `aws`, it has no extras. */
  readonly program: string
  readonly service: ServiceName | undefined
  readonly operation: OperationCommand | undefined
  /** What `servicecatalog wait` waits for. */
  readonly waiter: (typeof WAITERS)[number] | undefined
  readonly parameters: readonly Parameter[]
  /** Every option that may stand here, the operation's own first. */
  readonly options: readonly OptionSpec[]
  /** The last value of each option that was given, by its `dest`; empty for flags. */
  readonly given: ReadonlyMap<string, string>
  readonly position: Position
}

/** Commands of ours that take options alone. */
const ownOptions: ReadonlyMap<string, readonly OptionSpec[]> = new Map([
  ['activity', ACTIVITY_OPTIONS],
  ['batch', BATCH_OPTIONS],
  ['executions', EXECUTIONS_OPTIONS],
  ['explain', EXPLAIN_OPTIONS],
  ['health', []],
  ['resume-run', RESUME_RUN_OPTIONS],
  ...Object.entries(SIGNAL_OPTIONS),
])

/** Read the words before the cursor and the one at it. */
export function situationOf(words: readonly string[], current: string, program: string): Situation {
  let service: ServiceName | undefined
  let operation: OperationCommand | undefined
  let parameters: readonly Parameter[] = []
  let options: readonly OptionSpec[] = GLOBAL_OPTIONS
  let positionals = 0
  let waiter: (typeof WAITERS)[number] | undefined
  let command: string | undefined
  let waits = false
  const given = new Map<string, string>()
  let pending: OptionSpec | undefined

  for (const word of words) {
    if (word.startsWith('--') && word.length > 2) {
      const equals = word.indexOf('=')
      const option = findOption(options, equals < 0 ? word : word.slice(0, equals))
      pending = undefined
      if (option === undefined) continue
      given.set(option.dest, equals < 0 ? '' : word.slice(equals + 1))
      if (equals < 0 && option.takes !== 'flag') pending = option
    } else if (pending !== undefined) {
      given.set(pending.dest, word)
      if (pending.takes !== 'many') pending = undefined
    } else {
      positionals += 1
      if (positionals === 1) {
        service = isService(word) ? word : undefined
        command = word
        const own = hasExtras(program) ? ownOptions.get(word) : undefined
        if (own !== undefined) options = [...own, ...GLOBAL_OPTIONS]
      } else if (positionals === 2 && service !== undefined) {
        operation = commandOf(service, word)
        if (operation !== undefined) {
          parameters = parametersOf(operation.model, operation.operation)
          const own = operationOptions(parameters, operation.paginator, true)
          options = [...own, ...extraOptions(operation, program), ...GLOBAL_OPTIONS]
        }
        waits = word === 'wait' && service === 'servicecatalog' && hasExtras(program)
      } else if (positionals === 3 && waits) {
        waiter = WAITERS.find(known => known === word)
        if (waiter !== undefined) options = [...waiterOptions(waiter), ...GLOBAL_OPTIONS]
      }
    }
  }
  return { program, service, operation, waiter, parameters, options, given, position: position() }

  function position(): Position {
    const value = pending !== undefined && !(current.startsWith('--') && pending.takes !== 'one')
    if (value)
      return { kind: 'value', option: pending!, lead: '', orOption: pending!.takes !== 'one' && current === '' }
    if (current.startsWith('-')) {
      const equals = current.indexOf('=')
      const option = equals < 0 ? undefined : findOption(options, current.slice(0, equals))
      if (equals < 0) return { kind: 'option' }
      if (option === undefined || option.takes === 'flag') return { kind: 'nothing' }
      return { kind: 'value', option, lead: current.slice(0, equals + 1), orOption: false }
    }
    if (positionals === 0) return { kind: 'command' }
    if (command === 'completion' && positionals === 1) return { kind: 'shell' }
    if (waits && positionals === 2) return { kind: 'waiter' }
    if (waiter !== undefined && positionals === 3) return { kind: 'option' }
    if (ownOptions.has(command ?? '') && positionals === 1 && hasExtras(program)) return { kind: 'option' }
    if (service !== undefined && positionals === 1) return { kind: 'operation', service }
    return operation !== undefined && positionals === 2 ? { kind: 'option' } : { kind: 'nothing' }
  }
}

/** By its full flag, or by the start of exactly one, as the parser takes it. */
function findOption(options: readonly OptionSpec[], flag: string): OptionSpec | undefined {
  const exact = options.find(option => option.flag === flag)
  if (exact !== undefined) return exact
  const matches = options.filter(option => option.flag.startsWith(flag))
  return matches.length === 1 ? matches[0] : undefined
}

function commandOf(service: ServiceName, name: string): OperationCommand | undefined {
  const operation = operationsOf(service).get(name)
  return operation === undefined ? undefined : { service, name, ...operationSlice(service, operation) }
}
