/**
 * `npm run crash -- --runs 5 --only 'kill' --seed 1`: schedules of every kind on real processes, and what came of them as a
 * table. All kinds: the table is written to docs/crash-table.md. Exit code 1 when a promise was broken.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Kind, kinds, runKind } from '../test/crash/kinds.ts'
import type { Outcome } from '../test/crash/schedules.ts'
import { postgresPrograms, startPostgres } from '../test/kit/postgres.ts'
import { randomFrom } from '../test/simulation/random.ts'
import { root } from './server-process.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    products: { type: 'string', default: '4' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'bellhop-crash-'))
chmodSync(folder, 0o755)
const programs = postgresPrograms()
const postgres = programs ? await startPostgres(programs) : undefined
const older = olderVersion()
const begun = Date.now()
const rows: string[] = []
let isBroken = false

const head = `| what happens | database | runs | actions | records lost | completed steps re-run | overlaps of one product | take-over p50 / max |
| --- | --- | --- | --- | --- | --- | --- | --- |
`
process.stdout.write(`seed ${values.seed}\n${head}`)
try {
  for (const database of ['SQLite', 'PostgreSQL'] as const) {
    if (database === 'PostgreSQL' && !postgres) {
      process.stdout.write('PostgreSQL is not installed: nothing about it.\n')
      continue
    }
    const kept = {}
    const settings = {
      folder: join(folder, database),
      random: randomFrom(Number(values.seed)),
      products: Number(values.products),
      postgres: database === 'PostgreSQL' ? postgres : undefined,
      source: older?.folder,
    }
    mkdirSync(settings.folder)
    for (const kind of kinds) {
      if (!kind.on.includes(database) || (values.only && !kind.name.includes(values.only))) continue
      if (kind.anew === 'older' && !older) {
        process.stdout.write(`${kind.name}: there is no history to take an older version from.\n`)
        continue
      }
      const outcome = await runKind(kind, settings, Number(values.runs), kept)
      const text = row(kind, database, outcome)
      process.stdout.write(`${text}\n`)
      for (const [what, found] of Object.entries({
        lost: outcome.lost,
        rerun: outcome.rerun,
        overlaps: outcome.overlaps,
      })) {
        if (found.length === 0) continue
        isBroken = true
        process.stdout.write(`  ${what}: ${found.join(', ')}\n`)
      }
      rows.push(text)
    }
    await (kept as { crash?: { close(): Promise<void> } }).crash?.close()
  }
} finally {
  await postgres?.remove()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
if (!values.only && postgres && older) writeFileSync(join(root, 'docs/crash-table.md'), page())
process.exit(isBroken ? 1 : 0)

function row({ name }: Kind, database: string, { runs, accepted, lost, rerun, overlaps, takeOver }: Outcome): string {
  const at = (share: number) => takeOver[Math.min(takeOver.length - 1, Math.floor(takeOver.length * share))]!.toFixed(1)
  const times = takeOver.length > 0 ? `${at(0.5)} s / ${at(1)} s` : '-'
  return `| ${name} | ${database} | ${runs} | ${accepted} | ${lost.length} | ${rerun.length} | ${overlaps.length} | ${times} |`
}

/** The source as it was before the schema changed last, to run beside today's. */
function olderVersion(): { readonly folder: string; readonly commit: string } | undefined {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
    const changed = git('log', '-n1', '--format=%H', '-S', "    name: '", '--', 'src/storage/migrations.ts')
    const commit = git('rev-parse', '--short', `${changed}^`)
    const target = join(folder, 'older')
    mkdirSync(target)
    execFileSync('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', commit, target], { cwd: root })
    symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'))
    return { folder: target, commit }
  } catch {
    return undefined
  }
}

function page(): string {
  return `# The crash table

Written by \`npm run crash\`; run it to repeat it (\`npm run crash -- --runs 20\` for more, \`--only commit\` for some kinds, \`--seed\` for the
same moments, as far as real processes keep to them). Real servers, real databases, real scripts; nothing is simulated here
(\`npm run simulate\` does that). In each run ${values.products} products are acted on, each again as soon as it is free, by actions of three
script steps; in the middle of that the trouble begins. PostgreSQL has two nodes, and the trouble is one of them's.

- *lost*: records that were accepted (200) and did not end as SUCCEEDED with all of their steps done.
- *re-run*: steps that began again after a later step of their execution had begun. The step in hand may, and does, run twice.
- *overlaps*: executions of one product of which one began a step in the midst of the other.
- *take-over*: from the moment of the trouble until an execution whose step was in hand was claimed anew: by the restarted server on SQLite,
  by the other node on PostgreSQL, where those that were in hand at the other node are not counted.

The older version is the one before the schema changed last (${older!.commit}).
Seed ${values.seed}; ${availableParallelism()} cores; ${Math.round((Date.now() - begun) / 60_000)} minutes; load of the machine at the end ${loadavg()[0]!.toFixed(1)}.

${head}${rows.join('\n')}
`
}
