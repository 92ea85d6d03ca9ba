import type { RecordError, RecordOutput, ResourceChange } from '../model/generated/servicecatalog.ts'
import type { ProductResource } from './entities.ts'

/**
 * What an engine is asked to do, in the shape of AWS's message to an engine (admin guide, "External engines"), and what
 * it answers. Shared by the worker, the engines and the actions.
 */
export type EngineWork = 'provision' | 'update' | 'terminate' | 'action'

/**
 * What an execution has an engine do: its work, or something that changes nothing on its side: finding out what would change,
 * or taking over what is there.
 */
export type EngineTask = EngineWork | 'plan' | 'import'

/** What an engine's work made of a product; an absent member stays as it was. */
export interface EngineResult {
  readonly outputs?: readonly RecordOutput[]
  readonly resources?: readonly ProductResource[]
  readonly parameters?: Readonly<Record<string, string>>
  /** Of work that failed: the record's errors, where there are several. */
  readonly errors?: readonly RecordError[]
  /** Of work that failed: what is left does not run any more. */
  readonly broken?: boolean
  /** Of a plan. */
  readonly changes?: readonly ResourceChange[]
  readonly planned?: unknown
}

/** AWS's names for the first three, as both published engines compare them; the fourth is ours. */
export const engineOperations = {
  provision: 'PROVISION_PRODUCT',
  update: 'UPDATE_PROVISIONED_PRODUCT',
  terminate: 'TERMINATE_PROVISIONED_PRODUCT',
  action: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
} as const satisfies Record<EngineWork, string>

/** The name under which a document's content is the engine's work itself; users' documents cannot have it. */
export const engineDocumentPrefix = 'bellhop:'

/** The document behind provision, update, terminate, a plan and an import: one step that is the engine's work. */
export function engineDocument(work: Exclude<EngineTask, 'action'>): {
  name: string
  version: string
  content: string
} {
  const content = {
    schemaVersion: '0.3',
    mainSteps: [{ name: work, action: 'bellhop:runEngine', isEnd: true, inputs: { Work: work } }],
  }
  return { name: `${engineDocumentPrefix}${work}`, version: '1', content: JSON.stringify(content) }
}

/**
 * The idempotency token of one attempt of one step: the same whenever that attempt is started, also after a crash.
 * A retry is a further row of the journal, with an ordinal of its own.
 */
export function stepToken(executionId: string, ordinal: number): string {
  return `${executionId}-${ordinal}`
}

/** The token of the termination that follows a failed provision (engines/external/orphans.ts). */
export function orphanToken(token: string): string {
  return `${token}-orphan`
}

/**
 * The token by which an engine that pulls its work tells us the result (WorkflowToken). Made from the step's token, so
 * that an answer that comes before the worker has written anything is known all the same. Base64, as the model's pattern
 * wants it.
 */
export function workflowToken(token: string): string {
  return Buffer.from(token).toString('base64')
}
