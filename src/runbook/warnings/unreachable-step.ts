import type { WarningRule } from './warning.ts'

export const unreachableStep: WarningRule = {
  name: 'unreachable-step',
  description: 'a step that no way leads to',
  *inspect({ steps, graph }) {
    for (const { step, path } of steps) {
      if (!graph.isReachable(step.name)) {
        yield { message: `Step ${step.name} is never reached.`, path, step: step.name }
      }
    }
  },
}
