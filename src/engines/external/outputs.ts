import { constants } from 'node:os'
import { join } from 'node:path'
import type { ProvisioningArtifactParameter } from '../../model/generated/servicecatalog.ts'
import { FileRefused, readUntrusted, readUntrustedEnd } from '../../processes/files.ts'
import type { EngineProgress } from '../engine.ts'
import {
  failed,
  largestResult,
  longestMessage,
  message,
  type NotAsAgreed,
  parametersOf,
  progressOf,
  reportedFailure,
} from './result.ts'

/** What an engine's process left: its exit code (128 + n for signal n), outputs.json and stderr.log. */
export interface Ended {
  readonly engine: string
  readonly directory: string
  readonly exitCode: number
}

/** What a provision, update, terminate or action came to. */
export function readProgress(ended: Ended): EngineProgress {
  const result = readResult(ended, progressOf)
  return 'message' in result ? failed(result.message, result.remediated) : result.value
}

/** What a parse came to: the parameters, or why there are none. */
export function readParameters(ended: Ended): readonly ProvisioningArtifactParameter[] | { readonly message: string } {
  const result = readResult(ended, parametersOf)
  return 'message' in result ? result : result.value
}

type Result<T> = { readonly value: T } | { readonly message: string; readonly remediated?: boolean | undefined }

function readResult<T extends object>(
  ended: Ended,
  read: (answer: unknown) => T | NotAsAgreed,
): Result<Exclude<T, NotAsAgreed>> {
  const { engine, exitCode } = ended
  const outputs = readOutputs(ended.directory)
  const failure = 'value' in outputs ? reportedFailure(outputs.value) : undefined
  if (failure) return { ...failure, message: message(`Engine ${engine} failed: ${failure.message}`) }
  if (exitCode !== 0) {
    const said = lastWords(ended.directory)
    return { message: message(`Engine ${engine} ${howItEnded(exitCode)}${said ? `: ${said}` : ' and said nothing'}`) }
  }
  const value = 'problem' in outputs ? outputs : read(outputs.value)
  if ('problem' in value) {
    return { message: message(`Engine ${engine} ended well, but its outputs.json ${value.problem}`) }
  }
  return { value: value as Exclude<T, NotAsAgreed> }
}

function readOutputs(directory: string): { readonly value: unknown } | NotAsAgreed {
  let contents: string | undefined
  try {
    contents = readUntrusted(join(directory, 'outputs.json'), largestResult)
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
