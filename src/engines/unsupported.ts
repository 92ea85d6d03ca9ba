import { ArtifactError, type Engine } from './engine.ts'

/** Stands where a product type has no engine yet: it says so, and never that anything was done. */
export function unsupportedEngine(productType: string): Engine {
  const message = `Products of type ${productType} are not supported yet: there is no engine for them.`
  return {
    parameters: async () => {
      throw new ArtifactError(message)
    },
    start: async () => ({ state: 'failed', message }),
    poll: async () => ({ state: 'failed', message }),
    // Nothing was started, so there is nothing to stop.
    cancel: async () => {},
  }
}
