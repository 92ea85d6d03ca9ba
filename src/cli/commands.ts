import type { ServiceName } from '../model/services.ts'
import { operationNames } from '../model/slices.ts'
import { kebabCase } from './names.ts'

/** The commands this CLI has by itself; `server` and others of ours are the entry's affair. */
export const COMMANDS: readonly string[] = [...Object.keys(operationNames), 'completion', 'help']

export function isService(command: string): command is ServiceName {
  return Object.hasOwn(operationNames, command)
}

/** The names of a service's operations by their command, in alphabetical order: `describe-record` is DescribeRecord. */
export function operationsOf(service: ServiceName): ReadonlyMap<string, string> {
  return new Map(operationNames[service].map(name => [kebabCase(name), name]))
}
