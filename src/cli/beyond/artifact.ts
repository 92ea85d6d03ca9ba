import { readFile } from 'node:fs/promises'
import { operationSlice } from '../../model/slices.ts'
import { decodeError } from '../../protocol/client.ts'
import { signRequest } from '../../sigv4/sign.ts'
import { parseKnownArguments } from '../arguments.ts'
import { answeredFailure, type CallContext, type CallSettings, exchange, RetryQuota, withRetries } from '../call.ts'
import { callContext, callSettings, type Surroundings } from '../client.ts'
import { ParamError, UnknownOptionsError } from '../errors.ts'
import type { OutgoingRequest } from '../http.ts'
import { parseJson } from '../json.ts'
import { printAnswer } from '../operation.ts'
import { expandPath, resolvePath, systemErrorText } from '../paramfile.ts'
import type { ValueMap } from '../values.ts'

const USAGE = `NAME
    artifact

    Puts a file into the server's artifact store and prints the path by which products find it from then on.

SYNOPSIS
    bellhop artifact put FILE

    The path goes where a version of a product is made, as LoadTemplateFromURL in its Info. It is made from the content:
    the same file has the same path, and what is behind a path never changes. Whoever may call
    CreateProvisioningArtifact may put artifacts.

OUTPUT
    {"Path": "bellhop://artifacts/sha256-...", "Size": 1234}

EXIT CODES
    those of a call: 0, 252, 253, 254, 255, 130
`

/** Where the server takes artifacts in (server/artifacts/upload.ts). */
const UPLOAD_PATH = '/bellhop/artifacts'

/** `bellhop artifact put FILE`. Throws as the command of an operation fails. */
export async function runArtifact(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { values, rest } = parseKnownArguments(words, [], [{ name: 'verb', required: true, choices: ['put', 'help'] }])
  if (values.get('verb') === 'help') {
    surroundings.io.stdout.write(USAGE)
    return
  }
  const [file, ...others] = rest
  if (file === undefined) throw new ParamError('the following arguments are required: FILE')
  if (others.length > 0) throw new UnknownOptionsError(others)
  const content = await contentOf(file, surroundings)
  // The settings of a call that has the same permission; nothing else of that operation is used.
  const slice = operationSlice('servicecatalog', 'CreateProvisioningArtifact')
  const settings = await callSettings(surroundings, { service: 'servicecatalog', ...slice })
  const context = callContext(surroundings)
  const answer = await withRetries(settings, context, new RetryQuota(), () => putOnce(content, settings, context))
  await printAnswer({ ...surroundings, ...slice }, answer)
}

async function contentOf(file: string, { io }: Surroundings): Promise<Uint8Array> {
  const path = expandPath(file, io.env)
  try {
    return await readFile(resolvePath(path, io.cwd))
  } catch (error) {
    throw new ParamError(`Unable to load ${file}: ${systemErrorText(error, path)}`, { cause: error })
  }
}

async function putOnce(body: Uint8Array, settings: CallSettings, context: CallContext) {
  const { endpoint, credentials: find, transport, service } = settings
  const url = new URL(UPLOAD_PATH, endpoint.url)
  const headers: [string, string][] = [
    ['Host', url.host],
    ['Content-Type', 'application/octet-stream'],
    ['User-Agent', context.userAgent],
    ['Content-Length', String(body.length)],
  ]
  const credentials = await find?.()
  if (credentials !== undefined) {
    const request = { method: 'PUT', path: url.pathname, query: '', headers, body }
    const scope = { region: endpoint.signingRegion, service }
    headers.push(...signRequest(request, credentials, scope, context.now()))
  }
  const request: OutgoingRequest = { method: 'PUT', url, urlText: url.href, headers, body }
  const answer = await exchange(request, transport, context, true)
  if ('failure' in answer) return answer
  if (answer.status === 200) return { answer: parseJson(Buffer.from(answer.body).toString()) as ValueMap }
  const { code, message } = decodeError(answer.status, answer.headers, answer.body)
  return answeredFailure('PutArtifact', service, answer, code, message, context.now())
}
