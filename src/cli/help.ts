import type { OptionSpec } from './arguments.ts'

/** A short page on a command: what it takes, without prose. */
export function helpText(name: string, heading: string, entries: readonly string[]): string {
  return `NAME\n    ${name}\n\n${heading}\n${entries.map(entry => `    ${entry}\n`).join('')}`
}

/** An option as a help page lists it, e.g. `--id <value> [required]`. */
export function optionHelp({ flag, takes, required, choices }: OptionSpec): string {
  const value = { flag: '', one: ' <value>', optional: ' [<value>]', many: ' <value> ...' }[takes]
  return `${flag}${value}${required ? ' [required]' : ''}${choices ? ` (${choices.join(' | ')})` : ''}`
}
