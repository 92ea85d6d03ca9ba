import type { ServiceName } from '../model/services.ts'
import { operationNames } from '../model/slices.ts'
import { kebabCase } from './names.ts'

/** The services whose operations are commands. Bellhop's own service has verbs of its own instead. */
export const SERVICES: readonly string[] = Object.keys(operationNames).filter(name => name !== 'bellhop')

/** Commands that the entry (bin.ts) serves when they are the first word: they load what the CLI must not know. */
export const ENTRY_COMMANDS: readonly string[] = ['backup', 'document', 'move', 'restore', 'server']

export function entryCommandsOf(program: string): readonly string[] {
  return hasExtras(program) ? ENTRY_COMMANDS : ['server']
}

/** What calls are made with beyond the AWS CLI, which knows none of it: called as `aws`, neither do we. */
export const BEYOND: readonly string[] = [
  'activity',
  'approve',
  'artifact',
  'batch',
  'executions',
  'explain',
  'health',
  'reject',
  'resume',
  'resume-run',
  'stop',
]

/** The commands this CLI has by itself. */
export const COMMANDS: readonly string[] = [...SERVICES, ...BEYOND, 'completion', 'help']

export function commandsOf(program: string): readonly string[] {
  return hasExtras(program) ? COMMANDS : COMMANDS.filter(command => !BEYOND.includes(command))
}

export function hasExtras(program: string): boolean {
  return program !== 'aws'
}

export function isService(command: string): command is ServiceName {
  return SERVICES.includes(command)
}

/** The names of a service's operations by their command, in alphabetical order: `describe-record` is DescribeRecord. */
export function operationsOf(service: ServiceName): ReadonlyMap<string, string> {
  return new Map(operationNames[service].map(name => [kebabCase(name), name]))
}
