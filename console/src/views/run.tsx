import { RunView } from '../parts/run-view.tsx'
import type { ViewProps } from '../routes.ts'

/** What became of a record. */
export default function RunOfRecord({ id }: ViewProps) {
  return <RunView followed={{ recordId: id }} title="Record" />
}
