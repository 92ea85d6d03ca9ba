import type { OperationModel } from '../model/service-model.ts'
import { type ServiceName, services } from '../model/services.ts'
import { kebabCase } from './names.ts'

/** The commands this CLI has by itself; `server` and others of ours are the entry's affair. */
export const COMMANDS: readonly string[] = [...Object.keys(services), 'help']

export function isService(command: string): command is ServiceName {
  return Object.hasOwn(services, command)
}

/** A service's operations by their command, in alphabetical order. */
export function operationsOf(service: ServiceName): ReadonlyMap<string, OperationModel> {
  const operations = Object.entries(services[service].operations)
  return new Map(operations.map(([name, operation]) => [kebabCase(name), { ...operation, name }]))
}
