import { describe } from 'node:test'
import { subjects } from './conformance/index.ts'
import { engineConformance } from './conformance/suite.ts'

// Most of the time each of them waits for its back end.
describe('engine conformance', { concurrency: 6 }, () => {
  for (const subject of subjects) engineConformance(subject)
})
