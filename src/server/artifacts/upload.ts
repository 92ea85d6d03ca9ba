import type { Ids } from '../../catalog/ids.ts'
import { authorise } from '../../identity/authorise.ts'
import { requestKeys } from '../../identity/request-keys.ts'
import { services as models } from '../../model/services.ts'
import type { Services } from '../../operations/operation.ts'
import { AccessDeniedException, InvalidParametersException } from '../../protocol/errors.ts'
import type { EncodedAnswer } from '../../protocol/server.ts'
import { answerError, type Entrance, type Request, serialise } from '../pipeline.ts'
import type { ArtifactStore } from './store.ts'

interface Options {
  readonly services: Services
  readonly store: ArtifactStore
  readonly ids: Ids
  readonly report: (message: string, error: unknown, requestId: string) => void
  /** How it is known who sends it. */
  readonly claim: Entrance['claim']
}

/** Where `bellhop artifact put` sends to. */
export const uploadPath = '/bellhop/artifacts'

/** Whoever may make versions of products may put there what they are made from. */
const operation = 'CreateProvisioningArtifact'

/**
 * Takes an artifact into the store: a PUT whose body is the artifact, from whoever it is claimed to be, for servicecatalog. It is
 * no operation of AWS's, and raw because operations' inputs are small. Never rejects.
 */
export function createUpload({
  services,
  store,
  ids,
  report,
  claim,
}: Options): (request: Request) => Promise<EncodedAnswer> {
  const service = 'servicecatalog' as const
  const route = { service, model: models[service] }
  return async request => {
    const requestId = ids.uuid()
    try {
      const claimed = await claim(request, route)
      const body = await request.body(store.mostBytes)
      const principal = await claimed.principal(body)
      const { region } = claimed
      const { sourceIp } = request
      const userAgent = request.header('user-agent')
      const keys = requestKeys(principal, { now: services.clock.now(), region, sourceIp, userAgent, input: {} })
      const decision = authorise(principal, { service, operation, resources: ['*'], keys })
      if (!decision.allowed) throw new AccessDeniedException(decision.reason)
      if (body.length === 0) throw new InvalidParametersException('The artifact is empty.')
      const path = await store.put(body, principal)
      const answer = JSON.stringify({ Path: path, Size: body.length })
      return serialise({ status: 200, headers: [['Content-Type', 'application/json']], body: answer }, requestId)
    } catch (error) {
      return answerError(error, route, requestId, report)
    }
  }
}
