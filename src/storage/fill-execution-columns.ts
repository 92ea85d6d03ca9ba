import type { Execution } from '../catalog/execution.ts'
import { fromJson } from './json.ts'
import { all, db, run, type Steps } from './verb.ts'
import { executionColumns } from './verbs/executions.ts'

/** Rows at a time: a journal does not have to fit into memory. */
const batch = 500

/** The columns of the migration `automation-executions`, for what an older version wrote. */
export function* fillExecutionColumns(): Steps<void> {
  let after = ''
  for (;;) {
    const rows = yield* all(
      db.selectFrom('executions').select(['id', 'data']).where('id', '>', after).orderBy('id').limit(batch),
    )
    for (const { id, data } of rows) {
      const columns = executionColumns(fromJson<Execution>(data))
      yield* run(db.updateTable('executions').set(columns).where('id', '=', id))
    }
    if (rows.length < batch) return
    after = rows.at(-1)!.id
  }
}
