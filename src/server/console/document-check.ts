import { services as models } from '../../model/services.ts'
import { InvalidDocumentContent, ValidationException } from '../../protocol/errors.ts'
import type { EncodedAnswer } from '../../protocol/server.ts'
import { answerError, type Entrance, type PipelineOptions, type Request } from '../pipeline.ts'
import { json } from './json.ts'

interface Options extends Pick<PipelineOptions, 'services' | 'ids' | 'report'> {
  readonly claim: Entrance['claim']
}

/**
 * What CreateDocument would say of a document's text, asked while it is being written: `{}`, or `{"problem": "..."}`. It looks
 * at nothing but the text, so that everybody who is signed in may ask. Never rejects.
 */
export function checkDocuments({
  services,
  ids,
  report,
  claim,
}: Options): (request: Request) => Promise<EncodedAnswer> {
  const route = { service: 'ssm' as const, model: models.ssm, operation: 'CreateDocument' }
  return async request => {
    try {
      const claimed = await claim(request, route)
      const body = await request.body()
      await claimed.principal(body)
      const { content, format } = textIn(body)
      try {
        services.documents.check(content, format)
        return json(200, {})
      } catch (error) {
        if (error instanceof InvalidDocumentContent) return json(200, { problem: error.message })
        throw error
      }
    } catch (error) {
      return answerError(error, route, ids.uuid(), report)
    }
  }
}

function textIn(body: Uint8Array): { readonly content: string; readonly format: 'YAML' | 'JSON' } {
  let given: Readonly<Record<string, unknown>> = {}
  try {
    given = Object(JSON.parse(Buffer.from(body).toString()))
  } catch {
    // No JSON: nothing is given.
  }
  const { content, format } = given
  if (typeof content !== 'string' || (format !== 'YAML' && format !== 'JSON')) {
    throw new ValidationException('content is a text, and format YAML or JSON.')
  }
  return { content, format }
}
