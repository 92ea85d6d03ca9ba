import { RunView } from '../parts/run-view.tsx'
import type { ViewProps } from '../routes.ts'

/** An automation execution: started through the API, by a step, or for a record. */
export default function Execution({ id }: ViewProps) {
  return <RunView followed={{ executionId: id }} title="Execution" />
}
