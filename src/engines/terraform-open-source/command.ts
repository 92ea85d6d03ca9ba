import type { EngineRequest } from '../engine.ts'

/** What one run of Terraform is to do. */
export interface Command {
  /** After `terraform`, without the file of variables. */
  readonly args: readonly string[]
  /** In words, for messages: "could not ... the module". */
  readonly what: string
  /** Whether it leaves everything as it is and only tells. */
  readonly isPlan: boolean
  /** Values of variables that go before the product's. */
  readonly variables: Readonly<Record<string, string>>
}

/** What a service action of Terraform's is called in a document's step, and what it takes. */
export const actionNames = ['apply', 'replace', 'refresh', 'drift', 'state-versions', 'restore-state'] as const

/** What a service action cannot do; the message says why. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CommandError'
  }
}

const always = ['-json', '-input=false']
const underLock = ['-lock-timeout=30s']
const readingOnly = ['-lock=false']

const apply = (args: readonly string[], variables: Command['variables'] = {}): Command => ({
  args: ['apply', ...always, ...underLock, '-auto-approve', ...args],
  what: 'apply',
  isPlan: false,
  variables,
})

const plan = (args: readonly string[] = []): Command => ({
  args: ['plan', ...always, ...readingOnly, '-detailed-exitcode', ...args],
  what: 'plan',
  isPlan: true,
  variables: {},
})

export const planCommand: Command = plan()

/** The command for a piece of work; undefined for the actions that need none. Throws CommandError. */
export function commandFor({ work, action }: Pick<EngineRequest, 'work' | 'action'>): Command | undefined {
  if (work === 'provision' || work === 'update') return apply([])
  if (work === 'terminate') return { ...apply(['-destroy']), what: 'destroy' }
  const { name = '', parameters = {} } = action ?? {}
  switch (name) {
    case 'apply': {
      onlyThese(name, parameters, ['Variables', 'Targets', 'Replace'])
      const targets = addresses(parameters, 'Targets').map(address => `-target=${address}`)
      const replaced = addresses(parameters, 'Replace').map(address => `-replace=${address}`)
      return apply([...targets, ...replaced], variables(parameters['Variables']))
    }
    case 'replace': {
      onlyThese(name, parameters, ['Addresses'])
      const found = addresses(parameters, 'Addresses')
      if (found.length === 0) throw new CommandError('The action replace needs Addresses, those of the resources')
      return apply(found.map(address => `-replace=${address}`))
    }
    case 'refresh':
      onlyThese(name, parameters, [])
      return { ...apply(['-refresh-only']), what: 'refresh' }
    case 'drift':
      onlyThese(name, parameters, [])
      return plan()
    case 'state-versions':
    case 'restore-state':
      return undefined
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
