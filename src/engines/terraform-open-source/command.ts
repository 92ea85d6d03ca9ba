import type { Task } from '../terraform/command.ts'

/** One run of the executable. */
export interface Command {
  /** After its name, without the file of variables. */
  readonly args: readonly string[]
  /** In words, for messages: "could not ... the module". */
  readonly what: string
  /** Whether it leaves everything as it is and only tells. */
  readonly isPlan: boolean
  /** Values of variables that go before the product's. */
  readonly variables: Readonly<Record<string, string>>
}

/** The arguments for a task; those on states need no run. */
export function commandFor(task: Exclude<Task, { readonly kind: 'state' }>): Command {
  switch (task.kind) {
    case 'apply': {
      const targets = task.targets.map(address => `-target=${address}`)
      const replaced = task.replaced.map(address => `-replace=${address}`)
      return { ...applying(...targets, ...replaced), what: 'apply', variables: task.variables }
    }
    case 'destroy':
      return { ...applying('-destroy'), what: 'destroy' }
    case 'refresh':
      return { ...applying('-refresh-only'), what: 'refresh' }
    case 'plan': {
      // Others may be at work meanwhile: nothing is written.
      const args = ['plan', '-json', '-input=false', '-lock=false', '-detailed-exitcode']
      return { args, what: 'plan', isPlan: true, variables: {} }
    }
  }
}

function applying(...args: readonly string[]): Omit<Command, 'what'> {
  const always = ['apply', '-json', '-input=false', '-lock-timeout=30s', '-auto-approve']
  return { args: [...always, ...args], isPlan: false, variables: {} }
}
