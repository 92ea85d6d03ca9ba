import type { EngineWork } from '../../catalog/engine-work.ts'

/** The products that AWS's engine contract knows, by the word in the names of their queues. */
export type QueueFamily = 'External' | 'TerraformOS' | 'TerraformCloud'

/** AWS's names, which its engines read from. */
export function engineQueues(family: QueueFamily): Record<Exclude<EngineWork, 'action'>, string> {
  return {
    provision: `ServiceCatalog${family}ProvisionOperationQueue`,
    update: `ServiceCatalog${family}UpdateOperationQueue`,
    terminate: `ServiceCatalog${family}TerminateOperationQueue`,
  }
}

/** The Lambda function that AWS asks for an artifact's parameters. */
export function parserFunction(family: QueueFamily): string {
  return `ServiceCatalog${family}ParameterParser`
}
