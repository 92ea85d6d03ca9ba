import { session } from '../session/session.ts'
import { ApiError } from './client.ts'

/** Puts a file into the server's artifact store, and answers the path that versions of products are made with. */
export async function putArtifact(file: Blob): Promise<string> {
  const { token, region } = session.current()
  const response = await fetch('/console/artifacts', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-bellhop-token': token, 'x-bellhop-region': region },
    body: file,
  }).catch(() => {
    throw new ApiError('NoConnection', 'The file did not reach the server.')
  })
  const answered = Object(await response.json().catch(() => undefined)) as Record<string, string | undefined>
  if (response.ok && answered['Path']) return answered['Path']
  throw new ApiError(
    answered['__type'] ?? `HTTP ${response.status}`,
    answered['message'] ?? answered['Message'] ?? 'The file was not taken.',
    response.headers.get('x-amzn-requestid') ?? undefined,
  )
}
