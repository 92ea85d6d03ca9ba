import { constants } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { FileRefused, readUntrusted, readUntrustedEnd } from '../../processes/files.ts'
import type { EngineProgress } from '../engine.ts'

/** Bytes. */
const largestOutputs = 1024 * 1024
/** Characters: the longest FailureReason of AWS's Notify operations. */
const longestMessage = 2048

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

/** What an engine's process left: its exit code (128 + n for signal n), outputs.json and stderr.log. */
export interface Ended {
  readonly engine: string
  readonly directory: string
  readonly exitCode: number
}

/** What a provision, update, terminate or action came to. */
export function readProgress(ended: Ended): EngineProgress {
  const result = readResult(ended, resultSchema)
  if ('message' in result) return { state: 'failed', ...result }
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

/** What a parse came to: the parameters, or why there are none. */
export function readParameters(ended: Ended): readonly ProvisioningArtifactParameter[] | { readonly message: string } {
  const result = readResult(ended, parametersSchema)
  if ('message' in result) return result
  return result.value.parameters.map(({ key, defaultValue, type, description, isNoEcho }) => ({
    ParameterKey: key,
    ...(defaultValue === null || defaultValue === undefined ? {} : { DefaultValue: asText(defaultValue) }),
    ParameterType: type ?? 'string',
    IsNoEcho: isNoEcho ?? false,
    ...(description ? { Description: description } : {}),
  }))
}

type Result<T> = { readonly value: T } | { readonly message: string; readonly remediated?: boolean }

function readResult<T>(ended: Ended, schema: z.ZodType<T>): Result<T> {
  const { engine, exitCode } = ended
  const outputs = readOutputs(ended.directory)
  const failure = 'value' in outputs ? errorSchema.safeParse(outputs.value).data?.error : undefined
  if (failure) {
    const remediated = failure.remediated === undefined ? {} : { remediated: failure.remediated }
    return { message: message(`Engine ${engine} failed: ${failure.message}`), ...remediated }
  }
  if (exitCode !== 0) {
    const said = lastWords(ended.directory)
    return { message: message(`Engine ${engine} ${howItEnded(exitCode)}${said ? `: ${said}` : ' and said nothing'}`) }
  }
  if ('problem' in outputs) {
    return { message: message(`Engine ${engine} ended well, but its outputs.json ${outputs.problem}`) }
  }
  const checked = schema.safeParse(outputs.value)
  if (checked.success) return { value: checked.data }
  const { path, message: reason } = checked.error.issues[0]!
  const place = path.length > 0 ? ` at ${path.join('.')}` : ''
  return { message: message(`Engine ${engine} ended well, but its outputs.json is not as agreed${place}: ${reason}`) }
}

function readOutputs(directory: string): { readonly value: unknown } | { readonly problem: string } {
  let contents: string | undefined
  try {
    contents = readUntrusted(join(directory, 'outputs.json'), largestOutputs)
  } catch (error) {
    if (error instanceof FileRefused) return { problem: error.message }
    throw error
  }
  if (contents === undefined) return { problem: 'is missing' }
  try {
    return { value: JSON.parse(contents) }
  } catch {
    // Not the parser's own words: they quote the contents, which may be secret.
    return { problem: 'is not JSON' }
  }
}

function howItEnded(exitCode: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0]
  return signal ? `was killed by ${signal}` : `failed with exit code ${exitCode}`
}

/** The end of what the engine wrote to stderr, from the start of a line. */
function lastWords(directory: string): string {
  const wanted = longestMessage / 2
  try {
    const end = (readUntrustedEnd(join(directory, 'stderr.log'), 4 * wanted) ?? '').trim()
    if (end.length <= wanted) return end
    const cut = end.slice(-wanted)
    return cut.slice(cut.indexOf('\n') + 1)
  } catch (error) {
    if (error instanceof FileRefused) return ''
    throw error
  }
}

/** Without the characters that FailureReason's pattern refuses, terminals' colours first, and not too long. */
export function message(text: string): string {
  const plain = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '\uFFFD')
  // As AWS's own engines cut it.
  return plain.length <= longestMessage ? plain : `${plain.slice(0, longestMessage - 3)}...`
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
