import { interventionOf } from '../catalog/activity.ts'
import type { Signal } from '../catalog/execution.ts'
import { fromJson } from './json.ts'
import { all, db, type Steps } from './verb.ts'
import { getExecution } from './verbs/executions.ts'
import { insertIntervention } from './verbs/interventions.ts'

/** Rows at a time: a journal does not have to fit into memory. */
const batch = 500

/** The rows of the migration `activity`, for signals that an older version kept. Who stopped an execution it did not keep. */
export function* fillInterventions(): Steps<void> {
  let after = { execution_id: '', sequence: 0 }
  for (;;) {
    const rows = yield* all(
      db
        .selectFrom('signals')
        .select(['execution_id', 'sequence', 'data'])
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('execution_id', 'sequence'), '>', tuple(after.execution_id, after.sequence)),
        )
        .orderBy('execution_id')
        .orderBy('sequence')
        .limit(batch),
    )
    for (const { execution_id, sequence, data } of rows) {
      const done = interventionOf(fromJson<Signal>(data))
      const execution = done && (yield* getExecution(execution_id))
      if (execution) yield* insertIntervention(execution, { ...done, id: `${execution_id}-${sequence}` })
    }
    if (rows.length < batch) return
    after = rows.at(-1)!
  }
}
