/**
 * Runs the tests: all of them, or the files named. In one process, since starting one per file takes longer than most
 * files; those that need the process for themselves (crash tests, clients) start their own children.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const named = process.argv.slice(2)
const files = named.length > 0 ? named : globSync('{src,test,scripts,examples}/**/*.test.ts', { cwd: root }).sort()
const done = spawnSync(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=spec', ...files], {
  cwd: root,
  stdio: 'inherit',
  // The settings of whoever runs the tests must not reach the clients under test, and no client may look for a role or a
  // region outside the machine.
  env: {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
    AWS_EC2_METADATA_DISABLED: 'true',
  },
})
process.exit(done.status ?? 1)
