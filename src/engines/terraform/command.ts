import type { EngineRequest } from '../engine.ts'

/** What is to be done with a module, whoever runs Terraform. */
export type Task =
  | {
      readonly kind: 'apply'
      /** Addresses of the resources that it is limited to; none: it is not. */
      readonly targets: readonly string[]
      /** Addresses of the resources that are to be made anew. */
      readonly replaced: readonly string[]
      /** Values of variables that go before the product's. */
      readonly variables: Readonly<Record<string, string>>
    }
  | { readonly kind: 'destroy' | 'refresh' | 'plan' }
  /** With the states that are kept: nothing is run. */
  | { readonly kind: 'state' }

/** What a service action of Terraform's is called in a document's step. */
export const actionNames = ['apply', 'replace', 'refresh', 'drift', 'state-versions', 'restore-state'] as const

/** What a service action cannot do; the message says why. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CommandError'
  }
}

/** The task of a piece of work. Throws CommandError. */
export function taskFor({ work, action }: Pick<EngineRequest, 'work' | 'action'>): Task {
  if (work === 'provision' || work === 'update') return { kind: 'apply', targets: [], replaced: [], variables: {} }
  if (work === 'terminate') return { kind: 'destroy' }
  const { name = '', parameters = {} } = action ?? {}
  switch (name) {
    case 'apply':
      onlyThese(name, parameters, ['Variables', 'Targets', 'Replace'])
      return {
        kind: 'apply',
        targets: addresses(parameters, 'Targets'),
        replaced: addresses(parameters, 'Replace'),
        variables: variables(parameters['Variables']),
      }
    case 'replace': {
      onlyThese(name, parameters, ['Addresses'])
      const replaced = addresses(parameters, 'Addresses')
      if (replaced.length === 0) throw new CommandError('The action replace needs Addresses, those of the resources')
      return { kind: 'apply', targets: [], replaced, variables: {} }
    }
    case 'refresh':
      onlyThese(name, parameters, [])
      return { kind: 'refresh' }
    case 'drift':
      onlyThese(name, parameters, [])
      return { kind: 'plan' }
    case 'state-versions':
      onlyThese(name, parameters, [])
      return { kind: 'state' }
    case 'restore-state':
      onlyThese(name, parameters, ['Version'])
      return { kind: 'state' }
    default:
      throw new CommandError(`There is no action ${JSON.stringify(name)}; there are ${actionNames.join(', ')}`)
  }
}

function onlyThese(action: string, given: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const strange = Object.keys(given).filter(name => !names.includes(name))
  if (strange.length > 0) {
    const known = names.length > 0 ? `takes ${names.join(', ')}` : 'takes no parameters'
    throw new CommandError(`The action ${action} ${known}, not ${strange.join(', ')}`)
  }
}

/** One address, or a list of them, as documents hand lists over. */
function addresses(given: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = given[name]
  if (value === undefined || value === '') return []
  const list = Array.isArray(value) ? value : [value]
  return list.map(address => {
    if (typeof address !== 'string' || !/^[\p{L}_][^\n\r\0]{0,1023}$/u.test(address)) {
      throw new CommandError(`${name} must be addresses of resources, not ${JSON.stringify(address)}`)
    }
    return address
  })
}

function variables(given: unknown): Record<string, string> {
  if (given === undefined || given === '') return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new CommandError('Variables must be a map of values by the names of variables')
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
