import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childUser } from '../processes/user.ts'
import type { Tools } from '../runbook/action.ts'
import { createScriptRunner } from '../runbook/scripts/runner.ts'
import { UsageFailure } from './failure.ts'

/** Milliseconds for one script: a test is waited for. */
const timeLimit = 60_000

/** Scripts are run as the server runs them, which needs what the server needs. */
const oldestNode = 24

/** Runs scripts for tests as the server runs them, but with an environment that has nothing of the user's. Throws UsageFailure. */
export function openScripts(warn: (text: string) => void): {
  readonly run: Tools['runScript']
  close(): Promise<void>
} {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new UsageFailure(`--run-scripts needs Node.js ${oldestNode} or later; this is ${process.versions.node}.`)
  }
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-document-test-'))
  // Scripts may run as another user.
  chmodSync(directory, 0o711)
  const { PATH, BELLHOP_PYTHON } = process.env
  const runner = createScriptRunner({ directory, user: childUser(), env: { PATH, BELLHOP_PYTHON }, warn })
  return {
    run: (request, abort) => runner.run(request, AbortSignal.any([abort, AbortSignal.timeout(timeLimit)])),
    async close() {
      await runner.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
