/** Everything that is not a test: generated files up to date, types, lint and format, import rules. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const checks: [name: string, command: string, ...args: string[]][] = [
  ['generated files', process.execPath, 'scripts/generate-types.ts', '--check'],
  ['list of operations', process.execPath, 'scripts/generate-operations-doc.ts', '--check'],
  ['what is taken of documents', process.execPath, 'scripts/generate-runbook-coverage.ts', '--check'],
  ['what every engine does', process.execPath, 'scripts/generate-engine-conformance.ts', '--check'],
  ['types', bin('tsc'), '-p', '.'],
  // Types of the console's packages are there once it has been built here.
  ...(existsSync(join(root, 'console/node_modules/react'))
    ? [["the console's types", bin('tsc'), '-p', 'console'] as [string, string, ...string[]]]
    : []),
  ['lint and format', bin('biome'), 'check', '--error-on-warnings', '.'],
  ['import rules', process.execPath, '--test', '--test-reporter=dot', 'test/architecture.test.ts'],
]
let failed = 0
for (const [name, command, ...args] of checks) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  process.stdout.write(`${status === 0 ? 'ok' : 'FAILED'}: ${name}\n`)
  if (status !== 0) failed += 1
}
process.exit(failed > 0 ? 1 : 0)
