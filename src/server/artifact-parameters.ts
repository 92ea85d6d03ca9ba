import { ArtifactError, type Engine } from '../engines/engine.ts'
import type { Services } from '../operations/operation.ts'
import { InvalidParametersException } from '../protocol/errors.ts'
import { artifactPath, engineTag } from '../worker/engine-tools.ts'
import { type ArtifactStore, isStorePath } from './artifacts/store.ts'

/** Artifacts as their engines and the artifact store know them, with their complaints in the API's form. */
export function artifactParameters(
  engineFor: (productType: string) => Engine,
  store: ArtifactStore,
): Services['artifacts'] {
  return {
    async parameters(product, artifact) {
      const engineName = product.tags.find(tag => tag.Key === engineTag)?.Value
      const engine = engineFor(product.view.ProductViewSummary?.Type ?? '')
      const asked = { id: artifact.detail.Id, path: artifactPath(artifact), type: 'AWS_S3' } as const
      return engine.parameters(asked, { engineName, scope: artifact.scope }).catch(asInvalid)
    },
    async prepare(artifact, by) {
      const { detail, scope } = artifact
      const path = artifactPath(artifact)
      if (isStorePath(path) && !(await store.has(path))) {
        throw new InvalidParametersException(`The artifact store has no artifact ${path}.`)
      }
      const asked = { id: detail.Id, path, type: 'AWS_S3' } as const
      const content = await engineFor(detail.Type ?? '')
        .snapshot?.(asked, { scope })
        .catch(asInvalid)
      if (!content) return artifact
      return { ...artifact, storedAt: await store.put(content, { accountId: scope.accountId, arn: by.arn }) }
    },
  }
}

function asInvalid(error: unknown): never {
  if (error instanceof ArtifactError) throw new InvalidParametersException(error.message, { cause: error })
  throw error
}
