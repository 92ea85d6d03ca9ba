import * as z from 'zod'
import type { ProductResource } from '../../catalog/entities.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'

/** What is read of a state, in version 4 of its form, which Terraform and OpenTofu share since 2019. */
const stateSchema = z.object({
  version: z.literal(4),
  serial: z.number(),
  lineage: z.string(),
  outputs: z.record(z.string(), z.object({ value: z.unknown(), sensitive: z.boolean().optional() })).default({}),
  resources: z
    .array(
      z.object({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z
          .array(
            z.object({
              index_key: z.union([z.string(), z.number()]).optional(),
              deposed: z.string().optional(),
              attributes: z.record(z.string(), z.unknown()).nullish(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
})

export type TerraformState = z.infer<typeof stateSchema>

/** A state that cannot be read. */
export class StateError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StateError'
  }
}

/** Throws StateError, which quotes nothing of the state: it may be secret. */
export function parseState(text: string): TerraformState {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new StateError('The Terraform state is not JSON')
  }
  const result = stateSchema.safeParse(value)
  if (result.success) return result.data
  const { path } = result.error.issues[0]!
  throw new StateError(`The Terraform state is in a form that is not known (at ${path.join('.') || 'its top'})`)
}

/** What takes the place of a sensitive output's value, in the words of AWS's engines. */
export const hiddenValue = '(sensitive value)'

export function stateOutputs(
  { outputs }: TerraformState,
  descriptions: Readonly<Record<string, string>>,
): RecordOutput[] {
  return Object.entries(outputs).map(([name, { value, sensitive }]) => ({
    OutputKey: name,
    OutputValue: sensitive ? hiddenValue : asText(value),
    ...(descriptions[name] ? { Description: descriptions[name] } : {}),
  }))
}

/** The resources that Terraform manages: their type and id are Terraform's, and the logical id is the address. */
export function stateResources({ resources }: TerraformState): ProductResource[] {
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module, type, name, instances }) =>
      instances
        .filter(({ deposed }) => deposed === undefined)
        .map(({ index_key: key, attributes }) => {
          const place = `${module ? `${module}.` : ''}${type}.${name}`
          const address = key === undefined ? place : `${place}[${JSON.stringify(key)}]`
          const id = attributes?.['id']
          return { type, physicalId: typeof id === 'string' && id !== '' ? id : address, logicalId: address }
        }),
    )
}

/** Whether nothing that Terraform manages is left. */
export function isEmpty(state: TerraformState): boolean {
  return !state.resources.some(({ mode, instances }) => mode === 'managed' && instances.length > 0)
}

/** The texts in sensitive outputs, which must not be shown elsewhere either. */
export function sensitiveOutputs({ outputs }: TerraformState): string[] {
  return Object.values(outputs)
    .filter(({ sensitive }) => sensitive)
    .flatMap(({ value }) => texts(value))
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
