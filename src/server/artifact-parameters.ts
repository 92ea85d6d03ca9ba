import { ArtifactError, type Engine } from '../engines/engine.ts'
import type { Services } from '../operations/operation.ts'
import { InvalidParametersException } from '../protocol/errors.ts'
import { artifactPath, engineTag } from '../worker/engine-tools.ts'

/** Artifacts' parameters by the engine of their type, with the engine's complaints in the API's form. */
export function artifactParameters(engineFor: (productType: string) => Engine): Services['artifacts'] {
  return {
    async parameters(product, artifact) {
      const engineName = product.tags.find(tag => tag.Key === engineTag)?.Value
      try {
        return await engineFor(product.view.ProductViewSummary?.Type ?? '').parameters(
          { id: artifact.detail.Id, path: artifactPath(artifact), type: 'AWS_S3' },
          { engineName, scope: artifact.scope },
        )
      } catch (error) {
        if (error instanceof ArtifactError) throw new InvalidParametersException(error.message, { cause: error })
        throw error
      }
    },
  }
}
