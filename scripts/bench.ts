/**
 * Benchmarks: each figure a ratio taken in one run, written to docs/benchmarks.md. Nothing here is a test.
 * Usage: node scripts/bench.ts [rounds [section]]; one section alone is printed and not written.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { benchCli } from '../bench/cli.ts'
import { benchCluster } from '../bench/cluster.ts'
import { benchLists } from '../bench/lists.ts'
import { benchRunbook } from '../bench/runbook.ts'
import { benchServer } from '../bench/server.ts'

const root = join(import.meta.dirname, '..')
const rounds = Number(process.argv[2] ?? 25)
const benches = { cli: benchCli, server: benchServer, runbook: benchRunbook, lists: benchLists, cluster: benchCluster }
const only = process.argv[3] as keyof typeof benches | undefined
if (!Number.isInteger(rounds) || rounds < 1 || (only && !Object.hasOwn(benches, only))) {
  process.stderr.write(`usage: npm run bench [-- ROUNDS [${Object.keys(benches).join('|')}]]\n`)
  process.exit(2)
}
const built = spawnSync(process.execPath, [join(import.meta.dirname, 'build.ts')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

/** What was tried, by its effect on the CPU time of the call above, seen on Node 24 when the bundle was made. */
const steps = `
## What made the call quick, and what did not

Taken once when the bundle was made, on Node 24: percent of the CPU time before the step. The first two compare minima
of runs one after the other, the others medians of runs in turns.

| step | effect |
| --- | --- |
| keep the server out of what is compiled | -20 % |
| \`require\` in place of \`import()\` for Node's modules, streams opened when used, \`node:crypto\`'s UUID | -39 % |
| compile only what every call runs; one operation's slice of the model | -4 % |
| keep V8's compiled code between calls (\`~/.cache/bellhop\`, or below \`XDG_CACHE_HOME\`) | -14 % |
| Node's own compile cache instead, over the whole file | -8 % |
| the models as JSON texts instead of literals; shorter names | none |
| SHA-256 in JavaScript, to do without \`node:crypto\` | none |
| V8 flags (\`--single-threaded\`, \`--single-threaded-gc\`, \`--max-lazy\`, a larger young generation) | none, or worse |

The cache is read only if the file is ours, nobody else may write to it and its digest is right; where it cannot be
written the call costs what it did without. \`NODE_DISABLE_COMPILE_CACHE=1\` turns it off. A call that is never sent writes
none.
`

if (only) {
  process.stdout.write(`${await benches[only](rounds)}\n`)
  process.exit(0)
}
const sections: string[] = []
for (const bench of Object.values(benches)) sections.push(await bench(rounds))
const written = join(root, 'docs', 'benchmarks.md')
// Taken by `npm run bench:console`, in a browser.
const ofConsole = /\n## The console's first page\n[\s\S]*?(?=\n## |$)/.exec(readFileSync(written, 'utf8'))?.[0] ?? ''
const text = `# Benchmarks

Written by \`npm run bench\`; run it to repeat them (\`npm run bench -- 50\` for 50 rounds, \`-- 7 cluster\` for one
section alone, which is printed). Read the ratios: both sides of
each were taken in the same run, in turns, so they hold where milliseconds do not.

Machine: ${machine()}.

${sections.join('\n')}${ofConsole}${steps}`
writeFileSync(written, text)
process.stdout.write(`${text}\nwrote docs/benchmarks.md\n`)

function machine(): string {
  const aws = spawnSync('/usr/bin/aws', ['--version'], { encoding: 'utf8' })
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`
  const versions = [
    `Node ${process.versions.node}`,
    aws.status === 0 ? aws.stdout.split(' ').slice(0, 2).join(' ') : [],
  ]
  const processor = cpus()[0]?.model.trim() || 'unknown processor'
  return `${process.platform} ${process.arch}, ${availableParallelism()} cores (${processor}), ${memory}, ${versions.flat().join(', ')}`
}
