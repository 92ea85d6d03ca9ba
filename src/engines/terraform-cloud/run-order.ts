import type { EngineRequest } from '../engine.ts'
import { CommandError, taskFor } from '../terraform/command.ts'

/** What a run is to do, as the API takes it. Plain JSON. */
export interface RunOrder {
  readonly attributes: Readonly<Record<string, unknown>>
  /** In words, for messages: "could not ... the module". */
  readonly what: string
  readonly isPlan: boolean
  readonly isDestroy: boolean
  /** Values of variables that go before the product's. */
  readonly variables: Readonly<Record<string, string>>
}

/** The run for a piece of work. Throws CommandError. */
export function runOrder(request: Pick<EngineRequest, 'work' | 'action'>): RunOrder {
  const task = taskFor(request)
  switch (task.kind) {
    case 'apply':
      return {
        attributes: {
          'auto-apply': true,
          ...(task.targets.length > 0 ? { 'target-addrs': task.targets } : {}),
          ...(task.replaced.length > 0 ? { 'replace-addrs': task.replaced } : {}),
        },
        what: 'apply',
        isPlan: false,
        isDestroy: false,
        variables: task.variables,
      }
    case 'destroy':
      return { ...plain({ 'auto-apply': true, 'is-destroy': true }), what: 'destroy', isDestroy: true }
    case 'refresh':
      return { ...plain({ 'auto-apply': true, 'refresh-only': true }), what: 'refresh' }
    case 'plan':
      return { ...plain({ 'plan-only': true }), what: 'plan', isPlan: true }
    case 'state':
      throw new CommandError('States are kept by Terraform Cloud, and rolled back there')
  }
}

function plain(attributes: RunOrder['attributes']): RunOrder {
  return { attributes, what: '', isPlan: false, isDestroy: false, variables: {} }
}
