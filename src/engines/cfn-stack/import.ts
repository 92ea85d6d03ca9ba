import type { AwsApi } from '../../aws/api.ts'
import { failureText } from '../cloudformation/failures.ts'
import { identityOf, type Templates } from '../cloudformation/templates.ts'
import { type EngineRequest, type Imported, ImportRefused } from '../engine.ts'
import { describeStack, type Stack, stackOutputs, stackResources } from './stack.ts'

/** Statuses in which AWS lets a stack be imported (API reference, ImportAsProvisionedProduct). */
const importable: ReadonlySet<string> = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
])

/** A stack that was made by hand, as a provisioned product; see Engine.import. Throws ImportRefused. */
export async function importStack(api: AwsApi, templates: Templates, request: EngineRequest): Promise<Imported> {
  const { physicalId = '', artifact, accountId, region } = request
  const [, , , itsRegion, itsAccount] = physicalId.split(':')
  if (itsRegion !== region) {
    throw new ImportRefused('InvalidParameters', `The stack ${physicalId} is in region ${itsRegion}, not ${region}.`)
  }
  const reader = identityOf(request)
  try {
    const stack = await describeStack(api, physicalId)
    if (!stack) throw new ImportRefused('NotFound', `The stack ${physicalId} does not exist in account ${accountId}.`)
    requireImportable(stack)
    const wanted = await templates.read(artifact.path, reader)
    const found = await templates.parse(
      Buffer.from(await templates.ofStack(physicalId, reader)),
      `The template of ${physicalId}`,
    )
    if (comparable(wanted.content) !== comparable(found.content)) {
      throw new ImportRefused(
        'InvalidParameters',
        `The template of stack ${physicalId} is not that of provisioning artifact ${artifact.id}.`,
      )
    }
    const parameters = (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [
      ParameterKey,
      ParameterValue,
    ])
    return {
      outputs: stackOutputs(stack),
      resources: await stackResources(api, physicalId),
      parameters: Object.fromEntries(parameters),
    }
  } catch (error) {
    if (error instanceof ImportRefused) throw error
    const of = itsAccount === accountId ? '' : ` It is in account ${itsAccount}.`
    throw new ImportRefused('InvalidParameters', `${failureText(error)}${of}`, { cause: error })
  }
}

function requireImportable({ StackId, StackStatus, ParentId }: Stack): void {
  if (ParentId) throw new ImportRefused('InvalidParameters', `The stack ${StackId} is nested in ${ParentId}.`)
  if (!importable.has(StackStatus)) {
    const allowed = [...importable].join(', ')
    throw new ImportRefused('InvalidState', `The stack ${StackId} is in status ${StackStatus}, not one of ${allowed}.`)
  }
}

/** A template's meaning as text: whatever the order of its members, and whether it is JSON or YAML. */
function comparable(content: unknown): string {
  return JSON.stringify(normal(content))
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal)
  // CloudFormation makes no difference between 3 and "3".
  if (typeof value !== 'object' || value === null) return value === null ? null : String(value)
  const entries = Object.entries(value).map(([key, member]) => [key, normal(member)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
