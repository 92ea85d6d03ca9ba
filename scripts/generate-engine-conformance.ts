/**
 * Writes docs/engines-conformance.md: what every engine does, out of the table that the conformance suite runs by
 * (test/engines/conformance). With --check it writes nothing and fails when the file is stale.
 * Usage: node scripts/generate-engine-conformance.ts [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { families } from '../test/engines/conformance/index.ts'
import { rows, type Subject } from '../test/engines/conformance/subject.ts'

const file = join(import.meta.dirname, '../docs/engines-conformance.md')

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** One family's table; `notes` is told why a cell is empty, and answers the note's number. */
function table(subjects: readonly Subject[], note: (reason: string) => number): string {
  const head = ['', ...subjects.map(({ name }) => name)]
  const body = rows.map(row => [
    row,
    ...subjects.map(({ lacks = {} }) => (lacks[row] === undefined ? 'yes' : `no (${note(lacks[row])})`)),
  ])
  const backEnds = ['on', ...subjects.map(({ backEnd }) => backEnd)]
  return [head, head.map(() => '---'), backEnds, ...body].map(line).join('\n')
}

function document(): string {
  const reasons: string[] = []
  const note = (reason: string) => {
    if (!reasons.includes(reason)) reasons.push(reason)
    return reasons.indexOf(reason) + 1
  }
  const tables = Object.entries(families).map(([family, subjects]) => `## ${family}\n\n${table(subjects, note)}\n`)
  return `# What every engine does

_Generated from test/engines/conformance by \`npm run generate\`; do not edit._

One suite is run for every engine, through the API of a real server that is killed and started again, over the back end that is
named: \`npm test -- test/engines/conformance.test.ts\`. "yes" is a test that has to pass; where it says "no", the engine cannot
do it by its nature, or the back end cannot show it, for the reason under the number.

${tables.join('\n')}
## Why not

${reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n')}

## What the rows mean

- **service action**: a TARGET parameter's default comes from the resources that the engine reported, and a step
  \`bellhop:invokeEngine\` changes the product. Engines that read AWS's queues can report no resources and have no actions: there
  the step fails and says so, and an action whose steps need no engine is run.
- **time-out**: the record fails, the product is in ERROR, and can be terminated. The engine is told to stop; those that read
  queues cannot be told, and what they notify late changes nothing.
- **duplicate notify**: results told with another record's token are refused, and those told again change nothing.
- **secrets never printed**: the value of a parameter that is NoEcho, or sensitive, is in no answer of the API, no log and no
  job's folder.
`
}

const text = document()
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/engines-conformance.md is stale: npm run generate\n')
  process.exit(1)
}
