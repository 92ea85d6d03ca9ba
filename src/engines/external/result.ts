import * as z from 'zod'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import type { EngineProgress } from '../engine.ts'

/** Bytes of an engine's answer, whichever way it comes. */
export const largestResult = 1024 * 1024

/** Characters: the longest FailureReason of AWS's Notify operations. */
export const longestMessage = 2048

/** AWS's engines report numbers and lists as text too. */
const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())])

const resultSchema = z.object({
  outputs: z.array(z.object({ key: z.string().min(1), value, description: z.string().nullish() })).optional(),
  resources: z
    .array(z.object({ type: z.string().min(1), physicalId: z.string().min(1), logicalId: z.string().optional() }))
    .optional(),
  response: z.record(z.string(), z.unknown()).optional(),
})

const errorSchema = z.object({ error: z.object({ message: z.string().min(1), remediated: z.boolean().optional() }) })

const parametersSchema = z.object({
  parameters: z.array(
    z.object({
      key: z.string().min(1),
      defaultValue: value.nullish(),
      type: z.string().nullish(),
      description: z.string().nullish(),
      isNoEcho: z.boolean().nullish(),
    }),
  ),
})

/** An engine's own words for its failure: the member `error` of its answer. */
export interface ReportedFailure {
  readonly message: string
  readonly remediated?: boolean | undefined
}

export function reportedFailure(answer: unknown): ReportedFailure | undefined {
  return errorSchema.safeParse(answer).data?.error
}

/** Where and why an answer is not as agreed; fits after the name of what holds it. */
export interface NotAsAgreed {
  readonly problem: string
}

/** The answer to a provision, update, terminate or action that ended well. */
export function progressOf(answer: unknown): EngineProgress | NotAsAgreed {
  const result = checked(resultSchema, answer)
  if ('problem' in result) return result
  const { outputs, resources, response } = result.value
  return {
    state: 'succeeded',
    outputs: (outputs ?? []).map(output => ({
      OutputKey: output.key,
      OutputValue: asText(output.value),
      ...(output.description ? { Description: output.description } : {}),
    })),
    ...(resources ? { resources } : {}),
    ...(response ? { response } : {}),
  }
}

/** The answer of a parser that ended well. */
export function parametersOf(answer: unknown): readonly ProvisioningArtifactParameter[] | NotAsAgreed {
  const result = checked(parametersSchema, answer)
  if ('problem' in result) return result
  return result.value.parameters.map(({ key, defaultValue, type, description, isNoEcho }) => ({
    ParameterKey: key,
    ...(defaultValue === null || defaultValue === undefined ? {} : { DefaultValue: asText(defaultValue) }),
    ParameterType: type ?? 'string',
    IsNoEcho: isNoEcho ?? false,
    ...(description ? { Description: description } : {}),
  }))
}

function checked<T>(schema: z.ZodType<T>, answer: unknown): { readonly value: T } | NotAsAgreed {
  const result = schema.safeParse(answer)
  if (result.success) return { value: result.data }
  const { path, message: reason } = result.error.issues[0]!
  const place = path.length > 0 ? ` at ${path.join('.')}` : ''
  return { problem: `is not as agreed${place}: ${reason}` }
}

/** Without the characters that FailureReason's pattern refuses, terminals' colours first, and not too long. */
export function message(text: string): string {
  const plain = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '\uFFFD')
  // As AWS's own engines cut it.
  return plain.length <= longestMessage ? plain : `${plain.slice(0, longestMessage - 3)}...`
}

export function failed(text: string, remediated?: boolean): EngineProgress {
  return { state: 'failed', message: message(text), ...(remediated === undefined ? {} : { remediated }) }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
